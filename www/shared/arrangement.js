// In which order accounts are shown: those that the page names and the pinned ones, then group by group, in the chosen order.

/** @typedef {import("../../core/tofaktor.js").AccountView} AccountView */

/** `""` is the order that the person has given them. @typedef {"" | "name" | "organisation" | "used"} Order */

/** @type {Order[]} */
const ORDERS = ["", "name", "organisation", "used"];

/** Kept beside our pages, for all of them. @returns {Order} */
export const order = () => ORDERS.find((known) => known === localStorage.getItem("order")) ?? "";

/** Its heading; a pinned account stands above all groups. @param {AccountView} account */
export const headingOf = ({ group, pinned, wanted }) => (pinned || wanted ? "" : (group ?? ""));

/** @param {AccountView[]} accounts in the person's own order, with those first that go first */
export const arranged = (accounts) => {
  const chosen = order();
  if (!chosen && accounts.every((account) => !headingOf(account))) return accounts;
  const { compare } = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const words = (/** @type {AccountView} */ account) => {
    const name = account.name || account.issuer;
    return chosen === "organisation" ? `${account.organisation || account.issuer} ${name}` : name;
  };
  const between = (/** @type {AccountView} */ one, /** @type {AccountView} */ other) => {
    if (chosen === "used") return Number(other.lastUsedMs ?? 0) - Number(one.lastUsedMs ?? 0);
    return chosen ? compare(words(one), words(other)) : 0;
  };
  // What only looks alike, as "1" and "01" do, is not one group.
  const byGroup = (/** @type {string} */ one, /** @type {string} */ other) => compare(one, other) || Number(one > other) - Number(one < other);
  const rank = (/** @type {AccountView} */ { wanted, pinned }) => Number(!wanted) * 2 + Number(!pinned);
  return accounts.toSorted((one, other) => rank(one) - rank(other) || byGroup(headingOf(one), headingOf(other)) || between(one, other));
};
