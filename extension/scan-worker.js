// Scans off the thread that paints; gets ready as soon as it is started.
import { ready, scan } from "./scan.js";

ready();
onmessage = async ({ data: { picture } }) => {
  try {
    postMessage({ payloads: await scan(picture) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
