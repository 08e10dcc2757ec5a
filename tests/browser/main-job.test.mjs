// The steps of the demonstration with the worker stopped between any two of them; then what must be true of the
// whole: no request to anywhere, no complaint, and nothing on disk that could be read.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { both, findOnDisk, spellings, STORES } from "./disk.mjs";
import { discard, inEachBrowser } from "./harness.mjs";
import { MainJob, PASSPHRASE, secretOf, STEPS } from "./main-job.mjs";
import { base32, LOGIN, SETUP } from "./tenant.mjs";

inEachBrowser((browser) => {
  const profile = mkdtempSync(join(tmpdir(), `tofaktor-main-job-${browser}-`));
  /** @type {MainJob} */
  let job;
  let stopped = 0;

  before(async () => {
    job = await MainJob.begin({ browser, profile });
  });
  after(async () => {
    if (job?.harness.browser.connected) await job.harness.close(); // where a test failed before it was closed
    await discard(profile);
  });

  for (const { title, run } of STEPS) {
    test(title, async () => {
      await run(job);
      if (await job.harness.stopWorker()) stopped += 1;
    });
  }

  test("g. the worker was stopped between the steps", () => {
    assert.ok(stopped >= STEPS.length / 2, `stopped ${stopped} times in ${STEPS.length} steps`);
  });

  test("nothing left the extension but the question what time it is, and no page asked for more than its own site", async () => {
    const { requests, refused, uninvited, complaints } = await job.harness.findings();
    for (const request of requests) {
      assert.deepEqual(request, { method: "HEAD", url: `${LOGIN}/favicon.ico`, cookies: false });
    }
    assert.deepEqual(refused, []);
    // Chromium's worker that has just started may ask for the time before it is watched; then only the host is known.
    assert.deepEqual(uninvited.filter((url) => url !== `${new URL(LOGIN).host}:443`), []);
    assert.deepEqual(complaints, []);
  });

  test("on disk: no secret in any spelling, no passphrase, and in the stores no name and no host", async () => {
    const { kari, ola, tenant, harness } = job;
    const secrets = [kari, ola].map(secretOf);
    // A scan that finds nothing proves something only if it finds what is there.
    const planted = randomBytes(10);
    await (await harness.probe()).evaluate((control) => chrome.storage.local.set({ control }), base32(planted));
    await harness.close();

    assert.ok(findOnDisk(profile, spellings(planted), STORES[browser]).hits.length > 0, "the scan finds what was planted");
    const everywhere = findOnDisk(profile, [...secrets.flatMap(spellings), ...both("passphrase", PASSPHRASE)]);
    assert.ok(everywhere.files > 50);
    assert.deepEqual(everywhere.hits, []);

    const names = [kari.upn, ola.upn, tenant.name, new URL(LOGIN).host, new URL(SETUP).host, "Microsoft"].flatMap((name) => both(name, name));
    assert.deepEqual(findOnDisk(profile, names, STORES[browser]).hits, []);
    console.log(`profile on disk: ${everywhere.files} files searched, 0 hits`);
  });
});
