// Draws pages with QR codes in a real Chromium and keeps the screenshots, with what the codes say.
//
//   node tests/qr/generate.mjs [--seed N] [--count N] [--out DIR] [--small]
//
// The same seed makes the same pages. --small keeps windows small enough for the pictures to be committed.
// Needs CHROMIUM (or /usr/bin/chromium) and `npm ci --prefix tests/bench`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";

const require = createRequire(new URL("../bench/package.json", import.meta.url));
const puppeteer = require("puppeteer-core");
const QRCode = require("qrcode");
const { prepareZXingModule, writeBarcode } = require("zxing-wasm/writer");
const writer = new URL("../bench/node_modules/zxing-wasm/dist/writer/zxing_writer.wasm", import.meta.url);
prepareZXingModule({ overrides: { wasmBinary: readFileSync(writer).buffer } });

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    count: { type: "string", default: "120" },
    out: { type: "string", default: "target/qr-corpus" },
    small: { type: "boolean", default: false },
  },
});

/** A generator of numbers below 1 (xorshift, 32 bits). */
const random = (/** @type {number} */ seed) => {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
};

/** What one page is made with. */
const dice = (/** @type {number} */ seed) => {
  const next = random(seed);
  for (let i = 0; i < 8; i++) next();
  return {
    share: next,
    chance: (/** @type {number} */ p) => next() < p,
    between: (/** @type {number} */ low, /** @type {number} */ high) => low + next() * (high - low),
    whole: (/** @type {number} */ low, /** @type {number} */ high) => Math.floor(low + next() * (high - low + 1)),
    /** @template T @param {T[]} all */
    one: (all) => all[Math.floor(next() * all.length)],
    text: (/** @type {number} */ length, /** @type {string} */ of) =>
      Array.from({ length }, () => of[Math.floor(next() * of.length)]).join(""),
  };
};

/** @typedef {ReturnType<typeof dice>} Dice */

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const DIGITS = "0123456789";

/** What set-up pages put into codes, and what else is about. */
const payload = (/** @type {Dice} */ d) => {
  const user = `${d.one(["kari", "ola.nordmann", "elev123", "ingrid.berg"])}%40${d.one(["skole.example", "fylke.example"])}`;
  return d.one([
    () => `otpauth://totp/Fylkeskommunen%3A${user}?secret=${d.text(16, BASE32)}&issuer=Microsoft`,
    () => `otpauth://totp/Contoso:${user}?secret=${d.text(32, BASE32)}&issuer=Microsoft&digits=6&period=30`,
    () => `phonefactor://activate_account?code=${d.text(9, DIGITS)}&url=https%3A%2F%2Fexample.invalid%2FMobileAppCommunicator.svc%2F${d.text(9, DIGITS)}`,
    () => `https://login.microsoftonline.com/authenticatorApp/activateAccount?code=${d.text(24, BASE32)}`,
    () => `otpauth-migration://offline?data=${d.text(70, BASE32)}`,
    () => `https://example.invalid/${d.text(d.whole(4, 60), BASE32)}`,
  ])();
};

/** @typedef {{ size: number, dark: (x: number, y: number) => boolean, version: number }} Symbol */

/** @returns {Symbol} */
const symbol = (/** @type {string | Buffer} */ text, /** @type {string} */ level, /** @type {number} */ maskPattern) => {
  const what = typeof text === "string" ? text : [{ data: text, mode: "byte" }];
  const { modules, version } = QRCode.create(what, { errorCorrectionLevel: level, maskPattern });
  return { size: modules.size, dark: (x, y) => Boolean(modules.get(y, x)), version };
};

/** What is no QR code, as a picture element. @param {string} format */
const otherSymbol = async (format) => {
  const { svg } = await writeBarcode(format.startsWith("EAN") ? "5901234123457" : "no account", { format });
  return `<img style="width:${format.startsWith("EAN") ? 190 : 120}px;margin:20px" src="data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}">`;
};

/** @param {number} x @param {number} y @param {number} size */
const inFinder = (x, y, size) => (x < 7 && (y < 7 || y >= size - 7)) || (x >= size - 7 && y < 7);

/** A finder with a round core in a square ring, or the other way round. @param {string} round @param {number} x @param {number} y */
const eye = (round, x, y) => {
  const circle = (/** @type {number} */ r) => `M${x + 3.5 - r} ${y + 3.5}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0-${2 * r} 0z`;
  const square = (/** @type {number} */ r) => `M${x + 3.5 - r} ${y + 3.5 - r}h${2 * r}v${2 * r}h-${2 * r}z`;
  const [ring, core] = round === "core" ? [square, circle] : [circle, square];
  return ring(3.5) + ring(2.5) + core(1.5);
};

/** As a picture element, drawn in one of the ways in which pages draw codes. */
const drawn = (/** @type {Symbol} */ code, /** @type {any} */ look) => {
  const { quiet, side, ink, paper, how, shape, eyes, css } = look;
  const full = code.size + 2 * quiet;
  const parts = [];
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      if (!code.dark(x, y)) continue;
      const [left, top] = [x + quiet, y + quiet];
      const finder = inFinder(x, y, code.size);
      if (finder && eyes) continue;
      parts.push(
        shape === "dot" && !finder
          ? `M${left + 0.04} ${top + 0.5}a.46.46 0 1 0 .92 0a.46.46 0 1 0-.92 0z`
          : `M${left} ${top}h1v1h-1z`,
      );
    }
  }
  for (const [x, y] of eyes ? [[0, 0], [code.size - 7, 0], [0, code.size - 7]] : []) parts.push(eye(eyes, x + quiet, y + quiet));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${full} ${full}" width="${full * 4}" height="${full * 4}"
    ${shape === "dot" ? "" : 'shape-rendering="crispEdges"'}><rect width="${full}" height="${full}" fill="${paper}"/><path fill="${ink}" fill-rule="evenodd" d="${parts.join("")}"/></svg>`;
  const box = `width:${side}px;height:${side}px;background:${paper};${css}`;
  const inner = `padding:${(quiet * side) / full}px;box-sizing:border-box;${box}`;
  const module = (/** @type {number} */ x, /** @type {number} */ y) => (code.dark(x, y) ? ink : paper);
  const range = Array.from({ length: code.size }, (_, i) => i);
  if (how === "rects") {
    const rects = range.flatMap((y) => range.filter((x) => code.dark(x, y)).map((x) => `<rect x="${x + quiet}" y="${y + quiet}" width="1" height="1" fill="${ink}"/>`));
    return `<svg style="display:block;${box}" viewBox="0 0 ${full} ${full}">${rects.join("")}</svg>`;
  }
  if (how === "rows") {
    const rows = range.map((y) => `<div style="display:flex;height:${side / full}px">${range.map((x) => `<b style="width:${side / full}px;background:${module(x, y)}"></b>`).join("")}</div>`);
    return `<div style="${inner}">${rows.join("")}</div>`;
  }
  if (how === "text") {
    const dark = (/** @type {number} */ x, /** @type {number} */ y) => x >= 0 && y >= 0 && x < code.size && y < code.size && code.dark(x, y);
    const wide = Array.from({ length: code.size + 4 }, (_, i) => i - 2);
    const lines = wide.filter((y) => y % 2 === 0).map((y) => wide.map((x) => " ▄▀█"[Number(dark(x, y)) * 2 + Number(dark(x, y + 1))]).join(""));
    return `<pre style="font:${look.font} 'DejaVu Sans Mono',monospace;background:${paper};color:${ink};padding:1em">${lines.join("\n")}</pre>`;
  }
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
  const style = `display:block;width:${side}px;height:${side}px;${css}`;
  if (how === "vector") return `<img style="${style}" src="${source}">`;
  // A bitmap with whole pixels per module, which the page then scales.
  return `<canvas style="${style}" data-grid="${how}" data-source="${source}" width="${full * how}" height="${full * how}"></canvas>`;
};

const WORDS = "sikkerhet konto metode enhet kode bekreft neste avbryt hjelp innlogging skole passord telefon nettverk".split(" ");
const prose = (/** @type {Dice} */ d, /** @type {number} */ count) =>
  Array.from({ length: count }, () => d.one(WORDS)).join(" ");

/** Things that look like a finder from afar. */
const icon = (/** @type {Dice} */ d, /** @type {string} */ colour) => {
  const size = d.whole(9, 36);
  const edge = size / 7;
  const round = d.chance(0.4) ? "50%" : "0";
  return `<i style="display:inline-block;box-sizing:border-box;width:${size}px;height:${size}px;border:${edge}px solid ${colour};
    border-radius:${round};padding:${edge}px;margin:3px"><b style="display:block;height:100%;background:${colour};border-radius:${round}"></b></i>`;
};

/** One page of each kind in turn. */
const KINDS = {
  plain: (/** @type {Dice} */ d) => ({}),
  small: (/** @type {Dice} */ d) => ({ pitch: d.between(1.3, 2.2) }),
  dark: (/** @type {Dice} */ d) => ({ ink: "#fff", paper: d.one(["#000", "#1f1f1f", "#2b2b2b"]), page: "dark" }),
  faint: (/** @type {Dice} */ d) => {
    const [ink, paper] = d.one([["#888", "#bbb"], ["#303030", "#555"], ["#c4c4c4", "#fff"], ["#c00", "#fff"], ["#0067b8", "#e6f2fb"]]);
    return { ink, paper };
  },
  dots: () => ({ shape: "dot", how: "vector", level: "Q" }),
  logo: () => ({ logo: true, level: "H" }),
  framed: (/** @type {Dice} */ d) => ({ quiet: d.whole(0, 2), frame: d.one(["1px solid #000", "8px solid #000", "12px solid #222", "3px solid #c00"]) }),
  dimmed: (/** @type {Dice} */ d) => ({ dim: d.between(0.25, 0.7) }),
  two: () => ({ codes: 2 }),
  busy: (/** @type {Dice} */ d) => ({ icons: d.whole(150, 500) }),
  turned: (/** @type {Dice} */ d) => ({
    pitch: d.between(3, 6),
    css: `transform:${d.one(["rotate(8deg)", "rotate(45deg)", "rotate(180deg)", "scaleX(-1)", "skewY(5deg)", "perspective(500px) rotateY(20deg)"])}`,
  }),
  seams: (/** @type {Dice} */ d) => ({ how: d.one(["rects", "rows"]), pitch: d.between(2.5, 7) }),
  terminal: (/** @type {Dice} */ d) => ({
    how: "text",
    level: "L",
    font: `${d.whole(10, 14)}px/${d.one(["1", "1.1", "1.2", "normal"])}`,
    ...d.one([{ ink: "#000", paper: "#fff" }, { ink: "#1b1b1b", paper: "#fafafa" }]),
  }),
  styled: (/** @type {Dice} */ d) => ({ eyes: d.one(["core", "ring"]), how: "vector", level: "Q", pitch: d.between(2.5, 6) }),
  stretched: (/** @type {Dice} */ d) => ({ css: d.one(["width:SIDEpx", "height:SIDEpx"]), pitch: d.between(2, 3) }),
  covered: () => ({ cover: true, level: "H" }),
  several: (/** @type {Dice} */ d) => ({ codes: d.whole(3, 5), pitch: d.between(1.8, 3) }),
  colours: (/** @type {Dice} */ d) => {
    const [ink, paper] = d.one([["#00e000", "#f0f"], ["#696932", "#6969bc"], ["#e6b400", "#89d0ff"], ["#cc00a3", "#00879f"], ["#868686", "#909090"], ["#222", "linear-gradient(90deg,#777,#fff)"]]);
    return { ink, paper, pitch: d.between(3, 6), how: "rects" };
  },
  quirks: (/** @type {Dice} */ d) => ({ mask: d.whole(0, 7), ...d.one([{ text: "\ufeff" }, { text: "upper" }, { text: "latin" }, {}]) }),
  dense: (/** @type {Dice} */ d) => ({ text: "long", level: "L", pitch: d.between(2, 3.5) }),
  photo: (/** @type {Dice} */ d) => ({
    pitch: d.between(6, 12),
    css: `transform:perspective(900px) rotateY(${d.between(-14, 14)}deg) rotate(${d.between(-6, 6)}deg)`,
    lens: d.between(0.3, 1),
  }),
  symbols: (/** @type {Dice} */ d) => ({ codes: d.whole(0, 1), other: d.one(["Aztec", "DataMatrix", "PDF417", "Code128", "EAN-13", "MicroQRCode"]) }),
  none: (/** @type {Dice} */ d) => ({ codes: 0, icons: d.chance(0.5) ? 300 : 0 }),
};

const page = (/** @type {Dice} */ d, /** @type {any} */ kind, /** @type {number} */ scale, /** @type {any} */ window, /** @type {string} */ other) => {
  const dark = kind.page === "dark" || d.chance(0.2);
  const [ground, print] = dark ? ["#1b1a19", "#ddd"] : ["#fff", "#222"];
  const truth = [];
  let codes = "";
  for (let i = 0; i < (kind.codes ?? 1); i++) {
    let text = payload(d);
    if (kind.text === "long") text = `otpauth-migration://offline?data=${d.text(d.whole(300, 1200), BASE32)}`;
    if (kind.text === "upper") text = text.toUpperCase();
    if (kind.text === "latin") text = `otpauth://totp/Blåbær:${d.text(6, BASE32)}?secret=${d.text(16, BASE32)}`;
    const level = kind.level ?? d.one(["L", "M", "M", "Q"]);
    // What stands before the text is no part of it, and Latin-1 is what a code without a word about it is in.
    const written = kind.text === "latin" ? Buffer.from(text, "latin1") : `${kind.text === "\ufeff" ? kind.text : ""}${text}`;
    const code = symbol(written, level, kind.mask);
    const quiet = kind.quiet ?? d.one([4, 4, 2]);
    const room = Math.min(window.width / (kind.codes ?? 1), window.height) - 110;
    const pitch = kind.pitch ?? d.between(1.8, 6);
    const side = Math.min(room, Math.round(((code.size + 2 * quiet) * pitch) / scale));
    const look = {
      quiet,
      side,
      ink: kind.ink ?? "#000",
      paper: kind.paper ?? "#fff",
      how: kind.how ?? d.one(["vector", 1, 2, 3, 4, 7]),
      shape: kind.shape ?? "square",
      eyes: kind.eyes,
      font: kind.font,
      css: kind.css?.replace("SIDE", `${side * 2}`) ?? (d.chance(0.1) ? "image-rendering:pixelated" : ""),
    };
    const logo = kind.logo
      ? `<b style="position:absolute;inset:42%;background:#0067b8;border:${side / 60}px solid #fff"></b>` : "";
    const cover = kind.cover ? `<b style="position:absolute;left:78%;top:78%;width:30%;height:30%;border-radius:12%;background:#1055cc"></b>` : "";
    codes += `<div style="position:relative;border:${kind.frame ?? "0"};margin:${d.whole(4, 24)}px">${drawn(code, look)}${logo}${cover}</div>`;
    truth.push({ text, version: code.version, pitch: (side * scale) / (code.size + 2 * quiet) });
  }
  const card = `<div style="position:fixed;left:${d.whole(0, 100)}%;top:${d.whole(0, 100)}%;translate:-${d.whole(20, 80)}% -${d.whole(20, 80)}%"></div>
    <div style="position:fixed;left:${d.whole(4, 30)}px;top:${d.whole(4, 40)}px;display:flex;padding:6px;background:${kind.paper ?? (dark ? "#2b2b2b" : "#fff")}">${codes}</div>`;
  const veil = kind.dim ? `<div style="position:fixed;inset:0;background:rgba(0,0,0,${kind.dim})"></div>` : "";
  const icons = Array.from({ length: kind.icons ?? 0 }, () => icon(d, d.one([print, "#0067b8", "#a4262c"]))).join("");
  // The stripes of a screen, and a lens that is not quite in focus.
  const stripes = kind.lens
    ? `<div style="position:fixed;inset:0;mix-blend-mode:multiply;background:repeating-linear-gradient(90deg,#fbb 0 1px,#bfb 1px 2px,#bbf 2px 3px),repeating-linear-gradient(#fff 0 3px,#999 3px 4px)"></div><style>html{filter:blur(${kind.lens}px)}</style>`
    : "";
  const html = `<!doctype html><meta charset="utf-8"><style>*{margin:0}html{background:${ground};color:${print};font:14px sans-serif;overflow:hidden}</style>
    <h2>${prose(d, 3)}</h2><p>${prose(d, 120)}</p>${icons}<p>${prose(d, 80)}</p>${codes ? card : ""}${other}${veil}${stripes}`;
  return { html, truth };
};

const out = path.resolve(options.out);
mkdirSync(out, { recursive: true });
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--force-color-profile=srgb", "--hide-scrollbars"],
});
const tab = await browser.newPage();
const list = [];
const names = /** @type {(keyof typeof KINDS)[]} */ (Object.keys(KINDS));
for (let i = 0; i < Number(options.count); i++) {
  const d = dice(Number(options.seed) * 100_003 + i);
  const name = names[i % names.length] ?? "plain";
  const scale = d.one(options.small ? [1, 1.25] : [1, 1, 1.25, 1.5, 2]);
  const [width, height] = options.small ? [560, 420] : d.one([[1280, 720], [1920, 1080], [2560, 1440], [3840, 2160]]);
  const window = { width: Math.round(width / scale), height: Math.round(height / scale) };
  const kind = /** @type {any} */ (KINDS[name](d));
  const { html, truth } = page(d, kind, scale, window, kind.other ? await otherSymbol(kind.other) : "");
  await tab.setViewport({ ...window, deviceScaleFactor: scale });
  await tab.setContent(html, { waitUntil: "load" });
  await tab.evaluate(async () => {
    for (const canvas of document.querySelectorAll("canvas")) {
      const image = new Image();
      image.src = canvas.dataset.source ?? "";
      await image.decode();
      const context = canvas.getContext("2d");
      if (context) {
        context.imageSmoothingEnabled = false;
        context.drawImage(image, 0, 0, canvas.width, canvas.height);
      }
    }
  });
  const jpeg = i % 5 === 4;
  const file = `${String(i).padStart(4, "0")}-${name}.${jpeg ? "jpg" : "png"}`;
  const picture = await tab.screenshot(jpeg ? { type: "jpeg", quality: 80 } : { type: "png" });
  writeFileSync(path.join(out, file), picture);
  list.push({ file, kind: name, codes: truth });
}
await browser.close();
writeFileSync(path.join(out, "truth.json"), `${JSON.stringify(list, null, 1)}\n`);
console.log(`${list.length} pictures in ${out}`);
