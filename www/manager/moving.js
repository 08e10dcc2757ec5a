// An account to a phone, step by step: scan it there, check that it works there, and only then remove it here.
import { exchange } from "../../core.js";
import { button, byId, h, icon, say } from "../page.js";

/** @typedef {import("../../core/tofaktor.js").AccountView} AccountView */

/** @param {import("./desk.js").Desk} desk */
export const moving = (desk) => {
  const select = byId("move-account", HTMLSelectElement);

  /** Shows the QR code, to whoever shows who they are. @param {AccountView} account */
  const toPhone = async (account) => {
    if (!(await desk.proved())) return;
    const { shown } = await desk.set({ transfer: { account: account.id } });
    if (shown && "qr" in shown) desk.paper.qr(account.name || account.issuer, shown.qr, () => check(account));
  };

  /** The code that the other side shows is the proof that it works. @param {AccountView} account */
  const check = (account) => {
    const input = h("input", { id: "move-code", inputmode: "numeric", autocomplete: "off", spellcheck: "false", required: true, class: "monospace" });
    const line = h("p", { id: "move-trouble", role: "status", class: "trouble" });
    const send = h("button", { type: "submit", class: "primary" }, say("moveCheck"));
    const back = button("move-again", say("moveAgain"));
    back.addEventListener("click", () => toPhone(account));
    const form = h("form", { class: "stack", autocomplete: "off", novalidate: true }, h("p", {}, say("moveCheckText", account.name || account.issuer)), h("div", { class: "field" }, h("label", { for: input.id }, say("moveCode")), input), line, h("div", { class: "row" }, send, back));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const { notice } = await exchange({ checkCopy: { account: account.id } }, new TextEncoder().encode(input.value));
      if (notice === "copyWorks") return offer(account);
      line.textContent = say(`notice_${notice ?? "malformed"}`);
      input.select();
    });
    desk.paper.open("move-check", say("moveCheckTitle"), [form]);
  };

  /** @param {AccountView} account */
  const offer = async (account) => {
    await desk.request("show");
    const keep = button("move-keep", say("moveKeep"), { class: "primary" });
    keep.dataset.first = "";
    keep.addEventListener("click", desk.paper.close);
    const remove = button("move-remove", say("moveRemove"), { class: "danger" });
    remove.addEventListener("click", async () => {
      desk.paper.close();
      await desk.request({ remove: { account: account.id } });
    });
    desk.paper.open("move-done", say("moveDoneTitle"), [h("p", { role: "status" }, icon("done"), " ", say("notice_copyWorks")), h("p", {}, say("moveDoneText")), h("div", { class: "row" }, keep, remove)]);
  };

  return {
    toPhone,

    /** @param {import("./desk.js").View} view */
    paint: ({ accounts }) => {
      const before = select.value;
      select.replaceChildren(...accounts.map(({ id, name, issuer }) => h("option", { value: id }, name || issuer)));
      if (accounts.some(({ id }) => id === before)) select.value = before;
      select.disabled = accounts.length === 0;
      byId("move-start", HTMLButtonElement).disabled = accounts.length === 0;
    },

    actions: {
      "move-start": () => {
        const account = desk.view()?.accounts.find(({ id }) => id === select.value);
        if (account) toPhone(account);
      },
    },
  };
};
