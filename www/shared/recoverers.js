// Who can open the vault in the name of the organisation, as soon as that has changed and until somebody has read it.
import { byId, say, show } from "./page.js";

/** Of keys as a policy writes them. @param {string[]} keys */
export const names = (keys) => keys.map((key) => key.replace(/^\S+\s+/, "")).join(", ");

/** @param {import("../../core/tofaktor.js").RecoverersView | undefined | null} recoverers */
export const paintRecoverers = (recoverers) => {
  show("recoverers", !!recoverers);
  const { added = [], removed = [] } = recoverers ?? {};
  const sentences = [added.length > 0 && say("recoverersAdded", added.join(", ")), removed.length > 0 && say("recoverersRemoved", removed.join(", "))];
  byId("recoverers-text", HTMLElement).textContent = sentences.filter(Boolean).join(" ");
};
