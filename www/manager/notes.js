// What was noted of an account: it may hold recovery codes, and is shown as a key is, to whoever shows who they are.
import { button, byId, h, say } from "../shared/page.js";

/** @typedef {import("../../core/tofaktor.js").AccountView} AccountView */

/** @param {import("./desk.js").Desk} desk */
export const notes = (desk) => ({
  /** With the vault, it is closed. @param {import("./desk.js").View} view */
  paint: ({ screen }) => {
    if (screen !== "accounts" && byId("dialog", HTMLDialogElement).dataset.dialog === "note") desk.dialog.close();
  },

  /** @param {AccountView} account */
  show: async (account) => {
    if (!(await desk.proved())) return;
    const isHere = desk.dialog.here();
    const { shown } = await desk.set({ note: { account: account.id } });
    if (!shown || !("note" in shown) || !isHere()) return;
    const close = button("close-note", say("close"), { class: "primary" });
    close.dataset.first = "";
    close.addEventListener("click", desk.dialog.close);
    const remove = button("remove-note", say("removeNote"));
    remove.addEventListener("click", () =>
      desk.dialog.confirm(say("removeNote"), say("removeNoteText"), say("removeNote"), async () => {
        if (!(await desk.proved())) return;
        await desk.set({ removeNote: { account: account.id } });
        await desk.request("refresh");
      }),
    );
    desk.dialog.open("note", say("noteTitle", account.name || account.issuer), [h("p", { class: "note", tabindex: "0" }, shown.note.text), h("div", { class: "row" }, close, remove)]);
  },
});
