// A browser may withhold Microsoft's pages, and a person can take them back at any time: nothing breaks, the popup says
// why nothing happens and asks, and the page that is open is served as soon as it is allowed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inEachBrowser } from "./harness.mjs";
import { CODE_FIELD, MainJob, notice, secretOf } from "./main-job.mjs";
import { fieldValue, press } from "./person.mjs";
import { ELSEWHERE, LOGIN } from "./tenant.mjs";
import { prepare } from "./trial.mjs";

/** So long without a change, and a page is taken to be at rest; a code comes within a third of it. */
const AT_REST_MS = 1500;

inEachBrowser((browser) => {
  /** @type {MainJob} */
  let job;
  before(async () => {
    job = await MainJob.begin({ browser });
    const { harness, tenant, ola } = job;
    await prepare(harness, { at: LOGIN, accounts: [tenant.uri(ola.upn, secretOf(ola))] });
  });
  after(() => job.harness.close());

  const emptyAtRest = async () => {
    await job.page.waitForSelector(CODE_FIELD, { visible: true });
    await job.page.evaluate(
      (restMs) =>
        new Promise((resolve) => {
          let timer = setTimeout(resolve, restMs);
          new MutationObserver(() => {
            clearTimeout(timer);
            timer = setTimeout(resolve, restMs);
          }).observe(document, { subtree: true, childList: true, attributes: true });
        }),
      AT_REST_MS,
    );
    assert.equal(await fieldValue(job.page, CODE_FIELD, false), "");
  };

  const filled = async () => {
    const code = await fieldValue(job.page, CODE_FIELD);
    assert.ok(job.codes(secretOf(job.ola)).includes(code));
    assert.ok(await job.page.evaluate(() => "notReloaded" in window), "the page was not loaded again");
  };

  test("withheld: nothing is filled", async () => {
    await job.harness.withhold();
    await job.signIn(job.ola);
    await job.page.evaluate(() => Object.assign(window, { notReloaded: true }));
    await emptyAtRest();
  });

  test("the click on the toolbar lets it in for this page, which is filled", async () => {
    const { harness, page } = job;
    // Chromium opens no popup by this click, Firefox does.
    if ("toolbarClickLetsIn" in harness) await harness.toolbarClickLetsIn(page);
    else await job.click();
    await filled();
  });

  test("the popup says what is missing and asks; the question is refused, then granted", async () => {
    const { harness } = job;
    const popup = await job.click();
    await popup.waitForSelector("#access:not([hidden]) [data-action=allow]", { visible: true });
    if ("answerPrompt" in harness) {
      const [question] = await Promise.all([harness.answerPrompt(false), press(popup, "[data-action=allow]")]);
      assert.match(question, /Tofaktor/);
      await notice(popup, "accessRefused");
      assert.ok(await popup.$("#access:not([hidden])"));
      // What the browser answers is on its way for longer than the page takes to be looked at, and the popup to be painted.
      await popup.evaluate(() => {
        const { contains } = chrome.permissions;
        const held = new Promise((resolve) => Object.assign(globalThis, { letGo: resolve }));
        chrome.permissions.contains = /** @type {any} */ (async (/** @type {any} */ what) => (await held, contains(what)));
      });
      await Promise.all([harness.answerPrompt(true), press(popup, "[data-action=allow]")]);
      await notice(popup, "accessGranted");
      await harness.lookAgain(await harness.tabId(job.page));
      await popup.waitForSelector("#access:not([hidden])");
      // At once, and not by what is painted next, which is when a code has run out.
      const isHidden = await popup.evaluate(async () => {
        /** @type {any} */ (globalThis).letGo();
        await chrome.permissions.contains({});
        await new Promise((resolve) => setTimeout(resolve));
        return document.querySelector("#access")?.hasAttribute("hidden");
      });
      assert.equal(isHidden, true);
    } else await harness.allow();
    await job.away();
    const again = await job.click();
    assert.ok(await again.$("#access[hidden]"));
    await job.away();
  });

  test("on another page there is nothing to ask for", async () => {
    const { harness, page, tenant } = job;
    await harness.withhold();
    const url = `${ELSEWHERE}/`;
    tenant.addPage(url, "elsewhere.html");
    await page.goto(url);
    const popup = await job.click();
    assert.ok(await popup.$("#access[hidden]"));
    await job.away();
    await harness.allow();
  });

  test("withheld while a page waits, and allowed: it is filled without loading it again", async () => {
    await job.harness.withhold();
    await job.signIn(job.ola);
    await job.page.evaluate(() => Object.assign(window, { notReloaded: true }));
    await emptyAtRest();
    await job.harness.forgetUsed();
    await job.harness.allow();
    await filled();
  });

  test("taken back while its script is in the page: no code goes there until it is allowed again", async () => {
    const { harness, page, ola } = job;
    await page.goto(`${LOGIN}/common/oauth2/v2.0/authorize`);
    await harness.settled(page);
    await harness.withhold();
    await page.evaluate(() => Object.assign(window, { notReloaded: true }));
    await job.identify(ola);
    await emptyAtRest();
    await harness.forgetUsed();
    await harness.allow();
    await filled();
  });

  test("first run and manager ask wherever a page is withheld", async () => {
    const { harness } = job;
    const page = await harness.browser.newPage();
    for (const path of ["www/manager/manager.html", "www/welcome/welcome.html"]) {
      for (const [change, shown] of /** @type {const} */ ([["withhold", true], ["allow", false]])) {
        await harness[change]();
        await harness.goTo(page, path);
        await page.waitForSelector(`body[data-ready="true"] #access${shown ? ":not([hidden])" : "[hidden]"}`);
      }
    }
    await page.close();
  });
});
