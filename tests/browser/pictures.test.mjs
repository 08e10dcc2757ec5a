// Pictures of every kind, dropped on the manager of a real browser: a code is read, or there is a sentence that says what to
// do next, and what was there before is still there.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { ROOT, accounts } from "./ui-rig.mjs";

/** What goes to the page goes as text: BiDi wraps each number of a list by itself, which takes Firefox a second for a picture. */
/** @typedef {{ base64: string, name: string, type: string }} Dropped */

const inFirefox = process.env.BROWSER === "firefox"; // see differences.mjs
const { open } = inFirefox ? await import("./ui-rig-firefox.mjs") : await import("./ui-rig.mjs");

/** @type {import("./ui-rig.mjs").Rig} */
let rig;
/** @type {import("./ui-rig.mjs").Page} */
let page;
/** A screenshot with one code, of an account that is not there yet. @type {Buffer} */
let code = Buffer.alloc(0);
before(async () => {
  rig = await open();
  await rig.reset();
  await rig.fill(accounts(1));
  code = await readFile(join(ROOT, "tests/qr/sample/0000-plain.png"));
  page = await rig.page("www/manager/manager.html", { width: 1000 });
});
after(() => rig.close());
afterEach(async () => assert.deepEqual(await rig.takeComplaints(), []));

/** @param {Iterable<number> | string} bytes @param {string} name @param {string} type @returns {Dropped} */
const file = (bytes, name, type) => ({ base64: Buffer.from(typeof bytes === "string" ? Buffer.from(bytes) : [...bytes]).toString("base64"), name, type });

/** Drops it and waits for what is said, or for the offer. @param {Dropped} dropped */
const drop = async (dropped) => {
  await page.evaluate(({ base64, name, type }) => {
    const notice = /** @type {HTMLElement} */ (document.querySelector("#notice"));
    delete notice.dataset.notice;
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, dropped);
  const said = await page.waitForFunction(
    () => document.querySelector("[data-pending-account]:not([hidden])") ? "offered" : /** @type {HTMLElement | null} */ (document.querySelector("#notice[data-notice]"))?.dataset.notice,
  );
  return String(await said.jsonValue());
};

/** @param {Dropped} dropped */
const isRead = async (dropped) => {
  assert.equal(await drop(dropped), "offered", dropped.name);
  await dismiss();
};

/** Until the page has its answer, which takes with it what was said. */
const dismiss = async () => {
  await page.evaluate(() => {
    /** @type {HTMLElement} */ (document.querySelector("#notice")).dataset.notice = "dismissed";
    /** @type {HTMLElement} */ (document.querySelector("[data-pending-account] [data-action='dismiss']")).click();
  });
  await page.waitForSelector("body:not(:has(#notice[data-notice], [data-pending-account]))");
};

/** @param {Dropped} dropped @param {string} key */
const isRefused = async (dropped, key) => {
  assert.equal(await drop(dropped), key, dropped.name);
  const text = await page.$eval("#notice", (notice) => notice.textContent ?? "");
  assert.match(text, /^\S.{20,}\.$/, "a sentence");
  assert.equal(await page.$$eval("[data-account]", (all) => all.length), 1, "the account is still there");
};

/** The picture of the code, redrawn by the browser. @param {string} type @param {string} how @returns {Promise<Buffer>} */
const redrawn = async (type, how) => {
  const base64 = await page.evaluate(
    async (base64, type, how, covered) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
      const grow = how === "huge" ? 9 : 1;
      const two = how === "beside a covered one";
      const canvas = new OffscreenCanvas(bitmap.width * grow, bitmap.height * grow * (two ? 2 : 1));
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.imageSmoothingEnabled = false;
      context.drawImage(bitmap, 0, 0, canvas.width, bitmap.height * grow);
      if (two) {
        context.drawImage(bitmap, 0, bitmap.height);
        context.fillStyle = "#5a5a5a";
        context.fillRect(covered.x, bitmap.height + covered.y, covered.width, covered.height);
      }
      if (how.startsWith("through")) {
        // What is light, or what is dark, lets through what is below; the rest is white, or black.
        const image = context.getImageData(0, 0, canvas.width, canvas.height);
        const light = how === "through the light";
        for (let i = 0; i < image.data.length; i += 4) {
          const away = ((image.data[i + 1] ?? 0) > 128) === light;
          image.data.fill(light ? 0 : 255, i, i + 3);
          image.data[i + 3] = away ? 0 : 255;
        }
        context.putImageData(image, 0, 0);
      }
      const blob = await canvas.convertToBlob({ type, quality: 0.9 });
      const data = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
      return btoa(text);
    },
    code.toString("base64"),
    type,
    how,
    COVERED,
  );
  return Buffer.from(base64, "base64");
};

/** Which pixels of the code's picture are dark. */
const ofTwoLevels = () =>
  page.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d"));
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return { width: bitmap.width, height: bitmap.height, dark: Array.from({ length: data.length / 4 }, (_, i) => ((data[i * 4 + 1] ?? 0) < 128 ? 1 : 0)).join("") };
  }, code.toString("base64"));

/** As a scanner writes it, without compression (TIFF 6.0, section 4). */
const scanned = async () => {
  const { width, height, dark } = await ofTwoLevels();
  const START = 122;
  // Width, height, bits, no compression, black is 0, where, samples, rows, how many bytes.
  const tags = [[256, width], [257, height], [258, 8], [259, 1], [262, 1], [273, START], [277, 1], [278, height], [279, width * height]];
  const bytes = new DataView(new ArrayBuffer(START + width * height));
  bytes.setUint32(0, 0x002a4949, true);
  bytes.setUint32(4, 8, true);
  bytes.setUint16(8, tags.length, true);
  tags.forEach(([tag = 0, value = 0], i) => {
    bytes.setUint32(10 + i * 12, tag | (4 << 16), true);
    bytes.setUint32(14 + i * 12, 1, true);
    bytes.setUint32(18 + i * 12, value, true);
  });
  [...dark].forEach((pixel, i) => bytes.setUint8(START + i, pixel === "1" ? 0 : 255));
  return new Uint8Array(bytes.buffer);
};

/** An animation whose first picture is the code and whose second is white, without compression (GIF 89a). */
const animated = async () => {
  const { width, height, dark } = await ofTwoLevels();
  const size = [width & 255, width >> 8, height & 255, height >> 8];
  /** @param {number[]} pixels 0 and 1 */
  const frame = (pixels) => {
    // Codes of three bits: 4 clears the table, so that it never grows, 5 ends.
    const codes = pixels.flatMap((pixel, i) => (i % 2 === 0 ? [4, pixel] : [pixel]));
    const bits = [...codes, 5].flatMap((code) => [code & 1, (code >> 1) & 1, code >> 2]);
    const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((sum, bit, at) => sum | (bit << at), 0));
    const blocks = Array.from({ length: Math.ceil(bytes.length / 255) }, (_, i) => bytes.slice(i * 255, i * 255 + 255));
    return [0x21, 0xf9, 4, 0, 50, 0, 0, 0, 0x2c, 0, 0, 0, 0, ...size, 0, 2, ...blocks.flatMap((block) => [block.length, ...block]), 0];
  };
  const head = [...Buffer.from("GIF89a"), ...size, 0x80, 0, 0, 255, 255, 255, 0, 0, 0];
  const pixels = [...dark].map(Number);
  return [...head, ...frame(pixels), ...frame(pixels.map(() => 0)), 0x3b];
};

/** What a PNG and a JPEG begin with that claim to be so big. */
const vast = {
  png: [...Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xf0\0\0\0\xf0\0\x08\x02\0\0\0", "latin1")],
  jpeg: [0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0xff, 0xff, 0xff, 0xff, 3],
};

/** The lower part of the code in the picture. */
const COVERED = { x: 0, y: 195, width: 560, height: 225 };

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>';

test("pictures that the browser can open are read, whatever they call themselves", async () => {
  await isRead(file(code, "code.png", "image/png"));
  await isRead(file(code, "code", ""));
  await isRead(file(code, "code.txt", "text/plain"));
  await isRead(file(code, "code.jpg", "image/jpeg"));
  await isRead(file(await redrawn("image/jpeg", "same"), "jpeg.png", "image/png"));
  await isRead(file(await redrawn("image/webp", "same"), "code.webp", "image/webp"));
});

test("transparent pictures, animations, TIFF and pictures larger than the scanner takes are read", async () => {
  await isRead(file(await redrawn("image/png", "through the light"), "dark-on-nothing.png", "image/png"));
  await isRead(file(await redrawn("image/png", "through the dark"), "light-on-nothing.png", "image/png"));
  await isRead(file(await animated(), "animated.gif", "image/gif"));
  const tiff = await scanned();
  await isRead(file(tiff, "scanned.tif", ""));
  await isRefused(file(tiff.subarray(0, 4000), "cut.tif", "image/tiff"), "notAPicture");
  // 5040 x 3780, 19 million pixels.
  await isRead(file(await redrawn("image/jpeg", "huge"), "huge.jpg", "image/jpeg"));
});

test("why a code was not read is said beside one that was", async () => {
  await drop(file(await redrawn("image/png", "beside a covered one"), "two.png", "image/png"));
  // What is said of the account that is offered does not take its place.
  await page.waitForFunction(() => document.querySelector("[data-pending-account]") && document.querySelector("#notice[data-notice='someCovered']"));
  await dismiss();
});

test("every file that cannot be scanned has its sentence", async () => {
  const dot = await page.evaluate(async () => {
    const sizes = [[1, 1], [1, 300], [300, 1]];
    return Promise.all(sizes.map(async ([width = 1, height = 1]) => {
      const canvas = new OffscreenCanvas(width, height);
      canvas.getContext("2d")?.fillRect(0, 0, width, height);
      return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
    }));
  });
  for (const bytes of dot) await isRefused(file(bytes, "dot.png", "image/png"), "noQrInPicture");
  await isRefused(file([], "empty.png", "image/png"), "emptyFile");
  await isRefused(file(vast.png, "vast.png", "image/png"), "pictureTooLarge");
  await isRefused(file(vast.jpeg, "vast.jpg", "image/jpeg"), "pictureTooLarge");
  await isRefused(file(code.subarray(0, 40), "cut.png", "image/png"), "notAPicture");
  // Firefox opens as much of it as there is: a code of which part is missing.
  await isRefused(file(code.subarray(0, code.length >> 1), "half.png", "image/png"), inFirefox ? "coveredQr" : "notAPicture");
  await isRefused(file("otpauth is not a picture", "text.png", "image/png"), "notAPicture");
  await isRefused(file(SVG, "drawing.svg", "image/svg+xml"), "svgPicture");
  await isRefused(file(SVG, "drawing.png", "image/png"), "svgPicture");
});

test("after a trap the scanner is made anew, and reads the next picture", async () => {
  const outcomes = await page.evaluate(
    async (base64, script) => {
      /** @type {Pick<typeof import("../../dist/chromium/scan.js"), "look" | "warm">} */
      const { look, warm } = await import(script);
      const picture = new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]);
      const outcome = () => look(picture).then(({ payloads }) => payloads.length, (error) => error.code);
      const before = await outcome();
      const spoilt = await warm();
      // More than there is: it aborts with its state half changed.
      let trapped = false;
      try {
        spoilt.room(0xfffffff0);
      } catch (error) {
        trapped = error instanceof WebAssembly.RuntimeError;
      }
      return [before, trapped, await outcome(), await outcome(), (await warm()) === spoilt];
    },
    code.toString("base64"),
    rig.url("scan.js"),
  );
  assert.deepEqual(outcomes, [1, true, "broken", 1, false]);
});
