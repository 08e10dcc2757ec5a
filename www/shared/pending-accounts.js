// Accounts that were found and are not kept yet.
import { isolated, label } from "./card.js";
import { button, h, repaint, say } from "./page.js";

/**
 * @typedef {import("../../core/tofaktor.js").PendingAccountView} PendingAccountView
 * @typedef {import("../../core/tofaktor.js").WhenKnown} WhenKnown
 */

/**
 * @param {HTMLElement} list
 * @param {PendingAccountView[]} pendingAccounts
 * @param {boolean} open while the vault is closed there is one way on, the form; two buttons would compete
 */
export const paintPendingAccounts = (list, pendingAccounts, open) => repaint(list, ...pendingAccounts.map((pendingAccount) => pendingAccountCard(pendingAccount, open)));

/** Whether the person says that the codes are Steam's own. @param {HTMLElement} pressed */
export const isSteams = (pressed) => pressed.closest("[data-pending-account]")?.querySelector("[name='steam']:checked") != null;

/** What the person calls it, where it has no name of its own. @param {HTMLElement} pressed */
export const called = (pressed) => {
  const input = pressed.closest("[data-pending-account]")?.querySelector("[name='called']");
  return input instanceof HTMLInputElement ? input.value : "";
};

/** What a pressed button says of the account that is there already. @param {HTMLElement} pressed @returns {WhenKnown} */
export const choice = ({ dataset: { whenKnown, rival } }) =>
  whenKnown === "replace" ? { replace: { account: rival ?? "" } } : whenKnown === "keepBoth" ? "keepBoth" : "ask";

/** @param {PendingAccountView} pendingAccount @param {boolean} open */
const pendingAccountCard = ({ standing, found, rival, ...pendingAccount }, open) => {
  const name = pendingAccount.name || pendingAccount.issuer;
  const where = rival?.organisation || say("unknownOrganisation");
  /** Several may be pending, and then their buttons need telling apart by ear. @param {HTMLButtonElement} made @param {string[]} about */
  const aloud = (made, ...about) => {
    made.setAttribute("aria-label", `${made.textContent}: ${about.join(", ")}`);
    return made;
  };
  const buttons = [];
  if (open && rival) {
    // Where nobody knows the organisation of one of them, what takes nothing away comes first.
    const certain = Boolean(pendingAccount.organisation && rival.organisation);
    const replace = aloud(button("save", say("replace"), certain ? { class: "primary" } : {}), rival.name, where);
    Object.assign(replace.dataset, { whenKnown: "replace", rival: rival.account });
    const keepBoth = aloud(button("save", say("keepBoth"), certain ? {} : { class: "primary" }), name);
    keepBoth.dataset.whenKnown = "keepBoth";
    buttons.push(...(certain ? [replace, keepBoth] : [keepBoth, replace]));
  } else if (open && standing === "new") buttons.push(aloud(button("save", say("save"), { class: "primary" }), name));
  const card = h(
    "li",
    { class: "card pending-account", "data-pending-account": pendingAccount.id },
    h("strong", { class: "name" }),
    h("span", { class: "issuer" }),
    ...(pendingAccount.mixed ? [h("p", { class: "mixed" }, say("mixedAlphabets"))] : []),
    ...(found === "thisTab" ? [] : [h("p", { class: "found" }, found === "elsewhere" ? say("foundElsewhere") : say("foundOn", found.page.host))]),
    ...(open && pendingAccount.steam ? [h("label", { class: "choice" }, h("input", { type: "checkbox", name: "steam" }), h("span", {}, say("steamsOwn")))] : []),
    // Feide's QR codes say whose service it is, and not whose account.
    ...(open && standing === "new" && !pendingAccount.name ? [h("input", { type: "text", name: "called", autocomplete: "off", maxlength: "1024", placeholder: say("importName"), "aria-label": say("importNameOf", pendingAccount.issuer) })] : []),
    ...(rival ? [h("p", { class: "standing" }, say("standing_conflict", isolated(rival.name), isolated(where)))] : []),
    ...(standing === "known" ? [h("p", { class: "standing" }, say("standing_known"))] : []),
    h("div", { class: "row" }, ...buttons, aloud(button("dismiss", say("dismiss")), name)),
  );
  // Whose page it is found on need not be said once more.
  label(card, pendingAccount, pendingAccount.issuer === "Microsoft");
  return card;
};
