// Ways out of a page: to the manager, and onto the disk.

/** @param {string} [place] */
export const openManager = async (place) => {
  const url = chrome.runtime.getURL(`www/manager.html${place ? `#${place}` : ""}`);
  await chrome.tabs.create({ url });
  close();
};

/** The sealed copies, as a file. @param {string} text */
export const download = (text) => {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `tofaktor-${new Date().toISOString().slice(0, 10)}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};
