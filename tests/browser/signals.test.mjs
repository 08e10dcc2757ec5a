// Each signal of a page taken away in turn, in a real browser: less than was there may make Tofaktor ask, and never fill a
// code where it did not. The same over every recorded look is in tests/pages.rs; here the pages themselves are drawn without.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inEachBrowser, start } from "./harness.mjs";
import { SETUP } from "./tenant.mjs";
import { prepare, TryPage } from "./trial.mjs";

const LOGIN = "https://login.microsoftonline.com/common/login";
const ACCOUNT = "otpauth://totp/Contoso:user%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";

/** What each page is made of, by the kind of signal. @param {Record<string, string>} own */
const signIn = (own) => ({
  at: LOGIN,
  parts: {
    pageId: '<meta name="PageID" content="ConvergedTFA">',
    login: '<input type="hidden" name="login" value="user@contoso.example">',
    field: '<input name="otc" type="tel" maxlength="6">',
    ...own,
  },
});
/** @param {string} title @param {string} sentence @param {string} field @param {string} [more] */
const setUp = (title, sentence, field, more = "") => ({
  at: `${SETUP}/security-info`,
  parts: { title: `<h2 data-testid="reskin-step-title">${title}</h2>`, sentence: `<p>${sentence}</p>`, field, more, nextStep: '<button type="button" class="ms-Button ms-Button--primary" data-testid="reskin-step-next-button">Next</button>' },
});
const icon = (/** @type {string} */ name) => `<img class="tile-img" src="data:," svgsrc="https://aadcdn.msauth.net/picker_verify_${name}_1.svg" alt="x">`;
const wants = (/** @type {string} */ name) => `<input type="hidden" name="mfaAuthMethod" value="${name}">`;
const says = (/** @type {string} */ text) => `<div id="idDiv_SAOTCC_Description">${text}</div>`;
const lists = (/** @type {string[]} */ ...ids) => `<script>$Config=${JSON.stringify({ arrUserProofs: ids.map((authMethodId, at) => ({ authMethodId, isDefault: at === 0 })) })};</script>`;
const ANOTHER_WAY = '<a href="#" id="signInAnotherWay">Sign in another way</a>';
const ENTRY = '<input data-testid="verification-entercode-input" type="text" maxlength="6">';

/** @type {Record<string, { at: string, parts: Record<string, string>, fills?: boolean }>} */
const PAGES = {
  "an app's code": { ...signIn({ authMethod: wants("PhoneAppOTP"), icon: icon("code"), sentence: says("Enter the code displayed in the authenticator app on your mobile device"), proofs: lists("PhoneAppOTP"), anotherWay: ANOTHER_WAY }), fills: true },
  "a texted code": signIn({ authMethod: wants("OneWaySMS"), icon: icon("sms"), sentence: says("We texted your phone +XX XXXXXXX02."), proofs: lists("OneWaySMS", "PhoneAppOTP"), anotherWay: ANOTHER_WAY }),
  "a texted code under an app's icon": signIn({ authMethod: wants("OneWaySMS"), icon: icon("code"), sentence: says("Vi har sendt en SMS til +XX XXXXXXX02."), proofs: lists("PhoneAppOTP"), anotherWay: ANOTHER_WAY }),
  "a spoken code": signIn({ authMethod: wants("TwoWayVoiceMobile"), icon: icon("call"), sentence: says("We'll call you. Enter the code that you hear."), proofs: lists("TwoWayVoiceMobile", "PhoneAppOTP") }),
  "an e-mailed code": signIn({ authMethod: wants("EmailOtp"), icon: icon("email"), sentence: says("Enter the code we sent to k*****@contoso.example"), proofs: lists("Email", "PhoneAppOTP") }),
  "a code of Microsoft's app alone": signIn({ authMethod: wants("SomethingNew"), sentence: says("Enter the code from the message that we sent"), proofs: lists("PhoneAppNotification"), anotherWay: ANOTHER_WAY }),
  "an access pass": signIn({ authMethod: wants("AccessPass"), sentence: says("Enter your Temporary Access Pass"), proofs: lists("AccessPass") }),
  "an error": signIn({ error: '<div id="exceptionMessageContainer">Sorry</div>', number: '<div id="service_exception_message">AADSTS50076: x</div>', authMethod: wants("PhoneAppOTP") }),
  "the set-up's texted code": setUp("Phone", "We just sent a 6-digit code to +47 912 34 567.", ENTRY),
  "the set-up's e-mailed code": setUp("E-post", "Vi sendte en kode til k***@contoso.example", ENTRY),
  "the set-up's telephone number": setUp("Telefon", "Hvilket telefonnummer vil du bruke?", '<input type="tel" name="phone">', '<div class="ms-Dropdown">+47</div>'),
  "the set-up's hardware token": setUp("Hardware token", "Enter the serial number and the code of your hardware token.", ENTRY),
};

inEachBrowser((browser) => {
  const bench = new TryPage();
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  before(async () => {
    harness = await start({ browser, site: bench.site });
    await prepare(harness, { at: LOGIN, accounts: [ACCOUNT] });
  });
  after(() => harness.close());

  test("without any one signal no other page gets a code", { timeout: 240_000 }, async () => {
    const page = await harness.tab();
    await page.bringToFront();
    let [looked, filled] = [0, 0];
    for (const [name, { at, parts, fills }] of Object.entries(PAGES)) {
      for (const less of ["nothing", ...Object.keys(parts).filter((part) => parts[part])]) {
        const html = Object.entries(parts).map(([part, text]) => (part === less ? "" : text)).join("\n");
        bench.show({ at, html: `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><body>${at === LOGIN ? `<form>${html}</form>` : `<div role="dialog">${html}</div>`}</body></html>` });
        if (fills) await harness.forgetUsed();
        await harness.visit(page, at);
        await harness.settled(page);
        const values = await page.$$eval("input:not([type=hidden])", (boxes) => boxes.map(({ value }) => value).filter(Boolean));
        if (values.length > 0) filled++;
        if (!fills) assert.deepEqual(values, [], `${name} without ${less}`);
        looked++;
      }
    }
    console.log(`${browser}: ${looked} pages without one of their signals, ${filled} filled, none that asks for another code`);
    assert.ok(looked > 60 && filled >= 5, `${looked}, ${filled}`);
    await page.close();
  });
});
