// What was removed, replaced or overwritten comes back by one press, in each place, or is deleted for ever.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { accounts, noticed, press } from "./ui-rig.mjs";

/** @typedef {import("./ui-rig.mjs").Page} Page */

const inFirefox = process.env.BROWSER === "firefox"; // see differences.mjs
const { open } = inFirefox ? await import("./ui-rig-firefox.mjs") : await import("./ui-rig.mjs");

/** @type {import("./ui-rig.mjs").Rig} */
let rig;
before(async () => {
  rig = await open();
});
after(() => rig.close());
afterEach(async () => assert.deepEqual(await rig.takeComplaints(), []));

/** @param {Page} page */
const remove = async (page) => {
  await press(page, ".more");
  await press(page, "#details [data-action='remove']");
  await press(page, "[data-action='remove-now']");
  await noticed(page, "removed");
};
/** @typedef {{ id: string, name: string, code: string, noted: boolean }} Shown */
/** @returns {Promise<{ accounts: Shown[], deleted: { id: string, name: string }[] }>} */
const kept = async () => (await rig.ask("refresh")).view;
const names = async () => (await kept()).accounts.map(({ name }) => name).sort();

for (const path of ["www/popup/popup.html", "www/manager/manager.html"])
  test(`removed in ${path}: the notice undoes it`, async () => {
    await rig.reset();
    await rig.fill(accounts(2));
    const before = await names();
    const page = await rig.page(path, { width: 1000, height: 900 });
    await remove(page);
    assert.equal((await names()).length, 1);
    // By keyboard: the line stays while somebody is at it, and the focus goes on to the accounts.
    const isPaused = () => page.$eval("#notice", (line) => getComputedStyle(line).animationPlayState);
    assert.equal(await isPaused(), "running");
    await page.focus("#notice [data-action='undo']");
    assert.equal(await isPaused(), "paused");
    await page.keyboard.press("Enter");
    await noticed(page, "undone");
    await page.waitForFunction(() => document.activeElement?.matches("[data-account] .copy, #search"));
    assert.deepEqual(await names(), before);
    assert.deepEqual((await kept()).deleted, []);
    assert.equal((await page.$$("[data-account]")).length, 2);
    await page.close();
  });

test("under the accounts it is restored by one press, or deleted for ever", async () => {
  await rig.reset();
  await rig.fill(accounts(3));
  const open = () => rig.page("www/manager/manager.html", { width: 1000, height: 900 });
  let page = await open();
  assert.equal(await page.$eval("#deleted", (part) => /** @type {HTMLElement} */ (part).hidden), true, "there is nothing to see yet");
  await remove(page);
  await remove(page);
  // Another page of ours, opened later, has it too; a list and a search have not.
  await page.close();
  page = await open();
  await page.waitForSelector("body[data-ready='true']");
  assert.equal((await page.$$("[data-account]")).length, 1);
  await press(page, "#deleted summary");
  const rows = await page.$$eval("#deleted-list .name", (all) => all.map((name) => name.textContent));
  assert.deepEqual(rows.sort(), (await kept()).deleted.map(({ name }) => name).sort());
  assert.equal(rows.length, 2);
  await press(page, "#deleted-list li:last-child [data-action='put-back']");
  await noticed(page, "undone");
  await page.waitForFunction(() => document.querySelectorAll("[data-account]").length === 2);
  assert.equal((await page.$$("#deleted-list li")).length, 1);
  await press(page, "[data-action='empty-deleted']");
  await noticed(page, "emptied");
  await page.waitForSelector("#deleted[hidden]");
  assert.deepEqual((await kept()).deleted, []);
  assert.equal((await kept()).accounts.length, 2);
  await page.close();
});

test("an import is taken back whole: what it added lies aside, what it replaced or added to is as it was", async () => {
  await rig.reset();
  await rig.fill(accounts(2));
  const before = await names();
  const page = await rig.page("www/manager/manager.html", { width: 1000, height: 900 });
  const list = [1, 2, 3].map((n) => `otpauth://totp/Verksted:elev${n}?secret=MFRGGZDFMZTWQ2L${"KLM"[n - 1]}&issuer=Verksted`);
  list.push(`${accounts(1)[0]}&codeDisplay=${encodeURIComponent(JSON.stringify({ note: "1111-2222" }))}`);
  const noted = async () => (await kept()).accounts.filter((account) => account.noted).length;
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "export.txt"));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, list.join("\n"));
  await press(page, "[data-action='import-confirm']");
  await noticed(page, "imported");
  assert.deepEqual([(await names()).length, await noted()], [5, 1]);
  await press(page, "#notice [data-action='undo']");
  await noticed(page, "takenBack");
  assert.deepEqual([await names(), await noted()], [before, 0]);
  // Each row under Recently deleted says when and why.
  await press(page, "#deleted summary");
  const rows = await page.$$eval("#deleted-list li", (all) => all.map((row) => row.querySelectorAll("small").length));
  assert.deepEqual(rows, [2, 2, 2]);
  await page.close();
});

test("a key that an import has overwritten comes back, and the new one lies aside", async () => {
  await rig.reset();
  // A counter's code is the same at any time.
  const uri = (/** @type {string} */ secret) => `otpauth://hotp/Verksted:kari?secret=${secret}&counter=0&issuer=Verksted`;
  await rig.fill([uri("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]);
  const codes = async () => (await kept()).accounts.map(({ code }) => code.replaceAll(/\s/g, ""));
  assert.deepEqual(await codes(), ["755224"]);
  const page = await rig.page("www/manager/manager.html", { width: 1000, height: 900 });
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "export.txt"));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, uri("mfrggzdfmztwq2lk"));
  await page.waitForSelector("[data-fate='otherKey'] select");
  await page.select("[data-fate='otherKey'] select", "replace");
  await press(page, "[data-action='import-confirm']");
  await noticed(page, "imported");
  const [overwritten] = await codes();
  assert.notEqual(overwritten, "755224");
  await press(page, "#notice [data-action='undo']");
  await noticed(page, "undone");
  assert.deepEqual(await codes(), ["755224"]);
  // The other way round again.
  await press(page, "#deleted summary");
  await press(page, "#deleted-list [data-action='put-back']");
  await page.waitForFunction(async (core, code) => (await (await import(core)).ask("refresh", {})).view.accounts[0].code.replaceAll(/\s/g, "") === code, {}, rig.url("core.js"), overwritten);
  assert.equal((await kept()).deleted.length, 1);
  await page.close();
});

/** Feide's QR codes say whose service it is, and not whose account. */
const NAMELESS = "otpauth://totp/?secret=GEZDGNBVGY3TQOJQ&issuer=Feide";
const NOTE = "Codes: 1111-2222\n3333-4444";
const NOTED = `otpauth://totp/Fjord:kari?secret=JBSWY3DPEHPK3PXP&issuer=Fjord&codeDisplay=${encodeURIComponent(JSON.stringify({ note: NOTE, tags: ["Bank"] }))}`;
const MANY = Array.from({ length: 250 }, (_, at) => `otpauth://totp/Many:user${at}?secret=MZXW6YTBOI${"ABCDEFGH"[at & 7]}${"ABCDEFGH"[(at >> 3) & 7]}${"ABCDEFGH"[(at >> 6) & 7]}AAA&issuer=Many`);

test("an import asks for the name of who has none, takes a note along that is shown and deleted where it is asked for, and makes a long list row by row", async () => {
  await rig.reset();
  await rig.fill([]);
  const page = await rig.page("www/manager/manager.html", { width: 1000, height: 900 });
  const list = [NAMELESS, NOTED, ...MANY, "this is no URI"].join("\n");
  await page.evaluate((list) => {
    const data = new DataTransfer();
    data.items.add(new File([list], "list.txt"));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, list);
  // The last of the list is what cannot be taken over.
  await page.waitForSelector(".import-list > li:last-child[data-fate='unreadable']", { timeout: 60_000 });
  assert.equal((await page.$$(".import-list > li")).length, 253);
  assert.equal((await page.$$(".import-list .beside")).length, 2, "its note and its group, and nothing of the others");
  // From the end: what is not ticked is left.
  for (let at = 251; at > 2; at--) await page.evaluate((id) => /** @type {HTMLInputElement} */ (document.getElementById(id)).click(), `import-${at}`);
  await page.type("#import-0-name", "kari@skole.example");
  await press(page, "[data-action='import-confirm']");
  await noticed(page, "imported");
  const { accounts } = /** @type {{ accounts: (Shown & { noted: boolean, group?: string })[] }} */ ((await rig.ask("refresh")).view);
  assert.deepEqual(
    accounts.map(({ name, noted, group }) => [name, noted, group ?? null]),
    [
      ["kari@skole.example", false, null],
      ["kari", true, "Bank"],
      ["user0", false, null],
    ],
  );
  const { id = "" } = accounts.find(({ noted }) => noted) ?? {};
  await press(page, `[data-account='${id}'] .more`);
  await press(page, "#details [data-action='note']");
  await page.waitForSelector("#dialog[open] .note");
  assert.equal(await page.$eval("#dialog .note", (note) => note.textContent), NOTE);
  await press(page, "[data-action='remove-note']");
  await press(page, "#dialog[data-dialog='confirm'] [data-action='go']");
  await noticed(page, "noteRemoved");
  await page.waitForFunction((note) => !document.body.textContent?.includes(note), {}, NOTE);
  assert.equal((await rig.ask("refresh")).view.accounts.some((/** @type {{ noted: boolean }} */ { noted }) => noted), false);
  await page.close();
});
