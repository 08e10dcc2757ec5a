// What an answer takes of the browser, all at once.
import { all } from "./mirror.js";

/**
 * @typedef {Record<"session" | "local" | "mirror" | "managed", PromiseSettledResult<Record<string, unknown>>>} Stores
 */

/**
 * What is read for a content script besides: whether the browser lets us see its tab, and where we may be.
 * @typedef {Stores & Record<"tab" | "permissions", PromiseSettledResult<unknown>>} Seen
 */

/** All stores. @param {Promise<Record<string, unknown>>} [policy] what is being read of it already @returns {Promise<Stores>} */
export const stores = async (policy = chrome.storage.managed.get(null)) => {
  const [session, local, mirror, managed] = await Promise.allSettled([
    chrome.storage.session.get(null),
    chrome.storage.local.get(null),
    all(),
    policy,
  ]);
  return { session, local, mirror, managed };
};

/**
 * Fails where the browser does not say whether the vault is open: Chromium now and then refuses all calls of a worker that it
 * has just started again ("No SW").
 *
 * @param {number} id of the tab that speaks @returns {Promise<Seen>}
 */
export const forTab = async (id) => {
  const [found, [tab, permissions]] = await Promise.all([stores(), Promise.allSettled([chrome.tabs.get(id), chrome.permissions.getAll()])]);
  if (found.session.status === "rejected") throw found.session.reason;
  return { ...found, tab, permissions };
};
