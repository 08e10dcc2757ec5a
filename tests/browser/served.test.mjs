// What a store serves is what was built, but for the store's own additions; one byte more is said.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { differences } from "../../.build/served.mjs";

const ROOT = join(import.meta.dirname, "../..");

const place = mkdtempSync(join(tmpdir(), "tofaktor-served-test-"));
after(() => rmSync(place, { recursive: true }));

const BUILT = { "manifest.json": '{"name":"T","version":"1"}', "core/a.wasm": "\0asm", "core/a.d.ts": "export {};", "æ.js": "1" };
const SERVED = { "manifest.json": '{\n"update_url": "https://store.example/", "key": "x",\n"name":"T","version":"1"}', "core/a.wasm": "\0asm", "æ.js": "1" };

/** @param {string} name @param {Record<string, string>} content */
const folder = (name, content) => {
  const path = join(place, name);
  rmSync(path, { recursive: true, force: true });
  for (const [file, text] of Object.entries(content)) {
    mkdirSync(join(path, file, ".."), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return path;
};
/** As a store packs it: a ZIP archive, behind a head where it is a CRX. @param {string} name @param {Record<string, string>} content */
const packed = (name, content) => {
  const zip = join(place, `${name}.zip`);
  rmSync(zip, { force: true });
  execFileSync("zip", ["-qr", zip, "."], { cwd: folder("packed", content) });
  const path = join(place, name);
  const head = Buffer.concat([Buffer.from("Cr24"), Buffer.from(Uint32Array.of(3, 5).buffer), Buffer.from("PK\x03\x04s", "latin1")]);
  writeFileSync(path, name.endsWith(".crx") ? Buffer.concat([head, readFileSync(zip)]) : readFileSync(zip));
  return path;
};

test("a CRX and an XPI are compared file by file", () => {
  const built = folder("built", BUILT);
  assert.deepEqual(differences(packed("a.crx", { ...SERVED, "_metadata/verified_contents.json": "[]" }), built), []);
  assert.deepEqual(differences(packed("a.xpi", { ...SERVED, "META-INF/mozilla.rsa": "x" }), built), []);
  for (const [name, content, said] of /** @type {[string, Record<string, string>, string[]][]} */ ([
    ["one byte", { ...SERVED, "core/a.wasm": "\0asn" }, ["core/a.wasm is another."]],
    ["one file more", { ...SERVED, "core/b.js": "x" }, ["core/b.js is in what the store serves alone."]],
    ["one file more beside the signatures", { ...SERVED, "_metadata/b.js": "x", "META-INF/b.js": "x" }, ["META-INF/b.js is in what the store serves alone.", "_metadata/b.js is in what the store serves alone."]],
    ["one file less", { "manifest.json": SERVED["manifest.json"], "æ.js": "1" }, ["core/a.wasm is missing in what the store serves."]],
    ["a permission more", { ...SERVED, "manifest.json": '{"name":"T","version":"1","permissions":["tabs"]}' }, ["manifest.json is another."]],
  ])) {
    assert.deepEqual(differences(packed("b.crx", content), built), said, name);
  }
  const newer = packed("c.crx", SERVED);
  const bytes = readFileSync(newer);
  bytes.writeUInt32LE(4, 4);
  writeFileSync(newer, bytes);
  assert.throws(() => differences(newer, built), /another version/);
});

test("a CRX that Chromium itself has packed and signed is what was built; with another file under a name that is there it is not", () => {
  const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const built = join(place, "real");
  cpSync(join(ROOT, "dist/chromium"), built, { recursive: true });
  execFileSync(chromium, ["--headless", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), `--user-data-dir=${join(place, "profile")}`, `--pack-extension=${built}`], { stdio: "ignore" });
  assert.deepEqual(differences(`${built}.crx`, join(ROOT, "dist/chromium")), []);

  const file = readFileSync(`${built}.crx`);
  const zip = join(place, "twice.zip");
  writeFileSync(zip, file.subarray(12 + file.readUInt32LE(8)));
  mkdirSync(join(place, "other"));
  writeFileSync(join(place, "other/background.jz"), "import 'x';");
  execFileSync("zip", ["-q", zip, "background.jz"], { cwd: join(place, "other") });
  const named = readFileSync(zip, "latin1").replaceAll("background.jz", "background.js");
  writeFileSync(join(place, "twice.crx"), Buffer.concat([file.subarray(0, 12 + file.readUInt32LE(8)), Buffer.from(named, "latin1")]));
  assert.deepEqual(differences(join(place, "twice.crx"), join(ROOT, "dist/chromium")), ["background.js is there twice."]);
});
