// A folder into which the vault is copied by itself, and a vault that is found in one.
import { folder, folderState, forgetFolder, keepFolder, mayWrite, saveCopy, vaultsIn } from "../../backup-folder.js";
import { tell } from "../shared/notice.js";
import { byId, part, say, sayTime, show } from "../shared/page.js";

/** Firefox has none. @returns {((options: { id: string, mode: "read" | "readwrite" }) => Promise<FileSystemDirectoryHandle>) | undefined} */
const picker = () => Reflect.get(globalThis, "showDirectoryPicker");

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const backupFolder = (desk) => {
  /** Of the organisation. @type {import("./desk.js").SettingsView["policy"]["backupFolder"]} */
  let wish = "offered";

  const look = async () => {
    const [kept, state] = await Promise.all([folder(), folderState()]);
    const on = kept !== undefined && wish !== "off";
    show("folder", wish !== "off");
    const name = kept?.name ?? "";
    const words = !picker() ? say("folderNever") : !on ? say(wish === "required" ? "folderWanted" : "folderNone") : state?.trouble ? say(`folder_${state.trouble}`, name) : state?.atMs ? say("folderSaved", name, sayTime(state.atMs)) : say("folderChosen", name);
    byId("folder-state", HTMLElement).textContent = words;
    byId("folder-state", HTMLElement).classList.toggle("trouble", Boolean(on && state?.trouble) || (!on && wish === "required"));
    part(document, "[data-action='choose-folder']").hidden = !picker();
    part(document, "[data-action='allow-folder']").hidden = !on || state?.trouble !== "asks";
    part(document, "[data-action='forget-folder']").hidden = !on || wish === "required";
  };

  /** Whatever the picker says, nothing was chosen. @param {"read" | "readwrite"} mode */
  const choose = (mode) => picker()?.({ id: "tofaktor", mode }).catch(() => undefined);

  const save = async () => {
    await saveCopy(async () => wish !== "off");
    await look();
  };

  chrome.storage.local.onChanged.addListener((changes) => {
    // As the worker does: what one of the two misses, the other writes.
    if (changes["v1.a"] || changes["v1.b"]) save();
    else if (changes.backupFolder) look();
  });

  return {
    paint: (_, { policy }) => {
      wish = policy.backupFolder;
      for (const button of document.querySelectorAll("[data-action='open-folder']")) /** @type {HTMLElement} */ (button).hidden = !picker();
      look();
    },

    actions: {
      "choose-folder": async () => {
        const chosen = await choose("readwrite");
        if (!chosen) return;
        await keepFolder(chosen);
        await save();
      },
      "allow-folder": async () => {
        const kept = await folder();
        if (kept) await mayWrite(kept, true);
        await save();
      },
      "forget-folder": async () => {
        await forgetFolder();
        await look();
      },
      "open-folder": async () => {
        const chosen = await choose("read");
        if (!chosen) return;
        const found = await vaultsIn(chosen).catch(() => new Uint8Array());
        // No bytes would mean what was put aside.
        const { notice } = await desk.set("bringBack", found.length > 0 ? found : new Uint8Array(1));
        await desk.request("show");
        tell(notice ?? undefined);
      },
    },
  };
};
