// A real browser with the built extension, unchanged, and replica pages at Microsoft's real addresses. What the tests
// need of any browser is here; chromium.mjs and firefox.mjs know how each of them is started, watched and clicked in.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "node:test";
import puppeteer from "puppeteer-core";

// Whoever ends a test from outside (`run.mjs`, where it hangs) ends its browsers: Puppeteer alone would live on.
process.once("SIGTERM", () => process.exit(1));

export const ROOT = join(import.meta.dirname, "../..");

/**
 * @typedef {import("./tenant.mjs").Answer} Answer
 * @typedef {import("./tenant.mjs").Question} Question
 * @typedef {(question: Question) => Promise<Answer | undefined>} Site
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {"chromium" | "firefox"} Kind
 * @typedef {{ kind: string, issuer: string | null, account: string | null }} Captured
 * @typedef {{ state: string, method: string | null, account: string | null, organisation: { id: string | null, name: string | null } | null, reason: string, captured: Captured[], document: string, hindrance?: { hindrance: string, error: number | null } | null }} Judgement
 * @typedef {import("./chromium.mjs").Chromium | import("./firefox.mjs").Firefox} Harness
 *
 * @typedef {object} Options
 * @property {Site} site answers the pages' requests; what it does not know is refused
 * @property {boolean} [visible] in a window, where there is a display
 * @property {string} [profile] is kept; without it, there is one for as long as the browser runs
 * @property {import("./managed.mjs").Policy} [policy] what an organisation has decided
 * @property {import("./managed.mjs").Policy} [settings] with a policy, the browser's own for the extension
 * @property {boolean} [coarse] the pages' clock counts in tenths of a second, where the browser has one that does
 * @property {string} [extension] the package's folder, where it is not the one that was built
 *
 * @typedef {object} Findings what must be looked at once in a while
 * @property {{ method: string, url: string, cookies: boolean }[]} requests that any part of the extension made to elsewhere
 * @property {string[]} refused requests of pages that no replica answered
 * @property {string[]} uninvited what else the browser looked for, less what it looks for on its own account
 * @property {string[]} complaints of the extension's pages and worker
 */

/** The browsers that a test runs in: both, unless BROWSER names one. @type {Kind[]} */
export const BROWSERS = /** @type {Kind[]} */ (["chromium", "firefox"]).filter((kind) => (process.env.BROWSER ?? kind) === kind);
if (BROWSERS.length === 0) throw new Error(`BROWSER=${process.env.BROWSER} is neither chromium nor firefox.`);

/** The same tests in each browser. @param {(kind: Kind) => void} tests */
export const inEachBrowser = (tests) => {
  for (const kind of BROWSERS) describe(kind, () => tests(kind));
};

/** @param {Options & { browser?: Kind }} options the first of BROWSERS, unless it says another @returns {Promise<Harness>} */
export async function start({ browser = BROWSERS[0], ...options }) {
  // Each is built on what this file says, and cannot be known to it before.
  const { launch } = browser === "firefox" ? await import("./firefox.mjs") : await import("./chromium.mjs");
  return launch(options);
}

/** So long anything that a browser does may take on a busy machine; what never comes is missed all the same. */
const PATIENCE_MS = 120_000;

/** @param {Page} page */
export const patient = (page) => {
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
};

/** Pages of Chromium's own that stand ready for what is typed into its address bar: a third of what a start costs. */
const ADDRESS_BAR = "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup";

/** A browser of which nothing is expected any sooner. @param {import("puppeteer-core").LaunchOptions} options */
export const launchBrowser = async ({ args = [], ...options }) => {
  const own = options.browser === "firefox" ? [] : [ADDRESS_BAR];
  const browser = await puppeteer.launch({ timeout: PATIENCE_MS, protocolTimeout: 2 * PATIENCE_MS, ...options, args: [...own, ...args] });
  const [newPage, waitForTarget] = [browser.newPage.bind(browser), browser.waitForTarget.bind(browser)];
  browser.newPage = async (options) => patient(await newPage(options));
  browser.waitForTarget = (isWanted) => waitForTarget(isWanted, { timeout: PATIENCE_MS });
  return browser;
};

/** The folder of a profile: the one that is kept, or a new one that goes with the browser. @param {Opened} opened @param {string} [kept] */
export const profileIn = async (opened, kept) => kept ?? opened.keep(await mkdtemp(join(tmpdir(), "tofaktor-profile-")), discard);

/** Takes a profile away. The last of a browser's processes may write on for a moment; what stays then is nobody's fault. @param {string} folder */
export const discard = (folder) => rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});

/** What was opened on the way to something: closed together, the last first, and also where the way ends before its end. */
export class Opened {
  /** @type {(() => unknown)[]} */
  #ends = [];

  /** @template T @param {(opened: Opened) => Promise<T>} begin @returns {Promise<T>} */
  static async toEnd(begin) {
    const opened = new Opened();
    try {
      return await begin(opened);
    } catch (error) {
      await opened.close().catch(() => {}); // the first error is the one that tells
      throw error;
    }
  }

  /** @template T @param {T} thing @param {(thing: T) => unknown} end @returns {T} */
  keep(thing, end) {
    this.#ends.push(() => end(thing));
    return thing;
  }

  /** All of it, once, whatever becomes of each. @returns {Promise<void>} */
  async close() {
    const end = this.#ends.pop();
    if (!end) return;
    try {
      await end();
    } finally {
      await this.close();
    }
  }
}

/**
 * In a page of the extension's: as if freshly installed and welcomed, but for what the browser itself keeps alike. What the
 * worker is at comes to its end before, by the lock that the core takes.
 */
export const forget = () =>
  navigator.locks.request("vault", async () => {
    await chrome.storage.local.clear();
    await chrome.storage.local.set({ welcomed: true });
    await chrome.storage.session.clear();
    localStorage.clear();
    await new Promise((resolve) => {
      const request = indexedDB.deleteDatabase("mirror");
      request.onsuccess = request.onerror = request.onblocked = () => resolve(undefined);
    });
  });

/** What is the same in every browser. */
export class BrowserHarness {
  /** How far Microsoft's clock is ahead of this computer's. */
  aheadMs = 0;

  /**
   * @param {import("puppeteer-core").Browser} browser
   * @param {string} origin the extension's
   * @param {Options} options
   * @param {Opened} opened what ends with it
   */
  constructor(browser, origin, options, opened) {
    this.browser = browser;
    this.origin = origin;
    this.site = options.site;
    this.opened = opened;
  }

  /** A tab whose every request is answered by the site, or refused and noted. @returns {Promise<Page>} */
  async tab() {
    return this.browser.newPage();
  }

  /** A page of the extension's, once it stands. @param {Page} page @param {string} path */
  async goTo(page, path) {
    await page.goto(`${this.origin}/${path}`);
  }

  /** A page that may send itself on before it is complete. @param {Page} page @param {string} url */
  async visit(page, url) {
    await page.goto(url);
  }

  /** A document of the extension's own origin that runs none of its code: a window on its storage and permissions. */
  async probe() {
    if (this.keptProbe && !this.keptProbe.isClosed()) return this.keptProbe;
    const page = await this.browser.newPage({ background: true });
    await this.goTo(page, "manifest.json");
    this.keptProbe = page;
    return page;
  }
  /** @type {Page | undefined} */
  keptProbe;

  /** The number by which the extension knows a tab. @param {Page} page */
  async tabId(page) {
    // The page itself knows where it is; Puppeteer hears of it when it is complete. It may be on its way elsewhere.
    for (const began = Date.now(); Date.now() - began < PATIENCE_MS; ) {
      const at = await page.waitForFunction(() => location.href, { polling: 20 });
      const id = await this.#tabAt(await at.jsonValue());
      if (id !== undefined) return id;
    }
    throw new Error("The extension may not see that page.");
  }

  /** The same of a page that is not to be touched: what Puppeteer asks of a page counts there as a person's act. @param {string} address */
  async tabIdAt(address) {
    for (const began = Date.now(); Date.now() - began < PATIENCE_MS; ) {
      const id = await this.#tabAt(address);
      if (id !== undefined) return id;
    }
    throw new Error(`The extension may not see ${address}.`);
  }

  /** Of two tabs, it is the later one. @param {string} address */
  async #tabAt(address) {
    const url = address.replace(/[?#].*/, "*");
    return (await this.probe()).evaluate(async (url) => (await chrome.tabs.query({ url })).at(-1)?.id, url);
  }

  /** @param {Page} page */
  async badge(page) {
    const tabId = await this.tabId(page);
    return (await this.probe()).evaluate((tabId) => chrome.action.getBadgeText({ tabId }), tabId);
  }

  /** @param {"local" | "session"} area @param {string | null} [key] @returns {Promise<Record<string, any>>} */
  async stored(area, key = null) {
    return (await this.probe()).evaluate((area, key) => chrome.storage[area].get(key), area, key);
  }

  /**
   * Waits until the script on a page has nothing more to do; what it judged, or nothing if it never came to that. It is a
   * judgement of the document that stands there now; where no state is named, of how that stands now.
   * @param {Page} page @param {string} [state] that it must have come to @param {string} [method] and what it must want there
   * @returns {Promise<Judgement | undefined>}
   */
  async settled(page, state, method) {
    const tabId = await this.tabId(page);
    if (!state) {
      // The first of them may be a look that was under way, and saw what was there before.
      for (const _ of ["under way", "fresh"]) if (!(await this.lookAgain(tabId))) return undefined;
    }
    return this.settledTab(tabId, state, method, true);
  }

  /** Lets the script in a tab look once more, and waits until it has; `false` where there is none. @param {number} tabId */
  async lookAgain(tabId) {
    return (await this.probe()).evaluate(
      async (tabId, withinMs) => {
        const key = `page.${tabId}`;
        const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
        const looked = async () => /** @type {any} */ (JSON.parse(String((await chrome.storage.session.get(key))[key] ?? "{}"))).looked_ms;
        const asks = () => chrome.tabs.sendMessage(tabId, "look").then(
          () => true,
          () => false,
        );
        const before = await looked();
        // A page that sends itself on before it is complete never gets a script; one that goes takes its script with it.
        for (let heard = Date.now(); Date.now() - heard < withinMs; ) {
          if (await asks()) heard = Date.now();
          for (let left = 50; left > 0; left--) {
            if ((await looked()) !== before) return true;
            await pause();
          }
        }
        return false;
      },
      tabId,
      10_000,
    );
  }

  /** @param {number} tabId @param {string} [state] @param {string} [method] @param {boolean} [current] of the document that stands there: to ask for it is an act in it @returns {Promise<Judgement>} */
  async settledTab(tabId, state, method, current = false) {
    const tabState = await (await this.probe()).waitForFunction(
      async (tabId, state, method, current) => {
        const key = `page.${tabId}`;
        const text = (await chrome.storage.session.get(key))[key];
        const tabState = typeof text === "string" ? JSON.parse(text) : undefined;
        if (!tabState?.settled || (state && tabState.state !== state) || (method && tabState.method !== method)) return undefined;
        if (!current) return { tabState };
        const [there] = await chrome.scripting.executeScript({ target: { tabId }, injectImmediately: true, func: () => true }).catch(() => []);
        return there?.documentId === tabState.document ? { tabState } : undefined;
      },
      { polling: 20 },
      tabId,
      state,
      method,
      current,
    );
    return /** @type {any} */ (await tabState.jsonValue()).tabState;
  }

  /**
   * What our own pages ask of the core, asked as they do.
   * @param {"ask" | "manage" | "exchange"} call @param {unknown} request @param {string} [text] goes with it @returns {Promise<any>}
   */
  async core(call, request, text = "") {
    return (await this.probe()).evaluate(
      async (call, request, text) => {
        const core = /** @type {any} */ (await import(chrome.runtime.getURL("core.js")));
        const bytes = new TextEncoder().encode(text);
        return call === "ask" ? core.ask(request, {}, bytes) : core[call](request, bytes);
      },
      call,
      request,
      text,
    );
  }

  /** Closes a popup, unless it has closed by itself, as it does at any time for whatever else comes to the front. @param {Page} popup */
  async shut(popup) {
    if (popup.isClosed()) return;
    const gone = new Promise((resolve) => popup.once("close", resolve));
    await popup.close().catch(() => gone);
  }

  /** A code is used once, and the next one is up to half a minute away, unless this is forgotten. */
  async forgetUsed() {
    await (await this.probe()).evaluate(() => chrome.storage.session.remove("steps"));
  }

  /**
   * Puts Microsoft's clock, as far as the extension knows it, so far into a step of its codes.
   * @param {number} intoMs @param {number} [steps] that it moves on or back from now @returns {Promise<{ aheadMs: number, step: number }>}
   */
  async putClock(intoMs, steps = 1) {
    return (await this.probe()).evaluate(
      async (intoMs, steps) => {
        clearInterval(/** @type {any} */ (globalThis).heldClock);
        const now = Date.now();
        const aheadMs = steps * 30_000 - (now % 30_000) + intoMs;
        await chrome.storage.session.set({ clock: JSON.stringify({ offset_ms: aheadMs }) });
        return { aheadMs, step: Math.floor((now + aheadMs) / 30_000) };
      },
      intoMs,
      steps,
    );
  }

  /**
   * Stops Microsoft's clock, as far as the extension knows it, within a step of its codes, until it is put elsewhere or
   * `prepare` lets it go: no step turns meanwhile, however slow the machine.
   * @param {number} step
   */
  async holdClock(step) {
    await (await this.probe()).evaluate(async (step) => {
      const held = /** @type {any} */ (globalThis);
      clearInterval(held.heldClock);
      const put = () => chrome.storage.session.set({ clock: JSON.stringify({ offset_ms: step * 30_000 + 10_000 - Date.now() }) });
      await put();
      held.heldClock = setInterval(put, 500);
    }, step);
  }

  /** @returns {Promise<void>} */
  close() {
    return this.opened.close();
  }
}

/** @param {Page} popup */
export const painted = (popup) => popup.waitForSelector('body[data-ready="true"]');
