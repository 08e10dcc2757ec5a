// What the content script sees on a page, taken with the script itself: for the vectors of the page model.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import assert from "node:assert/strict";
import { ROOT } from "./harness.mjs";

/**
 * @typedef {import("puppeteer-core").Page} Page
 * @typedef {{ state: string, method: string | null, account: string | null, hindrance?: string }} Expected
 * @typedef {{ at: string, before?: string, seen: Record<string, any>, expect: Expected }} Vector
 */

/** @param {string} file */
const script = (file) => readFileSync(join(ROOT, "dist/chromium", file), "utf8");
/** @type {{ matches: string[], js: string[] }[]} */
const SCRIPTS = JSON.parse(script("manifest.json")).content_scripts;

/** One look of the scripts, beside those that are at work there. @param {Page} page @returns {Promise<Record<string, any>>} */
export const observe = async (page) => {
  const { origin } = new URL(page.url());
  // What is not in the manifest is an organisation's host.
  const { js } = SCRIPTS.find(({ matches }) => matches.includes(`${origin}/*`)) ?? { js: ["content/rules.js", "content/page.js"] };
  const seen = await page.evaluate(`new Promise((resolve) => {
    delete globalThis.tofaktor; // in the page's own world each look is the first
    const chrome = { runtime: { id: "none", sendMessage: async ({ look }) => void (look && resolve(JSON.stringify(look.seen))), onMessage: { addListener() {} } } };
    ${js.map(script).join("\n")}
  })`);
  return JSON.parse(String(seen));
};

/** @param {Page} page @param {Expected} judged @param {string} [before] @returns {Promise<Vector>} */
export const vector = async (page, { state, method, account, hindrance }, before) => {
  const seen = await observe(page);
  // A secret is another one each time.
  if (seen.manual) seen.manual.secret = "jbswy3dpehpk3pxp";
  const { origin, pathname } = new URL(page.url());
  return { at: origin + pathname, ...(before ? { before } : {}), seen, expect: { state, method, account, ...(hindrance ? { hindrance } : {}) } };
};

/** The vector of this name says the same; with RECORD=1 it is made to. @param {string} name @param {Vector} made */
export const recorded = (name, made) => {
  const file = join(ROOT, "tests/vectors/pages", `${name}.json`);
  if (process.env.RECORD) writeFileSync(file, `${JSON.stringify(made, null, 1)}\n`);
  assert.ok(existsSync(file), `${name} is not recorded: run this test with RECORD=1`);
  assert.deepEqual(made, JSON.parse(readFileSync(file, "utf8")), name);
};
