// What Firefox has of its own: an event page that it stops by itself, no word of a locked computer, a relying party
// that must be a host, and which it takes only in later versions.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { BROWSERS, start } from "./harness.mjs";
import { LOGIN } from "./tenant.mjs";
import { prepare } from "./trial.mjs";

describe("firefox", { skip: BROWSERS.includes("firefox") ? false : "BROWSER names another" }, () => {
  /** @type {import("./firefox.mjs").Firefox} */
  let harness;
  /** @type {import("puppeteer-core").Page} */
  let manager;
  before(async () => {
    const started = await start({ browser: "firefox", site: async () => ({ body: "<!doctype html><title>A page</title>", contentType: "text/html" }) });
    assert.ok("softToken" in started);
    harness = started;
    await prepare(harness, { at: LOGIN, accounts: ["otpauth://totp/Contoso:kari%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft"] });
    manager = await harness.browser.newPage();
    await harness.goTo(manager, "www/manager/manager.html#unlocking");
    await manager.waitForSelector("body[data-screen=accounts][data-ready=true]");
  });
  after(() => harness?.close());

  /** @param {string} selector */
  const press = (selector) => manager.locator(selector).click();
  /** @param {string} key */
  const noticed = (key) => manager.waitForSelector(`#notice[data-notice='${key}']`);

  test("the event page is stopped by the browser when it is idle, and answers again", async () => {
    await harness.stopWorker(); // so that its next life begins with the short patience
    await harness.whenIdle(async () => {
      const page = await harness.tab();
      await page.goto(`${LOGIN}/`);
      assert.ok(await harness.settled(page));
      await page.close();
    });
    const page = await harness.tab();
    await page.goto(`${LOGIN}/`);
    assert.ok(await harness.settled(page));
    await page.close();
  });

  test("the manager promises no locking with the computer, which Firefox does not tell of", async () => {
    assert.equal(await manager.$eval("#lock-with-computer", (box) => box.checkVisibility()), false);
    assert.ok(await manager.$eval("#idle", (choice) => choice.checkVisibility()));
  });

  test("a security key is added under Microsoft's name and opens the vault", async () => {
    await harness.softToken();
    await press("[data-action=add-key]");
    await noticed("unlockMethodAdded");
    await press("[data-action=lock]");
    await manager.waitForSelector("body[data-screen=locked]");
    await press("#unlock-form [data-action=key]");
    await manager.waitForSelector("body[data-screen=accounts]");
  });

  test("a Firefox that takes no host as the relying party does not offer a key", async () => {
    await harness.pretend("Mozilla/5.0 (X11; Linux x86_64; rv:149.0) Gecko/20100101 Firefox/149.0");
    await harness.goTo(manager, "www/manager/manager.html");
    await manager.waitForSelector("body[data-screen=accounts][data-ready=true] #unlock-method-adders [data-action]");
    assert.equal(await manager.$("[data-action=add-key]"), null);
  });
});
