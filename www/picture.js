// Pictures and texts that a person hands over: scanned off the thread that paints.

/**
 * @param {() => Promise<string>} take gets the picture as a `data:` URL, while the scanner gets ready
 * @returns {Promise<Uint8Array[]>} the payloads found, best first
 */
export const scanPicture = async (take) => {
  const worker = new Worker(new URL("../scan-worker.js", import.meta.url), { type: "module" });
  try {
    const picture = await take();
    const { payloads, error } = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
      worker.postMessage({ picture });
    });
    if (error) throw new Error(error);
    return payloads;
  } finally {
    worker.terminate();
  }
};

/** Largest side of a picture that is scanned; a photo is scaled down to it. */
const LARGEST = 3000;

/** White around it: people crop to the code, and a code is found by the white around it. */
const MARGIN = 48;

/** A file's picture as a PNG, whatever it was. @param {Blob} file */
export const readPicture = async (file) => {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LARGEST / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width + 2 * MARGIN, height + 2 * MARGIN);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no canvas");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, MARGIN, MARGIN, width, height);
  bitmap.close();
  const png = await canvas.convertToBlob({ type: "image/png" });
  return /** @type {Promise<string>} */ (
    new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(png);
    })
  );
};
