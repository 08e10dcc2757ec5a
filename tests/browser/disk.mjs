// Looks for things in every file that a browser left on disk.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { base32 } from "./tenant.mjs";

/** Where each browser keeps what an extension stores. */
export const STORES = {
  chromium: /^Default\/(Local Extension Settings|Sync Extension Settings|IndexedDB\/chrome-extension_|File System)/,
  firefox: /^storage\/(default|temporary|permanent)\/moz-extension\+\+\+/,
};

/** Every spelling of a secret that somebody might have written. @param {Uint8Array} secret @returns {[string, Buffer][]} */
export function spellings(secret) {
  const bytes = Buffer.from(secret);
  // Inside a longer text, base64 comes in three alignments, and only whole groups of it can be known.
  const base64 = [0, 1, 2].map((skip) => {
    const whole = Buffer.concat([Buffer.alloc(skip), bytes]).toString("base64");
    return whole.slice(skip === 0 ? 0 : 4, whole.length - 4);
  });
  /** @type {[string, string][]} */
  const texts = [
    ["base32", base32(bytes)],
    ["base32 in capitals", base32(bytes).toUpperCase()],
    ["hex", bytes.toString("hex")],
    ["hex in capitals", bytes.toString("hex").toUpperCase()],
    ...base64.map((text, i) => /** @type {[string, string]} */ ([`base64, alignment ${i}`, text])),
    ...base64.map((text, i) => /** @type {[string, string]} */ ([`base64url, alignment ${i}`, text.replaceAll("+", "-").replaceAll("/", "_")])),
    ["a list of numbers", [...bytes].join(",")],
  ];
  return [["raw", bytes], ...texts.flatMap(([name, text]) => both(name, text))];
}

/** A text as the two encodings that browsers write. @param {string} name @param {string} text @returns {[string, Buffer][]} */
export const both = (name, text) => [
  [name, Buffer.from(text, "utf8")],
  [`${name}, UTF-16`, Buffer.from(text, "utf16le")],
];

/** A file, unless what the browser leaves behind has taken it away since it was listed. @param {string} path */
const readIfThere = (path) => {
  try {
    return readFileSync(path);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined;
    throw error;
  }
};

/** @param {string} folder @param {[string, Buffer][]} needles @param {RegExp} [where] of paths inside the folder */
export function findOnDisk(folder, needles, where = /^/) {
  const hits = [];
  let files = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !where.test(relative(folder, path))) continue;
    const content = readIfThere(path);
    if (!content) continue;
    files += 1;
    for (const [name, needle] of needles) {
      if (content.includes(needle)) hits.push(`${name} in ${relative(folder, path)}`);
    }
  }
  return { hits, files };
}
