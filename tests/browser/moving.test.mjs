// In and out in a real browser: every format through the shipped Wasm, and what a person does on the pages.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { on } from "node:events";
import { existsSync, readFileSync, readdirSync, statSync, watch } from "node:fs";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { PASSPHRASE, ROOT, accounts, noticed, press } from "./ui-rig.mjs";

/** @typedef {import("./ui-rig.mjs").Page} Page */
/** @typedef {{ type: string, issuer: string, account: string, secret: string, algorithm: string, digits: number, period?: number, counter?: number }} Entry */

const inFirefox = process.env.BROWSER === "firefox"; // see differences.mjs
const { open } = inFirefox ? await import("./ui-rig-firefox.mjs") : await import("./ui-rig.mjs");

/** @type {import("./ui-rig.mjs").Rig} */
let rig;
/** @type {string} */
let downloads;
before(async () => {
  rig = await open();
  downloads = await mkdtemp(join(tmpdir(), "tofaktor-downloads-"));
  await rig.saveDownloadsIn(downloads);
});
after(async () => {
  await rig.close();
  await rm(downloads, { recursive: true, force: true });
});
afterEach(async () => assert.deepEqual(await rig.takeComplaints(), []));

/** @param {string} [place] */
const manager = (place = "accounts") => rig.page(`www/manager/manager.html#${place}`, { width: 1000, height: 900 });

/** Reads a file as the page does: in the Worker. @param {Buffer} file @param {string} password @param {Buffer} [key] @returns {Promise<{ error: string | null, format: string, unreadable: number, entries: any[] }>} */
const readByWasm = async (file, password, key = Buffer.alloc(0)) => {
  const desk = await rig.desk();
  return desk.evaluate(
    async (base64, password, url, key) => {
      const { read } = await import(url);
      const [bytes, keyFile] = [base64, key].map((text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
      const reading = await read(bytes, password || undefined, new AbortController().signal, keyFile);
      // After its length.
      const text = new TextDecoder().decode(reading.entries.subarray(4));
      return { error: reading.error ?? null, format: reading.format, unreadable: reading.unreadable.length, entries: text ? JSON.parse(text).accounts : [] };
    },
    file.toString("base64"),
    password,
    rig.url("www/shared/reading.js"),
    key.toString("base64"),
  );
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** What a secret says, whatever spelling it has: what fills no byte is dropped. @param {string} base32 */
const decoded = (base32) => {
  let [bits, held] = [0, 0];
  const bytes = [];
  for (const letter of base32.toUpperCase().replaceAll(/[\s=-]/g, "")) {
    held = (held << 5) | ALPHABET.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bytes.push((held >> (bits - 8)) & 255);
      bits -= 8;
      held &= (1 << bits) - 1;
    }
  }
  return Buffer.from(bytes).toString("base64");
};
/** @param {Entry} e */
const expected = (e) => [e.type, e.issuer, e.account, decoded(e.secret), e.algorithm, e.digits, e.counter ?? e.period ?? 30];
/** @param {any} a an account as a vault has it */
const got = (a) => [a.kind, a.issuer, a.name, a.secret, a.algorithm, a.digits, a.counter ?? a.period ?? 30];

/** A vector: a header, an empty line, the file. @param {string} text */
const parseVector = (text) => {
  const at = text.indexOf("\n\n");
  const [head, body] = [text.slice(0, at).split("\n"), text.slice(at + 2)];
  const all = (/** @type {string} */ key) => head.filter((line) => line.startsWith(key)).map((line) => line.slice(key.length).trim());
  return {
    password: all("password:")[0] ?? "",
    key: Buffer.from(all("key:")[0] ?? "", "base64"),
    refused: all("expect:").length > 0,
    /** @type {Entry[]} */
    entries: all("entry:").map((entry) => JSON.parse(entry)),
    unreadable: all("unreadable:").length,
    file: all("body:")[0] === "base64" ? Buffer.from(body, "base64") : Buffer.from(body),
  };
};

test("every vector of every format, through the shipped Wasm in its Worker", async () => {
  const folder = join(ROOT, "tests/vectors/exchange");
  let [taken, refused] = [0, 0];
  for (const name of (await readdir(folder)).filter((name) => name.endsWith(".vector")).sort()) {
    const vector = parseVector(await readFile(join(folder, name), "utf8"));
    const reading = await readByWasm(vector.file, vector.password, vector.key);
    if (vector.refused) {
      assert.ok(reading.error, name);
      refused++;
    } else {
      assert.equal(reading.error, null, name);
      // What lies in the other app's bin comes after them.
      assert.deepEqual(reading.entries.filter(({ discarded }) => !discarded).map(got), vector.entries.map(expected), name);
      assert.equal(reading.unreadable, vector.unreadable, name);
      taken++;
    }
  }
  console.log(`${taken} vectors read alike, ${refused} refused, through the shipped Wasm`);
  assert.ok(taken >= 45 && refused >= 20);
});

/** RFC 4180. @param {string} text */
const csvRows = (text) => {
  /** @type {string[][]} */
  const rows = [[""]];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    const row = /** @type {string[]} */ (rows.at(-1));
    const add = (/** @type {string} */ letter) => row.push((row.pop() ?? "") + letter);
    if (c === '"' && quoted && text[i + 1] === '"') add(text[++i] ?? "");
    else if (c === '"') quoted = !quoted;
    else if (c === "," && !quoted) row.push("");
    else if (c === "\n" && !quoted) rows.push([""]);
    else if (c !== "\r") add(c);
  }
  return rows.filter((row) => row.length > 1);
};

test("every real export, through the shipped Wasm in its Worker", async (t) => {
  const folder = join(ROOT, "../shared/fixtures/imports");
  if (!existsSync(join(folder, "manifest.csv"))) return t.skip("../shared/fixtures/imports is not here");
  const [head = [], ...rows] = csvRows(readFileSync(join(folder, "manifest.csv"), "utf8"));
  /** @type {Map<string, { files: number, read: number, entries: number, refused: number }>} */
  const table = new Map();
  for (const row of rows) {
    const of = (/** @type {string} */ name) => row[head.indexOf(name)] ?? "";
    // This KeePass 3 database has no codes, and asks for 43 million rounds first; the vectors have one that asks for few.
    if (of("file").endsWith("keepass.kdbx3.kdbx")) continue;
    // Some of these derive their key for up to sixteen seconds; vectors of both are read in each browser.
    if (inFirefox && ["ente", "keepass"].some((app) => of("file").startsWith(`${app}/`))) continue;
    const password = ["?", "(undecryptable)"].includes(of("password")) ? "" : of("password");
    const reading = await readByWasm(readFileSync(join(folder, of("file"))), password);
    const line = table.get(of("format")) ?? { files: 0, read: 0, entries: 0, refused: 0 };
    table.set(of("format"), line);
    line.files++;
    // Codes of other kinds are reported and not taken.
    if (of("status") === "decoded") {
      /** @type {Entry[]} */
      const listed = JSON.parse(of("expected_entries_json"));
      const wanted = listed.filter(({ type }) => type !== "motp" && type !== "yandex");
      for (const entry of wanted) if (of("format") === "kdbx" && entry.digits === 5) entry.type = "steam";
      assert.equal(reading.error, null, of("file"));
      // What was thrown away there is not listed.
      const taken = reading.entries.filter(({ discarded }) => !discarded);
      assert.deepEqual(taken.map(got), wanted.map(expected), of("file"));
    }
    if (reading.error) line.refused++;
    else {
      line.read++;
      line.entries += reading.entries.length;
    }
  }
  const sum = { files: 0, read: 0, entries: 0, refused: 0 };
  console.log(`${"format".padEnd(46)}files  read  refused  entries`);
  for (const [format, { files, read, entries, refused }] of [...table].sort()) {
    console.log(`${format.padEnd(46)}${String(files).padStart(5)} ${String(read).padStart(5)} ${String(refused).padStart(8)} ${String(entries).padStart(8)}`);
    sum.files += files;
    sum.read += read;
    sum.entries += entries;
    sum.refused += refused;
  }
  console.log(`${"all".padEnd(46)}${String(sum.files).padStart(5)} ${String(sum.read).padStart(5)} ${String(sum.refused).padStart(8)} ${String(sum.entries).padStart(8)}`);
  assert.ok(sum.read >= (inFirefox ? 54 : 63));
});

/** Drops a file on the page. @param {Page} page @param {string} name @param {Buffer} bytes @param {string} [type] */
const drop = (page, name, bytes, type = "") =>
  page.evaluate(
    (name, base64, type) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    },
    name,
    bytes.toString("base64"),
    type,
  );

/** @param {string} name */
const vector = async (name) => parseVector(await readFile(join(ROOT, "tests/vectors/exchange", `${name}.vector`), "utf8"));
const records = async () => (await (await rig.desk()).evaluate(() => chrome.storage.local.get(["v1.a", "v1.b"])));

test("an encrypted export: password asked, a wrong one said, every entry a line, saved once and only when confirmed", async () => {
  await rig.reset();
  await rig.ask({ create: {} }, PASSPHRASE);
  const { file, password, entries } = await vector("aegis-encrypted");
  const page = await manager();
  const before = await records();
  await drop(page, "what-ever.bin", file);
  await page.waitForSelector("#import-password");
  await page.type("#import-password", "not the one");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#dialog .trouble:not(:empty)");
  await page.type("#import-password", password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-action='import-confirm']");
  assert.equal((await page.$$("#dialog [data-fate='new']")).length, entries.length);
  assert.deepEqual(await records(), before, "nothing is written before the person confirms");
  await press(page, "[data-action='import-confirm']");
  await noticed(page, "imported");
  assert.equal((await rig.ask("show")).view.accounts.length, entries.length);
  // The same file again: all of it is there.
  await drop(page, "again", file);
  await page.waitForSelector("#import-password");
  await page.type("#import-password", password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-action='import-confirm']:disabled");
  assert.equal((await page.$$("#dialog [data-fate='same']")).length, entries.length);
  // Beside a list in an archive are pictures, which the scanner reads, and what is no export.
  await page.keyboard.press("Escape");
  await drop(page, "all.zip", (await vector("archive-beside")).file);
  await page.waitForSelector("#import-pictures");
  assert.deepEqual(await page.$$eval("#import-pictures, #import-other-files", (lines) => lines.map(({ textContent }) => textContent)), [
    "2 pictures in the archive were not read. If they show QR codes, unpack the archive and choose the pictures.",
    "2 other files in the archive were not read. They are attachments, or no exports that Tofaktor knows.",
  ]);
  // A KeePass database that opens by a key file alone.
  const keepass = await vector("keepass-4-key-xml2");
  const path = join(downloads, "my.keyx");
  await writeFile(path, keepass.key);
  await page.keyboard.press("Escape");
  await drop(page, "my.kdbx", keepass.file);
  const input = await page.waitForSelector("#import-key-file");
  await /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (input).uploadFile(path);
  await press(page, "#dialog form [type='submit']");
  await page.waitForSelector("[data-action='import-confirm']");
  assert.equal((await page.$$("#dialog [data-fate]")).length, keepass.entries.length + 1, "one of them lies in the bin");
  await rm(path);
  await page.close();
});

test("what was thrown away in another app is not ticked, and says why", async () => {
  await rig.reset();
  await rig.fill([]);
  const page = await manager();
  const item = (/** @type {string} */ name, /** @type {string} */ totp, more = {}) => ({ type: 1, name, login: { username: `${name}@x.example`, totp }, ...more });
  const date = "2026-11-01T08:00:00.000Z";
  const items = [item("thrown", "mzxw6ytb", { deletedDate: date }), item("live", "mzxw6ytc", { deletedDate: null }), item("kept-away", "mzxw6ytd", { archivedDate: date })];
  await drop(page, "bitwarden.json", Buffer.from(JSON.stringify({ encrypted: false, items })));
  await page.waitForSelector("[data-action='import-confirm']");
  const words = await page.evaluate(async (url) => {
    const { say } = await import(url);
    return ["fate_new", "discarded_trash", "discarded_archive"].map((key) => say(key));
  }, rig.url("www/shared/page.js"));
  const shown = await page.$$eval("#dialog [data-fate]", (rows) => rows.map((row) => [row.querySelector("strong")?.textContent, row.querySelector("input")?.checked, row.querySelector("small[id]")?.textContent]));
  assert.deepEqual(shown, [
    ["live@x.example", true, words[0]],
    ["thrown@x.example", false, words[1]],
    ["kept-away@x.example", false, words[2]],
  ]);
  await press(page, "#import-1");
  await press(page, "[data-action='import-confirm']");
  await noticed(page, "imported");
  assert.deepEqual((await rig.ask("show")).view.accounts.map((/** @type {{ issuer: string }} */ { issuer }) => issuer), ["live", "thrown"]);
  await page.close();
});

/** From now on what the page's Worker says waits until `letOut` is called there; `held` is whether it has said something. @param {Page} page */
const holdAnswers = (page) =>
  page.evaluate(() => {
    const state = Object.assign(globalThis, {
      held: false,
      answer: () => {},
      letOut: () => {
        state.answer();
        state.answer = () => {};
      },
    });
    globalThis.Worker = class extends Worker {
      set onmessage(/** @type {(event: MessageEvent) => void} */ then) {
        this.addEventListener("message", (event) => Object.assign(state, { answer: () => then(event), held: true }));
      }
    };
  });

test("what cannot be read says what to do instead, and a slow one can be cancelled", { timeout: 600_000 }, async () => {
  const page = await manager();
  for (const [name, part] of [["bad-bitwarden-account", "Bitwarden"], ["bad-microsoft-push", "aka.ms/mfasetup"], ["bad-microsoft-database", ""], ["bad-empty", ""]]) {
    const { file } = await vector(name ?? "");
    await drop(page, "x", file);
    await page.waitForSelector("[data-action='close-import']");
    const words = await page.$eval("#dialog .warning", (element) => element.textContent ?? "");
    assert.ok(words.length > 20 && words.includes(part ?? ""), `${name}: ${words}`);
    await press(page, "[data-action='close-import']");
    await page.waitForSelector("#dialog:empty");
  }
  const { file, password } = await vector("ente-encrypted");
  await drop(page, "ente.txt", file);
  await page.waitForSelector("#import-password");
  await holdAnswers(page); // however quick it is
  await page.type("#import-password", password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#dialog [role='progressbar']"); // the form has such a button too
  await press(page, "[data-action='cancel-import']");
  await page.waitForSelector("#dialog:not([open])");
  // The browser tells of a Worker's end a moment after it; one that goes on is stopped by the test's time limit.
  const running = () => rig.browser.targets().some((target) => target.url().endsWith("/read.js"));
  while (running()) await new Promise((resolve) => rig.browser.once("targetdestroyed", resolve));
  await page.close();
});

test("whoever turns away is not asked again: an answer of the Worker that comes before the sheet's late word of it does nothing", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  const page = await manager();
  await holdAnswers(page);
  await page.evaluate(() => {
    const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("#dialog"));
    const state = Object.assign(globalThis, { wasClosed: false });
    const letOut = () => /** @type {any} */ (globalThis).letOut();
    // By the key: after the page's own listener has heard of it, or, where a browser says nothing before, first of all.
    dialog.addEventListener("cancel", letOut);
    addEventListener("close", letOut, { capture: true });
    dialog.addEventListener("close", () => (state.wasClosed = true));
    // By a button: in the same turn as the press.
    addEventListener("click", letOut);
  });
  for (const name of ["ente-encrypted", "bad-bitwarden-account", "migration-parts", "aegis-plain"])
    for (const way of ["[data-action='cancel-import']", "#dialog .dialog-head button", "Escape"]) {
      await page.evaluate(() => Object.assign(globalThis, { held: false, wasClosed: false }));
      await drop(page, name, (await vector(name)).file);
      await page.waitForFunction("held");
      assert.ok(await page.$("#dialog[open] [role='progressbar']"));
      if (way === "Escape") await page.keyboard.press(way);
      else await press(page, way);
      await page.waitForFunction("wasClosed");
      assert.ok(await page.$("#dialog:not([open]):not([data-dialog]):empty"), `${name}, ${way}`);
    }
  // The next file is read as ever.
  await drop(page, "next", (await vector("ente-encrypted")).file);
  await page.waitForFunction("(letOut(), document.querySelector('#import-password'))");
  await page.close();
});

test("several files, at once or one over the other, are one list that says which is from where; cancel is the end of all", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  const page = await manager();
  const [first, second, asking, bad] = await Promise.all(["aegis-plain", "2fas-schema-4", "ente-encrypted", "bad-text"].map(vector));
  assert.ok(first && second && asking && bad);
  const size = (/** @type {typeof first} */ { entries, unreadable }) => entries.length + unreadable;
  const lists = (/** @type {number} */ count) => page.waitForFunction((count) => document.querySelectorAll("#dialog [data-fate]").length === count, {}, count);
  const sources = () => page.$$eval("#dialog .source h3", (names) => names.map((name) => name.textContent));
  await drop(page, "first", first.file);
  await lists(size(first));
  assert.deepEqual(await sources(), [], "of one file, no more is said");
  // Over the list that is shown; what is refused has a line of its own.
  await drop(page, "second", second.file);
  await lists(size(first) + size(second));
  await drop(page, "third", bad.file);
  await lists(size(first) + size(second) + 1);
  assert.deepEqual(await sources(), ["first", "second"]);
  // Over the question for a password, and at once.
  await drop(page, "asking", asking.file);
  await page.waitForSelector("#import-password");
  await page.evaluate(
    (files) => {
      const data = new DataTransfer();
      for (const [name = "", text = ""] of files) data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    },
    [
      ["fourth", btoa("otpauth://totp/Fjord:fire?secret=JBSWY3DPEHPK3PXQ")],
      ["fifth", btoa("otpauth://totp/Fjord:fem?secret=JBSWY3DPEHPK3PXR")],
    ],
  );
  assert.ok(await page.$("#dialog[open] #import-password"), "the question stays");
  await press(page, "[data-action='import-without-password']");
  await lists(size(first) + size(second) + 4);
  assert.deepEqual(await sources(), ["first", "second", "fourth", "fifth"]);
  // Cancel forgets all of them at the press.
  await press(page, "[data-action='cancel-import']");
  assert.ok(await page.$("#dialog:not([open])"));
  await drop(page, "first again", first.file);
  await lists(size(first));
  // What comes while that is being saved is a list of its own.
  await page.evaluate(() => {
    const { set } = chrome.storage.local;
    const held = async (/** @type {any} */ items) => {
      chrome.storage.local.set = set;
      await new Promise((resolve) => Object.assign(globalThis, { letOn: resolve, isHeld: true }));
      return chrome.storage.local.set(items);
    };
    Object.assign(chrome.storage.local, { set: held });
    const { arrayBuffer } = Blob.prototype;
    Blob.prototype.arrayBuffer = async function () {
      const read = await arrayBuffer.call(this);
      // The whole of it, and what is done with it.
      if (this instanceof File) setTimeout(() => Object.assign(globalThis, { isRead: true }));
      return read;
    };
  });
  await press(page, "[data-action='import-confirm']");
  await page.waitForFunction("globalThis.isHeld");
  await drop(page, "late", Buffer.from("otpauth://totp/Fjord:seks?secret=JBSWY3DPEHPK3PXS"));
  await page.waitForFunction("globalThis.isRead");
  await page.evaluate("letOn()");
  await lists(1);
  assert.equal(await page.$eval("#dialog strong", (name) => name.textContent), "seks");
  await page.close();
});

test("by keyboard alone: files are chosen, a wrong password is typed again, one is left out, the others are saved", async () => {
  await rig.reset();
  await rig.fill([]);
  const page = await manager("import");
  const { file, password, entries } = await vector("aegis-encrypted");
  const paths = [join(downloads, "encrypted.json"), join(downloads, "list.txt")];
  await writeFile(paths[0] ?? "", file);
  await writeFile(paths[1] ?? "", "otpauth://totp/Fjord:kari?secret=JBSWY3DPEHPK3PXQ");
  /** Goes on by the Tab key until it is there. @param {string} selector */
  const goTo = async (selector) => {
    for (let at = 0; at < 60; at++) {
      if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`${selector} is not reached`);
  };
  // The dialog for files is the browser's own: asked for by the key, and answered for the person.
  await page.evaluate(() => {
    const input = document.querySelector("#import-file");
    input?.addEventListener("click", (event) => {
      event.preventDefault();
      document.body.dataset.asked = "file";
    });
  });
  await goTo("[data-action='import-file']");
  await page.keyboard.press("Enter");
  await page.waitForSelector("body[data-asked='file']");
  const input = /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement> | null} */ (await page.$("#import-file"));
  await input?.uploadFile(...paths);
  for (const typed of ["not the one", password]) {
    await page.waitForSelector("#import-password:focus");
    await page.keyboard.type(typed);
    await page.keyboard.press("Enter");
    await page.waitForSelector(typed === password ? "[data-action='import-confirm']" : "#dialog .trouble:not(:empty)");
  }
  await goTo("#import-0");
  await page.keyboard.press(" ");
  await goTo("[data-action='import-confirm']");
  await page.keyboard.press("Enter");
  await noticed(page, "imported");
  assert.equal((await rig.ask("show")).view.accounts.length, entries.length);
  for (const path of paths) await rm(path);
  await page.close();
});

test("whatever is handed over instead of an export has its sentence, and takes nothing from what comes with it", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  const before = await records();
  const page = await manager();
  const { import_empty, import_webPage, import_damaged, import_document, import_notAnExport, import_noCodes, importNotRead, import_tooLarge } = JSON.parse(await readFile(join(ROOT, "extension/_locales/en/messages.json"), "utf8"));
  const refusal = async () => {
    await page.waitForSelector("[data-action='close-import']");
    const words = await page.$eval("#dialog .warning", (element) => element.textContent ?? "");
    await page.keyboard.press("Escape");
    await page.waitForSelector("#dialog:empty");
    return words;
  };
  for (const [name, text, { message }] of [
    ["export.json", "", import_empty],
    ["export.json", "<!DOCTYPE html><title>Sign in</title><form></form>", import_webPage],
    ["export.json", '{"version":1,"db":{"entries":[{"ty', import_damaged],
    ["codes.pdf", "%PDF-1.7\n", import_document],
    ["kari.vcf", "BEGIN:VCARD\r\nFN:Kari\r\nEND:VCARD\r\n", import_notAnExport],
    ["passwords.csv", "name,url,username,password\nFjord,https://x.example,kari,pw\n", import_noCodes],
  ]) {
    await drop(page, name, Buffer.from(text));
    assert.equal(await refusal(), message, name);
  }
  // Alone and beside others: one that is gone before it is read, as a folder is, and one that is far too large to be.
  const path = join(downloads, "gone.json");
  for (const beside of [[], ["otpauth://totp/Fjord:kari?secret=JBSWY3DPEHPK3PXQ"]]) {
    await writeFile(path, "{}");
    const input = await page.evaluateHandle(() => Object.assign(document.createElement("input"), { type: "file" }));
    await input.uploadFile(path);
    await rm(path);
    await page.evaluate(
      (input, beside) => {
        const large = Object.defineProperty(new File([], "film.mov"), "size", { value: 2 ** 31 });
        const files = [...(input.files ?? []), large, ...beside.map((text) => new File([text], "list.txt"))];
        // Through a transfer of the browser's no size comes that is only said.
        const dropped = new DragEvent("drop", { bubbles: true, cancelable: true });
        Object.defineProperty(dropped, "dataTransfer", { value: { files, types: ["Files"], getData: () => "" } });
        document.dispatchEvent(dropped);
      },
      input,
      beside,
    );
    if (beside.length > 0) {
      await page.waitForSelector("[data-action='import-confirm']");
      const lines = await page.$$eval("#dialog [data-fate]", (rows) => rows.map((row) => row.textContent ?? ""));
      assert.equal(lines.length, 3);
      assert.ok(lines[1]?.includes("gone.json") && lines[1].includes(importNotRead.message), lines[1]);
      assert.ok(lines[2]?.includes("film.mov") && lines[2].includes(import_tooLarge.message), lines[2]);
    } else {
      const words = await refusal();
      assert.ok(words.includes(importNotRead.message) && words.includes(import_tooLarge.message), words);
    }
  }
  assert.deepEqual(await records(), before);
  await page.close();
});

test("a file as large as is taken, of every kind that is hard to read, is answered; one byte more is not looked at", { timeout: 600_000 }, async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  const before = await records();
  const page = await manager();
  const MAX_BYTES = 16 * 1024 * 1024;
  /** Handed over as a person drops it; what the sheet then says, or the accounts that it lists. @param {string} head @param {string} filler @param {string} tail @param {number} size */
  const dropFilled = async (head, filler, tail, size) => {
    await page.evaluate(
      (head, filler, tail, size) => {
        const text = (head + filler.repeat(Math.ceil(size / filler.length))).slice(0, size - tail.length) + tail;
        if (text.length !== size) throw new Error(`${text.length}`);
        const bytes = new Uint8Array(size); // `from` takes twenty times as long for as many
        for (let at = 0; at < size; at++) bytes[at] = text.charCodeAt(at);
        const data = new DataTransfer();
        data.items.add(new File([bytes], "export"));
        document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
      },
      head,
      filler,
      tail,
      size,
    );
    const end = await page.waitForSelector("[data-action='close-import'], [data-action='import-confirm'], #import-password");
    const words = await end?.evaluate(() => document.querySelector("#dialog .warning")?.textContent ?? String(document.querySelectorAll("#dialog [data-fate]").length));
    await page.keyboard.press("Escape");
    await page.waitForSelector("#dialog:empty");
    return words;
  };
  const tooLarge = JSON.parse(await readFile(join(ROOT, "extension/_locales/en/messages.json"), "utf8")).import_tooLarge.message;
  const uri = accounts(2)[1] ?? "";
  for (const [head, filler, tail] of [
    [`${uri}\n`, "\n", ""],
    [`${uri}\n`, `${uri}\n`, ""],
    ['{"a":', "[", ""],
    ["[", '{"a":1},', "0]"],
    ["name,secret\n", '"x","y"\n', ""],
    ["<a>", "<b>", ""],
    ["otpauth-migration://offline?data=", "A", ""],
    ["SQLite format 3\0", "\0", ""],
    ["PK\x03\x04", "\0", ""],
    ["\xac\xed\0\x05", "sq\0~", ""],
  ]) {
    const words = await dropFilled(head ?? "", filler ?? "", tail ?? "", MAX_BYTES);
    assert.ok(words && words !== tooLarge, `${head}: ${words}`);
  }
  assert.equal(await dropFilled(`${uri}\n`, "\n", "", MAX_BYTES), "1");
  assert.equal(await dropFilled(`${uri}\n`, "\n", "", MAX_BYTES + 1), tooLarge);
  assert.deepEqual(await records(), before);
  await page.close();
});

test("a conflict is settled by the person, an unreadable entry does not stop the others", { skip: inFirefox && "in Firefox no script can make a paste that holds something" }, async () => {
  await rig.reset();
  await rig.fill(["otpauth://totp/Contoso:kari?secret=GEZDGNBVGY3TQOJQ&issuer=Microsoft"]);
  const page = await manager();
  const text = "otpauth://totp/Contoso:kari?secret=MFRGGZDFMZTWQ2LK&issuer=Microsoft\notpauth://totp/a:b?secret=MZXW6YTB\notpauth://totp/broken?secret=1";
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
  await page.waitForSelector("[data-fate='otherKey'] select");
  assert.equal((await page.$$("#dialog [data-fate='unreadable']")).length, 1);
  await page.select("[data-fate='otherKey'] select", "replace");
  await press(page, "[data-action='import-confirm']");
  await noticed(page, "imported");
  assert.equal((await rig.ask("show")).view.accounts.length, 2);
  await page.close();
});

/** The file of ours that was downloaded, once it is whole. @param {string} extension */
const downloaded = async (extension) => {
  // Firefox holds the name with an empty file, fills another of a name of its own, and puts that one in its place.
  const whole = (/** @type {string} */ name) => /^tofaktor/i.test(name) && name.endsWith(extension) && (statSync(join(downloads, name), { throwIfNoEntry: false })?.size ?? 0) > 0;
  const watcher = watch(downloads);
  try {
    // Listened to before the folder is read: what comes in between is heard.
    const changes = on(watcher, "change", { signal: AbortSignal.timeout(120_000) });
    let name;
    while (!(name = readdirSync(downloads).find(whole))) await changes.next();
    const bytes = readFileSync(join(downloads, name));
    await rm(join(downloads, name));
    return bytes;
  } finally {
    watcher.close();
  }
};

test("reminded, backed up in one click; restored on a fresh install in two", { skip: inFirefox && "BiDi does not tell of a file dialog that an extension's page opens" }, async () => {
  await rig.reset();
  await rig.fill(accounts(3));
  const page = await manager();
  await press(page, "#backup-reminder [data-action='backup']");
  await noticed(page, "backedUp");
  await page.waitForSelector("#backup-reminder[hidden]");
  const backup = await downloaded(".tofaktor");
  await page.close();
  // Read by another program, where its Python is at hand.
  const python = join(ROOT, "target/venv/bin/python");
  if (existsSync(python)) {
    const [file, words] = [join(downloads, "vault"), join(downloads, "words")];
    await Promise.all([writeFile(file, backup), writeFile(words, `${PASSPHRASE}\n`)]);
    const said = execFileSync(python, [join(ROOT, "tests/read_vault.py"), file, "--passphrase-file", words], { encoding: "utf8" });
    assert.equal(JSON.parse(said).accounts.length, 3);
    await Promise.all([rm(file), rm(words)]);
  }

  await rig.reset();
  const fresh = await rig.page("www/welcome/welcome.html", { width: 1000, height: 900 });
  const chooser = fresh.waitForFileChooser();
  await press(fresh, "#restore"); // the first click
  const path = join(downloads, "backup.tofaktor");
  await writeFile(path, backup);
  await (await chooser).accept([path]);
  await fresh.waitForSelector("#import-password");
  await fresh.type("#import-password", PASSPHRASE);
  await press(fresh, "#dialog [type='submit']"); // the second
  await noticed(fresh, "restored");
  await fresh.waitForSelector("body[data-screen='accounts']");
  assert.equal((await rig.ask("show")).view.accounts.length, 3);
  await fresh.close();
  await rm(path);
});

test("for other apps, as text, as QR codes, on paper: warned, proved, and read back the same", async () => {
  await rig.reset();
  await rig.fill(accounts(12));
  await rig.put("session", { proved: null });
  const page = await manager("backup");
  await page.$eval("#backup details", (details) => /** @type {HTMLDetailsElement} */ (details).open = true);
  await press(page, "[data-action='save-list']");
  await press(page, "#dialog [data-action='go']");
  await page.waitForSelector("#proof");
  await page.type("#proof", PASSPHRASE);
  await page.keyboard.press("Enter");
  await noticed(page, "backedUp");
  const list = await downloaded(".txt");
  assert.equal(list.toString().trim().split("\n").length, 12);
  assert.equal((await readByWasm(list, "")).entries.length, 12);

  await press(page, "[data-action='save-aegis']");
  await page.waitForSelector("#file-password");
  await page.type("#file-password", "et passord på filen");
  await page.keyboard.press("Enter");
  await noticed(page, "backedUp");
  // As another system's keyboard writes the same letters.
  const aegis = await readByWasm(await downloaded(".json"), "et passord på filen".normalize("NFD"));
  assert.deepEqual([aegis.format, aegis.entries.length], ["Aegis", 12]);

  await press(page, "[data-action='save-cxf']");
  await press(page, "#dialog [data-action='go']");
  await noticed(page, "backedUp");
  const cxf = await readByWasm(await downloaded(".json"), "");
  assert.deepEqual([cxf.format, cxf.entries.length], ["CXF", 12]);

  // The pages for Google Authenticator, photographed and brought back as pictures: one first, then the rest.
  await press(page, "[data-action='draw-transfer']");
  await press(page, "#dialog [data-action='go']");
  await page.waitForSelector("[data-dialog='transfer'] .qr svg", { visible: true });
  const shots = [];
  const count = Number((await page.$eval("#dialog [role='status']", (line) => line.textContent ?? "")).match(/(\d+)\D*$/)?.[1]);
  assert.ok(count >= 2, `${count} pages`);
  for (let at = 0; at < count; at++) {
    shots.push(Buffer.from((await (await page.$("#dialog .qr svg"))?.screenshot()) ?? []));
    if (at + 1 < count) await press(page, "[data-action='next-page']");
  }
  await page.keyboard.press("Escape");
  await press(page, "[data-action='draw-sheet']");
  await press(page, "#dialog [data-action='go']");
  await page.waitForSelector("[data-dialog='paper'] .paper li");
  assert.equal((await page.$$("[data-dialog='paper'] .paper svg")).length, 12);
  assert.match(await page.$eval(".paper code", (code) => code.textContent ?? ""), /^([A-Z2-7]{4} ){3}[A-Z2-7]{4}$/);
  // A name that fills more than a QR code holds: its place says so, the key is there to be typed.
  await page.keyboard.press("Escape");
  await rig.add([`otpauth://totp/Fjord:${"%C3%B8".repeat(1000)}?secret=NB2W45DFOIZA2DQK`]);
  await press(page, "[data-action='draw-sheet']");
  await press(page, "#dialog [data-action='go']");
  await page.waitForSelector("[data-dialog='paper'] .paper li:nth-child(13)");
  const printed = await page.$$eval("[data-dialog='paper'] .paper li", (rows) => rows.map((row) => [row.querySelectorAll("svg").length, row.querySelector(":scope > p")?.textContent, row.querySelector("code")?.textContent]));
  assert.deepEqual(
    printed.filter(([drawings]) => drawings !== 1),
    [[0, "This account does not fit in a QR code. Type the key instead.", "NB2W 45DF OIZA 2DQK"]],
  );
  await page.close();

  await rig.reset();
  await rig.ask({ create: {} }, PASSPHRASE);
  const again = await manager();
  const [first = Buffer.alloc(0), ...rest] = shots;
  await drop(again, "page.png", first, "image/png");
  const input = await again.waitForSelector("#import-next");
  const paths = [];
  for (const [at, shot] of rest.entries()) {
    const path = join(downloads, `page-${at}.png`);
    await writeFile(path, shot);
    paths.push(path);
  }
  await /** @type {import("puppeteer-core").ElementHandle<HTMLInputElement>} */ (input).uploadFile(...paths);
  await press(again, "[data-action='import-confirm']");
  await noticed(again, "imported");
  assert.equal((await rig.ask("show")).view.accounts.length, 12);
  for (const path of paths) await rm(path);
  // Pictures that are written into a web page, in lines too; one that is none, or cut short, takes nothing from the others.
  const broken = ["AAAAA", "AAAA"].map((base64) => `<img src="data:image/png;base64,${base64}">`);
  const drawn = shots.map((shot) => `<p><img src="data:image/png;base64,${shot.toString("base64").replace(/.{76}/g, "$&\n")}">`);
  const web = [...broken, ...drawn].join("\n");
  await drop(again, "page.html", Buffer.from(`<!doctype html>\n<title>Accounts</title>\n${web}`), "text/html");
  await again.waitForSelector("[data-action='import-confirm']:disabled");
  assert.equal((await again.$$("#dialog [data-fate='same']")).length, 12);
  await again.close();
});

test("to a new computer: a backup goes along, what to do there is said, and each account is checked by its code before it may go", async () => {
  await rig.reset();
  await rig.fill(accounts(2));
  const { view } = await rig.ask("show");
  const [first, second] = view.accounts;
  for (const { id } of view.accounts) await rig.ask({ confirm: { account: id, confirmed: true } });
  const page = await manager("move");
  await press(page, "#move-computer");
  await press(page, "[data-action='move-file']");
  const file = await downloaded(".tofaktor");
  await page.waitForSelector("[data-dialog='move-there'] .steps li");
  await press(page, "[data-action='move-there']");

  // The other computer: a vault from that file, and the codes it shows.
  const there = await open();
  try {
    const shown = await (await there.desk()).evaluate(
      async (base64, words, reading, core) => {
        const { read } = await import(reading);
        const { ask, exchange } = await import(core);
        const { entries } = await read(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)), words, new AbortController().signal);
        const passphrase = new TextEncoder().encode(words);
        const framed = new Uint8Array(4 + passphrase.length + entries.length);
        new DataView(framed.buffer).setUint32(0, passphrase.length, true);
        framed.set(passphrase, 4);
        framed.set(entries, 4 + passphrase.length);
        await exchange("restore", framed);
        return (await ask("show", {})).view.accounts.map((/** @type {{ code: string }} */ { code }) => code);
      },
      file.toString("base64"),
      PASSPHRASE,
      there.url("www/shared/reading.js"),
      there.url("core.js"),
    );
    await page.type("#move-code", shown[0]);
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-dialog='move-done']");
    assert.match(await page.$eval("[data-action='move-next']", (next) => next.textContent ?? ""), new RegExp(second.name));
    await press(page, "[data-action='move-remove']");
    await noticed(page, "removed");
    const { view: left } = await rig.ask("show");
    assert.deepEqual(left.accounts.map((/** @type {{ id: string, loss: string }} */ { id, loss }) => [id, loss]), [[second.id, "onlyCopy"]]);
    assert.notEqual(first.id, second.id);
  } finally {
    await there.close();
  }
  await page.close();
});

test("to a new computer by sync: what is removed here stays there", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  await rig.put("session", { proved: String(Date.now()) });
  const page = await manager("move");
  await press(page, "#move-computer");
  await press(page, "[data-action='move-sync']");
  await page.waitForSelector("#sync-begin");
  await page.type("#sync-begin", PASSPHRASE);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-dialog='move-there'] .steps li");
  const stored = async () => Object.keys(await (await rig.desk()).evaluate(() => chrome.storage.sync.get(null))).sort();
  const before = await stored();
  assert.equal(before.length, 2);
  await press(page, "[data-action='move-there']");
  await page.waitForSelector("#move-code");
  await page.type("#move-code", (await rig.ask("show")).view.accounts[0].code);
  await page.keyboard.press("Enter");
  await press(page, "[data-action='move-remove']");
  await noticed(page, "removed");
  assert.equal((await rig.ask("show", "", "exchange")).view.sync.state, "off");
  assert.equal((await rig.ask("show")).view.accounts.length, 0);
  await rig.ask("syncNow", "", "exchange");
  const there = await (await rig.desk()).evaluate(() => chrome.storage.sync.get(null));
  assert.deepEqual(Object.keys(there).sort(), before, "no tombstone in the account's place");
  await (await rig.desk()).evaluate(() => chrome.storage.sync.clear());
  await page.close();
});

test("to a phone: scanned, checked by its code, and only then removed", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  const { view } = await rig.ask("show");
  await rig.ask({ confirm: { account: view.accounts[0]?.id, confirmed: true } });
  await rig.put("session", { proved: String(Date.now()) });
  const page = await manager("move");
  await press(page, "#move-start");
  await press(page, "#dialog [data-action='scanned']");
  await page.waitForSelector("#move-code");
  await page.type("#move-code", "000000");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#move-trouble:not(:empty)");
  const code = (await rig.ask("show")).view.accounts[0]?.code ?? "";
  await page.$eval("#move-code", (input) => (/** @type {HTMLInputElement} */ (input).value = ""));
  await page.type("#move-code", code);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-dialog='move-done']");
  assert.equal((await rig.ask("show")).view.accounts[0]?.loss, "copyElsewhere");
  await press(page, "[data-action='move-remove']");
  await noticed(page, "removed");
  await page.close();
});
