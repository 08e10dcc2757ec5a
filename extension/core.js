/**
 * The one way to the Rust core: loads it on first use, and again after a trap.
 *
 * @typedef {import("./core/tofaktor.js").UiRequest} UiRequest
 * @typedef {import("./core/tofaktor.js").Reply} Reply
 * @typedef {import("./core/tofaktor.js").Tab} Tab
 */
import init, * as core from "./core/tofaktor.js";
import { releaseAll } from "./locks.js";
import { forTab } from "./stores.js";

/** @type {Promise<unknown> | undefined} */
let loading;

/** The instance has trapped. */
let dead = false;
/** Who waits for it would wait in vain. @type {Set<(error: Error) => void>} */
const waiting = new Set();

/** Starts loading early; harmless to call again. */
export const ready = () =>
  (loading ??= init({ module_or_path: new URL("./core/tofaktor_bg.wasm", import.meta.url) }).catch((error) => {
    loading = undefined;
    throw error;
  }));

const die = () => {
  dead = true;
  for (const reject of waiting) reject(new Error("the core has crashed"));
  releaseAll();
};

// Where it does not end in a call of ours, but going on after one of the browser: by a trap, or because something that it
// asked for was thrown at it.
addEventListener("error", ({ error }) => error instanceof Error && error.stack?.includes("wasm-function[") && die());

/** After a trap nothing in that memory is to be trusted any more: it goes on in an instance of its own. */
const live = () => {
  if (dead) core.__wbg_reset_state();
  dead = false;
  return core;
};

/** @template T @param {(core: typeof import("./core/tofaktor.js")) => T | Promise<T>} use @returns {Promise<T>} */
const run = async (use) => {
  await ready();
  /** @type {(error: Error) => void} */
  let trapped = () => {};
  try {
    return await new Promise((resolve, reject) => {
      waiting.add((trapped = reject));
      Promise.resolve(use(live())).then(resolve, reject);
    });
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) die();
    throw error;
  } finally {
    waiting.delete(trapped);
  }
};

/** The same, and empties what it was given. @template T @param {Uint8Array} bytes @param {(core: typeof import("./core/tofaktor.js")) => T | Promise<T>} use */
const emptying = async (bytes, use) => {
  try {
    return await run(use);
  } finally {
    bytes.fill(0);
  }
};

/**
 * Asked by our own pages, in their own process.
 *
 * @param {UiRequest} request
 * @param {Tab} tab the tab that the page was opened over
 * @param {Uint8Array} [bytes] what goes with the request; emptied once read
 * @returns {Promise<Reply>}
 */
export const ask = (request, tab, bytes = new Uint8Array()) => emptying(bytes, (core) => core.ask(request, tab, bytes));

/**
 * What a popup paints first, of what it has read; nothing where that does not tell.
 *
 * @param {import("./stores.js").Stores} stores
 * @param {Tab} tab
 * @returns {Promise<Reply | undefined>}
 */
export const glance = (stores, tab) => run((core) => core.glance(stores, tab));

/**
 * Asked by our own pages that change settings.
 *
 * @param {import("./core/tofaktor.js").SettingsRequest} request
 * @param {Uint8Array} [bytes] what goes with the request; emptied once read
 */
export const manage = (request, bytes = new Uint8Array()) => emptying(bytes, (core) => core.manage(request, bytes));

/**
 * Asked by our own pages for import, export, backup and sync.
 *
 * @param {import("./core/tofaktor.js").ExchangeRequest} request
 * @param {Uint8Array} [bytes] what goes with the request; the caller empties it
 */
export const exchange = (request, bytes = new Uint8Array()) => run((core) => core.exchange(request, bytes));

/**
 * What is wrong with an account that is being typed in.
 *
 * @param {import("./core/tofaktor.js").Draft} draft
 * @param {Uint8Array} key
 * @returns {string | undefined} the name of a notice
 */
export const check = (draft, key) => {
  try {
    return live().check(draft, key);
  } finally {
    key.fill(0);
  }
};

/** How strong a passphrase is, from 0, too short, to 4. @param {Uint8Array} passphrase emptied once read @returns {Promise<number>} */
export const strength = (passphrase) => emptying(passphrase, (core) => core.strength(passphrase));

/** What a page is made of, without anything of a person. @param {import("./core/tofaktor.js").Collected} page */
export const describe = (page) => run((core) => core.describe(page));

/** The organisation's decisions are others now. */
export const policyChanged = () => run((core) => core.policyChanged());

/** Whether an origin could be an organisation's own sign-in server. @param {string} origin */
export const organisation = (origin) => live().organisation(origin);

/** The domain of the accounts whose codes may go to such a server, where its name says it. @param {string} host */
export const servedDomain = (host) => live().servedDomain(host);

/** The vault may have changed since it was copied into the folder. @param {import("./core/tofaktor.js").FolderAccess} folder */
export const saveCopy = (folder) => run((core) => core.saveCopy(folder));

/** The newest copy of each vault that lies in a folder. @param {import("./core/tofaktor.js").FolderAccess} folder */
export const findCopies = (folder) => run((core) => core.findCopies(folder));

/** Something changed here or in the browser's sync store. */
export const sync = () => run((core) => core.sync());

/** The computer was locked. */
export const computerLocked = () => run((core) => core.computerLocked());

/**
 * Answers a tab's messages one after the other, and asks the browser for what that takes while the core is being loaded.
 *
 * @param {chrome.runtime.MessageSender} sender
 * @param {(core: typeof import("./core/tofaktor.js"), seen: import("./stores.js").Seen) => Promise<import("./core/tofaktor.js").PageReply | undefined>} use
 */
const inTurn = async ({ tab }, use) => {
  const id = tab?.id;
  if (id === undefined) return undefined;
  const loaded = ready();
  return navigator.locks.request(`page.${id}`, async () => {
    const [seen] = await Promise.all([forTab(id), loaded]);
    return run((core) => use(core, seen));
  });
};

/**
 * Asked by the worker for a content script. The core decides whether to listen.
 *
 * @param {unknown} message
 * @param {chrome.runtime.MessageSender} sender
 */
export const answer = (message, sender) => inTurn(sender, (core, seen) => core.answer(message, sender, seen));

/**
 * The same for pictures that a content script hands over.
 *
 * @param {unknown} pictures `data:` URLs
 * @param {chrome.runtime.MessageSender} sender
 * @param {(picture: string) => Promise<Uint8Array[]>} scan called for the pictures of a sender that is proved, and of no other
 */
export const captured = (pictures, sender, scan) => inTurn(sender, (core, seen) => core.captured(pictures, sender, seen, scan));

/** The deadline of the open vault may have passed. */
export const expire = () => run((core) => core.expire());

/** @param {number} tab a tab that was closed */
export const forget = (tab) => run((core) => core.forget(tab));
