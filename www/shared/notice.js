// The line that says what has happened.
import { byId, say } from "./page.js";

const line = byId("notice", HTMLElement);

/** @param {string} [key] of the sentence `notice_KEY`; without one there is nothing to say @param {...string} values */
export const tell = (key, ...values) => {
  if (key) line.dataset.notice = key;
  else delete line.dataset.notice;
  for (const animation of line.getAnimations()) animation.currentTime = 0;
  line.textContent = key ? say(`notice_${key}`, ...values) : "";
};
