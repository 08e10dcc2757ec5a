// Does the account work on the other side? The code that is shown there proves it, and only then is it offered for
// removal here.
import { exchange } from "../../core.js";
import { button, h, icon, once, say } from "../shared/page.js";

/**
 * @typedef {import("../../core/tofaktor.js").AccountView} AccountView
 * @typedef {{ words: string, back: (account: AccountView) => unknown, next: (account: AccountView) => unknown }} Path
 *   `words` are those of the way `back`; `next` goes on with another account
 */

/** An account that nobody has seen work elsewhere. @param {AccountView} account */
export const isOnlyHere = ({ loss }) => loss === "onlyCopy" || loss === "neverConfirmed" || loss === "notKnown";

/** @param {import("./desk.js").Desk} desk */
export const checking = (desk) => {
  /** @param {AccountView} account @param {Path} path */
  const check = (account, path) => {
    const input = h("input", { id: "move-code", inputmode: "numeric", autocomplete: "off", spellcheck: "false", required: true, class: "monospace" });
    const line = h("p", { id: "move-trouble", role: "status", class: "trouble" });
    const send = h("button", { type: "submit", class: "primary" }, say("moveCheck"));
    const back = button("move-again", path.words);
    back.addEventListener("click", () => path.back(account));
    const form = h("form", { class: "stack", autocomplete: "off", novalidate: true }, h("p", {}, say("moveCheckText", account.name || account.issuer)), h("div", { class: "field" }, h("label", { for: input.id }, say("moveCode")), input), line, h("div", { class: "row" }, send, back));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const isHere = desk.dialog.here();
      const { notice } = await exchange({ checkCopy: { account: account.id } }, new TextEncoder().encode(input.value));
      if (!isHere()) return;
      if (notice === "copyWorks") return offerRemoval(account, path);
      line.textContent = say(`notice_${notice ?? "malformed"}`);
      input.select();
    });
    desk.dialog.open("move-check", say("moveCheckTitle"), [form]);
  };

  /** @param {AccountView} account @param {Path} path */
  const offerRemoval = async (account, path) => {
    const isHere = desk.dialog.here();
    const { view } = await desk.request("show");
    const synced = (await exchange("show")).view.sync.state !== "off";
    if (!isHere()) return;
    const keep = button("move-keep", say("moveKeep"), { class: "primary" });
    keep.dataset.first = "";
    keep.addEventListener("click", desk.dialog.close);
    const remove = button("move-remove", say("moveRemove"), { class: "danger" });
    const removed = async () => {
      const isHere = desk.dialog.here();
      // What is removed in one browser that syncs is removed in all.
      if (synced && !((await desk.proved()) && (await exchange({ syncOff: { erase: false } })).notice === "syncStopped")) return;
      if (isHere()) desk.dialog.close();
      await desk.request({ remove: { account: account.id } });
    };
    remove.addEventListener("click", () => once(remove, removed));
    const parts = [h("p", { role: "status" }, icon("done"), " ", say("notice_copyWorks")), h("p", {}, say("moveDoneText"))];
    if (synced) parts.push(h("p", { class: "soft" }, say("moveSyncOff")));
    const other = view.accounts.find(isOnlyHere);
    if (other) {
      const next = button("move-next", say("moveNext", other.name || other.issuer), { icon: "next" });
      next.addEventListener("click", () => path.next(other));
      parts.push(h("div", { class: "row" }, next));
    }
    desk.dialog.open("move-done", say("moveDoneTitle"), [h("div", { class: "stack" }, ...parts, h("div", { class: "row" }, keep, remove))]);
  };

  return check;
};
