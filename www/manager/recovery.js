// A vault that cannot be used: what is the matter, a copy to keep, and the ways on from there.
import { exportSealed } from "../shared/download.js";
import { tell } from "../shared/notice.js";
import { byId, part, say, sayTime, show } from "../shared/page.js";

/** A record is 16 MiB at most; a file holds its copies as text. */
const LARGEST_FILE = 64 * 1024 * 1024;

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const recovery = (desk) => {
  /** @param {import("./desk.js").SettingsRequest} asked @param {Uint8Array} [bytes] */
  const change = async (asked, bytes) => {
    const { notice } = await desk.set(asked, bytes);
    await desk.request("show");
    tell(notice ?? undefined);
  };

  const file = byId("vault-file", HTMLInputElement);
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    // No bytes would mean what was put aside.
    const fits = chosen.size > 0 && chosen.size <= LARGEST_FILE;
    await change("bringBack", fits ? new Uint8Array(await chosen.arrayBuffer()) : new Uint8Array(1));
    file.value = "";
  });

  return {
    paint: ({ screen, trouble }, { aside }) => {
      const lost = ["damaged", "vanished", "wiped"].includes(trouble?.kind ?? "");
      show("recovery", screen === "recovery");
      show("forgotten", screen === "locked");
      show("bury", lost);
      show("bring-back", lost || (screen === "firstRun" && aside));
      part(document, "[data-action='bring-back-aside']").hidden = !aside;
      if (!trouble) return;
      const { kind, copy, savable } = trouble;
      byId("recovery-title", HTMLElement).textContent = say(`trouble_${kind}`);
      byId("recovery-text", HTMLElement).textContent = say(`troubleText_${kind}`);
      byId("copy", HTMLElement).textContent = copy ? say("settleCopy", copy.accounts, sayTime(copy.writtenMs)) : "";
      show("copy", Boolean(copy));
      part(document, "[data-action='settle']").hidden = !copy;
      part(document, "[data-action='update']").hidden = kind !== "newer";
      part(document, "#recovery [data-action='export']").hidden = !savable;
    },

    actions: {
      again: () => location.reload(),
      export: exportSealed,
      settle: () => change("settle"),
      "bring-back-file": () => file.click(),
      "bring-back-aside": () => change("bringBack"),
      bury: () => {
        const text = say(desk.view()?.screen === "locked" ? "forgottenText" : "buryText");
        desk.dialog.confirm(say("buryTitle"), text, say("buryNow"), () => change("bury"));
      },
      update: async () => {
        // Firefox updates by itself and cannot be asked.
        const { requestUpdateCheck } = chrome.runtime;
        const answer = await requestUpdateCheck?.();
        if (answer?.status === "update_available") chrome.runtime.reload();
        else tell("noUpdate");
      },
    },
  };
};
