// What a store serves, compared with what is built here: `node .build/served.mjs FILE.crx|FILE.xpi [FOLDER]`. A store puts
// its signature into the file, and Chrome's writes where it looks for updates into the manifest; whatever else differs is said.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

/** What a store adds: its signatures, and nothing else beside them. */
const SIGNATURES = /^(_metadata\/verified_contents\.json|META-INF\/(manifest\.mf|mozilla\.(sf|rsa)|cose\.(manifest|sig)))$/;
/** What is built and not packed. */
const NOT_PACKED = /\.d\.ts$/;

/** The archive in a file: a CRX has a head before it (CRX3: magic, version, length of the head). @param {Buffer} file */
const archive = (file) => {
  if (file.toString("latin1", 0, 4) !== "Cr24") return file;
  if (file.readUInt32LE(4) !== 3) throw new Error("This is a CRX of another version than 3.");
  return file.subarray(12 + file.readUInt32LE(8));
};

/** Every file below a folder, by its path. @param {string} folder @returns {Map<string, Buffer>} */
const files = (folder) => {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(all.map(({ parentPath, name }) => join(parentPath, name)).map((path) => [relative(folder, path).replaceAll("\\", "/"), readFileSync(path)]));
};

/** Without what the store writes into it. @param {Buffer} file */
const manifest = (file) => {
  const { update_url: _, key: __, ...ours } = JSON.parse(String(file));
  return JSON.stringify(ours);
};

/** What differs, a sentence each. @param {string} served the store's file @param {string} folder what was built */
export const differences = (served, folder) => {
  const place = mkdtempSync(join(tmpdir(), "tofaktor-served-"));
  try {
    const zip = join(place, "served.zip");
    writeFileSync(zip, archive(readFileSync(served)));
    const names = execFileSync("unzip", ["-Z1", zip], { encoding: "utf8" }).split("\n").filter(Boolean);
    // Which of two a browser takes is not for us to guess.
    const twice = names.filter((name, at) => names.indexOf(name) !== at);
    if (twice.length > 0) return twice.map((name) => `${name} is there twice.`);
    execFileSync("unzip", ["-q", zip, "-d", join(place, "served")], { stdio: ["ignore", "ignore", "inherit"] });
    const theirs = files(join(place, "served"));
    const ours = files(folder);
    const said = [];
    for (const path of theirs.keys()) if (!ours.has(path) && !SIGNATURES.test(path)) said.push(`${path} is in what the store serves alone.`);
    for (const [path, bytes] of ours) {
      const other = theirs.get(path);
      if (NOT_PACKED.test(path)) continue;
      const isSame = other && (path === "manifest.json" ? manifest(other) === manifest(bytes) : other.equals(bytes));
      if (!other) said.push(`${path} is missing in what the store serves.`);
      else if (!isSame) said.push(`${path} is another.`);
    }
    return said.sort();
  } finally {
    rmSync(place, { recursive: true });
  }
};

if (process.argv[1] === import.meta.filename) {
  const [served, folder] = process.argv.slice(2);
  if (!served || !folder) throw new Error("node .build/served.mjs FILE FOLDER");
  const said = differences(served, folder);
  console.log(said.length > 0 ? said.join("\n") : `${served} is what was built, but for the store's signature and what it writes into the manifest.`);
  process.exitCode = said.length > 0 ? 1 : 0;
}
