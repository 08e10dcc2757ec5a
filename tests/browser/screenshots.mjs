// Every state of every page, in every language, light and dark, into target/screenshots/ with a
// contact sheet:   node tests/browser/screenshots.mjs [PART OF A STATE'S NAME...]
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, open } from "./ui-rig.mjs";
import { STATES, show } from "./ui-states.mjs";

const OUT = join(ROOT, "target/screenshots");
const LANGUAGES = ["en", "nb", "nn"];
const LOOKS = /** @type {const} */ (["light", "dark"]);
const parts = process.argv.slice(2);
const wanted = STATES.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));

if (parts.length === 0) await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const rig = await open();
/** @type {string[]} */
const made = [];
try {
  for (const state of wanted)
    for (const language of LANGUAGES)
      for (const look of LOOKS) {
        const page = await show(rig, state, { language, look });
        const name = `${state.name}.${language}.${look}.png`;
        // A moment for what fades in; the popup is drawn as high as the browser would make it.
        await new Promise((resolve) => setTimeout(resolve, 80));
        await page.screenshot({ path: /** @type {`${string}.png`} */ (join(OUT, name)) });
        await page.close();
        made.push(name);
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
