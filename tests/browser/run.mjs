// Runs browser tests: `node run.mjs COUNT FILE...`, so many files side by side. Those that last longest begin first, so that
// none of them is left over when all else is done. What fails is told once more on stderr, see build.sh.
import { basename } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import failures from "./failures.mjs";
import slowest from "./slowest.mjs";

/** As `slowest.mjs` says. */
const LONGEST = ["accessibility", "as-they-are", "sign-in", "moving", "set-up", "hostile", "organisations", "kills", "presses", "replicas", "policy", "sync", "signals", "ui", "steps", "page-rules", "vectors", "spoken", "why"];

/** A file that takes longer hangs, and is ended and named, so that it takes not all the time that there is: three times what the longest takes on two cores. */
const HANGS_AFTER_MS = 40 * 60_000;

const [count, ...files] = process.argv.slice(2);
const rank = (/** @type {string} */ file) => LONGEST.findIndex((name) => basename(file) === `${name}.test.mjs`);
const place = (/** @type {string} */ file) => (rank(file) < 0 ? LONGEST.length : rank(file));

const events = run({ files: files.sort((a, b) => place(a) - place(b)), concurrency: Number(count), timeout: HANGS_AFTER_MS });
events.setMaxListeners(30); // three reporters
events.on("test:fail", () => (process.exitCode = 1));
events.compose(/** @type {any} */ (new spec())).pipe(process.stdout);
events.compose(/** @type {any} */ (slowest)).pipe(process.stdout);
events.compose(/** @type {any} */ (failures)).pipe(process.stderr);
