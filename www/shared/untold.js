// What another browser has removed or replaced by way of sync, until somebody has read it.
import { byId, part, say, show } from "./page.js";

/** @param {string[]} untold `DeletedView.id` of each */
export const paintUntold = (untold) => {
  show("untold", untold.length > 0);
  byId("untold-text", HTMLElement).textContent = untold.length > 0 ? say("untoldText", untold.length) : "";
  part(document, "#untold [data-action='undo']").dataset.deleted = untold.join(" ");
};
