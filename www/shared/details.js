// One account: what is known of it, and what can be done with it.
import { order } from "./arrangement.js";
import { breakable } from "./card.js";
import { button, h, icon, say, sayTime } from "./page.js";

/**
 * @typedef {import("../../core/tofaktor.js").AccountView} AccountView
 * @typedef {import("../../core/tofaktor.js").UiRequest} UiRequest
 * @typedef {import("../../core/tofaktor.js").Reply} Reply
 * @typedef {"view" | "large" | "rename" | "remove"} Stage
 */

/** A code as it is read aloud: group by group. @param {string} code */
const groups = (code) => code.split(" ").map((group) => h("span", {}, group));

/** The code in a window of its own, beside another program's. @param {string} id */
const openOnTop = (id) => chrome.windows.create({ url: chrome.runtime.getURL(`www/ontop/ontop.html#${id}`), type: "popup", width: 360, height: 300 });

/** @type {import("../../core/tofaktor.js").Mode[]} */
export const FILL_MODES = ["code", "approve", "automatic"];

/**
 * @param {HTMLDialogElement} dialog
 * @param {(request: UiRequest) => Promise<Reply>} request paints the page behind, too
 * @param {{ transfer: (account: AccountView) => void, note: (account: AccountView) => void, edit?: (account: AccountView) => void, closed: (id: string) => void }} on `edit`: more than its name can be changed here
 */
export const details = (dialog, request, on) => {
  /** @type {AccountView | undefined} */
  let account;
  /** @type {Stage} */
  let stage = "view";

  dialog.addEventListener("close", () => {
    // The event comes late: the details of another account may lie there already.
    if (dialog.open) return;
    if (account) on.closed(account.id);
    account = undefined;
    dialog.replaceChildren();
  });

  /** @param {Stage} next */
  const turn = (next) => {
    stage = next;
    build();
    const first = dialog.querySelector("[data-first]");
    if (first instanceof HTMLElement) first.focus();
    if (first instanceof HTMLInputElement) first.select();
  };

  /** @param {UiRequest} asked @param {string} [focus] the action whose button to return to */
  const change = async (asked, focus) => {
    if (!account) return;
    const { id } = account;
    const { view } = await request(asked);
    if (account?.id !== id) return; // closed meanwhile
    account = view.accounts.find((known) => known.id === id);
    if (!account) return dialog.close();
    stage = "view";
    build();
    const again = focus ? dialog.querySelector(`[data-action='${focus}']:not(:disabled)`) : undefined;
    if (again instanceof HTMLElement) again.focus();
    else dialog.querySelector("button")?.focus();
  };

  /** @param {AccountView} shown */
  const facts = (shown) => {
    /** @type {[string, string][]} */
    const rows = [];
    if (shown.organisation) rows.push(["factOrganisation", shown.organisation]);
    if (shown.issuer) rows.push(["factIssuer", shown.issuer]);
    if (shown.group) rows.push(["factGroup", shown.group]);
    if (shown.serial) rows.push(["factSerial", shown.serial]);
    if (shown.came) rows.push(["factCame", say(`came_${shown.came}`)]);
    rows.push(["factConfirmed", say(shown.confirmed ? (shown.said ? "saidConfirmed" : "yesConfirmed") : shown.enrolled ? "notConfirmed" : "notKnown")]);
    rows.push(["factLastUsed", shown.lastUsedMs ? sayTime(shown.lastUsedMs) : say("neverUsed")]);
    return h("dl", {}, ...rows.flatMap(([key, value]) => [h("dt", {}, say(key)), h("dd", {}, h("bdi", {}, value))]));
  };

  /** @param {AccountView} shown */
  const modes = (shown) => {
    const choices = FILL_MODES.map((mode) => {
      const input = h("input", { type: "radio", name: "mode", value: mode, checked: shown.mode === mode });
      input.addEventListener("change", () => request({ setMode: { account: shown.id, mode } }));
      return h("label", { class: "choice" }, input, h("span", {}, h("strong", {}, say(`mode_${mode}`)), h("small", {}, say(`modeText_${mode}`))));
    });
    return h("fieldset", {}, h("legend", {}, say("modeTitle")), ...choices);
  };

  const build = () => {
    const shown = account;
    if (!shown) return;
    const name = shown.name || shown.issuer;
    const title = h("h2", { id: "details-title" }, ...breakable(name));
    const close = h("button", { type: "button", class: "quiet", "data-action": "close-details", "aria-label": say("close"), title: say("close") }, icon("close"));
    close.addEventListener("click", () => dialog.close());
    const head = h("div", { class: "dialog-head" }, title, close);

    if (stage === "large") {
      dialog.replaceChildren(head, h("p", { id: "large", class: "large-code" }, ...groups(shown.code)), h("div", { class: "row" }, back()));
      return;
    }
    if (stage === "rename") {
      const input = h("input", { id: "new-name", value: shown.name, maxlength: "1024", required: true, autocomplete: "off", "data-first": true });
      const form = h("form", { class: "stack" }, h("div", { class: "field" }, h("label", { for: "new-name" }, say("newName")), input), h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, say("saveName")), back()));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        change({ rename: { account: shown.id, name: input.value } }, "rename");
      });
      dialog.replaceChildren(head, form);
      return;
    }
    if (stage === "remove") {
      const remove = button("remove-now", say("removeNow"), { class: "danger", icon: "trash" });
      remove.addEventListener("click", () => change({ remove: { account: shown.id } }));
      const stay = back();
      stay.dataset.first = "";
      dialog.replaceChildren(
        head,
        h("div", { class: "warning", role: "alert" }, icon("warn"), h("p", {}, say(`loss_${shown.loss}`))),
        h("p", { class: "soft" }, say("removeUndo")),
        h("div", { class: "row" }, stay, remove),
      );
      return;
    }

    /** @param {string} action @param {string} words @param {string} drawing @param {() => void} act @param {boolean} [enabled] */
    const act = (action, words, drawing, act, enabled = true) => {
      const made = button(action, say(words), { icon: drawing });
      made.disabled = !enabled;
      made.addEventListener("click", act);
      return made;
    };
    const actions = h(
      "div",
      { class: "actions" },
      act("pin", shown.pinned ? "unpin" : "pin", "pin", () => change({ pin: { account: shown.id, pinned: !shown.pinned } }, "pin")),
      on.edit ? act("edit", "edit", "rename", () => on.edit?.(shown)) : act("rename", "rename", "rename", () => turn("rename")),
      act("large", "largeCode", "eye", () => turn("large")),
      act("up", "moveUp", "up", () => change({ move: { account: shown.id, down: false } }, "up"), shown.above && !order()),
      act("down", "moveDown", "down", () => change({ move: { account: shown.id, down: true } }, "down"), shown.below && !order()),
      act("on-top", "onTop", "up", () => openOnTop(shown.id)),
      act("transfer", "transfer", "phone", () => on.transfer(shown)),
      ...(shown.noted ? [act("note", "showNote", "eye", () => on.note(shown))] : []),
      act("remove", "remove", "trash", () => turn("remove")),
    );
    // What can be done stands first: at the foot, its last row would be cut where the window ends.
    dialog.replaceChildren(head, ...(shown.mixed ? [h("p", { class: "mixed" }, say("mixedAlphabets"))] : []), actions, facts(shown), ...(shown.microsoft ? [modes(shown)] : []));
  };

  const back = () => {
    const made = button("back", say(stage === "large" ? "moveBack" : "cancel"));
    made.addEventListener("click", () => turn("view"));
    return made;
  };

  return {
    /** @param {AccountView} shown */
    open: (shown) => {
      account = shown;
      stage = "view";
      build();
      dialog.setAttribute("aria-labelledby", "details-title");
      dialog.showModal();
    },
    /** The large code is the one of now. @param {AccountView[]} accounts */
    paint: (accounts) => {
      if (!account) return;
      const { id, code } = account;
      const now = accounts.find((known) => known.id === id);
      if (!now) return stage === "large" ? dialog.close() : undefined;
      // Also while it is not shown: it may be asked for at any time.
      account = now;
      if (stage === "large" && now.code !== code) dialog.querySelector("#large")?.replaceChildren(...groups(now.code));
    },
    isOpen: () => dialog.open,
    close: () => dialog.open && dialog.close(),
  };
};
