// Whole sign-ins: from the push page to the code to "Stay signed in?", with the worker stopped at every step; what the
// rules of filling say, in a real browser; and the pages of personal accounts, old and new.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { inEachBrowser, start } from "./harness.mjs";
import { recorded, vector } from "./observe.mjs";
import { fieldValue, press, signIn, typeOver } from "./person.mjs";
import { prepare } from "./trial.mjs";
import { codeAt, LOGIN, PORTAL, Tenant } from "./tenant.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

const CODE = "#idTxtBx_SAOTCC_OTC";
const LIVE = "https://login.live.com/ppsecure/post.srf";
const OUTLOOK = '<input type="hidden" name="login" value="user@outlook.example">';
const SECRET = Buffer.from("48656c6c6f21deadbeef", "hex");

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

/** Views that no walk comes to, in both languages; the Norwegian words are assumed. @type {Record<string, { state: string, body: (words: string) => string, words: Record<string, string> }>} */
const VIEWS = {
  "push-denied": { state: "pushDenied", body: (words) => `<div id="displayName">user@contoso.example</div><div id="idDiv_SAASDS_Title">${words}</div>`, words: { en: "Request denied", nb: "Forespørselen ble avvist" } },
  "push-timed-out": { state: "pushTimedOut", body: (words) => `<div id="displayName">user@contoso.example</div><div id="idDiv_SAASTO_Title">${words}</div><a id="idA_SAASTO_Resend" href="#">1</a>`, words: { en: "We didn't hear from you", nb: "Vi hørte ikke fra deg" } },
  "account-picker": { state: "accountPicker", body: (words) => `<h1>${words}</h1><div id="tilesHolder"><div role="button" data-test-id="user@contoso.example">user@contoso.example</div></div>`, words: { en: "Pick an account", nb: "Velg en konto" } },
  "error": { state: "signInError", body: (words) => `<h1>${words}</h1><div id="exceptionMessageContainer">AADSTS50053</div>`, words: { en: "Sorry, but we're having trouble signing you in.", nb: "Beklager, men vi har problemer med å logge deg på." } },
};

inEachBrowser((browser) => {
  let tenant = new Tenant(); // Firefox asks for things of its own before the first test
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  /** @type {Page} */
  let page;
  before(async () => {
    harness = await start({ browser, site: (question) => tenant.answer(question) });
  });
  after(() => harness.close());
  let now = 0;
  beforeEach(() => {
    tenant = new Tenant();
    now = tenant.step;
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

  /** The code in the field. @param {string} [selector] */
  const filled = (selector = CODE) => fieldValue(page, selector);

  /** @param {string} mode */
  const setMode = async (mode) =>
    (await harness.probe()).evaluate(async (mode) => {
      /** @type {Pick<typeof import("../../dist/chromium/core.js"), "ask">} */
      const { ask } = await import(chrome.runtime.getURL("core.js"));
      const { view } = await ask("show", {});
      for (const { id } of view.accounts) await ask({ setMode: { account: id, mode: /** @type {any} */ (mode) } }, {});
    }, mode);

  for (const language of /** @type {const} */ (["en", "nb"])) {
  test(`from push to code to “Stay signed in?” to the portal, the worker stopped at every step: ${language}`, { timeout: 300_000 }, async () => {
    tenant.language = language;
    const kari = await enrolled(["PhoneAppNotification", "PhoneAppOTP", "OneWaySMS"]);
    let stops = 0;
    const stop = async () => void (stops += Number(await harness.stopWorker()));
    const pushed = tenant.until("pushed", kari.upn);
    const views = ["userName", "password"];
    // What the worker has judged, it has run for.
    const between = async () => {
      await harness.settled(page, views.shift());
      await stop();
    };
    await signIn(page, kari, { between });
    await pushed;
    // The list of methods may be left again before it is waited for.
    await page.waitForSelector(`#idDiv_SAOTCS_Proofs, ${CODE}`);
    await stop();
    await page.waitForSelector(CODE);
    await stop();
    const code = await filled();
    await stop();
    const accepted = tenant.until("accepted", kari.upn);
    await press(page, "#idSubmit_SAOTCC_Continue");
    assert.equal(await accepted, code);
    await page.waitForSelector("#KmsiDescription");
    await harness.settled(page, "staySignedIn");
    await stop();
    await press(page, "#idSIButton9");
    await page.waitForFunction((portal) => location.origin === portal, {}, PORTAL);
    assert.ok(stops >= 4, `stopped ${stops} times`);
    assert.deepEqual(tenant.log.map(({ event }) => event), ["pushed", "accepted", "signedIn"]);

    if (language === "nb") return page.close();
    // That the phone was asked first is worth a word, once.
    const popup = await harness.toolbarClick(page);
    await popup.waitForSelector("#advice:not([hidden])");
    await popup.locator("[data-action=advised]").click();
    await popup.waitForSelector("#advice[hidden]");
    await harness.shut(popup);
    const again = await harness.toolbarClick(page);
    assert.ok(await again.$("#advice[hidden]"));
    await harness.shut(again);
    await page.close();
  });
  }

  /** A look at a view, as a vector of the page model. @param {string} view @param {string} state @param {string} [wanted] where the view before was of that state, too */
  const record = async (view, state, wanted) => {
    const { method = null, account = null, hindrance } = (await harness.settled(page, state, wanted)) ?? {};
    recorded(`signin-${view}__${tenant.language}`, await vector(page, { state, method, account, hindrance: hindrance?.hindrance }));
  };
  for (const language of /** @type {const} */ (["en", "nb"])) {
    test(`every view of a sign-in is known, and looks the same to the model: ${language}`, { timeout: 300_000 }, async () => {
      tenant.language = language;
      const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppNotification", "PhoneAppOTP", "OneWaySMS"]);
      tenant.addPerson("ola@contoso.example").password = kari.password;
      await prepare(harness, { at: LOGIN });
      page = await harness.tab();
      await page.bringToFront();
      const type = (/** @type {string} */ selector, /** @type {string} */ text) => page.locator(selector).fill(text);
      const click = (/** @type {string} */ selector) => press(page, selector);
      for (const upn of [kari.upn, "ola@contoso.example"]) {
        await page.goto(`${LOGIN}/common/oauth2/v2.0/authorize`);
        await page.waitForSelector("#i0116");
        if (upn === kari.upn) await record("user-name", "userName");
        await type("#i0116", upn);
        await click("#idSIButton9");
        await page.waitForSelector("#i0118:not(.moveOffScreen)");
        if (upn === kari.upn) await record("password", "password");
        await type("#i0118:not(.moveOffScreen)", kari.password);
        await click("#idSIButton9");
        if (upn !== kari.upn) await record("more-information", "moreInformation");
        else {
          await record("push", "push");
          await click("#signInAnotherWay");
          await record("picker", "proofPicker");
          await click("[data-value=OneWaySMS]");
          await page.waitForSelector(CODE);
          await record("sms-code", "code");
          await click("#signInAnotherWay");
          await click("[data-value=PhoneAppOTP]");
          await page.waitForSelector(CODE);
          await record("app-code", "code", "appCode");
          await click("#idSubmit_SAOTCC_Continue");
          await page.waitForSelector(`${CODE}.has-error`);
          await record("app-code-refused", "code");
          await type(CODE, codeAt(/** @type {Uint8Array} */ (kari.secret), tenant.step));
          await click("#idSubmit_SAOTCC_Continue");
          await page.waitForSelector("#KmsiDescription");
          await record("stay-signed-in", "staySignedIn");
        }
      }
      await page.close();
    });
  }

  test("the views that no walk comes to are known as well", { timeout: 300_000 }, async () => {
    for (const [view, { state, body, words }] of Object.entries(VIEWS)) {
      for (const language of /** @type {const} */ (["en", "nb"])) {
        await only(`${LOGIN}/common/reprocess`, body(words[language] ?? ""));
        tenant.language = language;
        await record(view, state);
        await page.close();
      }
    }
  });

  test("automatic: filled, submitted and accepted by itself", { timeout: 300_000 }, async () => {
    const kari = await enrolled(["PhoneAppOTP"]);
    await setMode("automatic");
    const accepted = tenant.until("accepted", kari.upn);
    await signIn(page, kari);
    await accepted;
    await page.waitForSelector("#KmsiDescription");
    assert.deepEqual(tenant.log.map(({ event }) => event), ["accepted", "signedIn"]);
    await page.close();
  });

  /** Lets the script of the page look again, as the popup does. */
  const lookAgain = async () => harness.lookAgain(await harness.tabId(page));

  /** Stops Microsoft's clock in a step of its codes; which step. @param {number} steps that it is moved on from when the test began */
  const holdClock = async (steps) => {
    const step = now + steps;
    await harness.holdClock(step);
    tenant.heldStep = step;
    return step;
  };

  /** Once the tabState of the page says why. @param {string} reason */
  const reasonIs = async (reason) => {
    const key = `page.${await harness.tabId(page)}`;
    const probe = await harness.probe();
    await probe.waitForFunction(async (key, reason) => JSON.parse(String((await chrome.storage.session.get(key))[key] ?? "{}")).reason === reason, { polling: 20 }, key, reason);
  };

  const value = () => page.$eval("[name=otc]", (input) => /** @type {HTMLInputElement} */ (input).value);
  const refusals = () => tenant.log.filter(({ event }) => event === "refused").length;

  test("two refusals end it: one retry in a later step, with the first mark still there, then nothing more, and the popup says why", { timeout: 300_000 }, async () => {
    const kari = await enrolled(["PhoneAppOTP"]);
    kari.secret = Buffer.from("another secret"); // the server knows another one than we
    await holdClock(1);
    await signIn(page, kari);
    const first = await filled();
    let refused = tenant.until("refused");
    await press(page, "#idSubmit_SAOTCC_Continue");
    await refused;
    await reasonIs("waitingForNext");
    assert.equal(await value(), "", "not the same step again");

    await holdClock(2);
    await lookAgain();
    assert.notEqual(await filled(), first);
    assert.equal((await harness.settled(page, "code"))?.reason, "filled", "what marks the field is the first refusal");
    assert.ok(await page.$(`${CODE}.has-error`));
    refused = tenant.until("refused");
    await press(page, "#idSubmit_SAOTCC_Continue");
    await refused;
    await reasonIs("rejected");
    for (const steps of [3, 4]) {
      await holdClock(steps);
      assert.equal((await harness.settled(page))?.reason, "rejected");
      assert.equal(await value(), "");
    }
    assert.equal(refusals(), 2);
    const popup = await harness.toolbarClick(page);
    assert.match(await popup.$eval("#page-reason", (reason) => reason.textContent ?? ""), /twice/);
    await harness.shut(popup);
    await page.close();
  });

  test("what the person typed themselves, and had refused, is theirs: nothing is typed over it", { timeout: 300_000 }, async () => {
    const kari = await enrolled(["PhoneAppOTP"]);
    await holdClock(1);
    await signIn(page, kari);
    await filled();
    await typeOver(page, CODE, "000000");
    const refused = tenant.until("refused");
    await press(page, "#idSubmit_SAOTCC_Continue");
    await refused;
    await page.waitForSelector(`${CODE}.has-error`);
    await holdClock(2);
    assert.equal((await harness.settled(page))?.reason, "filled");
    assert.equal(await value(), "");
    await page.close();
  });

  test("less than two seconds left: the next code, and with more of them this one", { timeout: 300_000 }, async () => {
    for (const [intoMs, ahead] of /** @type {const} */ ([[28_200, 1], [5_000, 0]])) {
      await only(LIVE, `<div hidden>${field()}</div>`);
      await harness.settled(page);
      const { step } = await harness.putClock(intoMs);
      await page.evaluate(() => ((/** @type {HTMLElement} */ (document.querySelector("[hidden]"))).hidden = false));
      assert.equal(await filled(), codeAt(SECRET, step + ahead));
      await page.close();
    }
  });

  test("no step twice: not in another tab, and not when the clock is put back in the middle of a sign-in", { timeout: 300_000 }, async () => {
    await only(LIVE, field());
    await page.close();
    await harness.forgetUsed();
    const { step: begun } = await harness.putClock(24_000);
    /** @type {string[]} */
    const given = [];
    const another = async () => {
      page = await harness.tab();
      await page.bringToFront();
      await page.goto(LIVE);
    };
    for (let tab = 0; tab < 2; tab++) {
      await another();
      given.push(await filled());
      await page.close();
    }
    const all = Array.from({ length: 20 }, (_, ahead) => begun + ahead);
    const [first, second] = given.map((code) => all.find((step) => codeAt(SECRET, step) === code) ?? 0);
    assert.ok(first && second && second > first, `${first}, ${second}`);

    for (const step of [second, first]) {
      await harness.holdClock(step);
      if (step === second) await another();
      await lookAgain();
      await reasonIs("waitingForNext");
      assert.equal(await value(), "", "a minute ago these steps were given out");
    }
    await harness.holdClock(second + 10);
    await lookAgain();
    assert.equal(await filled(), codeAt(SECRET, second + 10));
    await page.close();
  });

  test("pages that take turns for ever: no step twice, two codes sent off and no more, one click of each kind", { timeout: 300_000 }, async () => {
    const views = {
      code: `<div id="idDiv_SAOTCC_OTC">${field()}</div><input type="submit" id="idSubmit_SAOTCC_Continue" value="Verify">`,
      push: '<div id="idDiv_SAOTCAS_Title">Approve sign in request</div><button id="signInAnotherWay">another way</button>',
      proofPicker: '<div id="idDiv_SAOTCS_Proofs"><div data-value="PhoneAppOTP">a code</div></div>',
      password: '<input id="i0118" name="passwd" type="password">',
    };
    await only(LIVE, `<input type="hidden" name="login" value="user@outlook.example"><main></main>`);
    await setMode("automatic");
    await page.evaluate(() => {
      const acts = /** @type {any} */ (Object.assign(window, { acts: [] })).acts;
      for (const kind of ["input", "click"]) document.addEventListener(kind, ({ target }) => acts.push([kind, /** @type {HTMLInputElement} */ (target).id || "choice", /** @type {HTMLInputElement} */ (target).value]), true);
      // What leads on goes when it is clicked, or it would be clicked again as a mouse does it.
      document.addEventListener("click", ({ target }) => /** @type {Element} */ (target).matches("#signInAnotherWay, [data-value]") && /** @type {Element} */ (target).remove());
    });
    const tabId = await harness.tabId(page);
    const sent = () => page.evaluate(() => /** @type {any} */ (window).acts.filter((/** @type {string[]} */ [kind, target]) => kind === "click" && target === "idSubmit_SAOTCC_Continue").length);
    let asked = 0;
    const kinds = /** @type {(keyof typeof views)[]} */ (Object.keys(views));
    let random = 1;
    let shown = "";
    for (let round = 0; round < 24; round++) {
      random = (random * 1_664_525 + 1_013_904_223) % 2 ** 32;
      const kind = kinds[random >>> 30] ?? "code";
      if (kind === shown) continue;
      shown = kind;
      await holdClock(round + 2);
      // An act in the page, in Firefox too; there to wait for something in it would undo that.
      await page.$eval("main", (main, html) => void (main.innerHTML = html), views[kind]);
      await harness.settledTab(tabId, kind);
      if (kind !== "code") continue;
      // Sent off half a second after it was typed; of the others there is nothing to wait for but that time.
      if (++asked <= 2) while ((await sent()) < asked);
      else await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 600)));
    }
    const acts = /** @type {[string, string, string][]} */ (await page.evaluate(() => /** @type {any} */ (window).acts));
    const typed = acts.filter(([kind]) => kind === "input").map(([, , value]) => value);
    assert.ok(typed.length > 2, "the field has come and gone");
    assert.equal(new Set(typed).size, typed.length, `${typed}`);
    const clicks = (/** @type {string} */ id) => acts.filter(([kind, target]) => kind === "click" && target === id).length;
    assert.deepEqual(["idSubmit_SAOTCC_Continue", "signInAnotherWay", "choice"].map(clicks), [2, 1, 1]);
    await page.close();
  });

  test("who goes back and chooses the phone is not led away from it again", { timeout: 300_000 }, async () => {
    const kari = await enrolled(["PhoneAppNotification", "PhoneAppOTP"]);
    await signIn(page, kari);
    await filled();
    await page.locator("#signInAnotherWay").click();
    await page.locator("[data-value=PhoneAppNotification]").click();
    await page.waitForSelector("#idRichContext_DisplaySign");
    await harness.settled(page, "push");
    assert.ok(await page.$("#idRichContext_DisplaySign"));
    await page.close();
  });

  test("a tab behind another gets its code when it comes to the front, not before", { timeout: 300_000 }, async () => {
    const kari = await enrolled(["PhoneAppOTP"]);
    await signIn(page, kari);
    const inFront = await harness.browser.newPage();
    await page.waitForSelector(CODE);
    const tabState = await harness.settled(page, "code");
    const value = await page.$eval(CODE, (field) => /** @type {HTMLInputElement} */ (field).value);
    // It may have been quicker than the other tab; what counts is that nothing came while it was behind.
    if (value === "") assert.equal(tabState?.reason, "notInFront");
    await inFront.close();
    await page.bringToFront();
    await filled();
    await page.close();
  });

  /** One page at an address of Microsoft's, with nothing behind it. @param {string} url @param {string} body */
  const only = async (url, body) => {
    const uri = "otpauth://totp/Microsoft:user@outlook.example?secret=JBSWY3DPEHPK3PXP&issuer=Microsoft";
    await prepare(harness, { at: LOGIN, accounts: [uri] });
    // Known from the beginning, so that no answer about it is on its way while a test puts it elsewhere.
    await (await harness.probe()).evaluate(() => chrome.storage.session.set({ clock: JSON.stringify({ offset_ms: 0 }) }));
    const { page: plain } = await import("./tenant.mjs");
    const shown = new Tenant();
    shown.answer = async ({ url: asked }) => (asked === url ? { ...plain("portal.html", {}), headers: {}, body: `<!doctype html><html lang="en"><body>${body}</body></html>` } : { status: 404 });
    tenant = shown;
    page = await harness.tab();
    await page.bringToFront();
    await page.goto(url);
  };
  /** It is the account's: of the step in which it was filled, which may have turned since, or of the next. @param {string} code */
  const isCode = (code) => [-2, -1, 0, 1].some((ahead) => codeAt(SECRET, tenant.step + ahead) === code);

  test("personal accounts: the old page, the Fluent page, and the Fluent page with a box for each digit", { timeout: 300_000 }, async () => {
    await only(LIVE, `<form>${OUTLOOK}<div id="idDiv_SAOTCC_Description">Please type in the code displayed on your authenticator app from your device</div><input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="8"></form>`);
    assert.ok(isCode(await filled()));
    await page.close();

    await only(LIVE, `<div data-testid="identityBanner">user@outlook.example</div><h1>Enter the code from your authenticator app</h1><form name="OneTimeCodeViewForm"><input id="otc-confirmation-input" name="otc" type="tel" maxlength="8"><button id="oneTimeCodePrimaryButton">Next</button></form>`);
    assert.ok(isCode(await filled("#otc-confirmation-input")));
    await page.close();

    // Its field may have no name, and its button no id: the field that has one is hidden.
    const nameless = (/** @type {string} */ title) => `<div data-testid="identityBanner">user@outlook.example</div><h1>${title}</h1><form hidden name="OneTimeCodeViewForm" onsubmit="document.body.dataset.sent = document.querySelector('[type=text]').value; return false"><input type="hidden" name="otc" id="otc-confirmation-input"><input type="text" id="floatingLabelInput5"><input type="checkbox" id="trusted-device-checkbox"><button type="submit">Next</button></form>`;
    await only(LIVE, nameless("Enter the code generated by your authenticator app"));
    await setMode("automatic");
    await page.click("h1");
    // The browser tells its page of the person a moment later; then comes the form.
    const reveal = () => page.waitForFunction(() => document.hasFocus() && navigator.userActivation.hasBeenActive && !document.querySelector("form")?.toggleAttribute("hidden", false), { polling: 20 });
    await reveal();
    const sent = await page.waitForFunction(() => document.body.dataset.sent, { polling: 20 });
    assert.ok(isCode((await sent.jsonValue()) ?? ""));
    await page.close();
    await only(LIVE, nameless("Enter the code we sent to u***@contoso.example"));
    await page.click("h1");
    await reveal();
    assert.equal((await harness.settled(page, "code"))?.reason, "notAppCode");
    assert.equal(await page.$eval("#floatingLabelInput5", (field) => /** @type {HTMLInputElement} */ (field).value), "");
    await page.close();

    const boxes = Array.from({ length: 6 }, (_, i) => `<input type="tel" id="codeEntry-${i}" maxlength="1">`).join("");
    await only(LIVE, `<div data-testid="identityBanner">user@outlook.example</div><h1>Enter the code from your authenticator app</h1><div data-testid="codeEntry"><div data-testid="codeInputWrapper">${boxes}</div></div>
      <script>for (const box of document.querySelectorAll("input")) box.addEventListener("input", () => box.nextElementSibling?.focus())</script>`);
    const joined = await page.waitForFunction(() => {
      const value = [...document.querySelectorAll("input")].map((box) => box.value).join("");
      return value.length === 6 ? { value } : undefined;
    }, { polling: 20 });
    assert.ok(isCode((await joined.jsonValue())?.value ?? ""));
    await page.close();

    // What they are for may stand below a title that says nothing.
    for (const [subtitle, reason] of /** @type {const} */ ([
      ["Enter the code from your authenticator app", "filled"],
      ["We emailed a code to u***@contoso.example.", "notAppCode"],
    ])) {
      await only(LIVE, `<div data-testid="identityBanner">user@outlook.example</div><h1>Enter your code</h1><div data-testid="subtitle">${subtitle}</div><div data-testid="codeEntry">${boxes}</div>`);
      assert.equal((await harness.settled(page, "code"))?.reason, reason, subtitle);
      assert.equal((await page.$$eval("input", (fields) => fields.map((field) => field.value))).join("").length, reason === "filled" ? 6 : 0, subtitle);
      await page.close();
    }

    // The same boxes take e-mailed codes.
    await only(LIVE, `<div data-testid="identityBanner">user@outlook.example</div><h1>Enter the code we sent to u***@contoso.example</h1><div data-testid="codeEntry">${boxes}</div>`);
    assert.equal((await harness.settled(page, "code"))?.reason, "notAppCode");
    assert.deepEqual(await page.$$eval("input", (fields) => fields.map((field) => field.value)), ["", "", "", "", "", ""]);
    await page.close();
  });

  for (const [name, { body, script }] of Object.entries(HIDDEN)) {
    test(`a field that is there but ${name} is not filled; once it comes to light, by a change of an attribute alone, it is`, { timeout: 240_000 }, async () => {
      const whole = script === "";
      await only(LIVE, whole ? `<script>document.body.style.display = "none"</script>${body}` : body + reveal(script));
      await harness.settled(page);
      assert.equal(await page.$eval("[name=otc]", (input) => /** @type {HTMLInputElement} */ (input).value), "");
      if (whole) await page.evaluate(() => document.body.setAttribute("style", "display: block"));
      else await page.click("#reveal");
      assert.ok(isCode(await filled()));
      await page.close();
    });
  }

  for (const [name, body] of Object.entries(TRAPS)) {
    test(`trap: ${name} gets nothing`, { timeout: 240_000 }, async () => {
      await only(LIVE, body);
      await harness.settled(page);
      assert.deepEqual(await page.$$eval("input:not([type=hidden]):not([type=submit])", (fields) => fields.map((each) => /** @type {HTMLInputElement} */ (each).value).filter(Boolean)), []);
      assert.equal((await harness.stored("session", "steps")).steps, undefined, "no time-step was used");
      await page.close();
    });
  }
});
