// Hosts that the person has let the browser grant beside Microsoft's: sign-in servers of organisations (AD FS).
// The browser's own list of them is the only one; where a host is taken off it, also in the browser's settings,
// our script goes too.
import { organisation, ready } from "./core.js";

const SCRIPT = "organisations";

/** @param {string} match @returns {string} */
const originOf = (match) => match.replace(/\/\*$/, "");

/** Origins of the organisations. */
export const organisations = async () => {
  await ready();
  const { origins = [] } = await chrome.permissions.getAll();
  return origins.map(originOf).filter(organisation).sort();
};

/** In the turn of the person's click, or the browser does not ask. @param {string} origin */
export const grant = (origin) => chrome.permissions.request({ origins: [`${origin}/*`] });

/** @param {string} origin */
export const revoke = (origin) => chrome.permissions.remove({ origins: [`${origin}/*`] });

/** The script runs where Microsoft's own script of AD FS does, and nowhere else on the host. */
export const follow = () =>
  navigator.locks.request("grants", async () => {
    const matches = (await organisations()).map((origin) => `${origin}/adfs/*`);
    const [known] = await chrome.scripting.getRegisteredContentScripts({ ids: [SCRIPT] });
    if (matches.length === 0) {
      if (known) await chrome.scripting.unregisterContentScripts({ ids: [SCRIPT] });
      return;
    }
    /** @type {chrome.scripting.RegisteredContentScript} */
    const script = { id: SCRIPT, matches, js: ["content/page.js"], runAt: "document_idle", allFrames: false };
    await (known ? chrome.scripting.updateContentScripts([script]) : chrome.scripting.registerContentScripts([script]));
  });
