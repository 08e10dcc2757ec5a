/**
 * Scans off the thread that paints. It gets ready as soon as it is started, so that whoever starts it before taking the
 * picture does not wait for Wasm.
 *
 * It is sent a picture, a file or a data URL, and sends back `{ seen, marks }` or `{ fault }`. The marks are when each stage
 * was reached, in the time of the epoch.
 */
import { kept } from "./crash.js";
import { look, warm } from "./scan.js";

// A failure shows when there is a picture to scan.
warm().then(
  () => performance.mark("warm"),
  () => {},
);

onmessage = async ({ data }) => {
  try {
    const seen = await look(data);
    const marks = performance.getEntriesByType("mark").map(({ name, startTime }) => [name, performance.timeOrigin + startTime]);
    postMessage({ seen, marks });
  } catch (error) {
    await kept();
    postMessage({ fault: /** @type {{ code?: string }} */ (error).code ?? "broken" });
  }
};
