// ./build.sh soak [WORKER-KILLS BROWSER-KILLS OPERATIONS]: kills them while they save, 200 and 50 times, and lets three
// write at once, 1,000 times each, unless told otherwise.
import { killBrowser, killWorker } from "./kills.mjs";
import { together } from "./together.mjs";

const [workers = 200, browsers = 50, operations = 1000] = process.argv.slice(2).map(Number);
let sound = true;
for (const tally of [await killWorker(workers), await killBrowser(browsers)]) {
  console.log(`${tally}`);
  // A kill that came between two saves proves nothing, so most of them must not have.
  sound &&= tally.lost === 0 && tally.torn === 0 && tally.inTheMiddle * 2 >= tally.tried;
}
const outcome = await together(operations);
console.log(`${outcome}`);
sound &&= outcome.lost === 0 && outcome.control < outcome.tried;
if (!sound) process.exitCode = 1;
