// A screen that nobody sees, with a keyboard and a mouse: what no remote control of a browser reaches (its menus,
// its keys, its popups) is reached as a person reaches it. Needs Xvfb and xdotool.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WIDTH = 1200;
const HEIGHT = 900;
const LONGEST_MS = 120_000;

/** What is missing on this machine, if anything. */
export const missing = () => ["Xvfb", "xdotool"].filter((tool) => spawnSync("which", [tool]).status !== 0).join(" and ");

/** @param {string} tool @param {string} display @param {string[]} args */
const run = (tool, display, args) => execFileSync(tool, args, { env: { ...process.env, DISPLAY: display } });

/** Opens a screen of its own and makes it this process's, so that a browser that is started next appears on it. */
export const openDesktop = async () => {
  const buffer = mkdtempSync(join(tmpdir(), "tofaktor-screen-"));
  const server = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", `${WIDTH}x${HEIGHT}x24`, "-nolisten", "tcp", "-fbdir", buffer], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}.`)));
    server.stdio[3]?.once("data", (data) => resolve(String(data).trim()));
  });
  const display = `:${number}`;
  process.env.DISPLAY = display;
  delete process.env.HEADLESS;
  /** @param {...string} keys as X names them, one after the other */
  const press = (...keys) => void run("xdotool", display, ["key", "--delay", "60", ...keys]);
  /** @param {number} x @param {number} y @param {"left" | "right"} [button] */
  const click = (x, y, button = "left") =>
    void run("xdotool", display, ["mousemove", "--sync", String(Math.round(x)), String(Math.round(y)), "click", button === "left" ? "1" : "3"]);
  const screen = openSync(join(buffer, "Xvfb_screen0"), "r");
  /** A point of the screen, as it is now. @param {number} x @param {number} y @returns {number} its brightness, 0 to 255 */
  const brightness = (x, y) => {
    // A dump of X's own: a head whose length comes first, its colours, and four bytes a point.
    const head = Buffer.alloc(80);
    readSync(screen, head, 0, 80, 0);
    const point = Buffer.alloc(4);
    readSync(screen, point, 0, 4, head.readUInt32BE(0) + head.readUInt32BE(76) * 12 + y * head.readUInt32BE(48) + x * 4);
    return Math.round((point.readUInt8(0) + point.readUInt8(1) + point.readUInt8(2)) / 3);
  };
  /** @param {string} what is waited for @param {() => boolean} is */
  const until = async (what, is) => {
    for (const began = Date.now(); !is(); await new Promise((resolve) => setTimeout(resolve, 20))) if (Date.now() - began > LONGEST_MS) throw new Error(`Not on the screen: ${what}`);
  };
  /** @param {string} name what its title begins with @returns {string[]} */
  const windowsNamed = (name) => String(spawnSync("xdotool", ["search", "--onlyvisible", "--name", `^${name}`], { env: { ...process.env, DISPLAY: display } }).stdout).split("\n").filter(Boolean);
  return {
    press,
    click,
    brightness,
    until,
    /** Until a window is there, the keyboard with it. @param {string} name what its title begins with */
    window: async (name) => {
      await until(`a window ${name}…`, () => windowsNamed(name).length > 0);
      run("xdotool", display, ["windowfocus", "--sync", windowsNamed(name)[0] ?? ""]);
    },
    /** @param {string} name */
    windowGone: (name) => until(`no window ${name}…`, () => windowsNamed(name).length === 0),
    /** What a right click opens is a window of its own; keys that come before it go to the page. @param {number} x @param {number} y @param {string[]} keys */
    menu: async (x, y, keys) => {
      const windows = () => String(run("xdotool", display, ["search", "--onlyvisible", "--class", ".*"])).split("\n").length;
      const before = windows();
      click(x, y, "right");
      while (windows() === before) await new Promise(setImmediate);
      press(...keys);
    },
    /** Without a window manager no window has the keyboard until it is given to it: to the largest, for bubbles are windows, too. */
    focusBrowser: () => {
      const area = (/** @type {string} */ window) => {
        const geometry = String(run("xdotool", display, ["getwindowgeometry", "--shell", window]));
        return ["WIDTH", "HEIGHT"].reduce((product, side) => product * Number(geometry.match(`${side}=(\\d+)`)?.[1] ?? 0), 1);
      };
      const windows = String(run("xdotool", display, ["search", "--sync", "--onlyvisible", "--class", "chromium"])).trim().split("\n");
      const [largest] = windows.sort((a, b) => area(b) - area(a));
      run("xdotool", display, ["windowfocus", "--sync", largest ?? ""]);
    },
    close: () => {
      server.kill();
      closeSync(screen);
      rmSync(buffer, { recursive: true, force: true });
    },
  };
};

/** For so long Chromium takes no answer to a question that has just come up. */
const PROTECTED_MS = 1000;

/**
 * Presses a button, and answers what the browser asks because of it: Chromium in a window of its own, which takes the
 * keyboard, Firefox in one that can be clicked in.
 * @param {import("./harness.mjs").Harness} harness
 * @param {Awaited<ReturnType<typeof openDesktop>> | undefined} desktop
 * @param {import("puppeteer-core").Page} page
 * @param {string} selector
 * @param {boolean} allow
 */
export const pressAndAnswer = async (harness, desktop, page, selector, allow) => {
  const pressed = () => page.locator(selector).click();
  if ("answerPrompt" in harness) return void (await Promise.all([harness.answerPrompt(allow), pressed()]));
  desktop?.focusBrowser();
  await page.waitForFunction(() => document.hasFocus(), { polling: 50 });
  await pressed();
  await page.waitForFunction(() => !document.hasFocus(), { polling: 50 });
  await new Promise((resolve) => setTimeout(resolve, PROTECTED_MS));
  // The button that has the focus says no.
  desktop?.press(...(allow ? ["Tab"] : []), "Return");
};
