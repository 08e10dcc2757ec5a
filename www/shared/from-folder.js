// A vault that is found in a folder, in a profile that has none.
import { access, keepFolder } from "../../backup-folder.js";
import { findCopies } from "../../core.js";
import { button, h, say, sayTime } from "./page.js";

/** @returns {((options: { id: string, mode: "read" | "readwrite" }) => Promise<FileSystemDirectoryHandle>) | undefined} */
const picker = () => Reflect.get(globalThis, "showDirectoryPicker");

/** Whatever the picker says, nothing was chosen. @param {"read" | "readwrite"} mode */
export const chooseFolder = (mode) => picker()?.({ id: "tofaktor", mode }).catch(() => undefined);

/**
 * Between several vaults the person chooses.
 * @param {ReturnType<typeof import("./dialog.js").makeDialog>} dialog
 * @param {(key: string, ...values: string[]) => void} tell
 * @param {(bytes: Uint8Array) => Promise<boolean>} bringBack whether it did: copies go on being written there
 * @param {() => void} [then]
 */
export const openFromFolder = async (dialog, tell, bringBack, then) => {
  const chosen = await chooseFolder("read");
  if (!chosen) return;
  const files = access(chosen);
  const found = await findCopies(files).catch(() => undefined);
  if (!found) return tell("folderUnreadable", chosen.name);
  const { copies, unreadable } = found;
  if (copies.length + unreadable.length === 0) return tell("folderEmpty", chosen.name);

  /** @param {string} name */
  const take = async (name) => {
    dialog.close();
    const bytes = await files.read(name).catch(() => undefined);
    // No bytes would mean what was put aside.
    if (!(await bringBack(bytes?.length ? bytes : new Uint8Array(1)))) return;
    await keepFolder(chosen);
    then?.();
  };
  const [only, other] = copies;
  if (only && !other && unreadable.length === 0) return take(only.name);

  const choices = copies.map(({ name, writtenMs }) => {
    const choice = button("open-copy", say("folderCopy", name, sayTime(writtenMs)), { class: "wide" });
    choice.addEventListener("click", () => take(name));
    return h("li", {}, choice);
  });
  const broken = unreadable.length > 0 ? [h("p", {}, say("folderBroken", unreadable.join(", ")))] : [];
  dialog.open("folder-copies", say(other ? "folderWhich" : "folderOpen"), [...broken, h("ul", { class: "stack" }, ...choices)]);
};
