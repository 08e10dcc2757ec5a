// What a person does on our pages: by keyboard alone, with a security key, with a thousand accounts.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { PASSPHRASE, accounts, noticed, onScreen, press } from "./ui-rig.mjs";
import { COUNTER, prepare, tabState } from "./ui-states.mjs";

/** @typedef {import("./ui-rig.mjs").Page} Page */

const inFirefox = process.env.BROWSER === "firefox"; // see differences.mjs
const { open } = inFirefox ? await import("./ui-rig-firefox.mjs") : await import("./ui-rig.mjs");
/** Where a test goes by Chromium's own protocol. @param {string} because */
const chromiumAlone = (because) => ({ skip: inFirefox && because });

/** @type {import("./ui-rig.mjs").Rig} */
let rig;
before(async () => {
  rig = await open();
});
after(() => rig.close());
afterEach(async () => assert.deepEqual(await rig.takeComplaints(), []));

/** @param {Page} page */
const focused = (page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.className || document.activeElement?.getAttribute("data-action"));
/** @param {Page} page */
const names = (page) => page.$$eval("[data-account]:not([hidden]) .name", (all) => all.map((name) => name.textContent));

test("the first run opens by itself, once", chromiumAlone("the harness waits for it at every start of Firefox"), async () => {
  const target = await rig.browser.waitForTarget((target) => target.url().endsWith("/www/welcome/welcome.html"));
  await (await target.page())?.close();
});

test("from the first run to a copied code by keyboard alone", async () => {
  await rig.reset();
  const welcome = await rig.page("www/welcome/welcome.html");
  await welcome.keyboard.press("Tab");
  await welcome.keyboard.press("Enter");
  await welcome.waitForSelector("[data-step='2']:not([hidden])");
  await welcome.keyboard.press("Tab");
  assert.equal(await focused(welcome), "passphrase");
  await welcome.keyboard.type(PASSPHRASE);
  await welcome.keyboard.press("Enter");
  await welcome.waitForSelector("#chosen:not([hidden])");
  assert.equal(await focused(welcome), "on");
  await welcome.keyboard.press("Enter");
  await welcome.waitForSelector("[data-step='3']:not([hidden])");
  await welcome.close();

  await rig.ask("addPending", accounts(1)[0]);
  const popup = await rig.page("www/popup/popup.html");
  await popup.waitForSelector("[data-pending-account] [data-action='save']");
  for (let i = 0; i < 6 && (await popup.evaluate(() => document.activeElement?.getAttribute("data-action"))) !== "save"; i++) await popup.keyboard.press("Tab");
  await popup.keyboard.press("Enter");
  await noticed(popup, "saved");
  assert.equal(await focused(popup), "copy", "the new account has the focus");
  const code = await popup.$eval(".code", (element) => element.textContent?.replace(" ", ""));
  await popup.keyboard.press("Enter");
  await noticed(popup, "copied");
  assert.match(code ?? "", /^\d{6}$/);
  assert.match(await popup.$eval(".copy", (element) => element.getAttribute("aria-label") ?? ""), /\d{3} \d{3}/);
  await popup.close();
});

test("a list is walked by arrows, searched by typing, and Enter copies the first that is found", async () => {
  await rig.reset();
  await rig.fill(accounts(8));
  const popup = await rig.page("www/popup/popup.html");
  assert.equal(await focused(popup), "search");
  await popup.keyboard.press("ArrowDown");
  assert.equal(await focused(popup), "copy");
  await popup.keyboard.press("End");
  await popup.keyboard.press("ArrowUp");
  const at = await popup.evaluate(() => [...document.querySelectorAll("[data-account] .copy")].indexOf(/** @type {Element} */ (document.activeElement)));
  assert.equal(at, 6);
  await popup.keyboard.type("more ");
  assert.deepEqual(await names(popup), ["kari.nordmann@skole.example"], "ø is found by o, and typing goes to the search");
  // The mark on the card goes by itself.
  await popup.evaluate(() => new MutationObserver(([mark]) => Object.assign(globalThis, { marked: /** @type {Element} */ (mark?.target).querySelector(".name")?.textContent })).observe(document.body, { subtree: true, attributeFilter: ["data-copied"] }));
  await popup.keyboard.press("Enter");
  await noticed(popup, "copied");
  assert.equal(await popup.evaluate("marked"), "kari.nordmann@skole.example");
  await popup.keyboard.press("Escape");
  assert.equal((await names(popup)).length, 8);
  await popup.close();
});

test("the next code shows in the last five seconds, in which this one is red; before that it does not", chromiumAlone("the clock of an extension's page cannot be put before its scripts run"), async () => {
  const look = async (/** @type {number} */ second) => {
    const popup = await rig.page("www/popup/popup.html", { second });
    const seen = await popup.$eval("[data-account]", (card) => {
      const style = (/** @type {string} */ selector) => getComputedStyle(/** @type {Element} */ (card.querySelector(selector)));
      return { next: style(".next-code").visibility, colour: style(".code").color, code: card.querySelector(".next-code")?.textContent };
    });
    await popup.close();
    return seen;
  };
  const early = await look(5);
  const late = await look(26);
  assert.equal(early.next, "hidden");
  assert.equal(late.next, "visible");
  assert.match(late.code ?? "", /^\d{3} \d{3}$/);
  assert.notEqual(late.colour, early.colour);
});

test("a popup that opened by itself takes no yes in its first half second", chromiumAlone("what a page of the extension waits for cannot be held before its scripts run"), async () => {
  const tab = { id: 7, url: "https://login.microsoftonline.com/common/login" };
  await prepare(rig, { name: "approval", path: "www/popup/popup.html", vault: "few", tab, tabState: tabState({ reason: "awaitingApproval" }), pendingAccounts: ["otpauth://totp/Contoso:nora%40contoso.example?secret=mfrggzdfmztwq2lk&issuer=Microsoft"] });
  const held = ["[data-action='approve']", "#pending-account-list [data-action='save']"];
  const isHeld = (/** @type {import("puppeteer-core").Page} */ popup) =>
    popup.evaluate((held) => held.map((selector) => {
      const { x, y, width, height } = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
      if (width === 0) throw new Error(`${selector} is not there`);
      return document.elementFromPoint(x + width / 2, y + height / 2)?.closest(selector) === null;
    }), held);
  const began = Date.now();
  await rig.put("session", { opened: String(began) });
  const popup = await rig.page("www/popup/popup.html", { tab, frozen: 500, began, height: 1200 });
  assert.deepEqual(await isHeld(popup), [true, true]);
  await popup.evaluate(() => dispatchEvent(new Event("thaw")));
  assert.deepEqual(await isHeld(popup), [false, false]);
  await popup.close();
  // One that was clicked for takes it at once, also soon after.
  const clicked = await rig.page("www/popup/popup.html", { tab, frozen: 500, height: 1200 });
  assert.deepEqual(await isHeld(clicked), [false, false]);
  await clicked.close();
  await rig.put("session", { "page.7": null, pendingAccounts: null });
});

test("what comes to ask for a yes in a popup that is open takes none in its first half second either", chromiumAlone("what a page of the extension waits for cannot be held before its scripts run"), async () => {
  const tab = { id: 7, url: "https://login.microsoftonline.com/common/login" };
  await prepare(rig, { name: "approval", path: "www/popup/popup.html", vault: "few", tab, tabState: tabState({}) });
  const popup = await rig.page("www/popup/popup.html", { tab, frozen: 500, height: 1200 });
  const isHeld = () => popup.$eval("#approval", (card) => /** @type {HTMLElement} */ (card).inert);
  // It is another's in the place of one that was there, too.
  for (const account of ["kari.nordmann@skole.example", "ola@skule.example"]) {
    await rig.put("session", { "page.7": JSON.stringify(tabState({ reason: "awaitingApproval", account })) });
    await popup.waitForFunction((account) => document.querySelector("#approval:not([hidden])") && document.querySelector("#page-reason")?.textContent?.includes(account), {}, account);
    assert.equal(await isHeld(), true, account);
    await popup.evaluate(() => dispatchEvent(new Event("thaw")));
    assert.equal(await isHeld(), false, account);
  }
  await popup.close();
  await rig.put("session", { "page.7": null });
});

test("a popup that opened by itself is no use of the vault, and one that was clicked for is", chromiumAlone("the time at which a page of the extension began cannot be set before its scripts run"), async () => {
  await rig.reset();
  await rig.fill(accounts(2));
  const lease = async () => (await rig.desk()).evaluate(async () => (await chrome.storage.session.get("v1.lease"))["v1.lease"]);
  for (const byItself of [true, false]) {
    const [before, began] = [await lease(), Date.now()];
    await rig.put("session", { opened: byItself ? String(began) : null });
    const popup = await rig.page("www/popup/popup.html", { began });
    // What it looks for after its first frame was asked before this, and is answered before this.
    await popup.evaluate(async (core) => {
      await new Promise((then) => requestAnimationFrame(() => setTimeout(then)));
      await (await import(core)).ask("refresh", {});
    }, rig.url("core.js"));
    assert.equal((await lease()) === before, byItself);
    await popup.close();
  }
});

test("codes that are to be hidden show for the account that is pointed at, by mouse or by keys, and for no other", async () => {
  await rig.reset();
  await rig.fill(accounts(2));
  const manager = await rig.page("www/manager/manager.html", { width: 1000 });
  await manager.select("#codes", "hidden");
  await manager.close();
  const popup = await rig.page("www/popup/popup.html");
  /** How much of each code is seen, of the first and of the second. @param {string[]} wanted either will do */
  const shows = (...wanted) => popup.waitForFunction((wanted) => wanted.includes([...document.querySelectorAll(".code")].map((code) => getComputedStyle(code).opacity).join()), {}, wanted);
  await shows("0,0");
  await popup.hover("[data-account]:nth-of-type(2)");
  await shows("0,1");
  await popup.mouse.move(1, 1);
  await shows("0,0");
  await popup.keyboard.press("ArrowDown");
  await shows("0,1", "1,0");
  await popup.evaluate(() => localStorage.removeItem("codes"));
  await popup.close();
});

test("a counter's code stays until the next is asked for, and then it is the RFC's next", async () => {
  await rig.reset();
  await rig.fill([COUNTER]);
  const popup = await rig.page("www/popup/popup.html");
  const code = () => popup.$eval(".code", (code) => code.textContent);
  assert.equal(await code(), "755 224");
  assert.equal(await popup.$eval(".countdown", (bar) => getComputedStyle(bar).display), "none");
  await press(popup, "[data-action='next']");
  await popup.waitForFunction(() => document.querySelector(".code")?.textContent === "287 082");
  await popup.close();
});

test("copied: nothing moves, and after half a minute it is cleared unless something else may have been copied", chromiumAlone("Firefox lets a page write to the clipboard only within seconds of a click, and read it only if a person pastes"), async () => {
  await rig.reset();
  await rig.fill(accounts(5));
  const popup = await rig.page("www/popup/popup.html");
  await rig.browser.defaultBrowserContext().overridePermissions(rig.url("").slice(0, -1), ["clipboard-read", "clipboard-write"]);
  await popup.evaluate(() => {
    const real = setTimeout;
    // Half a minute passes when the test says so.
    Object.assign(window, { setTimeout: (/** @type {() => void} */ then, /** @type {number} */ ms) => (ms === 30_000 ? Object.assign(window, { then }) : real(then, ms)) });
  });
  const places = () => popup.$$eval("[data-account], footer, header", (all) => all.map((element) => element.getBoundingClientRect().top));
  const clipboard = () => popup.evaluate(() => navigator.clipboard.readText());
  const halfAMinute = () => popup.evaluate(() => /** @type {any} */ (window).then());
  const before = await places();
  await press(popup, ".copy");
  await noticed(popup, "copied");
  assert.deepEqual(await places(), before);
  assert.match(await clipboard(), /^\d{6}$/);
  await halfAMinute();
  await popup.waitForFunction(async () => (await navigator.clipboard.readText()) === "");
  await press(popup, ".copy");
  await noticed(popup, "copied");
  await popup.evaluate(() => window.dispatchEvent(new Event("blur")));
  await halfAMinute();
  assert.match(await clipboard(), /^\d{6}$/, "whoever was elsewhere may have copied something");
  await popup.close();
});

test("opened once more, the popup has its height from the first frame: nothing shifts", chromiumAlone("Firefox measures no layout shifts"), async () => {
  await (await rig.desk()).evaluate(() => localStorage.removeItem("height"));
  for (const turn of ["first", "again"]) {
    const popup = await rig.page("www/popup/popup.html", { late: true });
    const shifts = await popup.evaluate(
      () =>
        new Promise((resolve) => {
          let sum = 0;
          const add = (/** @type {PerformanceEntryList} */ entries) => {
            for (const entry of entries) sum += /** @type {any} */ (entry).value;
          };
          const observer = new PerformanceObserver((list) => add(list.getEntries()));
          observer.observe({ type: "layout-shift", buffered: true });
          requestAnimationFrame(() =>
            requestAnimationFrame(() => {
              add(observer.takeRecords()); // what it has not been called for yet
              resolve(sum);
            }),
          );
        }),
    );
    if (turn === "first") assert.notEqual(shifts, 0, "a height that is not known yet costs a shift, once");
    else assert.equal(shifts, 0);
    await popup.close();
  }
});

test("pinned, moved, renamed and removed by keyboard; the focus comes back", async () => {
  await rig.reset();
  await rig.fill(accounts(3));
  const popup = await rig.page("www/popup/popup.html");
  /** @param {string} name @param {Page} page */
  const openDetails = (name, page = popup) => page.evaluate((name) => {
    const card = [...document.querySelectorAll("[data-account]")].find((card) => card.querySelector(".name")?.textContent === name);
    /** @type {HTMLElement | null | undefined} */ (card?.querySelector(".more"))?.click();
  }, name);
  // The last of three, pinned, is the first; its initial is the tenant's.
  await openDetails("lærer.med.et.ganske.langt.navn@videregaaende-skole.example");
  /** @param {Page} page */
  const facts = (page) => page.$$eval("dialog dd", (all) => all.map((fact) => fact.textContent ?? ""));
  const known = await facts(popup);
  const [organisation, never] = [known[0], known.at(-1)];
  assert.equal(organisation, "Contoso");
  await press(popup, "dialog [data-action='pin']");
  await popup.waitForFunction(() => document.querySelector("[data-account]")?.matches("[data-pinned='true']"));
  assert.equal(await popup.$eval("[data-account] .initial", (initial) => initial.textContent), "C");
  await popup.keyboard.press("Escape");
  await press(popup, "[data-account] .copy");
  await noticed(popup, "copied");
  await popup.waitForFunction(async (core, organisation) => (await (await import(core)).ask("refresh", {})).view.accounts.find((/** @type {{ organisation?: string }} */ each) => each.organisation === organisation)?.lastUsedMs, {}, rig.url("core.js"), organisation);
  const again = await rig.page("www/popup/popup.html");
  await openDetails("lærer.med.et.ganske.langt.navn@videregaaende-skole.example", again);
  assert.notEqual((await facts(again)).at(-1), never, "when it was last used");
  await again.close();
  await popup.bringToFront();
  await openDetails("lærer.med.et.ganske.langt.navn@videregaaende-skole.example");
  await press(popup, "dialog [data-action='pin']");
  await popup.waitForFunction(() => !document.querySelector("[data-pinned='true']"));
  await popup.keyboard.press("Escape");
  await openDetails("ola@skule.example");
  await press(popup, "dialog [data-action='up']");
  await popup.waitForFunction(() => document.querySelector("[data-account] .name")?.textContent === "ola@skule.example");
  await popup.waitForSelector("dialog [data-action='up']:disabled");
  await press(popup, "dialog [data-action='rename']");
  await popup.waitForSelector("#new-name");
  assert.equal(await focused(popup), "new-name");
  await popup.$eval("#new-name", (input) => /** @type {HTMLInputElement} */ (input).select());
  await popup.keyboard.type("Ola på skulen");
  await popup.keyboard.press("Enter");
  await popup.waitForFunction(() => document.querySelector("#details-title")?.textContent === "Ola på skulen");
  await press(popup, "dialog [data-action='remove']");
  await popup.waitForSelector("[data-action='remove-now']");
  assert.equal(await popup.evaluate(() => document.activeElement?.getAttribute("data-action")), "back", "the safe choice has the focus");
  await popup.keyboard.press("Escape");
  await popup.waitForFunction(() => !document.querySelector("dialog[open]") && document.activeElement?.classList.contains("more"));
  await openDetails("Ola på skulen");
  await press(popup, "dialog [data-action='remove']");
  await press(popup, "[data-action='remove-now']");
  await noticed(popup, "removed");
  assert.equal((await names(popup)).length, 2);
  await popup.close();
});

test("the code is said once: a new one does not touch the live regions or the focus", async () => {
  await rig.reset();
  await rig.fill(accounts(2));
  // Five seconds before the next code.
  await rig.put("session", { clock: JSON.stringify({ offset_ms: 25_000 - (Date.now() % 30_000) }) });
  const popup = await rig.page("www/popup/popup.html");
  await popup.evaluate(() => {
    const said = /** @type {string[]} */ ([]);
    Object.assign(window, { said });
    for (const region of document.querySelectorAll("[role='status'], [role='alert']"))
      new MutationObserver(() => said.push(region.textContent ?? "")).observe(region, { childList: true, characterData: true, subtree: true });
  });
  const before = await popup.evaluateHandle(() => document.activeElement);
  const code = await popup.$eval(".code", (element) => element.textContent);
  await popup.waitForFunction((code) => document.querySelector(".code")?.textContent !== code, { polling: 200 }, code);
  assert.deepEqual(await popup.evaluate(() => /** @type {any} */ (window).said), []);
  assert.ok(await popup.evaluate((before) => before === document.activeElement, before));
  await popup.close();
  await rig.put("session", { clock: null });
});

test("wrong passphrase, then too many: seconds to wait, and the button waits with you", async () => {
  await rig.ask("lock");
  const popup = await rig.page("www/popup/popup.html");
  await popup.type("#passphrase", "ikke denne her");
  await popup.keyboard.press("Enter");
  await noticed(popup, "wrongPassphrase");
  await popup.close();
  await rig.put("local", { "v1.attempts": `20 ${Date.now()}` }); // a whole minute
  const again = await rig.page("www/popup/popup.html");
  await again.waitForSelector(".wait:not([hidden])");
  assert.match(await again.$eval(".wait-text", (element) => element.textContent ?? ""), /\d+/);
  assert.ok(await again.$("#submit:disabled"));
  await rig.put("local", { "v1.attempts": null });
  await again.close();
});

test("changing the passphrase asks who you are; the old one no longer opens", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  await rig.put("session", { proved: null });
  const page = await rig.page("www/manager/manager.html#unlocking", { width: 1000 });
  await press(page, "[data-action='change-passphrase']");
  await page.waitForSelector("#proof");
  await page.type("#proof", PASSPHRASE);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#new-passphrase");
  await page.type("#new-passphrase", "en helt ny frase");
  await page.keyboard.press("Enter");
  await noticed(page, "passphraseChanged");
  await page.close();
  await rig.ask("lock");
  assert.equal((await rig.ask({ unlock: {} }, PASSPHRASE)).notice, "wrongPassphrase");
  assert.equal((await rig.ask({ unlock: {} }, "en helt ny frase")).view.screen, "accounts");
});

test("a recovery code from the page opens the vault, typed with the wrong dashes", async () => {
  const page = await rig.page("www/manager/manager.html#unlocking", { width: 1000 });
  await rig.put("session", { proved: String(Date.now()) });
  const button = await page.waitForSelector("[data-action='make-recovery']", { visible: true });
  const box = await button?.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  // The page is painted anew between mouse down and mouse up, and the press is not lost.
  await page.mouse.down();
  await page.evaluate(() => {
    const painted = new Promise((resolve) => new MutationObserver(() => resolve(undefined)).observe(/** @type {Element} */ (document.querySelector("#version")), { childList: true }));
    /** @type {HTMLInputElement} */ (document.querySelector("#switching")).click();
    return painted;
  });
  await page.mouse.up();
  await page.waitForSelector("[data-dialog='recovery']");
  await page.waitForSelector("[data-action='make-another']"); // what has changed is painted
  const groups = await page.$$eval(".groups li", (all) => all.map((group) => group.textContent ?? ""));
  assert.equal(groups.length, 7);
  await page.close();
  await rig.ask("lock");
  const popup = await rig.page("www/popup/popup.html");
  await press(popup, "[data-action='other-way']");
  await popup.type("#passphrase", groups.join(" – ").toLowerCase());
  await popup.keyboard.press("Enter");
  await onScreen(popup, "accounts");
  await popup.close();
});

test("a security key: added, used in its own window, never the only way in; a page without it says so", chromiumAlone("firefox.test.mjs plugs in an authenticator of Firefox's"), async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  const page = await rig.page("www/manager/manager.html#unlocking", { width: 1000 });
  const session = await page.createCDPSession();
  await session.send("WebAuthn.enable");
  const options = /** @type {const} */ ({ protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true });
  // Without the extension there is no secret, and a sentence instead.
  const plain = await session.send("WebAuthn.addVirtualAuthenticator", { options: { ...options, hasPrf: false } });
  await press(page, "[data-action='add-key']");
  await noticed(page, "noKeySecret");
  await session.send("WebAuthn.removeVirtualAuthenticator", plain);
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", { options: { ...options, hasPrf: true } });
  await press(page, "[data-action='add-key']");
  await noticed(page, "unlockMethodAdded");
  await page.waitForSelector("[data-kind='key']");
  assert.ok(await page.$("[data-kind='passphrase'] [data-action='remove-unlock-method']:disabled"), "the passphrase cannot go while a key is all that is left");

  // Locked, and opened again by the key alone, on the same page.
  await press(page, "[data-action='lock']");
  await onScreen(page, "locked");
  await press(page, "#unlock-form [data-action='key']");
  await onScreen(page, "accounts");

  // Whoever is not the owner does not get in.
  await press(page, "[data-action='lock']");
  await onScreen(page, "locked");
  await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await press(page, "#unlock-form [data-action='key']");
  await noticed(page, "keyNoAnswer");
  assert.equal(await page.$eval("body", (body) => body.dataset.screen), "locked");
  await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });

  // The key is gone from the authenticator: the passphrase remains.
  await session.send("WebAuthn.clearCredentials", { authenticatorId });
  await press(page, "#unlock-form [data-action='key']");
  await noticed(page, "keyNoAnswer");
  await page.type("#passphrase", PASSPHRASE);
  await page.keyboard.press("Enter");
  await onScreen(page, "accounts");
  await page.close();
});

test("a picture that is dropped and a text that is pasted are offered and saved", chromiumAlone("in Firefox no script can make a paste that holds something"), async () => {
  await rig.reset();
  await rig.ask({ create: {} }, PASSPHRASE);
  const page = await rig.page("www/manager/manager.html", { width: 1000 });
  const uri = accounts(1)[0] ?? "";
  await page.evaluate((uri) => {
    const data = new DataTransfer();
    data.setData("text/plain", uri);
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, uri);
  await press(page, "[data-pending-account] [data-action='save']");
  await noticed(page, "saved");
  // Into a form that is open, too: an account is never meant for a field.
  await press(page, "[data-action='enter']");
  await page.waitForSelector("#enter-key");
  await page.evaluate((uri) => {
    const data = new DataTransfer();
    data.setData("text/plain", uri);
    document.querySelector("#enter-key")?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, accounts(2)[1] ?? "");
  await page.waitForSelector("#dialog:not([open])");
  await press(page, "[data-pending-account] [data-action='dismiss']");
  await page.waitForSelector("#pending-accounts[hidden]");
  // Its own QR code, read back as a picture: what goes to the phone is what came in.
  await rig.put("session", { proved: String(Date.now()) });
  await press(page, ".more");
  await press(page, "dialog [data-action='transfer']");
  const drawing = await page.waitForSelector(".qr svg", { visible: true });
  const picture = await drawing?.screenshot({ encoding: "base64" });
  await page.keyboard.press("Escape");
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "qr.png", { type: "image/png" }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, picture ?? "");
  await noticed(page, "alreadyKnown");
  await page.close();
});

test("by hand: each mistake has its sentence, and the account is there", async () => {
  const page = await rig.page("www/manager/manager.html", { width: 1000 });
  await press(page, "[data-action='enter']");
  await page.type("#enter-name", "hanne@skole.example");
  await page.type("#enter-key", "jbsw y3dp 0");
  assert.notEqual(await page.$eval("#enter-trouble", (line) => line.textContent), "");
  assert.equal(await page.$eval("#enter-key", (input) => input.getAttribute("aria-invalid")), "true");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("ehpk3pxp");
  assert.equal(await page.$eval("#enter-trouble", (line) => line.textContent), "");
  await page.keyboard.press("Enter");
  await noticed(page, "entered");
  assert.ok((await names(page)).includes("hanne@skole.example"));
  await page.close();
});

test("no passphrase: opens by itself, and one can be added later", async () => {
  await rig.reset();
  await rig.ask({ createOpen: {} });
  await rig.ask("lock");
  const popup = await rig.page("www/popup/popup.html");
  await onScreen(popup, "accounts");
  await popup.close();
  const page = await rig.page("www/manager/manager.html#unlocking", { width: 1000 });
  await press(page, "[data-action='add-passphrase']");
  await page.waitForSelector("#new-passphrase");
  await page.type("#new-passphrase", PASSPHRASE);
  await page.keyboard.press("Enter");
  await noticed(page, "unlockMethodAdded");
  await page.close();
});

test("a vault that cannot be read: a file to save, a way on only by the person's word", async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  await rig.put("local", { "v1.a": "bm8=", "v1.b": "bm8=" });
  await rig.putMirror("bm8=");
  const popup = await rig.page("www/popup/popup.html");
  await onScreen(popup, "recovery");
  assert.equal(await popup.$("#submit"), null, "never a new vault");
  await popup.close();
  const page = await rig.page("www/manager/manager.html", { width: 1000 });
  await press(page, "#bury summary");
  await press(page, "#bury [data-action='bury']");
  await press(page, "#dialog [data-action='go']");
  await onScreen(page, "firstRun");
  await page.close();
});

test("chosen language and appearance stay", async () => {
  await rig.reset();
  const page = await rig.page("www/manager/manager.html", { width: 1000 });
  await page.select("#look", "dark");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(31, 31, 33)");
  await page.close();
  const desk = await rig.desk();
  await desk.evaluate(() => localStorage.removeItem("look"));
});

/** What a person reads, in words: what is seen of the text, what stands in a field or would be chosen; not what is there for a screen reader alone. @param {Page} page @param {string} [where] */
const words = (page, where = "body") =>
  page.$eval(where, (part) => {
    const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    /** @type {string[]} */
    const read = [];
    while (walk.nextNode()) {
      const { currentNode: node } = walk;
      const element = node instanceof Element ? node : node.parentElement;
      if (!element?.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || element.closest(".visually-hidden, option, script")) continue;
      if (node instanceof Text) read.push(node.nodeValue ?? "");
      else if (node instanceof HTMLSelectElement) read.push(node.selectedOptions[0]?.text ?? "");
      else if (node instanceof HTMLInputElement) read.push(node.type === "password" ? node.placeholder : node.value || node.placeholder);
    }
    return read.join(" ").split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;
  });

test("what there is to read is counted: from the QR code to the first code at most 50 words, to a new computer by file at most 120, by four presses; six accounts are in 600 pixels", chromiumAlone("the clock of an extension's page cannot be put before its scripts run"), async () => {
  const SET_UP = { id: 7, url: "https://mysignins.microsoft.com/security-info" };
  const state = { host: "mysignins.microsoft.com", state: "setUpQr", account: null };
  await prepare(rig, { name: "words", path: "www/popup/popup.html", vault: "none" });
  await rig.look(SET_UP, { marks: ["dialog"], manual: { name: "Møre og Romsdal fylkeskommune:kari.nordmann@skole.example", secret: "mfrggzdfmztwq2lk" } });
  await rig.put("session", { "page.7": JSON.stringify(tabState({ ...state, reason: "captured", step: "save" })) });
  // In the last five seconds of a code the next one stands beside it.
  const popup = await rig.page("www/popup/popup.html", { language: "nb", tab: SET_UP, second: 5 });
  const found = await words(popup);
  await popup.type("#passphrase", PASSPHRASE);
  await popup.keyboard.press("Enter");
  await onScreen(popup, "accounts");
  await rig.put("session", { "page.7": JSON.stringify(tabState({ ...state, reason: "captured", step: "toCode", step_shown: true })) });
  await popup.waitForSelector("#do-step:not([hidden])");
  const saved = await words(popup);
  assert.ok(await popup.$(".unconfirmed:not([hidden])"), "Microsoft has accepted no code yet, and the card says so");
  await popup.close();
  await rig.put("session", { "page.7": null, proved: String(Date.now()) });
  console.log(`from the QR code to the first code: ${found} + ${saved} words`);

  const page = await rig.page("www/manager/manager.html#move", { language: "nb", width: 1000 });
  const counts = [await words(page, "#move")];
  await press(page, "#move-computer");
  counts.push(await words(page, "#dialog"));
  await press(page, "[data-action='move-file']");
  await page.waitForSelector("[data-dialog='move-there']");
  counts.push(await words(page, "#dialog"));
  await page.close();
  const backup = await (await rig.desk()).evaluate(async (core) => {
    const { out } = await (await import(core)).exchange("saveBackup");
    return /** @type {number[]} */ ([...out.file.bytes]);
  }, rig.url("core.js"));
  await rig.reset();
  const folder = await mkdtemp(join(tmpdir(), "tofaktor-"));
  const file = join(folder, "backup.tofaktor");
  await writeFile(file, Uint8Array.from(backup));
  const fresh = await rig.page("www/welcome/welcome.html", { language: "nb", width: 1000 });
  counts.push(await words(fresh, "main"));
  const chooser = fresh.waitForFileChooser();
  await press(fresh, "#restore");
  await (await chooser).accept([file]);
  await fresh.waitForSelector("#import-password");
  counts.push(await words(fresh, "#dialog"));
  await fresh.close();
  await rm(folder, { recursive: true });
  console.log(`to a new computer by file: ${counts.join(" + ")} words`);
  assert.ok(found + saved <= 50, `${found} + ${saved}`);
  assert.ok(counts.reduce((sum, count) => sum + count) <= 120, counts.join());
  await rig.fill(accounts(12));
  const list = await rig.page("www/popup/popup.html", { language: "nb" });
  const seen = await list.$$eval("[data-account]", (cards) =>
    cards.filter((card) => {
      const { left, width, top, bottom } = card.getBoundingClientRect();
      return [top + 3, bottom - 3].every((y) => document.elementFromPoint(left + width / 2, y)?.closest("[data-account]") === card);
    }).length,
  );
  await list.close();
  console.log(`${seen} accounts in 600 pixels`);
  assert.ok(seen >= 6, `${seen}`);
});

test("the list: groups with headings, a filter, an order, cards dragged and moved by keys, several at once, and a code to read aloud", async () => {
  await rig.reset();
  await rig.fill(accounts(5));
  const [kari, ola, laerer, student, bok] = ["kari.nordmann@skole.example", "ola@skule.example", "lærer.med.et.ganske.langt.navn@videregaaende-skole.example", "s123456@uni.example", "bok@bibliotek.example"];
  const page = await rig.page("www/manager/manager.html", { width: 1000 });
  /** Headings and names, from top to bottom. @param {string[]} wanted */
  const comes = (wanted) =>
    page.waitForFunction(
      (wanted) => [...document.querySelectorAll("#account-list > li")].filter((each) => each.checkVisibility()).map((each) => each.querySelector("h3, .name")?.textContent).join() === wanted,
      {},
      wanted.join(),
    );
  /** @param {string} name */
  const tick = (name) => page.evaluate((name) => /** @type {HTMLElement} */ ([...document.querySelectorAll("[data-account]")].find((card) => card.querySelector(".name")?.textContent === name)?.querySelector(".pick")).click(), name);
  await press(page, "#choose");
  await tick(kari);
  await tick(bok);
  await press(page, "[data-action='chosen-group']");
  await page.waitForSelector("#group-name");
  await page.type("#group-name", "Skole");
  await page.keyboard.press("Enter");
  await comes([ola, laerer, student, "Skole", kari, bok]);
  assert.ok(await page.waitForSelector("#chosen[hidden]"), "done");
  assert.ok(await page.waitForSelector("#choose:focus"), "what was pressed is out of sight");

  await press(page, "#choose");
  await tick(ola);
  assert.ok(await page.waitForSelector("[data-action='chosen-remove']:enabled"));
  await page.select("#group-filter", "=Skole");
  await comes(["Skole", kari, bok]);
  assert.ok(await page.waitForSelector("[data-action='chosen-remove']:disabled"), "what is out of sight is not chosen");
  await tick(bok);
  await press(page, "[data-action='chosen-remove']");
  assert.deepEqual(await page.$$eval("#dialog li", (named) => named.map((name) => name.textContent)), [bok], "named before it is removed");
  await press(page, "[data-action='stay']");
  await press(page, "#choose");
  await page.select("#group-filter", "");
  await page.select("#order", "name");
  await comes([laerer, ola, student, "Skole", bok, kari]);
  const popup = await rig.page("www/popup/popup.html");
  assert.deepEqual(await names(popup), [laerer, ola, student, bok, kari], "the same in the popup");
  await popup.close();
  await page.select("#order", "");
  await comes([ola, laerer, student, "Skole", kari, bok]);

  /** @param {string} from @param {string} onto */
  const drag = (from, onto) =>
    page.evaluate(
      (from, onto) => {
        const card = (/** @type {string} */ name) => [...document.querySelectorAll("[data-account]")].find((card) => card.querySelector(".name")?.textContent === name);
        const dataTransfer = new DataTransfer();
        const event = (/** @type {string} */ type) => new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true });
        card(from)?.dispatchEvent(event("dragstart"));
        card(onto)?.dispatchEvent(event("dragenter"));
        card(onto)?.dispatchEvent(event("dragover"));
        if (document.querySelector("#drop:not([hidden])")) throw new Error("as if a file were handed over");
        card(onto)?.dispatchEvent(event("drop"));
      },
      from,
      onto,
    );
  await drag(student, ola);
  await comes([student, ola, laerer, "Skole", kari, bok]);
  await drag(student, laerer);
  await comes([ola, laerer, student, "Skole", kari, bok]);
  await drag(ola, kari);
  await comes([laerer, student, "Skole", ola, kari, bok]);
  await page.evaluate((name) => /** @type {HTMLElement} */ ([...document.querySelectorAll("[data-account]")].find((card) => card.querySelector(".name")?.textContent === name)?.querySelector(".copy")).focus(), ola);
  await page.keyboard.down("Alt");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.up("Alt");
  await comes([laerer, student, "Skole", kari, ola, bok]);
  await page.waitForFunction((name) => document.activeElement?.closest("[data-account]")?.querySelector(".name")?.textContent === name, {}, ola);

  // Out together, and back by one press.
  await rig.put("session", { proved: String(Date.now()) });
  await press(page, "#choose");
  await tick(ola);
  await tick(laerer);
  await press(page, "[data-action='chosen-draw']");
  await press(page, "#dialog [data-action='go']");
  await page.waitForSelector("[data-dialog='transfer'] svg");
  await page.keyboard.press("Escape");
  await press(page, "[data-action='chosen-remove']");
  await press(page, "#dialog [data-action='go']");
  await noticed(page, "removedSeveral");
  await comes([student, "Skole", kari, bok]);
  await press(page, "#notice [data-action='undo']");
  await noticed(page, "undone");
  await page.waitForFunction(() => document.querySelectorAll("[data-account]").length === 5);

  await press(page, ".more");
  await press(page, "#details [data-action='large']");
  const [large, shown] = await page.evaluate(() => [document.querySelector("#large")?.textContent, document.querySelector(".code")?.textContent?.replace(" ", "")]);
  assert.equal(large, shown);
  assert.equal(await page.$$eval("#large span", (groups) => groups.length), 2);
  // Beside the list: the page's own menu, which has no such entry where this throws.
  await page.evaluate(() => chrome.contextMenus.update("fill", { enabled: true }));
  await page.close();
});

test("one page at a time: by menu, by keyboard, by address, by going back; the heading has the focus and the menu says where", async () => {
  await rig.reset();
  await rig.fill(accounts(3));
  const page = await rig.page("www/manager/manager.html", { width: 1000, height: 700 });
  /** Which page there is, and where the focus is on it. @param {string} shown @param {string} focus what is inside the element with the focus */
  const comesTo = (shown, focus) =>
    page.waitForFunction(
      (shown, focus) => {
        const there = [...document.querySelectorAll("main > .page")].filter((each) => each.checkVisibility()).map(({ id }) => id);
        const marked = [...document.querySelectorAll("nav [aria-current='page']")].map((link) => link.getAttribute("href"));
        const heading = document.querySelector(`#${shown} h2[tabindex]`)?.textContent ?? "-";
        return there.join() === shown && marked.join() === `#${shown}` && document.title.startsWith(heading) && document.activeElement?.matches(focus);
      },
      {},
      shown,
      focus,
    );
  await comesTo("accounts", "body");
  const links = await page.$$eval("nav a", (all) => all.map((link) => link.getAttribute("href") ?? ""));
  assert.deepEqual(links, ["#accounts", "#moving", "#security", "#filling", "#about"]);
  for (const href of [...links, ...links.toReversed()]) {
    await press(page, `nav a[href='${href}']`);
    await comesTo(href.slice(1), `${href} h2`);
  }
  await page.focus("nav a[href='#security']");
  await page.keyboard.press("Enter");
  await comesTo("security", "#security h2");
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => Boolean(document.activeElement?.closest("#unlocking"))), "on from the heading");
  await page.evaluate(() => history.back());
  await comesTo("accounts", "#accounts h2");
  // Addresses that others know lead to the section.
  for (const [place, shown, focus] of /** @type {const} */ ([
    ["backup", "moving", "#backup"],
    ["move", "moving", "#move"],
    ["import", "moving", "#import"],
    ["sync", "moving", "#sync"],
    ["unlocking", "security", "#unlocking"],
    ["locking", "security", "#locking"],
    ["organisation=adfs.skole.example", "filling", "#organisation-address"],
    ["appearance", "about", "#appearance"],
    ["nowhere", "accounts", "#accounts h2"],
  ])) {
    await page.evaluate((place) => (location.hash = place), place);
    await comesTo(shown, focus);
  }
  // A picture that is handed over on another page leads to where it is offered.
  await page.evaluate(() => (location.hash = "filling"));
  await comesTo("filling", "#filling h2");
  await page.evaluate((uri) => {
    const data = new DataTransfer();
    data.setData("text/plain", uri);
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, accounts(4)[3] ?? "");
  await comesTo("accounts", "#pending-accounts");
  await press(page, "[data-pending-account] [data-action='dismiss']");
  // Locked: what was open stands back for the way in, and is there again after it.
  await page.evaluate(() => (location.hash = "sync"));
  await comesTo("moving", "#sync");
  await press(page, "[data-action='lock']");
  await onScreen(page, "locked");
  await comesTo("accounts", "#passphrase");
  assert.deepEqual(await page.$$eval("nav a", (all) => all.filter((link) => link.checkVisibility()).map((link) => link.getAttribute("href"))), ["#accounts", "#about"]);
  await press(page, "nav a[href='#about']");
  await comesTo("about", "#about h2");
  await page.evaluate(() => history.back());
  await page.waitForSelector("#passphrase:focus");
  await page.type("#passphrase", PASSPHRASE);
  await page.keyboard.press("Enter");
  await comesTo("moving", "#sync");
  // Where there is little room the menu is folded, and folds again once a page is chosen.
  await page.setViewport({ width: 400, height: 700 });
  const folds = (/** @type {boolean} */ folded) => page.waitForFunction((folded) => document.querySelector("nav a")?.checkVisibility() === !folded, {}, folded);
  await folds(true);
  await page.focus("#menu");
  await page.keyboard.press("Enter");
  await folds(false);
  await page.keyboard.press("Escape");
  await folds(true);
  assert.equal(await focused(page), "menu");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await comesTo("security", "#security h2");
  await folds(true);
  await page.close();
});
