// `./build.sh try-page` as it is called: several accounts of one name, and what the page calls its organisation.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { ROOT } from "./harness.mjs";
import { base32, codeAt } from "./tenant.mjs";

const NAME = "guest@contoso.example";
const HOME = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
const AT_TIME = 1_795_000_005;
/** @type {Record<string, Buffer>} */
const KEYS = { Hjemskolen: Buffer.alloc(10, 1), Vertsfirma: Buffer.alloc(10, 2) };
const ACCOUNTS = Object.entries(KEYS).flatMap(([organisation, key]) => ["--account", `otpauth://totp/${organisation}:${NAME}?secret=${base32(key)}&issuer=Microsoft`]);

/** A saved page that asks for a code. @param {object} [config] */
const page = (config) => `<!DOCTYPE html><html lang="en"><head><meta name="PageID" content="ConvergedTFA">${config ? `<script>$Config=${JSON.stringify(config)};</script>` : ""}</head>
<body><form><input type="hidden" name="login" value="${NAME}"><input type="hidden" name="mfaAuthMethod" value="PhoneAppOTP"><div role="heading">Enter code</div>
<div id="idDiv_SAOTCC_Description">Enter the code displayed in the authenticator app on your mobile device</div><input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="6"></form></body></html>`;

const folder = mkdtempSync(join(tmpdir(), "try-page-"));
after(() => rmSync(folder, { recursive: true }));

for (const [what, at, config, organisation, whose] of /** @type {[string, string, object | undefined, string | null, string | null][]} */ ([
  ["in its configuration, which is called as one account is", "https://login.microsoftonline.com/common/login", { urlCancel: `https://login.microsoftonline.com/${HOME}/reprocess`, sCompanyDisplayName: "Vertsfirma" }, HOME, "Vertsfirma"],
  ["in its address, which says nothing of the accounts", `https://login.microsoftonline.com/${HOME}/login`, undefined, HOME, null],
  ["nowhere", "https://login.microsoftonline.com/common/login", undefined, null, null],
]))
  test(`a saved page with its organisation ${what}`, { timeout: 240_000 }, async () => {
    const file = join(folder, "page.html");
    writeFileSync(file, page(config));
    const words = [join(ROOT, "tests/browser/try-page.mjs"), file, "--at", at, ...ACCOUNTS, "--at-time", String(AT_TIME), "--json"];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    const seen = JSON.parse(stdout);
    assert.ok("organisation" in seen, stdout);
    assert.deepEqual([seen.organisation, seen.state, seen.account], [organisation, "code", NAME]);
    assert.deepEqual(seen.filled.map((/** @type {{ value: string }} */ { value }) => value), whose ? [codeAt(/** @type {Buffer} */ (KEYS[whose]), Math.floor(AT_TIME / 30))] : []);
    assert.equal(seen.reason, whose ? "filled" : "ambiguous");
  });
