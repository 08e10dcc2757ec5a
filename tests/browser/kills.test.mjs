// A few of what `./build.sh soak` does for longer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cutShort } from "./cut-short.mjs";
import { killBrowser, killWorker } from "./kills.mjs";

/** Of each deed. */
const KILLS = 5;

/** @param {Awaited<ReturnType<typeof killWorker>>} tally */
const hold = (tally) => {
  console.log(`${tally}`);
  assert.deepEqual({ lost: tally.lost, torn: tally.torn }, { lost: 0, torn: 0 });
  // Otherwise the kills came beside the point, and prove nothing.
  assert.ok(tally.inTheMiddle * 2 >= tally.tried, `${tally}`);
};

test("the worker killed while it saves: what was acknowledged is there, and nothing is torn", async () => hold(await killWorker(8)));
test("the browser killed while it saves: the same", async () => hold(await killBrowser(3)));

for (const deed of ["import", "restore", "sync"])
  test(`the browser killed in the middle of ${deed}: all of it or nothing, and it can be done again`, async () => {
    const found = await cutShort(deed, KILLS);
    console.log(`${found}`);
    assert.equal(found.before + found.after, KILLS);
    assert.ok(found.before > 0 && found.after > 0, "the first kill came before the write, and the last after it");
  });
