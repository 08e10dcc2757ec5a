// From a picture to the payloads of its QR codes. The scanner is a Wasm module of its own,
// so that hostile pixels never share an instance with the vault; after a trap it is made anew.

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiling;

/** Starts compiling early; harmless to call again. */
export const ready = () =>
  (compiling ??= WebAssembly.compileStreaming(fetch(new URL("./core/scanner.wasm", import.meta.url))).catch((error) => {
    compiling = undefined;
    throw error;
  }));

/**
 * @param {string} dataUrl a PNG or JPEG
 * @returns {Promise<Uint8Array[]>} best first
 */
export const scan = async (dataUrl) => {
  const [, media, base64] = dataUrl.match(/^data:(image\/(?:png|jpeg));base64,(.*)$/s) ?? [];
  if (base64 === undefined) throw new Error("not a picture");
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: media }));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no canvas");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  /** @type {WebAssembly.Instance} */
  const instance = await WebAssembly.instantiate(await ready(), {
    picture: {
      rows: (/** @type {number} */ y, /** @type {number} */ count, /** @type {number} */ at) => {
        const { memory } = /** @type {any} */ (instance.exports);
        new Uint32Array(memory.buffer, at).set(pixels.subarray(y * width, (y + count) * width));
      },
      column: (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ count, /** @type {number} */ at) => {
        const { memory } = /** @type {any} */ (instance.exports);
        const column = new Uint32Array(memory.buffer, at, count);
        for (let i = 0, from = y * width + x; i < count; i++, from += width) column[i] = pixels[from] ?? 0;
      },
    },
  });
  const { memory, scan } = /** @type {any} */ (instance.exports);
  let at = scan(width, height);
  const words = new DataView(memory.buffer);
  const count = words.getUint32(at, true);
  if (count > 0xffff) throw new Error("refused");
  const payloads = [];
  at += 4;
  for (let i = 0; i < count; i++) {
    const length = words.getUint32(at + 8, true);
    payloads.push(new Uint8Array(memory.buffer, at + 12, length).slice());
    at += 12 + length;
  }
  return payloads;
};
