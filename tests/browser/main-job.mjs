// The main job, step by step, as a person does it: the demonstration shows these steps, the test runs the same
// ones with the worker stopped in between. Whether a step happened is read off the page, the popup or the
// tenant's server side; the extension is never asked.
import assert from "node:assert/strict";
import { fieldValue, identify, press, signIn, type } from "./person.mjs";
import { codeAt, ELSEWHERE, LOGIN, qr, SETUP, Tenant } from "./tenant.mjs";
import { Opened, start } from "./harness.mjs";

/**
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {import("./tenant.mjs").Person} Person
 * @typedef {{ title: string, run: (job: MainJob) => Promise<Page | Uint8Array> }} Step each returns what is worth a picture, or the picture
 */

export const PASSPHRASE = "fjord ligger stille nå";
export const CODE_FIELD = "#idTxtBx_SAOTCC_OTC";
const SETUP_FIELD = "[data-testid=verification-entercode-input]";

export class MainJob {
  /** Has no method yet: enrols in the course of the job. */
  kari;
  /** Enrolled by the service desk, which shows the QR code on a page of its own. */
  ola;
  /** Enrolled elsewhere; this browser holds no account of hers. */
  siri;
  /** @type {Page | undefined} */
  popup;

  /** @param {import("./harness.mjs").Harness} harness @param {Tenant} tenant @param {Page} page */
  constructor(harness, tenant, page) {
    this.harness = harness;
    this.tenant = tenant;
    this.page = page;
    this.kari = tenant.addPerson("kari.nordmann@contoso.example");
    this.ola = tenant.addPerson("ola@contoso.example", ["PhoneAppOTP", "OneWaySMS"]);
    this.siri = tenant.addPerson("siri@contoso.example", ["PhoneAppOTP"]);
  }

  /** @param {Partial<import("./harness.mjs").Options> & { browser?: import("./harness.mjs").Kind }} [options] */
  static begin(options = {}) {
    return Opened.toEnd(async (opened) => {
      const tenant = new Tenant("Contoso Skole");
      const harness = opened.keep(await start({ ...options, site: (question) => tenant.answer(question) }), (harness) => harness.close());
      return new MainJob(harness, tenant, await harness.tab());
    });
  }

  /** Opens the popup by a click on the toolbar button; a popup that was open closes, as in life. */
  async click() {
    await this.away();
    this.popup = await this.harness.toolbarClick(this.page);
    return this.popup;
  }

  /** Back to the page; the popup closes, as it does when one clicks beside it. */
  async away() {
    if (this.popup) await this.harness.shut(this.popup);
    await this.page.bringToFront();
  }

  /** @param {Person} person up to the point where the page asks for the second factor */
  async signIn(person) {
    await signIn(this.page, person);
  }

  /** @param {Person} person from the page that asks who it is */
  async identify(person) {
    await identify(this.page, person);
  }

  /** The badge on the toolbar icon, as soon as it shows this much. @param {RegExp} wanted */
  async badge(wanted) {
    const tabId = await this.harness.tabId(this.page);
    const probe = await this.harness.probe();
    const found = await probe.waitForFunction(
      async (tabId, wanted) => {
        const text = await chrome.action.getBadgeText({ tabId });
        return new RegExp(wanted).test(text) ? { text } : undefined;
      },
      { polling: 20 },
      tabId,
      wanted.source,
    );
    return (await found.jsonValue())?.text ?? "";
  }

  /** The codes that the server would take of this secret now. @param {Uint8Array} secret */
  codes(secret) {
    return [-1, 0, 1].map((ahead) => codeAt(secret, this.tenant.step + ahead));
  }
}

/** @param {Page} popup @param {string} passphrase */
export const enter = async (popup, passphrase) => {
  await type(popup, "#passphrase:enabled", passphrase);
  await popup.keyboard.press("Enter");
};

/** @param {Page} popup */
const names = (popup) => popup.$$eval("[data-account] .name", (all) => all.map((name) => name.textContent));

/** @param {Page} popup @param {string} screen */
export const onScreen = (popup, screen) => popup.waitForSelector(`body[data-screen="${screen}"][data-ready="true"]`);

/** @param {Page} popup @param {string} key */
export const notice = async (popup, key) => {
  // What it says, in the turn in which it is there: whatever is painted next may take it away.
  const said = await popup.waitForFunction((key) => {
    const line = document.querySelector(`#notice[data-notice="${key}"]`);
    return line ? { text: line.textContent ?? "" } : undefined;
  }, {}, key);
  assert.match((await said.jsonValue())?.text ?? "", /^\p{Lu}.+[.?]/u, `the notice ${key} is a sentence`);
};

/** @type {Step[]} */
export const STEPS = [
  {
    title: "a. The QR code on the set-up page is found by itself, and the badge tells",
    async run(job) {
      const { page, kari, tenant } = job;
      await job.signIn(kari);
      await press(page, "#idSubmit_ProofUp_Redirect");
      await press(page, "button.ms-Link");
      await press(page, "[data-testid=reskin-step-next-button]");
      await page.waitForSelector("img[src^='data:image/png']");
      assert.equal(tenant.log.at(-1)?.event, "offered");
      await job.badge(/\+/);
      return page;
    },
  },
  {
    title: "b. Toolbar click: the account is offered; a passphrase makes the vault and saves it",
    async run(job) {
      const secret = shownBy(job.tenant);
      const popup = await job.click();
      await onScreen(popup, "firstRun");
      assert.match(await popup.$eval("[data-pending-account]", (pendingAccount) => pendingAccount.textContent ?? ""), new RegExp(job.kari.upn));
      await enter(popup, "kort");
      await notice(popup, "passphraseTooShort");
      await enter(popup, PASSPHRASE);
      await onScreen(popup, "accounts");
      await popup.waitForSelector("[data-account] .code");
      assert.deepEqual(await names(popup), [job.kari.upn]);
      const shown = await popup.$eval("[data-account] .code", (code) => code.textContent ?? "");
      assert.match(shown, /^\d{3} \d{3}$/);
      assert.ok(job.codes(secret).includes(shown.replace(" ", "")));
      assert.ok(await popup.$("[data-account] .countdown:not([hidden])"));
      assert.ok(await popup.$("[data-account] .unconfirmed:not([hidden])"), "not confirmed yet");
      return popup;
    },
  },
  {
    title: "b. One click copies the code",
    async run(job) {
      const popup = job.popup ?? (await job.click());
      const shown = () => popup.$eval("[data-account] .code", (code) => code.textContent?.replace(" ", "") ?? "");
      const before = await shown();
      await press(popup, "[data-account] .code");
      await notice(popup, "copied");
      const after = await shown(); // its half minute may have ended on the way
      const picture = await popup.screenshot();
      const pasted = await job.harness.clipboard(); // pasting elsewhere closes the popup
      assert.ok([before, after].includes(pasted), `${pasted} is what was shown: ${before}, ${after}`);
      return picture;
    },
  },
  {
    title: "c. The set-up page's code step is filled, and Microsoft accepts it",
    async run(job) {
      const { page, tenant, kari } = job;
      const secret = shownBy(tenant);
      await job.away();
      await press(page, "[data-testid=reskin-step-next-button]");
      const code = await fieldValue(page, SETUP_FIELD);
      assert.ok(job.codes(secret).includes(code));
      const confirmed = tenant.until("confirmed", kari.upn);
      await press(page, "[data-testid=reskin-step-next-button]:enabled");
      assert.equal(await confirmed, code);
      await page.waitForFunction(() => /added/.test(document.querySelector("[data-testid=reskin-step-title]")?.textContent ?? ""));
      return page;
    },
  },
  {
    title: "c. The account is confirmed from now on",
    async run(job) {
      await job.harness.settled(job.page, "setUpDone");
      const popup = await job.click();
      await onScreen(popup, "accounts");
      assert.ok(await popup.$("[data-account] .unconfirmed[hidden]"), "confirmed");
      return popup;
    },
  },
  {
    title: "f. Any page with a QR code: Scan this tab finds the account; it is named and saved",
    async run(job) {
      const { page, ola, tenant } = job;
      const url = `${ELSEWHERE}/kom-i-gang`;
      tenant.addPage(url, "elsewhere.html", { code: await qr(tenant.uri(ola.upn, secretOf(ola))) });
      await page.goto(url);
      const popup = await job.click();
      await press(popup, "[data-action=scan]");
      await popup.waitForSelector("[data-pending-account]");
      assert.match(await popup.$eval("[data-pending-account]", (pendingAccount) => pendingAccount.textContent ?? ""), new RegExp(ola.upn));
      await press(popup, "[data-pending-account] [data-action=save]");
      await notice(popup, "saved");
      assert.deepEqual((await names(popup)).sort(), [job.kari.upn, ola.upn].sort());
      return popup;
    },
  },
  {
    title: "f. A QR code for Microsoft's own app: a sentence says what to do",
    async run(job) {
      const url = `${ELSEWHERE}/varsling`;
      job.tenant.addPage(url, "elsewhere.html", { code: await qr("phonefactor://activate_account?code=847000000&url=https%3a%2f%2fmobileappcommunicator.auth.microsoft.com%2factivatev2%2f270000000%2fSASPUBWEULR1AZ1FD000") });
      await job.page.goto(url);
      const popup = await job.click();
      await press(popup, "[data-action=scan]");
      await notice(popup, "qrPush");
      assert.equal(await popup.$("[data-pending-account]"), null);
      return popup;
    },
  },
  {
    title: "f. No QR code at all: a sentence says what to do",
    async run(job) {
      const url = `${ELSEWHERE}/forside`;
      job.tenant.addPage(url, "elsewhere.html");
      await job.page.goto(url);
      const popup = await job.click();
      await press(popup, "[data-action=scan]");
      await notice(popup, "noQr");
      return popup;
    },
  },
  {
    title: "d. Sign-in: of two accounts, the code of the one that the page names is filled, and Verify accepted",
    async run(job) {
      const { page, ola, tenant } = job;
      await job.away();
      await job.signIn(ola);
      const before = page.url();
      const code = await fieldValue(page, CODE_FIELD);
      assert.equal(page.url(), before, "the code view came without a change of address");
      assert.ok(job.codes(secretOf(ola)).includes(code));
      const accepted = tenant.until("accepted", ola.upn);
      await press(page, "#idSubmit_SAOTCC_Continue");
      assert.equal(await accepted, code);
      await page.waitForSelector("#KmsiDescription");
      return page;
    },
  },
  {
    title: "d. An account that is not here: nothing is filled, and the popup says why",
    async run(job) {
      const { page, siri } = job;
      await job.signIn(siri);
      await job.harness.settled(page, "code");
      await job.badge(/\S/);
      const popup = await job.click();
      assert.match(await popup.$eval("#page-reason", (reason) => reason.textContent ?? ""), new RegExp(siri.upn));
      assert.equal(await fieldValue(page, CODE_FIELD, false), "");
      return popup;
    },
  },
  {
    title: "d. A text message is wanted: nothing is filled",
    async run(job) {
      const { page, ola } = job;
      await job.away();
      ola.methods = ["OneWaySMS", "PhoneAppOTP"];
      await job.signIn(ola);
      await page.waitForSelector(CODE_FIELD, { visible: true });
      await job.harness.settled(page, "code");
      await job.badge(/\S/);
      assert.equal(await fieldValue(page, CODE_FIELD, false), "");
      ola.methods = ["PhoneAppOTP", "OneWaySMS"];
      return page;
    },
  },
  {
    title: "e. A locked vault: the page waits",
    async run(job) {
      const { page, kari } = job;
      const popup = await job.click();
      await press(popup, "[data-action=lock]");
      await onScreen(popup, "locked");
      assert.deepEqual(await names(popup), []);
      await job.away();
      await job.signIn(kari);
      await page.waitForSelector(CODE_FIELD, { visible: true });
      await job.harness.settled(page, "code");
      await job.badge(/\S/);
      assert.equal(await fieldValue(page, CODE_FIELD, false), "");
      await page.evaluate(() => Object.assign(window, { notReloaded: true }));
      return page;
    },
  },
  {
    title: "e. Toolbar click, passphrase: the waiting page is filled without reloading, and Verify accepted",
    async run(job) {
      const { page, kari, tenant } = job;
      const popup = await job.click();
      await onScreen(popup, "locked");
      // With the code in the page there is nothing left to do in the popup.
      const closed = job.harness.closes(popup);
      await enter(popup, PASSPHRASE);
      await closed;
      job.popup = undefined;
      await job.away();
      const code = await fieldValue(page, CODE_FIELD);
      assert.ok(await page.evaluate(() => "notReloaded" in window), "the page was not reloaded");
      const accepted = tenant.until("accepted", kari.upn);
      await press(page, "#idSubmit_SAOTCC_Continue");
      assert.equal(await accepted, code);
      await page.waitForSelector("#KmsiDescription");
      assert.ok(!tenant.log.some(({ event }) => event === "refused"), "no code was ever refused");
      return page;
    },
  },
];

/** @param {Person} person */
export const secretOf = (person) => {
  assert.ok(person.secret, `${person.upn} is enrolled`);
  return person.secret;
};

/** @param {Tenant} tenant */
const shownBy = (tenant) => {
  assert.ok(tenant.shown, "the set-up page has shown a secret");
  return tenant.shown;
};
