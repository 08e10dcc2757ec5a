// ./build.sh live-check: leads a person with a test tenant through docs/live-check.md, in a real browser on the real pages.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { describe } from "./described.mjs";
import { BrowserHarness, launchBrowser, Opened, profileIn, ROOT } from "./harness.mjs";

/**
 * @typedef {{ number: number, title: string, text: string }} Point
 * @typedef {{ file: string | null, state: string | null, method: string | null, reason: string | null }} Seen
 * @typedef {{ point: number, title: string, verdict: "y" | "n" | "s", words: string, seen: Seen[] }} Verdict
 */

/** The points, as they stand in the document. @returns {Point[]} */
export const points = () => {
  const sections = readFileSync(join(ROOT, "docs/live-check.md"), "utf8").split(/^## /m).slice(1);
  return sections.map((section) => {
    const [, number, title, text] = section.match(/^(\d+)\. (.*)\n([\s\S]*)$/) ?? [];
    return { number: Number(number), title: title ?? "", text: (text ?? "").trim() };
  });
};

/**
 * From point to point, by the lines that a person types; what was seen and said is in the folder after each.
 * @param {BrowserHarness} harness @param {AsyncIterableIterator<string>} lines @param {(text: string) => void} say @param {string} folder
 * @returns {Promise<Verdict[]>}
 */
export const lead = async (harness, lines, say, folder) => {
  mkdirSync(folder, { recursive: true });
  /** @type {Verdict[]} */
  const verdicts = [];
  const { version } = JSON.parse(readFileSync(join(ROOT, "dist/chromium/manifest.json"), "utf8"));
  const about = { tofaktor: version, browser: await harness.browser.version(), day: new Date().toISOString().slice(0, 10) };
  const left = points();
  let point = left.shift();
  /** @type {Seen[]} */
  let seen = [];
  const show = () => point && say(`\n${point.number}. ${point.title}\n\n${point.text}\n\n[d]escribe  [y]es  [n]o  [s]kip  [q]uit`);
  show();
  for await (const line of lines) {
    const [, answer, words = ""] = line.trim().match(/^([dynsq])\b\s*(.*)$/i) ?? [];
    if (!point || answer === "q") break;
    if (answer === "d") {
      const one = await look(harness, join(folder, `${String(point.number).padStart(2, "0")}-${seen.length + 1}.txt`));
      seen.push(one);
      say(one.file ? `Written to ${one.file}. Tofaktor says: ${one.state ?? "nothing"}, ${one.method ?? "no method"}, ${one.reason ?? "-"}.` : "The tab in front is none of Microsoft's.");
    } else if (answer === "y" || answer === "n" || answer === "s") {
      verdicts.push({ point: point.number, title: point.title, verdict: answer, words, seen });
      writeFileSync(join(folder, "verdicts.json"), `${JSON.stringify({ ...about, verdicts }, null, 1)}\n`);
      seen = [];
      point = left.shift();
      if (!point) break;
      show();
    } else say("d, y, n, s or q.");
  }
  say(`\n${verdicts.length} points answered. All of it is in ${folder}; look through it before you send it.`);
  return verdicts;
};

/** What the tab in front is made of, into a file, and what Tofaktor takes it for. @param {BrowserHarness} harness @param {string} file @returns {Promise<Seen>} */
const look = async (harness, file) => {
  const probe = await harness.probe();
  const { id, told } = await probe.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    const key = `page.${tab?.id}`;
    return { id: tab?.id, told: /** @type {string | undefined} */ ((await chrome.storage.session.get(key))[key]) };
  });
  const description = id === undefined ? undefined : await describe(harness, id).catch(() => undefined);
  if (!description) return { file: null, state: null, method: null, reason: null };
  writeFileSync(file, `${description}\n`);
  const { state = null, method = null, reason = null } = told ? JSON.parse(told) : {};
  return { file, state, method, reason };
};

/** A browser with the extension, and the whole network: unlike in the tests, nothing is answered for it. */
const live = () =>
  Opened.toEnd(async (opened) => {
    const browser = await launchBrowser({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      headless: !((process.env.DISPLAY || process.env.WAYLAND_DISPLAY) && !process.env.HEADLESS),
      userDataDir: await profileIn(opened),
      pipe: true,
      enableExtensions: true,
      defaultViewport: null,
      args: ["--no-first-run", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    });
    opened.keep(browser, (browser) => browser.close());
    const id = await browser.installExtension(join(ROOT, "dist/chromium"));
    return new BrowserHarness(browser, `chrome-extension://${id}`, { site: async () => undefined }, opened);
  });

if (process.argv[1] === import.meta.filename) {
  const folder = process.argv[2] ?? join(ROOT, `target/live-check-${new Date().toISOString().slice(0, 10)}`);
  if (existsSync(join(folder, "verdicts.json"))) {
    console.error(`live-check: ${folder} has verdicts already: name another folder.`);
    process.exit(2);
  }
  const harness = await live();
  const terminal = createInterface({ input: process.stdin });
  try {
    // From now on, as lines that nobody waits for are lost.
    await lead(harness, terminal[Symbol.asyncIterator](), console.log, folder);
  } finally {
    terminal.close();
    await harness.opened.close();
  }
}
