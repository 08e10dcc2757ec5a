// One saved page, shown at its real address to the built extension: what it saw, and what it did. What was filled
// and clicked is read off the page, by listeners that stood there before any script.
import { readFileSync } from "node:fs";
import { ROOT } from "./harness.mjs";
import { vector } from "./observe.mjs";

/**
 * @typedef {import("./harness.mjs").Harness} Harness
 * @typedef {import("./harness.mjs").Captured} Captured
 * @typedef {import("puppeteer-core").Page} Page
 *
 * @typedef {object} Trial
 * @property {Buffer | string} html
 * @property {string} at
 * @property {string[]} [accounts] otpauth URIs
 * @property {number} [atTime] seconds since 1970
 * @property {string | string[]} [click] the person's, one after the other
 * @property {boolean} [locked]
 * @property {boolean} [popup] a person looks into it at the end
 *
 * @typedef {{ kind: "input" | "click", selector: string, value: string }} Act
 * @typedef {{ selector: string, value: string }} Filled
 * @typedef {{ state: string | null, method: string | null, account: string | null, organisation: string | null, filled: Filled[], clicked: string[], captured: Captured[], badge: string, popup: string, reason: string | null, vector: import("./observe.mjs").Vector }} Result
 */

export const PASSPHRASE = "try-page, not a secret";
const MANIFEST = JSON.parse(readFileSync(`${ROOT}/dist/chromium/manifest.json`, "utf8"));
/** Hosts where accounts are set up: there, what is given is what the page has just shown. */
const SETS_UP = /^https:\/\/(mysignins|account)\./;
/** So long without a change, and a page is taken to be at rest: views slide in over up to 350 ms. */
const AT_REST_MS = 600;

export class TryPage {
  /** @type {Trial | undefined} */
  #trial;

  /** The page that there is from now on. @param {Trial} trial */
  show(trial) {
    this.#trial = trial;
  }

  /** Answers for the one page there is; what the page posts leads nowhere and leaves it where it is. @type {import("./harness.mjs").Site} */
  site = async ({ url, method }) => {
    if (this.#trial === undefined) return undefined;
    if (method === "POST") return { status: 204 };
    if (url !== new URL(this.#trial.at).href) return undefined;
    return { body: Buffer.from(this.#trial.html), contentType: "text/html; charset=utf-8" };
  };

  /** @param {Harness} harness @param {Trial} trial @returns {Promise<Result>} */
  async run(harness, trial) {
    this.show(trial);
    const known = MANIFEST.host_permissions.includes(`${new URL(trial.at).origin}/*`);
    /** @type {Act[]} */
    const acts = [];
    const page = await harness.tab();
    try {
      return await this.#watched(harness, trial, page, known, acts);
    } finally {
      await page.close();
    }
  }

  /** @param {Harness} harness @param {Trial} trial @param {Page} page @param {boolean} known @param {Act[]} acts @returns {Promise<Result>} */
  async #watched(harness, trial, page, known, acts) {
    await page.exposeFunction("noteAct", (/** @type {Act} */ act) => acts.push(act));
    await page.evaluateOnNewDocument(watch, AT_REST_MS);
    await prepare(harness, trial);
    await page.bringToFront();
    await harness.visit(page, trial.at);
    let tabState = await rest(harness, page, known);
    for (const selector of [trial.click ?? []].flat()) {
      const before = acts.length;
      await page.click(selector);
      tabState = await rest(harness, page, known);
      acts.splice(before, 1); // the person's
    }
    const { state = "unknown", method = null, account = null } = tabState ?? {};
    const made = await vector(page, { state, method, account, hindrance: tabState?.hindrance?.hindrance });
    const badge = known ? await harness.badge(page) : "";
    const popup = trial.popup ? await said(harness, page) : "";
    return {
      state: tabState?.state ?? null,
      method: tabState?.method ?? null,
      account: tabState?.account ?? null,
      organisation: tabState?.organisation?.id ?? tabState?.organisation?.name ?? null,
      filled: acts.filter((act) => act.kind === "input").map(({ selector, value }) => ({ selector, value })),
      clicked: acts.filter((act) => act.kind === "click").map(({ selector }) => selector),
      captured: (tabState?.captured ?? []).map(({ issuer, account, kind }) => ({ issuer, account, kind })),
      badge,
      popup,
      reason: tabState?.reason ?? null,
      vector: made,
    };
  }
}

/** All that the popup says. @param {Harness} harness @param {Page} page */
async function said(harness, page) {
  const popup = await harness.toolbarClick(page);
  const text = await popup.evaluate(() => document.body.innerText);
  await harness.shut(popup);
  return text.replace(/\n{2,}/g, "\n").trim();
}

/** Waits for page and extension to come to rest. @param {Harness} harness @param {Page} page @param {boolean} known */
async function rest(harness, page, known) {
  await page.evaluate(() => globalThis.atRest());
  if (!known) return undefined;
  // A page that sends itself on before it is complete never gets a script.
  if (!(await harness.settled(page))) return undefined;
  await page.evaluate(() => globalThis.atRest()); // what it did may have moved the page on
  return harness.settled(page);
}

/**
 * In the page, before any script of its own: notes what is typed and clicked, and when the page last changed.
 * @param {number} restMs
 */
function watch(restMs) {
  if (window !== window.top) return;
  let last = performance.now();
  /** @param {EventTarget | null} target @returns {string} */
  const selector = (target) => {
    if (!(target instanceof Element)) return "";
    if (target.id) return `#${CSS.escape(target.id)}`;
    for (const name of ["data-testid", "data-value", "name"]) {
      const value = target.getAttribute(name);
      if (value) return `${target.localName}[${name}="${value}"]`;
    }
    const parent = target.parentElement;
    const place = parent ? [...parent.children].indexOf(target) + 1 : 1;
    return parent ? `${selector(parent)} > ${target.localName}:nth-child(${place})` : target.localName;
  };
  /** @param {"input" | "click"} kind */
  const listen = (kind) =>
    window.addEventListener(
      kind,
      ({ target }) => {
        last = performance.now();
        globalThis.noteAct({ kind, selector: selector(target), value: target instanceof HTMLInputElement ? target.value : "" });
      },
      { capture: true },
    );
  listen("input");
  listen("click");
  new MutationObserver(() => (last = performance.now())).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  globalThis.atRest = () =>
    new Promise((resolve) => {
      const began = performance.now();
      const look = () => {
        const left = last + restMs - performance.now();
        // A page that never rests, such as one with a clock on it, is taken as it is after ten seconds.
        if (left <= 0 || performance.now() - began > 10_000) resolve(undefined);
        else setTimeout(look, left);
      };
      look();
    });
}

/** A vault that holds the accounts, the lock, and the clock. @param {Harness} harness @param {Pick<Trial, "at" | "accounts" | "atTime" | "locked">} trial */
export async function prepare(harness, { at, accounts = [], atTime, locked = false }) {
  const probe = await harness.probe();
  const problem = await probe.evaluate(
    async (accounts, passphrase, confirmed, locked) => {
      /** @type {Pick<typeof import("../../dist/chromium/core.js"), "ask">} */
      const { ask } = await import(chrome.runtime.getURL("core.js"));
      /** @param {string} text */
      const bytes = (text) => new TextEncoder().encode(text);
      let { view } = await ask("show", {});
      if (view.screen === "firstRun") ({ view } = await ask({ create: { save: undefined } }, {}, bytes(passphrase)));
      if (view.screen === "locked") ({ view } = await ask({ unlock: { save: undefined } }, {}, bytes(passphrase)));
      for (const { id } of view.pendingAccounts) ({ view } = await ask({ dismiss: { pendingAccount: id } }, {}));
      for (const { id } of view.accounts) ({ view } = await ask({ remove: { account: id } }, {}));
      if (view.deleted.length > 0) ({ view } = await ask({ empty: { deleted: view.deleted.map(({ id }) => id) } }, {}));
      for (const uri of accounts) {
        const known = new Set(view.accounts.map(({ id }) => id));
        const found = await ask("addPending", {}, bytes(uri));
        const [pendingAccount] = found.view.pendingAccounts;
        if (!pendingAccount) return `${uri} is not taken: ${found.notice}`;
        ({ view } = await ask({ save: { pendingAccount: pendingAccount.id, whenKnown: "keepBoth" } }, {}));
        const account = view.accounts.find(({ id }) => !known.has(id));
        if (!account) return `${uri} was not saved.`;
        if (confirmed) ({ view } = await ask({ confirm: { account: account.id, confirmed: true } }, {}));
      }
      clearInterval(/** @type {any} */ (globalThis).heldClock);
      await chrome.storage.session.remove(["steps", "clock"]);
      if (locked) ({ view } = await ask("lock", {}));
      return undefined;
    },
    accounts,
    PASSPHRASE,
    !SETS_UP.test(at),
    locked,
  );
  if (problem) throw new Error(problem);
  if (atTime !== undefined) await harness.holdClock(Math.floor(atTime / 30));
}
