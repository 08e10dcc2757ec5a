// The replicas without the extension: a person types, and the server verifies. A replica that let anything
// through would make every other test worthless.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { serve } from "./chromium.mjs";
import { launchBrowser } from "./harness.mjs";
import { press, signIn } from "./person.mjs";
import { base32, codeAt, LOGIN, SETUP, Tenant } from "./tenant.mjs";

/** @type {import("puppeteer-core").Browser} */
let browser;
before(async () => {
  browser = await launchBrowser({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    pipe: true,
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
});
after(() => browser.close());

test("codes are those of RFC 6238, appendix B", () => {
  const secret = Buffer.from("12345678901234567890");
  for (const [time, code] of /** @type {const} */ ([[59, "287082"], [1111111109, "081804"], [20000000000, "353130"]])) {
    assert.equal(codeAt(secret, Math.floor(time / 30)), code);
  }
  assert.equal(base32(Buffer.from("Hello!\u00de\u00ad", "latin1")), "jbswy3dpehpk2");
});

/** @param {Tenant} tenant */
async function open(tenant) {
  const page = await browser.newPage();
  await serve(page, (question) => tenant.answer(question));
  return page;
}

/** @param {import("puppeteer-core").Page} page @param {string} code */
async function typeCode(page, code) {
  await page.locator("#idTxtBx_SAOTCC_OTC").fill(code);
  await press(page, "#idSubmit_SAOTCC_Continue");
}

test("sign-in: a wrong code is refused, the right one accepted once", async () => {
  const tenant = new Tenant();
  tenant.heldStep = tenant.step;
  const kari = tenant.addPerson("kari@contoso.example", ["PhoneAppOTP"]);
  const right = codeAt(/** @type {Uint8Array} */ (kari.secret), tenant.step);
  const page = await open(tenant);
  await signIn(page, kari);
  await page.waitForSelector("#idTxtBx_SAOTCC_OTC");
  assert.ok(page.url().startsWith(`${LOGIN}/common/oauth2/v2.0/authorize?`));
  await typeCode(page, right === "000000" ? "111111" : "000000");
  await page.waitForSelector("input.has-error#idTxtBx_SAOTCC_OTC");
  await typeCode(page, right);
  await page.waitForSelector("#KmsiDescription");
  assert.deepEqual(tenant.log.map(({ event }) => event), ["refused", "accepted", "signedIn"]);

  await signIn(page, kari);
  await typeCode(page, right);
  await page.waitForSelector("input.has-error#idTxtBx_SAOTCC_OTC");
  await page.close();
});

test("sign-in: from the push page to the code page without a change of address", async () => {
  const tenant = new Tenant();
  const ola = tenant.addPerson("ola@contoso.example", ["PhoneAppNotification", "PhoneAppOTP", "OneWaySMS"]);
  const page = await open(tenant);
  await signIn(page, ola);
  await page.waitForSelector("#idRichContext_DisplaySign");
  await page.locator("#signInAnotherWay").click();
  await page.locator('div[data-value="PhoneAppOTP"]').click();
  await page.waitForSelector("#idTxtBx_SAOTCC_OTC");
  assert.equal(await page.$eval("input[name=mfaAuthMethod]", (field) => /** @type {HTMLInputElement} */ (field).value), "PhoneAppOTP");
  assert.ok(page.url().startsWith(`${LOGIN}/common/oauth2/v2.0/authorize?`));
  await page.close();
});

test("set-up: the field ignores an assigned value, and a stranger's code is refused", async () => {
  const tenant = new Tenant();
  const kari = tenant.addPerson("kari@contoso.example");
  tenant.current = kari.upn;
  const page = await open(tenant);
  await page.goto(`${SETUP}/security-info`);
  await page.locator("[data-testid=add-method-button]").click();
  await page.locator("[data-testid=authmethod-picker-authenticatorApp]").click();
  await page.locator("[role=dialog] button.ms-Link").click();
  await page.locator("[data-testid=reskin-step-next-button]").click();
  await page.locator("[data-testid='activation-qr-show/hide-info-button']").click();
  const key = await page.$eval("tr[data-testid='activation-url/key'] .ms-pii", (cell) => cell.textContent);
  assert.equal(key, tenant.log[0]?.code);
  await page.locator("[data-testid=reskin-step-next-button]").click();
  const field = "[data-testid=verification-entercode-input]";
  await page.waitForSelector(field);
  await page.$eval(field, (input) => {
    /** @type {HTMLInputElement} */ (input).value = "123456";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  assert.ok(await page.$("[data-testid=reskin-step-next-button]:disabled"));
  await page.locator(field).fill("000000");
  await page.locator("[data-testid=reskin-step-next-button]").click();
  await page.waitForSelector("[data-testid=message-bar-error]");
  assert.deepEqual(tenant.log.map(({ event }) => event), ["offered", "refused"]);
  await page.close();
});

test("this folder's pages hold nothing but fiction", () => {
  for (const file of ["sign-in.html", "security-info.html", "proofup.html", "kmsi.html", "portal.html", "elsewhere.html"]) {
    const text = readFileSync(`${import.meta.dirname}/pages/${file}`, "utf8");
    assert.doesNotMatch(text, /[\w.-]+@(?!contoso\.example|fabrikam\.example)[\w-]+\.\w+/, file);
  }
});
