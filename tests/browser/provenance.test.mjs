// What is attested of the packages names the commit that they were made from, and there is nothing to attest of any other.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { provenance } from "../../.build/provenance.mjs";

test("a package's provenance names its commit, its compiler and each file; of what is not committed there is none", () => {
  const place = mkdtempSync(join(tmpdir(), "tofaktor-provenance-"));
  try {
    const folder = join(place, "repository");
    const git = (/** @type {string[]} */ ...words) => execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.org", ...words], { encoding: "utf8", stdio: "pipe" }).trim();
    git("init", "-q", folder);
    git("-C", folder, "commit", "-q", "--allow-empty", "-m", "x");
    const sums = join(place, "SHA256SUMS");
    writeFileSync(sums, `# rustc 1.99.0\n${"0".repeat(64)}  a.zip\n${"1".repeat(64)}  b.tar.gz\n`);
    const made = provenance(sums, folder);
    assert.deepEqual(made?.buildDefinition.resolvedDependencies, [{ name: "source", digest: { gitCommit: git("-C", folder, "rev-parse", "HEAD") } }]);
    assert.equal(made?.buildDefinition.internalParameters.compiler, "rustc 1.99.0");
    assert.deepEqual(made?.runDetails.byproducts, [
      { name: "a.zip", digest: { sha256: "0".repeat(64) } },
      { name: "b.tar.gz", digest: { sha256: "1".repeat(64) } },
    ]);
    assert.deepEqual(provenance(sums, folder), made, "it is the same every time");

    writeFileSync(join(folder, "changed.js"), "x");
    assert.equal(provenance(sums, folder), undefined);
    writeFileSync(sums, `${"0".repeat(64)}  a.zip\n`);
    rmSync(join(folder, "changed.js"));
    assert.throws(() => provenance(sums, folder), /which compiler/);
  } finally {
    rmSync(place, { recursive: true });
  }
});
