// The scanner beside its peers, in one process, on the same pixels, taking turns.
//
//   node tests/bench/qr.mjs [--corpus DIR] [--count N] [--seed N] [--rounds N] [--decoders a,b] [--every N] [--json FILE]
//                           [--clock wall | cpu]
//
// DIR has truth.json (as tests/qr/generate.mjs writes it) or manifest.json ([{ file, expected, group? }]). Without one, a
// corpus with the seed is drawn first. What counts are the ratios; milliseconds are those of this machine, now. On a machine
// that others use too, --clock cpu counts only the time that this process had. --every 5 takes each fifth picture.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import tofaktor from "./decoder.mjs";

const require = createRequire(import.meta.url);
const { values: options } = parseArgs({
  options: {
    corpus: { type: "string" },
    count: { type: "string", default: "120" },
    seed: { type: "string", default: String(new Date().getDate() + 1000) },
    rounds: { type: "string", default: "3" },
    every: { type: "string", default: "1" },
    clock: { type: "string", default: "wall" },
    decoders: { type: "string", default: "tofaktor,zxing,jsqr,zbar" },
    json: { type: "string" },
    cold: { type: "string" },
  },
});

/**
 * @typedef {object} Decoder
 * @property {() => unknown} init
 * @property {(width: number, height: number, rgba: Uint8ClampedArray) => unknown} decode
 */

/** In milliseconds. */
const now = () => {
  if (options.clock !== "cpu") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const utf8 = new TextDecoder("utf-8", { fatal: true });
const text = (/** @type {string | Uint8Array} */ payload) => {
  if (typeof payload === "string") return payload;
  try {
    return utf8.decode(payload);
  } catch {
    return new TextDecoder("shift_jis").decode(payload);
  }
};

/** @type {Record<string, () => Decoder>} */
const DECODERS = {
  tofaktor,
  zxing: () => {
    /** @type {any} */ let zxing;
    return {
      async init() {
        zxing = await import("zxing-wasm/reader");
        const file = new URL("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm", import.meta.url);
        zxing.prepareZXingModule({ overrides: { wasmBinary: readFileSync(file).buffer } });
        await zxing.readBarcodes({ width: 8, height: 8, data: new Uint8ClampedArray(256) }, {});
      },
      async decode(width, height, data) {
        const all = await zxing.readBarcodes({ width, height, data }, { formats: ["QRCode"], textMode: "Plain" });
        return all.filter((/** @type {any} */ one) => one.isValid).map((/** @type {any} */ one) => one.text);
      },
    };
  },
  jsqr: () => {
    /** @type {any} */ let jsqr;
    return {
      init() {
        jsqr = require("jsqr").default ?? require("jsqr");
      },
      decode(width, height, data) {
        const found = jsqr(data, width, height, { inversionAttempts: "attemptBoth" });
        return found ? [found.data] : [];
      },
    };
  },
  zbar: () => {
    /** @type {any} */ let zbar, scanner;
    return {
      async init() {
        zbar = require("@undecaf/zbar-wasm");
        scanner = await zbar.ZBarScanner.create();
        scanner.setConfig(0, 0, 0);
        scanner.setConfig(zbar.ZBarSymbolType.ZBAR_QRCODE, 0, 1);
        scanner.setConfig(0, zbar.ZBarConfigType.ZBAR_CFG_TEST_INVERTED, 1);
      },
      async decode(width, height, data) {
        const all = await zbar.scanRGBABuffer(data.slice().buffer, width, height, scanner);
        return all.map((/** @type {any} */ one) => Uint8Array.from(one.data));
      },
    };
  },
};

/** @param {string} file */
const pixels = async (file) => {
  const { data, info } = await require("sharp")(file, { limitInputPixels: false })
    .flatten({ background: "#fff" })
    .toColourspace("srgb")
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgba: new Uint8ClampedArray(data) };
};

// Started anew for each decoder: how long from nothing to the first picture decoded.
if (options.cold) {
  const [name = "", file = ""] = options.cold.split(":");
  const { width, height, rgba } = await pixels(file);
  const decoder = /** @type {() => Decoder} */ (DECODERS[name])();
  const start = now();
  await decoder.init();
  await decoder.decode(width, height, rgba);
  console.log(now() - start);
  process.exit();
}

/** @returns {{ folder: string, list: { file: string, expected: string[], group: string, pitch: number }[] }} */
const corpus = () => {
  let folder = options.corpus;
  if (!folder) {
    folder = fileURLToPath(new URL(`../../target/qr-corpus-${options.seed}-${options.count}`, import.meta.url));
    if (!existsSync(path.join(folder, "truth.json"))) {
      const generator = fileURLToPath(new URL("../qr/generate.mjs", import.meta.url));
      execFileSync("node", [generator, "--seed", options.seed, "--count", options.count, "--out", folder]);
    }
  }
  const read = (/** @type {string} */ name) => JSON.parse(readFileSync(path.join(folder, name), "utf8"));
  if (existsSync(path.join(folder, "truth.json"))) {
    const list = read("truth.json").map((/** @type {any} */ { file, kind, codes }) => ({
      file,
      group: kind,
      expected: codes.map((/** @type {any} */ code) => code.text),
      pitch: Math.min(...codes.map((/** @type {any} */ code) => code.pitch)),
    }));
    return { folder, list };
  }
  // Of some pictures nobody has written down what they say.
  const known = read("manifest.json").filter((/** @type {any} */ entry) => entry.expected && entry.kind !== "unknown");
  const list = known.map((/** @type {any} */ entry) => ({
    file: entry.file,
    group: entry.scenario ?? entry.group ?? entry.corpus ?? entry.kind ?? "",
    expected: entry.expected ?? [],
    pitch: Math.min(...(entry.codes ?? []).map((/** @type {any} */ code) => code.modulePx)),
  }));
  return { folder, list };
};

const { folder, list } = corpus();
const names = options.decoders.split(",");
/** @type {Map<string, Decoder>} */
const decoders = new Map();
for (const name of names) {
  const decoder = /** @type {() => Decoder} */ (DECODERS[name])();
  await decoder.init();
  decoders.set(name, decoder);
}

const plain = (/** @type {string} */ payload) => payload.replace(/\r\n/g, "\n").replace(/[\s\0]+$/, "").normalize("NFC");
const median = (/** @type {number[]} */ all, share = 0.5) =>
  [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? NaN;

/** @typedef {{ ms: number, hit: boolean, wrong: number }} Result */
/** @type {{ group: string, size: string, pitch: number, codes: number, file: string, by: Record<string, Result> }[]} */
const rows = [];
let turn = 0;
for (const entry of list.filter((_, i) => i % Number(options.every) === 0)) {
  let picture;
  try {
    picture = await pixels(path.join(folder, entry.file));
  } catch {
    console.error(`cannot read ${entry.file}`);
    continue;
  }
  const { width, height, rgba } = picture;
  /** @type {Record<string, number[]>} */ const times = Object.fromEntries(names.map((name) => [name, []]));
  /** @type {Record<string, string[]>} */ const found = {};
  // The first two pictures are decoded once more, unmeasured, so that nobody pays for the compiler.
  for (let round = rows.length < 2 ? -2 : 0; round < Number(options.rounds); round++) {
    for (let i = 0; i < names.length; i++) {
      const name = /** @type {string} */ (names[(i + turn) % names.length]);
      const spent = times[name]?.reduce((sum, ms) => sum + ms, 0) ?? 0;
      if (round > 0 && spent > 400) continue;
      const start = now();
      /** @type {any[]} */ let answer = [];
      try {
        answer = /** @type {any[]} */ (await decoders.get(name)?.decode(width, height, rgba));
      } catch {}
      if (round >= 0) times[name]?.push(now() - start);
      found[name] = answer.map((payload) => plain(text(payload)));
    }
    turn++;
  }
  const expected = entry.expected.map(plain);
  const by = Object.fromEntries(
    names.map((name) => {
      const got = found[name] ?? [];
      const hit = expected.every((payload) => got.includes(payload));
      return [name, { ms: median(times[name] ?? []), hit, wrong: got.filter((payload) => !expected.includes(payload)).length }];
    }),
  );
  const size = `${((width * height) / 1e6).toFixed(1).padStart(4)} Mpx`;
  rows.push({ group: entry.group, size, pitch: entry.pitch, codes: expected.length, file: entry.file, by });
}

/** As Map.groupBy, which older Nodes have not.
 *
 * @template T
 * @param {T[]} all
 * @param {(one: T) => string} key
 */
const groupBy = (all, key) => {
  /** @type {Map<string, T[]>} */ const groups = new Map();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
};

/** @param {string} title @param {(row: (typeof rows)[number]) => string | undefined} key */
const table = (title, key) => {
  console.log(`\n${title.padEnd(16)}    n ${names.map((name) => name.padStart(34)).join("")}`);
  console.log(`${"".padEnd(22)}${names.map(() => "read %  median    p95    max   time".padStart(34)).join("")}`);
  const groups = groupBy(rows.filter((row) => key(row) !== undefined), (row) => key(row) ?? "");
  for (const [group, members] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const cells = names.map((name) => {
      const results = members.flatMap((row) => row.by[name] ?? []);
      const ms = results.map((result) => result.ms);
      const read = (100 * results.filter((result) => result.hit).length) / results.length;
      // How many times as long as the first decoder, picture by picture.
      const ratio = median(members.map((row) => (row.by[name]?.ms ?? NaN) / (row.by[names[0] ?? ""]?.ms ?? NaN)));
      const wrong = results.reduce((sum, result) => sum + result.wrong, 0);
      const first = members[0]?.codes === 0 ? `${wrong} wrong` : read.toFixed(1);
      return `${first.padStart(9)}${median(ms).toFixed(1).padStart(7)}${median(ms, 0.95).toFixed(0).padStart(6)}${Math.max(...ms).toFixed(0).padStart(6)}${ratio.toFixed(1).padStart(5)}x`;
    });
    console.log(`${group.padEnd(16)} ${String(members.length).padStart(4)} ${cells.join("")}`);
  }
};

table("all", (row) => (row.codes ? "with a code" : "without"));
table("size, with code", (row) => (row.codes ? row.size : undefined));
table("size, without", (row) => (row.codes ? undefined : row.size));
table("kind", (row) => (row.codes ? row.group : undefined));
table("px per module", (row) => {
  if (!row.codes || !Number.isFinite(row.pitch)) return undefined;
  const edge = [1.5, 2, 2.5, 3, 4].find((edge) => row.pitch < edge);
  return edge ? `below ${edge}` : "more";
});
const wrong = names.map((name) => `${name} ${rows.reduce((sum, row) => sum + (row.by[name]?.wrong ?? 0), 0)}`);
console.log(`\npayloads that no code has: ${wrong.join(", ")}`);

const largest = [...rows].filter((row) => row.codes).sort((a, b) => (a.size < b.size ? 1 : -1))[0];
if (largest) {
  console.log(`\ncold: a process of its own, load, initialise and decode ${largest.file} (${largest.size.trim()}), median of 5`);
  for (const name of names) {
    const times = Array.from({ length: 5 }, () => {
      const script = fileURLToPath(import.meta.url);
      const cold = spawnSync("node", [script, "--clock", options.clock, "--cold", `${name}:${path.join(folder, largest.file)}`], { encoding: "utf8" });
      return Number(cold.stdout);
    });
    console.log(`  ${name.padEnd(10)} ${median(times).toFixed(1)} ms`);
  }
}
if (options.json) writeFileSync(options.json, JSON.stringify(rows));
