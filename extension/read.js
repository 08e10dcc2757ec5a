// Reads another app's export in a Worker of its own, by a Wasm module of its own, and is ended afterwards: the file is
// hostile, some of their derivations take half a minute and a gibibyte, and whoever waits may cancel.
import init, { readFile } from "./core/reader.js";
import { kept } from "./crash.js";

onmessage = async ({ data: { file, typed, normalised } }) => {
  try {
    await init({ module_or_path: new URL("./core/reader_bg.wasm", import.meta.url) });
    const reading = readFile(file, typed, normalised);
    postMessage(reading, { transfer: [reading.entries.buffer] });
  } catch {
    await kept();
    postMessage(null);
  } finally {
    for (const bytes of [file, typed, normalised]) bytes.fill(0);
  }
};
