// A worker that the browser does not listen to, as Chromium now and then does with one that it has just started again: what a
// page has asked then is asked once more, and the code comes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { start } from "./harness.mjs";
import { fieldValue } from "./person.mjs";
import { LOGIN } from "./tenant.mjs";
import { prepare } from "./trial.mjs";

const ADDRESS = `${LOGIN}/common/login`;
const ACCOUNT = "otpauth://totp/Contoso%3Akari@contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
const PAGE = `<!DOCTYPE html><html lang="en"><head><meta name="PageID" content="ConvergedTFA"></head><body><form>
<input type="hidden" name="login" value="kari@contoso.example"><input type="hidden" name="mfaAuthMethod" value="PhoneAppOTP">
<div id="idDiv_SAOTCC_Title" role="heading">Enter code</div><div id="idDiv_SAOTCC_Description">Enter the code displayed in your authenticator app</div>
<input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="6"></form></body></html>`;

/** @type {import("./chromium.mjs").Chromium} */
let harness;
before(async () => {
  const site = async (/** @type {import("./tenant.mjs").Question} */ { url }) => (url === ADDRESS ? { body: PAGE, contentType: "text/html" } : undefined);
  harness = /** @type {import("./chromium.mjs").Chromium} */ (await start({ browser: "chromium", site }));
});
after(() => harness.close());

/** The worker, of whose calls the browser refuses those that belong to the next answers, so many. @param {number} answers */
const refusing = async (answers) => {
  const awake = harness.browser.waitForTarget((target) => target.type() === "service_worker" && target.url().startsWith(harness.origin));
  await (await harness.probe()).evaluate(() => chrome.storage.local.set({ language: "nb" }));
  const worker = await (await awake).worker();
  assert.ok(worker);
  await worker.evaluate((left) => {
    const said = Object.assign(globalThis, { left });
    const refuse = (/** @type {any} */ api, /** @type {string} */ name) => {
      const real = api[name].bind(api);
      api[name] = async (/** @type {unknown[]} */ ...args) => {
        if (said.left <= 0) return real(...args);
        // It is the last that is read.
        if (name === "getAll") said.left -= 1;
        throw new Error("No SW");
      };
    };
    for (const store of [chrome.storage.session, chrome.storage.local, chrome.storage.managed]) refuse(store, "get");
    refuse(chrome.tabs, "get");
    refuse(chrome.permissions, "getAll");
  }, answers);
  return worker;
};

test("an answer that is lost is asked for again, and the code comes", async () => {
  await prepare(harness, { at: ADDRESS, accounts: [ACCOUNT] });
  const worker = await refusing(3);
  const page = await harness.tab();
  await page.bringToFront();
  await harness.visit(page, ADDRESS);
  assert.match(await fieldValue(page, "#idTxtBx_SAOTCC_OTC"), /^\d{6}$/);
  assert.equal(await worker.evaluate(() => /** @type {any} */ (globalThis).left), 0, "it was refused");
});
