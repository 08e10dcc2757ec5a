// Whether the browser lets us see Microsoft's pages: it may have withheld them from the start, and a person can take them
// back at any time. The card says so where it matters, and asks.
import { tell } from "./notice.js";
import { show } from "./page.js";

/** Patterns, `https://host/*`. */
const PAGES = chrome.runtime.getManifest().host_permissions ?? [];

/** The page at this address is one of Microsoft's and withheld. @param {string} url */
export const isWithheld = async (url) => {
  const origins = PAGES.filter((/** @type {string} */ pattern) => url.startsWith(pattern.slice(0, -1)));
  return origins.length > 0 && !(await chrome.permissions.contains({ origins }));
};

/** Asks whether any of the pages is withheld; what it answers shows the card there. */
export const lookForAccess = async () => {
  const all = await chrome.permissions.contains({ origins: PAGES });
  return () => show("access", !all);
};

/** Only a click may ask. The worker then puts the script into the pages that are open. */
export const askForAccess = async () => {
  if (!(await chrome.permissions.request({ origins: PAGES }))) return tell("accessRefused");
  show("access", false);
  tell("accessGranted");
};
