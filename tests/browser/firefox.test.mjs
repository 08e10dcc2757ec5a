// The same package, less Chromium's keys, in a real Firefox: it installs, its page opens, the vault is made, a code comes.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { ROOT } from "./harness.mjs";

/** Firefox gives every installation a name of its own; a preference makes it known beforehand. */
const UUID = "6e1f2c1a-5b7d-4c8e-9a30-2f4b6d8e0c12";
const ID = "tofaktor@tofaktor.no";

/** @type {import("puppeteer-core").Browser} */
let browser;

before(async () => {
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    args: ["--remote-allow-system-access"],
    extraPrefsFirefox: { "extensions.webextensions.uuids": JSON.stringify({ [ID]: UUID }) },
  });
  await browser.installExtension(join(ROOT, "dist/firefox"));
});
after(() => browser?.close());

test("the popup's page makes a vault and shows the code of RFC 6238", { timeout: 120_000 }, async () => {
  const page = await browser.newPage();
  // Puppeteer waits in vain for a navigation event of an extension's page; the page itself tells when it is ready.
  page.goto(`moz-extension://${UUID}/www/popup.html`).catch(() => {});
  await page.waitForFunction(() => document.body?.dataset.ready === "true", { timeout: 30_000 });
  assert.equal(await page.evaluate(() => document.body.dataset.screen), "firstRun");
  const code = await page.evaluate(async () => {
    const core = "/core.js";
    /** @type {typeof import("../../dist/chromium/core.js")} */
    const { ask } = await import(core);
    const text = new TextEncoder();
    const stands = Date.now();
    Date.now = () => stands;
    const made = await ask({ create: { save: undefined } }, {}, text.encode("korrekt hest batteri stift"));
    if (made.view.screen !== "accounts") return made.notice;
    const uri = "otpauth://totp/rfc?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8";
    const offered = await ask("offer", {}, text.encode(uri));
    await ask({ save: { offer: offered.view.offers[0]?.id ?? "", replace: false } }, {});
    await chrome.storage.session.set({ clock: JSON.stringify({ offset_ms: 59_000 - stands }) });
    const { view } = await ask("show", {});
    return view.accounts[0]?.code;
  });
  assert.equal(code, "9428 7082");
  const kept = await page.evaluate(async () => Object.keys(await chrome.storage.local.get(null)));
  assert.ok(kept.includes("v1.a"), `${kept}`);
});
