// ./build.sh bench scan: from the click on "Scan this tab" in a real popup to the account that is offered, stage by stage,
// and what taking the picture and looking at it costs as PNG and as JPEG.
import { readFileSync } from "node:fs";
import { ROOT, start } from "../browser/harness.mjs";
import { prepare } from "../browser/trial.mjs";

const RUNS = 9;
const SIZES = [[1280, 720], [1920, 1080], [3840, 2160]];
const code = readFileSync(`${ROOT}/tests/qr/sample/0000-plain.png`).toString("base64");
// Prose around it, as pages have: an empty page would be packed in no time.
const words = "sikkerhet konto metode enhet kode bekreft neste avbryt hjelp innlogging skole passord telefon nettverk ".repeat(400);
const body = `<!doctype html><meta charset=utf-8><body style="font:14px sans-serif;overflow:hidden">
  <img style="float:right" src="data:image/png;base64,${code}"><p>${words}</p>`;

const harness = await start({ site: async () => ({ body, contentType: "text/html" }) });
await prepare(harness, { at: "https://login.microsoftonline.com/", accounts: [] });
const page = await harness.tab();
const session = await page.createCDPSession();
const middle = (/** @type {number[]} */ all) => [...all].sort((a, b) => a - b)[all.length >> 1] ?? NaN;

/** Between one mark and another, in the order in which they are passed. */
const STAGES = [
  ["picture taken", "click", "captured"],
  ["scanner warm (meanwhile)", "click", "warm"],
  ["file looked at", "captured", "header"],
  ["file opened", "header", "bitmap"],
  ["pixels there", "bitmap", "pixels"],
  ["scanned", "pixels", "scanned"],
  ["account offered", "scanned", "offered"],
  ["all", "click", "offered"],
];

for (const [width = 0, height = 0] of SIZES) {
  const { windowId } = await session.send("Browser.getWindowForTarget");
  await session.send("Browser.setWindowBounds", { windowId, bounds: { width, height } });
  await page.goto("https://intranet.fabrikam.example/");
  /** @type {Map<string, number[]>} */
  const times = new Map();
  /** @type {Record<string, { taken: number, looked: number, both: number, bytes: number }[]>} */
  const formats = { png: [], jpeg: [] };
  let shown = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    const popup = await harness.toolbarClick(page);
    await popup.locator("[data-action=scan]").click();
    await popup.waitForFunction(() => performance.getEntriesByName("offered").length > 0);
    const marks = await popup.evaluate(() => performance.getEntriesByType("mark").map(({ name, startTime }) => [name, startTime]));
    /** @type {Map<string, number>} */
    const at = new Map(/** @type {[string, number][]} */ (marks));
    for (const [name = "", from = "", to = ""] of STAGES) times.set(name, [...(times.get(name) ?? []), (at.get(to) ?? NaN) - (at.get(from) ?? NaN)]);
    for (const format of run % 2 ? ["jpeg", "png"] : ["png", "jpeg"]) {
      const cost = await popup.evaluate(async (format, scan) => {
        /** @type {Pick<typeof import("../../dist/chromium/scan.js"), "look" | "warm">} */
        const { look, warm } = await import(scan);
        await warm();
        // The browser takes two pictures a second, and no more.
        await new Promise((resolve) => setTimeout(resolve, 600));
        const start = performance.now();
        const url = await chrome.tabs.captureVisibleTab({ format: /** @type {"png" | "jpeg"} */ (format), quality: 90 });
        const taken = performance.now();
        const { payloads } = await look(url);
        const end = performance.now();
        if (payloads.length !== 1) throw new Error(`${format}: ${payloads.length} codes`);
        const picture = new Image();
        picture.src = url;
        await picture.decode();
        const bytes = (url.length * 3) / 4;
        return { taken: taken - start, looked: end - taken, both: end - start, bytes, size: [picture.naturalWidth, picture.naturalHeight] };
      }, format, `${harness.origin}/scan.js`);
      formats[format]?.push(cost);
      shown = cost.size;
    }
    await harness.shut(popup);
  }
  console.log(`\nwindow of ${width} x ${height}, picture of ${shown.join(" x ")}, ${RUNS} clicks, median ms`);
  for (const [name, all] of times) console.log(`  ${name.padEnd(28)}${middle(all).toFixed(1).padStart(8)}`);
  for (const [format, all] of Object.entries(formats)) {
    const of = (/** @type {"taken" | "looked" | "both" | "bytes"} */ key) => middle(all.map((one) => one[key]));
    console.log(`  ${format.padEnd(5)} taken ${of("taken").toFixed(1)}, looked at ${of("looked").toFixed(1)}, both ${of("both").toFixed(1)}, ${(of("bytes") / 1024).toFixed(0)} kB`);
  }
}
await harness.close();
