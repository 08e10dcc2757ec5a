// Whatever is the matter with the vault: its own sentence, a way on that works, and nothing lost.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { PASSPHRASE, ROOT, accounts, noticed, onScreen, press } from "./ui-rig.mjs";

/** @typedef {import("./ui-rig.mjs").Page} Page */

const inFirefox = process.env.BROWSER === "firefox"; // see differences.mjs
const { open } = inFirefox ? await import("./ui-rig-firefox.mjs") : await import("./ui-rig.mjs");

/** @type {import("./ui-rig.mjs").Rig} */
let rig;
/** @type {string} */
let folder;
before(async () => {
  rig = await open();
  folder = await mkdtemp(join(tmpdir(), "tofaktor-trouble-"));
});
after(async () => {
  await rig.close();
  await rm(folder, { recursive: true });
});

// A vault with three accounts, locked.
beforeEach(async () => {
  await rig.reset();
  await rig.fill(accounts(3));
  await rig.ask("lock");
});
afterEach(async () => assert.deepEqual(await rig.takeComplaints(), []));

const manager = () => rig.page("www/manager/manager.html", { width: 1000 });
/** @param {Page} page @param {string} [passphrase] */
const unlock = async (page, passphrase = PASSPHRASE) => {
  await page.waitForSelector("#passphrase:enabled");
  await page.type("#passphrase", passphrase);
  await page.keyboard.press("Enter");
};
/** @param {Page} page */
const count = async (page) => {
  await onScreen(page, "accounts");
  return (await page.$$("[data-account]")).length;
};
/** The title of the trouble, as it is shown. @param {Page} page @param {string} kind */
const titled = async (page, kind) => {
  await onScreen(page, "recovery");
  const words = JSON.parse(await readFile(join(ROOT, "extension/_locales/en/messages.json"), "utf8"));
  assert.equal(await page.$eval("#recovery-title", (title) => title.textContent), words[`trouble_${kind}`].message);
  assert.equal(await page.$eval("#recovery-text", (text) => text.textContent), words[`troubleText_${kind}`].message);
  assert.equal(await page.$("#submit"), null, "never a new vault, nor a door to nowhere");
};
/** What the button saves, as a file. */
const saved = async () => {
  const { shown } = await rig.ask("exportSealed", "", "manage");
  const path = join(folder, "vault.txt");
  await writeFile(path, shown.sealed.text);
  return path;
};
/** @param {Page} page @param {string} path */
const choose = async (page, path) => {
  const input = /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement> | null} */ (await page.$("#vault-file"));
  await input?.uploadFile(path);
};
/** @param {string} name a frozen vector */
const vector = async (name) => {
  const text = await readFile(join(ROOT, `tests/vectors/vault/${name}.vault`), "utf8");
  const head = text.slice(0, text.indexOf("\n\n"));
  return { record: text.slice(head.length).replace(/\s/g, ""), passphrase: /^passphrase: (.*)$/m.exec(head)?.[1] ?? "" };
};
/** As another browser start sees it. */
const forgetSession = async () => {
  const desk = await rig.desk();
  await desk.evaluate(() => chrome.storage.session.clear());
};

test("a wrong passphrase: try again, and where nothing opens it, put it aside and have it back when it is found", async () => {
  const popup = await rig.page("www/popup/popup.html");
  await unlock(popup, "ikke denne her");
  await noticed(popup, "wrongPassphrase");
  const page = await rig.opens("manager.html#forgotten", () => press(popup, "[data-action='forgotten']"));
  await page.waitForSelector("#forgotten[open]");
  await press(page, "#forgotten [data-action='bury']");
  await press(page, "#dialog [data-action='go']");
  await onScreen(page, "firstRun");
  await noticed(page, "setAside");
  await press(page, "[data-action='bring-back-aside']");
  await onScreen(page, "locked");
  await noticed(page, "broughtBack");
  await unlock(page);
  assert.equal(await count(page), 3);
  await page.close();
});

test("a damaged vault: a file to save, and the vault back from one saved earlier", async () => {
  const file = await saved();
  const nonsense = join(folder, "other.txt");
  await writeFile(nonsense, "Kjære servicedesk\n");
  await rig.put("local", { "v1.a": "bm8=", "v1.b": "bm8=" });
  await rig.putMirror("bm8=");
  const popup = await rig.page("www/popup/popup.html");
  await titled(popup, "damaged");
  await popup.close();
  const page = await manager();
  await titled(page, "damaged");
  await choose(page, nonsense);
  await noticed(page, "notAVault");
  await choose(page, file);
  await onScreen(page, "locked");
  await noticed(page, "broughtBack");
  await unlock(page);
  assert.equal(await count(page), 3);
  await page.close();
});

test("a vault of a newer Tofaktor: nothing is touched, and an update is looked for", async () => {
  const { record } = await vector("bad-major-2");
  await rig.put("local", { "v1.a": record, "v1.b": record });
  await rig.putMirror(record);
  const page = await manager();
  await titled(page, "newer");
  assert.ok(await page.$("#bury[hidden]"), "not to be had out of the way");
  await press(page, "[data-action='update']");
  await noticed(page, "noUpdate");
  await page.close();
  const desk = await rig.desk();
  assert.deepEqual(await desk.evaluate(() => chrome.storage.local.get(["v1.a", "v1.b"])), { "v1.a": record, "v1.b": record });
});

test("another vault's record: on with the one that was unlocked, and the other is kept", async () => {
  const other = await vector("generation-51");
  await rig.put("local", { "v1.a": other.record, "v1.b": other.record });
  await forgetSession();
  const page = await manager();
  await unlock(page);
  await titled(page, "twoVaults");
  assert.match(await page.$eval("#copy", (line) => line.textContent ?? ""), /has 3 accounts\.$/);
  await press(page, "[data-action='settle']");
  assert.equal(await count(page), 3);
  await noticed(page, "settled");
  await page.close();
  assert.ok((await readFile(await saved(), "utf8")).includes(other.record));
});

test("a vault that was put back to an older state: on with the newest copy there is, by the person's word alone", async () => {
  const desk = await rig.desk();
  const old = /** @type {Record<string, string>} */ (await desk.evaluate(() => chrome.storage.local.get(["v1.a", "v1.b", "v1.exists"])));
  await rig.ask({ unlock: {} }, PASSPHRASE);
  const { view } = await rig.ask("show");
  for (const { id } of view.accounts.slice(1)) await rig.ask({ remove: { account: id } });
  await rig.ask("lock");
  await rig.put("local", old);
  await rig.putMirror(null);
  const popup = await rig.page("www/popup/popup.html");
  await unlock(popup);
  await titled(popup, "putBack");
  const page = await rig.opens("manager.html#recovery", () => press(popup, "[data-action='recovery']"));
  await titled(page, "putBack");
  assert.deepEqual(await page.$$("[data-account]"), [], "no code before that");
  await press(page, "[data-action='settle']");
  assert.equal(await count(page), 3);
  await page.close();
});

test("storage emptied from under us: while a copy is left nobody notices, and without one it says so", async () => {
  const file = await saved();
  await rig.ask({ unlock: {} }, PASSPHRASE);
  const desk = await rig.desk();
  await desk.evaluate(() => chrome.storage.local.clear());
  const popup = await rig.page("www/popup/popup.html");
  assert.equal(await count(popup), 3);
  await popup.close();
  await desk.evaluate(() => chrome.storage.local.clear());
  await rig.putMirror(null);
  const page = await manager();
  await titled(page, "vanished");
  await choose(page, file);
  await onScreen(page, "locked");
  await unlock(page);
  assert.equal(await count(page), 3);
  await page.close();
});

test("full storage: what is there stays, what was to be saved waits, and the same button saves it once there is room", { skip: inFirefox && "Firefox's storage.local has no limit but the disk" }, async () => {
  await rig.ask({ unlock: {} }, PASSPHRASE);
  await rig.ask("addPending", accounts(4)[3]);
  const desk = await rig.desk();
  await desk.evaluate(async () => {
    let size = 4 * 1024 * 1024;
    for (let at = 0; size >= 1; at++) {
      try {
        await chrome.storage.local.set({ [`filler${at}`]: "x".repeat(size) });
      } catch {
        size >>= 1;
      }
    }
  });
  const page = await manager();
  assert.equal(await count(page), 3);
  await press(page, "[data-pending-account] [data-action='save']");
  await noticed(page, "storageFull");
  assert.equal(await count(page), 3);
  await desk.evaluate(async () => {
    const all = await chrome.storage.local.get(null);
    await chrome.storage.local.remove(Object.keys(all).filter((key) => key.startsWith("filler")));
  });
  await press(page, "[data-pending-account] [data-action='save']");
  await noticed(page, "saved");
  assert.equal(await count(page), 4);
  await page.close();
});

test("stores that do not answer: said, and well again when they do", { skip: inFirefox && "no script runs before an extension page's own" }, async () => {
  const page = await rig.browser.newPage();
  await page.evaluateOnNewDocument(() => {
    if (localStorage.getItem("answers")) return;
    chrome.storage.local.get = async () => Promise.reject(new Error("IO error"));
    indexedDB.open = () => {
      throw new Error("IO error");
    };
  });
  await page.goto(rig.url("www/manager/manager.html"));
  await titled(page, "silent");
  await page.evaluate(() => localStorage.setItem("answers", "yes"));
  await press(page, "[data-action='again']");
  await onScreen(page, "locked");
  await unlock(page);
  assert.equal(await count(page), 3);
  await page.evaluate(() => localStorage.removeItem("answers"));
  await page.close();
});
