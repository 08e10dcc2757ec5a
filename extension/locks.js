// The Web Locks that the core holds. It gives them back itself, unless it traps.

/** @type {Set<() => void>} */
const held = new Set();
let waiting = new AbortController();

/** Waits for a lock. @param {string} name @returns {Promise<() => void>} what gives it back */
export const lock = (name) =>
  new Promise((granted, refused) => {
    const keep = () =>
      new Promise((/** @type {(ended?: undefined) => void} */ end) => {
        const release = () => {
          held.delete(release);
          end();
        };
        held.add(release);
        granted(release);
      });
    navigator.locks.request(name, { signal: waiting.signal }, keep).catch(refused);
  });

/** Whoever held or wanted one is no more. */
export const releaseAll = () => {
  waiting.abort();
  waiting = new AbortController();
  for (const release of held) release();
};
