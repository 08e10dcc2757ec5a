// The backup folder as a person has it: the browser's own picker, its own question, a folder on a real disk; nothing of the
// extension is replaced. The disk vanishes, is full and is read-only where this machine lets one be mounted.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { missing, openDesktop } from "./desktop.mjs";
import { start } from "./harness.mjs";
import { onScreen } from "./ui-rig.mjs";

const WORDS = "fire glade elger";
/** First of what lies in the home directory. */
const FOLDER = "Backups";
/** Where GTK's dialog, which has no window manager to place it, has its first row, a point of it that no word covers, and its button. */
const [FIRST_ROW, BESIDE_IT, OPEN] = /** @type {const} */ ([[198, 83], [700, 83], [1075, 798]]);
/** A point of the browser's page that its question darkens. */
const PAGE = /** @type {const} */ ([250, 700]);
/** For so long Chromium takes no answer to a question that has just come up. */
const PROTECTED_MS = 1000;

/** @typedef {import("./harness.mjs").Harness} Harness */
/** @typedef {import("puppeteer-core").Page} Page */

const lacks = missing();
const skip = process.env.BROWSER === "firefox" ? "Firefox has no picker of folders" : lacks ? `SKIPPED: ${lacks} is not installed, so nothing presses the browser's own picker` : false;
if (lacks) console.log(skip);

/** @param {Harness} harness @param {string} name */
const enter = (harness, name) => harness.core("ask", { enter: { draft: { name, issuer: "Microsoft", algorithm: "SHA1", digits: 6, period: 30, counter: 0 } } }, "jbswy3dpehpk3pxp");

/** @param {Page} page @param {RegExp} words */
const says = (page, words) => page.waitForFunction((words) => new RegExp(words).test(document.querySelector("#folder-state")?.textContent ?? ""), {}, words.source);

/** Says yes to the browser, which asks over the page. @param {Awaited<ReturnType<typeof openDesktop>>} desktop */
const allow = async (desktop) => {
  await desktop.until("the question over the page", () => desktop.brightness(...PAGE) < 160);
  await new Promise((resolve) => setTimeout(resolve, PROTECTED_MS));
  desktop.press("Tab", "Return");
};

/** Presses what opens the picker, chooses the folder there, and says yes to the browser. @param {Awaited<ReturnType<typeof openDesktop>>} desktop @param {Page} page @param {string} selector */
const choose = async (desktop, page, selector) => {
  await page.bringToFront();
  desktop.focusBrowser();
  await page.locator(selector).click();
  await desktop.window("Select");
  // The folder is listed, then marked.
  await desktop.until("a folder in the list", () => Array.from({ length: 60 }, (_, at) => desktop.brightness(190 + at, FIRST_ROW[1])).some((light) => light < 128));
  desktop.click(...FIRST_ROW);
  await desktop.until("the mark on it", () => desktop.brightness(...BESIDE_IT) < 200);
  desktop.click(...OPEN);
  await desktop.windowGone("Select");
  desktop.focusBrowser();
  await allow(desktop);
};

/** A small disk of its own at a path; `undefined` where nothing may be mounted. @param {string} path */
const mount = (path) => {
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", path]).status !== 0) return undefined;
  return () => void execFileSync("umount", ["-l", path]);
};

/** What is in it can be read and no more; others may be writing beside it. @param {string} folder */
const seal = (folder) => {
  execFileSync("mount", ["--bind", "-o", "ro", folder, folder]);
  return () => void execFileSync("umount", [folder]);
};

/** To the last byte. @param {string} file */
const fill = (file) => {
  const descriptor = openSync(file, "w");
  try {
    for (;;) writeSync(descriptor, new Uint8Array(4096));
  } catch (error) {
    assert.match(String(error), /ENOSPC/);
  } finally {
    closeSync(descriptor);
  }
};

/** Each file and its bytes. @param {string} folder */
const files = async (folder) => Object.fromEntries(await Promise.all((await readdir(folder)).sort().map(async (name) => [name, await readFile(join(folder, name), "base64")])));

test("a folder that the browser's own picker gives holds the vault on a real disk, whatever becomes of that disk, and a new profile opens it from there", { skip }, async () => {
  const profiles = await mkdtemp(join(tmpdir(), "tofaktor-profiles-"));
  const home = await mkdtemp(join(tmpdir(), "tofaktor-home-"));
  const disk = mount(home);
  if (!disk) console.log("SKIPPED: no disk may be mounted here, so none is full and none is read-only");
  const folder = join(home, FOLDER);
  await mkdir(folder);
  const { HOME } = process.env;
  process.env.HOME = home;
  const desktop = await openDesktop();
  /** @type {Harness | undefined} */
  let harness;
  const begin = async (/** @type {string} */ profile) => (harness = await start({ browser: "chromium", visible: true, profile: join(profiles, profile), site: async () => undefined }));
  try {
    const old = await begin("old");
    await old.core("ask", { create: {} }, WORDS);
    await enter(old, "kari");
    const page = await old.browser.newPage();
    await old.goTo(page, "www/manager/manager.html#moving");
    await onScreen(page, "accounts");
    await choose(desktop, page, "[data-action='choose-folder']");
    await says(page, /^Last written into .Backups./);
    const [name = ""] = await readdir(folder);
    assert.match(name, /^tofaktor-[0-9a-f]{8}\.tofaktor$/);
    const previous = name.replace(".tofaktor", "-previous.tofaktor");
    const first = await files(folder);

    // Gone, as a stick that is pulled out, and back.
    await rename(folder, `${folder} elsewhere`);
    await enter(old, "ola");
    await says(page, /The folder .Backups. is not there\. Nothing is lost/);
    await rename(`${folder} elsewhere`, folder);
    assert.deepEqual(await files(folder), first);
    await enter(old, "per");
    await says(page, /^Last written/);
    let whole = await files(folder);
    assert.deepEqual(Object.keys(whole), [previous, name].sort());
    assert.equal(whole[previous], first[name]);

    if (disk) {
      const filler = join(home, "filler");
      fill(filler);
      await enter(old, "liv");
      await says(page, /There is no room in .Backups.\. Nothing is lost/);
      await rm(filler);
      assert.deepEqual(await files(folder), whole, "no byte of what lay there is another");
      await enter(old, "siv");
      await says(page, /^Last written/);
      whole = await files(folder);

      const unseal = seal(folder);
      await enter(old, "bo");
      await says(page, /Nothing can be written into .Backups.\. Nothing is lost/);
      unseal();
      assert.deepEqual(await files(folder), whole);
      await enter(old, "rut");
      await says(page, /^Last written/);
    }
    await old.close();

    // The next day the browser wants to be asked again.
    const later = await begin("old");
    await later.core("ask", { unlock: {} }, WORDS);
    await enter(later, "siri");
    whole = await files(folder);
    const again = await later.browser.newPage();
    await later.goTo(again, "www/manager/manager.html#moving");
    await onScreen(again, "accounts");
    await says(again, /wants to ask you again/);
    await again.bringToFront();
    desktop.focusBrowser();
    await again.locator("[data-action='allow-folder']").click();
    await allow(desktop);
    await says(again, /^Last written/);
    assert.notEqual((await files(folder))[name], whole[name]);
    const { view } = await later.core("ask", "show");
    const names = view.accounts.map((/** @type {{ name: string }} */ account) => account.name);
    await later.close();

    // Another profile, in which nothing was ever: the welcome page opens it.
    const fresh = await begin("fresh");
    const welcome = await fresh.browser.newPage();
    await fresh.goTo(welcome, "www/welcome/welcome.html");
    await choose(desktop, welcome, "#open-folder");
    await onScreen(welcome, "locked");
    const opened = await fresh.core("ask", { unlock: {} }, WORDS);
    assert.deepEqual(
      opened.view.accounts.map((/** @type {{ name: string }} */ account) => account.name),
      names,
    );
    assert.deepEqual((await fresh.findings()).complaints, []);
  } finally {
    await harness?.close();
    process.env.HOME = HOME;
    desktop.close();
    disk?.();
    for (const place of [home, profiles]) await rm(place, { recursive: true, force: true, maxRetries: 5 });
  }
});
