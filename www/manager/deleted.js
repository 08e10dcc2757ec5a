// What was deleted and lies aside: put back by one press, or deleted for good.
import { label } from "../shared/card.js";
import { paintUntold } from "../shared/untold.js";
import { deletedBy, undone } from "../shared/notice.js";
import { button, byId, h, part, repaint, say, sayDay, sayTime, show } from "../shared/page.js";

/** @typedef {import("../../core/tofaktor.js").DeletedView} DeletedView */

/**
 * @param {import("./desk.js").Desk} desk
 * @param {() => void} settle where the focus goes when what was pressed is gone
 * @returns {import("./desk.js").Section}
 */
export const deleted = (desk, settle) => {
  /** @param {DeletedView} account */
  const row = (account) => {
    const back = button("put-back", say("putBack"));
    back.dataset.deleted = account.id;
    back.setAttribute("aria-label", [`${say("putBack")}: ${account.name || account.issuer}`, account.organisation].filter(Boolean).join(", "));
    const text = h("div", {}, h("strong", { class: "name" }), h("small", { class: "issuer" }));
    label(text, account);
    text.append(h("small", {}, say(account.why ? `deleted_${account.why}` : "deleted_somehow", sayTime(account.atMs))));
    if (account.untilMs) text.append(h("small", {}, say("deletedUntil", sayDay(Number(account.untilMs)))));
    return h("li", {}, text, back);
  };

  /** @param {HTMLElement} pressed */
  const putBack = async (pressed) => {
    await desk.request(undone(pressed));
    settle();
  };

  return {
    paint: ({ deleted, untold }) => {
      paintUntold(untold);
      show("deleted", deleted.length > 0);
      byId("deleted-title", HTMLElement).textContent = say("deletedTitle", deleted.length);
      repaint(byId("deleted-list", HTMLElement), ...deleted.map(row));
      part(document, "[data-action='empty-deleted']").dataset.deleted = deleted.map(({ id }) => id).join(" ");
    },

    actions: {
      undo: putBack,
      "put-back": putBack,
      "removals-read": async () => {
        await desk.request("removalsRead");
        settle();
      },
      "empty-deleted": async (pressed) => {
        await desk.request({ empty: deletedBy(pressed) });
        settle();
      },
    },
  };
};
