// The shipped scanner, as a decoder for a bench: export default () => ({ name, init(), decode(width, height, rgba) }).
// TOFAKTOR_SCANNER names another build than the one in dist.
import { readFileSync } from "node:fs";
import { scanner } from "./scanner.mjs";

const FILE = process.env.TOFAKTOR_SCANNER ?? new URL("../../dist/chromium/core/scanner.wasm", import.meta.url);

export default () => {
  /** @type {ReturnType<typeof scanner>} */ let made;
  return {
    name: "tofaktor",
    file: FILE,
    get traps() {
      return made?.traps ?? 0;
    },
    init() {
      made = scanner(readFileSync(FILE));
    },
    /** @param {number} width @param {number} height @param {Uint8ClampedArray} rgba */
    decode: (width, height, rgba) => made.decode(width, height, rgba),
  };
};
