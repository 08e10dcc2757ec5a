// The list of accounts: painted once, patched when codes change, searched and walked by keyboard.
// A card keeps its element for as long as its account is there, so the focus stays where it was.
import { copy } from "./clipboard.js";
import { fromTemplate, part, say } from "./page.js";

/**
 * @typedef {import("../core/tofaktor.js").AccountView} AccountView
 * @typedef {import("../core/tofaktor.js").UiRequest} UiRequest
 * @typedef {{ element: HTMLElement, account: AccountView }} Card
 */

/** Painted at once; the rest follows when the first screen stands. */
const FIRST = 24;
const COPIED_MS = 1600;
/** The next code shows in the last seconds of this one. */
const LATE_MS = 5000;

/** A long address breaks before its @ rather than anywhere. @param {string} name @returns {(string | Node)[]} */
export const breakable = (name) => {
  const at = name.lastIndexOf("@");
  return at > 0 ? [name.slice(0, at), document.createElement("wbr"), name.slice(at)] : [name];
};

/**
 * @param {HTMLElement} whole
 * @param {{ issuer: string, name: string, tenant?: string | null }} account
 * @param {boolean} [short] the tenant says it all where there is one
 */
export const label = (whole, { issuer, name, tenant }, short) => {
  part(whole, ".name").replaceChildren(...breakable(name || issuer));
  part(whole, ".issuer").textContent = short ? tenant || issuer : [tenant, issuer].filter(Boolean).join(" · ");
};

/**
 * @param {HTMLElement} list
 * @param {{ copied: (account: AccountView) => void, more: (account: AccountView) => void }} on
 */
export const cards = (list, on) => {
  /** @type {Map<string, Card>} */
  const byAccount = new Map();
  /** @type {AccountView[]} */
  let wanted = [];
  let sought = /** @type {string[]} */ ([]);
  let rest = 0;

  /** @param {Card} card @param {AccountView} account */
  const patch = ({ element }, account) => {
    element.dataset.wanted = String(account.wanted);
    element.dataset.hue = String(account.hue);
    element.dataset.pinned = String(account.pinned);
    label(element, account, true);
    part(element, ".initial").textContent = account.initial;
    part(element, ".unconfirmed").hidden = account.confirmed;
    const code = part(element, ".code");
    code.textContent = account.code;
    part(element, ".next-code").textContent = account.nextCode;
    part(element, ".copy").setAttribute("aria-label", say("copyCode", account.code, account.name || account.issuer));
    part(element, ".more").setAttribute("aria-label", say("moreAbout", account.name || account.issuer));
    const fill = element.querySelector("[data-action='fill-here']");
    if (fill instanceof HTMLElement) fill.hidden = !account.microsoft;
    part(element, "[data-action='next']").hidden = account.periodMs > 0;
    element.dataset.counter = String(account.periodMs === 0);
    element.style.setProperty("--period", `${account.periodMs}ms`);
    element.style.setProperty("--run", `${account.leftMs - account.periodMs}ms`);
    element.style.setProperty("--late", `${account.leftMs - LATE_MS}ms`);
    // A new run of the countdown begins; changing a delay alone would bend the old one.
    const countdown = part(element, ".countdown");
    countdown.replaceWith(countdown.cloneNode());
    const next = part(element, ".next-code");
    next.replaceWith(next.cloneNode(true));
    for (const animation of code.getAnimations()) animation.cancel(), animation.play();
  };

  /** @param {AccountView} account */
  const place = (account) => {
    let card = byAccount.get(account.id);
    if (!card) {
      const element = fromTemplate("account-template");
      element.dataset.account = account.id;
      card = { element, account };
      byAccount.set(account.id, card);
    }
    card.account = account;
    patch(card, account);
    card.element.hidden = !matches(account);
    return card.element;
  };

  /** @param {AccountView} account */
  const matches = (account) => sought.every((word) => account.sought.includes(word));

  /** @param {AccountView[]} accounts */
  const paint = (accounts) => {
    cancelAnimationFrame(rest);
    wanted = accounts;
    const known = new Set(accounts.map((account) => account.id));
    for (const [id, { element }] of byAccount)
      if (!known.has(id)) {
        element.remove();
        byAccount.delete(id);
      }
    /** @param {number} from @param {number} to */
    const put = (from, to) => {
      for (let at = from; at < Math.min(to, accounts.length); at++) {
        const account = accounts[at];
        if (!account) continue;
        const element = place(account);
        // Moving an element takes its focus away, so one that stands right stays.
        if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null);
      }
      if (to < accounts.length) rest = requestAnimationFrame(() => put(to, to + 100));
    };
    put(0, FIRST);
  };

  /** All that match, also those not painted yet. @param {string[]} words */
  const search = (words) => {
    sought = words;
    let found = 0;
    for (const account of wanted) {
      const shown = matches(account);
      if (shown) found += 1;
      const card = byAccount.get(account.id);
      if (card) card.element.hidden = !shown;
    }
    return found;
  };

  const visible = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-account]:not([hidden]) .copy")]);

  /** @param {HTMLElement} element */
  const copyFrom = async (element) => {
    const account = byAccount.get(element.dataset.account ?? "")?.account;
    if (!account) return;
    await copy(account.code.replaceAll(" ", ""));
    element.dataset.copied = "true";
    setTimeout(() => delete element.dataset.copied, COPIED_MS);
    on.copied(account);
  };

  list.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("button") : null;
    const element = target?.closest("[data-account]");
    if (!(element instanceof HTMLElement) || !target) return;
    const account = byAccount.get(element.dataset.account ?? "")?.account;
    if (target.classList.contains("copy")) copyFrom(element);
    else if (target.classList.contains("more") && account) on.more(account);
  });

  list.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const all = visible();
    const focused = document.activeElement?.closest("[data-account]")?.querySelector(".copy");
    const here = all.findIndex((button) => button === focused);
    const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : step ? here + step : -1;
    if (!step && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    if (to < 0) list.dispatchEvent(new CustomEvent("before-first", { bubbles: true }));
    else all[to]?.focus();
  });

  return {
    paint,
    search,
    focusFirst: () => visible()[0]?.focus(),
    copyFirst: () => {
      const first = visible()[0]?.closest("[data-account]");
      if (first instanceof HTMLElement) copyFrom(first);
    },
    /** @param {string} id */
    focus: (id) => {
      const button = byAccount.get(id)?.element.querySelector(".more");
      if (button instanceof HTMLElement) button.focus();
    },
  };
};
