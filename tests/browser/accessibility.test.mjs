// Every state of every page in every language: axe-core on all of it in light; and what axe cannot see: reflow at 320 pixels,
// text of 24 pixels and at 200 %, words that do not fit where they stand, and what moves for those who do not want it. What goes
// by colour in dark and in forced colours, which no word changes, in one language. The page is loaded once for all of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Looked, TOLERANCE, difference, drawn } from "./looked.mjs";
import { ROOT, emulate, open } from "./ui-rig.mjs";
import { LANGUAGES, STATES, show } from "./ui-states.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** All of them in each language: a name may be missing in one or be another's, and by the length of the words a thing is too small or behind another. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** @type {Awaited<ReturnType<typeof open>>} */
let rig;
let runs = 0;
/** @type {string[]} */
const VAULTS = [...new Set(STATES.map(({ vault }) => vault))];
const looked = new Looked();
before(async () => {
  rig = await open();
});
after(async () => {
  await rig.close();
  console.log(`axe-core: ${runs} runs`);
  if (process.env.RECORD || looked.pictures.size === STATES.length) console.log(looked.report(STATES.map(({ name }) => name)));
});

/** The rules that look at colours. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** @param {import("./ui-rig.mjs").Page} page @param {string[] | { type: "rule", values: string[] }} [rules] all, unless told otherwise */
const violations = async (page, rules = TAGS) => {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const results = await page.evaluate((runOnly) => /** @type {any} */ (globalThis).axe.run(document, { runOnly, resultTypes: ["violations"] }), rules);
  runs += 1;
  return results.violations.map((/** @type {any} */ violation) => `${violation.id}: ${violation.nodes.map((/** @type {any} */ node) => `${node.target} ${node.any[0]?.message ?? ""}`).join("; ")}`);
};

/**
 * Chromium says of the colour that letters are filled with, which axe reads, what it would be without forced colours; it draws
 * them in the colour that it says the text has.
 * @param {import("./ui-rig.mjs").Page} page
 */
const sayFilled = (page) =>
  page.evaluate(() => {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.body.querySelectorAll("*"))) element.style.webkitTextFillColor = getComputedStyle(element).color;
  });

/** As the page looks where the system wants it otherwise. @param {import("./ui-rig.mjs").Page} page @param {Parameters<typeof emulate>[1]} wish */
const turn = async (page, wish) => {
  await emulate(page, wish);
  await page.evaluate(({ look, forced = false, still = false }) => {
    const found = { dark: look === "dark", forced, still };
    for (const [name, query] of Object.entries({ dark: "(prefers-color-scheme: dark)", forced: "(forced-colors: active)", still: "(prefers-reduced-motion)" }))
      if (matchMedia(query).matches !== found[/** @type {keyof typeof found} */ (name)]) throw new Error(`${query} is not ${found[/** @type {keyof typeof found} */ (name)]}.`);
  }, wish);
};

/** What draws itself by its ground alone, without a word in it, is marked while it has its colours. @param {import("./ui-rig.mjs").Page} page */
const mark = (page) =>
  page.evaluate(() => {
    const solid = (/** @type {string} */ colour) => !/^rgba\(.*, 0\)$|\/ 0\)$/.test(colour);
    /** What is seen behind it. @param {Element | null} element @returns {string} */
    const behind = (element) => (element ? (solid(getComputedStyle(element).backgroundColor) ? getComputedStyle(element).backgroundColor : behind(element.parentElement)) : "Canvas");
    /** @param {Element} element @param {string} pseudo */
    const drawn = (element, pseudo) => {
      const style = getComputedStyle(element, pseudo || null);
      const edge = ["Top", "Right", "Bottom", "Left"].some((side) => parseFloat(style[/** @type {"borderTopWidth"} */ (`border${side}Width`)]) > 0 && solid(style[/** @type {"borderTopColor"} */ (`border${side}Color`)]));
      const ground = behind(pseudo ? element : element.parentElement);
      return edge || style.backgroundImage !== "none" || (solid(style.backgroundColor) && style.backgroundColor !== ground);
    };
    /** @type {[Element, string][]} */
    const marks = [];
    for (const element of document.body.querySelectorAll("*")) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const hollow = !element.textContent?.trim() && !element.firstElementChild && !element.matches("input, select, textarea, button, img, svg, svg *, meter, progress");
      if (hollow && drawn(element, "")) marks.push([element, ""]);
      for (const pseudo of ["::before", "::after"]) {
        const { content, display } = getComputedStyle(element, pseudo);
        if (content === '""' && display !== "none" && drawn(element, pseudo)) marks.push([element, pseudo]);
      }
    }
    Object.assign(globalThis, { lostMarks: () => marks.filter(([element, pseudo]) => !drawn(element, pseudo)).map(([element, pseudo]) => `${element.outerHTML.slice(0, 80)}${pseudo}`) });
    return marks.length;
  });

/** What is no longer seen in forced colours. @param {import("./ui-rig.mjs").Page} page */
const vanished = (page) =>
  page.evaluate(() => {
    const seen = (/** @type {Element} */ element) => element.checkVisibility({ visibilityProperty: true });
    const brief = (/** @type {Element} */ element) => element.outerHTML.slice(0, 100);
    const open = document.querySelector("dialog[open]") ?? document.body;
    const controls = [...open.querySelectorAll("button, a[href], input:not([type='file']), select, summary, textarea")].filter(seen);
    const edgeless = controls.filter((element) => {
      const edged = ["", "::after"].some((pseudo) => {
        const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor, content } = getComputedStyle(element, pseudo || null);
        return parseFloat(borderTopWidth) > 0 && borderTopStyle !== "none" && borderTopColor !== backgroundColor.replace(/^rgba\((.*), 0\)$/, "rgb($1)") && (!pseudo || content !== "none");
      });
      // Native boxes, the triangle of a summary and the list of sections are drawn by the browser or plain links.
      return !edged && !getComputedStyle(element).textDecorationLine.includes("underline") && !element.matches("[type='checkbox'], [type='radio'], summary, nav a");
    });
    // Half a contrast is none.
    const faint = [...open.querySelectorAll("*")].filter((element) => seen(element) && Number(getComputedStyle(element).opacity) < 1 && element.matches("button, input, select, textarea, svg, p, span, li"));
    const merged = [...open.querySelectorAll("*")].filter((element) => {
      const isIcon = element.matches("svg.icon");
      if (!seen(element) || !(isIcon || [...element.childNodes].some((node) => node instanceof Text && node.nodeValue?.trim()))) return false;
      const { stroke, color } = getComputedStyle(element);
      for (let box = /** @type {Element | null} */ (element); box; box = box.parentElement) {
        const { backgroundColor } = getComputedStyle(box);
        if (!/^rgba\(.*, 0\)$/.test(backgroundColor)) return backgroundColor === (isIcon ? stroke : color);
      }
      return false;
    });
    /** What a person sees of an element and of all that is in it. @param {Element} whole */
    const look = (whole) =>
      [whole, ...whole.querySelectorAll("*")].flatMap((element) =>
        ["", "::before", "::after"].map((pseudo) => {
          const s = getComputedStyle(element, pseudo || null);
          return [s.content, s.display, s.visibility, s.opacity, s.color, s.backgroundColor, s.border, s.outline, s.fontWeight, s.fontStyle, s.textDecorationLine, s.stroke].join();
        }),
      ).join("\n");
    const silent = ["aria-pressed='true'", "aria-current", "data-wanted='true'", "data-pinned='true'", "data-spent='true'", "data-copied='true'"].flatMap((attribute) => {
      const [name = ""] = attribute.split("=");
      return [...document.querySelectorAll(`[${attribute}]`)].filter(seen).filter((element) => {
        const [before, value] = [look(element), element.getAttribute(name)];
        element.removeAttribute(name);
        const without = look(element);
        element.setAttribute(name, value ?? "");
        return before === without;
      }).map((element) => `${name} of ${brief(element)}`);
    });
    const was = document.activeElement;
    const ringless = controls.filter((element) => {
      if (!(element instanceof HTMLElement) || element.matches(":disabled")) return false;
      element.focus(/** @type {FocusOptions} */ ({ focusVisible: true, preventScroll: true }));
      if (document.activeElement !== element) return false;
      return !["", "::after"].some((pseudo) => {
        const { outlineStyle, outlineWidth, content } = getComputedStyle(element, pseudo || null);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && (!pseudo || content !== "none");
      });
    });
    if (was instanceof HTMLElement) was.focus({ preventScroll: true });
    return { edgeless: edgeless.map(brief), faint: faint.map(brief), merged: merged.map(brief), silent, ringless: ringless.map(brief), marks: /** @type {any} */ (globalThis).lostMarks() };
  });

/** What moves smoothly, or more than once in a second. A change of colour at a moment moves nothing. @param {import("./ui-rig.mjs").Page} page */
const moving = (page) =>
  page.evaluate(() =>
    document.getAnimations().flatMap((animation) => {
      const effect = /** @type {KeyframeEffect} */ (animation.effect);
      const duration = Number(effect.getTiming().duration);
      const jumps = effect.getKeyframes().flatMap(({ easing }) => easing.match(/^steps\((\d+)/)?.[1] ?? []);
      if (animation instanceof CSSTransition || (duration > 1 && (jumps.length === 0 || duration / Number(jumps[0]) < 1000))) return [`${/** @type {CSSAnimation} */ (animation).animationName ?? "transition"} of ${effect.target?.outerHTML.slice(0, 80)}`];
      return [];
    }),
  );

/** @param {import("./ui-rig.mjs").Page} page @param {number} width */
const resize = async (page, width) => {
  await page.setViewport({ width, height: 640 });
  await page.waitForFunction((width) => innerWidth === width, {}, width);
};

/**
 * What goes beyond the page's edge; words beyond that of their button, or of a box that hides what is beyond; and what lies
 * under the line that says what has happened.
 * @param {import("./ui-rig.mjs").Page} page
 */
const beyond = (page) =>
  page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    // Off screen on purpose: what is there for a screen reader alone.
    const out = [...document.querySelectorAll("body *:not(.visually-hidden, .visually-hidden *)")].filter((element) => {
      const box = element.getBoundingClientRect();
      // What is folded away may still be as wide as it was when the page was wider.
      return box.width > 0 && box.right > wide + 1 && element.checkVisibility();
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
    const notice = document.querySelector("#notice:not(:empty, [data-notice='copied'])");
    const line = notice?.getBoundingClientRect();
    let covered = [...document.querySelectorAll("button, a, input, select, .code, .next-code")].flatMap((element) => {
      if (!line || !element.checkVisibility() || notice?.contains(element)) return [];
      let { left, right, top, bottom } = line;
      for (let box = /** @type {Element | null} */ (element); box; box = box.parentElement) {
        if (box !== element && getComputedStyle(box).overflowY === "visible") continue;
        const edge = box.getBoundingClientRect();
        [left, right, top, bottom] = [Math.max(left, edge.left), Math.min(right, edge.right), Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
      }
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      if (left >= right || top >= bottom || !notice?.contains(document.elementFromPoint(x, y))) return [];
      return [{ element, x, down: y - element.getBoundingClientRect().top }];
    });
    const head = notice?.closest("header");
    if (head && notice instanceof HTMLElement && covered.length > 0) {
      // What has been scrolled away, or under the head, is not seen without the line either.
      notice.style.display = "none";
      covered = covered.filter(({ element, x, down }) => element.contains(document.elementFromPoint(x, element.getBoundingClientRect().top + down)));
      notice.style.display = "";
    }
    return { scrolls: document.documentElement.scrollWidth > wide, out: out.slice(0, 3).map((element) => element.outerHTML.slice(0, 120)), cut, covered: covered.map(({ element }) => element.outerHTML.slice(0, 120)) };
  });

const NOTICE = { key: "savedOverOld", text: JSON.parse(readFileSync(join(ROOT, "extension/_locales/nb/messages.json"), "utf8")).notice_savedOverOld.message };
/** @param {typeof NOTICE} notice */
const say = ({ key, text }) => {
  const line = /** @type {HTMLElement | null} */ (document.querySelector("#notice"));
  if (!line) return;
  line.dataset.notice = key;
  line.textContent = text;
  for (const animation of line.getAnimations()) animation.pause();
};

/** What goes by the length of the words. @param {import("./ui-rig.mjs").Page} page @param {import("./ui-states.mjs").State} state @param {string} language */
const fits = async (page, state, language) => {
  const whole = { scrolls: false, out: [], cut: [], covered: [] };
  // Wherever it is said that something went well, and at whatever size.
  if (language === "nb") await page.evaluate(say, NOTICE);
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

const NOTHING_LOST = { edgeless: [], faint: [], merged: [], silent: [], ringless: [], marks: [] };
const BY_COLOUR = /** @type {const} */ ({ type: "rule", values: COLOURS });

/** @param {import("./ui-rig.mjs").Page} page */
const inOtherColours = async (page) => {
  await mark(page);
  await turn(page, { look: "dark" });
  assert.deepEqual(await violations(page, BY_COLOUR), [], "dark");
  await turn(page, { look: "dark", forced: true });
  assert.deepEqual(await vanished(page), NOTHING_LOST, "forced colours");
  await sayFilled(page);
  assert.deepEqual(await violations(page, BY_COLOUR), [], "forced colours");
};

/** Those of one vault after each other, so that each vault is made once; locked ones last, as opening costs a derivation. */
const inTurn = STATES.toSorted((one, other) => VAULTS.indexOf(one.vault) - VAULTS.indexOf(other.vault) || Number(one.locked ?? false) - Number(other.locked ?? false));

for (const state of inTurn) {
  test(`${state.name}: axe, forced colours, reduced motion, 320 pixels, large text and names in three languages`, async () => {
    /** @type {import("./ui-rig.mjs").Page | undefined} */
    let page;
    for (const language of LANGUAGES) {
      page = await show(rig, state, { language, page });
      assert.equal(await page.evaluate(() => document.documentElement.lang), state.policy?.language ?? language);
      if (language === "nb") looked.pictures.set(state.name, await drawn(rig, page));
      assert.deepEqual(await violations(page), [], `${language}, light`);
      assert.deepEqual(await unnamed(page), [], language);
      const ways = await page.$$eval(".primary", (all) => all.filter((button) => button.checkVisibility()).map((button) => button.textContent));
      if (!state.wide) assert.ok(ways.length <= 1, `one way on at a time, not ${ways.join(" and ")}`);
      if (language === "nb") await inOtherColours(page);
      await turn(page, { still: true });
      assert.deepEqual(await moving(page), [], `${language}, reduced motion`);
      await fits(page, state, language);
    }
    await page?.close();
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
  await turn(page, { look: "dark" });
  assert.match((await seen()).join(), /^color-contrast: body > p/);
  await page.close();
});

test("what vanishes in forced colours is noticed, each in its own way", async () => {
  const page = await show(rig, state("popup-few"), {});
  await page.evaluate(() => {
    const style = new CSSStyleSheet();
    style.replaceSync(`
      .planted { outline: none !important }
      .planted-edge { border: 0 }
      .planted-mark { width: 9px; height: 9px; background: red }
      .planted-mark + *::after { content: ""; display: block; height: 3px; background: linear-gradient(red, blue) }
      .planted-state { border: 1px solid }
      .planted-state[aria-current] { background: red; box-shadow: 0 0 4px red }
      .planted-icon { forced-color-adjust: none; stroke: Canvas }
      .planted-faint { opacity: 0.5 }`);
    document.adoptedStyleSheets.push(style);
    document.body.insertAdjacentHTML(
      "beforeend",
      '<button class="planted planted-edge">a</button><i class="planted-mark"></i><p>b</p><button class="planted planted-state" aria-current="true">c</button><svg class="icon planted-icon"></svg><p class="planted-faint">d</p>',
    );
  });
  assert.ok((await mark(page)) >= 2);
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).lostMarks()), [], "in its own colours all is there");
  await turn(page, { forced: true });
  const found = Object.fromEntries(Object.entries(await vanished(page)).map(([how, all]) => [how, all.map((/** @type {string} */ one) => one.match(/planted-(\w+)|<p>b/)?.[0] ?? one)]));
  assert.deepEqual(found, { edgeless: ["planted-edge"], faint: ["planted-faint"], merged: ["planted-icon"], silent: ["planted-state"], ringless: ["planted-edge", "planted-state"], marks: ["planted-mark", "<p>b"] });
  await page.close();
});

test("reduced motion: what moves is noticed, and for everybody else the countdown runs smoothly", async () => {
  const page = await show(rig, state("popup-few"), {});
  assert.ok((await moving(page)).some((which) => which.startsWith("run-out of")));
  await turn(page, { still: true });
  assert.deepEqual(await moving(page), []);
  await page.evaluate(() => {
    document.querySelector("h1")?.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 900, easing: "steps(2)" });
    document.querySelector("h1")?.animate([{ opacity: 0 }, { opacity: 1 }], 9000);
  });
  assert.equal((await moving(page)).length, 2);
  await page.close();
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
