// Which browser tests do not run the same in Chromium and Firefox, and why. differences.test.mjs finds them in the
// tests' own text and compares; `node tests/browser/differences.mjs` writes DIFFERENCES.md from this.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {"Chromium alone" | "Firefox alone" | "no browser" | "both, in part"} Where */

/** @type {Record<string, { runs: Where, because: string }>} */
export const DIFFERENCES = {
  "accessibility.test.mjs": {
    runs: "Chromium alone",
    because: "axe reads the same documents in either browser, and forced colours and emulated media go by Chromium's own protocol",
  },
  "access.test.mjs": {
    runs: "both, in part",
    because:
      "Chromium's first click on a page that is withheld lets the extension in and opens no popup; its question about all pages is a window of the system's that no protocol reaches, so there the pages are given back on chrome://extensions. In Firefox the question is answered by a click in it.",
  },
  "compat.test.mjs": { runs: "no browser", because: "compares both packages with MDN's data" },
  "desktop.test.mjs": {
    runs: "Chromium alone",
    because: "it finds the entries of Chromium's context menus by their place, and knows its windows by their class",
  },
  "differences.test.mjs": { runs: "no browser", because: "reads these files" },
  "firefox.test.mjs": {
    runs: "Firefox alone",
    because: "event page, relying party and idle states are Firefox's own; Chromium's counterparts are in ui.test.mjs and main-job.test.mjs",
  },
  "manifest.test.mjs": { runs: "no browser", because: "reads both packages" },
  "tenant.test.mjs": { runs: "Chromium alone", because: "tests the replicas' server without the extension" },
  "ui.test.mjs": {
    runs: "Chromium alone",
    because: "it prepares states through Chromium's protocol; what it drives is the same script and the same core, which the main job drives in both",
  },
};

const folder = import.meta.dirname;
export const TABLE = join(folder, "DIFFERENCES.md");

export const testFiles = () => readdirSync(folder).filter((file) => file.endsWith(".test.mjs"));

/** Read off the text of a test: it runs each test in each browser, and asks nowhere which one it is. @param {string} file */
export const isTheSame = (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  return text.includes("inEachBrowser(") && !/" in harness\b|browser === "/.test(text);
};

export const table = () =>
  [
    "# Browser tests that differ",
    "",
    "All other `*.test.mjs` here run the same tests in a real Chromium and a real Firefox. This file is made by",
    "`node tests/browser/differences.mjs` and checked by `differences.test.mjs`.",
    "",
    "| test | runs in | because |",
    "|---|---|---|",
    ...Object.entries(DIFFERENCES).map(([file, { runs, because }]) => `| \`${file}\` | ${runs} | ${because} |`),
    "",
  ].join("\n");

if (process.argv[1] === import.meta.filename) writeFileSync(TABLE, table());
