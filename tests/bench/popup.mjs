// ./build.sh bench popup: a real click on the toolbar button with the worker stopped and the vault open, with 5
// accounts and with 1,000; from the click, and from the popup's first line of script, until codes are painted. Each click
// is followed by one on a bare popup, which has nothing but a script that marks: what the browser takes by itself.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../browser/harness.mjs";
import { prepare } from "../browser/trial.mjs";

const RUNS = 15;
const FEW = 5;
const MANY = 1000;
const accounts = Array.from({ length: FEW }, (_, i) => `otpauth://totp/Contoso%3Auser${i}%40contoso.example?secret=jbswy3dpehpk3px${"abcde"[i]}&issuer=Microsoft`);

const harness = await start({ site: async () => ({ body: "<!doctype html><title>A page</title>", contentType: "text/html" }) });
await prepare(harness, { at: "https://login.microsoftonline.com/", accounts });
const page = await harness.tab();
await page.goto("https://intranet.fabrikam.example/");

/** @param {number[]} times */
const summary = (times) => {
  times.sort((a, b) => a - b);
  const [least, median, most] = [times[0], times[times.length >> 1], times.at(-1)].map((ms) => (ms ?? NaN).toFixed(1));
  return { median: Number(median), text: `median ${median} ms (least ${least}, most ${most})` };
};

const folder = await mkdtemp(join(tmpdir(), "bare-"));
for (const [name, text] of Object.entries({
  "manifest.json": JSON.stringify({ manifest_version: 3, name: "Bare", version: "1", action: { default_popup: "bare.html" } }),
  "bare.html": `<!doctype html><script type="module" src="bare.js"></script><body style="width: 22rem">000 000`,
  "bare.js": `requestAnimationFrame(() => performance.mark("painted"));`,
}))
  await writeFile(join(folder, name), text);
const bareId = await harness.browser.installExtension(folder);

/** From the click to the bare popup's first frame. */
const measureBare = async () => {
  await page.bringToFront();
  const bare = (await harness.browser.extensions()).get(bareId);
  const click = performance.timeOrigin + performance.now();
  const [target] = await Promise.all([
    harness.browser.waitForTarget((target) => target.url().startsWith(`chrome-extension://${bareId}`)),
    bare?.triggerAction(page),
  ]);
  const popup = await target.asPage();
  const found = await popup.waitForFunction(() => {
    const [painted] = performance.getEntriesByName("painted");
    return painted && performance.timeOrigin + painted.startTime;
  });
  const painted = Number(await found.jsonValue());
  await harness.shut(popup);
  return painted - click;
};

const measure = async () => {
  const clicked = [];
  const scripted = [];
  const bare = [];
  for (let i = 0; i < RUNS; i++) {
    await harness.stopWorker();
    await page.bringToFront();
    const click = performance.timeOrigin + performance.now();
    const popup = await harness.toolbarClick(page);
    const found = await popup.waitForFunction(() => {
      const [script] = performance.getEntriesByName("script");
      const [painted] = performance.getEntriesByName("painted");
      if (!script || !painted) return undefined;
      if (!/^\d{3} \d{3}$/.test(document.querySelector("[data-account] .code")?.textContent ?? "")) throw new Error("no code is painted");
      return { script: script.startTime, painted: painted.startTime, began: performance.timeOrigin };
    });
    const marks = await found.jsonValue();
    if (!marks) throw new Error("no marks");
    scripted.push(marks.painted - marks.script);
    clicked.push(marks.began + marks.painted - click);
    await harness.shut(popup);
    bare.push(await measureBare());
  }
  return { clicked: summary(clicked), scripted: summary(scripted), bare: summary(bare) };
};

/**
 * Which calls of the browser were begun before the first paint, and which of those waited for another: they began after one
 * had been answered. Counted in the popup's page in a tab, where the calls can be watched from its first line on.
 */
const count = async () => {
  const shown = await harness.browser.newPage();
  await shown.evaluateOnNewDocument(() => {
    /** @type {{ name: string, began: number, ended?: number }[]} */
    const calls = [];
    Object.assign(globalThis, { calls });
    /** @param {any} object @param {string} method @param {string} name @param {(answer: any) => Promise<unknown> | undefined} [settled] */
    const watch = (object, method, name, settled = (answer) => answer?.then?.bind(answer) && answer) => {
      const call = object[method].bind(object);
      object[method] = (/** @type {unknown[]} */ ...all) => {
        /** @type {(typeof calls)[number]} */
        const record = { name, began: performance.now() };
        calls.push(record);
        const answer = call(...all);
        const end = () => void (record.ended = performance.now());
        settled(answer)?.then(end, end);
        return answer;
      };
    };
    for (const area of /** @type {const} */ (["local", "session", "managed"])) for (const method of ["get", "set", "remove"]) watch(chrome.storage[area], method, `storage.${area}.${method}`);
    for (const [api, methods] of Object.entries({ tabs: ["query", "get", "sendMessage"], permissions: ["contains", "getAll"], scripting: ["executeScript"], alarms: ["create", "clear"], runtime: ["sendMessage"] }))
      for (const method of methods) watch(/** @type {any} */ (chrome)[api], method, `${api}.${method}`);
    watch(navigator.locks, "request", "locks.request");
    watch(indexedDB, "open", "indexedDB.open", (request) => new Promise((resolve) => request.addEventListener("success", resolve)));
  });
  await shown.goto(await (await harness.probe()).evaluate(() => chrome.runtime.getURL("www/popup/popup.html")));
  const found = await shown.waitForFunction(() => {
    const [painted] = performance.getEntriesByName("painted");
    if (!painted) return undefined;
    const { calls } = /** @type {{ calls: { name: string, began: number, ended?: number }[] }} */ (/** @type {unknown} */ (globalThis));
    const before = calls.filter(({ began }) => began < painted.startTime);
    const first = Math.min(...before.map(({ ended = Infinity }) => ended));
    return { all: before.length, waited: before.filter(({ began }) => began >= first).map(({ name }) => name) };
  });
  const { all, waited } = /** @type {{ all: number, waited: string[] }} */ (await found.jsonValue());
  await shown.close();
  return `${all} calls of the browser begun before the first paint, ${waited.length} of them after another was answered${waited.length ? ` (${waited.join(", ")})` : ""}`;
};

/** Adds accounts by hand, as a person would, up to `many`; how long the last one took. @param {number} many */
const add = async (many) =>
  (await harness.probe()).evaluate(
    async (from, many) => {
      /** @type {Pick<typeof import("../../dist/chromium/core.js"), "ask">} */
      const { ask } = await import(chrome.runtime.getURL("core.js"));
      const letters = "abcdefghijklmnopqrstuvwxyz234567";
      let last = 0;
      for (let at = from; at < many; at++) {
        const key = Array.from({ length: 16 }, (_, i) => letters[(at * 7 + i * 11 + (at >> 3)) % 32]).join("");
        const draft = { name: `elev${at}@skole${at % 40}.example`, issuer: "Microsoft", algorithm: "SHA1", digits: 6, period: 30, counter: 0 };
        const begun = performance.now();
        await ask({ enter: { draft } }, {}, new TextEncoder().encode(key));
        last = performance.now() - begun;
      }
      return last;
    },
    FEW,
    many,
  );

const calls = await count();
const few = await measure();
const save = await add(MANY);
const many = await measure();
await harness.close();
await rm(folder, { recursive: true });

console.log(calls);
console.log(`popup, worker stopped, ${RUNS} real toolbar clicks each`);
for (const [count, times] of /** @type {const} */ ([[FEW, few], [MANY, many]])) {
  console.log(`${count} accounts: click to codes painted ${times.clicked.text}; script start to codes painted ${times.scripted.text}`);
  console.log(`a bare popup beside it: ${times.bare.text}; ${(times.clicked.median / times.bare.median).toFixed(2)} times that`);
}
console.log(`1,000 against 5: ${(many.clicked.median / few.clicked.median).toFixed(2)} times from the click, ${(many.scripted.median / few.scripted.median).toFixed(2)} from script start; saving the 1,000th with its view ${save.toFixed(0)} ms`);
