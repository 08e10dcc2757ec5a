// Pages that look exactly like Microsoft's code page, in every place that is not Microsoft's, in a real browser with
// an open vault that holds the account they name. Not one of them is given a code: no field is filled in any frame,
// and no time-step is used up. The same page at Microsoft's own address is filled, or none of this would prove a thing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { serve } from "./chromium.mjs";
import { inEachBrowser, start } from "./harness.mjs";
import { prepare } from "./trial.mjs";

const REAL = "https://login.microsoftonline.com";
const ACCOUNT = "otpauth://totp/Contoso:user%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
const EVIL = "https://login.evil.example";
/** Microsoft's code view, as copied by a kit; it tells the test whatever is typed into it. */
const FORM = `<meta name="PageID" content="ConvergedTFA"><div id="displayName">user@contoso.example</div><form>
<input type="hidden" name="login" value="user@contoso.example"><input type="hidden" name="mfaAuthMethod" value="PhoneAppOTP">
<div id="idDiv_SAOTCC_Description">Enter the code displayed in the authenticator app on your mobile device</div>
<input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="6"><input type="submit" id="idSubmit_SAOTCC_Continue" value="Verify"></form>`;
const html = (/** @type {string} */ body) => `<!doctype html><meta charset="utf-8"><title>Sign in to your account</title><body>${body}</body>`;
const inScript = (/** @type {string} */ text) => JSON.stringify(text).replaceAll("<", "\\u003c");
const attribute = (/** @type {string} */ text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** Documents by path; the host does not matter. @type {Record<string, { body: string, policy?: string }>} */
const DOCUMENTS = {
  "/framed": { body: `<iframe width=600 height=300 src="${REAL}/form"></iframe>` },
  "/framed-twice": { body: `<iframe width=600 height=400 src="${EVIL}/framed"></iframe>` },
  "/sandboxed-frame": { body: `<iframe width=600 height=300 sandbox="allow-scripts allow-forms" src="${REAL}/form"></iframe>` },
  "/sandboxed-same-origin": { body: `<iframe width=600 height=300 sandbox="allow-scripts allow-forms allow-same-origin" src="${REAL}/form"></iframe>` },
  "/srcdoc": { body: `<iframe width=600 height=300 srcdoc="${attribute(html(FORM))}"></iframe>` },
  "/srcdoc-sandboxed": { body: `<iframe width=600 height=300 sandbox="allow-scripts" srcdoc="${attribute(html(FORM))}"></iframe>` },
  "/data-frame": { body: `<iframe width=600 height=300 src="data:text/html,${encodeURIComponent(html(FORM))}"></iframe>` },
  "/written-frame": { body: `<iframe width=600 height=300></iframe><script>frames[0].document.write(${inScript(html(FORM))}); frames[0].document.close()</script>` },
  "/blob-frame": { body: `<iframe width=600 height=300></iframe><script>document.querySelector("iframe").src = URL.createObjectURL(new Blob([${inScript(html(FORM))}], { type: "text/html" }))</script>` },
  "/object": { body: `<object width=600 height=300 data="${REAL}/form" type="text/html"></object>` },
  "/embed": { body: `<embed width=600 height=300 src="${REAL}/form" type="text/html">` },
  "/foreign-frame": { body: `<iframe width=600 height=300 src="${EVIL}/form"></iframe>` },
  // Names that stand in the way of the document's own.
  "/clobbered": { body: `<img name="scripts"><img name="body"><form name="querySelector"></form><form name="querySelectorAll"></form><form id="getElementById" name="addEventListener"></form>${FORM}` },
  "/sandboxed": { body: FORM, policy: "sandbox allow-scripts allow-forms" },
  "/sandboxed-bare": { body: FORM, policy: "sandbox" },
  "/blob": { body: `<script>location = URL.createObjectURL(new Blob([${inScript(html(FORM))}], { type: "text/html" }))</script>` },
};

inEachBrowser((browser) => {
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  let tried = 0;

  before(async () => {
    harness = await start({
      browser,
      site: async ({ url }) => {
        const { pathname } = new URL(url);
        if (pathname === "/favicon.ico") return { status: 404 };
        const { body, policy } = DOCUMENTS[pathname] ?? { body: FORM };
        /** @type {Record<string, string>} */
        const headers = policy ? { "content-security-policy": policy } : {};
        return { body: html(body), contentType: "text/html; charset=utf-8", headers };
      },
    });
    await prepare(harness, { at: REAL, accounts: [ACCOUNT] });
  });
  after(() => harness.close());

  /** What stands in the code fields of all frames. @param {import("puppeteer-core").Page} page */
  const typed = async (page) => {
    const values = await Promise.all(page.frames().map((frame) => frame.$$eval("input[name=otc]", (fields) => fields.map((field) => /** @type {HTMLInputElement} */ (field).value)).catch(() => [])));
    return values.flat();
  };

  /** Longer than a look takes to settle, be answered and typed; a page that is filled is so within 150 ms. */
  const rests = () => new Promise((resolve) => setTimeout(resolve, 600));

  /** @param {import("puppeteer-core").Page} page @param {number} fields that there must be to be filled */
  const nothingReleased = async (page, fields = 1) => {
    while ((await typed(page)).length < fields); // within the test's time
    await rests();
    const values = await typed(page);
    assert.deepEqual(values.filter(Boolean), [], page.url());
    assert.equal((await harness.stored("session", "steps")).steps, undefined, "no time-step was used");
    tried += 1;
  };

  /** @param {string} url @param {string} [lands] where the browser takes it */
  const hostile = (url, lands) =>
    test(`${url.slice(0, 90)}`, { timeout: 240_000 }, async () => {
      const page = await harness.tab();
      await page.bringToFront();
      await harness.visit(page, url);
      if (lands) assert.equal(new URL(page.url()).origin, lands);
      assert.notEqual(new URL(page.url()).origin, REAL);
      await nothingReleased(page);
      await page.close();
    });

  // Suffixes, prefixes, other names.
  for (const host of [
    "login.microsoftonline.com.evil.example", "login.microsoftonline.com-signin.example", "login-microsoftonline.com", "xlogin.microsoftonline.com.example",
    "evil.login.microsoftonline.com", "microsoftonline.com", "www.microsoftonline.com", "login.microsoftonline.co", "login.microsoftonline.com.", "login.windows.net.evil.example",
    "mysignins.microsoft.com.evil.example", "login.live.com.evil.example", "microsoft.com", "login.microsoftonline.net", "login.microsoftonline.example",
  ]) hostile(`https://${host}/common/login`);
  // Homographs: as letters that look alike, and as foreign letters.
  for (const host of ["login.micros0ftonline.com", "login.rnicrosoftonline.com", "login.microsoftonllne.com", "login.mícrosoftonline.com", "login.mіcrosoftonline.com", "lоgin.microsoftonline.com", "login.microsoftonline.cοm", "login。microsoftonline.com.evil.example"]) {
    hostile(`https://${host}/common/login`);
  }
  // What is before the @ is no host.
  hostile("https://login.microsoftonline.com@login.evil.example/common/login", EVIL);
  hostile("https://login.microsoftonline.com%2fcommon@login.evil.example/", EVIL);
  hostile("https://login.microsoftonline.com:443@login.evil.example/common/login", EVIL);
  hostile("https://login.evil.example\\@login.microsoftonline.com/common/login", EVIL);
  hostile("https://login.evil.example/https://login.microsoftonline.com/common/login", EVIL);
  // Other ports, other schemes.
  for (const port of [444, 8443, 80, 4430]) hostile(`${REAL}:${port}/common/login`);
  // (On the usual port Chromium makes https of it.)
  for (const host of ["sts.windows.net", "mysignins.azure.us", "login.chinacloudapi.cn"]) hostile(`http://${host}:8080/common/login`, `http://${host}:8080`);
  hostile(`data:text/html,${encodeURIComponent(html(FORM))}`);

  // Frames, whoever is around and whoever is in them.
  for (const path of ["/framed", "/framed-twice", "/sandboxed-frame", "/sandboxed-same-origin", "/srcdoc", "/object", "/embed"]) hostile(`${EVIL}${path}`);
  for (const path of ["/srcdoc", "/srcdoc-sandboxed", "/data-frame", "/written-frame", "/blob-frame", "/foreign-frame", "/framed"]) {
    test(`a frame in Microsoft's own page: ${path}`, { timeout: 240_000 }, async () => {
      const page = await harness.tab();
      await page.goto(`${REAL}${path}`, { waitUntil: "load" });
      await harness.settled(page); // the script of the page around it has looked, and has nothing to do
      await nothingReleased(page);
      await page.close();
    });
  }
  // Documents of Microsoft's own address that are not Microsoft's origin.
  for (const path of ["/sandboxed", "/sandboxed-bare"]) {
    test(`an opaque origin at Microsoft's address: ${path}`, { timeout: 240_000 }, async () => {
      const page = await harness.tab();
      await page.goto(`${REAL}${path}`, { waitUntil: "load" });
      await nothingReleased(page);
      await page.close();
    });
  }
  test("a blob of Microsoft's origin", { timeout: 240_000 }, async () => {
    const page = await harness.tab();
    await page.goto(`${REAL}/blob`);
    await page.waitForSelector("input[name=otc]");
    assert.match(page.url(), /^blob:/);
    await nothingReleased(page);
    await page.close();
  });
  test("a window that Microsoft's page has written", { timeout: 240_000 }, async () => {
    const opener = await harness.tab();
    await opener.goto(`${REAL}/framed`, { waitUntil: "load" });
    const opened = new Promise((resolve) => opener.once("popup", resolve));
    await opener.evaluate((text) => {
      const written = window.open("about:blank")?.document;
      written?.write(text);
      written?.close();
    }, html(FORM));
    const page = /** @type {import("puppeteer-core").Page} */ (await opened);
    await page.bringToFront();
    await nothingReleased(page);
    await page.close();
    await opener.close();
  });

  // Last, because here the real page may well be filled: a page that is exchanged while the answer is on its way.
  test("the same page at Microsoft's own address is filled", { timeout: 240_000 }, async () => {
    const page = await harness.tab();
    await page.goto(`${REAL}/common/login`);
    await page.waitForFunction(() => /^\d{6}$/.test(/** @type {HTMLInputElement} */ (document.querySelector("input[name=otc]")).value), { polling: 20 });
    await page.close();
  });
  test("a document of Microsoft's whose own names were taken away is read all the same", { timeout: 240_000 }, async () => {
    await harness.forgetUsed();
    const page = await harness.tab();
    await page.goto(`${REAL}/clobbered`);
    assert.equal(await page.evaluate(() => typeof document.querySelector), "object");
    const field = await page.waitForSelector("::-p-xpath(//input[@name='otc'])");
    while (!/^\d{6}$/.test((await field?.evaluate((field) => /** @type {HTMLInputElement} */ (field).value)) ?? "")); // within the test's time
    await page.close();
  });
  test("a window of Microsoft's that another site has opened, and where nobody acts, sends no code off", { timeout: 240_000 }, async () => {
    await (await harness.probe()).evaluate(async () => {
      /** @type {Pick<typeof import("../../dist/chromium/core.js"), "ask">} */
      const { ask } = await import(chrome.runtime.getURL("core.js"));
      const { view } = await ask("show", {});
      for (const { id } of view.accounts) await ask({ setMode: { account: id, mode: "automatic" } }, {});
    });
    await harness.forgetUsed();
    const evil = await harness.tab();
    await harness.visit(evil, `${EVIL}/opener`);
    const opened = new Promise((resolve) => evil.once("popup", resolve));
    await evil.evaluate(() => {
      document.body.addEventListener("click", () => Object.assign(window, { opened: window.open("about:blank", "other", "width=300,height=200") }));
    });
    await evil.click("#displayName");
    const victim = /** @type {import("puppeteer-core").Page} */ (await opened);
    if (browser === "chromium") await serve(victim, harness.site);
    // The page behind it decides where that window goes, and that it is in front.
    await evil.evaluate((url) => void (/** @type {any} */ (window).opened.location = url), `${REAL}/common/login`);
    // It is not asked for anything: that would be an act in it.
    const tabState = await harness.settledTab(await harness.tabIdAt(`${REAL}/common/login`), "code");
    assert.equal(tabState?.reason, "filled");
    await rests();
    assert.equal(victim.url(), `${REAL}/common/login`, "it was sent off");
    await victim.close();
    await evil.close();
    tried += 1;
  });
  for (const ms of [0, 30, 60, 90, 120, 180]) {
    test(`from Microsoft's page to another after ${ms} ms`, { timeout: 240_000 }, async () => {
      await harness.forgetUsed();
      const page = await harness.tab();
      await page.bringToFront();
      await page.goto(`${REAL}/common/login`);
      const there = page.waitForNavigation();
      await page.evaluate((url, ms) => void setTimeout(() => location.assign(url), ms), `${EVIL}/common/login`, ms);
      await there;
      assert.equal(new URL(page.url()).origin, EVIL);
      await rests();
      assert.deepEqual(await typed(page), [""]);
      tried += 1;
      await page.close();
    });
  }
  test("all of them, and not one code", () => {
    console.log(`${tried} hostile pages tried in the browser, 0 codes released`);
    assert.ok(tried >= 40, `${tried}`);
  });
});
