// What a screen reader says of set-up, sign-in and the warning of a false page: where it begins, what it meets by Tab,
// what is announced, and all that is there to read, as a transcript that is looked at when it changes (RECORD=1 writes it anew).
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { ROOT, open } from "./ui-rig.mjs";
import { STATES, show } from "./ui-states.mjs";

/** A screen reader in the page: what follows the roles and names as the standard says, and no browser's own speech. */
const READER = readFileSync(join(dirname(createRequire(import.meta.url).resolve("@guidepup/virtual-screen-reader/package.json")), "lib/esm/index.browser.js"), "utf8").replace(
  /export\{[^}]*?([\w$]+) as virtual\};/,
  "globalThis.virtual = $1;",
);
const VECTORS = join(ROOT, "tests/vectors/spoken");
const TABS = 4;

/** @type {Awaited<ReturnType<typeof open>>} */
let rig;
before(async () => {
  rig = await open();
});
after(() => rig.close());

/** The states of a way through, in order, and where each begins. @type {Record<string, [state: string, begins: string][]>} */
const WAYS = {
  "set-up": [
    ["welcome-1", "body"],
    ["popup-first-run-guide", "[data-action='do-step']"],
    ["popup-first-run-found", "#passphrase"],
    ["popup-conflict", "#pending-accounts .primary"],
    ["popup-guide", "[data-action='do-step']"],
    ["popup-guide-missing", "[data-action='report']"],
    ["popup-guide-finished", "[data-action='do-step']"],
  ],
  "sign-in": [
    ["popup-locked-page-waits", "#passphrase"],
    ["popup-too-many", "#passphrase"],
    ["popup-approve", "[data-action='approve']"],
    ["popup-filled", ".copy"],
    ["popup-no-account", "#set-up .button"],
  ],
  phishing: [["popup-look-alike", "#unknown-site"]],
};

/** @param {import("./ui-rig.mjs").Page} page @param {string} begins */
const listen = async (page, begins) => {
  const focused = () =>
    page.evaluate(() => {
      const { activeElement: at } = document;
      if (!at || at === document.body) return "the page";
      const said = (at.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "");
      const labels = at.getAttribute("aria-labelledby")?.split(" ").map((id) => document.getElementById(id)?.textContent ?? "");
      const label = at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : undefined;
      return [labels?.join(" ") ?? at.getAttribute("aria-label") ?? label ?? at.textContent?.trim() ?? "", ...said].filter(Boolean).join(" | ");
    });
  await page.waitForFunction((begins) => document.activeElement?.matches(begins), {}, begins);
  const lines = [`begins at: ${await focused()}`];
  for (let tab = 0; tab < TABS; tab++) {
    await page.keyboard.press("Tab");
    lines.push(`Tab: ${await focused()}`);
  }
  const announced = await page.$$eval("[role='status'], [role='alert']", (all) =>
    all.filter((region) => region.checkVisibility() && region.textContent?.trim()).map((region) => `${region.getAttribute("role")}: ${region.textContent?.trim().replace(/\s+/g, " ")}`),
  );
  lines.push(...announced);
  await page.evaluate(READER);
  const read = await page.evaluate(async () => {
    const { virtual } = /** @type {any} */ (globalThis);
    await virtual.start({ container: document.body });
    while ((await virtual.lastSpokenPhrase()) !== "end of document") await virtual.next();
    const log = await virtual.spokenPhraseLog();
    await virtual.stop();
    return /** @type {string[]} */ (log);
  });
  // Codes and counts of seconds are another every time.
  return [...lines, "reads:", ...read].map((line) => line.replace(/\b\d{3} \d{3}\b/g, "000 000").replace(/\b\d+ sekunder\b/g, "00 sekunder"));
};

for (const [way, states] of Object.entries(WAYS)) {
  test(`${way}: the card comes first, complete, and is announced`, async () => {
    const heard = [];
    for (const [name, begins] of states) {
      const state = STATES.find((known) => known.name === name);
      assert.ok(state, name);
      const page = await show(rig, state, { language: "nb", second: 3 });
      heard.push(`# ${name}`, ...(await listen(page, begins)), "");
      await page.close();
    }
    assert.deepEqual(rig.complaints.splice(0), []);
    const transcript = heard.join("\n");
    const file = join(VECTORS, `${way}.txt`);
    if (process.env.RECORD) {
      mkdirSync(VECTORS, { recursive: true });
      writeFileSync(file, transcript);
    }
    assert.equal(transcript, readFileSync(file, "utf8"));
  });
}

/** @param {string} name @param {import("./ui-rig.mjs").Look} [look] */
const shown = async (name, look = {}) => {
  const state = STATES.find((known) => known.name === name);
  assert.ok(state, name);
  return show(rig, state, { language: "nb", ...look });
};

test("yes is before no, one Tab apart, and both say what they are about", async () => {
  const page = await shown("popup-approve");
  const at = () => page.evaluate(() => document.activeElement?.getAttribute("data-action"));
  assert.equal(await at(), "approve");
  await page.keyboard.press("Tab");
  assert.equal(await at(), "deny");
  const tree = await page.accessibility.snapshot({ interestingOnly: false });
  /** @param {any} node @returns {any[]} */
  const all = (node) => [node, ...(node.children ?? []).flatMap(all)];
  const yes = all(tree).find(({ role, name }) => role === "button" && name?.startsWith("Det er meg"));
  assert.match(yes?.description ?? "", /login\.microsoftonline\.com.*kari\.nordmann@skole\.example/);
  await page.close();
});

test("small windows and large text: what is to be done is in view at the start", async () => {
  for (const name of ["popup-approve", "popup-guide", "popup-locked-page-waits", "popup-look-alike"])
    for (const [width, height, size] of [
      [400, 300, "16px"],
      [360, 600, "24px"],
      [360, 600, "200%"],
    ]) {
      const page = await shown(name, { width: Number(width), height: Number(height) });
      await page.evaluate((size) => document.documentElement.style.setProperty("font-size", `${size}`), size);
      await page.evaluate(() => document.activeElement?.scrollIntoView({ block: "nearest" }));
      const seen = await page.evaluate(() => {
        const box = document.activeElement?.getBoundingClientRect();
        const middle = box && document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height, innerHeight - box.y) / 2);
        return { top: box && box.y >= 0, there: middle !== null && Boolean(document.activeElement?.contains(middle ?? null)) };
      });
      assert.deepEqual(seen, { top: true, there: true }, `${name} at ${width}x${height}, ${size}`);
      await page.close();
    }
});
