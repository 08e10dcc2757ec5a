// The list of accounts: painted once, patched when codes change, searched and walked by keyboard.
// A card keeps its element for as long as its account is there, so the focus stays where it was.
import { arranged, headingOf } from "./arrangement.js";
import { fold } from "./fold.js";
import { card, patch } from "./card.js";
import { copy } from "./clipboard.js";
import { h, say } from "./page.js";

/** @typedef {import("../../core/tofaktor.js").AccountView} AccountView */

/** More than fit into a popup with room around them. */
const FEW = 4;
/** Painted at once; the rest follows when the first screen stands. */
const FIRST = 24;
const COPIED_MS = 1600;

/**
 * @param {HTMLElement} place
 * @param {{ copied: (account: AccountView) => void, more: (account: AccountView) => void, ended: () => void, made?: (card: HTMLElement, account: AccountView) => void }} on `ended`: a code has run out; `made`: a card is painted
 */
export const accountList = (place, on) => {
  const input = h("input", { id: "search", type: "search", autocomplete: "off", spellcheck: "false", "data-i18n-label": "search", "data-i18n-placeholder": "search" });
  const field = h("div", { class: "search", "data-icon": "search" }, input);
  const count = h("p", { class: "visually-hidden", role: "status" });
  const list = h("ul", { id: "account-list" });
  const none = h("p", { class: "soft", "data-i18n": "notFound" });
  field.hidden = none.hidden = true;
  place.append(field, count, list, none);

  /** @type {Map<string, { element: HTMLElement, account: AccountView }>} */
  const byId = new Map();
  /** @type {AccountView[]} */
  let wanted = [];
  /** @type {string[]} */
  let sought = [];
  /** The one group that is shown. @type {string | undefined} */
  let only;
  /** Headings of groups. @type {Map<string, HTMLElement>} */
  let headings = new Map();
  let rest = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let end;

  /** @param {AccountView} account */
  const matches = ({ name, issuer, organisation, group }) => {
    if (only !== undefined && only !== (group ?? "")) return false;
    if (sought.length === 0) return true;
    const text = fold(`${name} ${issuer} ${organisation ?? ""} ${group ?? ""}`);
    return sought.every((word) => text.includes(word));
  };

  /** @param {AccountView} account */
  const elementOf = (account) => {
    const known = byId.get(account.id);
    const element = known?.element ?? card(account.id);
    byId.set(account.id, { element, account });
    patch(element, account);
    on.made?.(element, account);
    element.hidden = !matches(account);
    return element;
  };

  /** @param {AccountView[]} accounts @param {boolean} searchable */
  const paint = (accounts, searchable) => {
    cancelAnimationFrame(rest);
    wanted = arranged(accounts);
    const names = new Set(wanted.map(headingOf).filter(Boolean));
    for (const [name, heading] of headings) if (!names.has(name)) heading.remove();
    headings = new Map([...names].map((name) => [name, headings.get(name) ?? h("li", { class: "group-heading" }, h("h3", {}, name))]));
    field.hidden = !searchable;
    const density = document.documentElement.dataset.density;
    list.dataset.compact = String(density ? density === "compact" : accounts.length > FEW);
    if (!searchable) input.value = "";
    const still = new Set(accounts.map(({ id }) => id));
    for (const [id, { element }] of byId)
      if (!still.has(id)) {
        element.remove();
        byId.delete(id);
      }
    find();
    const rows = wanted.flatMap((account, at) => {
      const heading = headingOf(account);
      const begins = heading && (at === 0 || headingOf(/** @type {AccountView} */ (wanted[at - 1])) !== heading) ? headings.get(heading) : undefined;
      return begins ? [begins, account] : [account];
    });
    /** @param {number} from @param {number} to */
    const put = (from, to) => {
      for (const [at, row] of rows.slice(from, to).entries()) {
        const element = row instanceof HTMLElement ? row : elementOf(row);
        // Moving an element takes its focus away, so one that stands right stays.
        if (list.children[from + at] !== element) list.insertBefore(element, list.children[from + at] ?? null);
      }
      if (to < rows.length) rest = requestAnimationFrame(() => put(to, to + 100));
    };
    put(0, FIRST);

    clearTimeout(end);
    const soonest = Math.min(...accounts.filter(({ periodMs }) => periodMs > 0).map(({ leftMs }) => leftMs));
    if (Number.isFinite(soonest)) end = setTimeout(on.ended, soonest);
  };

  /** Counts all that match, also those not painted yet. */
  const find = () => {
    sought = fold(input.value).split(/\s+/).filter(Boolean);
    let found = 0;
    const begun = new Set();
    for (const account of wanted) {
      const shown = matches(account);
      if (shown) found += 1;
      if (shown) begun.add(headingOf(account));
      const known = byId.get(account.id);
      if (known) known.element.hidden = !shown;
    }
    for (const [name, heading] of headings) heading.hidden = !begun.has(name);
    none.hidden = found > 0 || (sought.length === 0 && only === undefined);
    count.textContent = sought.length > 0 ? say("foundCount", found) : "";
  };

  const visible = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-account]:not([hidden]) .copy")]);

  /** @param {Element | null | undefined} button */
  const copyBy = async (button) => {
    const known = byId.get(button?.closest("[data-account]")?.getAttribute("data-account") ?? "");
    if (!known) return;
    const { element, account } = known;
    await copy(account.code.replaceAll(" ", ""));
    element.dataset.copied = "true";
    setTimeout(() => delete element.dataset.copied, COPIED_MS);
    on.copied(account);
  };

  list.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.classList.contains("copy")) copyBy(button);
    if (!button?.classList.contains("more")) return;
    const known = byId.get(button.closest("[data-account]")?.getAttribute("data-account") ?? "");
    if (known) on.more(known.account);
  });

  list.addEventListener("keydown", (event) => {
    if (event.altKey || !(event.target instanceof HTMLButtonElement)) return;
    const all = visible();
    const focused = document.activeElement?.closest("[data-account]")?.querySelector(".copy");
    const here = all.findIndex((button) => button === focused);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to >= 0) all[to]?.focus();
    else if (!field.hidden) input.focus();
  });

  input.addEventListener("input", find);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") visible()[0]?.focus();
    else if (event.key === "Enter") copyBy(visible()[0]);
    else if (event.key === "Escape" && input.value) {
      input.value = "";
      find();
    } else return;
    event.preventDefault();
  });

  return {
    paint,
    element: list,
    /** Shows one group alone; `undefined` shows all. @param {string | undefined} group */
    filter: (group) => {
      only = group;
      find();
    },
    /** Those that are shown now. */
    shown: () => wanted.filter(matches),
    /** Where a person begins: the search, or else the first code. */
    focus: () => (field.hidden ? visible()[0] : input)?.focus(),
    /** Typing anywhere goes to the search; not a space, which presses buttons. @param {KeyboardEvent} event */
    type: (event) => {
      const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (typed && !field.hidden && !(event.target instanceof HTMLInputElement)) input.focus();
    },
    /** Back to the account whose details were open. @param {string} id */
    focusMore: (id) => {
      const more = byId.get(id)?.element.querySelector(".more");
      if (more instanceof HTMLElement) more.focus();
    },
  };
};
