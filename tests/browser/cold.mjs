// Cold starts under a policy, of the browser and of the worker: whoever asks first has to wait until the policy is known.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discard, launchBrowser, start } from "./harness.mjs";
import { CODE_FIELD } from "./main-job.mjs";
import { fieldValue } from "./person.mjs";
import { manageChromium } from "./managed.mjs";
import { LOGIN } from "./tenant.mjs";
import { prepare } from "./trial.mjs";

/** Less than the policy asks for, and enough without one. */
const WORDS = "fire glade elger";

class Tally {
  tried = 0;
  late = 0;
  longestMs = 0;

  /** @param {string} what */
  constructor(what) {
    this.what = what;
  }

  toString() {
    const { what, tried, late, longestMs } = this;
    return `${what}: ${tried} tried, ${late} answered without the policy${longestMs ? `; the longest wait for it ${Math.round(longestMs)} ms` : ""}`;
  }
}

/**
 * What the browser hands out in the worker's first moment, as soon as there is something to ask with.
 * @param {import("puppeteer-core").Browser} browser @param {string} id @returns {Promise<{ seen: Record<string, unknown>, ms: number }>}
 */
const firstSeen = async (browser, id) => {
  const target = await browser.waitForTarget((target) => target.type() === "service_worker" && target.url().includes(id));
  // By Puppeteer's own session: of the workers that a second one was attached to while they started, some never ran.
  const worker = await target.worker();
  if (!worker) throw new Error(`${target.url()} is no worker.`);
  for (;;) {
    try {
      return await worker.evaluate(async () => {
        const asked = performance.now();
        const seen = await chrome.storage.managed.get(null);
        return { seen, ms: performance.now() - asked };
      });
    } catch (error) {
      if (!String(error).includes("chrome is not defined")) throw error;
    }
  }
};

/** What the core answers to the first page of ours. @param {import("puppeteer-core").Browser} browser @param {string} id */
const firstNotice = async (browser, id) => {
  await browser.waitForTarget((target) => target.url().includes(id));
  const page = await browser.newPage();
  await page.goto(`chrome-extension://${id}/manifest.json`);
  return page.evaluate(async (words) => {
    const { ask } = /** @type {any} */ (await import(chrome.runtime.getURL("core.js")));
    const { notice } = await ask({ create: {} }, {}, new TextEncoder().encode(words));
    return notice;
  }, WORDS);
};

/** The browser, started again and again: every other time with a profile that has never run. @param {number} starts */
export const coldBrowser = async (starts) => {
  const tally = new Tally("cold starts of the browser");
  const managed = manageChromium({ passphraseLength: 33 });
  const place = mkdtempSync(join(tmpdir(), "tofaktor-cold-"));
  try {
    for (let at = 0; at < starts; at++) {
      const browser = await launchBrowser({
        executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
        userDataDir: join(place, at % 2 ? "kept" : `${at}`),
        pipe: true,
        enableExtensions: true,
        args: [`--load-extension=${managed.folder}`, "--no-first-run", "--proxy-server=http://127.0.0.1:9", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
      });
      try {
        const [{ seen, ms }, notice] = await Promise.all([firstSeen(browser, managed.id), firstNotice(browser, managed.id)]);
        tally.tried += 1;
        tally.longestMs = Math.max(tally.longestMs, ms);
        if (seen.passphraseLength !== 33 || notice !== "passphraseShorterThanDecided") tally.late += 1;
      } finally {
        await browser.close();
        if (at % 2 === 0) await discard(join(place, `${at}`));
      }
    }
  } finally {
    managed.end();
    await discard(place);
  }
  return tally;
};

const SIGN_IN = `${LOGIN}/common/login`;
const ACCOUNT = "otpauth://totp/Contoso:user%40contoso.example?secret=jbswy3dpehpk3pxp&issuer=Microsoft";
/** Whatever is submitted by itself is so only where the person has acted. */
const START = `${LOGIN}/start`;
const START_PAGE = `<!doctype html><a href="${SIGN_IN}">Sign in</a>`;
const PAGE = `<!doctype html><html lang="en"><head><meta name="PageID" content="ConvergedTFA"><title>Sign in to your account</title></head><body>
<div id="displayName">user@contoso.example</div><form method="post" action="/common/SAS/ProcessAuth"><input type="hidden" name="login" value="user@contoso.example"><input type="hidden" name="mfaAuthMethod" value="PhoneAppOTP">
<div><div id="idDiv_SAOTCC_Description">Enter the code displayed in the authenticator app on your mobile device</div>
<input id="idTxtBx_SAOTCC_OTC" name="otc" type="tel" maxlength="6"><input type="submit" id="idSubmit_SAOTCC_Continue" value="Verify"></div></form></body></html>`;

/** A form ignores a click in the moment of typing, and so it comes half a second later (`content/page.js`). */
const SUBMITS_WITHIN_MS = 800;

/**
 * The worker, stopped before each page that asks for a code. The account would submit it, which the policy forbids.
 * @param {number} starts
 */
export const coldWorker = async (starts) => {
  const tally = new Tally("cold starts of the worker");
  let submitted = 0;
  const harness = await start({
    browser: "chromium",
    policy: {},
    site: async ({ url, method }) => {
      if (method === "POST") {
        submitted += 1;
        return { status: 204 };
      }
      const body = { [START]: START_PAGE, [SIGN_IN]: PAGE }[url];
      return body ? { body, contentType: "text/html" } : { status: 404 };
    },
  });
  try {
    if (!("decide" in harness)) throw new Error("This is not Chromium.");
    await prepare(harness, { at: LOGIN, accounts: [ACCOUNT] });
    const probe = await harness.probe();
    const { view } = await harness.core("ask", "show");
    const [{ id: account }] = view.accounts;
    await harness.core("ask", { setMode: { account, mode: "automatic" } });
    const page = await harness.tab();
    /** Until the code is there, and all is done that belongs to it but the submitting. */
    const signIn = async () => {
      await harness.forgetUsed();
      await harness.stopWorker();
      await page.goto(START);
      await page.click("a");
      await fieldValue(page, CODE_FIELD);
      // Its report comes after all that it was told to do.
      const tabId = await harness.tabId(page);
      await probe.waitForFunction(async (key) => JSON.parse(String((await chrome.storage.session.get(key))[key] ?? "{}")).reason === "filled", { polling: 20 }, `page.${tabId}`);
    };
    await page.bringToFront();
    // Without a policy, the code is submitted.
    await Promise.all([page.waitForRequest((request) => request.method() === "POST"), signIn()]);
    await harness.decide({ modes: [] });
    for (let at = 0; at < starts; at++) {
      tally.tried += 1;
      const before = submitted;
      await signIn();
      await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), SUBMITS_WITHIN_MS);
      if (submitted > before) tally.late += 1;
    }
  } finally {
    await harness.close();
  }
  return tally;
};
