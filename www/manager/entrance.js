// The form in, while the vault is closed, and out again.
import { comingIn, unlockForm } from "../shared/unlock-form.js";
import { tell } from "../shared/notice.js";
import { byId, part, show } from "../shared/page.js";

/**
 * @param {import("./desk.js").Desk} desk
 * @param {() => void} entered
 */
export const entrance = (desk, entered) => {
  const form = unlockForm(
    byId("unlock-form", HTMLElement),
    async (kind, id, bytes, said) => {
      const { view } = await desk.request(comingIn(kind, id, desk.view()?.screen === "firstRun", said), bytes);
      if (view.screen === "accounts") entered();
    },
    tell,
  );

  return {
    focus: form.focus,

    /** @param {import("./desk.js").View} view */
    paint: ({ screen, unlockMethods, waitMs, policy }) => {
      const closed = screen === "firstRun" || screen === "locked";
      part(document, "[data-action='lock']").hidden = screen !== "accounts";
      show("unlock-section", closed);
      show("restore", screen === "firstRun");
      if (!closed) return form.clear();
      for (const dialog of document.querySelectorAll("dialog")) dialog.close();
      form.paint({ purpose: screen === "firstRun" ? "create" : "unlock", unlockMethods, waitMs, recovery: policy.recovery });
    },

    actions: {
      lock: async () => {
        await desk.request("lock");
        // From the page that stays, too: what is next is to open it.
        if (byId("accounts", HTMLElement).hidden) location.hash = "accounts";
        else form.focus();
      },
    },
  };
};
