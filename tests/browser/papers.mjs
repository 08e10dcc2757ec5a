// The sheets that are handed out, as one page of A4 each: `./build.sh store` writes them into target/papers/.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./harness.mjs";

export const SHEETS = ["for-elever", "for-laerere"];

const STYLE = `
  @page { size: A4; margin: 11mm 16mm }
  body { font: 11pt/1.4 system-ui, sans-serif; color: #111 }
  h1 { font-size: 20pt; margin: 0 0 2mm }
  h2 { font-size: 13pt; margin: 4mm 0 1mm }
  p, ol, ul { margin: 1mm 0 }
  li { margin: 1mm 0 }
  img { display: block; height: 52mm; margin: 3mm auto; border: 1px solid #ccc }
  a { color: inherit }`;

/** @param {string} text */
const words = (text) =>
  text
    .replace(/[&<]/g, (letter) => (letter === "&" ? "&amp;" : letter))
    .replace(/<(https:[^>]+)>/g, '<a href="$1">$1</a>')
    .replace(/!\[([^\]]+)\]\(\.\.\/([^)]+)\)/g, (_, name, path) => `<img alt="${name}" src="data:image/png;base64,${readFileSync(join(ROOT, path), "base64")}">`)
    .replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/\*([^*]+)\*/g, "<em>$1</em>");

/** As much of Markdown as the sheets have: headings, lists, paragraphs. @param {string} text */
const html = (text) =>
  text
    .trim()
    .split(/\n\n+/)
    .map((block) => {
      const [, marks = "", title] = block.match(/^(#+) (.*)$/) ?? [];
      if (title) return `<h${marks.length}>${words(title)}</h${marks.length}>`;
      const list = /^\d+\. /.test(block) ? "ol" : block.startsWith("- ") ? "ul" : undefined;
      if (!list) return `<p>${words(block)}</p>`;
      return `<${list}>${block.split("\n").map((line) => `<li>${words(line.replace(/^(\d+\.|-) /, ""))}</li>`).join("")}</${list}>`;
    })
    .join("\n");

/** @param {import("puppeteer-core").Page} page @param {string} sheet */
export const print = async (page, sheet) => {
  const text = readFileSync(join(ROOT, `docs/${sheet}.md`), "utf8");
  await page.setContent(`<!doctype html><html lang="nb"><title>${text.match(/^# (.*)/)?.[1]}</title><style>${STYLE}</style>${html(text)}`, { waitUntil: "load" });
  return Buffer.from(await page.pdf({ preferCSSPageSize: true, tagged: true }));
};
