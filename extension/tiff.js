// Decodes a TIFF, which browsers do not open, in a Worker of its own by the reader's Wasm module: the file is hostile.
import init, { readTiff } from "./core/reader.js";
import { kept } from "./crash.js";
import { MAX_DECODED } from "./scan.js";

onmessage = async ({ data }) => {
  try {
    await init({ module_or_path: new URL("./core/reader_bg.wasm", import.meta.url) });
    postMessage({ pixels: readTiff(new Uint8Array(await data.arrayBuffer()), MAX_DECODED) });
  } catch (error) {
    await kept();
    postMessage({ fault: typeof error === "string" ? error : "broken" });
  }
};
