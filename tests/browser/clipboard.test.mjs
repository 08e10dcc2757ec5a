// A copied code is cleared from the real clipboard when nothing of Tofaktor is open any more, and only if it still lies
// there; the browser is asked for what that takes by the switch in the manager alone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { missing, openDesktop } from "./desktop.mjs";
import { inEachBrowser, start } from "./harness.mjs";
import { prepare } from "./trial.mjs";

const ELSEWHERE = "https://intranet.fabrikam.example/";
const WANTED = ["clipboardRead", "clipboardWrite"];
/** For so long Chromium takes no answer to a question that has just come up. */
const PROTECTED_MS = 1000;

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

  /** Copies the code in the popup, which is then closed. @returns {Promise<string>} */
  const copyCode = async () => {
    const popup = await harness.toolbarClick(page);
    await popup.locator("[data-account] .copy").click();
    await popup.waitForSelector("[data-copied='true']");
    const pasted = await popup.$eval("[data-account] .code", (code) => (code.textContent ?? "").replace(" ", ""));
    await popup.close().catch(() => {});
    return pasted;
  };

  const alarm = async () => (await harness.probe()).evaluate(async () => (await chrome.alarms.get("clipboard"))?.scheduledTime);

  /** Half a minute passes, and the worker has been stopped meanwhile; over once it has looked. */
  const halfAMinute = async () => {
    const due = Number(await alarm()) - Date.now();
    assert.ok(due > 20_000 && due <= 30_000, `due in ${due} ms`);
    await harness.stopWorker();
    const probe = await harness.probe();
    await probe.evaluate(() => chrome.alarms.create("clipboard", { when: Date.now() }));
    await probe.waitForFunction(async () => !(await chrome.storage.session.get("copied")).copied, { polling: 50 });
  };

  /** @param {import("puppeteer-core").Page} manager @param {boolean} yes */
  const turnOn = async (manager, yes) => {
    if ("answerPrompt" in harness) return void (await Promise.all([harness.answerPrompt(yes), manager.locator("#clear-clipboard").click()]));
    desktop?.focusBrowser();
    await manager.waitForFunction(() => document.hasFocus(), { polling: 50 });
    await manager.locator("#clear-clipboard").click();
    await manager.waitForFunction(() => !document.hasFocus(), { polling: 50 });
    await new Promise((resolve) => setTimeout(resolve, PROTECTED_MS));
    desktop?.press(...(yes ? ["Tab", "Return"] : ["Return"]));
  };

  const granted = async () => (await harness.probe()).evaluate((permissions) => chrome.permissions.contains({ permissions: /** @type {any} */ (permissions) }), WANTED);

  test("nothing is asked for or noted before the switch is on; refused, it stays off", { skip, timeout: 90_000 }, async () => {
    await copyCode();
    assert.equal(await alarm(), undefined);
    assert.equal(await granted(), false);
    const manager = await harness.browser.newPage();
    await harness.goTo(manager, "www/manager.html");
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

  test("the popup and the worker are gone, and half a minute later so is the code", { skip, timeout: 90_000 }, async () => {
    const code = await copyCode();
    assert.equal(await harness.clipboard(), code);
    await halfAMinute();
    for (let tries = 0; tries < 100 && (await harness.clipboard()) !== ""; tries++);
    assert.equal(await harness.clipboard(), "");
  });

  test("what was copied since is left alone", { skip, timeout: 90_000 }, async () => {
    await copyCode();
    await harness.copyElsewhere("something else");
    assert.equal(await harness.clipboard(), "something else");
    await halfAMinute();
    // The next one is cleared: so this one has been looked at, and left.
    assert.equal(await harness.clipboard(), "something else");
    const code = await copyCode();
    assert.equal(await harness.clipboard(), code);
    await halfAMinute();
    for (let tries = 0; tries < 100 && (await harness.clipboard()) !== ""; tries++);
    assert.equal(await harness.clipboard(), "");
  });

  test("switched off, the permission is given back and nothing is noted", { skip, timeout: 90_000 }, async () => {
    const manager = await harness.browser.newPage();
    await harness.goTo(manager, "www/manager.html");
    await manager.locator("#clear-clipboard:checked").click();
    await manager.waitForFunction(async (permissions) => !(await chrome.permissions.contains({ permissions: /** @type {any} */ (permissions) })), { polling: 50 }, WANTED);
    await manager.close();
    await copyCode();
    assert.equal(await alarm(), undefined);
  });
});
