// What is attested of the packages: from which commit, by which compiler and command they were made (SLSA 1.0's predicate,
// https://slsa.dev/spec/v1.0/provenance): `node .build/provenance.mjs SHA256SUMS`. It holds no time and no path. What is not
// committed is in the packages and in no commit, so then there is none.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** @param {string} sums the list beside the packages; its first line says which compiler it was @param {string} folder of the repository */
export const provenance = (sums, folder) => {
  const git = (/** @type {string[]} */ ...words) => execFileSync("git", words, { cwd: folder, encoding: "utf8" }).trim();
  if (git("status", "--porcelain") !== "") return undefined;
  const [compiler, ...packages] = readFileSync(sums, "utf8").trim().split("\n");
  if (!compiler?.startsWith("# ") || packages.length === 0) throw new Error(`${sums} does not say which compiler it was, or of what.`);
  return {
    buildDefinition: {
      buildType: "https://tofaktor.no/build/package/v1",
      externalParameters: { command: "./build.sh package" },
      internalParameters: { compiler: compiler.slice(2) },
      resolvedDependencies: [{ name: "source", digest: { gitCommit: git("rev-parse", "HEAD") } }],
    },
    runDetails: {
      builder: { id: "https://tofaktor.no/build/by-hand/v1" },
      byproducts: packages.map((line) => line.split(/\s+/)).map(([sha256, name]) => ({ name, digest: { sha256 } })),
    },
  };
};

if (process.argv[1] === import.meta.filename) {
  const made = provenance(process.argv[2] ?? "dist/SHA256SUMS", ".");
  if (made) console.log(JSON.stringify(made, null, 2));
  else console.error("There are changes that are not committed: of these packages nothing is to be attested.");
}
