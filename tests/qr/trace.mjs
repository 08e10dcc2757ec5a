// What the shipped scanner asks for and answers, one line for each picture on standard input:
// `[u32 width][u32 height][RGBA]`, little-endian, one after the other.
import { readFileSync } from "node:fs";

const module = new WebAssembly.Module(readFileSync(new URL("../../dist/chromium/core/scanner.wasm", import.meta.url)));
const input = readFileSync(0);
let line = "";
let width = 0;
/** @type {Buffer} */ let pixels;
/** @type {any} */ let scanner;
const imports = {
  picture: {
    crashed() {},
    /** @param {number} y @param {number} count @param {number} pointer */
    rows(y, count, pointer) {
      line += `r${y}+${count} `;
      new Uint8Array(scanner.memory.buffer, pointer).set(pixels.subarray(y * width * 4, (y + count) * width * 4));
    },
    /** @param {number} x @param {number} y @param {number} count @param {number} pointer */
    column(x, y, count, pointer) {
      line += `c${x},${y}+${count} `;
      const to = new Uint8Array(scanner.memory.buffer, pointer);
      for (let i = 0; i < count; i++) {
        const from = ((y + i) * width + x) * 4;
        to.set(pixels.subarray(from, from + 4), i * 4);
      }
    },
  },
};

for (let at = 0; at < input.length; ) {
  width = input.readUInt32LE(at);
  const height = input.readUInt32LE(at + 4);
  pixels = input.subarray(at + 8, at + 8 + width * height * 4);
  at += 8 + pixels.length;
  line = "";
  // An instance of its own for each, as the native one has a scanner of its own.
  scanner = new WebAssembly.Instance(module, imports).exports;
  const answer = scanner.scan(width, height);
  const words = new DataView(scanner.memory.buffer);
  const count = words.getUint32(answer, true);
  let length = 4;
  if (count < 1000) {
    for (let i = 0; i < count; i++) length += 12 + words.getUint32(answer + length + 8, true);
    length += 12;
  }
  process.stdout.write(`${line}= ${Buffer.from(scanner.memory.buffer, answer, length).toString("hex")}\n`);
}
