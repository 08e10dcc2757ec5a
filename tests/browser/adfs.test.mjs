// An organisation's own sign-in server: nothing before the person lets the browser grant its host; after that the code of
// an account of its own domain, once the person says that it is them, and no script of ours anywhere else on the host; and
// nothing again once it is taken back. The browser's own question is answered as a person does: Chromium's on a
// screen that nobody sees, Firefox's by a click in it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { missing, openDesktop, pressAndAnswer } from "./desktop.mjs";
import { inEachBrowser, start } from "./harness.mjs";
import { prepare } from "./trial.mjs";

const HOST = "adfs.contoso.example";
const URL_SIGN_IN = `https://${HOST}/adfs/ls/?wa=wsignin1.0&username=user%40contoso.example`;
const UNKNOWN_SITE = "adfs.annetfirma.example";
/** Of another domain than the host's. */
const OTHER = "otpauth://totp/Skolen:kari%40skole.example?secret=jbswy3dpehpk3pxq&issuer=Microsoft";
const ACCOUNT = "otpauth://totp/Contoso:user%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
/** @param {string} method @param {string} sentence @param {string} [greeting] */
const form = (method, sentence, greeting = "") => `<!doctype html><html lang="en"><body><div id="authArea"><div id="mfaGreetingDescription">${greeting}</div><div id="loginArea"><form method="post" id="loginForm" autocomplete="off" onsubmit="document.body.dataset.sent = this.VerificationCode.value; return false">
<input id="authMethod" type="hidden" name="AuthMethod" value="${method}"><div class="fieldMargin error smallText"><label id="errorText"></label></div>
<p id="instructions">${sentence}</p><input id="verificationCodeInput" name="VerificationCode" type="text" value="" autocomplete="off"><input id="signInButton" type="submit" name="SignIn" value="Sign in"></form></div></div></body></html>`;
const APP = "Enter the verification code from your mobile app.";

inEachBrowser((browser) => {
  let document_ = form("AzureMfaAuthentication", APP);

  const lacking = browser === "chromium" && missing();
  const skip = lacking ? `NOT RUN: ${lacking} is missing` : false;
  /** @type {Awaited<ReturnType<typeof openDesktop>> | undefined} */
  let desktop;
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  before(async () => {
    if (skip) return;
    if (browser === "chromium") desktop = await openDesktop();
    harness = await start({ browser, visible: browser === "chromium", site: async ({ url }) => (url.startsWith(`https://${HOST}/`) || url.startsWith(`https://${UNKNOWN_SITE}/`) ? { body: document_, contentType: "text/html; charset=utf-8" } : { status: 404 }) });
    await prepare(harness, { at: "https://login.microsoftonline.com/", accounts: [ACCOUNT, OTHER] });
  });
  after(async () => {
    await harness?.close();
    desktop?.close();
  });

  /** @param {string} [url] */
  const open = async (url = URL_SIGN_IN) => {
    const page = await harness.tab();
    await page.bringToFront();
    await page.goto(url, { waitUntil: "load" });
    return page;
  };
  const value = (/** @type {import("puppeteer-core").Page} */ page) => page.$eval("#verificationCodeInput", (field) => /** @type {HTMLInputElement} */ (field).value);
  /** Longer than a look takes to settle, be answered and typed. @param {import("puppeteer-core").Page} page */
  const rests = (page) => page.waitForNetworkIdle({ idleTime: 600 });
  /** Once the page says what Tofaktor makes of it. @param {import("puppeteer-core").Page} page @param {string} reason */
  const says = async (page, reason) => {
    const key = `page.${await harness.tabId(page)}`;
    await (await harness.probe()).waitForFunction(async (key, reason) => JSON.parse(String((await chrome.storage.session.get(key))[key] ?? "{}")).reason === reason, { polling: 20 }, key, reason);
  };
  /** The person says that it is them; what the popup asks for and does then. @param {import("puppeteer-core").Page} page */
  const approve = async (page) => {
    await says(page, "awaitingApproval");
    assert.equal(await value(page), "", "not before the person has said yes");
    await (await harness.probe()).evaluate(async (id) => {
      const { ask } = await import(chrome.runtime.getURL("core.js"));
      const tab = { id, url: (await chrome.tabs.get(id)).url };
      const { view } = await ask("refresh", tab);
      const { wake } = await ask({ approve: { approved: true, view: view.page.view } }, tab);
      await chrome.tabs.sendMessage(wake, "look").catch(() => {});
    }, await harness.tabId(page));
  };
  /** The code has been filled in and sent off. @param {import("puppeteer-core").Page} page */
  const filled = (page) => page.waitForFunction(() => /^\d{6}$/.test(document.body.dataset.sent ?? ""), { polling: 20 });
  /** Whether our script is in a page that the extension may look into. @param {import("puppeteer-core").Page} page */
  const isThere = async (page) =>
    (await harness.probe()).evaluate(async (tabId) => {
      const [seen] = await chrome.scripting.executeScript({ target: { tabId }, func: () => "tofaktor" in globalThis });
      return seen?.result;
    }, await harness.tabId(page));
  const registered = async () => (await harness.probe()).evaluate(async () => (await chrome.scripting.getRegisteredContentScripts()).flatMap(({ matches }) => matches ?? []));

  test("not granted: no script, no code, and the popup says where to ask", { skip, timeout: 240_000 }, async () => {
    const page = await open();
    await rests(page);
    assert.equal(await value(page), "");
    assert.deepEqual(await registered(), []);
    const popup = await harness.toolbarClick(page);
    await popup.waitForSelector("#organisation:not([hidden])");
    assert.match(await popup.$eval("#organisation-text", (text) => text.textContent ?? ""), new RegExp(HOST));
    await harness.shut(popup);
    await page.goto(URL_SIGN_IN.replace(HOST, UNKNOWN_SITE), { waitUntil: "load" });
    const other = await harness.toolbarClick(page);
    assert.ok(await other.$("body[data-screen='accounts'] #organisation[hidden]"), "no account here is this host's");
    await harness.shut(other);
    await page.close();
  });

  test("the manager asks the browser, from a click, for this one host, and takes no host that cannot be one", { skip, timeout: 240_000 }, async () => {
    const manager = await harness.browser.newPage();
    await harness.goTo(manager, "www/manager/manager.html#organisation");
    await manager.waitForSelector("body[data-ready='true']");
    await manager.bringToFront();
    for (const wrong of ["login.microsoftonline.com", "login.micros0ftonline.com", "localhost", "10.0.0.1", "https://adfs.contoso.example:8443", "http://adfs.contoso.example", "ikke en adresse"]) {
      await manager.locator("#organisation-address").fill(wrong);
      await manager.locator("#organisation-form button").click();
      await manager.waitForSelector("#notice[data-notice='organisationWrong']");
      await manager.evaluate(() => document.querySelector("#notice")?.removeAttribute("data-notice"));
    }
    await manager.locator("#organisation-address").fill(URL_SIGN_IN);
    await pressAndAnswer(harness, desktop, manager, "#organisation-form button", false);
    await manager.waitForSelector("#notice[data-notice='organisationRefused']");
    assert.deepEqual(await registered(), []);
    const outside = [];
    for (const path of ["/", "/intranet/", "/adfs", "/adfsx/ls/", "/intranet/adfs/ls/"]) outside.push(await open(`https://${HOST}${path}`));
    const inside = [await open(), await open(URL_SIGN_IN.replace("/adfs/", "/ADFS/"))];
    await manager.bringToFront();
    await pressAndAnswer(harness, desktop, manager, "#organisation-form button", true);
    await manager.waitForSelector("#notice[data-notice='organisationAdded']");
    await manager.waitForSelector(`[data-organisation='https://${HOST}']`);
    assert.match(await manager.$eval(`[data-organisation='https://${HOST}'] small`, (text) => text.textContent ?? ""), / contoso\.example\b/);
    await manager.close();
    // The pages that are open get their script now, in this order, and none outside.
    for (const page of inside) await says(page, "awaitingApproval");
    for (const page of outside) assert.equal(await isThere(page), false, page.url());
    for (const page of [...outside, ...inside]) await page.close();
  });

  test("granted: the code for the account that the page greets, or that Microsoft's page sent along, and only where Azure asks for an app's code", { skip, timeout: 300_000 }, async () => {
    await (await harness.probe()).waitForFunction(async () => (await chrome.scripting.getRegisteredContentScripts()).length > 0, { polling: 50 });
    assert.deepEqual((await registered()).sort(), ["ADFS", "Adfs", "adfs"].map((path) => `https://${HOST}/${path}/*`));
    let page = await open(URL_SIGN_IN.replace("/adfs/", "/ADFS/"));
    await approve(page);
    await filled(page);
    assert.equal(await isThere(page), true);
    await page.close();
    page = await open(URL_SIGN_IN.replace("user%40contoso", "kari%40skole"));
    await says(page, "notServed");
    assert.equal(await value(page), "", "an account of another domain");
    await page.close();

    for (const [method, sentence] of /** @type {const} */ ([
      ["SecurIDv2Authentication", APP],
      ["AzureMfaAuthentication", "We sent a text message with a code to +XX XXXXXX12."],
      ["AzureMfaAuthentication", "Enter it."],
    ])) {
      document_ = form(method, sentence);
      page = await open();
      await harness.settled(page);
      assert.equal(await value(page), "", `${method}: ${sentence}`);
      await page.close();
    }
    document_ = form("AzureMfaAuthentication", APP, "We need more to verify your account (user@contoso.example)");
    for (const query of ["SAMLRequest=x", "username=another%40contoso.example"]) {
      page = await open(`https://${HOST}/adfs/ls/?${query}`);
      await says(page, "awaitingApproval");
      await page.close();
    }
    document_ = form("AzureMfaAuthentication", APP);
    for (const path of ["/", "/intranet/adfs/ls/", "/adfsx/ls/"]) {
      page = await open(`https://${HOST}${path}`);
      await rests(page);
      assert.deepEqual([await value(page), await isThere(page)], ["", false], path);
      await page.close();
    }
  });

  test("taken back while a page waits for the next code: it gets none, and the script is gone", { skip, timeout: 240_000 }, async () => {
    const probe = await harness.probe();
    await harness.forgetUsed();
    const step = Math.floor(Date.now() / 30_000);
    await harness.holdClock(step); // both pages ask within one step
    document_ = form("AzureMfaAuthentication", APP);
    const first = await open();
    await approve(first);
    await filled(first);
    await first.close();
    const page = await open();
    await approve(page);
    await says(page, "waitingForNext");

    const manager = await harness.browser.newPage();
    await harness.goTo(manager, "www/manager/manager.html#organisation");
    await manager.locator(`[data-organisation='https://${HOST}'] button`).click();
    await probe.waitForFunction(async () => (await chrome.scripting.getRegisteredContentScripts()).length === 0, { polling: 50 });
    await manager.close();
    // The next code is there now, and the page moves, so that its script looks again.
    await harness.holdClock(step + 2);
    await page.bringToFront();
    await page.evaluate(() => document.querySelector("#loginArea")?.append("changed"));
    await rests(page);
    assert.equal(await value(page), "");
    await page.close();
  });
});
