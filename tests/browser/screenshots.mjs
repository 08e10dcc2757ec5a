// Every state of every page, in every language, light and dark, and once each at 320 pixels, with text
// at 200 % and in forced colours, into target/screenshots/ with a contact sheet:   node tests/browser/screenshots.mjs [PART OF A STATE'S NAME...]
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, open } from "./ui-rig.mjs";
import { STATES, show } from "./ui-states.mjs";

const OUT = join(ROOT, "target/screenshots");
const LANGUAGES = ["en", "nb", "nn"];
const LOOKS = /** @type {const} */ (["light", "dark"]);
/** What is looked at in one language. @type {Record<string, import("./ui-rig.mjs").Look>} */
const ODD = { "320": { width: 320, height: 640 }, "200": {}, forced: { forced: true, look: "dark" } };
const parts = process.argv.slice(2);
const wanted = STATES.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));

if (parts.length === 0) await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const rig = await open();
/** @type {string[]} */
const made = [];

/** @param {import("./ui-states.mjs").State} state @param {string} suffix @param {import("./ui-rig.mjs").Look} look @param {boolean} [large] */
const draw = async (state, suffix, look, large) => {
  const page = await show(rig, state, look);
  const name = `${state.name}.${suffix}.png`;
  if (large) await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  // A moment for what fades in; the popup is drawn as high as the browser would make it.
  await new Promise((resolve) => setTimeout(resolve, 80));
  await page.screenshot({ path: /** @type {`${string}.png`} */ (join(OUT, name)) });
  await page.close();
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
const figures = made.map((name) => `<figure><img loading="lazy" src="${name}" alt=""><figcaption>${name.replace(".png", "")}</figcaption></figure>`);
await writeFile(
  join(OUT, "index.html"),
  `<!doctype html><meta charset="utf-8"><title>Tofaktor</title><style>body{font:14px system-ui;display:grid;grid-template-columns:repeat(auto-fill,minmax(360px,1fr));gap:16px;background:#888}figure{margin:0}img{max-width:100%}</style>${figures.join("\n")}\n`,
);
console.log(`${made.length} pictures in ${OUT}; ${rig.complaints.length} complaints`);
for (const complaint of rig.complaints) console.log(complaint);
