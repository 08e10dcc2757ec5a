// The browser's own interface, pressed as a person presses it, on a screen of its own: the context menus, the
// keyboard commands, and Approve in the popup that the toolbar opens.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { missing, openDesktop } from "./desktop.mjs";
import { CODE_FIELD, MainJob, onScreen, secretOf } from "./main-job.mjs";
import { fieldValue } from "./person.mjs";
import { ELSEWHERE, LOGIN, qr } from "./tenant.mjs";
import { prepare } from "./trial.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

const OPEN = "alt+shift+2";
const FILL = "alt+shift+3";
const SCAN = "alt+shift+4";
const LOCK = "alt+shift+5";
/** Extensions stand above what developers use: "Inspect" on a picture, "View page source" and "Inspect" on a page. */
const FROM_THE_END = { picture: ["Up", "Up"], page: ["Up", "Up", "Up"] };

const lacks = missing();
const skip = lacks ? `SKIPPED: ${lacks} is not installed, so nothing presses the browser's own menus and keys` : false;
if (skip) console.log(skip);

/** @type {Awaited<ReturnType<typeof openDesktop>>} */
let desktop;
/** @type {MainJob} */
let job;

before(async () => {
  if (skip) return;
  desktop = await openDesktop();
  job = await MainJob.begin({ visible: true });
  const { ola, siri, tenant, harness } = job;
  await prepare(harness, { at: LOGIN, accounts: [tenant.uri(ola.upn, secretOf(ola))] });
  tenant.addPage(`${ELSEWHERE}/bilde`, "elsewhere.html", { code: await qr(tenant.uri(siri.upn, secretOf(siri))) });
  desktop.focusBrowser();
});
after(async () => {
  if (skip) return;
  await job.harness.close();
  desktop.close();
});

/** The popup that comes of it, painted. @param {() => unknown} act */
const popupAfter = (act) => /** @type {import("./chromium.mjs").Chromium} */ (job.harness).popupAfter(act);

/** Where on the screen a point of the page lies. @param {string} selector @param {Page} page */
const onTheScreen = async (selector, page) => {
  const element = await page.waitForSelector(selector, { visible: true });
  const box = await element?.boundingBox();
  const origin = await page.evaluate(() => ({ x: screenX + (outerWidth - innerWidth) / 2, y: screenY + outerHeight - innerHeight }));
  assert.ok(box);
  return /** @type {const} */ ([origin.x + box.x + box.width / 2, origin.y + box.y + box.height / 2]);
};

/** @param {string | Record<string, unknown>} request */
const ask = async (request) =>
  (await job.harness.probe()).evaluate(async (request) => {
    const { ask } = await import(chrome.runtime.getURL("core.js"));
    return ask(request, {});
  }, request);

/** Away with what was found and with the popup, and the page in front. @param {Page} popup */
const putAway = async (popup) => {
  const { view } = await ask("show");
  for (const { id } of view.pendingAccounts) await ask({ dismiss: { pendingAccount: id } });
  await job.harness.shut(popup);
  await job.page.bringToFront();
  desktop.focusBrowser();
};

/** @param {Page} popup */
const found = async (popup) => {
  const pendingAccount = await popup.waitForSelector("[data-pending-account]");
  assert.match(await popup.evaluate((pendingAccount) => pendingAccount?.textContent ?? "", pendingAccount), new RegExp(job.siri.upn));
};

/** Keys that are pressed now go to the browser, with the page in front. */
const inFront = async () => {
  await job.page.bringToFront();
  desktop.focusBrowser();
  await job.page.waitForFunction(() => document.hasFocus(), { polling: 50 });
};

/** @param {string} [path] */
const visit = async (path = "bilde") => {
  await job.page.goto(`${ELSEWHERE}/${path}`);
  await inFront();
};

test("the menu on a picture scans that picture", { skip }, async () => {
  await visit();
  const at = await onTheScreen("img", job.page);
  const popup = await popupAfter(() => desktop.menu(...at, [...FROM_THE_END.picture, "Return"]));
  await found(popup);
  await putAway(popup);
});

test("the menu on a page scans what the tab shows", { skip }, async () => {
  await visit();
  const at = await onTheScreen("h1", job.page);
  const popup = await popupAfter(() => desktop.menu(...at, [...FROM_THE_END.page, "Return"]));
  await found(popup);
  await putAway(popup);
});

test("a key scans what the tab shows, and a page without a code has a sentence in the popup", { skip }, async () => {
  await visit();
  const popup = await popupAfter(() => desktop.press(SCAN));
  await found(popup);
  await putAway(popup);
  job.tenant.addPage(`${ELSEWHERE}/uten`, "elsewhere.html");
  await visit("uten");
  const empty = await popupAfter(() => desktop.press(SCAN));
  await empty.waitForSelector("#notice[data-notice='noQr']");
  await putAway(empty);
});

test("a key opens the popup, with the keyboard on the first code", { skip }, async () => {
  await visit();
  const popup = await popupAfter(() => desktop.press(OPEN));
  await onScreen(popup, "accounts");
  const shown = () => popup.$eval(".code", (code) => code.textContent?.replace(" ", "") ?? "");
  const before = await shown();
  await popup.waitForFunction(() => document.hasFocus() && document.activeElement?.closest("[data-account]"), { polling: 50 });
  desktop.press("Return");
  await popup.waitForSelector("#notice[data-notice^='copied']");
  const after = await shown(); // its half minute may have ended on the way
  await putAway(popup);
  assert.ok([before, after].includes(await job.harness.clipboard()));
});

test("a key locks; the key that fills asks for the vault to be opened, and then fills", { skip }, async () => {
  const { page, ola, harness } = job;
  await job.away();
  const probe = await harness.probe();
  await inFront();
  desktop.press(LOCK);
  await probe.waitForFunction(async () => !(await chrome.storage.session.get("v1.key"))["v1.key"], { polling: 50 });

  await job.signIn(ola);
  await page.waitForSelector(CODE_FIELD, { visible: true });
  await job.badge(/…/);
  await inFront();
  const popup = await popupAfter(() => desktop.press(FILL));
  await onScreen(popup, "locked");
  await putAway(popup);
  assert.equal(await fieldValue(page, CODE_FIELD, false), "");

  // Opened without a word to the page: it is the key that makes the page ask again.
  await prepare(harness, { at: LOGIN, accounts: [job.tenant.uri(ola.upn, secretOf(ola))] });
  await inFront();
  desktop.press(FILL);
  const code = await fieldValue(page, CODE_FIELD);
  assert.ok(job.codes(secretOf(ola)).includes(code));
});

test("Approve: the popup comes, nothing is filled until its button is clicked, and then the sign-in goes through", { skip }, async () => {
  const { page, ola, tenant, harness } = job;
  await harness.forgetUsed();
  const { view } = await ask("show");
  await ask({ setMode: { account: view.accounts[0].id, mode: "approve" } });
  const popup = await popupAfter(async () => {
    await page.bringToFront();
    await job.signIn(ola);
    await page.waitForSelector(CODE_FIELD, { visible: true });
  });
  assert.match(await popup.$eval("#page-reason", (reason) => reason.textContent ?? ""), new RegExp(ola.upn));
  assert.equal(await fieldValue(page, CODE_FIELD, false), "");
  const accepted = tenant.until("accepted", ola.upn);
  // It takes no yes in its first half second.
  await popup.waitForSelector("#approval:not([inert])");
  desktop.click(...(await onTheScreen("[data-action='approve']", popup)));
  assert.ok(job.codes(secretOf(ola)).includes((await accepted) ?? ""));
  await page.waitForSelector("#KmsiDescription");
});

test("no part of the extension complained", { skip }, async () => assert.deepEqual((await job.harness.findings()).complaints, []));
