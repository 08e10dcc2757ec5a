// A copied code is cleared from the real clipboard when nothing of Tofaktor is open any more, and only if it still lies
// there; the browser is asked for what that takes by the switch in the manager alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { missing, openDesktop, pressAndAnswer } from "./desktop.mjs";
import { inEachBrowser, start } from "./harness.mjs";
import { prepare } from "./trial.mjs";

const ELSEWHERE = "https://intranet.fabrikam.example/";
const WANTED = ["clipboardRead", "clipboardWrite"];

inEachBrowser((browser) => {
  const lacking = browser === "chromium" && missing();
  const skip = lacking ? `NOT RUN: ${lacking} is missing` : false;
  /** @type {Awaited<ReturnType<typeof openDesktop>> | undefined} */
  let desktop;
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  /** @type {import("puppeteer-core").Page} */
  let page;

  before(async () => {
    if (skip) return;
    if (browser === "chromium") desktop = await openDesktop();
    harness = await start({ browser, visible: browser === "chromium", site: async () => ({ body: "<!doctype html><title>A page</title>", contentType: "text/html" }) });
    await prepare(harness, { at: "https://login.microsoftonline.com/", accounts: ["otpauth://totp/Contoso:user%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft"] });
    page = await harness.tab();
    await page.goto(ELSEWHERE);
  });
  after(async () => {
    await harness?.close();
    desktop?.close();
  });

  /** Copies the code in the popup, which is then closed; when it is to be cleared. */
  const copyCode = async () => {
    const popup = await harness.toolbarClick(page);
    await popup.locator("[data-account] .copy").click();
    await popup.waitForSelector("#notice[data-notice^='copied']");
    const due = await alarm();
    // It comes when the test says so, and not while it looks.
    if (due !== undefined) await (await harness.probe()).evaluate(() => chrome.alarms.create("clipboard", { delayInMinutes: 60 }));
    await harness.shut(popup);
    return due;
  };
  const CODE = /^\d{6}$/;

  const alarm = async () => (await harness.probe()).evaluate(async () => (await chrome.alarms.get("clipboard"))?.scheduledTime);

  /** Half a minute passes, and the worker has been stopped meanwhile; over once it has looked. */
  const halfAMinute = async () => {
    await harness.stopWorker();
    const probe = await harness.probe();
    await probe.evaluate(() => chrome.alarms.create("clipboard", { when: Date.now() }));
    await probe.waitForFunction(async () => !(await chrome.storage.session.get("copied")).copied, { polling: 50 });
  };

  /** @param {import("puppeteer-core").Page} manager @param {boolean} yes */
  const turnOn = (manager, yes) => pressAndAnswer(harness, desktop, manager, "#clear-clipboard", yes);

  const granted = async () => (await harness.probe()).evaluate((permissions) => chrome.permissions.contains({ permissions: /** @type {any} */ (permissions) }), WANTED);

  const copiedAndCleared = async () => {
    const before = Date.now();
    const copied = Number(await copyCode()) - 30_000;
    assert.ok(copied >= before && copied <= Date.now(), `${copied - before} ms after`);
    assert.match(await harness.clipboard(), CODE);
    await halfAMinute();
    while ((await harness.clipboard()) !== ""); // within the test's time
  };

  test("nothing is asked for or noted before the switch is on; refused, it stays off", { skip, timeout: 240_000 }, async () => {
    assert.equal(await copyCode(), undefined);
    assert.equal(await granted(), false);
    const manager = await harness.browser.newPage();
    await harness.goTo(manager, "www/manager/manager.html#locking");
    await manager.waitForSelector("body[data-ready='true'] #clear-clipboard:not(:checked)");
    await manager.bringToFront();
    await turnOn(manager, false);
    await manager.waitForSelector("#clear-clipboard:not(:checked)");
    assert.equal(await granted(), false);
    await turnOn(manager, true);
    await (await harness.probe()).waitForFunction((permissions) => chrome.permissions.contains({ permissions: /** @type {any} */ (permissions) }), { polling: 50 }, WANTED);
    await manager.waitForSelector("#clear-clipboard:checked");
    await manager.close();
  });

  test("the popup and the worker are gone, and half a minute later so is the code", { skip, timeout: 240_000 }, async () => {
    await copiedAndCleared();
  });

  test("what was copied since is left alone", { skip, timeout: 240_000 }, async () => {
    await copyCode();
    await harness.copyElsewhere("something else");
    assert.equal(await harness.clipboard(), "something else");
    await halfAMinute();
    // The next one is cleared: so this one has been looked at, and left.
    assert.equal(await harness.clipboard(), "something else");
    await copiedAndCleared();
  });

  test("switched off, the permission is given back and nothing is noted", { skip, timeout: 240_000 }, async () => {
    const manager = await harness.browser.newPage();
    await harness.goTo(manager, "www/manager/manager.html#locking");
    await manager.locator("#clear-clipboard:checked").click();
    await manager.waitForFunction(async (permissions) => !(await chrome.permissions.contains({ permissions: /** @type {any} */ (permissions) })), { polling: 50 }, WANTED);
    await manager.close();
    assert.equal(await copyCode(), undefined);
  });
});
