// The list of tests that differ between the browsers is complete, and nothing on it runs the same after all.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DIFFERENCES, isTheSame, TABLE, table, testFiles } from "./differences.mjs";

test("what differs is listed, and only that", () => {
  assert.deepEqual(testFiles().filter((file) => !isTheSame(file)).sort(), Object.keys(DIFFERENCES).sort());
});

test("DIFFERENCES.md says what the list says", () => assert.equal(readFileSync(TABLE, "utf8"), table()));
