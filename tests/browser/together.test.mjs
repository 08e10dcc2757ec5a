// A tenth of what `./build.sh soak` does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { together } from "./together.mjs";

test("popup, manager and worker write at once, and nothing is lost", async () => {
  const outcome = await together(100);
  console.log(`${outcome}`);
  assert.equal(outcome.lost, 0);
  assert.ok(outcome.control < outcome.tried, "they did not get into each other's way, which proves nothing");
});
