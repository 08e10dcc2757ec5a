// A folder that a person has chosen, and how the core reads and writes it. Where the browser keeps no folder, there is none.
import { saveCopy } from "./core.js";

/** A record is 16 MiB at most. */
const LARGEST = 16 * 1024 * 1024;
/** The name of the folder, in `storage.local`: whether there is one is known without opening a database. */
const NAME = "backupFolder";

/** The one store that keeps a handle. @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} act @returns {Promise<any>} */
const kept = (mode, act) =>
  new Promise((resolve, reject) => {
    const opened = indexedDB.open("backup-folder", 1);
    opened.onupgradeneeded = () => opened.result.createObjectStore("handles");
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => {
      const { result: database } = opened;
      const transaction = database.transaction("handles", mode);
      const asked = act(transaction.objectStore("handles"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.addEventListener("complete", () => database.close());
      transaction.addEventListener("abort", () => database.close());
    };
  });

/** @returns {Promise<FileSystemDirectoryHandle | undefined>} */
export const folder = async () => ((await chrome.storage.local.get(NAME))[NAME] === undefined ? undefined : kept("readonly", (store) => store.get("folder")));

/** @param {FileSystemDirectoryHandle} handle */
export const keepFolder = async (handle) => {
  await kept("readwrite", (store) => store.put(handle, "folder"));
  await chrome.storage.local.set({ [NAME]: handle.name });
};

export const forgetFolder = async () => {
  await chrome.storage.local.remove(NAME);
  await kept("readwrite", (store) => store.delete("folder"));
};

/** @typedef {{ queryPermission(how: { mode: "readwrite" }): Promise<PermissionState>, requestPermission(how: { mode: "readwrite" }): Promise<PermissionState> }} Permitted */

/** By a press alone. @param {FileSystemDirectoryHandle} handle */
export const askToWrite = (handle) => /** @type {FileSystemDirectoryHandle & Permitted} */ (handle).requestPermission({ mode: "readwrite" });

/** @param {FileSystemDirectoryHandle} handle @returns {import("./core/tofaktor.js").FolderAccess} */
export const access = (handle) => ({
  names: async () => {
    const names = [];
    for await (const { kind, name } of handle.values()) if (kind === "file") names.push(name);
    return names;
  },

  read: async (name) => {
    try {
      const file = await (await handle.getFileHandle(name)).getFile();
      // No copy is as large; what it begins with tells that it is none.
      return new Uint8Array(await file.slice(0, LARGEST + 1).arrayBuffer());
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
      throw error;
    }
  },

  // The browser writes beside it, and puts one in the place of the other once all is written.
  write: async (name, bytes) => {
    const stream = await (await handle.getFileHandle(name, { create: true })).createWritable();
    try {
      await stream.write(bytes);
    } catch (error) {
      await stream.abort().catch(() => {});
      throw error;
    }
    await stream.close();
  },
});

/** @param {string} name */
const refusing = (name) => {
  const refuse = () => Promise.reject(new DOMException("", name));
  return { names: refuse, read: refuse, write: refuse };
};

/** @param {FileSystemDirectoryHandle} handle */
const accessNow = async (handle) => {
  const permission = await /** @type {FileSystemDirectoryHandle & Permitted} */ (handle).queryPermission({ mode: "readwrite" });
  return permission === "granted" ? access(handle) : refusing("NotAllowedError");
};

/** Whatever is the matter, the vault is not touched, and the core says what it was. */
export const copyVault = () =>
  navigator.locks.request("backup-folder", async () => {
    try {
      const handle = await folder();
      if (handle) await saveCopy(await accessNow(handle));
    } catch {
      await saveCopy(refusing("UnknownError"));
    }
  });
