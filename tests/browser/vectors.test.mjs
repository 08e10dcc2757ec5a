// The known answers of RFC 4226, RFC 6238 and Microsoft's spellings, through the shipped Wasm in a real browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { inEachBrowser, start } from "./harness.mjs";
import { base32 } from "./tenant.mjs";

inEachBrowser((browser) => {
  /** @type {import("./harness.mjs").Harness} */
  let harness;

  before(async () => {
    harness = await start({ browser, site: async () => undefined });
  });
  after(() => harness.close());

  test("every vector gives its code", async () => {
    const groups = JSON.parse(await readFile(new URL("../vectors/otp.json", import.meta.url), "utf8"));
    /** @type {{ uri: string, time: number, code: string | null }[]} */
    const cases = [];
    /** @param {any} v */
    const secret = (v) => (v.secret_ascii ? base32(Buffer.from(v.secret_ascii)) : v.secret_hex ? base32(Buffer.from(v.secret_hex, "hex")) : v.secret);
    /** @param {any} v @param {string} [more] @param {string} [type] @param {string} [code] */
    const add = (v, more = "", type = "totp", code = v.code) =>
      cases.push({ uri: `otpauth://${type}/v${cases.length}?secret=${encodeURIComponent(secret(v))}${more}`, time: v.time ?? 0, code });
    for (const v of groups.rfc4226) add(v, `&counter=${v.counter}`, "hotp");
    for (const v of groups.rfc6238) add(v, `&algorithm=${v.alg}&digits=${v.digits}&period=${v.period}`);
    for (const v of groups.microsoft_80bit) add(v);
    for (const v of groups.periods) add(v, `&period=${v.period}`);
    for (const v of groups.digits) add(v, `&digits=${v.digits}`, "totp", v.digits > 9 ? null : v.code);
    for (const v of groups.steam) add(v, "", "steam");
    for (const v of groups.lengths) for (const hash of ["sha1", "sha256", "sha512"]) add(v, `&algorithm=${hash}`, "totp", v[hash]);

    const page = await harness.probe();
    await page.evaluate(async () => {
      const core = "/core.js";
      /** @type {typeof import("../../dist/chromium/core.js")} */
      const { ask } = await import(core);
      const text = new TextEncoder();
      const made = await ask({ create: { save: undefined } }, {}, text.encode("korrekt hest batteri stift"));
      if (made.view.screen !== "accounts") throw new Error(made.notice);
      // The clock stands still, and its correction takes it to each vector's time.
      const stands = Date.now();
      Date.now = () => stands;
      /** @param {string} uri @param {number} time in seconds */
      const codeAt = async (uri, time) => {
        await chrome.storage.session.set({ clock: JSON.stringify({ offset_ms: time * 1000 - stands }) });
        const offered = await ask("addPending", {}, text.encode(uri));
        const pendingAccount = offered.view.pendingAccounts.at(-1);
        if (!pendingAccount) return null;
        const { view } = await ask({ save: { pendingAccount: pendingAccount.id, whenKnown: "ask" } }, {});
        return view.accounts.find((account) => account.name === pendingAccount.name)?.code.replaceAll(" ", "");
      };
      Object.assign(globalThis, { codeAt });
    });
    // Each is a question of its own: all in one would take a slow machine longer than an answer may take.
    for (const { uri, time, code } of cases) assert.equal(await page.evaluate((uri, time) => /** @type {any} */ (globalThis).codeAt(uri, time), uri, time), code, uri);
    // The three hashes of a length are one vector.
    console.log(`${cases.length - 2 * groups.lengths.length} vectors tried, 0 wrong`);
    assert.equal(cases.length - 2 * groups.lengths.length, 97);
  });
});
