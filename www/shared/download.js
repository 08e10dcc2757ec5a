// Ways out of a page: to the manager, and onto the disk.
import { manage } from "../../core.js";

/** @param {string} [place] */
export const openManager = async (place) => {
  const url = chrome.runtime.getURL(`www/manager/manager.html${place ? `#${place}` : ""}`);
  await chrome.tabs.create({ url });
  close();
};

/** Saves the sealed copies as a file. */
export const exportSealed = async () => {
  const { shown } = await manage("exportSealed");
  if (shown && "sealed" in shown) save(shown.sealed.text, "txt");
};

/** @param {string | Uint8Array} content @param {string} extension */
export const save = (content, extension) => {
  const url = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (content)]));
  const link = document.createElement("a");
  link.href = url;
  link.download = `tofaktor-${new Date().toISOString().slice(0, 10)}.${extension}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};
