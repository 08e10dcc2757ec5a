// ./build.sh store: the pictures of the stores' pages, 1280 by 800 as Chrome's, Edge's and Firefox's stores take them, in
// English and Bokmål, into extension/store/. The main job in a real browser, over the replica pages; popups are laid
// where the browser would show them. The sheets for pupils and teachers, which have them, into target/papers/.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./harness.mjs";
import { MainJob, STEPS } from "./main-job.mjs";
import { prepare } from "./trial.mjs";
import { print, SHEETS } from "./papers.mjs";
import { accounts } from "./ui-rig.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

const OUT = join(ROOT, "extension/store");
const SIZE = { width: 1280, height: 800 };
/** So that what is said on the page can be read where a store shows its picture small. */
const LARGER = 1.5;

/** @param {string} name @param {Uint8Array} picture */
const keep = (name, picture) => {
  writeFileSync(join(OUT, `${name}.png`), picture);
  console.log(`extension/store/${name}.png: ${picture.length} bytes`);
};

/** @param {Uint8Array} picture */
const url = (picture) => `data:image/png;base64,${Buffer.from(picture).toString("base64")}`;

/** The popup as it hangs from its button, over the page. @param {MainJob} job @param {Page} popup */
const over = async (job, popup) => {
  // No code is about to end in a picture.
  const code = await popup.$eval(".code", (shown) => shown.textContent ?? "");
  await popup.waitForFunction((code) => document.querySelector(".code")?.textContent !== code, { timeout: 45_000 }, code);
  // What has just happened is said over the page, and fades.
  await popup.$eval("#notice", (notice) => notice.getAnimations().forEach((animation) => animation.finish()));
  const [below, above] = [await job.page.screenshot(), await popup.screenshot()];
  const canvas = await job.harness.browser.newPage();
  await canvas.setViewport(SIZE);
  await canvas.setContent(
    `<body style="margin:0;background:#fff"><img src="${url(below)}" style="position:absolute;width:1280px"><img src="${url(above)}" style="position:absolute;top:8px;right:24px;border-radius:10px;box-shadow:0 4px 24px #0006,0 0 0 1px #0002">`,
    { waitUntil: "load" },
  );
  const picture = await canvas.screenshot();
  await canvas.close();
  return { picture, popup: above };
};

/** A page of ours, as high as the picture. @param {MainJob} job @param {string} path */
const whole = async (job, path) => {
  const page = await job.harness.browser.newPage();
  await page.setViewport(SIZE);
  await page.goto(`${job.harness.origin}/${path}`);
  await page.waitForSelector("body[data-ready='true']");
  // What moves has come to rest, the time of the codes as well.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  return page;
};

for (const language of /** @type {const} */ (["en", "nb"])) {
  const job = await MainJob.begin({ browser: "chromium" });
  const { harness, page, tenant } = job;
  tenant.language = language;
  await page.setViewport({ width: Math.ceil(SIZE.width / LARGER), height: Math.ceil(SIZE.height / LARGER), deviceScaleFactor: LARGER });
  const probe = await harness.probe();
  await probe.evaluate((language) => {
    localStorage.setItem("language", language);
    return chrome.storage.local.set({ language });
  }, language);

  const [found, saved] = STEPS;
  await found?.run(job);
  await saved?.run(job);
  const setUp = await over(job, /** @type {Page} */ (job.popup));
  keep(`popup-${language}`, setUp.popup);
  keep(`1-set-up-${language}`, setUp.picture);

  await job.away();
  await prepare(harness, { at: "https://login.microsoftonline.com/", accounts: accounts(5) });
  const manager = await whole(job, "www/manager/manager.html");
  keep(`2-accounts-${language}`, await manager.screenshot());
  await manager.click("nav a[href='#security']");
  await manager.waitForSelector("#unlocking", { visible: true });
  keep(`3-unlocking-${language}`, await manager.screenshot());
  if (language === "nb") {
    mkdirSync(join(ROOT, "target/papers"), { recursive: true });
    const sheets = await harness.browser.newPage();
    for (const sheet of SHEETS) writeFileSync(join(ROOT, `target/papers/${sheet}.pdf`), await print(sheets, sheet));
    console.log(`target/papers: ${SHEETS.join(", ")}`);
  }
  await harness.close();
}
