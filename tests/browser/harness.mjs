// A real Chromium with the built extension, unchanged, and replica pages at Microsoft's real addresses.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";

export const ROOT = join(import.meta.dirname, "../..");
const DIST = join(ROOT, "dist/chromium");

/**
 * @typedef {import("./tenant.mjs").Answer} Answer
 * @typedef {import("./tenant.mjs").Question} Question
 * @typedef {(question: Question) => Promise<Answer | undefined>} Site
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {import("puppeteer-core").Target} Target
 * @typedef {{ kind: string, issuer: string | null, account: string | null }} Captured
 * @typedef {{ state: string, method: string | null, account: string | null, reason: string, captured: Captured[] }} Judgement
 */

/** @param {{ site: Site, visible?: boolean, profile?: string }} options */
export async function start({ site, visible = false, profile }) {
  const wall = await openWall();
  const kept = profile !== undefined;
  const userDataDir = profile ?? (await mkdtemp(join(tmpdir(), "tofaktor-")));
  // Chromium would connect to a page's host before it asks for the page, and the wall would hear of it.
  await mkdir(join(userDataDir, "Default"), { recursive: true });
  await writeFile(join(userDataDir, "Default/Preferences"), JSON.stringify({ net: { network_prediction_options: 2 } }));
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: !(visible && (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) && !process.env.HEADLESS),
    userDataDir,
    pipe: true,
    enableExtensions: true,
    defaultViewport: null,
    args: [
      "--window-size=1100,800",
      "--lang=en-US",
      "--no-first-run",
      `--proxy-server=http://127.0.0.1:${wall.port}`,
      "--proxy-bypass-list=<-loopback>",
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
  const id = await browser.installExtension(DIST);
  await closeWelcome(browser, kept ? 1000 : 5000);
  return new Harness(browser, id, site, wall, userDataDir, kept);
}

/**
 * The first run opens by itself, and would lie over whatever comes next.
 * @param {import("puppeteer-core").Browser} browser
 * @param {number} timeout
 */
async function closeWelcome(browser, timeout) {
  const target = await browser.waitForTarget((target) => target.url().endsWith("/www/welcome.html"), { timeout }).catch(() => undefined);
  await (await target?.page())?.close();
}

/** Where every request ends that no replica answers: it notes the address and lets nothing through. */
async function openWall() {
  /** @type {string[]} */
  const hits = [];
  const server = createServer((request, response) => {
    hits.push(request.url ?? "");
    response.writeHead(503).end();
  });
  server.on("connect", (request, socket) => {
    hits.push(request.url ?? "");
    socket.end("HTTP/1.1 503 Refused\r\n\r\n");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The wall has no port.");
  return { port: address.port, hits, close: () => server.close() };
}

export class Harness {
  /** How far Microsoft's clock is ahead of this computer's. */
  aheadMs = 0;
  /** Requests of pages that no replica answered. @type {string[]} */
  refused = [];
  /** What watches the extension's contexts. @type {Map<Target, import("puppeteer-core").CDPSession>} */
  #sessions = new Map();

  /**
   * @param {import("puppeteer-core").Browser} browser
   * @param {string} id
   * @param {Site} site
   * @param {{ hits: string[], close: () => void }} wall
   * @param {string} profile
   * @param {boolean} kept
   */
  constructor(browser, id, site, wall, profile, kept) {
    this.browser = browser;
    this.id = id;
    this.site = site;
    this.wall = wall;
    this.profile = profile;
    this.kept = kept;
    /** Every request that any context of the extension made to elsewhere. @type {{ method: string, url: string, cookies: boolean }[]} */
    this.extensionRequests = [];
    /** What pages and workers complained of. @type {string[]} */
    this.complaints = [];
    browser.on("targetcreated", (target) => this.#watch(target).catch(() => {}));
    for (const target of browser.targets()) this.#watch(target).catch(() => {});
  }

  get origin() {
    return `chrome-extension://${this.id}`;
  }

  /** @param {{ method: string, url: string, headers: Record<string, string> }} request */
  #noteRequest({ method, url, headers }) {
    if (/^(chrome-extension|data|blob):/.test(url)) return;
    this.extensionRequests.push({ method, url, cookies: Object.keys(headers).some((name) => name.toLowerCase() === "cookie") });
  }

  /** Listens to the worker; a second session on a page would keep its Workers from starting. @param {Target} target */
  async #watch(target) {
    if (!target.url().startsWith(this.origin) || target.type() !== "service_worker") return;
    const session = await target.createCDPSession();
    this.#sessions.set(target, session);
    session.on("Network.requestWillBeSent", ({ request }) => this.#noteRequest(request));
    // The one thing that the worker may ask a Microsoft host for is the time.
    session.on("Fetch.requestPaused", ({ requestId, request }) => {
      const date = new Date(Date.now() + this.aheadMs).toUTCString();
      const told = request.method === "HEAD" ? [{ name: "date", value: date }] : [];
      session.send("Fetch.fulfillRequest", { requestId, responseCode: 404, responseHeaders: told }).catch(() => {});
    });
    session.on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
      this.complaints.push(`${target.url()}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    });
    await Promise.all([
      session.send("Network.enable"),
      session.send("Runtime.enable"),
      session.send("Fetch.enable", { patterns: [{ urlPattern: "https://*" }] }),
    ]);
  }

  /** A tab whose every request is answered by the site, or refused and noted. */
  async tab() {
    const page = await this.browser.newPage();
    await serve(page, this.site, (url) => this.refused.push(url));
    return page;
  }

  /** A real click on the toolbar button, with all it grants; the popup, once it is painted. @param {Page} page */
  async toolbarClick(page) {
    await page.bringToFront();
    const open = this.browser.waitForTarget((target) => target.url().startsWith(`${this.origin}/www/popup.html`) && target.type() !== "service_worker", { timeout: 15_000 });
    await (await this.#extension()).triggerAction(page);
    const popup = await (await open).asPage();
    popup.on("request", (request) => this.#noteRequest({ method: request.method(), url: request.url(), headers: request.headers() }));
    popup.on("pageerror", (error) => this.complaints.push(`popup: ${error}`));
    await painted(popup);
    return popup;
  }

  async #extension() {
    const extension = (await this.browser.extensions()).get(this.id);
    if (!extension) throw new Error("The extension is not installed.");
    return extension;
  }

  /** A document of the extension's own origin that runs none of its code: a window on its storage and permissions. */
  async probe() {
    const existing = this.browser.targets().find((target) => target.url() === `${this.origin}/manifest.json`);
    if (existing) return existing.asPage();
    const front = (await this.browser.pages()).at(-1);
    const page = await this.browser.newPage();
    await page.goto(`${this.origin}/manifest.json`);
    await front?.bringToFront();
    return page;
  }

  #workerTarget() {
    return this.browser.targets().find((target) => target.type() === "service_worker" && target.url().startsWith(this.origin));
  }

  /** Stops the extension's worker as the browser does when it is idle. True if it ran. */
  async stopWorker() {
    const target = this.#workerTarget();
    const worker = await target?.worker();
    if (!target || !worker) return false;
    const gone = new Promise((resolve) => {
      this.browser.on("targetdestroyed", function heard(/** @type {Target} */ each) {
        if (each === target) resolve(undefined);
      });
    });
    await this.#sessions.get(target)?.detach(); // a watched worker does not die
    this.#sessions.delete(target);
    await worker.close();
    await gone;
    return true;
  }

  /** The number by which the extension knows a tab. @param {Page} page */
  async tabId(page) {
    const probe = await this.probe();
    const id = await probe.evaluate(async (url) => (await chrome.tabs.query({ url: url.replace(/[?#].*/, "*") }))[0]?.id, page.url());
    if (id === undefined) throw new Error(`The extension may not see ${page.url()}.`);
    return id;
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
   * Waits until the script on a page has nothing more to do; what it judged, or nothing if it never came to that.
   * @param {Page} page @param {string} [state] that it must have come to @returns {Promise<Judgement | undefined>}
   */
  async settled(page, state) {
    const key = `page.${await this.tabId(page)}`;
    const probe = await this.probe();
    const note = await probe.waitForFunction(
      async (key, state, began) => {
        const text = (await chrome.storage.session.get(key))[key];
        if (typeof text !== "string") return Date.now() - began > 10_000 ? {} : undefined;
        const note = JSON.parse(text);
        return note.settled && (!state || note.state === state) ? { note } : undefined;
      },
      { polling: 20, timeout: 45_000 }, // the next code may be half a minute away
      key,
      state,
      Date.now(),
    );
    return (await note.jsonValue())?.note;
  }

  /** What a person would paste. */
  async clipboard() {
    const page = await this.browser.newPage();
    await page.setContent("<textarea></textarea>");
    await page.focus("textarea");
    await page.keyboard.press("KeyV", { commands: ["Paste"] });
    const text = await page.$eval("textarea", (area) => area.value);
    await page.close();
    return text;
  }

  async close() {
    await this.browser.close();
    this.wall.close();
    if (!this.kept) await rm(this.profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {Page} popup */
export const painted = (popup) => popup.waitForSelector('body[data-ready="true"]', { timeout: 15_000 });

/**
 * Answers every request of a page from the site; what the site does not know is refused.
 * @param {Page} page @param {Site} site @param {(url: string) => void} [refused]
 */
export async function serve(page, site, refused = () => {}) {
  await page.setRequestInterception(true);
  page.on("request", async (request) => {
    if (request.url().startsWith("data:")) return request.continue();
    const answer = await site({ method: request.method(), url: request.url(), body: request.postData() ?? "" });
    if (answer) {
      const { status = 200, headers = {}, body = "", contentType = "text/plain" } = answer;
      return request.respond({ status, headers, contentType, body });
    }
    refused(request.url());
    return request.abort("blockedbyclient");
  });
}
