// Pictures of our pages, made small, beside those that a person has looked at last. That nothing has changed is no promise:
// what has is on a list, for a person. RECORD=1 keeps the pictures of this run as those that were looked at.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./ui-rig.mjs";

const FILE = join(ROOT, "tests/vectors/pictures.txt");
/** The browser draws it so much smaller, and of that so many pixels to a side become one of sixteen shades. */
const SCALE = 0.25;
const SQUARE = 5;
/** A square may differ by so many shades, and so many squares in a thousand by more. */
export const TOLERANCE = { shades: 1, inAThousand: 4 };

/** What is another each time stands still: digits, codes to write down, what runs. @param {import("./ui-rig.mjs").Page} page */
const still = (page) =>
  page.evaluate(() => {
    // The pages' policy takes no other style of somebody else's.
    const style = new CSSStyleSheet();
    style.replaceSync("*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important } .countdown, .hide-countdown, .qr svg, .paper svg { visibility: hidden !important }");
    document.adoptedStyleSheets.push(style);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    /** @type {[Node, string | null][]} */
    const were = [];
    while (walk.nextNode()) {
      const { currentNode: node } = walk;
      were.push([node, node.nodeValue]);
      node.nodeValue = node.parentElement?.closest(".groups, .paper code") ? "0000" : (node.nodeValue?.replace(/\d+/g, (digits) => "0".repeat(Math.min(digits.length, 3))) ?? "");
    }
    Object.assign(globalThis, {
      movesAgain: () => {
        document.adoptedStyleSheets = [];
        for (const [node, was] of were) node.nodeValue = was;
      },
    });
  });

/** The page in shades, row by row, after the number of squares in a row. @param {import("./ui-rig.mjs").Rig} rig @param {import("./ui-rig.mjs").Page} page */
export const drawn = async (rig, page) => {
  await still(page);
  const seen = await page.evaluate(() => ({ x: scrollX, y: scrollY, width: innerWidth, height: innerHeight }));
  // Puppeteer forgets the scale of a picture that is not to go beyond what is seen.
  const session = await page.createCDPSession();
  const { data: picture } = await session.send("Page.captureScreenshot", { optimizeForSpeed: true, captureBeyondViewport: false, clip: { ...seen, scale: SCALE } });
  await session.detach();
  await page.evaluate(() => /** @type {any} */ (globalThis).movesAgain());
  return (await rig.desk()).evaluate(
    async (base64, square) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
      const [columns, rows] = [Math.ceil(bitmap.width / square), Math.ceil(bitmap.height / square)];
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
      context?.drawImage(bitmap, 0, 0);
      const { data } = /** @type {ImageData} */ (context?.getImageData(0, 0, bitmap.width, bitmap.height));
      const [sums, counts] = [new Float64Array(columns * rows), new Float64Array(columns * rows)];
      for (let at = 0; at < data.length; at += 4) {
        const [x, y] = [(at / 4) % bitmap.width, Math.floor(at / 4 / bitmap.width)];
        const cell = Math.floor(y / square) * columns + Math.floor(x / square);
        sums[cell] = (sums[cell] ?? 0) + 0.3 * (data[at] ?? 0) + 0.6 * (data[at + 1] ?? 0) + 0.1 * (data[at + 2] ?? 0);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      return `${columns} ${[...sums].map((sum, cell) => Math.min(15, Math.floor(sum / (counts[cell] ?? 1) / 16)).toString(16)).join("")}`;
    },
    picture,
    SQUARE,
  );
};

/** How many squares in a thousand differ. @param {string} before @param {string} after */
export const difference = (before, after) => {
  const [[wide, one = ""], [other, two = ""]] = [before.split(" "), after.split(" ")];
  if (wide !== other || one.length !== two.length) return 1000;
  const differ = [...one].filter((shade, at) => Math.abs(parseInt(shade, 16) - parseInt(two[at] ?? "", 16)) > TOLERANCE.shades).length;
  return (1000 * differ) / one.length;
};

export class Looked {
  /** @type {Map<string, string>} */
  pictures = new Map();

  /** Those that were looked at last, by name. */
  static last() {
    const lines = readFileSync(FILE, "utf8").split("\n").filter(Boolean);
    return new Map(lines.map((line) => /** @type {[string, string]} */ ([line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)])));
  }

  /** What is to be looked at again; one sentence, and a line for each. @param {string[]} names of all that there are: others are forgotten, and those that were not drawn stay as they were looked at */
  report(names) {
    if (process.env.RECORD) {
      const all = [...Looked.last(), ...this.pictures].filter(([name]) => names.includes(name));
      writeFileSync(FILE, [...new Map(all)].sort().map(([name, picture]) => `${name} ${picture}\n`).join(""));
    }
    const last = Looked.last();
    const lines = [...this.pictures].flatMap(([name, picture]) => {
      const before = last.get(name);
      const differs = before === undefined ? 1000 : difference(before, picture);
      return differs > TOLERANCE.inAThousand ? [`  ${name}: ${before === undefined ? "new" : `${differs.toFixed(0)} ‰`}`] : [];
    });
    return [`${lines.length} of ${this.pictures.size} pictures are not as they were looked at last (more than ${TOLERANCE.inAThousand} ‰ of the squares by more than ${TOLERANCE.shades} of 16 shades)`, ...lines].join("\n");
  }
}
