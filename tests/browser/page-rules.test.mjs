// What an organisation adds to the rules by policy: pages that Microsoft has renamed are known again, and nothing that it
// can add sends a code to where none belongs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inEachBrowser, start } from "./harness.mjs";
import { unmanageable } from "./managed.mjs";
import { prepare, TryPage } from "./trial.mjs";

const LOGIN = "https://login.microsoftonline.com/common/login";
const LIVE = "https://login.live.com/ppsecure/post.srf";
const SECURITY_INFO = "https://mysignins.microsoft.com/security-info";
const ACCOUNT = "otpauth://totp/Contoso%3Auser%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
const PERSONAL = "otpauth://totp/Microsoft%3Auser@outlook.example?secret=mfrggzdfmztwq2lk&issuer=Microsoft";

/** @param {string} body @param {string} [language] */
const page = (body, language = "en") => `<!DOCTYPE html><html lang="${language}"><body>${body}</body></html>`;
const WHO = '<input type="hidden" name="login" value="user@contoso.example">';
const APP = "Enter the code displayed in the authenticator app on your mobile device";

/** Pages as they could be called tomorrow. @type {Record<string, { at: string, html: string, state: string, filled?: number, clicked?: number }>} */
const RENAMED = {
  "the field and the sentence": {
    at: LOGIN,
    html: page(`<form>${WHO}<p id="new-description">${APP}</p><input class="new-code" type="tel" maxlength="6"></form>`),
    state: "code",
    filled: 1,
  },
  "a box for each digit": {
    at: LOGIN,
    html: page(`<form>${WHO}<p id="new-description">${APP}</p><div data-testid="new-boxes">${'<input type="tel" maxlength="1">'.repeat(6)}</div></form>`),
    state: "code",
    filled: 6,
  },
  "the page that waits for a phone": {
    at: LOGIN,
    html: page(`<form>${WHO}<h1 class="new-push">Approve</h1><a href="#" id="new-other-way">Another way</a></form>`),
    state: "push",
    clicked: 1,
  },
  "the list of methods": {
    at: LOGIN,
    html: page(`<form>${WHO}<div id="new-list"><button type="button" data-method="app">App</button><button type="button" data-method="sms">SMS</button></div></form>`),
    state: "proofPicker",
    clicked: 1,
  },
  "the set-up's field": {
    at: SECURITY_INFO,
    html: page(`<div role="dialog"><h2>Verify</h2><div><p class="new-sentence">Enter the code that is shown in the authenticator app.</p><input type="tel" maxlength="6" data-testid="new-entry"></div></div>`),
    state: "setUpCode",
    filled: 1,
  },
  "the words, in a language that is not known": {
    at: LOGIN,
    html: page(`<form>${WHO}<div id="idDiv_SAOTCC_Description">Sláðu inn kóðann úr auðkenningarforritinu</div><input name="otc" type="tel" maxlength="6"></form>`, "is"),
    state: "code",
    filled: 1,
  },
};

const PAGE_RULES = {
  signIn: {
    marks: { push: [".new-push"], anotherWay: ["#new-other-way"], proofPicker: ["#new-list"], appCodeChoice: ["#new-list [data-method='app']"] },
    fields: { otc: ["input.new-code"], split: ["[data-testid='new-boxes'] > input[type='tel']"] },
    sentence: ["#new-description"],
  },
  setUp: { fields: { verification: ["input[data-testid='new-entry']"] }, sentence: ["@ .new-sentence"] },
  words: { app: ["auðkenningarforrit"] },
};
const POLICY = { pageRules: JSON.stringify(PAGE_RULES) };
/** The first moment of each page's own time-step. */
const AT_TIME = 1_111_111_110;

inEachBrowser((browser) => {
  const skip = browser === "chromium" && unmanageable();
  const bench = new TryPage();
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  before(async () => {
    if (!skip) harness = await start({ browser, policy: POLICY, site: bench.site });
  });
  after(() => harness?.close());

  /** @param {{ at: string, html: string }} renamed @param {number} at */
  const tried = async ({ html, at: url }, at) => {
    const { state, filled, clicked } = await bench.run(harness, { html, at: url, accounts: [ACCOUNT], atTime: AT_TIME + 60 * at });
    return { state, filled: filled.length, clicked: new Set(clicked).size };
  };

  for (const [at, [name, renamed]] of Object.entries(RENAMED).entries()) {
    const { state, filled = 0, clicked = 0 } = renamed;
    test(`renamed, and known by policy alone: ${name}`, { skip, timeout: 240_000 }, async () => {
      assert.deepEqual(await tried(renamed, at), { state, filled, clicked });
      // Firefox reads its policies only when it starts.
      if (!("decide" in harness)) return;
      await harness.decide({});
      const without = await tried(renamed, at);
      assert.deepEqual([without.filled, without.clicked], [0, 0]);
      await harness.decide(POLICY);
    });
  }

  test("hostile rules release no code", { skip, timeout: 600_000 }, async () => {
    // One set of them in Firefox, which reads its policies only when it starts; in Chromium as many as are asked for.
    const sets = "decide" in harness ? Number(process.env.HOSTILE_RULES ?? 42) : 1;
    const draw = random(20_261_129);
    const traps = Object.entries(TRAPS);
    await prepare(harness, { at: LOGIN, accounts: [ACCOUNT, PERSONAL] });
    const tab = await harness.tab();
    let looks = 0;
    for (let at = 0; at < sets; at++) {
      const rules = hostile(draw);
      if ("decide" in harness) await harness.decide({ pageRules: JSON.stringify(rules) });
      for (const [name, { at: url, body }] of traps.filter((_, trap) => !("decide" in harness) || trap === at % traps.length)) {
        await harness.forgetUsed();
        bench.show({ at: url, html: page(body) });
        await tab.bringToFront();
        await harness.visit(tab, url);
        await harness.settled(tab);
        const values = await tab.$$eval("input:not([type=hidden])", (inputs) => inputs.map((input) => input.value));
        assert.deepEqual(values.filter((value) => value !== ""), [], `${name} with ${JSON.stringify(rules)}`);
        looks++;
      }
    }
    console.log(`${browser}: ${sets} hostile sets of rules, ${looks} pages, no code released`);
    await tab.close();
  });
});

const NOTE = '<p id="other" class="note">Use your authenticator app: open the app and enter the code shown in the app.</p>';
/** What asks for something else, beside a text about an app. */
const TRAPS = {
  "a texted code": { at: LOGIN, body: `<form>${WHO}${NOTE}<div id="idDiv_SAOTCC_Description">We texted your phone +XX XXXXXXX02.</div><input id="code" name="otc" type="tel" maxlength="6"></form>` },
  "a texted code, by its method": { at: LOGIN, body: `<form>${WHO}<input type="hidden" name="mfaAuthMethod" value="OneWaySMS">${NOTE}<input id="code" name="otc" type="tel" maxlength="6"></form>` },
  "a password": { at: LOGIN, body: `<form>${WHO}<input type="hidden" name="mfaAuthMethod" value="PhoneAppOTP">${NOTE}<input id="code" class="pw" type="password"></form>` },
  "an e-mail address": { at: LOGIN, body: `<form>${WHO}<input type="hidden" name="mfaAuthMethod" value="PhoneAppOTP">${NOTE}<input id="code" type="email"></form>` },
  "an e-mailed code": { at: LIVE, body: `<span id="displayName">user@outlook.example</span>${NOTE}<div id="oneTimeCodeDescription">We emailed a code to us***@outlook.example.</div><input id="code" name="otc" type="tel" maxlength="8">` },
  "a telephone number": { at: SECURITY_INFO, body: `<div role="dialog"><h2>Phone</h2>${NOTE}<input id="code" type="tel" autocomplete="tel-national"></div>` },
  "an e-mail address beside a text": { at: SECURITY_INFO, body: `<div role="dialog"><h2>Verify</h2><p>Enter the code that is shown in the authenticator app.</p>${NOTE}<input type="email"><input id="code" type="text"></div>` },
  "a code sent to a number, in the set-up": { at: SECURITY_INFO, body: `<div role="dialog">${NOTE}<h2>Phone</h2><p>We just sent a 6-digit code to +47 912 34 567.</p><input id="code" data-testid="verification-entercode-input" type="tel" maxlength="6"></div>` },
};

/** Numbers from 0 to 1 that are the same each time (mulberry32). @param {number} seed */
const random = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

const SELECTORS = ["#code", "input[name$='otc']", "[title*='a@b']", "[title='50%']", "input[id='code']", "input[type='tel']", "input[type='email']", "input[type='password']", "input.pw", "#other", ".note", "form > .note", "[role='dialog'] .note", "#idDiv_SAOTCC_Description", "input[name='login']"];
const SAID = ["texted your phone", "authenticator app", "we emailed", "6-digit code", "enter the code", "contoso.example", "open the app"];
const LISTS = { signIn: ["sentence", "title", "fault", "submit"], setUp: ["sentence", "title", "secret"] };
const MARKS = { signIn: ["push", "anotherWay", "staySignedIn", "appCodeChoice", "proofPicker"], setUp: ["qrToggle", "instructions", "install", "nextStep", "dialog"] };
const FIELDS = { signIn: ["otc", "split", "adfs", "short"], setUp: ["verification", "dialog"] };

/** Rules that point wherever they should not. @param {() => number} draw */
const hostile = (draw) => {
  /** @template T @param {readonly T[]} from */
  const some = (from) => from.filter(() => draw() < 0.4);
  /** @param {"signIn" | "setUp"} part */
  const elements = (part) => ({
    ...Object.fromEntries(some(LISTS[part]).map((list) => [list, some(SELECTORS)])),
    marks: Object.fromEntries(some(MARKS[part]).map((mark) => [mark, some(SELECTORS)])),
    fields: Object.fromEntries(FIELDS[part].map((kind) => [kind, some(SELECTORS)])),
  });
  return { signIn: elements("signIn"), setUp: elements("setUp"), words: { app: some(SAID), done: some(SAID), otherApp: some(SAID) } };
};
