// ./build.sh bench engines [--corpus DIR] [--every N] [--rounds N] [--browsers firefox,chromium]: the shipped scanner and
// zxing-wasm inside real browsers, on the same pixels, taking turns.
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const puppeteer = createRequire(import.meta.url)("puppeteer-core");
const here = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));
const { values: options } = parseArgs({
  options: {
    corpus: { type: "string", default: here("../../target/qr-corpus-engines") },
    every: { type: "string", default: "1" },
    rounds: { type: "string", default: "3" },
    browsers: { type: "string", default: "chromium,firefox" },
  },
});

const truth = ["truth.json", "manifest.json"].map((name) => path.join(options.corpus, name));
if (!truth.some((file) => existsSync(file)))
  execFileSync("node", [here("../qr/generate.mjs"), "--seed", "2026", "--count", "60", "--out", options.corpus]);
/** @type {any[]} */
const list = JSON.parse(readFileSync(truth.find((file) => existsSync(file)) ?? "", "utf8"));
const pictures = list
  .filter((_, i) => i % Number(options.every) === 0)
  .map(({ file, expected, codes }) => ({ file, expected: expected ?? codes.map((/** @type {any} */ code) => code.text) }));

/** What is served, and nothing else. @type {[RegExp, (name: string) => string, string][]} */
const ROUTES = [
  [/^\/$/, () => "", "text/html"],
  [/^\/scanner\.mjs$/, () => here("scanner.mjs"), "text/javascript"],
  [/^\/scanner\.wasm$/, () => process.env.TOFAKTOR_SCANNER ?? here("../../dist/chromium/core/scanner.wasm"), "application/wasm"],
  [/^\/(es\/[\w/]+\.js)$/, (name) => here(`node_modules/zxing-wasm/dist/${name}`), "text/javascript"],
  [/^\/zxing\.wasm$/, () => here("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"), "application/wasm"],
  [/^\/pictures\/([\w.-]+)$/, (name) => path.join(options.corpus, name), "application/octet-stream"],
];
const server = createServer((request, response) => {
  for (const [pattern, file, type] of ROUTES) {
    const match = pattern.exec(request.url ?? "");
    if (!match) continue;
    response.writeHead(200, { "content-type": type });
    const found = file(match[1] ?? "");
    return found ? createReadStream(found).pipe(response) : response.end("<!doctype html><title>bench</title>");
  }
  response.writeHead(404).end();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
const port = /** @type {import("node:net").AddressInfo} */ (server.address()).port;

/** In the page: gets both ready. */
const prepare = async () => {
  const bytes = async (/** @type {string} */ url) => (await fetch(url)).arrayBuffer();
  const [own, peer] = ["/scanner.mjs", "/es/reader/index.js"];
  const { scanner } = await import(own);
  const zxing = await import(peer);
  const tofaktor = scanner(await WebAssembly.compile(await bytes("/scanner.wasm")));
  zxing.prepareZXingModule({ overrides: { wasmBinary: await bytes("/zxing.wasm") } });
  const plain = (/** @type {string} */ text) => text.replace(/\r\n/g, "\n").replace(/[\s\0]+$/, "");
  const utf8 = new TextDecoder();
  /** @type {any} */ (globalThis).bench = {
    tofaktor: (/** @type {ImageData} */ image) => tofaktor.decode(image.width, image.height, image.data).map((/** @type {Uint8Array} */ one) => plain(utf8.decode(one))),
    zxing: async (/** @type {ImageData} */ image) => {
      const all = await zxing.readBarcodes(image, { formats: ["QRCode"], textMode: "Plain" });
      return all.filter((/** @type {any} */ one) => one.isValid).map((/** @type {any} */ one) => plain(one.text));
    },
  };
};

/** In the page: one picture. @param {string} file @param {number} rounds */
const measure = async (file, rounds) => {
  const bitmap = await createImageBitmap(await (await fetch(`/pictures/${file}`)).blob());
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true }));
  context.drawImage(bitmap, 0, 0);
  const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
  /** @type {Record<string, { ms: number[], found: string[] }>} */
  const by = { tofaktor: { ms: [], found: [] }, zxing: { ms: [], found: [] } };
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 ? ["zxing", "tofaktor"] : ["tofaktor", "zxing"]) {
      const start = performance.now();
      const found = await /** @type {any} */ (globalThis).bench[name](image);
      by[name]?.ms.push(performance.now() - start);
      if (by[name]) by[name].found = found;
    }
  }
  return { megapixels: (bitmap.width * bitmap.height) / 1e6, by };
};

const middle = (/** @type {number[]} */ all, share = 0.5) => [...all].sort((a, b) => a - b)[Math.floor(all.length * share)] ?? NaN;

for (const name of options.browsers.split(",")) {
  const firefox = name === "firefox";
  const browser = await puppeteer.launch({
    browser: firefox ? "firefox" : "chrome",
    executablePath: firefox ? (process.env.FIREFOX ?? "/usr/bin/firefox-esr") : (process.env.CHROMIUM ?? "/usr/bin/chromium"),
    headless: true,
    args: firefox ? [] : ["--no-sandbox"],
    // Firefox rounds its clock to a millisecond unless told otherwise.
    extraPrefsFirefox: { "privacy.reduceTimerPrecision": false },
    protocolTimeout: 600_000,
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.evaluate(prepare);
  await page.evaluate(measure, pictures[0]?.file ?? "", 6);
  const rows = [];
  for (const { file, expected } of pictures) rows.push({ expected, ...(await page.evaluate(measure, file, Number(options.rounds))) });
  console.log(`\n${await browser.version()}, ${rows.length} pictures`);
  console.log("                     n      tofaktor read, median, p95, max             zxing-wasm           times as fast");
  const line = (/** @type {string} */ title, /** @type {typeof rows} */ some) => {
    if (some.length === 0) return;
    const cell = (/** @type {"tofaktor" | "zxing"} */ who) => {
      const times = some.map(({ by }) => middle(by[who].ms));
      const read = some.filter(({ by, expected }) => expected.every((/** @type {string} */ text) => by[who].found.includes(text))).length;
      const wrong = some.reduce((sum, { by, expected }) => sum + by[who].found.filter((text) => !expected.includes(text)).length, 0);
      return `${((100 * read) / some.length).toFixed(1).padStart(6)} %${middle(times).toFixed(1).padStart(7)}${middle(times, 0.95).toFixed(0).padStart(5)}${Math.max(...times).toFixed(0).padStart(5)} ${wrong} wrong`;
    };
    const ratio = middle(some.map(({ by }) => middle(by.zxing.ms) / middle(by.tofaktor.ms)));
    console.log(`${title.padEnd(18)}${String(some.length).padStart(4)}   ${cell("tofaktor")}   ${cell("zxing")} ${ratio.toFixed(1).padStart(8)}`);
  };
  const coded = rows.filter(({ expected }) => expected.length > 0);
  line("with a code", coded);
  for (const [low, high] of [[0, 1.5], [1.5, 3], [3, 6], [6, 99]]) line(`  ${low} to ${high} Mpx`, coded.filter(({ megapixels }) => megapixels > (low ?? 0) && megapixels <= (high ?? 0)));
  line("without", rows.filter(({ expected }) => expected.length === 0));
  await browser.close();
}
server.close();
