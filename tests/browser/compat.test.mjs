// The oldest browsers that the manifests admit have what is used, by MDN's data. What may be missing is asked for with
// `?.`, or stands below with what happens then.
import bcd from "@mdn/browser-compat-data" with { type: "json" };
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");

/** What may be missing, by browser, and what happens then. @type {Record<string, Record<string, string>>} */
const DISPENSABLE = {
  chromium: {
    "action.openPopup": "the icon is marked instead",
    "overscroll-behavior": "the page behind scrolls along",
  },
  firefox: {
    "action.openPopup": "the icon is marked instead",
    "overscroll-behavior": "the page behind scrolls along",
    queryPermission: "there is no folder to ask about",
  },
};

/** @typedef {import("@mdn/browser-compat-data").Identifier} Identifier */

/** The least version that has it in full, without a flag; infinite if none has. @param {Identifier | undefined} feature @param {"chrome" | "edge" | "firefox"} browser */
const since = (feature, browser) => {
  const support = feature?.__compat?.support[browser];
  const statements = support === undefined ? [] : Array.isArray(support) ? support : [support];
  const versions = statements
    .filter((each) => !each.flags && !each.version_removed && each.version_added)
    .map((each) => Number.parseInt(String(each.version_added).replace("≤", ""), 10));
  return Math.min(Infinity, ...versions);
};

/** @param {string} text */
const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");

/** @param {string} browser @param {RegExp} kind */
const shipped = (browser, kind) =>
  readdirSync(join(root, "dist", browser), { recursive: true, encoding: "utf8" })
    .filter((file) => kind.test(file) && !file.endsWith(".d.ts"))
    .map((file) => withoutComments(readFileSync(join(root, "dist", browser, file), "utf8")));

/** @param {string} text @param {RegExp} pattern */
const all = (text, pattern) => new Set([...text.matchAll(pattern)].map(([, found = ""]) => found));

/** The interface that a member of `chrome` belongs to, as MDN names it. @param {string} name */
const inMdn = (name) => name.replace(/^contextMenus\./, "menus.").replace(/^storage\.(local|session|managed)\./, "storage.StorageArea.");

for (const browser of ["chromium", "firefox"]) {
  const manifest = JSON.parse(readFileSync(join(root, "dist", browser, "manifest.json"), "utf8"));
  const oldest = Number.parseInt(manifest.minimum_chrome_version ?? manifest.browser_specific_settings.gecko.strict_min_version, 10);
  /** @type {("chrome" | "edge" | "firefox")[]} */
  const engines = browser === "firefox" ? ["firefox"] : ["chrome", "edge"];
  const script = shipped(browser, /\.js$/).join("\n");
  const style = shipped(browser, /\.css$/).join("\n");

  /** @param {string} name @param {Identifier[]} features any of which it may be */
  const tooNew = (name, features) =>
    engines
      .map((engine) => ({ engine, version: Math.min(Infinity, ...features.map((feature) => since(feature, engine))) }))
      .filter(({ version }) => version > oldest && !(name in (DISPENSABLE[browser] ?? {})))
      .map(({ engine, version }) => `${name}: ${engine} ${version}`);

  test(`${browser} ${oldest} has every extension interface that is used`, () => {
    const used = all(script, /\bchrome\.([a-zA-Z]+(?:\.[a-zA-Z]+){1,2})\b(?!\?\.)/g);
    const names = new Set([...used].map((name) => inMdn(name.replace(/\.(add|remove|has)Listener$/, ""))));
    assert.ok(names.size > 20, "the scripts were read");
    const troubles = [...names].flatMap((name) => {
      const feature = name.split(".").reduce((/** @type {any} */ inner, part) => inner?.[part], bcd.webextensions.api);
      return feature ? tooNew(name, [feature]) : [`${name} is not known to MDN`];
    });
    assert.deepEqual(troubles, []);
  });

  test(`${browser} ${oldest} has every method that is called`, () => {
    /** @type {Map<string, Identifier[]>} */
    const known = new Map();
    for (const group of [bcd.api, bcd.javascript.builtins]) {
      for (const parent of Object.values(/** @type {Record<string, Record<string, Identifier>>} */ (group))) {
        for (const [member, feature] of Object.entries(parent)) {
          const name = member.replace(/_static$/, "");
          known.set(name, [...(known.get(name) ?? []), feature]);
        }
      }
    }
    const called = [...all(script, /(?<!\b(?:core|wasm))\.([a-zA-Z]+)(?:\?\.)?\(/g)].filter((name) => known.has(name));
    assert.ok(called.length > 60, "the scripts were read");
    assert.deepEqual(called.flatMap((name) => tooNew(name, known.get(name) ?? [])), []);
  });

  test(`${browser} ${oldest} has every property, selector and function of the style sheets`, () => {
    const { properties, selectors, types, "at-rules": atRules } = /** @type {any} */ (bcd.css);
    const declared = [...all(style, /[;{]\s*([a-z][a-z-]+)\s*:/g)].filter((name) => !name.startsWith("--"));
    const checked = [
      ...declared.map((name) => ({ name, feature: properties[name] })),
      ...[...all(style, /:{1,2}([a-z-]+)\b(?=[^;{}]*\{)/g)].map((name) => ({ name, feature: selectors[name] })),
      ...[...all(style, /\b([a-z]+(?:-[a-z]+)*)\(/g)].map((name) => ({ name, feature: types.color?.[name] ?? types[name] })),
      ...[...all(style, /@([a-z-]+)/g)].map((name) => ({ name, feature: atRules[name] })),
    ].filter(({ feature }) => feature?.__compat);
    assert.ok(checked.length > 60, "the style sheets were read");
    assert.deepEqual(checked.flatMap(({ name, feature }) => tooNew(name, [feature])), []);
  });
}
