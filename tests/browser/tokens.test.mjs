// A hardware token that lives in the vault, from an administrator's list to Microsoft's dialog: issued on the command line,
// imported with its one-time code, and filled in where the dialog asks for its number and its code.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inEachBrowser, ROOT, start } from "./harness.mjs";
import { unmanageable } from "./managed.mjs";
import { press } from "./person.mjs";
import { press as pressOurs } from "./ui-rig.mjs";
import { codeAt, page as replica, SETUP } from "./tenant.mjs";

const SECURITY_INFO = `${SETUP}/security-info`;
const FIELD = { type: "text" };
const STEPS = [
  { title: "Hardware token", text: "Enter the serial number of your hardware token.", field: FIELD },
  { title: "Hardware token", text: "Choose a name for your hardware token.", field: FIELD },
  { title: "Hardware token", text: "Enter the 6-digit code shown on your hardware token.", field: FIELD },
];
const NEXT = "[data-testid=reskin-step-next-button]";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** @param {string} base32 whole bytes */
const decoded = (base32) => {
  const bits = [...base32].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
};

/** What the administrator uploads, and what one person gets. @param {string} upn */
const issue = (upn) => {
  const folder = mkdtempSync(join(tmpdir(), "tofaktor-tokens-"));
  try {
    const [people, out] = [join(folder, "people.csv"), join(folder, "out")];
    writeFileSync(people, `\uFEFFNavn;upn\r\nKåre;${upn}\r\n`);
    execFileSync("cargo", ["run", "--quiet", "--locked", "-p", "tofaktor", "--", "issue", people, "-o", out], { cwd: ROOT, stdio: ["ignore", "ignore", "ignore"] });
    const last = (/** @type {string} */ name) => readFileSync(join(out, name), "utf8").trim().split("\r\n").at(-1)?.split(",") ?? [];
    const [, serial = "", key = ""] = last("upload.csv");
    const [, , code = ""] = last("codes.csv");
    return { serial, key, code, parcel: readFileSync(join(out, "parcels", `${upn}.tofaktor`)).toString("base64") };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

inEachBrowser((browser) => {
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  const body = String(replica("register-steps.html", { language: "en", steps: STEPS, dialog: true }).body);
  before(async () => {
    harness = await start({ browser, site: async ({ url }) => (url === SECURITY_INFO ? { body, contentType: "text/html; charset=utf-8" } : undefined) });
  });
  after(() => harness.close());

  test("a token in a person's policy comes by itself, and no page reads it", { skip: browser === "chromium" && unmanageable() }, async () => {
    const { tokens } = JSON.parse(readFileSync(join(ROOT, "tests/vectors/policy/tokens.json"), "utf8"));
    const managed = await start({ browser, policy: { tokens, language: "en" }, site: async ({ url }) => (url === SECURITY_INFO ? { body, contentType: "text/html; charset=utf-8" } : undefined) });
    try {
      const { view } = await managed.core("ask", { create: {} }, "fire glade elger");
      assert.deepEqual(view.accounts.map((/** @type {any} */ { name, serial }) => [name, serial]), [["kari@skole.example", "TF1621262535"]]);
      for (const path of ["www/popup/popup.html", "www/manager/manager.html"]) {
        const page = await managed.browser.newPage();
        await managed.goTo(page, path);
        await page.waitForSelector("body[data-screen='accounts'][data-ready='true'] #tokens:not([hidden])");
        assert.match(await page.$eval("#tokens-text", (shown) => shown.textContent ?? ""), /hardware token for kari@skole\.example, with serial number TF1621262535\./);
        if (path.includes("manager")) {
          await pressOurs(page, "#tokens [data-action='tokens-read']");
          await page.waitForSelector("#tokens", { hidden: true });
        }
        await page.close();
      }
      assert.deepEqual((await managed.core("ask", "show")).view.tokens, [], "once");

      const page = await managed.tab();
      await page.bringToFront();
      await managed.visit(page, SECURITY_INFO);
      await page.waitForFunction(() => /** @type {HTMLInputElement | null} */ (document.querySelector("[role=dialog] input"))?.value === "TF1621262535");
      const tab = await managed.tabIdAt(SECURITY_INFO);
      // As our own script in the page would, if the page had taken it over.
      const read = await (await managed.probe()).evaluate(async (tabId) => {
        const read = () => Promise.allSettled(["managed", "local", "sync", "session"].map(async (name) => Reflect.get(chrome.storage, name).get(null))).then((all) => all.map(({ status }) => status));
        return (await chrome.scripting.executeScript({ target: { tabId }, func: read }))[0]?.result;
      }, tab);
      if (browser === "chromium") assert.deepEqual(read, ["rejected", "rejected", "rejected", "rejected"]);
      assert.deepEqual((await managed.findings()).complaints, []);
    } finally {
      await managed.close();
    }
  });

  test("issued, imported, and the dialog gets its number and its code", async () => {
    const { serial, key, code, parcel } = issue("kare@skole.example");
    await harness.core("ask", { create: {} }, "fire glade elger");
    const { notice } = await (await harness.probe()).evaluate(
      async (parcel, code) => {
        const [{ read }, { exchange }] = await Promise.all(["www/shared/reading.js", "core.js"].map((file) => import(chrome.runtime.getURL(file))));
        const reading = await read(Uint8Array.from(atob(parcel), (c) => c.charCodeAt(0)), code, new AbortController().signal);
        return exchange({ take: { choices: ["add"] } }, reading.entries);
      },
      parcel,
      code,
    );
    assert.equal(notice, "imported");
    const { view } = await harness.core("ask", "show");
    assert.deepEqual(view.accounts.map((/** @type {any} */ { name, serial }) => [name, serial]), [["kare@skole.example", serial]]);

    const page = await harness.tab();
    await page.bringToFront();
    await harness.visit(page, SECURITY_INFO);
    const filled = () => page.$eval("[role=dialog] input", (field) => /** @type {HTMLInputElement} */ (field).value);
    const waits = () => page.waitForFunction(() => /** @type {HTMLInputElement | null} */ (document.querySelector("[role=dialog] input"))?.value);
    await waits();
    assert.equal(await filled(), serial);
    await press(page, NEXT);
    await harness.settled(page, "setUpOtherMethod");
    assert.equal(await filled(), "", "its name is the person's");
    await page.type("[role=dialog] input", "Kåres");
    await press(page, NEXT);
    await waits();
    const step = Math.floor(Date.now() / 30_000);
    assert.ok([step - 1, step].map((at) => codeAt(decoded(key), at)).includes(await filled()));
    assert.deepEqual((await harness.findings()).complaints, []);
  });
});
