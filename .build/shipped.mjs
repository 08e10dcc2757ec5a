// What is in the package that is not ours: `node .build/shipped.mjs licences` lists it for people, `sbom` for programs
// (CycloneDX 1.5), and `reviewed` says whether all of it stands in reviews.txt. Both come from Cargo's own answer, and hold no time and no path: they are the same on every machine.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const TARGET = "wasm32-unknown-unknown";

/** @typedef {{ id: string, name: string, version: string, license: string | null, description: string | null, source: string | null, repository: string | null, manifest_path: string, targets: { kind: string[] }[] }} Package */

/** Every crate of others whose code is in a Wasm module, by name; and one of our own, for its version. */
const shipped = () => {
  const options = ["metadata", "--format-version=1", "--locked", "--filter-platform", TARGET];
  const { packages, resolve } = JSON.parse(execFileSync("cargo", options, { encoding: "utf8", maxBuffer: 1 << 28 }));
  const nodes = new Map(resolve.nodes.map((/** @type {{ id: string }} */ node) => [node.id, node]));
  const known = new Map(packages.map((/** @type {Package} */ one) => [one.id, one]));
  const isMacro = (/** @type {string} */ id) => known.get(id).targets.some((/** @type {{ kind: string[] }} */ { kind }) => kind.includes("proc-macro"));
  const ours = packages.filter((/** @type {Package} */ { source }) => source === null);
  const modules = ours.filter((/** @type {Package} */ { targets }) => targets.some(({ kind }) => kind.includes("cdylib")));
  const found = new Set(modules.map((/** @type {Package} */ { id }) => id));
  for (const id of found)
    for (const { pkg, dep_kinds: kinds } of nodes.get(id).deps)
      if (kinds.some((/** @type {{ kind: string | null }} */ { kind }) => kind === null) && !isMacro(pkg)) found.add(pkg);
  for (const { id } of ours) found.delete(id);
  const byName = (/** @type {Package} */ a, /** @type {Package} */ b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1);
  return { own: /** @type {Package} */ (modules[0]), crates: /** @type {Package[]} */ ([...found].map((id) => known.get(id))).sort(byName) };
};

/** The texts of a crate's own licence files. @param {Package} one */
const texts = ({ manifest_path: manifest }) => {
  const folder = dirname(manifest);
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  return files.map((name) => readFileSync(join(folder, name), "utf8").trim());
};

/** Whether MIT alone is a choice. @param {Package} one */
const offersMit = ({ license }) => /\bMIT\b(?!-)/.test(license ?? "") && !/\bAND\b/.test(license ?? "");

/** Whether there is more than one licence to choose from. @param {Package} one */
const leavesChoice = ({ license }) => /\bOR\b|\//.test(license ?? "");

/** Who holds the rights, as those files say. @param {Package} one */
const holders = (one) => {
  const lines = texts(one).flatMap((text) => text.split("\n"));
  const said = lines.map((line) => line.trim()).filter((line) => /^copyright (\(c\)|©|\d)/i.test(line) && !/\[|\{|<year>/i.test(line));
  return [...new Set(said)];
};

/** What the crate `public-suffix` says in its sources alone. */
const SUFFIXES = `public-suffix holds Mozilla's Public Suffix List, under the Mozilla Public License 2.0; its source is at https://publicsuffix.org/list/. How it looks things up is after Go's golang.org/x/net/publicsuffix:

Copyright 2012 The Go Authors. All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met:

   * Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer.
   * Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in the documentation and/or other materials provided with the distribution.
   * Neither the name of Google Inc. nor the names of its contributors may be used to endorse or promote products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT OWNER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.`;

const licences = () => {
  const text = (/** @type {string} */ name) => readFileSync(name, "utf8").trim();
  const { crates } = shipped();
  const list = crates.map((one) => [`${one.name} ${one.version} (${one.license})`, ...holders(one).map((line) => `    ${line}`)].join("\n"));
  return [
    "Tofaktor is licensed under MIT OR Apache-2.0. In its WebAssembly are the Rust standard library (MIT OR Apache-2.0, The Rust Project contributors) and the crates below, each under the licence it names; where there is a choice, MIT.",
    ...list,
    SUFFIXES,
    "-- MIT --",
    text("LICENSE-MIT"),
    // Where MIT alone is no choice, the crate's own texts, less the long ones that another choice spares.
    ...crates.filter((one) => !offersMit(one)).flatMap((one) => [`-- ${one.name} --`, ...texts(one).filter((text) => !leavesChoice(one) || !/Apache License\s+Version|CC0 1\.0/.test(text))]),
  ].join("\n\n");
};

const sbom = () => {
  const { own, crates } = shipped();
  const component = (/** @type {Package} */ { name, version, license, description, source }) => ({
    type: "library",
    "bom-ref": `pkg:cargo/${name}@${version}`,
    name,
    version,
    ...(description ? { description: description.trim() } : {}),
    ...(license ? { licenses: [{ expression: license.replaceAll("/", " OR ") }] } : {}),
    // Our own have no place in a registry.
    ...(source ? { purl: `pkg:cargo/${name}@${version}` } : {}),
  });
  return JSON.stringify(
    {
      $schema: "http://cyclonedx.org/schema/bom-1.5.schema.json",
      bomFormat: "CycloneDX",
      specVersion: "1.5",
      version: 1,
      metadata: { component: { ...component(own), type: "application", "bom-ref": "tofaktor" } },
      components: crates.map(component),
    },
    undefined,
    2,
  );
};

const reviewed = () => {
  const lines = readFileSync(join(import.meta.dirname, "reviews.txt"), "utf8").split("\n").filter((line) => line.split(" | ").length === 3);
  const known = new Set(lines.map((line) => line.split(" | ")[0]));
  const names = shipped().crates.map(({ name, version }) => `${name} ${version}`);
  const left = names.filter((name) => !known.has(name));
  if (left.length > 0) throw new Error(`nobody has reviewed ${left.join(", ")}: read it and add it to .build/reviews.txt`);
  const over = [...known].filter((name) => !names.includes(name));
  if (over.length > 0) throw new Error(`.build/reviews.txt has what is not shipped: ${over.join(", ")}`);
  return `${names.length} crates of others, each reviewed in its version`;
};

const made = { licences, sbom, reviewed }[process.argv[2] ?? ""];
if (!made) throw new Error("node .build/shipped.mjs licences | sbom | reviewed");
console.log(made());
