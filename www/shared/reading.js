// Another app's export, read off the thread that paints and out of the vault's instance.

/** @typedef {import("../../core/reader.js").Reading} Reading */

/** Largest file that is looked at, in bytes: the reader's limit for what may have attachments. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** Secrets that were in JavaScript's hands. @param {...(Uint8Array | undefined)} all */
export const wipe = (...all) => {
  for (const bytes of all) bytes?.fill(0);
};

/**
 * @param {Uint8Array} file which stays the caller's, to be tried again with another password
 * @param {string | undefined} password none was asked for yet
 * @param {AbortSignal} signal
 * @param {Uint8Array} [keyFile] what KeePass may want besides, which stays the caller's
 * @returns {Promise<Reading>} rejected if it was cancelled
 */
export const read = (file, password, signal, keyFile = new Uint8Array()) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("../../read.js", import.meta.url), { type: "module" });
    const end = () => worker.terminate();
    signal.addEventListener("abort", () => {
      end();
      reject(signal.reason);
    });
    /** A trap, most often for want of memory. */
    const failed = () => ({ format: "", error: /** @type {const} */ ("noMemory"), count: 0, unreadable: [], missing: 0, pictures: 0, otherFiles: 0, backup: false, entries: new Uint8Array() });
    worker.onmessage = ({ data }) => {
      end();
      resolve(data ?? failed());
    };
    worker.onerror = () => {
      end();
      resolve(failed());
    };
    // Other apps take what was typed as it is, and another keyboard may have written the same letters as other bytes; our
    // own files take its composed form.
    const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
    const spellings = password === undefined ? [] : [...new Set([password, password.normalize("NFC"), password.normalize("NFD")])].map(bytes);
    const [copy, normalised, key] = [file.slice(), bytes((password ?? "").normalize("NFKC")), keyFile.slice()];
    worker.postMessage({ file: copy, spellings, normalised, keyFile: key }, [copy, ...spellings, normalised, key].map(({ buffer }) => buffer));
  });
