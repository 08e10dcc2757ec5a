// An account that came in wrong is put right in the manager: whose it is, what for, and with another key; then it signs in.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { inEachBrowser, start } from "./harness.mjs";
import { notice } from "./main-job.mjs";
import * as person from "./person.mjs";
import { base32, codeAt, LOGIN, Tenant } from "./tenant.mjs";
import { prepare } from "./trial.mjs";
import { press } from "./ui-rig.mjs";

const CODE = "#idTxtBx_SAOTCC_OTC";
/** A key that somebody has typed wrong. */
const WRONG = "jbswy3dpehpk3pxp";
const WRONG_BYTES = Buffer.from("48656c6c6f21deadbeef", "hex");

inEachBrowser((browser) => {
  let tenant = new Tenant();
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  before(async () => {
    harness = await start({ browser, site: (question) => tenant.answer(question) });
  });
  after(() => harness.close());
  beforeEach(() => {
    tenant = new Tenant("Contoso Skole");
  });

  test("every field is changed, the codes of before and after are shown, and the old key is not", async () => {
    const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppOTP"]);
    const secret = /** @type {Uint8Array} */ (kari.secret);
    await prepare(harness, { at: LOGIN, accounts: [`otpauth://totp/GitHub:kari@contoso.exampel?secret=${WRONG}&issuer=GitHub`] });
    const manager = await harness.browser.newPage();
    await manager.bringToFront();
    await harness.goTo(manager, "www/manager/manager.html");
    await press(manager, "[data-account] .more");
    await press(manager, "dialog [data-action=edit]");
    await manager.waitForSelector("[data-dialog=edit] #edit-name", { visible: true });
    const shown = await manager.$$eval("[data-dialog=edit] input, [data-dialog=edit] select", (fields) =>
      fields.map((field) => (field instanceof HTMLInputElement && field.type === "checkbox" ? field.checked : /** @type {HTMLInputElement} */ (field).value)),
    );
    assert.deepEqual(shown, ["kari@contoso.exampel", "GitHub", "", false, "", "SHA1", "6", "30"]);
    assert.doesNotMatch((await manager.content()).toLowerCase(), new RegExp(WRONG), "the key that is there");

    // A mistake is said, and nothing is saved.
    await press(manager, "[data-dialog=edit] summary");
    await manager.type("#edit-key", "jbswy3d1");
    await manager.waitForSelector("#edit-trouble:not(:empty)");
    assert.equal(await manager.$eval("#edit-key", (field) => field.getAttribute("aria-invalid")), "true");

    /** @param {string} id @param {string} text */
    const fill = (id, text) => manager.locator(id).fill(text);
    await fill("#edit-name", kari.upn);
    await fill("#edit-issuer", "Microsoft");
    await fill("#edit-organisation", "Contoso Skole");
    await press(manager, "#edit-microsoft");
    await fill("#edit-key", base32(secret).toLowerCase());
    // Both codes are those of one time-step, whichever has come by now.
    const seen = await manager.waitForFunction(
      (pairs) => {
        const [before, after] = ["#edit-before", "#edit-after"].map((id) => document.querySelector(id)?.textContent?.replaceAll(" ", ""));
        return pairs.find(([was, is]) => was === before && is === after);
      },
      { polling: 20 },
      Array.from({ length: 20 }, (_, at) => at - 1).map((ahead) => [codeAt(WRONG_BYTES, tenant.step + ahead), codeAt(secret, tenant.step + ahead)]),
    );
    assert.ok(await seen.jsonValue());
    assert.ok(await manager.$eval("#edit-replaces", (line) => line.textContent));
    await press(manager, "[data-dialog=edit] [type=submit]");
    await notice(manager, "edited");
    const { view } = await harness.core("ask", "refresh");
    const [{ name, issuer, organisation, microsoft, confirmed }] = view.accounts;
    assert.deepEqual({ name, issuer, organisation, microsoft, confirmed }, { name: kari.upn, issuer: "Microsoft", organisation: "Contoso Skole", microsoft: true, confirmed: false });
    await manager.close();

    const page = await harness.tab();
    await page.bringToFront();
    await person.signIn(page, kari);
    await page.waitForSelector(CODE);
    assert.equal((await harness.settled(page, "code"))?.reason, "filled");
    const accepted = tenant.until("accepted");
    await person.press(page, "#idSubmit_SAOTCC_Continue");
    await accepted;
    await page.close();
  });

  test("an account of another service is used for Microsoft once a person says so", async () => {
    const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppOTP"]);
    await prepare(harness, { at: LOGIN, accounts: [`otpauth://totp/kari@contoso.example?secret=${base32(/** @type {Uint8Array} */ (kari.secret))}&issuer=GitHub`] });
    const manager = await harness.browser.newPage();
    await manager.bringToFront();
    for (const uses of [true, false]) {
      await harness.goTo(manager, "www/manager/manager.html");
      await press(manager, "[data-account] .more");
      await press(manager, "dialog [data-action=edit]");
      await press(manager, "#edit-microsoft");
      await press(manager, "[data-dialog=edit] [type=submit]");
      await notice(manager, "edited");
      const { view } = await harness.core("ask", "refresh");
      assert.deepEqual([view.accounts[0].microsoft, view.accounts[0].issuer], [uses, "GitHub"]);
    }
    await manager.close();
  });
});
