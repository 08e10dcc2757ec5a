// How long our popup's page takes from its first line of script until the codes are painted,
// with 5 accounts and with 1,000.
import { accounts, open } from "../browser/ui-rig.mjs";

const RUNS = 9;
const rig = await open();
/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const measure = async () => {
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const page = await rig.page("www/popup.html");
    await page.waitForFunction(() => performance.getEntriesByName("painted").length > 0);
    times.push(await page.evaluate(() => (performance.getEntriesByName("painted")[0]?.startTime ?? 0) - (performance.getEntriesByName("script")[0]?.startTime ?? 0)));
    await page.close();
  }
  return median(times);
};

try {
  await rig.reset();
  await rig.fill(accounts(5));
  const few = await measure();
  const desk = await rig.desk();
  const save = await desk.evaluate(
    async (names, core) => {
      const { ask } = await import(core);
      const letters = "abcdefghijklmnopqrstuvwxyz234567";
      let last = 0;
      for (const [at, name] of names.entries()) {
        const key = Array.from({ length: 16 }, (_, i) => letters[(at * 7 + i * 11 + (at >> 3)) % 32]).join("");
        const from = performance.now();
        await ask({ enter: { draft: { name, issuer: "Microsoft", algorithm: "SHA1", digits: 6, period: 30, counter: 0 } } }, {}, new TextEncoder().encode(key));
        last = performance.now() - from;
      }
      return last;
    },
    Array.from({ length: 995 }, (_, at) => `elev${at}@skole${at % 40}.example`),
    rig.url("core.js"),
  );
  const many = await measure();
  console.log(`popup page, script start to codes painted, medians of ${RUNS}: 5 accounts ${few.toFixed(0)} ms, 1,000 accounts ${many.toFixed(0)} ms (${(many / few).toFixed(1)} times); adding the 1,000th took ${save.toFixed(0)} ms with its view`);
} finally {
  await rig.close();
}
