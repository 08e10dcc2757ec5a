/**
 * From a picture to what its QR codes say. The scanner is a Wasm module of its own, so that hostile pixels never share an
 * instance with the vault; it cannot but read pixels and answer, and after a trap it is made anew.
 */
import { crashed } from "./crash.js";

/** What can be wrong with a picture; the names are for whoever turns them into a sentence. */
/** @typedef {"notPicture" | "svg" | "tooLarge" | "empty" | "broken"} Fault */

/** The largest picture that the scanner takes, in pixels: a 5K tab and some more. */
const MAX_PIXELS = 16 * 1024 * 1024;
/** A picture up to here is made smaller first, which costs an 8K tab nothing; beyond, decoding alone is an attack. */
export const MAX_DECODED = 64 * 1024 * 1024;

/** More of a file than this need not be read to know how big its picture claims to be. */
const MAX_HEADER = 1024 * 1024;

/** How the scanner says that it refuses, as the first word of its answer. */
const REFUSALS = new Map(
  /** @type {[number, Fault][]} */ ([[0xffffffff, "empty"], [0xfffffffe, "tooLarge"], [0xfffffffd, "broken"]]),
);
/** What the scanner leaves to us to decode, as it numbers them: labels of the Encoding Standard. */
const CHARSETS = [
  "utf-8", "shift_jis", "windows-1252", "iso-8859-2", "iso-8859-9", "iso-8859-15", "iso-8859-5", "iso-8859-7", "windows-1250",
  "windows-1251", "windows-1252", "windows-1256", "utf-16be", "big5", "gb18030", "euc-kr",
];
/** Kinds of file, as the scanner numbers them. */
const [SVG, OPAQUE] = [1, 3];

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
 * @property {(length: number) => number} room
 * @property {() => number} header
 */
/** @type {Exports | undefined} */
let scanner;
/** The pixels that the scanner may ask for, while it runs. */
let pixels = new Uint32Array();
let stride = 0;
/** All of the scanner's memory; it is another buffer when that has grown. */
let words = new Uint32Array();

const within = () => {
  const { buffer } = /** @type {Exports} */ (scanner).memory;
  return words.buffer === buffer ? words : (words = new Uint32Array(buffer));
};

const imports = {
  picture: {
    /** @param {number} at @param {number} length @param {number} line */
    crashed(at, length, line) {
      const { memory } = /** @type {Exports} */ (scanner);
      crashed(new TextDecoder().decode(new Uint8Array(memory.buffer, at, length)), line);
    },
    /** @param {number} y @param {number} count @param {number} at */
    rows(y, count, at) {
      within().set(pixels.subarray(y * stride, (y + count) * stride), at / 4);
    },
    /** @param {number} x @param {number} y @param {number} count @param {number} at */
    column(x, y, count, at) {
      const to = within();
      for (let i = at / 4, end = i + count, from = y * stride + x; i < end; i++, from += stride) to[i] = pixels[from] ?? 0;
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
 * @typedef {object} Seen
 * @property {Uint8Array[]} payloads what the codes say, best first
 * @property {number} unread how many codes were seen that could not be read
 * @property {string} instead the name of the sentence for what was seen and not read; empty if that is nothing
 * @property {boolean} parts whether a code was read that is a part of something of which the rest is not there
 */

/**
 * Finds the codes in a picture.
 *
 * @param {string | Blob | ImageData} picture a `data:` URL or a file, of a kind that the browser can decode, but no SVG
 * @returns {Promise<Seen>}
 * @throws {Error & { code: Fault }}
 */
export const look = async (picture) => {
  const file = typeof picture === "string" ? fromDataUrl(picture) : picture;
  await warm();
  const opaque = file instanceof Blob && (await looksGood(file));
  performance.mark("header");
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch (error) {
    throw fault("notPicture", error);
  }
  performance.mark("bitmap");
  try {
    const seen = read(laidOn("white", bitmap));
    // What is transparent may have been meant to lie on something dark.
    return seen.payloads.length > 0 || opaque ? seen : read(laidOn("black", bitmap));
  } finally {
    bitmap.close();
  }
};

/** What the codes in a picture say, best first. @param {string} picture a `data:` URL */
export const scan = async (picture) => (await look(picture)).payloads;

/**
 * Looks at a page. Another picture of it is taken only if the first one shows a code that cannot be read: it was fading
 * or growing, as what opens on a page does. The first is a JPEG, which is there sooner; the second a PNG, which keeps every
 * pixel as it is.
 *
 * @param {(how: chrome.extensionTypes.ImageDetails) => Promise<string>} take
 * @param {(picture: string) => Promise<Seen>} look
 */
export const settled = async (take, look) => {
  const seen = await look(await take({ format: "jpeg", quality: 92 }));
  return seen.unread && seen.payloads.length === 0 ? take({ format: "png" }).then(look, () => seen) : seen;
};

/**
 * The sentence for a picture in which nothing was found.
 *
 * @param {Seen} seen
 * @param {string} nothing the one for a picture without any code
 */
export const notFound = ({ instead, parts }, nothing) => {
  let sentence = instead || nothing;
  if (parts) sentence = "qrParts";
  return sentence;
};

/**
 * The sentence for codes that were read beside others that were not, how many, and why.
 *
 * @param {Seen} seen
 * @returns {[string, number]}
 */
export const someUnread = ({ payloads, instead }) => {
  let sentence = "someUnread";
  if (instead === "coveredQr") sentence = "someCovered";
  if (instead === "smallQr") sentence = "someSmall";
  if (instead === "faintQr") sentence = "someFaint";
  if (instead === "obliqueQr") sentence = "someOblique";
  return [sentence, payloads.length];
};

/** The sentence for a code that was seen and not read. @param {number} number what is in its way, as the scanner numbers it */
const obstacle = (number) => {
  let sentence = "unreadQr";
  if (number === 1) sentence = "coveredQr";
  if (number === 2) sentence = "smallQr";
  if (number === 3) sentence = "faintQr";
  if (number === 4) sentence = "obliqueQr";
  return sentence;
};

/** The sentence for what is no QR code, if there is any. @param {number} number of the symbol, as the scanner has it */
const noQrCode = (number) => {
  /** @type {string | undefined} */
  let sentence;
  if (number === 1) sentence = "microQr";
  if (number === 2) sentence = "aztec";
  if (number === 3) sentence = "dataMatrix";
  if (number === 4) sentence = "pdf417";
  if (number === 5) sentence = "barcode";
  return sentence;
};

/** Not by fetch: the content security policy lets data URLs through to nobody. @param {string} url */
const fromDataUrl = (url) => {
  const [, type, encoding, body] = /^data:([^;,]*)(?:;[^;,]+)*?(;base64)?,(.*)$/is.exec(url) ?? [];
  if (body === undefined || type === undefined) throw fault("notPicture");
  if (/svg/i.test(type)) throw fault("svg");
  if (!encoding) throw fault("notPicture");
  try {
    const text = atob(body);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return new Blob([bytes], { type });
  } catch (error) {
    throw fault("notPicture", error);
  }
};

/** Refuses what must not be decoded; otherwise tells whether every pixel covers what is below. @param {Blob} file */
const looksGood = async (file) => {
  if (file.size === 0) throw fault("empty");
  const start = new Uint8Array(await file.slice(0, MAX_HEADER).arrayBuffer());
  const [kind, width, height] = unlessItTraps(({ memory, room, header }) => {
    const to = room(start.length);
    new Uint8Array(memory.buffer, to, start.length).set(start);
    const words = new DataView(memory.buffer, header(), 12);
    return [words.getUint32(0, true), words.getUint32(4, true), words.getUint32(8, true)];
  });
  if (kind === SVG) throw fault("svg");
  if (width * height > MAX_DECODED) throw fault("tooLarge");
  return kind === OPAQUE;
};

/** @param {string} background @param {ImageBitmap} bitmap */
const laidOn = (background, bitmap) => {
  const area = bitmap.width * bitmap.height;
  if (area > MAX_DECODED) throw fault("tooLarge");
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / area));
  const width = Math.max(1, Math.floor(bitmap.width * scale));
  const height = Math.max(1, Math.floor(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw fault("broken");
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
};

/** @param {ImageData} image @returns {Seen} */
const read = ({ data, width, height }) => {
  pixels = new Uint32Array(data.buffer);
  stride = width;
  performance.mark("pixels");
  try {
    return unlessItTraps(({ memory, scan }) => {
      let at = scan(width, height);
      const words = new DataView(memory.buffer);
      const count = words.getUint32(at, true);
      const refusal = REFUSALS.get(count);
      if (refusal) throw fault(refusal);
      const seen = { payloads: /** @type {Uint8Array[]} */ ([]), unread: 0, instead: "", parts: false };
      at += 4;
      for (let i = 0; i < count; i++) {
        const [charset, part, length] = [words.getUint32(at, true), words.getUint32(at + 4, true), words.getUint32(at + 8, true)];
        const payload = new Uint8Array(memory.buffer, at + 12, length).slice();
        if (part > 0) seen.parts = true;
        else seen.payloads.push(charset === 0 ? payload : inUtf8(payload, CHARSETS[charset]));
        at += 12 + length;
      }
      seen.unread = words.getUint32(at, true);
      seen.instead = seen.unread ? obstacle(words.getUint32(at + 4, true)) : (noQrCode(words.getUint32(at + 8, true)) ?? "");
      performance.mark("scanned");
      return seen;
    });
  } finally {
    pixels = new Uint32Array();
  }
};

/**
 * After a trap, or an answer that is none, nothing in that memory is to be trusted any more: the next picture gets an
 * instance of its own.
 *
 * @template T
 * @param {(scanner: Exports) => T} use
 */
const unlessItTraps = (use) => {
  if (!scanner) throw fault("broken");
  try {
    return use(scanner);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
    scanner = undefined;
    throw fault("broken", error);
  }
};

/** @param {Uint8Array} bytes @param {string} [charset] */
const inUtf8 = (bytes, charset) => new TextEncoder().encode(new TextDecoder(charset).decode(bytes));
