// A browser that an organisation manages: the policy lies where the browser itself looks for one, and concerns nothing
// but this one copy of the package or of the browser, so that nobody else on this machine hears of it.
import { accessSync, constants, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** @typedef {Record<string, unknown>} Policy */

const ROOT = join(import.meta.dirname, "../..");
const CHROMIUM_LOOKS_IN = "/etc/chromium/policies/managed";

/** Why this machine's Chromium cannot be managed from here, or `false`. */
export const unmanageable = () => {
  const reason = whyNot();
  if (reason) console.error(reason);
  return reason;
};

const whyNot = () => {
  const browser = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!browser.includes("chromium")) return `SKIPPED: ${browser} is not Chromium, and Chrome and Edge take no extension from the command line.`;
  try {
    mkdirSync(CHROMIUM_LOOKS_IN, { recursive: true });
    accessSync(CHROMIUM_LOOKS_IN, constants.W_OK);
    return false;
  } catch {
    return `SKIPPED: ${CHROMIUM_LOOKS_IN} cannot be written, so Chromium cannot be managed here.`;
  }
};

/** The package in a folder of its own, and so under an id of its own, which the policy names. @param {Policy} policy @param {Policy} [settings] the browser's own for the extension */
export const manageChromium = (policy, settings) => {
  const place = mkdtempSync(join(tmpdir(), "tofaktor-managed-"));
  const folder = join(place, "extension");
  cpSync(join(ROOT, "dist/chromium"), folder, { recursive: true });
  const { key: _, ...manifest } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  // Without a key it is the folder's hash, in the letters a to p.
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 32);
  const id = hash.replace(/./g, (digit) => String.fromCharCode("a".charCodeAt(0) + Number.parseInt(digit, 16)));
  const file = join(CHROMIUM_LOOKS_IN, `tofaktor-test-${id}.json`);
  const decide = (/** @type {Policy} */ decisions) => writeFileSync(file, JSON.stringify({ "3rdparty": { extensions: { [id]: decisions } }, ...(settings && { ExtensionSettings: { [id]: settings } }) }));
  decide(policy);
  return {
    folder,
    id,
    decide,
    end: () => {
      rmSync(file, { force: true });
      rmSync(place, { recursive: true, force: true });
    },
  };
};

/** A Firefox whose folder is a mirror of the installed one, but for its policies. @param {string} executable @param {string} id @param {Policy} policy @param {Policy} [settings] the browser's own for the extension */
export const manageFirefox = (executable, id, policy, settings) => {
  const place = mkdtempSync(join(tmpdir(), "tofaktor-managed-"));
  const program = realpathSync(executable);
  const installed = dirname(program);
  for (const name of readdirSync(installed)) {
    if (name === "distribution") continue;
    // It finds its folder by where it lies itself.
    if (name === basename(program)) cpSync(program, join(place, name));
    else symlinkSync(join(installed, name), join(place, name));
  }
  mkdirSync(join(place, "distribution"));
  writeFileSync(join(place, "distribution/policies.json"), JSON.stringify({ policies: { "3rdparty": { Extensions: { [id]: policy } }, ...(settings && { ExtensionSettings: { [id]: settings } }) } }));
  return { executable: join(place, basename(program)), end: () => rmSync(place, { recursive: true, force: true }) };
};
