// Whoever types a name fast finds it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fold } from "../../www/shared/fold.js";

const lines = readFileSync(new URL("../vectors/names.txt", import.meta.url), "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
/** A name, and how it is typed without its marks. @param {string} line */
const pairs = (line) => line.trim().split(/\s+/).map((pair) => pair.split("="));

test("names of thirty languages are found without their marks and in the other case", () => {
  assert.ok(lines.length >= 90 && lines.length % 3 === 0);
  let people = 0;
  for (let at = 0; at < lines.length; at += 3) {
    for (const [given = "", plainGiven] of pairs(lines[at + 1] ?? ""))
      for (const [name = "", plainName] of pairs(lines[at + 2] ?? "")) {
        const [whole, plain] = [`${given} ${name}`, `${plainGiven} ${plainName}`];
        for (const typed of [whole, whole.toLowerCase(), whole.toUpperCase(), plain, plain.toUpperCase()]) assert.equal(fold(typed), plain, `${whole}, typed as ${typed}`);
        people++;
      }
  }
  assert.ok(people >= 2000, String(people));
});

test("a part of a name is found in the whole", () => {
  for (const [whole, typed] of /** @type {const} */ ([["ȘTEFAN Popescu", "ștef"], ["Jiří Novák", "jiri nov"], ["Agata Żak", "zak"], ["LÊ THỊ ƯƠNG", "ương"], ["Møre og Romsdal", "more"], ["kari@skole.no", "@skole"]]))
    assert.ok(fold(whole).includes(fold(typed)), `${typed} in ${whole}`);
});
