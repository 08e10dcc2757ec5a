// The folder that the vault is copied into by itself. The picker is the one thing that is replaced: what it would give, a real
// handle, is that of a folder in the extension's own file system. Whose files are written over, in which order and after
// which fault is asked in folder.rs; here is what the browser has to do for it.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { BROWSERS, forget, start } from "./harness.mjs";
import { accounts, frozenVault, onScreen, open, press } from "./ui-rig.mjs";

const WORDS = "fire glade elger";

/** @typedef {import("./harness.mjs").Harness} Harness */
/** @typedef {import("puppeteer-core").Page} Page */

/** @param {Harness} harness @param {string} name */
const enter = (harness, name) => harness.core("ask", { enter: { draft: { name, issuer: "Microsoft", algorithm: "SHA1", digits: 6, period: 30, counter: 0 } } }, "jbswy3dpehpk3pxp");

/** With a picker that gives this folder. @param {Page} page */
const withPicker = (page) =>
  page.evaluate(() => {
    Reflect.set(globalThis, "showDirectoryPicker", async () => (await navigator.storage.getDirectory()).getDirectoryHandle("desk", { create: true }));
  });

/** @param {Harness} harness @param {string} place @param {string} screen */
const manager = async (harness, place, screen) => {
  const page = await harness.browser.newPage();
  await harness.goTo(page, `www/manager/manager.html#${place}`);
  await onScreen(page, screen);
  await withPicker(page);
  return page;
};

/** What is in the folder: of each file its name and its bytes. @param {Page} page of the extension @returns {Promise<Record<string, number[]>>} */
const filesSeenBy = (page) =>
  page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("desk");
    /** @type {Record<string, number[]>} */
    const found = {};
    for await (const entry of folder.values()) if (entry instanceof FileSystemFileHandle) found[entry.name] = [...new Uint8Array(await (await entry.getFile()).arrayBuffer())];
    return found;
  });
/** @param {Harness} harness */
const files = async (harness) => filesSeenBy(await harness.probe());

/** @param {Harness} harness @param {string} name @param {number[]} bytes */
const put = async (harness, name, bytes) =>
  (await harness.probe()).evaluate(
    async (name, bytes) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("desk", { create: true });
      const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
      await stream.write(new Uint8Array(bytes));
      await stream.close();
    },
    name,
    bytes,
  );

const removeFolder = () => navigator.storage.getDirectory().then((root) => root.removeEntry("desk", { recursive: true }));

/** Of those that are shown. @param {Page} page @param {string} place */
const firstButton = (page, place) => page.$eval(place, (part) => [...part.querySelectorAll("button")].find((button) => button.checkVisibility())?.id);

/** Until what is shown of the folder says so. @param {Page} page @param {RegExp} words */
const says = (page, words) => page.waitForFunction((words) => new RegExp(words).test(document.querySelector("#folder-state")?.textContent ?? ""), {}, words.source);

/** Until it is said of the generation that is stored now that it was written. @param {Page} page of the extension */
const copied = (page) =>
  page.waitForFunction(
    async () => {
      const { "v1.a": a, "v1.b": b, "v1.folder": said } = await chrome.storage.local.get(["v1.a", "v1.b", "v1.folder"]);
      const generation = (/** @type {unknown} */ text) => (typeof text === "string" ? new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer).getBigUint64(32, true) : 0n);
      const [first, second] = [generation(a), generation(b)];
      const { generation: written, trouble } = JSON.parse(String(said ?? "{}"));
      return !trouble && BigInt(written ?? 0) === (first > second ? first : second);
    },
    { polling: 50 },
  );

const skip = process.env.BROWSER === "firefox" && "Firefox has no picker of folders";

test("every change lies in the folder by itself; whatever is the matter there it is said, and a wiped profile is opened from it", { skip }, async () => {
  const harness = await start({ browser: "chromium", site: async () => undefined });
  try {
    const probe = await harness.probe();
    await harness.core("ask", { create: {} }, WORDS);
    await enter(harness, "kari@skole.example");
    const page = await manager(harness, "moving", "accounts");
    await says(page, /No folder is chosen/);
    await press(page, "[data-action='choose-folder']");
    await says(page, /Last written into .desk./);
    const [name = ""] = Object.keys(await files(harness));
    assert.match(name, /^tofaktor-[0-9a-f]{8}\.tofaktor$/);
    const first = (await files(harness))[name];

    // Changes that nobody has to do anything for: the worker writes them.
    await enter(harness, "ola@skole.example");
    await copied(probe);
    const previous = name.replace(".tofaktor", "-previous.tofaktor");
    assert.deepEqual((await files(harness))[previous], first);

    // Another's file under this name stays, and that is said.
    await put(harness, name, frozenVault);
    await enter(harness, "per@skole.example");
    await copied(probe);
    await says(page, /a file of the same name that is not from here/);
    assert.deepEqual((await files(harness))[name], frozenVault);
    const own = name.replace(".tofaktor", "-2.tofaktor");
    assert.ok((await files(harness))[own]);

    // After a start of the browser it wants to be asked again, by a press.
    await page.evaluate(() => Reflect.set(FileSystemHandle.prototype, "queryPermission", async () => "prompt"));
    await press(page, "[data-action='choose-folder']");
    await says(page, /wants to ask you again/);
    await page.evaluate(() => {
      Reflect.set(FileSystemHandle.prototype, "queryPermission", async () => "granted");
      Reflect.set(FileSystemHandle.prototype, "requestPermission", async () => "granted");
    });
    await press(page, "[data-action='allow-folder']");
    await says(page, /^Last written/);

    // Gone, full: said, and the vault is as it was.
    await probe.evaluate(removeFolder);
    await enter(harness, "liv@skole.example");
    await says(page, /is not there\. Nothing is lost/);
    await press(page, "[data-action='choose-folder']");
    await says(page, /^Last written/);
    const session = await page.createCDPSession();
    const { origin } = harness;
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
    const whole = (await files(harness))[name];
    await enter(harness, "siv@skole.example");
    await says(page, /no room in .desk/);
    assert.deepEqual((await files(harness))[name], whole, "what lay there still lies there, whole");
    await session.send("Storage.overrideQuotaForOrigin", { origin });
    await enter(harness, "bo@skole.example");
    await copied(probe);
    await page.close();

    // Wiped, with another's vault and the half of a file in the same folder: the person is asked, and nothing hides the rest.
    await put(harness, "annen.tofaktor", frozenVault);
    await put(harness, "halv.tofaktor", frozenVault.slice(0, 700));
    await probe.evaluate(forget);
    await probe.evaluate(() => new Promise((resolve) => (indexedDB.deleteDatabase("backup-folder").onsuccess = () => resolve(undefined))));
    const popup = await harness.browser.newPage();
    await harness.goTo(popup, "www/popup/popup.html");
    await onScreen(popup, "firstRun");
    assert.equal(await firstButton(popup, "main"), "open-folder", "before a new vault is made");
    // Its page lives while the browser's picker is open.
    const opened = harness.browser.waitForTarget((target) => target.url().endsWith("#open-folder"));
    await press(popup, "#open-folder");
    const wiped = await (await opened).page();
    assert.ok(wiped);
    await onScreen(wiped, "firstRun");
    await withPicker(wiped);
    assert.equal(await firstButton(wiped, "#unlock-section"), "open-folder");
    await wiped.waitForFunction(() => document.activeElement?.id === "open-folder");
    await press(wiped, "#open-folder");
    const dialog = await wiped.waitForSelector("[data-dialog='folder-copies']");
    assert.match(String(await dialog?.evaluate(({ textContent }) => textContent)), /not whole: halv\.tofaktor/);
    assert.equal((await wiped.$$("[data-action='open-copy']")).length, 2);
    await wiped.evaluate((name) => /** @type {HTMLElement | undefined} */ ([...document.querySelectorAll("[data-action='open-copy']")].find(({ textContent }) => textContent?.startsWith(name)))?.click(), name);
    await onScreen(wiped, "locked");
    const { view } = await harness.core("ask", { unlock: {} }, WORDS);
    assert.deepEqual(
      view.accounts.map((/** @type {{ name: string }} */ account) => account.name.split("@")[0]),
      ["kari", "ola", "per", "liv", "siv", "bo"],
    );
    // It goes on in the folder that it came from, under the same name.
    await enter(harness, "rut@skole.example");
    await copied(probe);
    assert.deepEqual(Object.keys(await files(harness)).sort(), ["annen.tofaktor", "halv.tofaktor", name, previous].sort());
    assert.deepEqual((await harness.findings()).complaints, []);
  } finally {
    await harness.close();
  }
});

test("what was not written while the browser ended is written when it starts", { skip }, async () => {
  const profile = await mkdtemp(join(tmpdir(), "tofaktor-folder-"));
  try {
    const before = await open({ profile });
    for (const [wish, first] of /** @type {const} */ ([["required", true], ["offered", true], ["off", false], [undefined, false]])) {
      const welcome = await before.page("www/welcome/welcome.html", { policy: wish ? { backupFolder: wish } : {} });
      assert.equal((await firstButton(welcome, "main")) === "open-folder", first, `the welcome page under ${wish}`);
      await welcome.close();
    }
    const page = await before.page("www/manager/manager.html#moving");
    await before.fill(accounts(1));
    await onScreen(page, "accounts");
    await withPicker(page);
    await press(page, "[data-action='choose-folder']");
    await copied(page);
    const written = Object.keys(await filesSeenBy(page));
    assert.equal(written.length, 1);
    await page.evaluate(async (name) => (await (await navigator.storage.getDirectory()).getDirectoryHandle("desk")).removeEntry(name), written[0] ?? "");
    await before.close();

    const after = await open({ profile });
    const desk = await after.page("www/manager/manager.html");
    await desk.waitForFunction(
      async (name) => {
        const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("desk");
        const file = await folder.getFileHandle(name).catch(() => undefined);
        return file !== undefined && (await file.getFile()).size > 0;
      },
      { polling: 50 },
      written[0] ?? "",
    );
    await after.close();
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
});

test("where the browser can keep no folder that is said, a backup is a press away, and is reminded of", { skip: !BROWSERS.includes("firefox") && "Chromium can" }, async () => {
  const harness = await start({ browser: "firefox", site: async () => undefined });
  try {
    const page = await harness.browser.newPage();
    for (const [path, restore] of [["www/popup/popup.html", undefined], ["www/welcome/welcome.html", "#restore"], ["www/manager/manager.html", "#restore"]]) {
      await harness.goTo(page, path ?? "");
      await onScreen(page, "firstRun");
      const seen = await page.evaluate((restore) => ["#open-folder", ...(restore ? [restore] : [])].map((each) => document.querySelector(each)?.checkVisibility()), restore);
      assert.deepEqual(seen, restore ? [false, true] : [false], `${path}: a file is the way back`);
    }
    await harness.core("ask", { create: {} }, WORDS);
    await enter(harness, "kari@skole.example");
    await harness.goTo(page, "www/manager/manager.html#moving");
    await onScreen(page, "accounts");
    await says(page, /cannot remember a folder\. Save a backup yourself; Tofaktor reminds you/);
    await page.waitForFunction(() => document.querySelector("#backup-state")?.textContent !== "");
    const buttons = await page.evaluate(() => ["#folder [data-action='choose-folder']", "#backup [data-action='backup']"].map((each) => document.querySelector(each)?.checkVisibility()));
    assert.deepEqual(buttons, [false, true]);
    const { view } = await harness.core("ask", "show");
    assert.equal(view.unsaved, 1, "one account is in no backup yet, and that is what the popup reminds of");
  } finally {
    await harness.close();
  }
});
