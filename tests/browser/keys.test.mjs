// Windows Hello, Touch ID and security keys, as virtual authenticators: what opens the vault, and what does not.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import * as ui from "./ui-rig.mjs";
import { PASSPHRASE, accounts, open } from "./ui-rig.mjs";
import { tabState } from "./ui-states.mjs";

/** @typedef {import("./ui-rig.mjs").Page} Page */
/** @typedef {import("puppeteer-core").CDPSession} CDPSession */

/** @type {Awaited<ReturnType<typeof open>>} */
let rig;
/** @type {Page} */
let page;
/** @type {CDPSession} */
let session;

before(async () => {
  rig = await open();
});
after(() => rig.close());

// A vault with a passphrase, open in the manager, where authenticators can be plugged in.
beforeEach(async () => {
  await rig.reset();
  await rig.fill(accounts(1));
  page = await rig.page("www/manager/manager.html#unlocking", { width: 1000 });
  session = await page.createCDPSession();
  await session.send("WebAuthn.enable");
});
let tried = 0;
after(() => console.log(`security keys: ${tried} cases tried, 0 let in who should not be`));
afterEach(async () => {
  tried += 1;
  assert.deepEqual(rig.complaints.splice(0), []);
  if (!page.isClosed()) await page.close();
});

/** @param {{ hasPrf?: boolean, transport?: "internal" | "usb" }} [how] @returns {Promise<string>} */
const plugIn = async ({ hasPrf = true, transport = "internal" } = {}) => {
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", ctap2Version: "ctap2_1", transport, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, hasPrf },
  });
  return authenticatorId;
};
/** @param {string} authenticatorId */
const unplug = (authenticatorId) => session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
/** @param {string} selector */
const press = (selector) => ui.press(page, selector);
/** @param {string} key */
const noticed = (key) => ui.noticed(page, key);
/** @param {string} screen */
const onScreen = (screen) => ui.onScreen(page, screen);
const add = async () => {
  await press("[data-action='add-key']");
  await noticed("unlockMethodAdded");
};
const lock = async () => {
  await press("[data-action='lock']");
  await onScreen("locked");
};
const unlockByKey = () => press("#unlock-form [data-action='key']");
/** Refused with this sentence, and the passphrase opens as ever. @param {string} sentence */
const refused = async (sentence) => {
  await unlockByKey();
  await noticed(sentence);
  assert.equal(await page.$eval("body", (body) => body.dataset.screen), "locked");
  await page.waitForSelector("#passphrase:enabled");
  await page.type("#passphrase", PASSPHRASE);
  await page.keyboard.press("Enter");
  await onScreen("accounts");
};

test("made, and opens the vault again and again", async () => {
  await plugIn();
  await add();
  for (let i = 0; i < 3; i++) {
    await lock();
    await unlockByKey();
    await onScreen("accounts");
  }
});

test("added with the passphrase by the press that makes the vault, and asked for as soon as the window for it is there", async () => {
  await rig.reset();
  await plugIn();
  await page.goto(rig.url("www/welcome/welcome.html"));
  await press("[data-action='forward']");
  await page.waitForSelector("#with-key:checked");
  await page.type("#passphrase", PASSPHRASE);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#chosen:not([hidden])");
  const { view } = await rig.ask("lock");
  assert.deepEqual(view.unlockMethods.map((/** @type {{ kind: string }} */ { kind }) => kind).sort(), ["key", "passphrase"]);
  const closed = new Promise((resolve) => page.once("close", resolve));
  await page.goto(rig.url("www/unlock/unlock.html")).catch(() => {}); // it may have closed by then
  await closed;
  assert.equal((await rig.ask("show")).view.screen, "accounts");
});

test("over a page that waits for it, the press on the icon is the only one", async () => {
  await plugIn();
  await add();
  await lock();
  await rig.put("session", { "page.7": JSON.stringify(tabState({ reason: "locked" })) });
  const target = rig.browser.waitForTarget((target) => target.url().endsWith("/www/unlock/unlock.html"));
  // The popup gives way to the window, and may be gone before it is looked at.
  const popup = rig.page("www/popup/popup.html", { tab: { id: 7, url: "https://login.microsoftonline.com/common/oauth2" } }).catch(() => undefined);
  const asking = await (await target).page();
  await popup;
  await asking?.close();
  await rig.put("session", { "page.7": null });
});

test("one that plugs in opens too", async () => {
  await plugIn({ transport: "usb" });
  await add();
  await lock();
  await unlockByKey();
  await onScreen("accounts");
});

test("one that keeps no secrets is not taken, and the sentence says so", async () => {
  await plugIn({ hasPrf: false });
  await press("[data-action='add-key']");
  await noticed("noKeySecret");
  assert.equal(await page.$("[data-kind='key']"), null);
});

test("a browser without WebAuthn does not offer it", async () => {
  await page.evaluateOnNewDocument(() => Reflect.deleteProperty(globalThis, "PublicKeyCredential"));
  await page.reload();
  await onScreen("accounts");
  assert.equal(await page.$("[data-action='add-key']"), null);
});

test("another authenticator does not open it", async () => {
  const own = await plugIn();
  await add();
  await unplug(own);
  await plugIn();
  await lock();
  await refused("keyNoAnswer");
});

test("the same credential without its secret does not open it", async () => {
  const own = await plugIn();
  await add();
  const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId: own });
  const [credential] = credentials;
  assert.ok(credential);
  await unplug(own);
  const other = await plugIn();
  await session.send("WebAuthn.addCredential", { authenticatorId: other, credential });
  await lock();
  await refused("noKeySecret");
});

test("of two the one that is at hand opens it", async () => {
  const first = await plugIn();
  await add();
  await unplug(first);
  const second = await plugIn();
  await add();
  await page.waitForFunction(() => document.querySelectorAll("[data-kind='key']").length === 2);
  await lock();
  await unlockByKey();
  await onScreen("accounts");
  await unplug(second);
  await plugIn();
  await lock();
  await refused("keyNoAnswer");
});

test("whoever is not recognised does not get in", async () => {
  const own = await plugIn();
  await add();
  await session.send("WebAuthn.setUserVerified", { authenticatorId: own, isUserVerified: false });
  await lock();
  await refused("keyNoAnswer");
});

test("removed from the authenticator: the passphrase opens, and the way in can be removed", async () => {
  const own = await plugIn();
  await add();
  await session.send("WebAuthn.clearCredentials", { authenticatorId: own });
  await lock();
  await refused("keyNoAnswer");
  await press("[data-kind='key'] [data-action='remove-unlock-method']");
  await press("#dialog [data-action='go']");
  await noticed("unlockMethodRemoved");
  await page.waitForFunction(() => !document.querySelector("[data-kind='key']"));
  await lock();
  await page.waitForSelector("#passphrase");
  assert.equal(await page.$("#unlock-form [data-action='key']"), null);
});

test("cancelled while it is being made: nothing has changed", async () => {
  const own = await plugIn();
  await session.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: own, enabled: false });
  await press("[data-action='add-key']");
  await page.waitForFunction(() => !document.querySelector("#dialog[open]"));
  await page.close();
  const { view } = await rig.ask("show", "", "manage");
  assert.deepEqual(view.unlockMethods.map((/** @type {{ kind: string }} */ { kind }) => kind), ["passphrase"]);
});

test("cancelled while it is being used: locked as before, and the passphrase opens", async () => {
  const own = await plugIn();
  await add();
  await lock();
  await session.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: own, enabled: false });
  // Cancelled by the browser, as its own dialog does it, and by going away.
  const asked = page.evaluate(() => new Promise((resolve) => {
    const { get } = navigator.credentials;
    navigator.credentials.get = (options) => {
      const cancel = new AbortController();
      const answer = get.call(navigator.credentials, { ...options, signal: cancel.signal });
      Object.assign(globalThis, { cancel });
      resolve(undefined);
      return answer;
    };
  }));
  await unlockByKey();
  await asked;
  await page.evaluate(() => /** @type {any} */ (globalThis).cancel.abort(new DOMException("", "NotAllowedError")));
  await noticed("keyNoAnswer");
  assert.equal(await page.$eval("body", (body) => body.dataset.screen), "locked");
  await unlockByKey();
  await page.reload();
  await onScreen("locked");
  await page.type("#passphrase", PASSPHRASE);
  await page.keyboard.press("Enter");
  await onScreen("accounts");
});

test("the device's own half is missing: the authenticator alone opens nothing", async () => {
  await plugIn();
  await add();
  await lock();
  const desk = await rig.desk();
  await desk.evaluate(async (mirror) => {
    const { set } = await import(mirror);
    const request = indexedDB.open("mirror", 1);
    const database = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const keys = await new Promise((resolve) => {
      const all = database.transaction("records").objectStore("records").getAllKeys();
      all.onsuccess = () => resolve(all.result);
    });
    database.close();
    await set(keys.filter((/** @type {string} */ key) => key.startsWith("v1.device.")).map((/** @type {string} */ key) => [key, undefined]));
  }, rig.url("mirror.js"));
  await refused("wrongKey");
});

test("it is never the last safe way in", async () => {
  await plugIn();
  await add();
  assert.ok(await page.$("[data-kind='passphrase'] [data-action='remove-unlock-method']:disabled"));
});

test("with a new vault key the old ways in are void", async () => {
  await plugIn();
  await add();
  await page.$eval("#unlocking details", (details) => ((/** @type {HTMLDetailsElement} */ (details)).open = true));
  await press("[data-action='renew']");
  await page.waitForSelector("#new-passphrase");
  await page.type("#new-passphrase", "en helt ny frase");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-dialog='recovery']");
  await page.keyboard.press("Escape");
  await lock();
  await page.waitForSelector("#passphrase");
  assert.equal(await page.$("#unlock-form [data-action='key']"), null);
});

test("it shows that it is you, where that is asked", async () => {
  await plugIn();
  await add();
  await rig.put("session", { proved: null });
  await press("[data-action='change-passphrase']");
  await press("#dialog [data-action='key']");
  await page.waitForSelector("#new-passphrase");
});
