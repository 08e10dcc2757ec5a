// A reporter for node:test: what failed, and how, for the end of a long run, where it is read.

/** @param {AsyncIterable<{ type: string, data: { name: string, file?: string, line?: number, details?: { type?: string, error?: Error } } }>} events */
export default async function* failures(events) {
  for await (const { type, data } of events) {
    const error = data.details?.error;
    // A suite or a file fails because of what failed in it, and that is said already.
    if (type !== "test:fail" || /** @type {any} */ (error)?.failureType === "subtestsFailed") continue;
    const cause = error?.cause instanceof Error ? error.cause : error;
    yield `✖ ${data.file?.split("/").at(-1)}:${data.line}: ${data.name}\n${cause?.stack ?? cause}\n\n`;
  }
}
