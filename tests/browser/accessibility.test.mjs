// axe-core on every state of every page: all of it in light, and in dark, where the markup is the same, what goes by colour;
// and what axe cannot see, in every language: reflow at 320 pixels, text of 24 pixels and at 200 %, words that do not fit where
// they stand; forced colours, and that nothing moves for those who do not want it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { Looked, TOLERANCE, difference, drawn } from "./looked.mjs";
import { open } from "./ui-rig.mjs";
import { STATES, show } from "./ui-states.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** @type {Awaited<ReturnType<typeof open>>} */
let rig;
let runs = 0;
const looked = new Looked();
before(async () => {
  rig = await open();
});
after(async () => {
  await rig.close();
  console.log(`axe-core: ${runs} runs`);
  if (looked.pictures.size === STATES.length) console.log(looked.report());
});

/** The rules that look at colours. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** @param {import("./ui-rig.mjs").Page} page @param {string[] | { type: "rule", values: string[] }} [rules] all, unless told otherwise */
const violations = async (page, rules = TAGS) => {
  await page.evaluate(AXE);
  const results = await page.evaluate((runOnly) => /** @type {any} */ (globalThis).axe.run(document, { runOnly, resultTypes: ["violations"] }), rules);
  runs += 1;
  return results.violations.map((/** @type {any} */ violation) => `${violation.id}: ${violation.nodes.map((/** @type {any} */ node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`);
};

/** From the light theme to the dark one. @param {import("./ui-rig.mjs").Page} page */
const darken = async (page) => {
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await page.evaluate(() => {
    if (!matchMedia("(prefers-color-scheme: dark)").matches) throw new Error("It is not dark.");
    // Chromium keeps the colour that an animation has ended with, as the last seconds of a code are red, until it begins again.
    document.body.style.display = "none";
    document.body.getBoundingClientRect();
    document.body.style.display = "";
  });
};

/** @param {import("./ui-rig.mjs").Page} page @param {number} width */
const resize = async (page, width) => {
  await page.setViewport({ width, height: 640 });
  await page.waitForFunction((width) => innerWidth === width, {}, width);
};

/**
 * What goes beyond the page's edge; and words beyond that of their button, or of a box that hides what is beyond.
 * @param {import("./ui-rig.mjs").Page} page
 */
const beyond = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    // Off screen on purpose: what is there for a screen reader alone.
    const out = [...document.querySelectorAll("body *:not(.visually-hidden, .visually-hidden *)")].filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.right > wide + 1;
    });
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    /** @type {string[]} */
    const cut = [];
    while (walk.nextNode()) {
      const { currentNode: node } = walk;
      const holds = node.parentElement;
      // An account's name, which has two lines here, is whole in its details.
      if (!node.nodeValue?.trim() || !holds?.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) || holds.closest(".visually-hidden, .name, .issuer, [data-notice='copied']")) continue;
      range.selectNodeContents(node);
      const words = range.getBoundingClientRect();
      for (let box = /** @type {Element | null} */ (holds); box && box !== document.body; box = box.parentElement) {
        const { overflow } = getComputedStyle(box);
        if (/auto|scroll/.test(overflow)) break;
        if (overflow === "visible" && !box.matches("button, .button")) continue;
        const edge = box.getBoundingClientRect();
        if (words.left < edge.left - 1 || words.right > edge.right + 1 || words.top < edge.top - 1 || words.bottom > edge.bottom + 1) cut.push(`${node.nodeValue.trim()} in ${box.outerHTML.slice(0, 80)}`);
      }
    }
    return { scrolls: document.documentElement.scrollWidth > wide, out: out.slice(0, 3).map((element) => element.outerHTML.slice(0, 120)), cut };
  });

/** What goes by the length of the words. @param {import("./ui-rig.mjs").Page} page @param {import("./ui-states.mjs").State} state @param {string} language */
const fits = async (page, state, language) => {
  const whole = { scrolls: false, out: [], cut: [] };
  assert.deepEqual(await beyond(page), whole, language);
  // 320 CSS pixels wide is 1280 at 400 % (WCAG 1.4.10).
  await resize(page, 320);
  assert.deepEqual(await beyond(page), whole, `${language}, at 320 pixels`);
  await resize(page, state.wide ? 1000 : 360);
  for (const size of ["24px", "200%"]) {
    await page.evaluate((size) => document.documentElement.style.setProperty("font-size", size), size);
    assert.deepEqual(await beyond(page), whole, `${language}, text at ${size}`);
  }
};

/** What has no name for a screen reader, and buttons that share one though they do different things. @param {import("./ui-rig.mjs").Page} page */
const unnamed = async (page) => {
  const roles = new Set(["button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "progressbar", "meter", "image", "dialog", "region"]);
  /** @type {string[]} */
  const found = [];
  /** @param {import("puppeteer-core").SerializedAXNode} node */
  const walk = ({ role, name = "", children = [] }) => {
    if (roles.has(role) && !name.trim()) found.push(`${role} without a name`);
    children.forEach(walk);
  };
  const tree = await page.accessibility.snapshot();
  assert.ok(tree?.children?.length, "there is something to hear");
  walk(tree);
  const alike = await page.$$eval("button", (all) => {
    /** @type {Map<string, string>} */
    const deeds = new Map();
    return all
      .filter((button) => button.checkVisibility())
      // What lies behind a dialog is out of reach; the cross in its corner does what its last button does.
      .filter((button) => !document.querySelector("dialog[open]") || button.closest("dialog[open]"))
      .filter((button) => !button.closest(".dialog-head"))
      .map((button) => {
        const labels = button.getAttribute("aria-labelledby")?.split(" ").map((id) => document.getElementById(id)?.textContent);
        const name = labels?.join(" ") ?? button.getAttribute("aria-label") ?? button.textContent ?? "";
        const about = button.closest("[data-account], [data-pending-account], [data-unlock-method], dialog");
        const deed = [button.dataset.action, ...Object.values(/** @type {HTMLElement | null} */ (about)?.dataset ?? {})].join(" ");
        const known = deeds.get(name);
        deeds.set(name, deed);
        return known === undefined || known === deed ? "" : `two buttons called ${name}, and they do not do the same`;
      })
      .filter(Boolean);
  });
  return [...found, ...alike];
};

for (const state of STATES) {
  test(`${state.name}: axe in light and dark; 320 pixels, large text and names in three languages`, async () => {
    const page = await show(rig, state, { look: "light" });
    looked.pictures.set(state.name, await drawn(rig, page));
    assert.deepEqual(await violations(page), [], "light");
    await darken(page);
    assert.deepEqual(await violations(page, { type: "rule", values: COLOURS }), [], "dark");
    assert.deepEqual(await unnamed(page), []);
    const ways = await page.$$eval(".primary", (all) => all.filter((button) => button.checkVisibility()).map((button) => button.textContent));
    if (!state.wide) assert.ok(ways.length <= 1, `one way on at a time, not ${ways.join(" and ")}`);
    await fits(page, state, "en");
    await page.close();
    for (const language of ["nb", "nn"]) {
      const page = await show(rig, state, { language });
      assert.equal(await page.evaluate(() => document.documentElement.lang), state.policy?.language ?? language);
      assert.deepEqual(await unnamed(page), [], language);
      await fits(page, state, language);
      await page.close();
    }
    assert.deepEqual(await rig.takeComplaints(), []);
  });
}

/** @param {string} name */
const state = (name) => {
  const found = STATES.find((known) => known.name === name);
  assert.ok(found, name);
  return found;
};

test("a picture that has changed is told from one that has not", async () => {
  const page = await show(rig, state("manager-moving"), {});
  const one = await drawn(rig, page);
  assert.ok(difference(one, await drawn(rig, page)) <= TOLERANCE.inAThousand);
  await page.$eval("#backup [data-action='backup']", (button) => button.remove());
  assert.ok(difference(one, await drawn(rig, page)) > TOLERANCE.inAThousand, "without a button");
  await page.setViewport({ width: 500, height: 760 });
  assert.equal(difference(one, await drawn(rig, page)), 1000, "of another size");
  await page.close();
});

test("the rules that look at colours are there, and see the theme that is shown", async () => {
  const page = await show(rig, state("popup-few"), {});
  await page.evaluate(AXE);
  const known = await page.evaluate((tags) => /** @type {any} */ (globalThis).axe.getRules(tags).map((/** @type {{ ruleId: string }} */ { ruleId }) => ruleId), TAGS);
  assert.deepEqual(COLOURS.filter((rule) => !known.includes(rule)), []);
  const seen = async () => violations(page, { type: "rule", values: COLOURS });
  // To be read in light, and not in dark.
  await page.evaluate(() => {
    const text = document.body.appendChild(document.createElement("p"));
    text.textContent = "a text of a colour of its own";
    text.style.color = "light-dark(black, #222)";
  });
  assert.deepEqual(await seen(), []);
  await darken(page);
  assert.match((await seen()).join(), /^color-contrast: body > p/);
  await page.close();
});

test("forced colours: everything that can be pressed or filled in has an edge or a line", async () => {
  for (const name of ["popup-few", "popup-counter", "popup-fill-here", "popup-details", "popup-locked", "manager", "manager-enter", "welcome-1", "welcome-2"]) {
    const page = await show(rig, state(name), { forced: true });
    assert.ok(await page.evaluate(() => matchMedia("(forced-colors: active)").matches));
    assert.deepEqual(await violations(page), [], name);
    const bare = await page.$$eval("button, a[href], input:not([type='file']), select, summary", (all) =>
      all
        .filter((element) => element.checkVisibility())
        .filter((element) => {
          const style = getComputedStyle(element);
          const edge = parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none" && style.borderTopColor !== style.backgroundColor;
          // Native boxes, the triangle of a summary and the list of sections are drawn by the browser or plain links.
          return !edge && !style.textDecorationLine.includes("underline") && !element.matches("[type='checkbox'], [type='radio'], summary, nav a");
        })
        .map((element) => element.outerHTML.slice(0, 100)),
    );
    assert.deepEqual(bare, [], name);
    await page.close();
  }
});

test("reduced motion: what lasts goes in steps, and elsewhere it does not", async () => {
  const smooth = async (/** @type {boolean} */ still) => {
    const page = await show(rig, state("popup-few"), { still });
    const found = await page.evaluate(
      () =>
        document
          .getAnimations()
          .map(({ effect }) => /** @type {KeyframeEffect} */ (effect))
          .filter((effect) => Number(effect.getTiming().duration) > 100)
          .filter((effect) => !effect.getKeyframes().every(({ easing }) => easing.startsWith("steps"))).length,
    );
    await page.close();
    return found;
  };
  assert.ok((await smooth(false)) > 0, "the countdown runs smoothly for everybody else");
  assert.equal(await smooth(true), 0);
});

test("Tab goes through the popup from top to bottom, and what has the focus is in sight", async () => {
  const page = await show(rig, state("popup-few"), {});
  const start = await page.evaluate(() => {
    const first = document.querySelector("[data-action='lock']");
    /** @type {HTMLElement} */ (first).focus();
    return first?.getAttribute("data-action");
  });
  assert.equal(start, "lock");
  const stops = [];
  for (let step = 0; step < 11; step++) {
    await page.keyboard.press("Tab");
    stops.push(
      await page.evaluate(() => {
        const focused = /** @type {HTMLElement} */ (document.activeElement);
        const box = focused.getBoundingClientRect();
        const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        const card = focused.closest("[data-account]");
        const at = card ? [...document.querySelectorAll("[data-account]")].indexOf(card) + 1 : 0;
        const name = focused.dataset.action ?? focused.classList[focused.classList.length - 1] ?? "";
        return { stop: at ? `${at} ${name}` : name, seen: focused === there || focused.contains(there) };
      }),
    );
  }
  assert.deepEqual(
    stops.map(({ stop }) => stop),
    ["manager", "1 more", "1 copy", "2 more", "2 copy", "3 more", "3 copy", "4 more", "4 copy", "backup", "scan"],
  );
  assert.deepEqual(stops.filter(({ seen }) => !seen), []);
  await page.close();
});
