// What the popup has to say beside the codes, pressed as a person presses it: over a page that passes itself off as
// Microsoft's, where an organisation has switched other apps off, and after a set-up that was left half done.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { inEachBrowser, ROOT, start } from "./harness.mjs";
import { enter, notice } from "./main-job.mjs";
import { press } from "./person.mjs";
import { codeAt, ELSEWHERE, LOGIN, qr, SETUP, Tenant } from "./tenant.mjs";
import { PASSPHRASE, prepare } from "./trial.mjs";

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
  /** Over a page that is not known to be Microsoft's: the warning, and neither a code nor a word of the page before. @param {Page} popup */
  const warnsAndShowsNothing = async (popup) => {
    await popup.waitForSelector("#unknown-site:not([hidden]) [data-action=show-anyway]", { visible: true });
    assert.deepEqual(await names(popup), []);
    assert.ok(await popup.$("#page[hidden]"), "nothing is said of the page before");
    assert.doesNotMatch(await popup.evaluate(() => document.body.innerText), /\d{3} \d{3}/);
  };

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
        await popup.waitForSelector("#unknown-site:not([hidden]) [data-action=show-anyway]", { visible: true });
        assert.match(await popup.$eval("#unknown-site-text", (text) => text.textContent ?? ""), new RegExp(new URL(origin).host), time);
        assert.deepEqual(await names(popup), [], time);
        assert.doesNotMatch(await popup.evaluate(() => document.body.innerText), /\d{3} \d{3}/, time);
        await press(popup, "[data-action=show-anyway]");
        await popup.waitForSelector("[data-account] .code");
        assert.deepEqual(await names(popup), [kari.upn]);
        const shown = (await popup.$eval("[data-account] .code", (code) => code.textContent ?? "")).replace(" ", "");
        assert.ok([-1, 0, 1].some((ahead) => codeAt(secret, tenant.step + ahead) === shown));
        assert.ok(await popup.$("#unknown-site:not([hidden]) #withheld[hidden]"), "the warning stays");
        await harness.shut(popup);
      }
      assert.equal(await page.$eval("#i0116", (field) => /** @type {HTMLInputElement} */ (field).value), "");
      await page.close();
    }
  });

  test("a popup that was not clicked for holds the codes back where the browser does not name the page, and asks the page on Microsoft's", async () => {
    const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppOTP"]);
    await prepare(harness, { at: LOGIN, accounts: [tenant.uri(kari.upn, /** @type {Uint8Array} */ (kari.secret))] });
    const FALSE = "https://login.micros0ftonline.example";
    tenant.addPage(`${FALSE}/common/login`, "sign-in.html", { pgid: "ConvergedSignIn" });
    const page = await open(`${FALSE}/common/login`);
    let popup = await harness.openedByItself(page);
    await warnsAndShowsNothing(popup);
    await press(popup, "[data-action=show-anyway]");
    await popup.waitForSelector("[data-account] .code");
    await harness.shut(popup);
    await page.close();

    tenant.addPage(`${LOGIN}/common/login`, "sign-in.html", { pgid: "ConvergedSignIn" });
    const real = await open(`${LOGIN}/common/login`);
    popup = await harness.openedByItself(real);
    await popup.waitForSelector("[data-account] .code");
    assert.ok(await popup.$("#unknown-site[hidden]"));
    await harness.shut(popup);
    await real.close();
  });

  test("a page that gives way to a false one under an open popup takes the codes with it", async () => {
    const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppOTP"]);
    await prepare(harness, { at: LOGIN, accounts: [tenant.uri(kari.upn, /** @type {Uint8Array} */ (kari.secret))] });
    const FALSE = "https://login.micros0ftonline.example";
    for (const origin of [LOGIN, FALSE]) tenant.addPage(`${origin}/common/login`, "sign-in.html", { pgid: "ConvergedSignIn" });
    const page = await open(`${LOGIN}/common/login`);
    const popup = await harness.toolbarClick(page);
    await popup.waitForSelector("[data-account] .code");
    // As whoever has opened the tab can have it.
    await page.evaluate((url) => void setTimeout(() => location.assign(url)), `${FALSE}/common/login`);
    await warnsAndShowsNothing(popup);
    // And the person's word about one page is none about the next.
    await press(popup, "[data-action=show-anyway]");
    await popup.waitForSelector("[data-account] .code");
    await page.evaluate((url) => void setTimeout(() => location.assign(url)), `${FALSE}/common/login?again`);
    await popup.waitForSelector("#unknown-site:not([hidden]) [data-action=show-anyway]", { visible: true });
    assert.deepEqual(await names(popup), []);
    await harness.shut(popup);
    await page.close();
  });

  test("a page that takes on Microsoft's form on its own site, at its own address or where it is, under an open popup takes the codes with it, too", async () => {
    const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppOTP"]);
    await prepare(harness, { at: LOGIN, accounts: [tenant.uri(kari.upn, /** @type {Uint8Array} */ (kari.secret))] });
    for (const address of [`${ELSEWHERE}/common/login`, `${ELSEWHERE}/`, ""]) {
      tenant.addPage(`${ELSEWHERE}/`, "elsewhere.html");
      const page = await open(`${ELSEWHERE}/`);
      const popup = await harness.toolbarClick(page);
      await popup.waitForSelector("[data-account] .code");
      if (address) tenant.addPage(address, "sign-in.html", { pgid: "ConvergedSignIn" });
      await page.evaluate((address) => {
        if (!address) document.body.innerHTML = "<input name='loginfmt'>";
        else setTimeout(() => (address === location.href ? location.reload() : location.assign(address)));
      }, address);
      await warnsAndShowsNothing(popup);
      await harness.shut(popup);
      await page.close();
    }
  });

  test("looking at the codes is a use of the vault, and wakes no worker", async () => {
    const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppOTP"]);
    await prepare(harness, { at: LOGIN, accounts: [tenant.uri(kari.upn, /** @type {Uint8Array} */ (kari.secret))] });
    tenant.addPage(`${ELSEWHERE}/home`, "sign-in.html", { pgid: "none" });
    const page = await open(`${ELSEWHERE}/home`);
    const probe = await harness.probe();
    // Whatever was on its way to it comes before this, and cannot wake it afterwards.
    await probe.evaluate(() => chrome.runtime.sendMessage("none").catch(() => {}));
    await harness.stopWorker();
    const before = (await harness.stored("session", "v1.lease"))["v1.lease"];
    assert.ok(before);
    const popup = await harness.toolbarClick(page);
    await popup.waitForSelector("#unknown-site:not([hidden]), [data-account] .code");
    await probe.waitForFunction(async (before) => (await chrome.storage.session.get("v1.lease"))["v1.lease"] !== before, { polling: 20 }, before);
    await harness.shut(popup);
    assert.equal(await harness.stopWorker(), false, "a worker ran");
    await page.close();
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
    await press(popup, "[data-pending-account] [data-action=save]");
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

  /** @param {string} label @param {string} secret */
  const uri = (label, secret) => `otpauth://totp/${encodeURIComponent(label)}?secret=${secret}&issuer=Microsoft`;
  /** A page of another site that shows a QR code. @param {string} shown */
  const withCode = async (shown) => {
    tenant.addPage(`${ELSEWHERE}/kom-i-gang`, "elsewhere.html", { code: await qr(shown) });
    return open(`${ELSEWHERE}/kom-i-gang`);
  };
  /** Scanned by a press in the popup. @param {Page} page */
  const scanned = async (page) => {
    const popup = await harness.toolbarClick(page);
    await press(popup, "[data-action=scan]");
    await popup.waitForSelector("#pending-accounts [data-pending-account]", { visible: true });
    return popup;
  };
  /** What a card says, and its buttons by what they are called aloud. @param {Page} popup */
  const card = async (popup) => {
    await popup.waitForSelector("[data-pending-account] button", { visible: true });
    return popup.$eval("[data-pending-account]", (card) => ({
      standing: card.querySelector(".standing")?.textContent ?? null,
      buttons: [...card.querySelectorAll("button")].filter((button) => button.checkVisibility()).map((button) => button.ariaLabel),
    }));
  };
  const kept = async () => {
    const { view } = await harness.core("ask", "refresh");
    return view.accounts.map((/** @type {{ organisation?: string, name: string }} */ { organisation, name }) => `${organisation ?? ""}:${name}`);
  };
  const says = (/** @type {string} */ key, /** @type {string[]} */ ...values) =>
    values.reduce((text, value, at) => text.replaceAll(`$${at + 1}`, value), /** @type {string} */ (WORDS[key].message));

  test("a guest's account is saved beside the one at home; of one organisation, the card says what is replaced, and both can be kept", async () => {
    const upn = "kari@skole.example";
    await prepare(harness, { at: LOGIN, accounts: [uri(`Hjemskolen:${upn}`, "jbswy3dpehpk3pxp")] });
    let page = await withCode(uri(`Vertsfirma:${upn}`, "mfrggzdfmztwq2lk"));
    let popup = await scanned(page);
    assert.deepEqual(await card(popup), { standing: null, buttons: [`Save: ${upn}`, `Not now: ${upn}`] });
    await press(popup, "[data-pending-account] [data-action=save]");
    await notice(popup, "saved");
    assert.deepEqual(await kept(), [`Hjemskolen:${upn}`, `Vertsfirma:${upn}`]);
    await harness.shut(popup);
    await page.close();

    // The same organisation: what is replaced is named.
    page = await withCode(uri(`Vertsfirma:${upn}`, "onswg4tfoqqgs43t"));
    popup = await scanned(page);
    assert.deepEqual(await card(popup), {
      standing: says("standing_conflict", upn, "Vertsfirma"),
      buttons: [`Replace the old one: ${upn}, Vertsfirma`, `Keep both: ${upn}`, `Not now: ${upn}`],
    });
    await press(popup, "[data-pending-account] [data-when-known=keepBoth]");
    await notice(popup, "saved");
    assert.deepEqual(await kept(), [`Hjemskolen:${upn}`, `Vertsfirma:${upn}`, `Vertsfirma:${upn}`]);
    await harness.shut(popup);
    await page.close();

    // An organisation that nobody knows: what takes nothing away comes first.
    await prepare(harness, { at: LOGIN, accounts: [uri(upn, "jbswy3dpehpk3pxp")] });
    page = await withCode(uri(`Hjemskolen:${upn}`, "mfrggzdfmztwq2lk"));
    popup = await scanned(page);
    const unknown = says("unknownOrganisation");
    assert.deepEqual(await card(popup), {
      standing: says("standing_conflict", upn, unknown),
      buttons: [`Keep both: ${upn}`, `Replace the old one: ${upn}, ${unknown}`, `Not now: ${upn}`],
    });
    await press(popup, "[data-pending-account] [data-when-known=replace]");
    await notice(popup, "savedOverOld");
    assert.deepEqual(await kept(), [`:${upn}`, `Hjemskolen:${upn}`], "until Microsoft has accepted the new one");
    await harness.shut(popup);
    await page.close();
  });

  /** A code that was found over another tab, some time ago. @param {string} found */
  const foundElsewhere = async (found) => {
    const probe = await harness.probe();
    await probe.evaluate(async (text) => {
      const { ask } = /** @type {any} */ (await import(chrome.runtime.getURL("core.js")));
      await ask("addPending", { id: 999_999, url: "https://evil.example/" }, new TextEncoder().encode(text));
    }, found);
  };

  test("the press that unlocks names the account that it saves, and saves no other tab's", async () => {
    await prepare(harness, { at: LOGIN, locked: true });
    await foundElsewhere(uri("Fremmed:angriper@evil.example", "mzxw6ytbmzxw6ytb"));
    const upn = "kari@skole.example";
    const page = await withCode(uri(`Hjemskolen:${upn}`, "mfrggzdfmztwq2lk"));
    let popup = await harness.toolbarClick(page);
    assert.equal(await popup.$eval("#submit", (submit) => submit.textContent), says("unlock"), "of what another tab has shown, the button says nothing");
    await press(popup, "[data-action=scan]");
    await popup.waitForFunction((words) => document.querySelector("#submit")?.textContent === words, {}, says("unlockAndSave", upn));
    // What makes their codes lies nowhere in memory, only the names that are shown.
    const remembered = JSON.stringify(await harness.stored("session")).toLowerCase();
    assert.ok(remembered.includes(upn) && remembered.includes("angriper@evil.example"));
    assert.doesNotMatch(remembered, /mzxw6ytbmzxw6ytb|mfrggzdfmztwq2lk/);
    await enter(popup, PASSPHRASE);
    await notice(popup, "saved");
    assert.deepEqual(await kept(), [`Hjemskolen:${upn}`]);
    // The other one stands apart, and has a button of its own.
    await popup.waitForSelector("#pending-accounts[hidden]");
    const apart = await popup.$eval("#pending-accounts-elsewhere [data-pending-account]", (card) => [card.querySelector(".found")?.textContent, card.querySelector("[data-action=save]")?.ariaLabel]);
    assert.deepEqual(apart, [says("foundElsewhere"), "Save: angriper@evil.example"]);
    await press(popup, "#pending-accounts-elsewhere [data-action=save]");
    await popup.waitForSelector("#pending-accounts-elsewhere[hidden]");
    assert.deepEqual(await kept(), [`Hjemskolen:${upn}`, "Fremmed:angriper@evil.example"]);
    await harness.shut(popup);
    await page.close();
  });

  /** From here on: what follows has the same vault. */
  const opensByItself = async () => {
    await harness.core("manage", { prove: {} }, PASSPHRASE);
    assert.equal((await harness.core("manage", "addDevice")).notice, "unlockMethodAdded");
  };

  test("a vault that opens by itself saves nothing by opening", async () => {
    await prepare(harness, { at: LOGIN });
    await opensByItself();
    await foundElsewhere(uri("Fremmed:angriper@evil.example", "mzxw6ytbmzxw6ytb"));
    tenant.addPage(`${ELSEWHERE}/`, "elsewhere.html");
    const third = await open(`${ELSEWHERE}/`);
    // Nor what this very tab has shown.
    const shown = await withCode(uri("Hjemskolen:kari@skole.example", "mfrggzdfmztwq2lk"));
    await harness.shut(await scanned(shown));
    for (const [page, here, apart] of /** @type {const} */ ([
      [third, 0, 2],
      [shown, 1, 1],
    ])) {
      await harness.core("ask", "lock");
      const popup = await harness.toolbarClick(page);
      assert.equal(await popup.evaluate(() => document.body.dataset.screen), "accounts");
      assert.equal((await popup.$$("#pending-accounts [data-action=save]")).length, here);
      assert.equal((await popup.$$("#pending-accounts-elsewhere [data-action=save]")).length, apart);
      assert.deepEqual(await kept(), []);
      await harness.shut(popup);
    }
    await third.close();
    await shown.close();
  });

  test("a page that gives way to a false one before the popup is painted is none that it was opened over", async () => {
    const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppOTP"]);
    await prepare(harness, { at: LOGIN, accounts: [tenant.uri(kari.upn, /** @type {Uint8Array} */ (kari.secret))] });
    await opensByItself();
    await harness.core("ask", "lock");
    tenant.addPage(`${ELSEWHERE}/`, "elsewhere.html");
    tenant.addPage("https://login.micros0ftonline.example/common/login", "sign-in.html", { pgid: "ConvergedSignIn" });
    const page = await open(`${ELSEWHERE}/`);
    const probe = await harness.probe();
    /** @param {"held" | "pending"} how */
    const vaultIs = (how) => probe.waitForFunction(async (how) => (await navigator.locks.query())[how]?.some(({ name }) => name === "vault"), { polling: 50 }, how);
    await probe.evaluate(() => void navigator.locks.request("vault", () => new Promise((release) => Object.assign(globalThis, { release }))));
    await vaultIs("held");
    const coming = harness.toolbarClick(page);
    await vaultIs("pending");
    await page.evaluate((url) => void setTimeout(() => location.assign(url)), "https://login.micros0ftonline.example/common/login");
    await page.waitForSelector("#i0116");
    await probe.evaluate(() => /** @type {any} */ (globalThis).release());
    const popup = await coming;
    await warnsAndShowsNothing(popup);
    await harness.shut(popup);
    await page.close();
  });
});
