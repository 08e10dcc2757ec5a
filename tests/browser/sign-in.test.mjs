// Whole sign-ins: from the push page to the code to "Stay signed in?", with the worker stopped at every step; what the
// rules of filling say, in a real browser; and the pages of personal accounts, old and new.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { start } from "./harness.mjs";
import { prepare } from "./trial.mjs";
import { codeAt, LOGIN, PORTAL, Tenant } from "./tenant.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

const CODE = "#idTxtBx_SAOTCC_OTC";
/** @type {Tenant} */
let tenant;
/** @type {import("./harness.mjs").Harness} */
let harness;
/** @type {Page} */
let page;
before(async () => {
  harness = await start({ site: (question) => tenant.answer(question) });
});
after(() => harness.close());
beforeEach(() => {
  tenant = new Tenant();
});

/** A person of the tenant's, whose account is here and works. @param {string[]} methods @param {string} [upn] */
const enrolled = async (methods, upn = "kari@contoso.example") => {
  const person = tenant.addPerson(upn, ["PhoneAppOTP"]);
  person.methods = methods;
  await prepare(harness, { at: LOGIN, accounts: [tenant.uri(upn, /** @type {Uint8Array} */ (person.secret))] });
  page = await harness.tab();
  await page.bringToFront();
  return person;
};

/** @param {import("./tenant.mjs").Person} person @param {() => Promise<unknown>} [between] */
const signIn = async (person, between = async () => {}) => {
  await page.goto(`${LOGIN}/common/oauth2/v2.0/authorize`);
  await page.locator("#i0116").fill(person.upn);
  await between();
  await page.locator("#idSIButton9").click();
  await page.locator("#i0118:not(.moveOffScreen)").fill(person.password);
  await between();
  await page.locator("#idSIButton9").click();
};

/** The code in the field, once the page's own model has it. @param {string} [selector] */
const filled = async (selector = CODE) => {
  const field = await page.waitForFunction(
    (selector) => {
      const input = document.querySelector(selector);
      if (!(input instanceof HTMLInputElement) || !/^\d{6}$/.test(input.value)) return undefined;
      return (input.dataset.model ?? input.value) === input.value ? { value: input.value } : undefined;
    },
    { polling: 20, timeout: 60_000 },
    selector,
  );
  return (await field.jsonValue())?.value ?? "";
};

/** @param {string} mode */
const setMode = async (mode) =>
  (await harness.probe()).evaluate(async (mode) => {
    /** @type {Pick<typeof import("../../dist/chromium/core.js"), "ask">} */
    const { ask } = await import(chrome.runtime.getURL("core.js"));
    const { view } = await ask("show", {});
    for (const { id } of view.accounts) await ask({ setMode: { account: id, mode: /** @type {any} */ (mode) } }, {});
  }, mode);

test("from push to code to “Stay signed in?” to the portal, the worker stopped at every step", { timeout: 120_000 }, async () => {
  const kari = await enrolled(["PhoneAppNotification", "PhoneAppOTP", "OneWaySMS"]);
  let stops = 0;
  const stop = async () => void (stops += Number(await harness.stopWorker().catch(() => false))); // it may go by itself just then
  const pushed = tenant.until("pushed", kari.upn);
  await signIn(kari, stop);
  await pushed;
  await page.waitForSelector("#idDiv_SAOTCS_Proofs");
  await stop();
  await page.waitForSelector(CODE);
  await stop();
  const code = await filled();
  await stop();
  const accepted = tenant.until("accepted", kari.upn);
  await page.locator("#idSubmit_SAOTCC_Continue").click();
  assert.equal(await accepted, code);
  await page.waitForSelector("#KmsiDescription");
  await stop();
  await harness.settled(page, "staySignedIn");
  await page.locator("#idSIButton9").click();
  await page.waitForFunction((portal) => location.origin === portal, {}, PORTAL);
  assert.ok(stops >= 4, `stopped ${stops} times`);
  assert.deepEqual(tenant.log.map(({ event }) => event), ["pushed", "accepted", "signedIn"]);

  // That the phone was asked first is worth a word, once.
  const popup = await harness.toolbarClick(page);
  await popup.waitForSelector("#advice:not([hidden])");
  await popup.locator("[data-action=advised]").click();
  await popup.waitForSelector("#advice[hidden]");
  if (!popup.isClosed()) await popup.close();
  const again = await harness.toolbarClick(page);
  assert.ok(await again.$("#advice[hidden]"));
  if (!again.isClosed()) await again.close();
  await page.close();
});

test("automatic: filled, submitted and accepted by itself", { timeout: 120_000 }, async () => {
  const kari = await enrolled(["PhoneAppOTP"]);
  await setMode("automatic");
  const accepted = tenant.until("accepted", kari.upn);
  await signIn(kari);
  await accepted;
  await page.waitForSelector("#KmsiDescription");
  assert.deepEqual(tenant.log.map(({ event }) => event), ["accepted", "signedIn"]);
  await page.close();
});

test("two refusals end it: one retry in a later step, then nothing more, and the popup says why", { timeout: 180_000 }, async () => {
  const kari = await enrolled(["PhoneAppOTP"]);
  await setMode("automatic");
  kari.secret = Buffer.from("another secret"); // the server knows another one than we
  const refused = tenant.until("refused");
  await signIn(kari);
  const first = await refused;
  assert.notEqual(await tenant.until("refused"), first);
  const note = `page.${await harness.tabId(page)}`;
  await (await harness.probe()).waitForFunction(async (/** @type {string} */ note) => JSON.parse(String((await chrome.storage.session.get(note))[note])).reason === "rejected", { polling: 50 }, note);
  assert.deepEqual(tenant.log.filter(({ event }) => event === "refused").length, 2);
  const popup = await harness.toolbarClick(page);
  assert.match(await popup.$eval("#page-reason", (reason) => reason.textContent ?? ""), /twice/);
  if (!popup.isClosed()) await popup.close();
  await page.close();
});

test("a tab behind another gets its code when it comes to the front, not before", { timeout: 120_000 }, async () => {
  const kari = await enrolled(["PhoneAppOTP"]);
  await signIn(kari);
  const inFront = await harness.browser.newPage();
  await page.waitForSelector(CODE);
  const note = await harness.settled(page, "code");
  const value = await page.$eval(CODE, (field) => /** @type {HTMLInputElement} */ (field).value);
  // It may have been quicker than the other tab; what counts is that nothing came while it was behind.
  if (value === "") assert.equal(note?.reason, "notInFront");
  await inFront.close();
  await page.bringToFront();
  await filled();
  await page.close();
});

/** One page at an address of Microsoft's, with nothing behind it. @param {string} url @param {string} body */
const only = async (url, body) => {
  const uri = "otpauth://totp/Microsoft:user@outlook.example?secret=JBSWY3DPEHPK3PXP&issuer=Microsoft";
  await prepare(harness, { at: LOGIN, accounts: [uri] });
  const { page: plain } = await import("./tenant.mjs");
  const shown = new Tenant();
  shown.answer = async ({ url: asked }) => (asked === url ? { ...plain("portal.html", {}), headers: {}, body: `<!doctype html><html lang="en"><body>${body}</body></html>` } : { status: 404 });
  tenant = shown;
  page = await harness.tab();
  await page.bringToFront();
  await page.goto(url);
};
const LIVE = "https://login.live.com/ppsecure/post.srf";
const OUTLOOK = '<input type="hidden" name="login" value="user@outlook.example">';
const SECRET = Buffer.from("48656c6c6f21deadbeef", "hex");
const now = () => Math.floor(Date.now() / 30_000);
const codes = () => [-1, 0, 1].map((ahead) => codeAt(SECRET, now() + ahead));

test("personal accounts: the old page, the Fluent page, and the Fluent page with a box for each digit", { timeout: 180_000 }, async () => {
  await only(LIVE, `<form>${OUTLOOK}<div id="idDiv_SAOTCC_Description">Please type in the code displayed on your authenticator app from your device</div><input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="8"></form>`);
  assert.ok(codes().includes(await filled()));
  await page.close();

  await only(LIVE, `<div data-testid="identityBanner">user@outlook.example</div><h1>Enter the code from your authenticator app</h1><form name="OneTimeCodeViewForm"><input id="otc-confirmation-input" name="otc" type="tel" maxlength="8"><button id="oneTimeCodePrimaryButton">Next</button></form>`);
  assert.ok(codes().includes(await filled("#otc-confirmation-input")));
  await page.close();

  const boxes = Array.from({ length: 6 }, (_, i) => `<input type="tel" id="codeEntry-${i}" maxlength="1">`).join("");
  await only(LIVE, `<div data-testid="identityBanner">user@outlook.example</div><h1>Enter the code from your authenticator app</h1><div data-testid="codeEntry"><div data-testid="codeInputWrapper">${boxes}</div></div>
    <script>for (const box of document.querySelectorAll("input")) box.addEventListener("input", () => box.nextElementSibling?.focus())</script>`);
  const joined = await page.waitForFunction(() => {
    const value = [...document.querySelectorAll("input")].map((box) => box.value).join("");
    return value.length === 6 ? { value } : undefined;
  }, { polling: 20 });
  assert.ok(codes().includes((await joined.jsonValue())?.value ?? ""));
  await page.close();

  // The same boxes take e-mailed codes.
  await only(LIVE, `<div data-testid="identityBanner">user@outlook.example</div><h1>Enter the code we sent to u***@contoso.example</h1><div data-testid="codeEntry">${boxes}</div>`);
  assert.equal((await harness.settled(page, "code"))?.reason, "notAppCode");
  assert.deepEqual(await page.$$eval("input", (fields) => fields.map((field) => field.value)), ["", "", "", "", "", ""]);
  await page.close();
});

const field = (/** @type {string} */ more = "") => `<form><input type="hidden" name="login" value="user@outlook.example"><input type="hidden" name="mfaAuthMethod" value="PhoneAppOTP"><div><input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="6" ${more}></div></form>`;
const reveal = (/** @type {string} */ script) => `<button id="reveal" onclick="${script}">reveal</button>`;

/** How a field is there and cannot be seen, and how it comes to light. @type {Record<string, { body: string, script: string }>} */
const HIDDEN = {
  "the body is not displayed": { body: field(), script: "" },
  "off the screen": { body: `<style>.moveOffScreen { position: fixed; bottom: 0; right: 0; width: 0; height: 0; overflow: hidden }</style>${field('class="moveOffScreen"')}`, script: "document.querySelector('[name=otc]').className = ''" },
  "hidden from readers": { body: `<div aria-hidden="true">${field()}</div>`, script: "document.querySelector('[aria-hidden]').setAttribute('aria-hidden', 'false')" },
  "transparent": { body: `<div style="opacity: 0">${field()}</div>`, script: "document.querySelector('[style]').style.opacity = 1" },
  "invisible": { body: `<div style="visibility: hidden">${field()}</div>`, script: "document.querySelector('[style]').style.visibility = 'visible'" },
  "far to the left": { body: `<div style="position: absolute; left: -4000px">${field()}</div>`, script: "document.querySelector('[style]').style.left = '10px'" },
  "of no size": { body: `<div hidden>${field()}</div>`, script: "document.querySelector('[hidden]').hidden = false" },
  "disabled": { body: field("disabled"), script: "document.querySelector('[name=otc]').disabled = false" },
};
for (const [name, { body, script }] of Object.entries(HIDDEN)) {
  test(`a field that is there but ${name} is not filled; once it comes to light, by a change of an attribute alone, it is`, { timeout: 60_000 }, async () => {
    const whole = script === "";
    await only(LIVE, whole ? `<script>document.body.style.display = "none"</script>${body}` : body + reveal(script));
    await harness.settled(page);
    assert.equal(await page.$eval("[name=otc]", (input) => /** @type {HTMLInputElement} */ (input).value), "");
    if (whole) await page.evaluate(() => document.body.setAttribute("style", "display: block"));
    else await page.click("#reveal");
    assert.ok(codes().includes(await filled()));
    await page.close();
  });
}

const TRAPS = {
  "a password field with the focus": '<input id="i0118" name="passwd" type="password" autofocus>',
  "a password field named like a code": '<input id="passwordEntry" name="password" type="password" maxlength="6" autofocus>',
  "a user name": '<input id="i0116" name="loginfmt" type="email" autofocus>',
  "a telephone number": '<form><div id="idDiv_SAOTCS_Title">Verify your phone number</div><input id="idTxtBx_SAOTCS_PhoneNumber" name="phone" type="tel" autofocus><input id="idSubmit_SAOTCS_SendCode" type="submit"></form>',
  "an SMS code, by the hidden field": `${field().replace("PhoneAppOTP", "OneWaySMS")}`,
  "an SMS code, by the icon": `${field().replace(/<input type="hidden" name="mfaAuthMethod"[^>]*>/, '<img class="tile-img" width=20 height=20 src="picker_verify_sms_1.svg">')}`,
  "an SMS code, by its sentence alone": `${field().replace(/<input type="hidden" name="mfaAuthMethod"[^>]*>/, '<div id="idDiv_SAOTCC_Description">We texted your phone +XX XXXXXXX02. Please enter the code to sign in.</div>')}`,
  "a code of which nothing is said": field().replace(/<input type="hidden" name="mfaAuthMethod"[^>]*>/, ""),
  "a voice call": field().replace("PhoneAppOTP", "TwoWayVoiceMobile"),
  "an e-mailed code": `<div data-testid="identityBanner">user@outlook.example</div><h1>Enter the code we sent to u***@contoso.example</h1><form><input id="otc-confirmation-input" name="otc" type="tel"></form>`,
  "an identity check by e-mail": '<form><div id="iProofList"></div><input id="iOttText" type="tel" autofocus><input id="iVerifyCodeAction" type="submit"></form>',
  "an approval on a phone": '<div id="idDiv_SAOTCAS_Title">Approve sign in request</div><div id="idRichContext_DisplaySign">30</div>',
  "somebody else's account": field().replace("user@outlook.example", "other@outlook.example"),
};
for (const [name, body] of Object.entries(TRAPS)) {
  test(`trap: ${name} gets nothing`, { timeout: 60_000 }, async () => {
    await only(LIVE, body);
    await harness.settled(page);
    assert.deepEqual(await page.$$eval("input:not([type=hidden]):not([type=submit])", (fields) => fields.map((each) => /** @type {HTMLInputElement} */ (each).value).filter(Boolean)), []);
    assert.equal((await harness.stored("session", "steps")).steps, undefined, "no time-step was used");
    await page.close();
  });
}
