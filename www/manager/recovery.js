// A vault that cannot be read: what it is, a copy to keep, and a way on.
import { manage } from "../../core.js";
import { exportSealed } from "../leave.js";
import { tell } from "../notice.js";
import { byId, say, show } from "../page.js";

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const recovery = (desk) => ({
  paint: ({ screen }) => {
    show("recovery", screen === "recovery");
    const notice = byId("notice", HTMLElement);
    const { notice: why } = notice.dataset;
    if (screen !== "recovery" || !why) return;
    show("bury", why === "damaged" || why === "vanished");
    byId("recovery-why", HTMLElement).textContent = notice.textContent;
    // Said in its place, and once.
    tell();
  },

  actions: {
    again: () => location.reload(),
    export: exportSealed,
    bury: () =>
      desk.paper.confirm(say("buryTitle"), say("buryText"), say("buryNow"), async () => {
        await manage("bury");
        location.reload();
      }),
  },
});
