// What `./build.sh test --changed` runs: every test is reached, and by what it is made of.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ALWAYS, CRATES, imports, SCRIPTS, TESTS, touched } from "../../.build/changed.mjs";

const ROOT = join(import.meta.dirname, "../..");
/** Less those that are run always. */
const browser = (/** @type {string[]} */ ...paths) => touched(paths).browser.filter((file) => !ALWAYS.includes(file));
const crates = (/** @type {string[]} */ ...paths) => touched(paths).crates;
const ALL = [...TESTS.keys()].filter((file) => !ALWAYS.includes(file)).sort();
const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" }).split("\n").filter(Boolean);

/** What no test looks at but those that are run always: what people run, what `check` alone reads, and those themselves. */
const UNTESTED = [
  /^tests\/bench\//,
  /^tests\/browser\/(demo|store|screenshots|soak|try-page)\.mjs$/,
  /^tests\/browser\/(tsconfig(\.tests)?\.json|globals\.d\.ts)$/,
  /^tests\/browser\/(changed\.test\.mjs|differences\.(test\.)?mjs|DIFFERENCES\.md)$/,
];

test("whatever changes, something is run, unless it is known to be tested by nothing", () => {
  const silent = tracked.filter((path) => browser(path).length + crates(path).length === 0);
  assert.deepEqual(silent.filter((path) => !UNTESTED.some((known) => known.test(path))), []);
  for (const known of UNTESTED) assert.ok(silent.some((path) => known.test(path)), `${known} is tested after all, or is gone`);
});

test("every browser test is reached by itself, and by no other", () => {
  assert.deepEqual([...ALL, ...ALWAYS].sort(), readdirSync(import.meta.dirname).filter((file) => file.endsWith(".test.mjs")).sort());
  for (const file of ALL) assert.deepEqual(browser(`tests/browser/${file}`), [file]);
  assert.deepEqual(touched(["tests/browser/ui.test.mjs"]).browser, ["changed.test.mjs", "differences.test.mjs", "ui.test.mjs"]);
  assert.deepEqual(touched([]), { crates: [], browser: [] });
});

test("every crate's tests are reached by its own files", () => {
  for (const { name, folder } of CRATES) {
    const own = tracked.filter((path) => path.startsWith(`${folder}/`) && path.endsWith(".rs"));
    assert.ok(own.length > 0, folder);
    for (const path of own.filter((path) => !CRATES.some((other) => other.folder.startsWith(`${folder}/`) && path.startsWith(`${other.folder}/`)))) assert.ok(crates(path).includes(name), path);
  }
});

test("whatever a script calls by a relative path is known to be imported", () => {
  for (const [file, text] of SCRIPTS)
    for (const [, name = ""] of text.matchAll(/["'`]\.\/([\w.-]+\.mjs)/g)) assert.ok(imports(file).includes(name), `${file}: ${name}`);
});

test("what is shipped, and what everything is built by, touches every browser test; what is not, only those that name it", () => {
  for (const path of ["extension/background.js", "www/manager/manager.html", "www/manager/import.js", "src/qr/lib.rs", "src/web/core/lib.rs", "src/formats/detect.rs", "build.sh", ".build/machine.sh", "Cargo.lock", "tests/browser/run.mjs", "tests/browser/harness.mjs"]) {
    if (path === "tests/browser/harness.mjs") assert.ok(browser(path).length > ALL.length / 2);
    else assert.deepEqual(browser(path), ALL, path);
  }
  assert.deepEqual(browser("src/cli/main.rs", "README.md", "src/vault/FORMAT.md"), []);
  assert.deepEqual(browser("tests/browser/kills.mjs", "tests/browser/cut-short.mjs"), ["kills.test.mjs"]);
  assert.deepEqual(browser("tests/qr/sample/0000-plain.png"), ["pictures.test.mjs", "settling.test.mjs"]);
  assert.deepEqual(browser("tests/vectors/otp.json"), ["vectors.test.mjs"]);
  assert.ok(browser("tests/vectors/vault/generation-51.vault").includes("trouble.test.mjs"));
  assert.ok(browser("tests/browser/pages/sign-in.html").includes("sign-in.test.mjs"));
  assert.ok(browser("tests/browser/inside-firefox.mjs").includes("moving.test.mjs"), "by way of an import that comes later");
});

test("a crate's change touches those that stand on it, and no others", () => {
  assert.deepEqual(crates("src/cli/main.rs"), ["support", "tofaktor"]);
  assert.deepEqual(crates("src/qr/lib.rs"), ["qr", "support", "tofaktor", "tofaktor-scanner"]);
  assert.ok(crates("src/otp/lib.rs").includes("vault") && !crates("src/otp/lib.rs").includes("qr"));
  assert.deepEqual(crates("www/popup/popup.html"), ["support", "tofaktor"]);
  assert.deepEqual(crates("tests/browser/ui.test.mjs"), []);
  assert.equal(crates("Cargo.lock").length, CRATES.length);
});
