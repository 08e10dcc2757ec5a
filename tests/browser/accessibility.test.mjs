// axe-core on every state of every page, in both themes; and what axe cannot see: reflow at 320
// pixels, text at 200 %, forced colours, and that nothing moves for those who do not want it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { open } from "./ui-rig.mjs";
import { STATES, show } from "./ui-states.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** @type {Awaited<ReturnType<typeof open>>} */
let rig;
let runs = 0;
before(async () => {
  rig = await open();
});
after(async () => {
  await rig.close();
  console.log(`axe-core: ${runs} runs (states x themes)`);
});

/** @param {import("./ui-rig.mjs").Page} page */
const violations = async (page) => {
  await page.evaluate(AXE);
  const results = await page.evaluate((tags) => /** @type {any} */ (globalThis).axe.run(document, { runOnly: tags }), TAGS);
  runs += 1;
  return results.violations.map((/** @type {any} */ violation) => `${violation.id}: ${violation.nodes.map((/** @type {any} */ node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`);
};

/** @param {import("./ui-rig.mjs").Page} page */
const overflow = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    // Off screen on purpose: what is there for a screen reader alone.
    const out = [...document.querySelectorAll("body *:not(.visually-hidden, .visually-hidden *)")].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.right > wide + 1;
    });
    return { scrolls: document.documentElement.scrollWidth > wide, out: out.slice(0, 3).map((element) => element.outerHTML.slice(0, 120)) };
  });

for (const state of STATES) {
  test(`${state.name}: axe in light and dark, 320 pixels, 200 % text`, async () => {
    for (const look of /** @type {const} */ (["light", "dark"])) {
      const page = await show(rig, state, { look });
      assert.deepEqual(await violations(page), [], look);
      if (look === "light") {
        // 320 CSS pixels wide is 1280 at 400 % (WCAG 1.4.10).
        await page.setViewport({ width: 320, height: 640 });
        assert.deepEqual(await overflow(page), { scrolls: false, out: [] }, "at 320 pixels");
        await page.setViewport({ width: state.wide ? 1000 : 360, height: 640 });
        await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
        assert.deepEqual(await overflow(page), { scrolls: false, out: [] }, "at 200 %");
      }
      await page.close();
    }
    assert.deepEqual(rig.complaints, []);
  });
}

test("forced colours: everything that can be pressed has an edge or a line", async () => {
  for (const name of ["popup-few", "popup-locked", "manager", "welcome-2"]) {
    const state = STATES.find((known) => known.name === name);
    assert.ok(state);
    const page = await show(rig, state, { forced: true });
    assert.deepEqual(await violations(page), [], name);
    assert.ok(await page.evaluate(() => matchMedia("(forced-colors: active)").matches));
    await page.close();
  }
});

test("reduced motion: the countdown goes in steps, and nothing fades", async () => {
  const state = STATES.find(({ name }) => name === "popup-few");
  assert.ok(state);
  const page = await show(rig, state, { still: true });
  const timing = await page.$eval(".countdown", (element) => getComputedStyle(element).animationTimingFunction);
  assert.match(timing, /steps\(6/);
  await page.close();
});
