// What the popup has to say beside the codes, pressed as a person presses it: over a page that passes itself off as
// Microsoft's, where an organisation has switched other apps off, and after a set-up that was left half done.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { inEachBrowser, ROOT, start } from "./harness.mjs";
import { notice, press } from "./main-job.mjs";
import { codeAt, ELSEWHERE, LOGIN, SETUP, Tenant } from "./tenant.mjs";
import { prepare } from "./trial.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

const WORDS = JSON.parse(readFileSync(join(ROOT, "extension/_locales/en/messages.json"), "utf8"));

inEachBrowser((browser) => {
  let tenant = new Tenant(); // Firefox asks for things of its own before the first test
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  before(async () => {
    harness = await start({ browser, site: (question) => tenant.answer(question) });
  });
  after(() => harness.close());
  beforeEach(() => {
    tenant = new Tenant("Contoso Skole");
  });

  /** @param {string} url */
  const open = async (url) => {
    const page = await harness.tab();
    await page.bringToFront();
    await page.goto(url);
    return page;
  };
  /** @param {Page} popup */
  const names = (popup) => popup.$$eval("[data-account] .name", (all) => all.map((name) => name.textContent));

  test("over a page that passes itself off as Microsoft's the codes come by a step of their own, each time", async () => {
    const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppOTP"]);
    const secret = /** @type {Uint8Array} */ (kari.secret);
    await prepare(harness, { at: LOGIN, accounts: [tenant.uri(kari.upn, secret)] });
    // By its name, and by its form.
    for (const origin of ["https://login.micros0ftonline.example", ELSEWHERE]) {
      tenant.addPage(`${origin}/common/login`, "sign-in.html", { pgid: "ConvergedSignIn" });
      const page = await open(`${origin}/common/login`);
      await page.waitForSelector("#i0116");
      for (const time of ["the first time", "again"]) {
        const popup = await harness.toolbarClick(page);
        await popup.waitForSelector("#stranger:not([hidden]) [data-action=show-anyway]", { visible: true });
        assert.match(await popup.$eval("#stranger-text", (text) => text.textContent ?? ""), new RegExp(new URL(origin).host), time);
        assert.deepEqual(await names(popup), [], time);
        assert.doesNotMatch(await popup.evaluate(() => document.body.innerText), /\d{3} \d{3}/, time);
        await press(popup, "[data-action=show-anyway]");
        await popup.waitForSelector("[data-account] .code");
        assert.deepEqual(await names(popup), [kari.upn]);
        const shown = (await popup.$eval("[data-account] .code", (code) => code.textContent ?? "")).replace(" ", "");
        assert.ok([-1, 0, 1].some((ahead) => codeAt(secret, tenant.step + ahead) === shown));
        assert.ok(await popup.$("#stranger:not([hidden]) #withheld[hidden]"), "the warning stays");
        await harness.shut(popup);
      }
      assert.equal(await page.$eval("#i0116", (field) => /** @type {HTMLInputElement} */ (field).value), "");
      await page.close();
    }
  });

  for (const generation of /** @type {const} */ ([2, 3])) {
    test(`where the link to another app is missing in generation ${generation}, the text for the service desk is copied`, async () => {
      const kari = tenant.addPerson("kari@contoso.example");
      // In the older dialogs the step is known by nothing that is translated.
      Object.assign(tenant, { current: kari.upn, others: false, generation, language: generation === 2 ? "nb" : "en" });
      await prepare(harness, { at: SETUP });
      const page = await open(`${SETUP}/security-info`);
      if (generation === 3) {
        await press(page, "[data-testid=add-method-button]");
        await press(page, "[data-testid=authmethod-picker-authenticatorApp]");
      } else for (const step of [".ms-Button--commandBar", ".ms-Dropdown", ".ms-Dropdown-item", ".ms-Button--primary"]) await press(page, step);
      await harness.settled(page, "setUpInstall");
      const popup = await harness.toolbarClick(page);
      assert.equal(await popup.$eval("#page-reason", (reason) => reason.textContent), WORDS.step_otherAppMissing.message);
      await press(popup, "[data-action=report]");
      await notice(popup, "reportCopied");
      assert.equal(await harness.clipboard(), WORDS.report.message.replace("$1", new URL(SETUP).host));
      await harness.shut(popup);
      // The step after it is another one.
      await press(page, ".ms-Button--primary");
      await harness.settled(page, "setUpInstructions");
      await page.close();
    });
  }

  /** As far as a saved account, and no further. @param {string} upn */
  const halfDone = async (upn) => {
    tenant.current = tenant.addPerson(upn).upn;
    const page = await open(`${SETUP}/security-info`);
    await press(page, "[data-testid=add-method-button]");
    await press(page, "[data-testid=authmethod-picker-authenticatorApp]");
    await press(page, "[role=dialog] .ms-Link");
    await press(page, "[data-testid=reskin-step-next-button]");
    await harness.settled(page, "setUpQr");
    const popup = await harness.toolbarClick(page);
    await press(popup, "[data-offer] [data-action=save]");
    await notice(popup, "saved");
    await harness.shut(popup);
    await page.close();
  };

  test("a set-up that was left half done is offered for removal after an hour, or kept for good", async () => {
    await prepare(harness, { at: SETUP });
    await halfDone("kari@contoso.example");
    await halfDone("ola@contoso.example");
    tenant.addPage(`${ELSEWHERE}/`, "elsewhere.html");
    const page = await open(`${ELSEWHERE}/`);
    let popup = await harness.toolbarClick(page);
    assert.ok(await popup.$("#abandoned[hidden]"), "it may still go on");
    await harness.shut(popup);

    const hour = JSON.stringify({ offset_ms: 61 * 60 * 1000 });
    await (await harness.probe()).evaluate((clock) => chrome.storage.session.set({ clock }), hour);
    popup = await harness.toolbarClick(page);
    for (const [upn, deed, left] of /** @type {const} */ ([
      ["kari@contoso.example", "abandon", 1],
      ["ola@contoso.example", "keep", 1],
    ])) {
      await popup.waitForFunction((upn) => document.querySelector("#abandoned:not([hidden]) #abandoned-text")?.textContent?.includes(upn), {}, upn);
      await press(popup, `[data-action=${deed}]`);
      await popup.waitForFunction((upn) => !document.querySelector("#abandoned:not([hidden]) #abandoned-text")?.textContent?.includes(upn), {}, upn);
      assert.equal((await names(popup)).length, left);
    }
    assert.deepEqual(await names(popup), ["ola@contoso.example"]);
    await harness.shut(popup);
    popup = await harness.toolbarClick(page);
    assert.ok(await popup.$("#abandoned[hidden]"), "answered once");
    assert.deepEqual(await names(popup), ["ola@contoso.example"]);
    await harness.shut(popup);
    await page.close();
  });
});
