// try-page on every saved page that lies beside this checkout, in ../shared: the right act on Microsoft's pages,
// and none on anybody else's.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inEachBrowser, ROOT, start } from "./harness.mjs";
import { TryPage } from "./trial.mjs";
import { codeAt } from "./tenant.mjs";

const PAGES = join(ROOT, "../shared/fixtures/pages");
const here = existsSync(PAGES);
const skip = here ? false : `NOT RUN: there are no saved pages in ${PAGES}`;

const ACCOUNT = "otpauth://totp/Contoso:user%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
const PERSONAL = "otpauth://totp/Microsoft:user@outlook.example?secret=JBSWY3DPEHPK3PXP&issuer=Microsoft";
const SECRET = Buffer.from("48656c6c6f21deadbeef", "hex"); // the same, as bytes
const LOGIN = "https://login.microsoftonline.com/common/login";
const LIVE = "https://login.live.com/ppsecure/post.srf";
const SETUP = "https://mysignins.microsoft.com/security-info";
const OLD_SETUP = "https://account.activedirectory.windowsazure.com/proofup.aspx";

/** What each saved page should get: fill (into this field), click (this), captured (this kind), or nothing. @type {Record<string, { at: string, fill?: string, click?: string, captured?: string }>} */
const RIGHT = {
  "aad-code-entry__en": { at: LOGIN, fill: "#idTxtBx_SAOTCC_OTC" },
  "aad-code-entry__en-from-picker": { at: LOGIN, fill: "#idTxtBx_SAOTCC_OTC" },
  "aad-code-entry__nb-strings-assumed": { at: LOGIN, fill: "#idTxtBx_SAOTCC_OTC" },
  "aad-code-entry__en-error": { at: LOGIN }, // somebody has typed, and not we
  "aad-kmsi__en": { at: LOGIN },
  "aad-proof-picker__en": { at: LOGIN, click: 'div[data-value="PhoneAppOTP"]' },
  "aad-proofup-redirect__en": { at: LOGIN },
  "aad-push-no-number__en": { at: LOGIN, click: "#signInAnotherWay" },
  "aad-push-number-match__en": { at: LOGIN, click: "#signInAnotherWay" },
  "aad-signin-username__en": { at: LOGIN },
  "aad-sms-code-entry__en-NEGATIVE-not-totp": { at: LOGIN },
  "adfs-azure-mfa-code__en": { at: "https://adfs.contoso.example/adfs/ls/" },
  "msa-fluent-code-single__en": { at: LIVE, fill: "#otc-confirmation-input" },
  "msa-legacy-code__en": { at: LIVE, fill: "#idTxtBx_SAOTCC_OTC" },
  "mysignins-gen2-code__en": { at: SETUP, fill: "input" },
  "mysignins-gen2-qr-push__de": { at: SETUP, captured: "push" },
  "mysignins-gen2-start__en": { at: SETUP },
  "mysignins-gen3-1-picker__en": { at: SETUP },
  "mysignins-gen3-2-install__en": { at: SETUP },
  "mysignins-gen3-3-setup__en": { at: SETUP },
  "mysignins-gen3-4-qr-otp__en": { at: SETUP, captured: "totp" },
  "mysignins-gen3-4-qr-push__en": { at: SETUP, captured: "push" },
  "mysignins-gen3-5-manual-otp__en": { at: SETUP, captured: "totp" },
  "mysignins-gen3-6-code__en": { at: SETUP, fill: 'input[data-testid="verification-entercode-input"]' },
  "proofup-otp__en": { at: OLD_SETUP, captured: "totp" },
};

inEachBrowser((browser) => {
  const bench = new TryPage();
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  /** A moment of its own for each page: no two of them share a time-step. */
  let atTime = 1_111_111_109 - 20;

  before(async () => {
    if (here) harness = await start({ browser, site: bench.site });
  });
  after(() => harness?.close());

  /** @param {string} file @param {string} at */
  const run = (file, at) => {
    atTime += 60;
    return bench.run(harness, { html: readFileSync(join(PAGES, file)), at, accounts: [at === LIVE ? PERSONAL : ACCOUNT], atTime });
  };

  for (const [name, { at, fill, click, captured }] of Object.entries(RIGHT)) {
    const what = fill ? "is filled" : click ? "is clicked on" : captured ? `is read (${captured})` : "is left alone";
    test(`${name} ${what}`, { skip, timeout: 240_000 }, async () => {
      const result = await run(`replicas/${name}.html`, at);
      const told = JSON.stringify(result);
      assert.deepEqual(result.clicked, click ? [click] : [], told);
      assert.equal(result.filled.length, fill ? 1 : 0, told);
      if (fill) {
        assert.ok(result.filled[0]?.selector.includes(fill), told);
        const step = Math.floor(atTime / 30);
        assert.ok([step, step + 1].map((each) => codeAt(SECRET, each)).includes(result.filled[0]?.value ?? ""), told);
      }
      assert.deepEqual(result.captured.map(({ kind }) => kind), captured ? [captured] : [], told);
    });
  }

  test("every replica has its line in the table", { skip }, () => {
    const files = readdirSync(join(PAGES, "replicas")).map((file) => file.replace(/\.html$/, ""));
    assert.deepEqual(files.sort(), Object.keys(RIGHT).sort());
  });

  const strangers = here ? readdirSync(join(PAGES, "real/negative-other-idp")) : ["pages of other identity providers"];
  for (const file of strangers) {
    for (const at of ["https://sso.fabrikam.example/login", LOGIN]) {
      test(`${file} at ${new URL(at).host} is left alone`, { skip, timeout: 240_000 }, async () => {
        const result = await run(`real/negative-other-idp/${file}`, at);
        assert.deepEqual([result.filled, result.clicked, result.captured], [[], [], []], JSON.stringify(result));
      });
    }
  }

  const shells = here ? readdirSync(join(PAGES, "real"), { recursive: true, encoding: "utf8" }).filter((file) => /^(converged|kmsi|proofup|adfs|config)[^/]*\/.*\.html$/.test(file)) : [];
  for (const file of shells) {
    test(`${file}, not drawn, is left alone`, { skip, timeout: 240_000 }, async () => {
      const result = await run(`real/${file}`, LOGIN);
      assert.deepEqual([result.filled, result.clicked, result.captured], [[], [], []], JSON.stringify(result));
    });
  }
});
