// The line that says what has happened.
import { button, byId, say } from "./page.js";

const line = byId("notice", HTMLElement);

/** @param {string} [key] of the sentence `notice_KEY`; without one there is nothing to say @param {...string} values */
export const tell = (key, ...values) => {
  if (key) line.dataset.notice = key;
  else delete line.dataset.notice;
  delete line.dataset.undo;
  for (const animation of line.getAnimations()) animation.currentTime = 0;
  line.textContent = key ? say(`notice_${key}`, ...values) : "";
};

/** What has happened can be undone, as long as the line stands. @param {string[]} deleted what was put aside */
export const offerUndo = (deleted) => {
  if (deleted.length === 0) return;
  const undo = button("undo", say("undo"), { class: "link" });
  undo.dataset.deleted = deleted.join(" ");
  line.dataset.undo = "";
  line.append(" ", undo);
};

/** What a pressed button puts back, or deletes for good. @param {HTMLElement} pressed */
export const deletedBy = (pressed) => ({ deleted: (pressed.dataset.deleted ?? "").split(" ") });
