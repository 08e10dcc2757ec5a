// A computer that is short of memory: the passphrase costs less there, never less than the floor, and nothing is lost.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSPHRASE, open } from "./ui-rig.mjs";

/** A browser in which no Wasm memory grows above so many MiB. @param {number} mib */
const short = (mib) => open({ args: [`--js-flags=--wasm-max-mem-pages=${mib * 16}`] });

/** What guessing at the passphrase costs, as the record says it: KiB, passes, lanes. @param {Awaited<ReturnType<typeof open>>} rig */
const cost = async (rig) => {
  const desk = await rig.desk();
  const text = await desk.evaluate(async () => String((await chrome.storage.local.get("v1.a"))["v1.a"]));
  const record = Buffer.from(text, "base64");
  // Magic, versions, length; the header without slots; a slot up to its parameters, its label being empty.
  const header = 16 + 16 + 8 + 4 + 8 + 1 + (record[16 + 36] ?? 0) + 1 + 32 + 32 + 1 + 1;
  const slot = header + 2 + 16 + 1 + 1 + 8 + 1;
  return [0, 4, 8].map((at) => record.readUInt32LE(slot + at));
};

for (const { mib, expected } of [
  { mib: 1024, expected: [64 * 1024, 3, 1] },
  { mib: 56, expected: [46 * 1024, 2, 1] },
  { mib: 32, expected: [19 * 1024, 2, 1] },
]) {
  test(`with ${mib} MiB the cost is ${expected}, and the vault opens again`, async () => {
    const rig = await short(mib);
    try {
      assert.equal((await rig.ask({ create: {} }, PASSPHRASE)).view.screen, "accounts");
      assert.deepEqual(await cost(rig), expected);
      await rig.ask("lock");
      assert.equal((await rig.ask({ unlock: {} }, "ikke denne her")).notice, "wrongPassphrase");
      assert.equal((await rig.ask({ unlock: {} }, PASSPHRASE)).view.screen, "accounts");
    } finally {
      await rig.close();
    }
  });
}

test("below the floor no vault is made, and a sentence says why", async () => {
  const rig = await short(16);
  try {
    const { view, notice } = await rig.ask({ create: {} }, PASSPHRASE);
    assert.deepEqual([view.screen, notice], ["firstRun", "noMemory"]);
  } finally {
    await rig.close();
  }
});
