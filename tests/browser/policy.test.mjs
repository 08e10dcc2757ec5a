// Managed policy in a real Chromium: a policy file where Chromium looks for one, and the built package under an id of
// its own, so that no other browser on this machine hears of it.
import assert from "node:assert/strict";
import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import puppeteer from "puppeteer-core";
import { ROOT } from "./harness.mjs";

const FOLDER = "/etc/chromium/policies/managed";
/** Cold starts; COLD_STARTS=200 is the long run. */
const STARTS = Number(process.env.COLD_STARTS ?? 5);
const WORDS = "fire glade elger";

const mayWrite = () => {
  try {
    mkdirSync(FOLDER, { recursive: true });
    accessSync(FOLDER, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};
const skip = mayWrite() ? false : `SKIPPED: ${FOLDER} cannot be written, so Chromium cannot be managed here.`;
if (skip) console.error(skip);

const place = mkdtempSync(join(tmpdir(), "tofaktor-policy-"));
const extension = join(place, "extension");
/** Chromium's id of an unpacked extension: its folder's hash in the letters a to p. */
const id = createHash("sha256").update(extension).digest("hex").slice(0, 32).replace(/./g, (digit) => String.fromCharCode(97 + parseInt(digit, 16)));
const file = join(FOLDER, `tofaktor-test-${id}.json`);

/** @param {Record<string, unknown>} policy */
const decide = (policy) => writeFileSync(file, JSON.stringify({ "3rdparty": { extensions: { [id]: policy } } }));

/** A browser that has never run, or one with this profile. @param {string} [profile] */
const launch = async (profile = mkdtempSync(join(place, "profile-"))) => {
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    userDataDir: profile,
    pipe: true,
    // Chromium applies a policy to an extension that came in by the command line, and not to one by DevTools.
    enableExtensions: true,
    args: [`--load-extension=${extension}`, "--no-first-run", "--proxy-server=http://127.0.0.1:9", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  const page = await browser.newPage();
  await page.goto(`chrome-extension://${id}/manifest.json`);
  /** @param {"ask" | "manage"} door @param {unknown} request @param {string} [text] @returns {Promise<any>} */
  const call = (door, request, text = "") =>
    page.evaluate(
      async (door, request, text) => {
        const core = /** @type {any} */ (await import(chrome.runtime.getURL("core.js")));
        const bytes = new TextEncoder().encode(text);
        return door === "ask" ? core.ask(request, {}, bytes) : core.manage(request, bytes);
      },
      door,
      request,
      text,
    );
  return {
    browser,
    page,
    /** @param {unknown} request @param {string} [text] */
    ask: (request, text) => call("ask", request, text),
    /** @param {unknown} request @param {string} [text] */
    manage: (request, text) => call("manage", request, text),
  };
};

/** @param {string} name */
const draft = (name) => ({ enter: { draft: { name, issuer: "Microsoft", algorithm: "SHA1", digits: 6, period: 30, counter: 0 } } });

before(() => {
  if (skip) return;
  cpSync(join(ROOT, "dist/chromium"), extension, { recursive: true });
  // Without the store's key, the id is this folder's.
  const { key: _, ...manifest } = JSON.parse(readFileSync(join(extension, "manifest.json"), "utf8"));
  writeFileSync(join(extension, "manifest.json"), JSON.stringify(manifest));
});
after(() => {
  rmSync(file, { force: true });
  rmSync(place, { recursive: true, force: true });
});

test("every key holds from the first moment of a new profile", { skip }, async () => {
  decide({
    passphraseLength: 20,
    unlockMethods: ["passphrase"],
    autoLockMaximum: 5,
    exportAllowed: false,
    syncAllowed: false,
    modes: ["approve"],
    tenants: ["skole.example"],
    clockCheck: false,
    restoreBeforeNew: true,
    deskName: "IT-hjelp",
    deskPhone: "12 34 56 78",
    deskLink: "https://hjelp.skole.example/",
    guideText: "Ring oss.",
    language: "nn",
  });
  const { browser, page, ask, manage } = await launch();
  try {
    const first = await ask({ create: {} }, "fire glade elger i skogen");
    assert.deepEqual([first.view.screen, first.notice], ["recovery", "goneFromProfile"]);
    assert.deepEqual(first.view.policy.reports, []);
    assert.equal(first.view.policy.locked.length, 14);
    await manage("bury");
    assert.equal((await ask({ create: {} }, WORDS)).notice, "passphraseShorterThanDecided");
    assert.equal((await ask({ createOpen: {} })).notice, "wayNotAllowed");
    assert.equal((await ask({ create: {} }, "fire glade elger i skogen")).view.screen, "accounts");
    const { view } = await manage("show");
    assert.deepEqual([view.idleMinutes, view.clockCheck], [5, false]);
    assert.deepEqual(view.policy.desk, { name: "IT-hjelp", phone: "12 34 56 78", link: "https://hjelp.skole.example/" });
    assert.equal((await ask(draft("kari@annet.example"), "jbswy3dpehpk3pxp")).notice, "tenantNotAllowed");
    const entered = await ask(draft("kari@skole.example"), "jbswy3dpehpk3pxp");
    assert.equal(entered.notice, "entered");
    const account = entered.view.accounts[0].id;
    assert.equal((await ask({ setMode: { account, mode: "automatic" } })).notice, "modeNotAllowed");
    const moved = await manage({ transfer: { account } });
    assert.deepEqual([moved.shown ?? null, moved.notice], [null, "exportNotAllowed"]);

    await page.goto(`chrome-extension://${id}/www/manager.html`);
    await page.waitForSelector("#policy-facts [data-locked~='tenants']");
    assert.equal(await page.$eval("html", (html) => html.lang), "nn");
    assert.match(await page.$eval("#policy", (shown) => shown.textContent ?? ""), /IT-hjelp 12 34 56 78.*Ring oss\./s);
  } finally {
    await browser.close();
  }
});

// POLICY.md says so: the browser keeps what its schema does not know, and `chrome://policy` shows it.
test("Chromium itself leaves out what is unknown or of the wrong type", { skip }, async () => {
  decide({ exportAlowed: false, exportAllowed: "no", clockCheck: false });
  const { browser, ask } = await launch();
  try {
    const { view } = await ask("show");
    assert.deepEqual([view.policy.locked, view.policy.reports], [["clockCheck"], []]);
  } finally {
    await browser.close();
  }
});

test(`the policy is there at the first question of ${STARTS} cold starts`, { skip }, async () => {
  decide({ passphraseLength: 33, exportAllowed: false });
  let late = 0;
  for (let start = 0; start < STARTS; start++) {
    const { browser, ask } = await launch();
    const { view } = await ask("show");
    if (view.policy.passphraseLength !== 33) late += 1;
    await browser.close();
  }
  console.log(`${STARTS} cold starts, ${late} without the policy`);
  assert.equal(late, 0);
});
