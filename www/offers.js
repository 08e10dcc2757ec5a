// Accounts that were found and are not kept yet.
import { label } from "./card.js";
import { button, h, say } from "./page.js";

/** @typedef {import("../core/tofaktor.js").OfferView} OfferView */

/**
 * @param {HTMLElement} list
 * @param {OfferView[]} offers
 * @param {boolean} open while the vault is closed there is one way on, the form; two buttons would compete
 */
export const paintOffers = (list, offers, open) => list.replaceChildren(...offers.map((offer) => offerCard(offer, open)));

/** @param {OfferView} offer @param {boolean} open */
const offerCard = ({ standing, ...offer }, open) => {
  const replaces = standing === "conflict";
  const save = button("save", say(replaces ? "replace" : "save"), { class: "primary" });
  save.dataset.replace = String(replaces);
  save.hidden = !open || standing === "known";
  const dismiss = button("dismiss", say("dismiss"));
  // Several may be on offer, and then their buttons need telling apart by ear.
  for (const pressed of [save, dismiss]) pressed.setAttribute("aria-label", `${pressed.textContent}: ${offer.name || offer.issuer}`);
  const card = h(
    "li",
    { class: "card offer", "data-offer": offer.id },
    h("strong", { class: "name" }),
    h("span", { class: "issuer" }),
    ...(standing === "new" ? [] : [h("p", { class: "standing" }, say(`standing_${standing}`))]),
    h("div", { class: "row" }, save, dismiss),
  );
  label(card, offer);
  return card;
};
