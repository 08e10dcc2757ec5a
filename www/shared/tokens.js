// Hardware tokens that the organisation's policy has brought, until somebody has read of them.
import { byId, say, show } from "./page.js";

/** @param {import("../../core/tofaktor.js").TokenView[]} tokens */
export const paintTokens = (tokens) => {
  show("tokens", tokens.length > 0);
  byId("tokens-text", HTMLElement).textContent = tokens.map(({ name, serial }) => say("tokenCame", name, serial)).join(" ");
};
