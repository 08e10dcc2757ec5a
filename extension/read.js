// Reads another app's export in a Worker of its own, by a Wasm module of its own, and is ended afterwards: the file is
// hostile, some of their derivations take half a minute and a gibibyte, and whoever waits may cancel.
import init, { readFile } from "./core/reader.js";
import { kept } from "./crash.js";

onmessage = async ({ data: { file, spellings, normalised, keyFile } }) => {
  try {
    await init({ module_or_path: new URL("./core/reader_bg.wasm", import.meta.url) });
    let reading = readFile(file, spellings[0], normalised, keyFile);
    for (const typed of spellings.slice(1)) if (reading.error === "wrongPassword" || reading.error === "keyFile") reading = readFile(file, typed, normalised, keyFile);
    postMessage(reading, { transfer: [reading.entries.buffer] });
  } catch {
    await kept();
    postMessage(null);
  } finally {
    for (const bytes of [file, ...spellings, normalised, keyFile]) bytes.fill(0);
  }
};
