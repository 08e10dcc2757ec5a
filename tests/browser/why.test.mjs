// Where a code of an app does not help: what each page is taken for, and what the popup says of it and has ready for the
// service desk. Nothing is filled in, outlined or clicked on any of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inEachBrowser, ROOT, start } from "./harness.mjs";
import { recorded, vector } from "./observe.mjs";
import { page as replica, SETUP } from "./tenant.mjs";
import { prepare, TryPage } from "./trial.mjs";

const LOGIN = "https://login.microsoftonline.com/common/login";
const LIVE = "https://login.live.com/oauth20_remoteconnect.srf";
const REGISTER = `${SETUP}/register`;
const ACCOUNT = "otpauth://totp/Contoso:user%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
const WORDS = JSON.parse(readFileSync(join(ROOT, "extension/_locales/en/messages.json"), "utf8"));

/** @typedef {"en" | "nb"} Language */
/** @param {Language} language @param {string} pageId @param {string} body @param {object} [config] */
const signIn = (language, pageId, body, config) => `<!DOCTYPE html><html lang="${language}"><head><meta name="PageID" content="${pageId}">
${config ? `<script>$Config=${JSON.stringify(config)};</script>` : ""}</head><body><form><input type="hidden" name="login" value="user@contoso.example">${body}</form></body></html>`;
/** A view of the sign-in page, whose numbers are Microsoft's own names: 23 Fido, 37 CreateFido, 56 AccessPass. @param {number} id @param {string} inner */
const view = (id, inner) => (/** @type {Language} */ language) => signIn(language, "ConvergedSignIn", `<div data-viewid="${id}"><div id="loginHeader" role="heading">${language === "en" ? "Sign in" : "Logg på"}</div>${inner}</div>`);
/** @param {string} method */
const tile = (method) => `<div class="tile" role="listitem"><div role="button" tabindex="0" data-value="${method}">${method}</div></div>`;
/** The list of methods, as `arrUserProofs` names them. @param {string[]} methods */
const picker = (...methods) => pickerWith({}, methods);
/** @param {object} config @param {string[]} methods */
const pickerWith = (config, methods) => (/** @type {Language} */ language) =>
  signIn(language, "ConvergedTFA", `<div data-viewid="2"><div id="idDiv_SAOTCS_Proofs" role="list">${methods.map(tile).join("")}</div></div>`, { ...listed(...methods), ...config });
/** @param {string[]} methods */
const listed = (...methods) => ({ arrUserProofs: methods.map((id, at) => ({ authMethodId: id, data: id, display: "", isDefault: at === 0 })) });
/** The code view of a texted code, whose account has nothing else. */
const texted = (/** @type {Language} */ language) =>
  signIn(
    language,
    "ConvergedTFA",
    `<input type="hidden" name="mfaAuthMethod" value="OneWaySMS"><div id="idDiv_SAOTCC_Description">${language === "en" ? "We texted your phone +XX XXXXXXX02." : "Vi har sendt en SMS til +XX XXXXXXX02."}</div>
    <input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="6"><a href="#" id="signInAnotherWay">x</a>`,
    listed("OneWaySMS", "TwoWayVoiceMobile"),
  );
/** A call, which is answered with a key of the telephone: the same view without its field. */
const called = (/** @type {Language} */ language) =>
  signIn(
    language,
    "ConvergedTFA",
    `<input type="hidden" name="mfaAuthMethod" value="TwoWayVoiceMobile"><div id="idDiv_SAOTCC_Description">${language === "en" ? "Answer the phone to go on." : "Ta telefonen for å fortsette."}</div>
    <a href="#" id="signInAnotherWay">x</a>`,
    listed("TwoWayVoiceMobile", "OneWaySMS"),
  );
/** @type {Record<Language, string>} */
const ELSEWHERE = { en: "Enter the code shown in the app or on the device.", nb: "Angi koden som vises i appen eller på enheten." };
/** The error page's two elements, as public error readers name them. @param {string} text */
const failed = (text) => (/** @type {Language} */ language) =>
  signIn(language, "ConvergedError", `<div id="exceptionMessageContainer"><h1>${language === "en" ? "Sorry, but we’re having trouble signing you in." : "Beklager, men vi har problemer med å logge deg på."}</h1><div id="service_exception_message">${text}</div></div>`);
/** @param {Record<Language, { title: string, text: string, links: string[], download?: boolean }>} step */
const step = (step) => (/** @type {Language} */ language) => String(replica("register-steps.html", { language, steps: [step[language]] }).body);

/** The list of a person's methods, a row of texts and buttons each. @param {string} first @param {string[][]} rows */
const methods = (first, rows) => `<!DOCTYPE html><html lang="en"><body><h1>Security info</h1><div>${first}</div><button data-testid="add-method-button">Add sign-in method</button>
${rows.map((row) => `<div style="display: flex">${row.map((text) => (/^(Change|Delete)$/.test(text) ? `<button>${text}</button>` : `<span>${text}</span>`)).join("")}</div>`).join("")}
<script>addEventListener("click", () => (document.body.dataset.pressed = "yes"));</script></body></html>`;
const AUDITS = {
  "mysignins-list-approval-first": {
    html: methods("Sign-in method when most advisable is unavailable: App based authentication - notification", [
      ["Phone", "+47 912 34 567", "Change", "Delete"],
      ["Microsoft Authenticator", "Push multi-factor authentication (MFA)", "Pixel 8", "Delete"],
      ["Authenticator app", "Time-based one-time password (TOTP)", "Delete"],
      ["Something new", "Delete"],
    ]),
    lines: ["approvalFirst", "fits", "unknown"],
  },
  "mysignins-list-without-an-app": { html: methods("Default sign-in method: Phone - text message +47 912 34 567", [["Phone", "+47 912 34 567", "Change", "Delete"]]), lines: ["smsDefault", "gone"] },
};

/** @typedef {{ at?: string, html: (language: Language) => string, state: string, says: string, desk?: string, account?: string }} Case */
/** @type {Record<string, Case>} */
const CASES = {
  "signin-passkey": { html: view(23, "<button>x</button>"), state: "otherCredential", says: "passkey" },
  "signin-new-passkey": { html: view(37, "<button>x</button>"), state: "otherCredential", says: "passkeyCampaign", desk: "campaign" },
  // Its field is called so by those who sign in with one; where it is called what a code's field is, it gets nothing all the same.
  "signin-access-pass-by-its-field": {
    html: (language) => signIn(language, "ConvergedSignIn", `<div role="heading">${language === "en" ? "Enter it" : "Skriv det inn"}</div><input name="accesspass" type="text" maxlength="8">`),
    state: "otherCredential",
    says: "accessPass",
    desk: "accessPass",
  },
  "signin-access-pass": { html: view(56, '<input name="otc" type="text" maxlength="8">'), state: "otherCredential", says: "accessPass", desk: "accessPass" },
  "signin-access-pass-by-its-method": {
    html: (language) => signIn(language, "ConvergedTFA", '<input type="hidden" name="mfaAuthMethod" value="AccessPass"><input name="otc" type="tel" maxlength="8">'),
    state: "code",
    says: "accessPass",
    desk: "accessPass",
  },
  // Where another device is signed in: by the page, and by the field's own id. It may well speak of an app, in an element of any name.
  "signin-device-code": {
    html: (language) => signIn(language, "ConvergedRemoteConnect", `<h1>${ELSEWHERE[language]}</h1><input name="otc" type="text" maxlength="18">`),
    state: "otherCredential",
    says: "deviceCode",
  },
  "msa-device-code": { at: LIVE, html: (language) => signIn(language, "i5038", `<h1>${ELSEWHERE[language]}</h1><input id="otc" name="otc" type="tel" maxlength="8">`), state: "otherCredential", says: "deviceCode" },
  "signin-passkey-only": { html: picker("FidoKey"), state: "proofPicker", says: "passkeyOnly", desk: "stronger" },
  "signin-narrowed-by-a-rule": { html: pickerWith({ fIsChallengeDueToAuthenticationStrengths: true }, ["FidoKey", "PhoneAppNotification"]), state: "proofPicker", says: "stronger", desk: "strength" },
  "signin-certificate": { html: picker("Certificate", "FidoKey"), state: "proofPicker", says: "certificate", desk: "stronger" },
  "signin-text-messages-only": { html: texted, state: "code", says: "smsOnly", desk: "smsOnly" },
  "signin-called": { html: called, state: "code", says: "smsOnly", desk: "smsOnly" },
  "signin-text-messages-only-in-the-list": { html: picker("OneWaySMS", "TwoWayVoiceOffice"), state: "proofPicker", says: "smsOnly", desk: "smsOnly" },
  "signin-refused-by-a-rule": { html: failed("AADSTS53003: Access has been blocked by Conditional Access policies."), state: "signInError", says: "forbidden", desk: "error" },
  "signin-refused-for-an-unknown-reason": { html: failed("AADSTS7654321: x"), state: "signInError", says: "unknownError", desk: "error" },
  "mysignins-register-campaign": {
    at: REGISTER,
    html: step({
      en: { title: "Install Microsoft Authenticator", text: "Your organization asks you to use this app.", links: ["Skip for now"], download: true },
      nb: { title: "Installer Microsoft Authenticator", text: "Organisasjonen ber deg om å bruke denne appen.", links: ["Hopp over for nå"], download: true },
    }),
    state: "setUpCampaign",
    says: "registrationCampaign",
    desk: "campaign",
  },
};

inEachBrowser((browser) => {
  const bench = new TryPage();
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  /** @type {import("puppeteer-core").Page} */
  let tab;
  before(async () => {
    harness = await start({ browser, site: async (question) => (question.url.startsWith("https://passwordreset.") || question.url.startsWith("https://mfa.") ? { body: "<title>x</title><input name=code maxlength=6>", contentType: "text/html" } : bench.site(question)) });
    await prepare(harness, { at: LOGIN, accounts: [ACCOUNT] });
    tab = await harness.tab();
  });
  after(() => harness.close());

  /** What the popup says of the page. */
  const said = async () => {
    const popup = await harness.toolbarClick(tab);
    const seen = await popup.evaluate(() => ({
      text: document.getElementById("page-reason")?.textContent ?? "",
      host: document.getElementById("page-host")?.textContent ?? "",
      desk: document.getElementById("report")?.hidden === false,
      setUp: document.getElementById("set-up")?.hidden === false,
      fills: document.getElementById("list")?.dataset.fill === "true",
    }));
    await harness.shut(popup);
    return seen;
  };
  /** @param {string} key @param {string} about */
  const words = (key, about) => WORDS[key].message.replaceAll("$1", about);

  for (const language of /** @type {const} */ (["en", "nb"])) {
    test(`each page says why not, and what then: ${language}`, { timeout: 300_000 }, async () => {
      for (const [name, { at = LOGIN, html, state, says, desk }] of Object.entries(CASES)) {
        bench.show({ at, html: html(language) });
        await tab.bringToFront();
        await harness.visit(tab, at);
        const tabState = await harness.settled(tab, state);
        const { method = null, account = null, hindrance = null } = tabState ?? {};
        assert.equal(hindrance?.hindrance, says, name);
        recorded(`${name}__${language}`, await vector(tab, { state, method, account, hindrance: says }));
        assert.deepEqual(await tab.$$eval("input:not([type=hidden]), [style*='outline']", (all) => all.map((each) => (each instanceof HTMLInputElement ? each.value : each.outerHTML)).filter(Boolean)), [], name);
        if (language === "nb") continue;
        const { text, ...shown } = await said();
        assert.equal(text, words(`hindrance_${says}`, hindrance?.error ? `AADSTS${hindrance.error}` : ""), name);
        assert.deepEqual(shown, { host: new URL(at).host, desk: desk !== undefined, setUp: says === "smsOnly", fills: false }, name);
      }
    });
  }

  test("the list of methods is read, and said to fit or not", { timeout: 240_000 }, async () => {
    const at = `${SETUP}/security-info`;
    for (const [name, { html, lines }] of Object.entries(AUDITS)) {
      bench.show({ at, html });
      await harness.visit(tab, at);
      await harness.settled(tab, "securityInfo");
      recorded(`${name}__en`, await vector(tab, { state: "securityInfo", method: null, account: null }));
      const popup = await harness.toolbarClick(tab);
      const shown = await popup.$$eval("#audit li", (all) => all.map((each) => each.textContent));
      await harness.shut(popup);
      assert.deepEqual(shown, lines.map((line) => words(`audit_${line}`, "user@contoso.example (Contoso)")), name);
      assert.equal(await tab.evaluate(() => document.body.dataset.pressed), undefined, "nothing was pressed");
    }
  });

  test("the password's own page is known by its address alone, and has no script of ours", { timeout: 240_000 }, async () => {
    await harness.visit(tab, "https://passwordreset.microsoftonline.com/?ru=x");
    assert.deepEqual(await said(), { text: words("guide_passwordReset", ""), host: "passwordreset.microsoftonline.com", desk: false, setUp: false, fills: false });
    assert.equal(await tab.$eval("input", (input) => input.value), "");
  });

  test("a provider that Microsoft's list has sent the person to is named, and gets nothing", { timeout: 240_000 }, async () => {
    bench.show({ at: LOGIN, html: picker("OneWaySMS", "FidoKey", "SomethingOfTheTenant")("en") });
    await harness.visit(tab, LOGIN);
    const tabState = await harness.settled(tab, "proofPicker");
    assert.equal(tabState?.hindrance, null, "a method that is not known may be the one that helps");
    await harness.visit(tab, "https://mfa.fabrikam.example/start");
    assert.deepEqual(await said(), { text: words("guide_externalMfa", ""), host: "mfa.fabrikam.example", desk: false, setUp: false, fills: false });
    assert.equal(await tab.$eval("input", (input) => input.value), "");
  });
});
