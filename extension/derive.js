// Argon2id in a Worker of its own, so that the page keeps painting. The Worker is
// ended after one derivation: a Wasm memory never shrinks, and this one holds 64 MiB
// that depend on the passphrase.
import init, { derive } from "./core/tofaktor.js";
import { kept } from "./crash.js";

onmessage = async ({ data: { passphrase, salt, memoryKib, passes, lanes } }) => {
  try {
    await init({ module_or_path: new URL("./core/tofaktor_bg.wasm", import.meta.url) });
    const kek = derive(passphrase, salt, memoryKib, passes, lanes);
    postMessage(kek ?? null, { transfer: kek ? [kek.buffer] : [] });
  } catch {
    await kept();
    postMessage(null);
  } finally {
    passphrase.fill(0);
  }
};
