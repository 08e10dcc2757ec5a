// Lays advisories.txt out as the database that `cargo deny` looks for, where there is none yet:
// node .build/advisories.mjs FOLDER. Fails for a crate of which nobody has looked up whether there is anything.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const lines = readFileSync(join(import.meta.dirname, "advisories.txt"), "utf8").split("\n");
const advisories = lines.filter((line) => line.includes(" | ") && !line.startsWith("#")).map((line) => line.split("|").map((cell) => cell.trim()));
const clean = lines.filter((line) => line.startsWith("none: ")).flatMap((line) => line.slice("none: ".length).split(" "));

const locked = readFileSync("Cargo.lock", "utf8").matchAll(/^name = "(.*)"\nversion = .*\nsource = /gm);
const known = new Set([...clean, ...advisories.map(([crate]) => crate)]);
const unknown = new Set([...locked].map(([, name]) => name).filter((name) => !known.has(name)));
if (unknown.size > 0) throw new Error(`.build/advisories.txt says nothing of ${[...unknown].join(", ")}: look them up in the database, and add them.`);

/** @param {string | undefined} text alternatives by comma, the bounds of one by a space before a sign */
const versions = (text = "") => JSON.stringify(text.split(",").map((one) => one.trim().replace(/(\d) ([<>])/g, "$1, $2")).filter(Boolean));

const [, , folder] = process.argv;
if (!folder) throw new Error("In which folder? It is emptied, and becomes a repository.");
rmSync(folder, { recursive: true, force: true });
for (const [crate = "", id = "", date, kind, patched, unaffected, what] of advisories) {
  mkdirSync(join(folder, "crates", crate), { recursive: true });
  const informational = kind === "vulnerability" ? "" : `informational = ${JSON.stringify(kind)}\n`;
  const facts = `[advisory]\nid = "${id}"\npackage = "${crate}"\ndate = "${date}"\n${informational}\n[versions]\npatched = ${versions(patched)}\nunaffected = ${versions(unaffected)}\n`;
  writeFileSync(join(folder, "crates", crate, `${id}.md`), `\`\`\`toml\n${facts}\`\`\`\n\n# ${what}\n\nhttps://rustsec.org/advisories/${id}\n`);
}
// So that nobody takes it for the database itself.
writeFileSync(join(folder, ".copy"), "");
// It has to be a repository.
const git = (/** @type {string[]} */ ...words) => execFileSync("git", ["-C", folder, "-c", "user.name=-", "-c", "user.email=-", "-c", "commit.gpgsign=false", ...words]);
git("init", "--quiet");
git("add", "--all");
git("commit", "--quiet", "--message", "advisories.txt");
