// A folder into which the vault is copied by itself.
import { askToWrite, copyVault, folder, forgetFolder, keepFolder } from "../../backup-folder.js";
import { manage } from "../../core.js";
import { chooseFolder, openFromFolder } from "../shared/from-folder.js";
import { tell } from "../shared/notice.js";
import { overtaking } from "../shared/overtaking.js";
import { byId, hasFolders, part, say, sayTime, show, write } from "../shared/page.js";

/** @typedef {import("./desk.js").SettingsView} SettingsView */

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const backupFolder = (desk) => {
  /** @param {SettingsView} settings @param {string} [name] of the folder that is chosen */
  const words = ({ policy, folder }, name) => {
    if (!hasFolders()) return [say("folderNever")];
    if (name === undefined) return [say(policy.backupFolder === "required" ? "folderWanted" : "folderNone")];
    const saved = folder.atMs ? say("folderSaved", name, sayTime(folder.atMs)) : say("folderChosen", name);
    // What was never written is not promised to be while something is the matter.
    return [...(folder.trouble ? [say(`folder_${folder.trouble}`, name)] : []), ...(folder.trouble && !folder.atMs ? [] : [saved]), ...(folder.beside ? [say("folderBeside", name)] : [])];
  };

  const turns = overtaking();
  /** @param {SettingsView} settings */
  const look = async (settings) => {
    const { policy, folder: last } = settings;
    const isOvertaken = turns.begin("refresh");
    show("folder", policy.backupFolder !== "off");
    const name = (await folder().catch(() => undefined))?.name;
    if (isOvertaken()) return;
    const said = words(settings, name).join(" ");
    const state = byId("folder-state", HTMLElement);
    write(state, said);
    state.classList.toggle("trouble", name === undefined ? policy.backupFolder === "required" && hasFolders() : Boolean(last.trouble));
    part(document, "[data-action='choose-folder']").hidden = !hasFolders();
    part(document, "[data-action='allow-folder']").hidden = name === undefined || last.trouble !== "asks";
    part(document, "[data-action='forget-folder']").hidden = name === undefined || policy.backupFolder === "required";
  };
  const lookAgain = async () => look((await manage("show")).view);

  chrome.storage.local.onChanged.addListener((changes) => {
    if (changes["v1.folder"] || changes.backupFolder) lookAgain();
  });

  return {
    paint: ({ screen }, settings) => {
      show("open-folder", screen === "firstRun" && hasFolders());
      part(document, "#bring-back [data-action='open-folder']").hidden = screen !== "recovery" || !hasFolders();
      look(settings);
    },

    actions: {
      "choose-folder": async () => {
        const chosen = await chooseFolder("readwrite");
        if (!chosen) return;
        await keepFolder(chosen);
        await copyVault();
      },
      "allow-folder": async () => {
        const kept = await folder();
        if (kept) await askToWrite(kept);
        await copyVault();
      },
      "forget-folder": forgetFolder,
      "open-folder": () =>
        openFromFolder(
          desk.dialog,
          tell,
          async (bytes) => {
            const { notice } = await desk.set("bringBack", bytes);
            await desk.request("show");
            tell(notice ?? undefined);
            return notice === "broughtBack";
          },
          copyVault,
        ),
    },
  };
};
