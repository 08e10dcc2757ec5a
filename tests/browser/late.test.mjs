// On a slow machine: what a person presses before the page knows, presses twice, or turns away from while it is under way.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { PASSPHRASE, accounts, noticed, onScreen, open, press } from "./ui-rig.mjs";

/** @typedef {import("./ui-rig.mjs").Page} Page */

/** @type {import("./ui-rig.mjs").Rig} */
let rig;
before(async () => {
  rig = await open();
});
after(() => rig.close());
afterEach(async () => assert.deepEqual(await rig.takeComplaints(), []));

const MANAGER = "www/manager/manager.html";
const POPUP = "www/popup/popup.html";
/** @param {string} [place] */
const manager = (place = "accounts") => rig.page(`${MANAGER}#${place}`, { width: 1000, height: 900 });

/** What is done in one turn of the page, so that nothing comes in between. @param {Page} page @param {...string} selectors */
const pressAll = (page, ...selectors) =>
  page.evaluate((selectors) => {
    for (const selector of selectors) /** @type {HTMLElement} */ (document.querySelector(selector)).click();
  }, selectors);

/** What the page has begun before this is written by now. @param {Page} page */
const written = (page) =>
  page.evaluate(async (core) => {
    const { ask } = await import(core);
    const { view } = await ask("show", {});
    await ask({ pin: { account: view.accounts[0].id, pinned: false } }, {});
    await new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve)));
  }, rig.url("core.js"));

/** A page that presses as soon as it is painted first. @param {string} path @param {...string} selectors */
const pressedAtOnce = async (path, ...selectors) => {
  const page = await rig.page(path, { width: 1000, height: 900 });
  await page.evaluateOnNewDocument((selectors) => {
    new MutationObserver((_, observer) => {
      if (document.body?.dataset.ready !== "true") return;
      observer.disconnect();
      for (const selector of selectors) /** @type {HTMLElement} */ (document.querySelector(selector)).click();
    }).observe(document, { subtree: true, childList: true, attributeFilter: ["data-ready"] });
  }, selectors);
  await page.reload();
  return page;
};

test("a look that was under way while an account was removed does not bring it back", async () => {
  for (const path of [MANAGER, POPUP]) {
    await rig.reset();
    await rig.fill(accounts(2));
    const page = await rig.page(path, { width: 1000, height: 900 });
    // Of what is read for the next look the last comes when the test says so: the accounts were read before that.
    await page.evaluate(() => {
      const { get } = chrome.storage.session;
      const held = async (/** @type {any} */ keys) => {
        if (!JSON.stringify(keys).includes("pendingAccounts")) return /** @type {any} */ (get).call(chrome.storage.session, keys);
        chrome.storage.session.get = get;
        const read = await chrome.storage.session.get(keys);
        Object.assign(globalThis, { isRead: true });
        await new Promise((resolve) => Object.assign(globalThis, { letOn: resolve }));
        return read;
      };
      Object.assign(chrome.storage.session, { get: held });
      const [seen, list] = [/** @type {number[]} */ ([]), /** @type {Element} */ (document.querySelector("#account-list"))];
      new MutationObserver(() => seen.push(list.childElementCount)).observe(list, { childList: true });
      Object.assign(globalThis, { seen });
    });
    await rig.put("session", { pendingAccounts: "[]" }); // the popup looks
    if (path === MANAGER) await page.select("#order", "name"); // the manager does
    await page.waitForFunction("globalThis.isRead");
    await press(page, ".more");
    await press(page, "#details [data-action='remove']");
    await press(page, "[data-action='remove-now']");
    await noticed(page, "removed");
    await page.evaluate("letOn()");
    await written(page);
    assert.deepEqual(await page.evaluate("seen"), [1], path);
    await page.evaluate(() => localStorage.removeItem("order"));
    await page.close();
  }
});

test("a double click does once what a click does: saved is said, and not that it is there already", async () => {
  for (const path of [MANAGER, POPUP]) {
    await rig.reset();
    await rig.fill(accounts(1));
    await rig.ask("addPending", accounts(2)[1]);
    const page = await rig.page(path, { width: 1000, height: 900 });
    await page.waitForSelector("[data-pending-account] [data-action='save']", { visible: true });
    const save = "[data-pending-account] [data-action='save']";
    await pressAll(page, save, save);
    await noticed(page, "saved");
    await written(page);
    assert.equal(await page.$eval("#notice", (line) => /** @type {HTMLElement} */ (line).dataset.notice), "saved", path);
    await page.close();
  }
});

test("what is typed for one account that was found stays while another is found", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  await rig.ask("addPending", "otpauth://totp/?secret=mfrggzdfmztwq2lk&issuer=Feide");
  const page = await rig.page(POPUP);
  await page.waitForSelector("[name='called']", { visible: true });
  await page.type("[name='called']", "kari");
  await rig.ask("addPending", accounts(2)[1]);
  await page.waitForFunction(() => document.querySelectorAll("[data-pending-account]").length === 2);
  assert.equal(await page.$eval("[name='called']", (field) => /** @type {HTMLInputElement} */ (field).value), "kari");
  await page.close();
});

test("a backup of a vault without a passphrase asks for one, however soon it is pressed", async () => {
  await rig.reset();
  await rig.ask({ createOpen: {} });
  const page = await pressedAtOnce(MANAGER, "#backup [data-action='backup']");
  await page.waitForSelector("#file-password");
  await page.close();
});

test("what stands above the accounts comes with them, and they do not move down", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  const page = await rig.page(MANAGER, { width: 1000, height: 900, withheld: true });
  await page.evaluateOnNewDocument(() => {
    /** @type {Set<string>} */
    const seen = new Set();
    Object.assign(globalThis, { seen: () => [...seen] });
    new MutationObserver(() => {
      if (!document.querySelector(".more")?.checkVisibility()) return;
      seen.add(["backup-reminder", "access"].filter((id) => document.getElementById(id)?.checkVisibility()).join(" "));
    }).observe(document, { subtree: true, childList: true, attributes: true });
  });
  const seen = async () => {
    await page.waitForSelector("#backup-reminder:not([hidden])");
    await written(page);
    return page.evaluate("seen()");
  };
  await page.reload();
  assert.deepEqual(await seen(), ["backup-reminder access"], "as the page opens");
  await rig.ask("lock");
  await page.reload();
  await page.waitForSelector("#passphrase");
  await page.type("#passphrase", PASSPHRASE);
  await press(page, "#unlock-form [type='submit']");
  assert.deepEqual(await seen(), ["backup-reminder access"], "as it is unlocked");
  await page.close();
});

test("moving by sync asks how sync stands, however soon it is pressed", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  const page = await pressedAtOnce(MANAGER, "#move-computer", "[data-action='move-sync']");
  await page.waitForSelector("#sync-begin");
  await page.close();
});

test("the first run goes on from where a quick person is", async () => {
  await rig.reset();
  const page = await rig.page("www/welcome/welcome.html");
  await page.evaluateOnNewDocument(() => {
    PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable = async () => {
      /** @type {HTMLElement} */ (document.querySelector("[data-action='forward']")).click();
      return false;
    };
  });
  await page.reload();
  await onScreen(page, "firstRun");
  assert.equal(await page.$eval("body", (body) => body.dataset.at), "2");
  await page.close();
});

test("who has turned away is not led on, and what was opened meanwhile stays", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  await rig.put("session", { proved: String(Date.now()) });
  const page = await manager("unlocking");
  const cross = "#dialog .dialog-head button";
  // A passphrase is changed, which takes a moment; meanwhile an account is typed in.
  await press(page, "[data-action='change-passphrase']");
  await page.waitForSelector("#new-passphrase");
  await page.type("#new-passphrase", PASSPHRASE);
  await pressAll(page, "#dialog [type='submit']", cross, "[data-action='enter']");
  await noticed(page, "passphraseChanged");
  await written(page);
  assert.ok(await page.$("[data-dialog='enter'] #enter-name"), "another dialog is not closed");
  await pressAll(page, cross);
  // Sent off and closed: it is not saved.
  await pressAll(page, ".more", "#details [data-action='edit']");
  await page.waitForSelector("#edit-before:not(:empty)");
  await page.type("#edit-name", "x");
  await pressAll(page, "#dialog [type='submit']", cross);
  await written(page);
  assert.equal((await rig.ask("show")).view.accounts[0].name, "kari.nordmann@skole.example");
  // Checked and closed: no other dialog comes of it.
  await pressAll(page, "#move-start");
  await press(page, "#dialog [data-action='scanned']");
  await page.waitForSelector("#move-code");
  await page.type("#move-code", (await rig.ask("show")).view.accounts[0].code);
  await pressAll(page, "#dialog [type='submit']", cross);
  await written(page);
  assert.ok(await page.$("#dialog:not([open])"));
  await page.close();
});
