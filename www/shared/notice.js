// The line that says what has happened.
import { button, byId, say } from "./page.js";

const line = byId("notice", HTMLElement);

/** @param {string} [key] of the sentence `notice_KEY`; without one there is nothing to say @param {...(string | number)} values */
export const tell = (key, ...values) => {
  if (key) line.dataset.notice = key;
  else delete line.dataset.notice;
  delete line.dataset.undo;
  line.textContent = key ? say(`notice_${key}`, ...values) : "";
  // Either has the browser lay out the page, which a first paint does once, at its end.
  if (!key) return;
  for (const animation of line.getAnimations()) animation.currentTime = 0;
  if (key !== "copied") line.scrollIntoView({ block: "nearest" });
};

/**
 * What has happened can be undone, as long as the line stands.
 * @param {string[]} deleted what was put aside @param {string[]} [added] what came with it
 * @param {import("../../core/tofaktor.js").Noted[]} [noted] what came to others
 */
export const offerUndo = (deleted, added = [], noted = []) => {
  if (deleted.length + added.length + noted.length === 0) return;
  const undo = button("undo", say("undo"), { class: "link" });
  undo.dataset.deleted = deleted.join(" ");
  undo.dataset.added = added.join(" ");
  undo.dataset.noted = JSON.stringify(noted);
  line.dataset.undo = "";
  line.append(" ", undo);
};

/** @param {string} [ids] */
const split = (ids) => (ids ? ids.split(" ") : []);

/** What a pressed button puts back, or deletes for good. @param {HTMLElement} pressed */
export const deletedBy = (pressed) => ({ deleted: split(pressed.dataset.deleted) });

/** What a pressed button undoes. @param {HTMLElement} pressed @returns {import("../../core/tofaktor.js").UiRequest} */
export const undone = (pressed) => {
  const added = split(pressed.dataset.added);
  const noted = JSON.parse(pressed.dataset.noted ?? "[]");
  const isOfMany = added.length + noted.length > 0;
  return isOfMany ? { takeBack: { added, noted, ...deletedBy(pressed) } } : { restore: deletedBy(pressed) };
};
