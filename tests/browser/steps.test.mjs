// Steps of Microsoft's set-up that are not about an app, and the links that lead out of it: nothing is filled in there,
// nothing outlined and nothing clicked, whatever the field is called and however often the page marks it as wrong.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inEachBrowser, ROOT, start } from "./harness.mjs";
import { page as replica, SETUP } from "./tenant.mjs";
import { prepare, TryPage } from "./trial.mjs";

const WORDS = JSON.parse(readFileSync(join(ROOT, "extension/_locales/en/messages.json"), "utf8"));
const ACCOUNT = "otpauth://totp/Contoso:user%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
const REGISTER = `${SETUP}/register`;
const SECURITY_INFO = `${SETUP}/security-info`;
const NEXT = "[data-testid=reskin-step-next-button]";
const VERIFICATION = { type: "text", "data-testid": "verification-entercode-input" };
const OUT = ["More options", "Skip setup"];
const OTHER_APP = "Set up a different authentication app";

const INSTALL = { title: "Install Microsoft Authenticator", text: "Install the app on your mobile device, then come back here.", download: true };
const CODE = { title: "Enter code", text: "Enter the 6-digit code shown in the Authenticator app.", field: VERIFICATION };
const DONE = { title: "Authenticator app added", text: "You have added a sign-in method.", links: ["Skip setup"], next: "Done" };
const PHONE = { title: "Legg til telefon", text: "Hvilket nummer vil du bruke?", field: { type: "tel", placeholder: "Telefonnummer" }, links: ["Hopp over"] };
const TEXTED = { title: "Angi kode", text: "Vi sendte en 6-sifret kode til +47 9XXXXX34.", field: VERIFICATION };
const TEXTED_PLAIN = { ...TEXTED, text: "Vi sendte en 6-sifret kode til telefonen din.", field: { type: "text" } };
const UNREADABLE = { title: "コード", text: "電話のコード", field: VERIFICATION };
const MAIL = { title: "Legg til e-post", text: "Hvilken adresse vil du bruke?", field: { type: "text", "data-testid": "email-input" } };
const MAIL_PLAIN = { ...MAIL, field: { type: "text" } };
const MAILED = { title: "Email", text: "We sent a code to u***@contoso.example.", field: { type: "text", "data-testid": "email-verify-challenge-otp-input" } };
const PASSKEY = { title: "Sign in faster with a passkey", text: "Create a passkey on this device.", links: ["Skip for now"] };

/** @param {Record<string, unknown>} values */
const drawn = (values) => String(replica("register-steps.html", { language: "en", ...values }).body);

/** @typedef {{ name: string, at?: string, steps: Record<string, any>[], clicks?: string[], filled?: number, state: string, says?: string }} Case */
/** The person goes on with Next; only the step that asks for the app's code is filled. @type {Case[]} */
const CASES = [
  { name: "the end of the set-up, with a link that leads out of it", steps: [CODE, DONE], clicks: [NEXT], filled: 1, state: "setUpDone", says: "step_finished" },
  { name: "a telephone number after the code", steps: [CODE, PHONE], clicks: [NEXT, NEXT], filled: 1, state: "setUpOtherMethod", says: "step_otherMethod" },
  { name: "a telephone number after the end", steps: [CODE, DONE, PHONE], clicks: [NEXT, NEXT], filled: 1, state: "setUpOtherMethod", says: "step_otherMethod" },
  { name: "a texted code after the app's, in the same field", steps: [CODE, TEXTED], clicks: [NEXT, NEXT], filled: 1, state: "setUpOtherMethod", says: "step_otherMethod" },
  { name: "a code in words that are not known, after the app's", steps: [CODE, UNREADABLE], clicks: [NEXT, NEXT], filled: 1, state: "code" },
  { name: "a texted code first", steps: [TEXTED], state: "setUpOtherMethod", says: "step_otherMethod" },
  { name: "a texted code first, in a dialog", at: SECURITY_INFO, steps: [TEXTED], state: "setUpOtherMethod", says: "step_otherMethod" },
  { name: "a texted code in a plain field, marked as wrong", at: SECURITY_INFO, steps: [TEXTED_PLAIN], clicks: [NEXT], state: "setUpOtherMethod", says: "step_otherMethod" },
  { name: "an e-mail address after the code, marked as wrong", steps: [CODE, MAIL], clicks: [NEXT, NEXT], filled: 1, state: "setUpOtherMethod", says: "step_otherMethod" },
  { name: "an e-mail address in a plain field, marked as wrong", steps: [CODE, MAIL_PLAIN], clicks: [NEXT, NEXT], filled: 1, state: "setUpOtherMethod", says: "step_otherMethod" },
  { name: "an e-mailed code, in a dialog", at: SECURITY_INFO, steps: [MAILED], clicks: [NEXT], state: "setUpOtherMethod", says: "step_otherMethod" },
  { name: "a passkey first", steps: [PASSKEY], state: "setUpCampaign", says: "hindrance_passkeyCampaign" },
  { name: "a passkey after the code", steps: [CODE, PASSKEY], clicks: [NEXT], filled: 1, state: "setUpCampaign", says: "hindrance_passkeyCampaign" },
  { name: "Microsoft's own app alone, beside ways out", steps: [{ ...INSTALL, links: OUT }], state: "setUpInstall", says: "step_otherAppMissing" },
];

inEachBrowser((browser) => {
  const bench = new TryPage();
  let html = "";
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  before(async () => {
    harness = await start({
      browser,
      site: async (question) => (html && question.url === REGISTER ? { body: html, contentType: "text/html; charset=utf-8" } : bench.site(question)),
    });
  });
  after(() => harness.close());

  test("the first run opens over the first page that needs it, and once", { timeout: 240_000 }, async () => {
    html = drawn({ steps: [INSTALL] });
    const probe = await harness.probe();
    // As where an administrator installed it: nobody was welcomed.
    await probe.evaluate(() => chrome.storage.local.remove("welcomed"));
    const opened = () => probe.evaluate(async () => (await chrome.tabs.query({})).filter(({ url }) => url?.endsWith("/welcome.html#page")).map(({ id, openerTabId }) => ({ id, openerTabId })));
    const page = await harness.tab();
    await page.bringToFront();
    for (const expected of [1, 0]) {
      await harness.visit(page, REGISTER);
      await harness.settled(page, "setUpInstall");
      if (expected > 0) await probe.waitForFunction(async () => (await chrome.tabs.query({})).some(({ url }) => url?.endsWith("/welcome.html#page")), { polling: 20 });
      const over = await harness.tabId(page);
      const tabs = await opened();
      assert.deepEqual(tabs.map(({ openerTabId }) => openerTabId), Array.from({ length: expected }, () => over));
      for (const { id } of tabs) await probe.evaluate((id) => chrome.tabs.remove(id ?? -1), id);
    }
    await page.close();
    html = "";
  });

  for (const { name, at = REGISTER, steps, clicks = [], filled = 0, state, says } of CASES) {
    test(name, { timeout: 240_000 }, async () => {
      const body = drawn({ steps, dialog: at === SECURITY_INFO });
      const result = await bench.run(harness, { html: body, at, accounts: [ACCOUNT], click: clicks, popup: true });
      const told = JSON.stringify(result);
      assert.equal(result.filled.length, filled, told);
      assert.deepEqual(result.clicked, [], told);
      assert.equal(result.state, state, told);
      if (says) assert.ok(result.popup.includes(WORDS[says].message), told);
      assert.ok(!result.popup.includes(WORDS.step_checkCode.message), told);
    });
  }

  /** What is outlined on the page. @param {import("puppeteer-core").Page} page */
  const outlined = (page) => page.$$eval("[style*='outline']", (all) => all.map((element) => element.textContent));

  test("“Do it for me” clicks the link to another app, and never a way out", { timeout: 240_000 }, async () => {
    for (const [links, expected] of /** @type {const} */ ([
      [["Skip setup"], undefined],
      [OUT, undefined],
      [["More options", OTHER_APP, "Skip setup"], OTHER_APP],
    ])) {
      html = drawn({ steps: [{ ...INSTALL, links }] });
      await prepare(harness, { at: REGISTER });
      const page = await harness.tab();
      await page.bringToFront();
      await harness.visit(page, REGISTER);
      await harness.settled(page, "setUpInstall");
      await harness.settled(page); // what it was told of the first look is done
      assert.deepEqual(await outlined(page), expected ? [expected] : []);
      const popup = await harness.toolbarClick(page);
      const button = await popup.waitForSelector("[data-action=do-step]");
      assert.equal(await button?.isHidden(), !expected, String(links));
      if (expected) {
        const closed = harness.closes(popup);
        await popup.locator("[data-action=do-step]").click();
        await closed;
        await page.waitForFunction((words) => document.body.dataset.went === words, {}, expected);
      } else await harness.shut(popup);
      assert.equal(await page.evaluate(() => document.body.dataset.went), expected);
      await page.close();
    }
    html = "";
  });
});
