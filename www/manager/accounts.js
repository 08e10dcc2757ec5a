// The accounts: their codes, their details, and one more by hand.
import { ask } from "../../core.js";
import { details } from "../shared/details.js";
import { accountList } from "../shared/list.js";
import { tell } from "../shared/notice.js";
import { byId, show } from "../shared/page.js";
import { arranging } from "./arranging.js";
import { edit } from "./edit.js";
import { enter } from "./enter.js";
import { refocus } from "./pages.js";

/** @typedef {import("../../core/tofaktor.js").AccountView} AccountView */

/**
 * @param {import("./desk.js").Desk} desk
 * @param {(account: AccountView) => unknown} toPhone shows an account's QR code
 * @param {(account: AccountView) => unknown} showNote shows what was noted of it
 * @param {Parameters<typeof arranging>[2]} ways out for several
 */
export const accounts = (desk, toPhone, showNote, ways) => {
  const arranged = arranging(desk, () => list, ways);
  const list = accountList(byId("list", HTMLElement), {
    copied: ({ id, name, issuer }) => {
      tell("copied", name || issuer);
      ask({ used: { account: id } }, {}).catch(() => {});
    },
    more: (account) => dialog.open(account),
    ended: () => desk.request("refresh"),
    made: arranged.made,
  });
  arranged.listen();

  const dialog = details(byId("details", HTMLDialogElement), desk.request, {
    transfer: (account) => {
      dialog.close();
      toPhone(account);
    },
    note: (account) => {
      dialog.close();
      showNote(account);
    },
    edit: (account) => {
      dialog.close();
      edit(desk, account.id);
    },
    closed: list.focusMore,
  });

  return {
    focus: () => refocus(list.focus),

    /** @param {import("./desk.js").View} view */
    paint: ({ accounts, searchable }) => {
      show("empty", accounts.length === 0);
      list.paint(accounts, searchable);
      arranged.paint(accounts);
      dialog.paint(accounts);
    },

    actions: {
      ...arranged.actions,
      enter: () => enter(desk),
      /** @param {HTMLElement} pressed */
      next: (pressed) => desk.request({ next: { account: pressed.closest("[data-account]")?.getAttribute("data-account") ?? "" } }),
    },
  };
};
