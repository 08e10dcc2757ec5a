// The shipped scanner's Wasm as a function from pixels to payloads, for Node and for browsers.

/** @param {BufferSource | WebAssembly.Module} wasm */
export const scanner = (wasm) => {
  const module = wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm);
  let width = 0;
  let pixels = new Uint32Array();
  /** @type {WebAssembly.Memory} */ let memory;
  /** All of the scanner's memory; it is another buffer when that has grown. */
  let words = new Uint32Array();
  const within = () => (words.buffer === memory.buffer ? words : (words = new Uint32Array(memory.buffer)));
  const imports = {
    picture: {
      crashed() {},
      /** @param {number} y @param {number} count @param {number} pointer */
      rows(y, count, pointer) {
        const from = y * width;
        within().set(pixels.subarray(from, from + count * width), pointer / 4);
      },
      /** @param {number} x @param {number} y @param {number} count @param {number} pointer */
      column(x, y, count, pointer) {
        const to = within();
        for (let i = pointer / 4, end = i + count, from = y * width + x; i < end; i++, from += width) to[i] = pixels[from] ?? 0;
      },
    },
  };
  let instance = new WebAssembly.Instance(module, imports);
  return {
    traps: 0,
    /** @param {number} w @param {number} height @param {Uint8ClampedArray} rgba @returns {Uint8Array[]} */
    decode(w, height, rgba) {
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
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
        this.traps++;
        instance = new WebAssembly.Instance(module, imports);
        return [];
      }
    },
  };
};
