/**
 * From a picture to what its QR codes say. The scanner is a Wasm module of its own, so that hostile pixels never share an
 * instance with the vault; it cannot but read pixels and answer, and after a trap it is made anew.
 */

/** What can be wrong with a picture; the names are for whoever turns them into a sentence. */
/** @typedef {"notPicture" | "svg" | "tooLarge" | "empty" | "broken"} Fault */

/** The largest picture that the scanner takes, in pixels: a 5K tab and some more. */
const MOST_PIXELS = 16 * 1024 * 1024;
/** A picture up to here is made smaller first, which costs an 8K tab nothing; beyond, decoding alone is an attack. */
const MOST_DECODED = 64 * 1024 * 1024;

/** How the scanner says that it refuses, as the first word of its answer. */
const REFUSALS = new Map(
  /** @type {[number, Fault][]} */ ([[0xffffffff, "empty"], [0xfffffffe, "tooLarge"], [0xfffffffd, "broken"]]),
);
/** The charset of a payload that the scanner leaves to us. */
const SHIFT_JIS = 1;

/** @param {Fault} code @param {unknown} [cause] */
const fault = (code, cause) => Object.assign(new Error(code, { cause }), { code });

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiling;

/** Starts compiling early; harmless to call again. */
export const ready = () =>
  (compiling ??= WebAssembly.compileStreaming(fetch(new URL("./core/scanner.wasm", import.meta.url))).catch((error) => {
    compiling = undefined;
    throw error;
  }));

/**
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {(width: number, height: number) => number} scan
 */
/** @type {Exports | undefined} */
let scanner;
/** The pixels that the scanner may ask for, while it runs. */
let pixels = new Uint32Array();
let stride = 0;

const imports = {
  picture: {
    /** @param {number} y @param {number} count @param {number} at */
    rows(y, count, at) {
      const memory = /** @type {Exports} */ (scanner).memory;
      new Uint32Array(memory.buffer, at).set(pixels.subarray(y * stride, (y + count) * stride));
    },
    /** @param {number} x @param {number} y @param {number} count @param {number} at */
    column(x, y, count, at) {
      const column = new Uint32Array(/** @type {Exports} */ (scanner).memory.buffer, at, count);
      for (let i = 0, from = y * stride + x; i < count; i++, from += stride) column[i] = pixels[from] ?? 0;
    },
  },
};

/**
 * Compiles, and makes an instance if there is none.
 *
 * @returns {Promise<Exports>}
 */
export const warm = async () => {
  const module = await ready();
  return (scanner ??= /** @type {Exports} */ (
    /** @type {unknown} */ (new WebAssembly.Instance(module, imports).exports)
  ));
};

/**
 * Finds the codes in a picture file.
 *
 * @param {string} dataUrl a picture of a kind that the browser can decode, but no SVG
 * @returns {Promise<Uint8Array[]>} what the codes say, best first
 * @throws {Error & { code: Fault }}
 */
export const scan = async (dataUrl) => {
  const [{ bitmap, opaque }] = await Promise.all([decoded(dataUrl), warm()]);
  try {
    const found = read(laidOn("white", bitmap));
    // What is transparent may have been meant to lie on something dark.
    return found.length > 0 || opaque ? found : read(laidOn("black", bitmap));
  } finally {
    bitmap.close();
  }
};

/** @param {string} dataUrl */
const decoded = async (dataUrl) => {
  const [, media, encoding, body] = /^data:([^;,]*)(?:;[^;,]+)*?(;base64)?,(.*)$/is.exec(dataUrl) ?? [];
  if (body === undefined || media === undefined) throw fault("notPicture");
  if (/svg/i.test(media)) throw fault("svg");
  if (!encoding) throw fault("notPicture");
  let bytes;
  try {
    // Not by fetch: the content security policy lets data URLs through to nobody.
    const text = atob(body);
    bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  } catch (error) {
    throw fault("notPicture", error);
  }
  const { area, opaque } = claimed(bytes);
  if (area > MOST_DECODED) throw fault("tooLarge");
  try {
    return { bitmap: await createImageBitmap(new Blob([bytes], { type: media })), opaque };
  } catch (error) {
    throw fault("notPicture", error);
  }
};

/**
 * The area that a PNG claims to have, before anybody makes room for it, and whether every pixel of a picture covers what
 * is below. Captured tabs do.
 *
 * @param {Uint8Array} bytes
 */
const claimed = (bytes) => {
  const words = new DataView(bytes.buffer);
  const starts = (/** @type {number} */ word) => bytes.length >= 26 && words.getUint32(0) === word;
  const isPng = starts(0x89504e47) && words.getUint32(12) === 0x49484452;
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  const [grey, colours] = [0, 2];
  return {
    area: isPng ? words.getUint32(16) * words.getUint32(20) : 0,
    opaque: isJpeg || (isPng && (bytes[25] === grey || bytes[25] === colours)),
  };
};

/** @param {string} background @param {ImageBitmap} bitmap */
const laidOn = (background, bitmap) => {
  const area = bitmap.width * bitmap.height;
  if (area > MOST_DECODED) throw fault("tooLarge");
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / area));
  const width = Math.max(1, Math.floor(bitmap.width * scale));
  const height = Math.max(1, Math.floor(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw fault("broken");
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
};

/** @param {ImageData} image */
const read = ({ data, width, height }) => {
  if (!scanner) throw fault("broken");
  const { memory, scan } = scanner;
  pixels = new Uint32Array(data.buffer);
  stride = width;
  try {
    let at = scan(width, height);
    const words = new DataView(memory.buffer);
    const count = words.getUint32(at, true);
    const refusal = REFUSALS.get(count);
    if (refusal) throw fault(refusal);
    const payloads = [];
    for (at += 4; payloads.length < count; ) {
      const [charset, length] = [words.getUint32(at + 4, true), words.getUint32(at + 8, true)];
      const payload = new Uint8Array(memory.buffer, at + 12, length).slice();
      payloads.push(charset === SHIFT_JIS ? fromShiftJis(payload) : payload);
      at += 12 + length;
    }
    return payloads;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      // It trapped, or its answer was no answer: nothing in that memory is to be trusted any more.
      scanner = undefined;
      throw fault("broken", error);
    }
    throw error;
  } finally {
    pixels = new Uint32Array();
  }
};

/** @param {Uint8Array} bytes */
const fromShiftJis = (bytes) => new TextEncoder().encode(new TextDecoder("shift_jis").decode(bytes));
