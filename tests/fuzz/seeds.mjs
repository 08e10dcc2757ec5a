// seeds.mjs FOLDER: what the fuzzer begins with beside the corpora: the bodies of the vectors, for the importers, and a
// few small codes as pictures, for the scanner.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import qrcode from "../browser/node_modules/qrcode/lib/index.js";

const folder = process.argv[2];
const vectors = join(import.meta.dirname, "../vectors/exchange");

/** @param {string} target @param {string} name @param {Uint8Array} bytes */
function seed(target, name, bytes) {
  mkdirSync(join(folder, target), { recursive: true });
  writeFileSync(join(folder, target, name), bytes);
}

for (const file of readdirSync(vectors).filter((name) => name.endsWith(".vector"))) {
  const text = readFileSync(join(vectors, file), "utf8");
  const at = text.indexOf("\n\n");
  const isText = /^body: text$/m.test(text.slice(0, at));
  const body = Buffer.from(text.slice(at + 2), isText ? "utf8" : "base64");
  for (const target of ["import_any", "import_sealed"]) seed(target, file, body);
}

for (const [name, text, unit, [dark, light]] of /** @type {[string, string, number, number[]][]} */ ([
  ["small", "HEI", 1, [0, 255]],
  ["inverted", "HEI", 1, [255, 0]],
  ["faint", "hei", 1, [96, 160]],
  ["larger", "otpauth://totp/a?secret=MZXW6YTB", 1, [0, 255]],
  ["two-pixels", "1", 2, [20, 230]],
])) {
  const { size, data } = qrcode.create(text, { errorCorrectionLevel: "L" }).modules;
  const side = (size + 4) * unit;
  const pixels = Buffer.alloc(1 + side * side * 4, light);
  pixels[0] = side - 1;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [i, j] = [Math.floor(x / unit) - 2, Math.floor(y / unit) - 2];
      const at = 1 + (y * side + x) * 4;
      if (i >= 0 && j >= 0 && i < size && j < size && data[j * size + i]) pixels.fill(dark, at, at + 3);
      pixels[at + 3] = 255;
    }
  }
  seed("qr_rgba", name, pixels);
}
