// What opens on a page fades and grows, and a picture taken just then shows a code that cannot be read yet.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { inEachBrowser, ROOT, start } from "./harness.mjs";
import { prepare } from "./trial.mjs";

const CLEAR = "https://intranet.fabrikam.example/";

inEachBrowser((browser) => {
  /** @type {Awaited<ReturnType<typeof start>>} */
  let harness;
  /** @type {import("puppeteer-core").Page} */
  let page;
  before(async () => {
    const code = (await readFile(join(ROOT, "tests/qr/sample/0000-plain.png"))).toString("base64");
    // Over most of the code's contents, but neither over its corners nor over its timing patterns.
    const veil = "position:absolute;left:121px;top:107px;width:190px;height:130px;background:#fff";
    const body = `<!doctype html><body style="margin:0"><img style="display:block" src="data:image/png;base64,${code}">`;
    harness = await start({ browser, site: async ({ url }) => ({ body: url === CLEAR ? body : `${body}<i id="veil" style="${veil}"></i>`, contentType: "text/html" }) });
    await prepare(harness, { at: "https://login.microsoftonline.com/", accounts: [] });
    page = await harness.tab();
  });
  after(() => harness?.close());

  /**
   * A click on "Scan this tab". The veil is gone once so many pictures were taken; with 0 there is none.
   * @param {number} veiled @returns {Promise<{ formats: string[], said: string }>}
   */
  const scan = async (veiled) => {
    await page.goto(veiled === 0 ? CLEAR : `${CLEAR}veiled`);
    await page.bringToFront();
    // It is on the screen, of which the picture is taken.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const popup = await harness.toolbarClick(page);
    await popup.evaluate((veiled) => {
      // The click on the toolbar lets the popup into the page below it.
      const lift = async () => {
        const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
        const func = () => {
          document.querySelector("#veil")?.remove();
          return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined))));
        };
        await chrome.scripting.executeScript({ target: { tabId: tab?.id ?? -1 }, func });
      };
      const take = chrome.tabs.captureVisibleTab;
      /** @type {string[]} */
      const formats = [];
      Object.assign(globalThis, { formats });
      chrome.tabs.captureVisibleTab = /** @type {any} */ (
        async (/** @type {{ format: string }} */ how) => {
          const picture = await take(/** @type {any} */ (how));
          if (formats.push(how.format) === veiled) await lift();
          return picture;
        }
      );
    }, veiled);
    await popup.locator("[data-action=scan]").click();
    const said = await popup.waitForFunction(() =>
      document.querySelector("[data-pending-account]") ? "offered" : /** @type {HTMLElement | null} */ (document.querySelector("#notice[data-notice]"))?.dataset.notice,
    );
    const formats = await popup.evaluate(() => /** @type {any} */ (globalThis).formats);
    const outcome = { formats, said: String(await said.jsonValue()) };
    if (outcome.said === "offered") {
      await popup.locator("[data-pending-account] [data-action=dismiss]").click();
      await popup.waitForFunction(() => !document.querySelector("[data-pending-account]"));
    }
    await harness.shut(popup);
    return outcome;
  };

  test("a code that can be read at once needs one picture", async () => {
    assert.deepEqual(await scan(0), { formats: ["jpeg"], said: "offered" });
  });

  test("a code that was still veiled is read from a second picture", async () => {
    assert.deepEqual(await scan(1), { formats: ["jpeg", "png"], said: "offered" });
  });

  test("a code that stays veiled is told apart from none", async () => {
    assert.deepEqual(await scan(9), { formats: ["jpeg", "png"], said: "unreadQr" });
  });
});
