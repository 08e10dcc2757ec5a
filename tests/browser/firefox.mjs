// Firefox, by WebDriver BiDi. Pages reach the site through a proxy that ends their TLS, so nothing of theirs is
// intercepted; what BiDi has no word for is asked of the browser's own window, which `--remote-allow-system-access` lets
// tests run code in.
import { cp, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { BrowserHarness, launchBrowser, Opened, painted, patient, profileIn, ROOT } from "./harness.mjs";
import * as inside from "./inside-firefox.mjs";
import { manageFirefox } from "./managed.mjs";
import { openProxy } from "./proxy.mjs";

/**
 * @typedef {import("./harness.mjs").Options} Options
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {{ send(method: string, params: object): Promise<{ result: any }>, emit(event: string, params: object): void }} Connection
 */

export const ID = "tofaktor@tofaktor.no";
/** Firefox gives every installation a name of its own; a preference makes it known beforehand. */
const UUID = "6e1f2c1a-5b7d-4c8e-9a30-2f4b6d8e0c12";

/** What Firefox looks for by itself. */
const CHATTER = /^https?:\/\/([\w-]+\.)*(mozilla\.(com|org|net)|firefox\.com)\//;

/** @param {Options} options */
export const launch = (options) =>
  Opened.toEnd(async (opened) => {
    const proxy = opened.keep(await openProxy(), (proxy) => proxy.close());
    const profile = await profileIn(opened, options.profile);
    const installed = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
    const managed = options.policy && opened.keep(manageFirefox(installed, ID, options.policy, options.settings), (managed) => managed.end());
    // A managed one lies in a folder of its own, and would take none of it.
    if (!managed && !options.profile) {
      await lend(profile);
      opened.keep(profile, keepCompiled);
    }
    const browser = await launchBrowser({
      browser: "firefox",
      executablePath: managed?.executable ?? installed,
      headless: !(options.visible && (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) && !process.env.HEADLESS),
      userDataDir: profile,
      acceptInsecureCerts: true,
      defaultViewport: null,
      args: ["--remote-allow-system-access"],
      extraPrefsFirefox: {
        "extensions.webextensions.uuids": JSON.stringify({ [ID]: UUID }),
        // An extension that is installed for this run only would otherwise take what it stored with it.
        "extensions.webextensions.keepStorageOnUninstall": true,
        "extensions.webextensions.keepUuidOnUninstall": true,
        "intl.locale.requested": "en-US",
        // A panel closes when its window is not in front, which no window of a headless browser is for long.
        "ui.popup.disable_autohide": true,
        "devtools.jsonview.enabled": false,
        // So long a question takes no click, against clicks that were meant for something else.
        "security.notification_enable_delay": 0,
        // The probe lies in the background and is asked all the same.
        "dom.timeout.enable_budget_timer_throttling": false,
        "dom.min_background_timeout_value_without_budget_throttling": 4,
        // No process is begun before there is a page for it: a test opens as many tabs as it needs.
        "dom.ipc.processPrelaunch.enabled": false,
        // Nor is one ended with its page, of which the next would begin another.
        "dom.ipc.keepProcessesAlive.web": 2,
        "dom.ipc.keepProcessesAlive.webIsolated.max": 4,
        "dom.ipc.keepProcessesAlive.webIsolated.perOrigin": 2,
        // As those have it who resist fingerprinting; by itself it counts in milliseconds.
        ...(options.coarse ? { "privacy.resistFingerprinting.reduceTimerPrecision.microseconds": 100_000 } : {}),
        "network.proxy.type": 1,
        "network.proxy.http": "127.0.0.1",
        "network.proxy.http_port": proxy.port,
        "network.proxy.ssl": "127.0.0.1",
        "network.proxy.ssl_port": proxy.port,
      },
    });
    opened.keep(browser, (browser) => browser.close());
    const window = await BrowserWindow.of(browser);
    await window.run(inside.prepare, ID);
    await browser.installExtension(options.extension ?? join(ROOT, "dist/firefox"));
    await window.run(inside.closeTab, `moz-extension://${UUID}/www/welcome/welcome.html`);
    return new Firefox(browser, options, opened, window, proxy);
  });

/** What Firefox compiles of itself at its first start, and which build it is of: a quarter of what a start costs. */
const COMPILED = ["compatibility.ini", ...["startupCache.8.little", "scriptCache.bin", "scriptCache-child.bin"].map((name) => join("startupCache", name))];
const KEPT = join(ROOT, "target/firefox");

/** Another build of Firefox throws it away. @param {string} profile */
const lend = async (profile) => {
  for (const name of COMPILED) await cp(join(KEPT, name), join(profile, name)).catch(() => {}); // the first has none
};

/** For those that start later. @param {string} profile */
const keepCompiled = async (profile) => {
  const [which = ""] = COMPILED;
  const [made, kept] = await Promise.all([profile, KEPT].map((folder) => readFile(join(folder, which), "utf8").catch(() => "")));
  if (made === kept) return;
  await mkdir(join(ROOT, "target"), { recursive: true });
  const copy = await mkdtemp(`${KEPT}-`);
  try {
    for (const name of COMPILED) await cp(join(profile, name), join(copy, name));
    await rm(KEPT, { recursive: true, force: true });
    await rename(copy, KEPT);
  } catch {
    // It ended before it had written all, or another was quicker.
    await rm(copy, { recursive: true, force: true });
  }
};

/** BiDi's name of a tab, which Puppeteer keeps to itself. @param {Page} page */
const contextOf = (page) => /** @type {{ _id: string }} */ (/** @type {unknown} */ (page.mainFrame()))._id;

/** The browser's own window, as a place to run code in. */
class BrowserWindow {
  /** @param {Connection} connection @param {string} context */
  constructor(connection, context) {
    this.connection = connection;
    this.context = context;
  }

  /** @param {import("puppeteer-core").Browser} browser */
  static async of(browser) {
    // Puppeteer has no public way to a command that it does not know.
    const { connection } = /** @type {{ connection: Connection }} */ (/** @type {unknown} */ (browser));
    const { result } = await connection.send("browsingContext.getTree", { "moz:scope": "chrome", maxDepth: 0 });
    return new BrowserWindow(connection, result.contexts[0].context);
  }

  /**
   * @template {unknown[]} Args
   * @template Result
   * @param {(...args: Args) => Result} script stands on its own, as in a page; what goes in and out is JSON
   * @param {Args} args
   * @returns {Promise<Awaited<Result>>}
   */
  async run(script, ...args) {
    const { result } = await this.connection.send("script.callFunction", {
      functionDeclaration: `async (args) => JSON.stringify(await (${script})(...JSON.parse(args)))`,
      arguments: [{ type: "string", value: JSON.stringify(args) }],
      target: { context: this.context },
      awaitPromise: true,
    });
    if (result.type !== "success") throw new Error(`${script.name}: ${result.exceptionDetails.text}`);
    // A script that gives nothing gives no text either.
    return JSON.parse(result.result.value ?? "null");
  }
}

export class Firefox extends BrowserHarness {
  /**
   * @param {import("puppeteer-core").Browser} browser
   * @param {Options} options
   * @param {Opened} opened
   * @param {BrowserWindow} window
   * @param {Awaited<ReturnType<typeof openProxy>>} proxy
   */
  constructor(browser, options, opened, window, proxy) {
    super(browser, `moz-extension://${UUID}`, options, opened);
    this.window = window;
    this.proxy = proxy;
    proxy.answer = async (question) => {
      // The one thing that the extension may ask a Microsoft host for is the time.
      if (question.method === "HEAD") return { status: 404, headers: { date: new Date(Date.now() + this.aheadMs).toUTCString() } };
      return this.site(question);
    };
  }

  /** @param {Page} page @param {string} path */
  async goTo(page, path) {
    // Puppeteer waits in vain for the events of an extension's page; the browser itself knows when it stands.
    await this.#navigate(page, `${this.origin}/${path}`, "complete");
  }

  /** @param {Page} page @param {string} url */
  async visit(page, url) {
    // A page that sends itself on is never complete, and Puppeteer would wait for that.
    await this.#navigate(page, url, "interactive");
  }

  /** @param {Page} page @param {string} url @param {"interactive" | "complete"} wait */
  async #navigate(page, url, wait) {
    await this.window.connection.send("browsingContext.navigate", { context: contextOf(page), url, wait });
  }

  /** A real click on the toolbar button, with all it grants; the popup, once it is painted. @param {Page} page */
  async toolbarClick(page) {
    await page.bringToFront();
    await this.window.run(inside.clickToolbarButton, ID);
    return this.#popup();
  }

  async #popup() {
    await this.window.run(inside.popupStands, `${this.origin}/www/popup/popup.html`);
    const { connection } = this.window;
    const { result } = await connection.send("browsingContext.getTree", { maxDepth: 0 });
    const context = result.contexts.find((/** @type {{ url: string }} */ { url }) => url.startsWith(`${this.origin}/www/popup/popup.html`));
    // BiDi tells of tabs only, and Puppeteer knows only what it is told.
    connection.emit("browsingContext.contextCreated", context);
    const popup = (await this.browser.pages()).find((page) => contextOf(page) === context.context);
    if (!popup) throw new Error("The popup is no page.");
    popup.close = async () => {
      await this.window.run(inside.closePopup);
      if (!popup.isClosed()) connection.emit("browsingContext.contextDestroyed", context);
    };
    await painted(patient(popup));
    return popup;
  }

  /** The popup as the extension opens it: nobody has clicked, and nothing is granted. @param {Page} page */
  async openedByItself(page) {
    const probe = await this.probe();
    await page.bringToFront();
    await probe.evaluate(() => chrome.action.openPopup());
    return this.#popup();
  }

  /** Until the popup has closed by itself, after what is about to be done in it. @param {Page} popup */
  async closes(popup) {
    await this.window.run(inside.popupGone);
    await popup.close();
  }

  /** Takes Microsoft's pages from the extension, as a person does in the add-on manager. */
  withhold() {
    return this.window.run(inside.setAccess, ID, false);
  }

  /** Gives them back there. */
  allow() {
    return this.window.run(inside.setAccess, ID, true);
  }

  /** Answers the browser's question whether the extension may have them, once it is asked. @param {boolean} allow */
  answerPrompt(allow) {
    return this.window.run(inside.answerPrompt, allow);
  }

  /** Stops the extension's event page as the browser does when it is idle. True if it ran. */
  stopWorker() {
    return this.window.run(inside.stopEventPage, ID);
  }

  /** Until the browser has stopped the event page by itself; it does so soon, once this is done. @param {() => Promise<void>} work */
  async whenIdle(work) {
    await this.window.run(inside.setIdleTimeout, 1000);
    const stopped = this.window.run(inside.stoppedByItself, ID);
    await work();
    await stopped;
    await this.window.run(inside.setIdleTimeout, null);
  }

  /** Plugs in an authenticator that its owner touches at once. */
  softToken() {
    return this.window.run(inside.addSoftToken);
  }

  /** Pages that are opened from now on take the browser for another. @param {string} userAgent */
  pretend(userAgent) {
    return this.window.run(inside.setUserAgent, userAgent);
  }

  /** Downloads are saved here without a question. @param {string} folder */
  saveDownloadsIn(folder) {
    return this.window.run(inside.saveDownloadsIn, folder);
  }

  /** @param {"light" | "dark"} look */
  prefer(look) {
    return this.window.run(inside.setLook, look);
  }

  /** As a person copies elsewhere. @param {string} text */
  copyElsewhere(text) {
    return this.window.run(inside.copied, text);
  }

  /** What a person would paste. */
  clipboard() {
    return this.window.run(inside.pasted);
  }

  /** @returns {Promise<import("./harness.mjs").Findings>} */
  async findings() {
    const seen = await this.window.run(inside.seen);
    const asked = new Set(seen.refusable);
    const uninvited = this.proxy.unanswered.filter((url) => !CHATTER.test(url));
    return {
      requests: seen.requests,
      complaints: seen.complaints,
      refused: uninvited.filter((url) => asked.has(url)),
      uninvited: uninvited.filter((url) => !asked.has(url)),
    };
  }
}
