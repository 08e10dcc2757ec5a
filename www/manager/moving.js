// To a phone or a new computer, step by step: bring it there, check that it works there, and only then remove it here.
import { button, byId, h, repaint, say } from "../shared/page.js";
import { checking, isOnlyHere } from "./checking.js";

/** @typedef {import("../../core/tofaktor.js").AccountView} AccountView */

/** What there is to do on the new computer. */
const THERE = {
  file: ["moveInstall", "moveRestore", "moveUnlock"],
  sync: ["moveSignIn", "moveInstall", "moveJoin"],
};

/**
 * @param {import("./desk.js").Desk} desk
 * @param {{ byFile: (done: () => void) => unknown, bySync: (done: () => void) => unknown }} ways for all accounts at once
 */
export const moving = (desk, ways) => {
  const select = byId("move-account", HTMLSelectElement);
  const check = checking(desk);

  /** Shows the QR code, to whoever shows who they are. @param {AccountView} account */
  const toPhone = async (account) => {
    if (!(await desk.proved())) return;
    const isHere = desk.dialog.here();
    const { shown } = await desk.set({ transfer: { account: account.id } });
    const path = { words: say("moveAgain"), back: toPhone, next: toPhone };
    if (shown && "qr" in shown && isHere()) desk.dialog.qr(account.name || account.issuer, shown.qr, () => check(account, path));
  };

  const toComputer = () => {
    const file = button("move-file", say("saveBackup"), { class: "primary", icon: "down" });
    file.dataset.first = "";
    file.addEventListener("click", () => ways.byFile(() => there("file")));
    const sync = button("move-sync", say("moveSync"));
    sync.addEventListener("click", () => ways.bySync(() => there("sync")));
    desk.dialog.open("move-pack", say("movePackTitle"), [h("p", {}, say("movePackText")), h("div", { class: "row" }, file, sync)]);
  };

  /** @param {keyof typeof THERE} way */
  const there = (way) => {
    const on = button("move-there", say("moveThere"), { class: "primary" });
    on.dataset.first = "";
    const back = button("move-back", say("moveBack"));
    back.addEventListener("click", toComputer);
    const path = { words: say("moveBack"), back: () => there(way), next: (/** @type {AccountView} */ account) => check(account, path) };
    const accounts = desk.view()?.accounts ?? [];
    const account = accounts.find(isOnlyHere) ?? accounts[0];
    on.addEventListener("click", () => account && check(account, path));
    desk.dialog.open("move-there", say("moveThereTitle"), [h("ol", { class: "steps" }, ...THERE[way].map((step) => h("li", {}, say(step)))), h("div", { class: "row" }, on, back)]);
  };

  return {
    toPhone,

    /** @param {import("./desk.js").View} view */
    paint: ({ accounts }) => {
      const before = select.value;
      repaint(select, ...accounts.map(({ id, name, issuer }) => h("option", { value: id }, name || issuer)));
      if (accounts.some(({ id }) => id === before)) select.value = before;
      select.disabled = accounts.length === 0;
      for (const start of ["move-start", "move-computer"]) byId(start, HTMLButtonElement).disabled = accounts.length === 0;
    },

    actions: {
      "move-start": () => {
        const account = desk.view()?.accounts.find(({ id }) => id === select.value);
        if (account) toPhone(account);
      },
      "move-computer": toComputer,
    },
  };
};
