// The list of tests that differ between the browsers is complete, and nothing on it runs the same after all.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DIFFERENCES, isTheSame, TABLE, table, testFiles } from "./differences.mjs";

test("what differs is listed, and nothing that runs the same", () => {
  const differing = testFiles().filter((file) => !isTheSame(file));
  assert.deepEqual(differing.filter((file) => !(file in DIFFERENCES)), []);
  assert.deepEqual(testFiles().filter((file) => isTheSame(file) && file in DIFFERENCES), []);
});

test("DIFFERENCES.md says what the list says", () => assert.equal(readFileSync(TABLE, "utf8"), table()));
