// Every state of every page, in every language, in light, dark and forced colours, at 320 pixels and with text at 200 %, into
// target/screenshots/ with a sheet. It shows one language and one look at a time, so that a state stays in its place while they
// are changed: all of it is fifteen times a hundred pictures, seen in five minutes. Those that differ from the ones that
// were looked at last come first:   node tests/browser/screenshots.mjs [--looked] [PART OF A STATE'S NAME...]
// `--looked` keeps what is drawn as what was looked at. That nothing has changed is no promise; the list is for a person.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT, emulate, open } from "./ui-rig.mjs";
import { LANGUAGES, STATES, show } from "./ui-states.mjs";

const OUT = join(ROOT, "target/screenshots");
/** Text of 24 pixels has no picture of its own: at 200 % it is larger, and what goes beyond an edge is measured at both. @type {Record<string, import("./ui-rig.mjs").Look & { large?: boolean }>} */
const LOOKS = { light: {}, dark: { look: "dark" }, forced: { look: "dark", forced: true }, "320px": { width: 320, height: 640 }, "200pc": { large: true } };
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
/** @type {{ file: string, state: string, language: string, look: string }[]} */
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

/** The page is loaded once for all that it is looked at in. @param {import("./ui-states.mjs").State} state @param {string} language */
const draw = async (state, language) => {
  const page = await show(rig, state, { language });
  const usual = page.viewport();
  for (const [name, { large, width, height, ...wish }] of Object.entries(LOOKS)) {
    await emulate(page, wish);
    if (width && height) await page.setViewport({ width, height });
    else if (usual && page.viewport()?.width !== usual.width) await page.setViewport(usual);
    await page.evaluate(async (size) => {
      document.documentElement.style.fontSize = size;
      // What is drawn next has it.
      for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    }, large ? "200%" : "");
    const file = `${state.name}.${language}.${name}.png`;
    const picture = await page.screenshot({ path: /** @type {`${string}.png`} */ (join(OUT, file)) });
    await compare(file, picture);
    made.push({ file, state: state.name, language, look: name });
  }
  await page.close();
};

try {
  for (const state of wanted) for (const language of LANGUAGES) await draw(state, language);
} finally {
  await rig.close();
}
const isNews = (/** @type {string} */ state) => Number(made.some((picture) => picture.state === state && changed.has(picture.file)));
made.sort((one, other) => isNews(other.state) - isNews(one.state));
/** @param {string} group @param {string[]} values */
const choice = (group, values) => [...values, "all"].map((value, at) => `<label><input type="radio" name="${group}" value="${value}"${at === 0 ? " checked" : ""}> ${value}</label>`).join(" ");
/** @param {string} group @param {string[]} values */
const hiding = (group, values) => values.map((value) => `body:has([name="${group}"][value="${value}"]:checked) figure:not([data-${group}="${value}"])`);
/** @type {[string, string[]][]} */
const groups = [["language", LANGUAGES], ["look", Object.keys(LOOKS)]];
const figures = made.map(({ file, state, language, look }) => {
  const differs = changed.get(file);
  return `<figure data-language="${language}" data-look="${look}"${differs ? " data-changed" : ""}><a href="${file}"><img loading="lazy" src="${file}" alt=""></a><figcaption>${state} ${language} ${look} <b>${differs ?? ""}</b></figcaption></figure>`;
});
await writeFile(
  join(OUT, "index.html"),
  `<!doctype html><meta charset="utf-8"><title>Tofaktor</title><style>
body{font:14px system-ui;margin:0;background:#888}
form{position:sticky;top:0;padding:8px;background:#fff;display:flex;gap:8px 32px;flex-wrap:wrap}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(360px,1fr));gap:16px;padding:16px}
figure{margin:0}img{max-width:100%}
${[...groups.flatMap(([group, values]) => hiding(group, values)), "body:has([name=changed]:checked) figure:not([data-changed])"].join(",\n")}{display:none}
</style><form><b>${new Set(made.map(({ state }) => state)).size} states</b>${groups.map(([group, values]) => `<span>${choice(group, values)}</span>`).join("")}<label><input type="checkbox" name="changed"> changed alone (${changed.size})</label></form>
<main>${figures.join("\n")}</main>\n`,
);
console.log(`${made.length} pictures in ${OUT}; ${rig.complaints.length} complaints`);
for (const complaint of rig.complaints) console.log(complaint);
console.log(`${changed.size} are new or differ by more than ${IN_A_THOUSAND} ‰ of their pixels from those that were looked at`);
for (const { name } of wanted) {
  const news = made.filter(({ state, file }) => state === name && changed.has(file));
  if (news.length > 0) console.log(`  ${name}: ${news.map(({ language, look, file }) => `${language} ${look} ${changed.get(file)}`).join(", ")}`);
}
if (isLooked) await cp(OUT, LOOKED, { recursive: true });
