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

/** The server does not tell case apart in this path, and match patterns do; these are the spellings that there are. */
const PATHS = ["/adfs/*", "/ADFS/*", "/Adfs/*"];

/** Where the script runs: where Microsoft's own script of AD FS does, and nowhere else on such a host. */
export const pages = async () => (await organisations()).flatMap((origin) => PATHS.map((path) => `${origin}${path}`));

/** The script is registered for what is granted now. */
export const follow = () =>
  navigator.locks.request("grants", async () => {
    const matches = await pages();
    const [known] = await chrome.scripting.getRegisteredContentScripts({ ids: [SCRIPT] });
    if (matches.length === 0) {
      if (known) await chrome.scripting.unregisterContentScripts({ ids: [SCRIPT] });
      return;
    }
    /** @type {chrome.scripting.RegisteredContentScript} */
    const script = { id: SCRIPT, matches, js: ["content/rules.js", "content/page.js"], runAt: "document_idle", allFrames: false };
    await (known ? chrome.scripting.updateContentScripts([script]) : chrome.scripting.registerContentScripts([script]));
  });
