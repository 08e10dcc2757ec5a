// Which browser tests do not run the same in Chromium and Firefox, and why. differences.test.mjs finds them in the
// tests' own text and compares; `node tests/browser/differences.mjs` writes DIFFERENCES.md from this.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** @typedef {"Chromium alone" | "Firefox alone" | "no browser" | "both, in part"} Where */

const OWN_PROTOCOL = "its states are made through Chromium's own protocol";

/** @type {Record<string, { runs: Where, because: string }>} */
export const DIFFERENCES = {
  "access.test.mjs": {
    runs: "both, in part",
    because:
      "Chromium's first click on a page that is withheld lets the extension in and opens no popup; its question about all pages is a window of the system's that no protocol reaches, so there the pages are given back on chrome://extensions. In Firefox the question is answered by a click in it.",
  },
  "accessibility.test.mjs": {
    runs: "Chromium alone",
    because: "axe reads the same documents in either browser, and forced colours and emulated media go by Chromium's own protocol",
  },
  "adfs.test.mjs": {
    runs: "both, in part",
    because: "the same tests, but for the browser's question: Chromium's is answered by keys on a screen of its own, Firefox's by a click in it",
  },
  "backup-folder.test.mjs": { runs: "both, in part", because: "Firefox has no picker of folders: there it is tried that it says so and what it has instead" },
  "changed.test.mjs": { runs: "no browser", because: "asks which tests a change can touch" },
  "clipboard.test.mjs": {
    runs: "both, in part",
    because: "Chromium's question is answered in its window on a screen of its own, and the test is skipped where there is none; Firefox's by a click in it",
  },
  "compat.test.mjs": { runs: "no browser", because: "compares both packages with MDN's data" },
  "crash.test.mjs": { runs: "Chromium alone", because: "that a Firefox event page and its pages hear of a trap as well has not been tried" },
  "desktop.test.mjs": {
    runs: "Chromium alone",
    because: "it finds the entries of Chromium's context menus by their place, and knows its windows by their class",
  },
  "differences.test.mjs": { runs: "no browser", because: "reads these files" },
  "firefox.test.mjs": {
    runs: "Firefox alone",
    because: "event page, relying party and idle states are Firefox's own; Chromium's counterparts are in ui.test.mjs and main-job.test.mjs",
  },
  "hostile.test.mjs": { runs: "both, in part", because: "the same tests, but in Chromium the replica is served anew to a window that another site opens" },
  "keys.test.mjs": { runs: "Chromium alone", because: "its authenticators are Chromium's virtual ones; firefox.test.mjs has one of Firefox's" },
  "kills.test.mjs": { runs: "Chromium alone", because: OWN_PROTOCOL },
  "late.test.mjs": { runs: "Chromium alone", because: "no script of a test's runs before an extension page's own in Firefox" },
  "live-check.test.mjs": { runs: "Chromium alone", because: "the check that it leads through opens Chromium" },
  "lost.test.mjs": { runs: "Chromium alone", because: "it is Chromium that refuses the calls of a worker, and its protocol that reaches into one" },
  "manifest.test.mjs": { runs: "no browser", because: "reads both packages" },
  "memory.test.mjs": { runs: "Chromium alone", because: "Wasm memories of pages and workers are read through Chromium's own protocol" },
  "moving.test.mjs": {
    runs: "both, in part",
    because: "two tests are skipped in Firefox: a paste (no script can make one that holds something) and a file that is chosen in a dialog (BiDi does not tell of one in an extension's page; dropping a file is tried in both); the real exports of Ente and KeePass, whose keys take half a minute to derive, are read in Chromium, and their vectors in both",
  },
  "pictures.test.mjs": { runs: "both, in part", because: "of a PNG that is cut off Firefox shows as much as there is, and so has another sentence" },
  "presses.test.mjs": { runs: "both, in part", because: "Firefox, which takes its time to open each page, gets a fifth of them" },
  "on-top.test.mjs": {
    runs: "both, in part",
    because: "that it ends after two minutes is played in Chromium, where a script of the test's may run in the page before our own; the window itself, and its end at a lock, in both",
  },
  "page-rules.test.mjs": {
    runs: "both, in part",
    because: "Firefox reads its policies only when it starts: that a page is not known without the rules, and all hostile sets of them but one, are tried in Chromium",
  },
  "policy.test.mjs": {
    runs: "both, in part",
    because: "both obey every key and report what is mistaken; each key alone, cold starts and a change while the browser runs are tried in Chromium, as Firefox reads its policies only when it starts",
  },
  "papers.test.mjs": { runs: "Chromium alone", because: "the sheets are printed by Chromium" },
  "poor.test.mjs": { runs: "Chromium alone", because: OWN_PROTOCOL },
  "provenance.test.mjs": { runs: "no browser", because: "reads a repository" },
  "real-folder.test.mjs": { runs: "Chromium alone", because: "it presses Chromium's own picker, on a screen of its own; Firefox has none" },
  "search.test.mjs": { runs: "no browser", because: "folds names as a page does" },
  "served.test.mjs": { runs: "no browser", because: "compares packages, one of which Chromium has packed" },
  "set-up.test.mjs": {
    runs: "both, in part",
    because: "each generation is walked in both languages in Chromium, and in one of the two in Firefox: the words differ, and nothing else, which takes a minute less",
  },
  "spoken.test.mjs": { runs: "Chromium alone", because: "the reader follows the standards in either browser, and its states are made through Chromium's own protocol" },
  "sync.test.mjs": {
    runs: "both, in part",
    because: "a store that was written to too often is tried in Chromium: Firefox counts no writes",
  },
  "tenant.test.mjs": { runs: "Chromium alone", because: "tests the replicas' server without the extension" },
  "tokens.test.mjs": {
    runs: "both, in part",
    because: "the same tests, but that our script in a page cannot read the policy holds in Chromium: Firefox has no such switch",
  },
  "together.test.mjs": { runs: "Chromium alone", because: OWN_PROTOCOL },
  "trouble.test.mjs": {
    runs: "both, in part",
    because: "two tests are skipped in Firefox: a store that is full (Firefox's has no limit but the disk) and stores that do not answer (no script runs before an extension page's own)",
  },
  "try-page.test.mjs": { runs: "Chromium alone", because: "the command that it calls shows the saved page in Chromium" },
  "ui.test.mjs": {
    runs: "both, in part",
    because:
      "tests are skipped in Firefox, each with its reason: the first run (the harness waits for it at every start), the last seconds of a code, a popup that opened by itself and what there is to read (no script runs before an extension page's own), layout shifts (Firefox measures none), the security key (firefox.test.mjs has Firefox's), a paste (no script can make one that holds something), clearing the clipboard (Firefox allows it only within seconds of a click)",
  },
  "undo.test.mjs": { runs: "both, in part", because: "starts one browser; all of its tests run once more in Firefox" },
};

const folder = import.meta.dirname;
export const TABLE = join(folder, "DIFFERENCES.md");

export const testFiles = () => readdirSync(folder).filter((file) => file.endsWith(".test.mjs"));

/** Read off the text of a test: it runs each test in each browser, and asks nowhere which one it is. @param {string} file */
export const isTheSame = (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  return text.includes("inEachBrowser(") && !/" in harness\b|browser === "/.test(text);
};

/** Whether a test has something to do where BROWSER names this one; what needs none is run beside Chromium. @param {string} file @param {string} browser */
export const runsIn = (file, browser) => {
  const where = DIFFERENCES[file]?.runs;
  return browser === "firefox" ? !where || where === "Firefox alone" || where === "both, in part" : where !== "Firefox alone";
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

if (process.argv[1] === import.meta.filename) {
  const [option, browser = "", ...files] = process.argv.slice(2);
  if (option === "--run-in") for (const file of files.filter((file) => runsIn(basename(file), browser))) console.log(file);
  else writeFileSync(TABLE, table());
}
