// Whose code it is: a guest at home and abroad, one name at twenty organisations, and accounts that another app kept by
// their organisation. Whole sign-ins, or as far as the code.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";
import { inEachBrowser, start } from "./harness.mjs";
import { fieldValue, press, signIn } from "./person.mjs";
import { prepare } from "./trial.mjs";
import { base32, codeAt, LOGIN, Tenant } from "./tenant.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

const CODE = "#idTxtBx_SAOTCC_OTC";
const UPN = "kari@skole.example";
const HOME = "11111111-2222-4333-8444-555555555555";
const ABROAD = "aaaaaaaa-2222-4333-8444-555555555555";

inEachBrowser((browser) => {
  let tenant = new Tenant();
  /** Saved pages, by their addresses. @type {Map<string, string>} */
  let pages = new Map();
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  /** @type {Page} */
  let page;
  before(async () => {
    harness = await start({
      browser,
      site: async (question) => {
        const body = question.method === "GET" ? pages.get(question.url) : undefined;
        return body === undefined ? tenant.answer(question) : { body, contentType: "text/html; charset=utf-8" };
      },
    });
  });
  after(() => harness.close());
  beforeEach(() => {
    [tenant, pages] = [new Tenant(), new Map()];
  });

  /** The press in the popup, at the account whose card says so. @param {string} words */
  const pick = async (words) => {
    const popup = await harness.toolbarClick(page);
    await popup.waitForSelector(`::-p-xpath(//li[contains(@class, "account")][contains(., "${words}")]//*[@data-action="fill-here"])`, { visible: true });
    const said = await popup.evaluate(() => document.querySelector("#page-reason")?.textContent ?? "");
    const closed = harness.closes(popup);
    // Found and pressed in one turn: cards that were out of sight are laid out as they are scrolled to, and move.
    await popup.evaluate((words) => {
      const card = [...document.querySelectorAll("li.account")].find(({ textContent }) => textContent?.includes(words));
      /** @type {HTMLElement | null | undefined} */ (card?.querySelector("[data-action='fill-here']"))?.click();
    }, words);
    await closed; // by itself, when it has told the page
    await page.bringToFront();
    return said;
  };

  /** To where the code is asked for. @param {string} path @param {import("./tenant.mjs").Person} person */
  const askedForCode = async (path, person) => {
    await harness.forgetUsed();
    person.lastStep = 0;
    await signIn(page, person, { path });
    await page.waitForSelector(CODE);
    await harness.settled(page, "code");
  };

  const accept = async () => {
    const accepted = tenant.until("accepted");
    const typed = await fieldValue(page, CODE);
    await press(page, "#idSubmit_SAOTCC_Continue");
    assert.equal(await accepted, typed);
    await page.waitForSelector("#KmsiDescription");
    await harness.settled(page, "staySignedIn");
  };

  test("a guest is asked once at home and once abroad, and never gets the other's code", { timeout: 300_000 }, async () => {
    const kari = tenant.addPerson(UPN, ["PhoneAppOTP"]);
    const [home, abroad] = [randomBytes(10), randomBytes(10)];
    tenant.name = "Hjemskolen";
    const accounts = [tenant.uri(UPN, home)];
    tenant.name = "Vertsfirma";
    accounts.push(tenant.uri(UPN, abroad));
    await prepare(harness, { at: LOGIN, accounts });
    page = await harness.tab();
    await page.bringToFront();
    const visits = [
      { name: "Hjemskolen", secret: home, path: HOME, config: {} }, // in the address
      { name: "Vertsfirma", secret: abroad, path: "common", config: { urlCancel: `${LOGIN}/${ABROAD}/reprocess?prompt=select_account`, urlResume: `/${ABROAD}/resume` } }, // in `$Config`
    ];
    for (const first of [true, false, false]) {
      for (const { name, secret, path, config } of visits) {
        [kari.secret, tenant.config] = [secret, config];
        await askedForCode(path, kari);
        const { reason, organisation } = (await harness.settled(page, "code")) ?? {};
        assert.equal(organisation?.id, name === "Hjemskolen" ? HOME : ABROAD);
        assert.equal(reason, first ? "ambiguous" : "filled");
        if (first) await pick(name);
        await accept();
      }
    }
    assert.ok(tenant.log.every(({ event }) => event !== "refused"));
    await page.close();
  });

  test("an old key that a new one has replaced, once Microsoft accepted it, comes back by a press over that page", { timeout: 300_000 }, async () => {
    const kari = tenant.addPerson(UPN, ["PhoneAppOTP"]);
    await prepare(harness, { at: LOGIN, accounts: [`otpauth://totp/${UPN}?secret=jbswy3dpehpk3pxp&issuer=Microsoft`] });
    tenant.name = "Hjemskolen";
    const { view } = await harness.core("ask", "addPending", tenant.uri(UPN, /** @type {Uint8Array} */ (kari.secret)));
    const [{ id, rival }] = view.pendingAccounts;
    await harness.core("ask", { confirm: { account: rival.account, confirmed: false } });
    const saved = await harness.core("ask", { save: { pendingAccount: id, whenKnown: { replace: { account: rival.account } } } });
    assert.equal(saved.notice, "savedOverOld");
    page = await harness.tab();
    await page.bringToFront();
    await askedForCode("common", kari);
    await pick("Hjemskolen");
    await accept();
    const kept = async () => {
      const { view } = await harness.core("ask", "refresh");
      return [view.accounts, view.deleted].map((all) => all.map((/** @type {{ organisation?: string }} */ { organisation }) => organisation ?? ""));
    };
    assert.deepEqual(await kept(), [["Hjemskolen"], [""]]);
    const popup = await harness.toolbarClick(page);
    await popup.locator("#replaced:not([hidden]) [data-action=undo]").click();
    await popup.waitForSelector("#notice[data-notice=undone]");
    await popup.waitForSelector("#replaced[hidden]");
    assert.deepEqual(await kept(), [["Hjemskolen", ""], []]);
    await harness.shut(popup);
    await page.close();
  });

  test("of twenty organisations with one name each is asked for once, and every code is the right one", { timeout: 300_000 }, async () => {
    const organisations = Array.from({ length: 20 }, (_, at) => {
      const id = `${String(at).padStart(8, "0")}-2222-4333-8444-555555555555`;
      // One half says in the address who they are, the other in `$Config`.
      const inAddress = at % 2 === 0;
      const url = inAddress ? `${LOGIN}/${id}/login` : `${LOGIN}/common/login?visit=${at}`;
      const config = inAddress ? {} : { urlCancel: `${LOGIN}/${id}/reprocess?prompt=select_account` };
      return { name: `Virksomhet ${String(at).padStart(2, "0")}`, secret: randomBytes(10), id, url, config };
    });
    for (const { url, config } of organisations) {
      pages.set(url, `<!doctype html><title>Sign in</title><script>$Config=${JSON.stringify(config)};</script><form><input type="hidden" name="login" value="${UPN}"><input type="hidden" name="mfaAuthMethod" value="PhoneAppOTP"><div><input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="6"></div></form>`);
    }
    await prepare(harness, { at: LOGIN, accounts: organisations.map(({ name, secret }) => `otpauth://totp/${encodeURIComponent(`${name}:${UPN}`)}?secret=${base32(secret)}&issuer=Microsoft`) });
    page = await harness.tab();
    await page.bringToFront();
    for (const first of [true, false]) {
      await harness.forgetUsed();
      for (const { name, secret, id, url } of organisations) {
        await page.goto(url);
        const { reason, organisation } = (await harness.settled(page, "code")) ?? {};
        assert.deepEqual({ id: organisation?.id, reason }, { id, reason: first ? "ambiguous" : "filled" }, name);
        if (first) await pick(name);
        const typed = await fieldValue(page, CODE);
        // It may be read after its step, or be the next one's where that had less than two seconds left.
        assert.ok([-2, -1, 0, 1].some((ahead) => codeAt(secret, tenant.step + ahead) === typed), `${name} gets the code of its own account`);
      }
    }
    await page.close();
  });

  for (const [issuer, becomes] of [["Contoso Skole", "Contoso Skole"], ["", ""], ["Office 365", "Office 365"]]) {
    test(`an account that came from Aegis under “${issuer}” is offered by name, filled by one press, and Microsoft's from then on`, { timeout: 300_000 }, async () => {
      const kari = tenant.addPerson(UPN, ["PhoneAppOTP"]);
      await prepare(harness, { at: LOGIN });
      const entry = { type: "totp", uuid: "01234567-89ab-4def-8123-456789abcdef", name: UPN, issuer, note: "", icon: null, info: { secret: base32(/** @type {Uint8Array} */ (kari.secret)), algo: "SHA1", digits: 6, period: 30 } };
      const file = JSON.stringify({ version: 1, header: { slots: null, params: null }, db: { version: 3, entries: [entry] } });
      await (await harness.probe()).evaluate(async (file) => {
        /** @type {any} */
        const { read } = await import(chrome.runtime.getURL("www/shared/reading.js"));
        /** @type {any} */
        const { exchange } = await import(chrome.runtime.getURL("core.js"));
        const { entries } = await read(new TextEncoder().encode(file), "", new AbortController().signal);
        await exchange({ take: { choices: ["add"] } }, entries);
      }, file);
      page = await harness.tab();
      await page.bringToFront();
      await askedForCode("common", kari);
      assert.equal((await harness.settled(page, "code"))?.reason, "couldBeMeant");
      const said = await pick(UPN);
      assert.ok(said.includes(UPN) && !said.includes("aka.ms"), said);
      await accept();
      await askedForCode("common", kari);
      assert.equal((await harness.settled(page, "code"))?.reason, "filled");
      await accept();
      const popup = await harness.toolbarClick(page);
      const shown = await popup.waitForSelector(".account .issuer");
      assert.equal(await shown?.evaluate((element) => element.textContent), becomes || "");
      await harness.shut(popup);
      await page.close();
    });
  }
});
