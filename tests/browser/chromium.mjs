// Chromium, Chrome or Edge, by the DevTools protocol: pages are answered by intercepting their requests.
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { BrowserHarness, launchBrowser, Opened, painted, patient, profileIn, ROOT } from "./harness.mjs";
import { manageChromium } from "./managed.mjs";

/**
 * @typedef {import("./harness.mjs").Options} Options
 * @typedef {import("./harness.mjs").Site} Site
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {import("puppeteer-core").Target} Target
 */

/** What Chromium looks for by itself: its clock, its updates and its accounts. */
const CHATTER = /^(http:\/\/)?([\w-]+\.)*(google|googleapis|gstatic|gvt1)\.com[:/]/;

/** @param {Options} options */
export const launch = (options) =>
  Opened.toEnd(async (opened) => {
    const wall = opened.keep(await openWall(), (wall) => wall.close());
    const userDataDir = await profileIn(opened, options.profile);
    const fresh = !existsSync(join(userDataDir, "Default"));
    // Chromium would connect to a page's host before it asks for the page, and the wall would hear of it.
    await mkdir(join(userDataDir, "Default"), { recursive: true });
    await writeFile(join(userDataDir, "Default/Preferences"), JSON.stringify({ net: { network_prediction_options: 2 } }));
    const managed = options.policy && opened.keep(manageChromium(options.policy, options.settings), (managed) => managed.end());
    const browser = await launchBrowser({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      headless: !(options.visible && (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) && !process.env.HEADLESS),
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
        // Chromium applies a policy to an extension that came in by the command line, and not to one by DevTools.
        ...(managed ? [`--load-extension=${managed.folder}`] : []),
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    });
    opened.keep(browser, (browser) => browser.close());
    const id = managed?.id ?? (await browser.installExtension(options.extension ?? join(ROOT, "dist/chromium")));
    if (fresh) await closeWelcome(browser);
    return new Chromium(browser, id, options, opened, wall, managed);
  });

/** The first run opens by itself, and would lie over whatever comes next. @param {import("puppeteer-core").Browser} browser */
async function closeWelcome(browser) {
  const target = await browser.waitForTarget((target) => target.url().endsWith("/www/welcome/welcome.html"));
  await (await target.page())?.close();
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
    socket.on("error", () => {}); // the browser may leave at any time
    socket.end("HTTP/1.1 503 Refused\r\n\r\n");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The wall has no port.");
  return { port: address.port, hits, close: () => server.close() };
}

export class Chromium extends BrowserHarness {
  /** @type {import("./harness.mjs").Findings} */
  #findings = { requests: [], refused: [], uninvited: [], complaints: [] };
  /** What watches each worker, once it does. @type {Map<Target, Promise<import("puppeteer-core").CDPSession | undefined>>} */
  #watches = new Map();

  /**
   * @param {import("puppeteer-core").Browser} browser
   * @param {string} id
   * @param {Options} options
   * @param {Opened} opened
   * @param {{ hits: string[] }} wall
   * @param {ReturnType<typeof manageChromium>} [managed]
   */
  constructor(browser, id, options, opened, wall, managed) {
    super(browser, `chrome-extension://${id}`, options, opened);
    this.managed = managed;
    this.id = id;
    this.wall = wall;
    browser.on("targetcreated", (target) => this.#watch(target));
    for (const target of browser.targets()) this.#watch(target);
  }

  /** Watches a worker; a second session on a page would keep its Workers from starting. @param {Target} target */
  #watch(target) {
    if (!target.url().startsWith(this.origin) || target.type() !== "service_worker") return;
    // Puppeteer may list a target a moment before it tells of it, and a second session would never be detached.
    if (this.#watches.has(target)) return;
    // It may end before it is listened to.
    this.#watches.set(target, this.#listen(target).catch(() => undefined));
  }

  /** @param {{ method: string, url: string, headers: Record<string, string> }} request */
  #noteRequest({ method, url, headers }) {
    if (/^(chrome-extension|data|blob):/.test(url)) return;
    this.#findings.requests.push({ method, url, cookies: Object.keys(headers).some((name) => name.toLowerCase() === "cookie") });
  }

  /** @param {Target} target */
  async #listen(target) {
    const session = await target.createCDPSession();
    session.on("Network.requestWillBeSent", ({ request }) => this.#noteRequest(request));
    // The one thing that the worker may ask a Microsoft host for is the time.
    session.on("Fetch.requestPaused", ({ requestId, request }) => {
      const date = new Date(Date.now() + this.aheadMs).toUTCString();
      const told = request.method === "HEAD" ? [{ name: "date", value: date }] : [];
      session.send("Fetch.fulfillRequest", { requestId, responseCode: 404, responseHeaders: told }).catch(() => {});
    });
    session.on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
      this.#findings.complaints.push(`${target.url()}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    });
    await Promise.all([
      session.send("Network.enable"),
      session.send("Runtime.enable"),
      session.send("Fetch.enable", { patterns: [{ urlPattern: "https://*" }] }),
    ]);
    return session;
  }

  /** @returns {Promise<import("./harness.mjs").Findings>} */
  async findings() {
    return { ...this.#findings, uninvited: this.wall.hits.filter((url) => !CHATTER.test(url)) };
  }

  async tab() {
    const page = await super.tab();
    await serve(page, this.site, (url) => this.#findings.refused.push(url));
    return page;
  }

  /** A real click on the toolbar button, with all it grants; the popup, once it is painted. @param {Page} page */
  async toolbarClick(page) {
    await page.bringToFront();
    const extension = await this.#extension();
    return this.popupAfter(() => extension.triggerAction(page));
  }

  /** The popup as the extension opens it: nobody has clicked, and nothing is granted. @param {Page} page */
  async openedByItself(page) {
    const probe = await this.probe();
    await page.bringToFront();
    return this.popupAfter(() => probe.evaluate(() => chrome.action.openPopup()));
  }

  /** The popup that comes of it, once it is painted; one that was there before may be on its way out. @param {() => unknown} act */
  async popupAfter(act) {
    const before = new Set(this.browser.targets());
    const isNew = (/** @type {Target} */ target) => target.url().startsWith(`${this.origin}/www/popup/popup.html`) && !before.has(target);
    const [target] = await Promise.all([this.browser.waitForTarget(isNew), act()]);
    const popup = patient(await target.asPage());
    popup.on("request", (request) => this.#noteRequest({ method: request.method(), url: request.url(), headers: request.headers() }));
    popup.on("pageerror", (error) => this.#findings.complaints.push(`popup: ${error}`));
    await painted(popup);
    return popup;
  }

  /** Until the popup has closed by itself, after what is about to be done in it. @param {Page} popup @returns {Promise<void>} */
  closes(popup) {
    return new Promise((resolve) => popup.once("close", () => resolve()));
  }

  /** The same click where it opens no popup: the extension was withheld from the page, and the click lets it in. @param {Page} page */
  async toolbarClickLetsIn(page) {
    await page.bringToFront();
    await (await this.#extension()).triggerAction(page);
  }

  async #extension() {
    const extension = (await this.browser.extensions()).get(this.id);
    if (!extension) throw new Error("The extension is not installed.");
    return extension;
  }

  /** Takes Microsoft's pages from the extension, as a person does on chrome://extensions. */
  async withhold() {
    await this.#setAccess("ON_CLICK");
  }

  /** Gives them back there. */
  async allow() {
    await this.#setAccess("ON_ALL_SITES");
  }

  /** @param {string} hostAccess */
  async #setAccess(hostAccess) {
    const settings = await this.browser.newPage({ background: true });
    await settings.goto("chrome://extensions");
    await settings.evaluate(
      (extensionId, hostAccess) => /** @type {any} */ (chrome).developerPrivate.updateExtensionConfiguration({ extensionId, hostAccess }),
      this.id,
      hostAccess,
    );
    await settings.close();
  }

  /**
   * What the organisation decides from now on; over once it is in force. By itself Chromium waits five seconds, in which
   * whoever writes the file might go on writing.
   * @param {import("./managed.mjs").Policy} policy
   */
  async decide(policy) {
    if (!this.managed) throw new Error("This browser is not managed.");
    const probe = await this.probe();
    this.#policies ??= await this.browser.newPage({ background: true });
    if (!this.#policies.url().startsWith("chrome:")) await this.#policies.goto("chrome://policy");
    const before = await probe.evaluate(async () => JSON.stringify(await chrome.storage.managed.get(null)));
    this.managed.decide(policy);
    await this.#policies.evaluate(() => /** @type {any} */ (chrome).send("reloadPolicies"));
    await probe.waitForFunction(
      async (before, wanted) => before === wanted || JSON.stringify(await chrome.storage.managed.get(null)) !== before,
      { polling: 20 },
      before,
      JSON.stringify(policy),
    );
  }
  /** @type {Page | undefined} */
  #policies;

  /** Closes every page but those that it works with itself. */
  async closePages() {
    const own = [await this.probe(), this.#policies];
    for (const page of await this.browser.pages()) if (!own.includes(page)) await page.close();
  }

  /** Stops the extension's worker as the browser does when it is idle. True if it ran. */
  async stopWorker() {
    const target = this.browser.targets().find((target) => target.type() === "service_worker" && target.url().startsWith(this.origin));
    if (!target) return false;
    const gone = destroyed(this.browser, target);
    // A watched worker does not die, nor one that is about to be watched.
    const watch = await this.#watches.get(target);
    this.#watches.delete(target);
    await watch?.detach().catch(() => {});
    // An event that comes while it stops starts it again under the same target, of which nobody is told.
    for (let ended = false; !ended; ) {
      await stop(target);
      ended = await Promise.race([gone.then(() => true), new Promise((resolve) => setTimeout(resolve, RESTARTS_WITHIN_MS, false))]);
    }
    return true;
  }

  /** As a person copies in another page. @param {string} text */
  async copyElsewhere(text) {
    const page = await this.browser.newPage();
    await page.setContent("<textarea></textarea>");
    await page.$eval("textarea", (area, text) => ((area.value = text), area.select()), text);
    await page.keyboard.press("KeyC", { commands: ["Copy"] });
    await page.close();
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
}

const DESTROYED_WITHIN_MS = 120_000;
const RESTARTS_WITHIN_MS = 1000;

/** Until the browser has ended it. @param {import("puppeteer-core").Browser} browser @param {Target} target @returns {Promise<void>} */
export const destroyed = (browser, target) =>
  new Promise((resolve, reject) => {
    const heard = (/** @type {Target} */ each) => {
      if (each !== target) return;
      clearTimeout(late);
      browser.off("targetdestroyed", heard);
      resolve();
    };
    const late = setTimeout(() => {
      browser.off("targetdestroyed", heard);
      reject(new Error(`${target.url()} does not end.`));
    }, DESTROYED_WITHIN_MS);
    browser.on("targetdestroyed", heard);
  });

/** Stops a worker. It may end by itself at any moment of that, and then it has nothing left to answer with. @param {Target} target */
export const stop = async (target) => {
  try {
    await (await target.worker())?.close();
  } catch {
    // It has ended.
  }
};

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
