// The way in, while the vault is closed, and out again.
import { comingIn, door } from "../door.js";
import { tell } from "../notice.js";
import { byId, part, show } from "../page.js";

/**
 * @param {import("./desk.js").Desk} desk
 * @param {() => void} entered
 */
export const entrance = (desk, entered) => {
  const way = door(
    byId("door", HTMLElement),
    async (kind, id, bytes) => {
      const { view } = await desk.request(comingIn(kind, id, desk.view()?.screen === "firstRun"), bytes);
      if (view.screen === "accounts") entered();
    },
    tell,
  );

  return {
    focus: way.focus,

    /** @param {import("./desk.js").View} view */
    paint: ({ screen, doors, waitMs }) => {
      const closed = screen === "firstRun" || screen === "locked";
      part(document, "[data-action='lock']").hidden = screen !== "accounts";
      show("door-section", closed);
      show("restore", screen === "firstRun");
      if (!closed) return way.clear();
      for (const dialog of document.querySelectorAll("dialog")) dialog.close();
      way.paint({ purpose: screen === "firstRun" ? "create" : "unlock", doors, waitMs });
    },

    actions: {
      lock: async () => {
        await desk.request("lock");
        way.focus();
      },
    },
  };
};
