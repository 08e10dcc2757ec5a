// All stores at once.
import { all } from "./mirror.js";

/**
 * @typedef {Record<"session" | "local" | "mirror" | "managed", PromiseSettledResult<Record<string, unknown>>>} Stores
 */

/** @param {Promise<Record<string, unknown>>} [policy] what is being read of it already @returns {Promise<Stores>} */
export const stores = async (policy = chrome.storage.managed.get(null)) => {
  const [session, local, mirror, managed] = await Promise.allSettled([
    chrome.storage.session.get(null),
    chrome.storage.local.get(null),
    all(),
    policy,
  ]);
  return { session, local, mirror, managed };
};
