// One page at a time: the address names it, or a section on it. The menu marks it, and is folded where there is little room.
import { byId, part } from "../shared/page.js";

/** What the address names; after `=` stands what is to be done there. */
const place = () => location.hash.slice(1).split("=")[0] ?? "";

/** Where what was pressed is gone: the focus goes elsewhere, or to the heading of the page, and is never lost. @param {() => void} elsewhere */
export const refocus = (elsewhere) => {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  elsewhere();
  if (document.activeElement === document.body) part(document, ".page:not([hidden]) h2[tabindex]").focus();
};

export const pages = () => {
  const [first, ...others] = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".page")]);
  if (!first) throw new Error("no page");
  const menu = byId("menu", HTMLButtonElement);
  const folds = (/** @type {boolean} */ folded) => menu.setAttribute("aria-expanded", String(!folded));
  let isOpen = false;

  /** The first stands for what cannot be shown while the vault is closed: there it is opened. */
  const here = () => {
    const wanted = document.getElementById(place())?.closest(".page");
    return others.find((page) => page === wanted && (isOpen || !page.matches("[data-needs-open]"))) ?? first;
  };

  const show = () => {
    const shown = here();
    for (const page of [first, ...others]) page.hidden = page !== shown;
    for (const link of document.querySelectorAll("nav a"))
      if (link.getAttribute("href") === `#${shown.id}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    document.title = `${part(shown, "h2[tabindex]").textContent} – Tofaktor`;
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || menu.getAttribute("aria-expanded") !== "true") return;
    folds(true);
    menu.focus();
  });

  return {
    show,

    /** The focus goes to the heading of the page, or to the section that is named; not to what is not there. */
    focus: () => {
      folds(true);
      const named = document.getElementById(place()) ?? first;
      if (named instanceof HTMLDetailsElement) named.open = true;
      const heading = named.matches(".page") ? part(named, "h2[tabindex]") : undefined;
      const target = heading ?? named;
      if (!target.checkVisibility()) return false;
      target.focus({ preventScroll: true });
      if (heading) scrollTo(0, 0);
      else target.scrollIntoView();
      return true;
    },

    /** @param {import("./desk.js").View} view */
    paint: ({ screen }) => {
      isOpen = screen === "accounts";
      show();
    },

    actions: { menu: () => folds(menu.getAttribute("aria-expanded") === "true") },
  };
};
