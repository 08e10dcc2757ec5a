// "Describe this page": what goes out of a page that is not recognised, and how that becomes a test.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { describe, pageOf } from "./described.mjs";
import { inEachBrowser, ROOT, start } from "./harness.mjs";
import { recorded } from "./observe.mjs";
import { press } from "./person.mjs";
import { prepare, TryPage } from "./trial.mjs";

const LOGIN = "https://login.microsoftonline.com/common/login";
const ACCOUNT = "otpauth://totp/Contoso%3Auser%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
const REPORTS = join(ROOT, "tests/vectors/descriptions");

/** What no description may hold, in whatever it was hidden. */
const CANARIES = ["kari.nordmann@skole.example", "KariNordmann", "kari-nordmann", "+4791234567", "01017012345", "482913", "frjlnxskqqqqzzzz", "https://evil.example/kari?code=482913"];
const LEAK = /kari|nordmann|skole|evil|frjlnx|\d{3,}|@|\?/i;
const ATTRIBUTES = ["id", "name", "class", "data-testid", "role", "autocomplete", "maxlength", "type", "value", "href", "src", "svgsrc", "title", "alt", "placeholder", "aria-label", "action", "lang", "data-value", "for", "style"];
const TAGS = ["input", "select", "textarea", "button", "a", "img", "div", "dialog", "span", "label", "h1", "p", "option", "script", "iframe"];

/** The same numbers in each run. @param {number} seed */
const numbers = (seed) => () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;

/** A page with canaries in each text, value, attribute and address. @param {() => number} next */
const pageWithCanaries = (next) => {
  const one = (/** @type {string[]} */ list) => list[Math.floor(next() * list.length)] ?? "";
  const canary = () => (next() < 0.3 ? `code-${one(CANARIES)}` : next() < 0.3 ? `${one(CANARIES)} input` : one(CANARIES));
  return Array.from({ length: 12 }, () => {
    const tag = one(TAGS);
    const told = ATTRIBUTES.filter((name) => name !== "style" && next() < 0.6).map((name) => `${name}="${name === "type" && next() < 0.7 ? one(["text", "hidden", "tel", "submit"]) : name === "name" && next() < 0.2 ? "mfaAuthMethod" : canary()}"`);
    return `<${tag} ${told.join(" ")}>${canary()}</${tag}>`;
  }).join("");
};

inEachBrowser((browser) => {
  const bench = new TryPage();
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  before(async () => {
    harness = await start({ browser, site: bench.site });
  });
  after(() => harness.close());

  test("a page that is not recognised says so; its description is shown, then copied, and its field filled by a press alone", { timeout: 240_000 }, async () => {
    const html = `<!DOCTYPE html><html lang="nb-NO"><head><meta name="PageID" content="ConvergedNewCode"></head><body><main>
      <input type="hidden" name="login" value="user@contoso.example"><h1>Skriv den inn her</h1>
      <form><input type="tel" name="newCode" id="kariCode" maxlength="6"><button type="button" data-testid="submit-button">Videre</button></form></main></body></html>`;
    const result = await bench.run(harness, { html, at: LOGIN, accounts: [ACCOUNT] });
    assert.deepEqual([result.state, result.reason, result.badge, result.filled], ["unknown", "notRecognised", "?", []]);
    const page = await harness.tab();
    await page.bringToFront();
    await harness.visit(page, LOGIN);
    await harness.settled(page);
    const popup = await harness.toolbarClick(page);
    await popup.waitForSelector("#describe:not([hidden]) button");
    await press(popup, "[data-action=describe]");
    await popup.waitForSelector("#description:not([hidden])");
    const shown = await popup.$eval("#description-lines", (lines) => lines.textContent);
    assert.equal(
      shown,
      `page ${LOGIN}\nid ConvergedNewCode\nlanguage nb\nhidden name=login\ninput type=tel name=newCode id=*Code maxlength=6\nbutton type=button testid=submit-button`,
    );
    await press(popup, "[data-action=copy-description]");
    await popup.waitForFunction(() => document.querySelector("#notice")?.textContent);
    assert.equal(await harness.clipboard(), shown);
    // A second press on the icon would close a popup that is still open.
    await harness.shut(popup);
    const again = await harness.toolbarClick(page);
    const closed = harness.closes(again);
    await again.locator("[data-action=fill-here]").click();
    await closed;
    await page.bringToFront();
    await page.waitForFunction(() => document.querySelectorAll("input")[1]?.value.length === 6);
    await page.close();
  });

  for (const file of readdirSync(REPORTS))
    test(`the report ${file}`, { timeout: 240_000 }, async () => {
      const report = readFileSync(join(REPORTS, file), "utf8");
      const { vector } = await bench.run(harness, { ...pageOf(report), accounts: [ACCOUNT] });
      vector.expect.account = vector.seen.login ?? null; // of a view that is not known, the tab keeps none
      recorded(`reported-${file.replace(/\.txt$/, "")}`, vector);
      // What it is made of is what the report says: nothing was lost on the way, and there is nothing else in a report.
      const page = await harness.tab();
      await page.bringToFront();
      await harness.visit(page, pageOf(report).at);
      assert.equal(await describe(harness, await harness.tabId(page)), report.trim());
      await page.close();
    });

  test("of 500 pages with canaries in every text, value, attribute and address, none gets out", { timeout: 300_000 }, async () => {
    // Thousands of addresses, none of which is asked for.
    bench.show({ html: `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><body>`, at: LOGIN });
    const page = await harness.tab();
    await page.bringToFront();
    await harness.visit(page, LOGIN);
    const next = numbers(14);
    const pages = Array.from({ length: 500 }, () => pageWithCanaries(next));
    // The very function that the popup sends in, and what the core makes of what it brings.
    const { collect } = await import(join(ROOT, "dist/chromium/www/popup/collect.js"));
    await page.evaluate(`globalThis.collect = ${collect}`);
    const collected = await page.evaluate(
      (pages, typed) =>
        pages.map((html, i) => {
          document.body.innerHTML = html;
          document.documentElement.lang = typed;
          history.replaceState(null, "", `/${typed}/${typed}?${typed}#${typed}`);
          for (const box of document.querySelectorAll("input, textarea")) if (i % 2) /** @type {HTMLInputElement} */ (box).value = typed;
          return /** @type {any} */ (globalThis).collect();
        }),
      pages,
      "kari482913",
    );
    assert.ok(collected.every(({ elements }) => JSON.stringify(elements).length < 20_000));
    // No text and nothing typed has even left the page.
    assert.ok(collected.every(({ elements }) => elements.every((/** @type {any} */ { attributes }) => attributes.value === undefined || attributes.name === "mfaAuthMethod" || attributes.name === "type")));
    const described = await (await harness.probe()).evaluate(async (collected) => {
      const { describe } = await import(chrome.runtime.getURL("core.js"));
      return Promise.all(collected.map(describe));
    }, collected);
    assert.equal(described.length, 500);
    let lines = 0;
    for (const text of described) {
      assert.doesNotMatch(text, LEAK);
      lines += text.split("\n").length;
    }
    assert.ok(lines > 2000, `${lines} lines`);
    console.log(`500 pages described in ${lines} lines, 0 canaries in them`);
    await page.close();
  });
});
