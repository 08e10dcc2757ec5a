// docs/live-check.md as it is gone through: here by a script on replicas, there by a person on the real pages.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT, start } from "./harness.mjs";
import { lead, points } from "./live-check.mjs";
import { prepare, TryPage } from "./trial.mjs";

const LOGIN = "https://login.microsoftonline.com/common/login";
const CODE = `<!DOCTYPE html><html lang="en"><head><meta name="PageID" content="ConvergedTFA"></head><body><main><input type="hidden" name="login" value="kari@contoso.example">
<input type="hidden" name="mfaAuthMethod" value="PhoneAppOTP"><div id="idDiv_SAOTCC_Description">Enter the code displayed in the authenticator app</div><input name="otc" type="tel" maxlength="6"></main></body></html>`;

const folder = mkdtempSync(join(tmpdir(), "live-check-"));
const bench = new TryPage();
/** @type {import("./harness.mjs").Harness} */
let harness;
before(async () => {
  harness = await start({ browser: "chromium", site: bench.site });
});
after(async () => {
  await harness.close();
  rmSync(folder, { recursive: true });
});

test("the document has its points, numbered from one", () => {
  const numbers = points().map(({ number }) => number);
  assert.ok(numbers.length > 9);
  assert.deepEqual(numbers, numbers.map((_, i) => i + 1));
  assert.ok(points().every(({ title, text }) => title && text));
});

test("a person's answers and what the pages are made of are in the folder", { timeout: 240_000 }, async () => {
  const accounts = ["otpauth://totp/Contoso%3Akari%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft"];
  await prepare(harness, { at: LOGIN, accounts });
  bench.show({ html: CODE, at: LOGIN });
  const page = await harness.tab();
  /** @type {string[]} */
  const said = [];
  const person = async function* () {
    yield "d"; // nothing is open yet
    await page.bringToFront();
    await harness.visit(page, LOGIN);
    await harness.settled(page, "code");
    yield "d";
    yield "what?";
    yield "y filled, kari";
    yield "n";
    yield* points().slice(2).map(() => "s");
  };
  const verdicts = await lead(harness, person(), (text) => said.push(text), folder);
  assert.equal(verdicts.length, points().length);
  assert.deepEqual(verdicts.slice(0, 3).map(({ verdict, words }) => [verdict, words]), [["y", "filled, kari"], ["n", ""], ["s", ""]]);
  const [nothing, code] = verdicts[0]?.seen ?? [];
  assert.equal(nothing?.file, null);
  assert.deepEqual([code?.state, code?.method, code?.reason], ["code", "appCode", "filled"]);
  assert.deepEqual(readdirSync(folder).sort(), ["01-2.txt", "verdicts.json"]);
  assert.equal(
    readFileSync(join(folder, "01-2.txt"), "utf8"),
    `page ${LOGIN}\nid ConvergedTFA\nlanguage en\nhidden name=login\nhidden name=mfaAuthMethod value=PhoneAppOTP\ninput type=tel name=otc maxlength=6\n`,
  );
  assert.deepEqual(JSON.parse(readFileSync(join(folder, "verdicts.json"), "utf8")).verdicts, verdicts);
  // What it shows of each point is what the document says.
  for (const { text } of points()) assert.ok(said.some((each) => each.includes(text)));
  await page.close();
});

test("as it is called, with a browser of its own", { timeout: 240_000 }, async () => {
  const own = join(folder, "own");
  const called = spawn(process.execPath, [join(ROOT, "tests/browser/live-check.mjs"), own], { env: { ...process.env, HEADLESS: "1" }, stdio: ["pipe", "pipe", "inherit"] });
  called.stdin.end("d\nn nothing is shown\nq\n");
  let told = "";
  called.stdout.on("data", (text) => (told += text));
  const code = await new Promise((resolve) => called.on("close", resolve));
  assert.equal(code, 0);
  assert.match(told, /none of Microsoft's/);
  assert.equal(JSON.parse(readFileSync(join(own, "verdicts.json"), "utf8")).verdicts[0].words, "nothing is shown");
});
