// Pages as others have captured them: what names a method, or speaks against one, outside the field itself. Retyped
// here; the captures that lie beside this checkout, in ../shared, are tried as well.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inEachBrowser, ROOT, start } from "./harness.mjs";
import { recorded } from "./observe.mjs";
import { prepare, TryPage } from "./trial.mjs";

const LOGIN = "https://login.microsoftonline.com/common/login";
const LIVE = "https://login.live.com/ppsecure/post.srf";
const SECURITY_INFO = "https://mysignins.microsoft.com/security-info";
const REGISTER = "https://mysignins.microsoft.com/register";
const ACCOUNT = "otpauth://totp/Contoso%3Auser%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
const PERSONAL = "otpauth://totp/Microsoft:user%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
const TENANT = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

/** A code view of the sign-in, with what the page tells beside it. @param {{ config?: object, method?: string, icon?: string, sentence?: string }} told */
const code = ({ config, method, icon, sentence = "" }) => `<!DOCTYPE html><html lang="en"><head><meta name="PageID" content="ConvergedTFA">
${config ? `<script>$Config=${JSON.stringify(config)};</script>` : ""}</head><body><form><input type="hidden" name="login" value="user@contoso.example">
${method ? `<input type="hidden" name="mfaAuthMethod" value="${method}">` : ""}<div id="idDiv_SAOTCC_Title" role="heading">Enter code</div>
${icon ? `<img class="tile-img" width="20" height="20" src="https://cdn.example/${icon}">` : ""}
<div id="idDiv_SAOTCC_Description">${sentence}</div><input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="6"><a href="#" id="signInAnotherWay">Another way</a></form></body></html>`;

/** A push view, with the methods that the page lists. @param {object} config */
const push = (config) => `<!DOCTYPE html><html lang="en"><head><script>$Config=${JSON.stringify(config)};</script></head><body>
<form><input type="hidden" name="login" value="user@contoso.example"><div id="idDiv_SAOTCAS_Title">Approve</div><a href="#" id="signInAnotherWay">Another way</a></form></body></html>`;

/** @param {string} title @param {string} description @param {string} [input] */
const personal = (title, description, input = 'id="otc-confirmation-input" maxlength="8"') => `<!DOCTYPE html><html lang="en"><body><main>
<div data-testid="identityBanner"><span id="userDisplayName">user@contoso.example</span></div><h1 id="oneTimeCodeTitle">${title}</h1>
<div id="oneTimeCodeDescription">${description}</div><form name="OneTimeCodeViewForm"><input ${input} name="otc" type="tel" aria-describedby="oneTimeCodeDescription"><button id="oneTimeCodePrimaryButton">Verify</button></form></main></body></html>`;

/** @param {string} id @param {string[] | null} [phoneAppOtpTypes] @param {boolean} [isDefault] */
const proof = (id, phoneAppOtpTypes = null, isDefault = false) => ({ authMethodId: id, data: id, display: "", isDefault, phoneAppOtpTypes });
const PUSH = proof("PhoneAppNotification", null, true);
const MICROSOFTS = ["MicrosoftAuthenticatorBasedTOTP"];
const BOTH = [...MICROSOFTS, "SoftwareTokenBasedTOTP"];
const APP = "Enter the code displayed in the authenticator app on your mobile device";
const TEXTED = "We texted your phone +XX XXXXXXX02. Please enter the code to sign in.";

/** @typedef {{ at?: string, html: string, filled?: number, clicked?: number, captured?: number, state: string, reason?: string }} Case */
/** @type {Record<string, Case>} */
const CASES = {
  "signin-texted-code-under-an-app-icon__en": { html: code({ icon: "picker_verify_code_1.svg", sentence: TEXTED }), state: "code", reason: "notAppCode" },
  "signin-texted-code-under-an-app-id__en": { html: code({ method: "PhoneAppOTP", sentence: TEXTED }), state: "code", reason: "notAppCode" },
  "signin-only-microsofts-app-is-registered__en": { html: code({ config: { arrUserProofs: [proof("PhoneAppOTP", MICROSOFTS, true)] }, sentence: APP }), state: "code", reason: "notRegistered" },
  "signin-two-kinds-of-app-are-registered__en": { html: code({ config: { arrUserProofs: [proof("PhoneAppOTP", BOTH, true)] }, sentence: APP }), filled: 1, state: "code", reason: "filled" },
  "signin-push-without-an-app-code__en": { html: push({ arrUserProofs: [PUSH, proof("OneWaySMS")] }), state: "push", reason: "notRegistered" },
  "signin-push-with-an-app-code__en": { html: push({ arrUserProofs: [PUSH, proof("PhoneAppOTP", BOTH)] }), clicked: 1, state: "push" },
  "signin-of-an-organisation__en": { html: code({ config: { urlCancel: `https://login.microsoftonline.com/${TENANT}/reprocess?prompt=select_account`, sCompanyDisplayName: "Contoso" }, sentence: APP }), filled: 1, state: "code" },
  "signin-app-code-in-a-field-of-another-name__en": { html: code({ method: "PhoneAppOTP", sentence: APP }).replace('name="otc"', 'name="code"'), filled: 1, state: "code" },
  "signin-app-code-by-the-form-s-type__en": { html: code({ sentence: APP }).replace('name="otc"', 'name="code"').replace("<form>", '<form><input type="hidden" name="type" value="19">'), filled: 1, state: "code" },
  "signin-texted-code-in-a-field-of-another-name__en": { html: code({ method: "PhoneAppOTP", sentence: TEXTED }).replace('name="otc"', 'name="code"'), state: "code", reason: "notAppCode" },
  "signin-two-fields-of-another-name__en": { html: code({ method: "PhoneAppOTP", sentence: APP }).replace('name="otc"', 'name="code"').replace("</form>", '<input name="phone" type="tel"></form>'), state: "unknown" },
  "signin-stay-signed-in-by-its-page-id__en": { html: '<!DOCTYPE html><html><head><meta name="PageID" content="KmsiInterrupt"></head><body><div role="heading">Stay signed in?</div><input type="submit" id="idSIButton9"></body></html>', state: "staySignedIn" },
  "msa-app-code-by-its-description__en": { at: LIVE, html: personal("Enter code", "Please type in the code displayed on your authenticator app from your device."), filled: 1, state: "code" },
  "msa-e-mailed-code-by-its-description__en": { at: LIVE, html: personal("Enter code", "We emailed a code to us***@contoso.example."), state: "code", reason: "notAppCode" },
  "msa-e-mailed-code-in-the-old-field__en": { at: LIVE, html: personal("Enter code", "We emailed a code to us***@contoso.example.", 'id="idTxtBx_OTC_Password" maxlength="10"'), state: "code", reason: "notAppCode" },
  "mysignins-secret-in-plain-cells__en": {
    at: SECURITY_INFO,
    html: `<!DOCTYPE html><html><body><div role="dialog"><h2 data-testid="reskin-step-title">Set up</h2><table><tr><td>Contoso:user@contoso.example</td></tr><tr data-testid="activation-url/key"><td>jbswy3dpehpk3pxp</td></tr></table></div></body></html>`,
    captured: 1,
    state: "setUpManual",
  },
};

const CAPTURES = join(ROOT, "../shared/fixtures/review/pages");
const here = existsSync(CAPTURES);
const skip = here ? false : `NOT RUN: there are no captures in ${CAPTURES}`;
/** @typedef {Omit<Case, "html" | "at">} Expected */
const FILLED = { state: "code", reason: "filled", filled: 1 };
const SENT = { state: "code", reason: "notAppCode" };
const OTHER = { state: "setUpOtherMethod" };
/** What each capture gets, by the beginning of its name; the others are not known, and are left alone. @type {Record<string, Expected>} */
const RIGHT = {
  ...Object.fromEntries(["B01", "B02", "J01", "J09", "L01", "P01"].map((name) => [name, FILLED])),
  ...Object.fromEntries(["B03", "B04", "B05", "B06", "B08", "J03", "J06", "J07", "J10", "J11", "J12", "P02"].map((name) => [name, SENT])),
  ...Object.fromEntries(["G07", "H07", "P09", "P10", "P11"].map((name) => [name, OTHER])),
  ...Object.fromEntries(["H04", "H06"].map((name) => [name, { ...OTHER, filled: 1 }])),
  ...Object.fromEntries(["H01", "H02"].map((name) => [name, { state: "setUpDone", filled: 1 }])),
  ...Object.fromEntries(["I01", "I03"].map((name) => [name, { state: "setUpManual", captured: 1 }])),
  ...Object.fromEntries(["G01", "G02", "G03", "G04"].map((name) => [name, { state: "setUpInstall" }])),
  ...Object.fromEntries(["E01", "E02"].map((name) => [name, { state: "staySignedIn" }])),
  ...Object.fromEntries(["D01", "P05"].map((name) => [name, { state: "push", clicked: 1 }])),
  C01: { state: "proofPicker", reason: "notAppCode" },
  C02: { state: "proofPicker", clicked: 1 },
  F01: { state: "moreInformation" },
  G06: { state: "setUpInstructions" },
  I04: { state: "setUpManual" },
  ...Object.fromEntries(["K01", "K02"].map((name) => [name, { state: "password" }])),
  K05: { state: "signInError" },
  P07: { state: "setUpCampaign" },
  P03: { state: "code", reason: "notRegistered" },
  P04: { state: "push", reason: "notRegistered" },
};

inEachBrowser((browser) => {
  const bench = new TryPage();
  let drawn = "";
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  /** A moment of its own for each page: no two of them share a time-step. */
  let atTime = 1_111_111_109;
  before(async () => {
    harness = await start({
      browser,
      coarse: true, // whether a page has heard a click is not asked of the clock
      site: async (question) => (drawn && question.url === LOGIN ? { body: drawn, contentType: "text/html; charset=utf-8" } : bench.site(question)),
    });
  });
  after(() => harness.close());

  /** @param {import("./trial.mjs").Result} result @param {Expected} expected */
  const right = (result, { state, reason, filled = 0, clicked = 0, captured = 0 }) => {
    const { filled: f, clicked: c, captured: q } = result;
    // What does not answer is clicked once more after three seconds, which pass on a busy machine.
    const pressed = new Set(c).size;
    assert.deepEqual({ state: result.state, filled: f.length, clicked: pressed, captured: q.length }, { state, filled, clicked, captured }, JSON.stringify(result));
    if (reason) assert.equal(result.reason, reason);
  };

  for (const [name, { at = LOGIN, html, ...expected }] of Object.entries(CASES)) {
    test(name, { timeout: 240_000 }, async () => {
      const result = await bench.run(harness, { html, at, accounts: [at === LIVE ? PERSONAL : ACCOUNT], atTime: (atTime += 60) });
      right(result, expected);
      // Of a view that is not known, the tab keeps no account.
      if (expected.state !== "unknown") recorded(name, result.vector);
    });
  }

  /** A page that does something of its own, and what the extension has said by then. @param {string} html @param {(page: import("puppeteer-core").Page) => Promise<unknown>} until */
  const watched = async (html, until) => {
    await prepare(harness, { at: LOGIN, accounts: [ACCOUNT] });
    const page = await harness.tab();
    drawn = html;
    try {
      await page.bringToFront();
      await harness.visit(page, LOGIN);
      await until(page);
    } finally {
      drawn = "";
      await page.close();
    }
  };
  /** @param {import("puppeteer-core").Page} page @param {string} reason */
  const says = async (page, reason) => {
    const popup = await harness.toolbarClick(page);
    await popup.waitForSelector(`[data-reason=${reason}]`);
    await harness.shut(popup);
  };
  const emptied = (/** @type {number} */ times) =>
    code({ method: "PhoneAppOTP", sentence: APP }).replace(
      "</body>",
      `<script>const box = document.querySelector("[name=otc]"); const codes = []; window.codes = codes;
      box.addEventListener("input", () => { codes.push(box.value); if (codes.length <= ${times}) setTimeout(() => (box.value = ""), 50); });</script></body>`,
    );

  test("a field that the page empties gets the same code once more", { timeout: 240_000 }, async () => {
    await watched(emptied(1), async (page) => {
      await page.waitForFunction(() => globalThis.codes.length === 2);
      const [first, second] = await page.evaluate(() => globalThis.codes);
      assert.equal(first, second);
      assert.equal(await page.$eval("input[name=otc]", (box) => box.value), second);
      await says(page, "filled");
    });
  });

  test("and no more often: then it is said that the code is not there", { timeout: 240_000 }, async () => {
    await watched(emptied(9), async (page) => {
      await page.waitForFunction(() => globalThis.codes.length === 2);
      await says(page, "notTaken");
      assert.equal(await page.evaluate(() => globalThis.codes.length), 2);
    });
  });

  test("a click that changes nothing is made once more as a mouse makes it; one that the page has heard is not, and is said to have had no effect", { timeout: 240_000 }, async () => {
    const listed = push({ arrUserProofs: [PUSH, proof("PhoneAppOTP", BOTH)] });
    await watched(listed.replace("</body>", '<script>document.getElementById("signInAnotherWay").addEventListener("mousedown", ({ target }) => target.remove());</script></body>'), async (page) => {
      await page.waitForFunction(() => !document.getElementById("signInAnotherWay"));
    });
    // A server that is slow would be asked twice.
    const slow = '<script>window.clicks = 0; addEventListener("click", () => (document.body.className = `asked ${++window.clicks}`));</script></body>';
    await watched(listed.replace("</body>", slow), async (page) => {
      await says(page, "noEffect");
      assert.equal(await page.evaluate(() => globalThis.clicks), 1);
    });
  });

  for (const file of here ? readdirSync(CAPTURES).filter((file) => file.endsWith(".html")) : ["captures"]) {
    test(file, { skip, timeout: 240_000 }, async () => {
      const at = /^[GHI]|^P07/.test(file) ? REGISTER : /^(P09|P1|L03)/.test(file) ? SECURITY_INFO : /^(J(?!12)|K02)/.test(file) ? LIVE : /^K03/.test(file) ? "https://account.live.com/x" : LOGIN;
      const next = "[data-testid='reskin-step-next-button']";
      const account = (at === LIVE ? PERSONAL : ACCOUNT).replace("jbswy3dpehpk3pxp", "frjlnxskaaaabbbb");
      const result = await bench.run(harness, { html: readFileSync(join(CAPTURES, file)), at, accounts: [account], atTime: (atTime += 60), ...(/^H0[1246]/.test(file) ? { click: next } : {}) });
      right(result, RIGHT[file.slice(0, 3)] ?? { state: "unknown" });
    });
  }
});
