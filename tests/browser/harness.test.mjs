// Whatever fails between a browser's launch and the end of `start()`: no browser stays, nor what was made for it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { discard, inEachBrowser, Opened, start } from "./harness.mjs";

const site = async () => undefined;
/** Programs that were started with this on their command line. @param {string} word */
const running = (word) => execFileSync("ps", ["-A", "-ww", "-o", "args="], { encoding: "utf8" }).split("\n").filter((line) => line.includes(word) && !line.startsWith("ps "));

inEachBrowser((browser) => {
  test("a browser whose start fails when it runs already is gone when the failure is told", async () => {
    const profile = await mkdtemp(join(tmpdir(), "tofaktor-harness-"));
    try {
      const harness = await start({ browser, profile, site });
      assert.notDeepEqual(running(profile), [], "one that runs is found");
      await harness.close();
      // A package that cannot be installed, for there is none.
      await assert.rejects(start({ browser, profile, site, extension: join(profile, "none") }), /none|anifest|xtension/);
      while (running(profile).length > 0); // what the browser had started ends a moment after it
      assert.ok(existsSync(profile), "a profile that is somebody's own is not taken away");
    } finally {
      await discard(profile);
    }
  });
});

test("what was opened is closed once, the last first, and one that fails keeps no other from it", async () => {
  /** @type {string[]} */
  const closed = [];
  const fail = () => {
    throw new Error("does not close");
  };
  const begun = Opened.toEnd(async (opened) => {
    opened.keep("first", (name) => closed.push(name));
    opened.keep("second", fail);
    opened.keep("third", async (name) => closed.push(name));
    throw new Error("did not come so far");
  });
  await assert.rejects(begun, { message: "did not come so far" });
  assert.deepEqual(closed, ["third", "first"]);

  const opened = await Opened.toEnd(async (opened) => (opened.keep("only", (name) => closed.push(name)), opened));
  await opened.close();
  await opened.close();
  assert.deepEqual(closed, ["third", "first", "only"]);
});
