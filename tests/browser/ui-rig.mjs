// Our own pages in a real Chromium, in any state, theme, language and width.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { forget, launchBrowser, Opened, patient, profileIn, ROOT } from "./harness.mjs";

export { ROOT };
const DIST = join(ROOT, "dist/chromium");
export const PASSPHRASE = "fire glade elger";

/**
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {{ language?: string, look?: "light" | "dark", width?: number, height?: number, scale?: number, forced?: boolean, still?: boolean, second?: number, policy?: Record<string, unknown>, withheld?: boolean, frozen?: number, began?: number, late?: boolean }} Look
 */

/** @param {{ args?: string[], profile?: string }} [options] a profile that is given is kept */
export const open = ({ args = [], profile } = {}) =>
  Opened.toEnd(async (opened) => {
    const userDataDir = await profileIn(opened, profile);
    const browser = await launchBrowser({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      headless: true,
      userDataDir,
      pipe: true,
      enableExtensions: true,
      args: ["--lang=en-US", "--no-first-run", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...args],
    });
    opened.keep(browser, (browser) => browser.close());
    return new Rig(browser, await browser.installExtension(DIST), opened);
  });

export class Rig {
  /** What pages complained of. @type {string[]} */
  complaints = [];
  /** What `prepare` has made. @type {string | undefined} */
  vault;
  locked = false;

  /** @param {import("puppeteer-core").Browser} browser @param {string} id @param {{ close: () => Promise<void> }} opened what ends with it */
  constructor(browser, id, opened) {
    this.browser = browser;
    this.id = id;
    this.opened = opened;
  }

  /** @param {string} path */
  url(path) {
    return `chrome-extension://${this.id}/${path}`;
  }

  /** What was complained of since it was last asked. */
  async takeComplaints() {
    return this.complaints.splice(0);
  }

  /** @param {string} folder */
  async saveDownloadsIn(folder) {
    const session = await this.browser.target().createCDPSession();
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder, eventsEnabled: true });
  }

  /** A page of ours that runs our code only when asked: for preparing. */
  async desk() {
    if (!this.kept) {
      this.kept = await this.browser.newPage();
      await this.kept.goto(this.url("_locales/en/messages.json"));
    }
    return this.kept;
  }

  /** As if freshly installed. */
  async reset() {
    await (await this.desk()).evaluate(forget);
  }

  /**
   * @param {string | Record<string, unknown>} request
   * @param {string} [bytes]
   * @param {"ask" | "manage" | "exchange"} [how]
   * @param {{ id?: number, url?: string }} [tab] over which the page lies that asks
   */
  async ask(request, bytes = "", how = "ask", tab = {}) {
    const desk = await this.desk();
    return desk.evaluate(
      async (request, text, how, tab, core) => {
        const all = await import(core);
        const bytes = new TextEncoder().encode(text);
        return how === "ask" ? all.ask(request, tab, bytes) : all[how](request, bytes);
      },
      request,
      bytes,
      how,
      tab,
      this.url("core.js"),
    );
  }

  /** What the script on Microsoft's page in a tab would report. @param {{ id: number, url: string }} tab @param {Record<string, unknown>} seen */
  async look({ id, url }, seen) {
    const desk = await this.desk();
    await desk.evaluate(
      async (id, url, seen, core) => {
        const { answer } = await import(core);
        // The core asks the browser whether it may see the tab, which there is not.
        Object.assign(chrome.tabs, { get: async () => ({ id, url }) });
        const sender = { id: chrome.runtime.id, origin: new URL(url).origin, url, frameId: 0, documentId: `document of ${id}`, tab: { id, active: true } };
        await answer({ look: { seen: { proofs: [], picture: false, pictures: 0, ...seen }, visible: true, acted: true, resting: true } }, sender);
      },
      id,
      url,
      seen,
      this.url("core.js"),
    );
  }

  /** @param {"local" | "session"} store @param {Record<string, string | null>} items `null` removes */
  async put(store, items) {
    const desk = await this.desk();
    await desk.evaluate(
      async (store, items) => {
        const area = chrome.storage[store];
        for (const [key, value] of Object.entries(items)) await (value === null ? area.remove(key) : area.set({ [key]: value }));
      },
      store,
      items,
    );
  }

  /** Puts another record into the mirror, or none. @param {string | null} record */
  async putMirror(record) {
    const desk = await this.desk();
    await desk.evaluate(
      async (mirror, record) => {
        const { set } = await import(mirror);
        await set([["v1.mirror", record ?? undefined]]);
      },
      this.url("mirror.js"),
      record,
    );
  }

  /** A vault with accounts, open. @param {string[]} uris @param {Record<string, unknown>} [create] how it is made */
  async fill(uris, create = { create: {} }) {
    await this.ask(create, PASSPHRASE);
    await this.add(uris);
  }

  /** Accounts for the open vault. @param {string[]} uris */
  async add(uris) {
    const desk = await this.desk();
    await desk.evaluate(
      async (uris, core) => {
        const { ask } = await import(core);
        for (const uri of uris) {
          const { view } = await ask("addPending", {}, new TextEncoder().encode(uri));
          for (const pendingAccount of view.pendingAccounts) await ask({ save: { pendingAccount: pendingAccount.id, whenKnown: "ask" } }, {});
        }
      },
      uris,
      this.url("core.js"),
    );
  }

  /**
   * Opens a page of ours, or once more in another language one that this has opened. `tab` is what it believes to lie over.
   * @param {string} path
   * @param {Look & { tab?: { id: number, url: string }, page?: Page }} [look]
   */
  async page(path, { page: again, ...look } = {}) {
    const page = again ?? (await this.#newPage(path));
    await this.#dress(page, look);
    // To an address that differs in its end alone the browser would not leave the page, and a reload keeps what was typed.
    await page.goto(this.url(again ? path.replace(/(?=#|$)/, `?${look.language}`) : path));
    await page.waitForSelector("body[data-ready='true']");
    return page;
  }

  /** @param {string} path */
  async #newPage(path) {
    const page = await this.browser.newPage();
    page.on("pageerror", (error) => this.complaints.push(`${path}: ${error}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${path}: ${message.text()}`);
    });
    return page;
  }

  /** @param {Page} page @param {Look & { tab?: { id: number, url: string } }} look */
  async #dress(page, { language = "en", look = "light", width = 360, height = 600, scale = 1, forced = false, still = false, second, policy, withheld, tab, frozen, began, late }) {
    await page.setViewport({ width, height, deviceScaleFactor: scale });
    await emulate(page, { look, forced, still });
    const before = this.#scripts.get(page);
    if (before) await page.removeScriptToEvaluateOnNewDocument(before);
    const { identifier } = await page.evaluateOnNewDocument(
      (language, tab, second, policy, withheld, frozen, began, late) => {
        localStorage.setItem("language", language);
        // The clock stands, so that a code is as many seconds old as is wanted, however long the page takes.
        if (second !== undefined) {
          const stands = Date.now() - (Date.now() % 30_000) + second * 1000;
          Date.now = () => stands;
        }
        if (began !== undefined) Object.defineProperty(performance, "timeOrigin", { value: began });
        if (late) {
          // What the page waits for comes when its first frame has been seen.
          const get = chrome.storage.managed.get.bind(chrome.storage.managed);
          const seen = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
          chrome.storage.managed.get = /** @type {any} */ (async (/** @type {null} */ keys) => seen().then(() => get(keys)));
        }
        if (frozen) {
          // What is to come after so long comes when the test says so.
          const real = window.setTimeout.bind(window);
          window.setTimeout = /** @type {any} */ ((/** @type {() => void} */ then, /** @type {number} */ ms) => (ms === frozen ? addEventListener("thaw", then, { once: true }) : real(then, ms)));
        }
        if (policy) chrome.storage.managed.get = /** @type {any} */ (async () => policy);
        if (withheld) chrome.permissions.contains = /** @type {any} */ (async () => false);
        // An older Chromium keeps an extension's own address from it, which over a real tab is never asked for.
        const query = chrome.tabs.query.bind(chrome.tabs);
        chrome.tabs.query = /** @type {any} */ (async (/** @type {{}} */ which) => (tab ? [tab] : (await query(which)).map((own) => ({ ...own, url: location.href }))));
      },
      language,
      tab,
      second,
      policy,
      withheld,
      frozen,
      began,
      late,
    );
    this.#scripts.set(page, identifier);
  }
  /** What makes each page what it is to be. @type {WeakMap<Page, string>} */
  #scripts = new WeakMap();

  /** The tab that this opens. @param {string} ending of its address @param {() => Promise<unknown>} act */
  async opens(ending, act) {
    const opened = this.browser.waitForTarget((target) => target.url().endsWith(ending));
    await act();
    const page = await (await opened).page();
    if (!page) throw new Error(`No tab has ${ending}.`);
    return patient(page);
  }

  /** The browser ends as in a power cut, as far as a program can tell. */
  async kill() {
    const process = this.browser.process();
    const ended = new Promise((resolve) => process?.once("exit", resolve));
    process?.kill("SIGKILL");
    await ended;
  }

  close() {
    return this.opened.close();
  }
}

/** The session that asks for it keeps it so. @type {WeakMap<Page, import("puppeteer-core").CDPSession>} */
const emulating = new WeakMap();
/** What the system would ask of the page, by Chromium's own protocol: Puppeteer knows no forced colours. @param {Page} page @param {Pick<Look, "look" | "forced" | "still">} wish */
export const emulate = async (page, { look = "light", forced = false, still = false }) => {
  const session = emulating.get(page) ?? (await page.createCDPSession());
  emulating.set(page, session);
  const features = [
    { name: "prefers-color-scheme", value: look },
    { name: "forced-colors", value: forced ? "active" : "none" },
    { name: "prefers-reduced-motion", value: still ? "reduce" : "no-preference" },
  ];
  await session.send("Emulation.setEmulatedMedia", { features });
  // Chromium keeps the colour that an animation has ended with, as the last seconds of a code are red, until it begins again.
  await page.evaluate(() => {
    for (const { effect, playState } of document.getAnimations()) {
      const { target } = /** @type {KeyframeEffect} */ (effect);
      if (playState !== "finished" || !(target instanceof HTMLElement)) continue;
      target.style.display = "none";
      target.getBoundingClientRect();
      target.style.display = "";
    }
  });
};

/** @param {Page} page @param {string} screen */
export const onScreen = (page, screen) => page.waitForSelector(`body[data-screen='${screen}'][data-ready='true']`);
/** Each word of the page counts once: one that still stands there does not tell of what comes after it. It does not go by itself then. @param {Page} page @param {string} key */
export const noticed = (page, key) => page.waitForFunction(newlySaid, { polling: "mutation" }, key);
/** @param {string} key */
const newlySaid = (key) => {
  const line = /** @type {HTMLElement | null} */ (document.querySelector("#notice"));
  const heard = /** @type {{ heard?: ChildNode | null }} */ (globalThis);
  if (line?.dataset.notice !== key || line.firstChild === heard.heard) return false;
  heard.heard = line.firstChild;
  for (const animation of line.getAnimations()) animation.pause();
  return true;
};
/** Found and pressed in one turn of the page: what is painted anew in between would take the press with it. @param {Page} page @param {string} selector */
export const press = async (page, selector) => {
  do await page.waitForSelector(selector, { visible: true });
  while (!(await page.evaluate(pressed, selector)));
};
/** @param {string} selector */
const pressed = (selector) => {
  const element = document.querySelector(selector);
  if (element instanceof HTMLElement) element.click();
  return element !== null;
};

const frozen = readFileSync(join(ROOT, "tests/vectors/vault/passphrase-usual-cost.vault"), "utf8");
/** A vault of somebody else's. */
export const frozenVault = [...Buffer.from(frozen.slice(frozen.indexOf("\n\n")).replace(/\s/g, ""), "base64")];

/** @param {number} count */
export const accounts = (count) =>
  Array.from({ length: count }, (_, at) => {
    const known = [
      ["Møre og Romsdal fylkeskommune", "kari.nordmann@skole.example"],
      ["Skule i nord", "ola@skule.example"],
      ["Contoso", "lærer.med.et.ganske.langt.navn@videregaaende-skole.example"],
      ["Universitetet", "s123456@uni.example"],
      ["Bibliotek", "bok@bibliotek.example"],
    ];
    const [tenant, name] = known[at] ?? [`Skole ${at}`, `elev${at}@skole${at % 40}.example`];
    const secret = [..."abcdefghijklmnop"].map((_, i) => "abcdefghijklmnopqrstuvwxyz234567"[(at * 7 + i * 5 + (at >> 5)) % 32]).join("");
    return `otpauth://totp/${encodeURIComponent(`${tenant}:${name}`)}?secret=${secret}&issuer=Microsoft`;
  });
