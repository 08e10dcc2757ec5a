// The list in order: sorted, in groups, dragged about, and several accounts at once.
import { headingOf, order } from "../shared/arrangement.js";
import { refocus } from "./pages.js";
import { byId, h, part, repaint, say, show, write } from "../shared/page.js";

/** @typedef {import("../../core/tofaktor.js").AccountView} AccountView */

/** What a card carries while it is dragged; nothing that comes from elsewhere has it. */
const CARD = "application/x-tofaktor-account";

/** Whether a card of ours is dragged, and not something that is handed over. @param {DragEvent} event */
export const isCard = ({ dataTransfer }) => dataTransfer?.types.includes(CARD) === true;

/**
 * @param {import("./desk.js").Desk} desk
 * @param {() => ReturnType<typeof import("../shared/list.js").accountList>} list
 * @param {{ toPhone: (accounts: string[]) => unknown, save: (accounts: string[]) => unknown }} ways out for those that were chosen
 */
export const arranging = (desk, list, ways) => {
  const sorting = byId("order", HTMLSelectElement);
  const filter = byId("group-filter", HTMLSelectElement);
  /** @type {Set<string>} */
  const chosen = new Set();
  let choosing = false;
  /** @type {AccountView[]} */
  let accounts = [];

  sorting.value = order();
  sorting.addEventListener("change", () => {
    localStorage.setItem("order", sorting.value);
    desk.request("refresh");
  });
  /** The name of a group follows the sign; with none it is those without a group. */
  const filtered = () => (filter.value.startsWith("=") ? filter.value.slice(1) : undefined);
  filter.addEventListener("change", () => {
    list().filter(filtered());
    mark();
  });

  /** Those that were chosen, in the order of the list. */
  const those = () => accounts.filter(({ id }) => chosen.has(id));
  const ids = () => those().map(({ id }) => id);

  /** Checkboxes and what goes with them. What is out of sight is not chosen: nothing is done to it unseen. */
  const mark = () => {
    const seen = new Set(list().shown().map(({ id }) => id));
    for (const id of chosen) if (!seen.has(id)) chosen.delete(id);
    show("chosen", choosing);
    byId("choose", HTMLElement).setAttribute("aria-pressed", String(choosing));
    write("chosen-count", say("chosenCount", chosen.size));
    for (const act of document.querySelectorAll("#chosen [data-chosen]")) /** @type {HTMLButtonElement} */ (act).disabled = chosen.size === 0;
    for (const box of list().element.querySelectorAll(".pick")) {
      const id = box.closest("[data-account]")?.getAttribute("data-account") ?? "";
      Object.assign(box, { hidden: !choosing, checked: chosen.has(id) });
    }
  };

  /** @param {boolean} on */
  const choose = (on) => {
    choosing = on;
    chosen.clear();
    mark();
  };

  /** It is done to those that were chosen, and what was pressed is out of sight. */
  const done = () => {
    choose(false);
    refocus(() => byId("choose", HTMLElement).focus());
  };

  /** @param {HTMLElement} card @param {AccountView} account */
  const made = (card, account) => {
    let box = card.querySelector(".pick");
    if (!box) {
      box = h("input", { type: "checkbox", class: "pick" });
      box.addEventListener("change", () => {
        if (/** @type {HTMLInputElement} */ (box).checked) chosen.add(account.id);
        else chosen.delete(account.id);
        mark();
      });
      card.prepend(box);
    }
    box.setAttribute("aria-label", say("chooseAccount", account.name || account.issuer));
    Object.assign(box, { hidden: !choosing, checked: chosen.has(account.id) });
    card.draggable = order() === "";
  };

  /** @param {EventTarget | null} target */
  const cardOf = (target) => {
    const card = target instanceof Element ? target.closest("[data-account]") : null;
    return card instanceof HTMLElement ? card : undefined;
  };
  const known = (/** @type {string | undefined} */ id) => accounts.find((account) => account.id === id);

  /** What is moved is moved from where it was put before. @type {Promise<unknown>} */
  let moved = Promise.resolve();
  const inTurn = (/** @type {() => Promise<unknown>} */ move) => (moved = moved.then(move, move));

  /** Takes the place of the other one, which makes room. @param {AccountView} moved @param {AccountView} other */
  const place = async (moved, other) => {
    if (moved.id === other.id || moved.pinned !== other.pinned) return;
    const row = accounts.filter((account) => account.pinned === other.pinned && headingOf(account) === headingOf(other));
    const isDown = row.includes(moved) && row.indexOf(moved) < row.indexOf(other);
    const before = isDown ? row[row.indexOf(other) + 1] : other;
    await desk.request({ place: { account: moved.id, ...(before ? { before: before.id } : {}) } });
  };

  const listen = () => {
    const { element } = list();
    // The list hears of it first, and shows what it finds.
    byId("search", HTMLElement).addEventListener("input", mark);
    const over = (/** @type {HTMLElement | undefined} */ card) => {
      for (const marked of element.querySelectorAll("[data-over]")) if (marked !== card) marked.removeAttribute("data-over");
      if (card) card.dataset.over = "";
    };
    element.addEventListener("dragstart", (event) => {
      event.dataTransfer?.setData(CARD, cardOf(event.target)?.dataset.account ?? "");
    });
    element.addEventListener("dragover", (event) => {
      if (!isCard(event)) return;
      event.preventDefault();
      over(cardOf(event.target));
    });
    element.addEventListener("dragend", () => over(undefined));
    element.addEventListener("drop", (event) => {
      if (!isCard(event)) return;
      event.preventDefault();
      const [moved, other] = [known(event.dataTransfer?.getData(CARD)), known(cardOf(event.target)?.dataset.account)];
      if (moved && other) inTurn(() => place(moved, other));
    });
    // The same by keys; in the details there are buttons for it.
    element.addEventListener("keydown", (event) => {
      const card = cardOf(event.target);
      if (!event.altKey || !card || order() || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const down = event.key === "ArrowDown";
      inTurn(async () => {
        const account = known(card.dataset.account);
        if (!account || !(down ? account.below : account.above)) return;
        await desk.request({ move: { account: account.id, down } });
        part(card, ".copy").focus();
      });
    });
  };

  const group = () => {
    const put = async (/** @type {string} */ name) => {
      desk.dialog.close();
      await desk.request({ group: { accounts: ids(), group: name } });
      done();
    };
    const names = [...new Set(accounts.flatMap((account) => account.group || []))];
    const input = h("input", { id: "group-name", maxlength: "64", autocomplete: "off", list: "group-names", value: those()[0]?.group ?? "" });
    const out = h("button", { type: "button" }, say("groupOut"));
    out.addEventListener("click", () => put(""));
    const form = h(
      "form",
      { class: "stack", autocomplete: "off" },
      h("div", { class: "field" }, h("label", { for: "group-name" }, say("groupName")), input, h("datalist", { id: "group-names" }, ...names.map((name) => h("option", { value: name })))),
      h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, say("groupPut")), out),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      put(input.value);
    });
    desk.dialog.open("group", say("groupTitle"), [form]);
  };

  const remove = () =>
    desk.dialog.confirm(
      say("removeSeveralTitle"),
      say("removeSeveralText", chosen.size),
      say("removeNow"),
      async () => {
        await desk.request({ removeSeveral: { accounts: ids() } });
        done();
      },
      those().map(({ name, issuer }) => name || issuer),
    );

  return {
    made,
    listen,

    /** @param {AccountView[]} all */
    paint: (all) => {
      accounts = all;
      show("tools", accounts.length > 1);
      if (accounts.length < 2) choosing = false;
      const { compare } = new Intl.Collator(document.documentElement.lang);
      const groups = [...new Set(accounts.flatMap((account) => account.group || []))].sort(compare);
      const before = filter.value;
      repaint(filter, h("option", { value: "" }, say("groupAll")), h("option", { value: "=" }, say("groupNone")), ...groups.map((name) => h("option", { value: `=${name}` }, name)));
      filter.value = ["", ...groups].some((name) => before === `=${name}`) ? before : "";
      part(document, "label:has(#group-filter)").hidden = groups.length === 0;
      // With the tools out of sight nothing is filtered.
      list().filter(accounts.length < 2 || groups.length === 0 ? undefined : filtered());
      mark();
    },

    actions: {
      choose: () => choose(!choosing),
      "choose-all": () => {
        for (const { id } of list().shown()) chosen.add(id);
        mark();
      },
      "chosen-group": group,
      "chosen-draw": () => ways.toPhone(ids()),
      "chosen-save": () => ways.save(ids()),
      "chosen-remove": remove,
    },
  };
};
