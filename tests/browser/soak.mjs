// ./build.sh soak [WORKER-KILLS BROWSER-KILLS OPERATIONS COLD-STARTS]: kills them while they save, 200 and 50 times, cuts
// an import, a restore and a first sync short as often as the browser, lets three write at once, 1,000 times each, and
// starts worker and browser cold under a policy, 200 times each, unless told otherwise.
import { coldBrowser, coldWorker } from "./cold.mjs";
import { cutShort } from "./cut-short.mjs";
import { killBrowser, killWorker } from "./kills.mjs";
import { unmanageable } from "./managed.mjs";
import { together } from "./together.mjs";

const [workers = 200, browsers = 50, operations = 1000, starts = 200] = process.argv.slice(2).map(Number);
let sound = true;
for (const tally of [await killWorker(workers), await killBrowser(browsers)]) {
  console.log(`${tally}`);
  // A kill that came between two saves proves nothing, so most of them must not have.
  sound &&= tally.lost === 0 && tally.torn === 0 && tally.inTheMiddle * 2 >= tally.tried;
}
for (const deed of ["import", "restore", "sync"]) {
  const found = await cutShort(deed, browsers);
  console.log(`${found}`);
  sound &&= found.before + found.after === browsers && found.before > 0 && found.after > 0;
}
const outcome = await together(operations);
console.log(`${outcome}`);
sound &&= outcome.lost === 0 && outcome.control < outcome.tried;
const impossible = unmanageable();
for (const cold of impossible ? [] : [coldWorker, coldBrowser]) {
  const tally = await cold(starts);
  console.log(`${tally}`);
  sound &&= tally.late === 0;
}
if (!sound) process.exitCode = 1;
