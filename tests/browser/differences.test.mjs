// The list of tests that differ between the browsers is complete, and nothing on it runs the same after all.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DIFFERENCES, isTheSame, runsIn, TABLE, table, testFiles } from "./differences.mjs";

test("what differs is listed, and nothing that runs the same", () => {
  const differing = testFiles().filter((file) => !isTheSame(file));
  assert.deepEqual(differing.filter((file) => !(file in DIFFERENCES)), []);
  assert.deepEqual(testFiles().filter((file) => isTheSame(file) && file in DIFFERENCES), []);
});

test("every test is run somewhere, and each that says so in both", () => {
  for (const file of testFiles()) {
    const where = ["chromium", "firefox"].filter((browser) => runsIn(file, browser));
    assert.equal(where.length, isTheSame(file) || DIFFERENCES[file]?.runs === "both, in part" ? 2 : 1, file);
  }
});

test("DIFFERENCES.md says what the list says", () => assert.equal(readFileSync(TABLE, "utf8"), table()));
