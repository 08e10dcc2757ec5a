// The folder that the vault is copied into by itself. The picker is the one thing that is replaced: what it would give, a real
// handle, is that of a folder in the extension's own file system.
import assert from "node:assert/strict";
import { test } from "node:test";
import { forget, start } from "./harness.mjs";
import { onScreen, press } from "./ui-rig.mjs";

const WORDS = "fire glade elger";

/** @typedef {import("./harness.mjs").Harness} Harness */
/** @typedef {import("puppeteer-core").Page} Page */

/** @param {Harness} harness @param {string} name */
const enter = (harness, name) => harness.core("ask", { enter: { draft: { name, issuer: "Microsoft", algorithm: "SHA1", digits: 6, period: 30, counter: 0 } } }, "jbswy3dpehpk3pxp");

/** The manager, with a picker that gives this folder. @param {Harness} harness @param {string} screen */
const manager = async (harness, screen) => {
  const page = await harness.browser.newPage();
  await harness.goTo(page, "www/manager/manager.html#moving");
  await onScreen(page, screen);
  await page.evaluate(() => {
    Reflect.set(globalThis, "showDirectoryPicker", async () => (await navigator.storage.getDirectory()).getDirectoryHandle("desk", { create: true }));
  });
  return page;
};

/** What is in the folder: of each file its name and its bytes. @param {Harness} harness @returns {Promise<Record<string, number[]>>} */
const files = async (harness) =>
  (await harness.probe()).evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("desk");
    /** @type {Record<string, number[]>} */
    const found = {};
    for await (const entry of folder.values()) if (entry instanceof FileSystemFileHandle) found[entry.name] = [...new Uint8Array(await (await entry.getFile()).arrayBuffer())];
    return found;
  });

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

const generation = (/** @type {number[]} */ bytes) => Number(Buffer.from(bytes).readBigUInt64LE(32));

/** The same record, a hundred saves later, its checksum right. @param {number[]} bytes */
const later = (bytes) => {
  const record = Buffer.from(bytes);
  record.writeBigUInt64LE(record.readBigUInt64LE(32) + 100n, 32);
  let crc = 0xffffffff;
  for (const byte of record.subarray(0, -4)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  record.writeUInt32LE(~crc >>> 0, record.length - 4);
  return [...record];
};

/** Which generation the store holds. @param {Harness} harness */
const stored = async (harness) => {
  const { "v1.a": a, "v1.b": b } = await harness.stored("local");
  return Math.max(...[a, b].filter(Boolean).map((text) => generation([...Buffer.from(text, "base64")])));
};

/** Until what is shown of the folder says so: the worker has then written, or could not. @param {Page} page @param {RegExp} words */
const says = (page, words) => page.waitForFunction((words) => new RegExp(words).test(document.querySelector("#folder-state")?.textContent ?? ""), {}, words.source);

/** Until the folder has what the store has. @param {Harness} harness @param {string} name */
const copied = async (harness, name) => {
  const wanted = await stored(harness);
  await (await harness.probe()).waitForFunction(
    async (name, wanted) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("desk");
      const file = await (await folder.getFileHandle(name)).getFile();
      return file.size > 40 && Number(new DataView(await file.arrayBuffer()).getBigUint64(32, true)) === wanted;
    },
    { polling: 50 },
    name,
    wanted,
  );
};

const skip = process.env.BROWSER === "firefox" && "Firefox has no picker of folders";

test("every change lies in the folder by itself, with the one before; whatever is the matter there, nothing is lost, and a wiped profile is opened from it", { skip }, async () => {
  const harness = await start({ browser: "chromium", site: async () => undefined });
  try {
    await harness.core("ask", { create: {} }, WORDS);
    await enter(harness, "kari@skole.example");
    const page = await manager(harness, "accounts");
    await says(page, /No folder is chosen/);
    await press(page, "[data-action='choose-folder']");
    await says(page, /Last written into .desk./);
    const [name] = Object.keys(await files(harness));
    assert.ok(name);
    assert.match(name, /^tofaktor-[0-9a-f]{8}\.tofaktor$/);
    const previous = name.replace(".tofaktor", "-previous.tofaktor");
    assert.equal(generation((await files(harness))[name] ?? []), await stored(harness));

    // Changes that nobody has to do anything for: the worker writes them.
    const before = await stored(harness);
    await enter(harness, "ola@skole.example");
    await copied(harness, name);
    assert.equal(generation((await files(harness))[previous] ?? []), before);

    // Synced by half, and of an older vault: made whole again. A newer copy of this vault: left alone, and said.
    const whole = (await files(harness))[name] ?? [];
    await put(harness, name, whole.slice(0, 300));
    await enter(harness, "per@skole.example");
    await copied(harness, name);
    assert.deepEqual(Object.keys(await files(harness)).sort(), [previous, name].sort(), "no half of a file is kept as a generation");
    const newest = (await files(harness))[name] ?? [];
    const newer = later(newest);
    await put(harness, name, newer);
    await enter(harness, "eli@skole.example");
    await says(page, /newer copy of this vault already lies in .desk./);
    assert.deepEqual((await files(harness))[name], newer);
    await put(harness, name, newest);
    await enter(harness, "pia@skole.example");
    await copied(harness, name);

    // After a start of the browser it wants to be asked again, by a press.
    await page.evaluate(() => Reflect.set(FileSystemHandle.prototype, "queryPermission", async () => "prompt"));
    await press(page, "[data-action='choose-folder']");
    await says(page, /wants to be asked again/);
    await page.evaluate(() => {
      Reflect.set(FileSystemHandle.prototype, "queryPermission", async () => "granted");
      Reflect.set(FileSystemHandle.prototype, "requestPermission", async () => "granted");
    });
    await press(page, "[data-action='allow-folder']");
    await says(page, /Last written/);

    // Gone, full: said, and the vault is as it was.
    await (await harness.probe()).evaluate(async () => (await navigator.storage.getDirectory()).removeEntry("desk", { recursive: true }));
    await enter(harness, "liv@skole.example");
    await says(page, /is not there\. Nothing is lost/);
    assert.equal((await harness.core("ask", "show")).view.accounts.length, 6);
    await press(page, "[data-action='choose-folder']");
    await says(page, /Last written/);
    await copied(harness, name);
    const session = await page.createCDPSession();
    const { origin } = harness;
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
    await enter(harness, "siv@skole.example");
    await says(page, /no room in .desk/);
    assert.ok(generation((await files(harness))[name] ?? []) > generation(newest), "what lay there still lies there, whole");
    await session.send("Storage.overrideQuotaForOrigin", { origin });
    await enter(harness, "bo@skole.example");
    await copied(harness, name);

    // Two computers in one folder: another's file is not touched, and of all that lie there the newest whole one is opened.
    const own = (await files(harness))[name] ?? [];
    await put(harness, "tofaktor-00000000.tofaktor", whole);
    await put(harness, "tofaktor-11111111.tofaktor", own.slice(0, 900));
    await enter(harness, "rut@skole.example");
    await copied(harness, name);
    assert.deepEqual((await files(harness))["tofaktor-00000000.tofaktor"], whole);
    await page.close();
    await (await harness.probe()).evaluate(forget);
    await (await harness.probe()).evaluate(() => new Promise((resolve) => (indexedDB.deleteDatabase("backup-folder").onsuccess = () => resolve(undefined))));
    const wiped = await manager(harness, "firstRun");
    await wiped.evaluate(() => (location.hash = "#accounts"));
    await press(wiped, "#open-folder");
    await onScreen(wiped, "locked");
    const { view } = await harness.core("ask", { unlock: {} }, WORDS);
    assert.deepEqual(
      view.accounts.map((/** @type {{ name: string }} */ account) => account.name.split("@")[0]),
      ["kari", "ola", "per", "eli", "pia", "liv", "siv", "bo", "rut"],
    );
    assert.deepEqual((await harness.findings()).complaints, []);
  } finally {
    await harness.close();
  }
});
