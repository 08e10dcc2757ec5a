// Who can open the vault in the name of the organisation, as soon as that has changed and until somebody has read it.
import { byId, say, show } from "./page.js";

/** @param {import("../../core/tofaktor.js").RecoverersView | undefined | null} recoverers */
export const paintRecoverers = (recoverers) => {
  show("recoverers", !!recoverers);
  const sentences = Object.entries({ recoverersAdded: recoverers?.added, recoverersRemoved: recoverers?.removed });
  byId("recoverers-text", HTMLElement).textContent = sentences.flatMap(([key, names]) => (names?.length ? [say(key, names.join(", "))] : [])).join(" ");
};
