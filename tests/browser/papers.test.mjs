// Each sheet that is handed out is one page, and its pictures are those of today.
import assert from "node:assert/strict";
import { test } from "node:test";
import { print, SHEETS } from "./papers.mjs";
import { open } from "./ui-rig.mjs";

test("each sheet for pupils and teachers is one page of A4 with its pictures", { skip: process.env.BROWSER === "firefox" && "they are printed by Chromium" }, async () => {
  const rig = await open();
  try {
    const page = await rig.browser.newPage();
    for (const sheet of SHEETS) {
      const pdf = (await print(page, sheet)).toString("latin1");
      assert.equal(pdf.match(/\/Type\s*\/Page\b/g)?.length, 1, sheet);
      assert.match(pdf, /\/MediaBox\s*\[0 0 59[45][.\d]* 84[12][.\d]*\]/, sheet);
      const pictures = await page.$$eval("img", (all) => all.map(({ alt, naturalWidth, naturalHeight }) => [alt !== "", naturalWidth, naturalHeight]));
      assert.deepEqual(pictures, [[true, 1280, 800], [true, 1280, 800]], sheet);
      // What is written as Markdown is drawn, not shown.
      assert.doesNotMatch(await page.$eval("body", ({ innerText }) => innerText), /\*|^[#-] |\]\(/m, sheet);
    }
  } finally {
    await rig.close();
  }
});
