// What both packages ask of the browser, and that everything they name is there.
import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../..");
/** By which policies and people know it. */
const CHROMIUM_ID = "hjbbfnmpdochkcnijcngakileeomikeb";

/** @param {string} browser */
const manifestOf = (browser) => JSON.parse(readFileSync(join(root, "dist", browser, "manifest.json"), "utf8"));

for (const browser of ["chromium", "firefox"]) {
  const manifest = manifestOf(browser);
  const dist = join(root, "dist", browser);

  test(`${browser}: asks for no more than it needs`, () => {
    const allowed = new Set(["activeTab", "scripting", "storage", "alarms", "idle", "contextMenus"]);
    assert.deepEqual((manifest.permissions ?? []).filter((/** @type {string} */ name) => !allowed.has(name)), []);
    assert.equal(manifest.manifest_version, 3);
    // For the switch that clears the clipboard; a background that is a document needs no other.
    assert.deepEqual(manifest.optional_permissions, ["clipboardRead", "clipboardWrite", ...(browser === "chromium" ? ["offscreen"] : [])]);
    for (const key of ["web_accessible_resources", "externally_connectable", "sandbox"]) {
      assert.equal(manifest[key], undefined, key);
    }
  });

  test(`${browser}: runs on exact hosts only`, () => {
    const hosts = [
      ...(manifest.host_permissions ?? []),
      ...(manifest.content_scripts ?? []).flatMap((/** @type {{matches: string[]}} */ script) => script.matches),
    ];
    assert.ok(hosts.length > 0);
    for (const host of hosts) assert.match(host, /^https:\/\/[a-z0-9.-]+\/\*$/);
    for (const script of manifest.content_scripts) assert.notEqual(script.all_frames, true);
  });

  test(`${browser}: lets no page run code that is not in the package`, () => {
    const policy = manifest.content_security_policy.extension_pages;
    assert.match(policy, /^default-src 'none';/);
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'(;|$)/);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|\*/);
  });

  test(`${browser}: names only files that are there`, () => {
    const named = [
      manifest.background.service_worker,
      ...(manifest.background.scripts ?? []),
      manifest.action.default_popup,
      ...Object.values(manifest.icons ?? {}),
      ...Object.values(manifest.action.default_icon ?? {}),
      ...manifest.content_scripts.flatMap((/** @type {any} */ script) => [...(script.js ?? []), ...(script.css ?? [])]),
    ].filter(Boolean);
    for (const file of named) assert.ok(existsSync(join(dist, file)), file);
    if (manifest.default_locale) {
      assert.ok(existsSync(join(dist, "_locales", manifest.default_locale, "messages.json")));
    }
    assert.deepEqual(readdirSync(join(dist, "core")).sort(), [
      "reader.d.ts",
      "reader.js",
      "reader_bg.wasm",
      "scanner.wasm",
      "tofaktor.d.ts",
      "tofaktor.js",
      "tofaktor_bg.wasm",
    ]);
  });
}

test("the Chromium package has one id, wherever its folder lies", () => {
  const key = Buffer.from(manifestOf("chromium").key, "base64");
  const { type, asymmetricKeyDetails } = createPublicKey({ key, format: "der", type: "spki" });
  assert.deepEqual([type, asymmetricKeyDetails?.modulusLength], ["public", 2048]);
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 32);
  assert.equal(digest.replace(/./g, (digit) => String.fromCharCode("a".charCodeAt(0) + Number.parseInt(digit, 16))), CHROMIUM_ID);
});

// https://learn.microsoft.com/microsoft-edge/extensions/developer-guide/port-chrome-extension, and the limits of
// https://developer.chrome.com/docs/extensions/reference/manifest
test("what Edge's store and Chrome's ask of the texts and the manifest", () => {
  assert.equal(manifestOf("chromium").update_url, undefined);
  for (const language of readdirSync(join(root, "dist/chromium/_locales"))) {
    const { name, description } = JSON.parse(readFileSync(join(root, "dist/chromium/_locales", language, "messages.json"), "utf8"));
    assert.ok(name.message.length <= 75 && description.message.length <= 132, language);
    assert.doesNotMatch(`${name.message} ${description.message}`, /chrome/i, language);
  }
});

// Edge wants 250 to 10,000 characters (https://learn.microsoft.com/microsoft-edge/extensions/publish/publish-extension), Firefox
// at most 250 in the summary, and all of them take pictures of 1280 by 800.
for (const language of ["en", "nb"]) {
  test(`the stores' texts and pictures, ${language}: why each permission, what they may be long, how large`, () => {
    const text = readFileSync(join(root, `extension/store/listing-${language}.md`), "utf8");
    const [summary = "", description = ""] = [...text.matchAll(/^\*\*(?:Summary|Sammendrag|Description|Beskrivelse)\.\*\* (.*)$/gm)].map(([, said = ""]) => said);
    assert.ok(summary.length > 50 && summary.length <= 250 && description.length >= 250 && description.length <= 10_000);
    const { permissions, optional_permissions: asked, optional_host_permissions: hosts } = manifestOf("chromium");
    for (const permission of [...permissions, ...asked, ...hosts]) assert.match(text, new RegExp(`^\\|.*\`${permission.replaceAll("*", "\\*")}\`.*\\|.*\\|$`, "m"), permission);
    const pictures = readdirSync(join(root, "extension/store")).filter((name) => name.endsWith(`-${language}.png`) && /^\d/.test(name));
    assert.ok(pictures.length >= 3);
    for (const name of pictures) {
      const picture = readFileSync(join(root, "extension/store", name));
      // A PNG's width and height; its colours without transparency, as Chrome's store wants.
      assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20), picture[25]], [1280, 800, 2], name);
      assert.ok(text.includes(name), name);
    }
  });
}

test("each package holds its own browser's keys", () => {
  const [chromium, firefox] = [manifestOf("chromium"), manifestOf("firefox")];
  assert.ok(chromium.background.service_worker && !chromium.background.scripts && !chromium.browser_specific_settings);
  assert.ok(firefox.background.scripts && !firefox.background.service_worker && !firefox.minimum_chrome_version && !firefox.key);
  assert.equal(chromium.version, /^version = "(.*)"$/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"))?.[1]);
});
