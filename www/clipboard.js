// A code on the clipboard, and off it again.
//
// Reading the clipboard takes a permission that would let Tofaktor read all that a person
// copies, so it does not ask for it. It clears what it put there as long as nothing else
// can have been copied meanwhile: this page is open and has had the focus all along.

const CLEAR_AFTER_MS = 30_000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let ours = false;

for (const event of ["blur", "copy", "cut"]) addEventListener(event, () => (ours = false), { capture: true });

/** @param {string} text */
export const copy = async (text) => {
  await navigator.clipboard.writeText(text);
  ours = true;
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (ours && document.hasFocus()) navigator.clipboard.writeText("").catch(() => {});
  }, CLEAR_AFTER_MS);
};
