// What the organisation has decided, marked where a person would look for it.
import { h, icon, say } from "../shared/page.js";

/** @returns {import("./desk.js").Section} */
export const decided = () => ({
  paint: (_, { policy }) => {
    for (const place of document.querySelectorAll("[data-decided]")) {
      const mark = place.querySelector(":scope > .decided");
      const is = policy.locked.includes(place.getAttribute("data-decided") ?? "");
      if (!is) mark?.remove();
      else if (!mark) place.append(h("small", { class: "decided" }, icon("lock"), say("decidedByOrganisation")));
    }
  },
});
