// The shipped scanner, as a decoder for a bench: export default () => ({ name, init(), decode(width, height, rgba) }).
// TOFAKTOR_SCANNER names another build than the one in dist.
import { readFileSync } from "node:fs";

const FILE = process.env.TOFAKTOR_SCANNER ?? new URL("../../dist/chromium/core/scanner.wasm", import.meta.url);

/** @returns {{ name: string, file: string | URL, traps: number, init(): void, decode(width: number, height: number, rgba: Uint8ClampedArray): Uint8Array[] }} */
export default () => {
  /** @type {WebAssembly.Module} */ let module;
  /** @type {WebAssembly.Instance | undefined} */ let instance;
  let width = 0;
  let pixels = new Uint32Array();
  /** @type {WebAssembly.Memory} */ let memory;
  const imports = {
    picture: {
      /** @param {number} y @param {number} count @param {number} pointer */
      rows(y, count, pointer) {
        const from = y * width;
        new Uint32Array(memory.buffer, pointer).set(pixels.subarray(from, from + count * width));
      },
      /** @param {number} x @param {number} y @param {number} count @param {number} pointer */
      column(x, y, count, pointer) {
        const to = new Uint32Array(memory.buffer, pointer, count);
        for (let i = 0, from = y * width + x; i < count; i++, from += width) to[i] = pixels[from];
      },
    },
  };
  return {
    name: "tofaktor",
    file: FILE,
    traps: 0,
    init() {
      module = new WebAssembly.Module(readFileSync(FILE));
      instance = new WebAssembly.Instance(module, imports);
    },
    decode(w, height, rgba) {
      instance ??= new WebAssembly.Instance(module, imports);
      width = w;
      pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.byteLength / 4);
      try {
        const { scan } = /** @type {any} */ (instance.exports);
        memory = /** @type {WebAssembly.Memory} */ (instance.exports.memory);
        let at = scan(width, height);
        const words = new DataView(memory.buffer);
        const count = words.getUint32(at, true);
        const all = [];
        at += 4;
        for (let i = 0; i < count && count < 1000; i++) {
          const length = words.getUint32(at + 8, true);
          all.push(new Uint8Array(memory.buffer, at + 12, length).slice());
          at += 12 + length;
        }
        return all;
      } catch (error) {
        this.traps++;
        instance = undefined;
        return [];
      }
    },
  };
};
