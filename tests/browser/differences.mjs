// What is tested in one browser alone, and why. DIFFERENCES.md is made of it, and it is the only way to differ: a test
// that is to be left out in a browser must name its line here.

/** @typedef {import("./harness.mjs").Kind} Kind */

/** By what is tested: the browser that shows it, and why the other does not. @type {Record<string, { only: Kind, because: string }>} */
export const DIFFERENCES = {
  "the popup on a page that is withheld": {
    only: "firefox",
    because: "in Chromium the first click on the toolbar lets the extension into the page instead of opening the popup, and the question about all pages is a window of the system's that no protocol reaches",
  },
  "the click that lets in": {
    only: "chromium",
    because: "in Firefox the click opens the popup, which asks",
  },
};

/** For a test's `skip`: the reason, where this browser is not the one. @param {Kind} browser @param {string} what */
export const skipIn = (browser, what) => {
  const difference = DIFFERENCES[what];
  if (!difference) throw new Error(`"${what}" is not in differences.mjs.`);
  return difference.only === browser ? false : difference.because;
};
