/**
 * The one way to the Rust core: loads it on first use, and again after a trap.
 *
 * @typedef {import("./core/tofaktor.js").UiRequest} UiRequest
 * @typedef {import("./core/tofaktor.js").Reply} Reply
 * @typedef {import("./core/tofaktor.js").Tab} Tab
 */
import init, * as core from "./core/tofaktor.js";

/** @type {Promise<unknown> | undefined} */
let loading;

/** Starts loading early; harmless to call again. */
export const ready = () =>
  (loading ??= init({ module_or_path: new URL("./core/tofaktor_bg.wasm", import.meta.url) }).catch((error) => {
    loading = undefined;
    throw error;
  }));

/**
 * Asked by our own pages, in their own process.
 *
 * @param {UiRequest} request
 * @param {Tab} tab the tab that the page was opened over
 * @param {Uint8Array} [bytes] what goes with the request; emptied once read
 * @returns {Promise<Reply>}
 */
export const ask = async (request, tab, bytes) => {
  await ready();
  try {
    return await core.ask(request, tab, bytes ?? new Uint8Array());
  } finally {
    bytes?.fill(0);
  }
};

/**
 * What a popup paints first, of what it has read; nothing where that does not tell.
 *
 * @param {import("./stores.js").Stores} stores
 * @param {Tab} tab
 * @returns {Promise<Reply | undefined>}
 */
export const glance = async (stores, tab) => {
  await ready();
  return core.glance(stores, tab);
};

/**
 * Asked by our own pages that change settings.
 *
 * @param {import("./core/tofaktor.js").SettingsRequest} request
 * @param {Uint8Array} [bytes] what goes with the request; emptied once read
 */
export const manage = async (request, bytes) => {
  await ready();
  try {
    return await core.manage(request, bytes ?? new Uint8Array());
  } finally {
    bytes?.fill(0);
  }
};

/**
 * Asked by our own pages for import, export, backup and sync.
 *
 * @param {import("./core/tofaktor.js").ExchangeRequest} request
 * @param {Uint8Array} [bytes] what goes with the request; the caller empties it
 */
export const exchange = async (request, bytes) => {
  await ready();
  return core.exchange(request, bytes ?? new Uint8Array());
};

/**
 * What is wrong with an account that is being typed in.
 *
 * @param {import("./core/tofaktor.js").Draft} draft
 * @param {Uint8Array} key
 * @returns {string | undefined} the name of a notice
 */
export const check = (draft, key) => {
  try {
    return core.check(draft, key);
  } finally {
    key.fill(0);
  }
};

/** A text as a search compares it. @param {string} text */
export const fold = (text) => core.fold(text);

/** The organisation's decisions are others now. */
export const policyChanged = async () => {
  await ready();
  return core.policyChanged();
};

/** Whether an origin could be an organisation's own sign-in server. @param {string} origin */
export const organisation = (origin) => core.organisation(origin);

/** The domain of the accounts whose codes may go to such a server, where its name says it. @param {string} host */
export const servedDomain = (host) => core.servedDomain(host);

/** Something changed here or in the browser's sync store. */
export const sync = async () => {
  await ready();
  return core.sync();
};

/** The computer was locked. */
export const computerLocked = async () => {
  await ready();
  return core.computerLocked();
};

/**
 * Asked by the worker for a content script. The core decides whether to listen.
 *
 * @param {unknown} message
 * @param {chrome.runtime.MessageSender} sender
 */
export const answer = async (message, sender) => {
  await ready();
  return core.answer(message, sender);
};

/**
 * The same for pictures that a content script hands over.
 *
 * @param {unknown} pictures `data:` URLs
 * @param {chrome.runtime.MessageSender} sender
 * @param {(picture: string) => Promise<Uint8Array[]>} scan called for the pictures of a sender that is proved, and of no other
 */
export const captured = async (pictures, sender, scan) => {
  await ready();
  return core.captured(pictures, sender, scan);
};

/** The deadline of the open vault may have passed. */
export const expire = async () => {
  await ready();
  return core.expire();
};

/** @param {number} tab a tab that was closed */
export const forget = async (tab) => {
  await ready();
  return core.forget(tab);
};
