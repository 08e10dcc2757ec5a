/**
 * Scans off the thread that paints. It gets ready as soon as it is started, so that whoever starts it before taking the
 * picture does not wait for Wasm.
 *
 * It is sent `{ picture }`, a data URL, and sends back `{ payloads }`, best first, or `{ error }`, the name of a fault.
 */
import { scan, warm } from "./scan.js";

// A failure shows when there is a picture to scan.
warm().catch(() => {});

onmessage = async ({ data: { picture } }) => {
  try {
    postMessage({ payloads: await scan(picture) });
  } catch (error) {
    postMessage({ error: /** @type {{ code?: string }} */ (error).code ?? "broken" });
  }
};
