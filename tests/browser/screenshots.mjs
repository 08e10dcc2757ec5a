// Every state of every page, in every language, light and dark, and once each at 320 pixels, with text
// at 200 % and in forced colours, into target/screenshots/ with a contact sheet, on which those that differ from the ones
// that were looked at last come first:   node tests/browser/screenshots.mjs [--looked] [PART OF A STATE'S NAME...]
// `--looked` keeps what is drawn as what was looked at. That nothing has changed is no promise; the list is for a person.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, open } from "./ui-rig.mjs";
import { STATES, show } from "./ui-states.mjs";

const OUT = join(ROOT, "target/screenshots");
const LANGUAGES = ["en", "nb", "nn"];
const LOOKS = /** @type {const} */ (["light", "dark"]);
/** What is looked at in one language. @type {Record<string, import("./ui-rig.mjs").Look>} */
const ODD = { "320": { width: 320, height: 640 }, "200": {}, forced: { forced: true, look: "dark" } };
/** Pictures that a person has looked at. */
const LOOKED = join(ROOT, "target/looked-at");
/** A channel may differ by so much, and so many pixels in a thousand by more: codes and the countdown are another each time. */
const SHADE = 24;
const IN_A_THOUSAND = 12;
const isLooked = process.argv.includes("--looked");
const parts = process.argv.slice(2).filter((part) => part !== "--looked");
const wanted = STATES.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));

if (parts.length === 0) await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const rig = await open();
/** @type {string[]} */
const made = [];

/** Names of pictures that are new or differ, and by how many pixels in a thousand. @type {Map<string, string>} */
const changed = new Map();

/** How many pixels in a thousand differ between two pictures. @param {Buffer} before @param {Buffer} after */
const difference = async (before, after) =>
  (await rig.desk()).evaluate(
    async (files, shade) => {
      const draw = async (/** @type {string} */ file) => {
        const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(file), (c) => c.charCodeAt(0))]));
        const { width, height } = bitmap;
        const context = new OffscreenCanvas(width, height).getContext("2d");
        context?.drawImage(bitmap, 0, 0);
        return { width, height, data: context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray() };
      };
      const [one, other] = await Promise.all(files.map(draw));
      if (!one || !other || one.width !== other.width || one.height !== other.height) return 1000;
      let differ = 0;
      for (let at = 0; at < one.data.length; at += 4)
        if ([0, 1, 2].some((channel) => Math.abs((one.data[at + channel] ?? 0) - (other.data[at + channel] ?? 0)) > shade)) differ += 1;
      return (1000 * differ) / (one.width * one.height);
    },
    [before, after].map((file) => file.toString("base64")),
    SHADE,
  );

/** @param {string} name @param {Uint8Array} picture */
const compare = async (name, picture) => {
  const before = await readFile(join(LOOKED, name)).catch(() => undefined);
  if (!before) return void changed.set(name, "new");
  if (before.equals(picture)) return;
  const differs = await difference(before, Buffer.from(picture));
  if (differs > IN_A_THOUSAND) changed.set(name, `${differs.toFixed(0)} ‰`);
};

/** @param {import("./ui-states.mjs").State} state @param {string} suffix @param {import("./ui-rig.mjs").Look} look @param {boolean} [large] */
const draw = async (state, suffix, look, large) => {
  const page = await show(rig, state, look);
  const name = `${state.name}.${suffix}.png`;
  if (large) await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  // A moment for what fades in; the popup is drawn as high as the browser would make it.
  await new Promise((resolve) => setTimeout(resolve, 80));
  const picture = await page.screenshot({ path: /** @type {`${string}.png`} */ (join(OUT, name)) });
  await page.close();
  await compare(name, picture);
  made.push(name);
};

try {
  for (const state of wanted) {
    for (const language of LANGUAGES) for (const look of LOOKS) await draw(state, `${language}.${look}`, { language, look });
    for (const [name, look] of Object.entries(ODD)) await draw(state, `nb.${name}`, { language: "nb", ...look }, name === "200");
  }
} finally {
  await rig.close();
}
made.sort((one, other) => Number(changed.has(other)) - Number(changed.has(one)));
const figures = made.map((name) => `<figure><img loading="lazy" src="${name}" alt=""><figcaption>${name.replace(".png", "")} <b>${changed.get(name) ?? ""}</b></figcaption></figure>`);
await writeFile(
  join(OUT, "index.html"),
  `<!doctype html><meta charset="utf-8"><title>Tofaktor</title><style>body{font:14px system-ui;display:grid;grid-template-columns:repeat(auto-fill,minmax(360px,1fr));gap:16px;background:#888}figure{margin:0}img{max-width:100%}</style>${figures.join("\n")}\n`,
);
console.log(`${made.length} pictures in ${OUT}; ${rig.complaints.length} complaints`);
for (const complaint of rig.complaints) console.log(complaint);
console.log(`${changed.size} are new or differ by more than ${IN_A_THOUSAND} ‰ of their pixels from those that were looked at`);
for (const [name, how] of changed) console.log(`  ${name}: ${how}`);
if (isLooked) await cp(OUT, LOOKED, { recursive: true });
