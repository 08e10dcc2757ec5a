// A reporter for node --test: the ten tests that took longest, at the end.

const SHOWN = 10;

/** @param {AsyncIterable<{ type: string, data: { name: string, file?: string, details?: { duration_ms?: number, type?: string } } }>} events */
export default async function* slowest(events) {
  /** @type {[number, string][]} */
  const times = [];
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { duration_ms: ms, type: kind } = data.details ?? {};
    if (ms !== undefined && kind !== "suite") times.push([ms, `${data.file?.split("/").at(-1) ?? ""}: ${data.name}`]);
  }
  times.sort(([a], [b]) => b - a);
  yield `The ${SHOWN} slowest:\n`;
  for (const [ms, name] of times.slice(0, SHOWN)) yield `${(ms / 1000).toFixed(1).padStart(7)} s  ${name}\n`;
}
