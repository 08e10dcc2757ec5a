// A code on the clipboard, and off it again.
//
// Reading the clipboard takes a permission that would let Tofaktor read all that a person copies. Where it was not given,
// a code is cleared as long as nothing else can have been copied meanwhile: this page is open and has had the focus all along.
import { CLEAR_AFTER_MS, clearLater, mayClear } from "../../clipboard.js";

let permitted = mayClear();
for (const change of [chrome.permissions.onAdded, chrome.permissions.onRemoved]) change.addListener(() => (permitted = mayClear()));

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let ours = false;

for (const event of ["blur", "copy", "cut"]) addEventListener(event, () => (ours = false), { capture: true });

/** @param {string} code */
export const copy = async (code) => {
  // Before it is there: what is copied meanwhile comes after it.
  ours = true;
  await navigator.clipboard.writeText(code);
  clearTimeout(timer);
  if (await permitted) return clearLater(code);
  timer = setTimeout(() => {
    if (ours && document.hasFocus()) navigator.clipboard.writeText("").catch(() => {});
  }, CLEAR_AFTER_MS);
};
