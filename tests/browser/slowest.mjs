// A reporter for node:test: what took longest, at the end.

const TESTS_SHOWN = 10;
const FILES_SHOWN = 5;

/** @param {AsyncIterable<{ type: string, data: { name: string, file?: string, details?: { duration_ms?: number, type?: string } } }>} events */
export default async function* slowest(events) {
  /** @type {[string, number][]} */
  const tests = [];
  /** @type {Map<string, number>} */
  const files = new Map();
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { duration_ms: ms, type: kind } = data.details ?? {};
    if (ms === undefined || kind === "suite") continue;
    const file = data.file?.split("/").at(-1) ?? "";
    tests.push([`${file}: ${data.name}`, ms]);
    files.set(file, (files.get(file) ?? 0) + ms);
  }
  yield `The ${TESTS_SHOWN} slowest tests:\n${shown(tests, TESTS_SHOWN)}`;
  yield `The ${FILES_SHOWN} longest files, by their tests:\n${shown([...files], FILES_SHOWN)}`;
}

/** @param {[string, number][]} times @param {number} count */
const shown = (times, count) =>
  times
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${name}\n`)
    .join("");
