// A folder that a person has chosen: after every change the vault lies there, sealed as it lies in the store, and so does the
// one before. Whoever has the file still needs what opens the vault. Where the browser keeps no folder, there is none.

/** @typedef {"asks" | "gone" | "full" | "readOnly" | "newer" | "failed"} Trouble */
/** @typedef {{ name: string, atMs?: number, trouble?: Trouble }} State what is shown of it, in `storage.local` */

const MAGIC = "M365TOTP";
/** A record has at least its prefix, its vault and when it was written, and is 16 MiB at most. */
const SMALLEST = 16 + 16 + 8 + 4 + 8;
const LARGEST = 16 * 1024 * 1024;
const STATE = "backupFolder";
const INSTALLATION = "backupName";

/** @type {Record<string, Trouble>} */
const TROUBLES = { NotFoundError: "gone", QuotaExceededError: "full", NotAllowedError: "asks", NoModificationAllowedError: "readOnly", InvalidModificationError: "readOnly", newer: "newer" };

/** The one store that keeps a handle. @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} act @returns {Promise<any>} */
const kept = (mode, act) =>
  new Promise((resolve, reject) => {
    const opened = indexedDB.open("backup-folder", 1);
    opened.onupgradeneeded = () => opened.result.createObjectStore("handles");
    opened.onerror = () => reject(opened.error);
    opened.onsuccess = () => {
      const asked = act(opened.result.transaction("handles", mode).objectStore("handles"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
      asked.transaction?.addEventListener("complete", () => opened.result.close());
    };
  });

/** @returns {Promise<FileSystemDirectoryHandle | undefined>} */
export const folder = () => kept("readonly", (store) => store.get("folder"));

/** @param {FileSystemDirectoryHandle} handle */
export const keepFolder = async (handle) => {
  await kept("readwrite", (store) => store.put(handle, "folder"));
  await chrome.storage.local.set({ [STATE]: { name: handle.name } });
};

export const forgetFolder = async () => {
  await kept("readwrite", (store) => store.delete("folder"));
  await chrome.storage.local.remove(STATE);
};

/** @returns {Promise<State | undefined>} */
export const folderState = async () => (await chrome.storage.local.get(STATE))[STATE];

/** Of the bytes that Castagnoli's polynomial covers. @param {Uint8Array} bytes */
const crc32c = (bytes) => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
};

/** What a whole record says of itself (FORMAT.md, 1 and 2); nothing of what is cut off, synced by half or no record. @param {Uint8Array} bytes */
export const readRecord = (bytes) => {
  if (bytes.length < SMALLEST || bytes.length > LARGEST || String.fromCharCode(...bytes.subarray(0, 8)) !== MAGIC) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(bytes.length - 4, true) !== crc32c(bytes.subarray(0, -4))) return;
  return { vault: bytes.slice(16, 32).join(), generation: view.getBigUint64(32, true), bytes };
};

/** @param {string} text base64 */
const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** The newest sound copy in the store. */
const newest = async () => {
  const copies = Object.values(await chrome.storage.local.get(["v1.a", "v1.b"]));
  const records = copies.flatMap((text) => (typeof text === "string" ? [readRecord(bytesOf(text))] : []));
  return records.reduce((best, record) => (record && (!best || record.generation > best.generation) ? record : best), undefined);
};

/** This installation's own file: another computer that writes into the same folder has another. */
const fileName = async () => {
  const { [INSTALLATION]: known } = await chrome.storage.local.get(INSTALLATION);
  if (known) return known;
  const made = [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  await chrome.storage.local.set({ [INSTALLATION]: made });
  return made;
};

/** @param {FileSystemDirectoryHandle} folder @param {string} name */
const read = async (folder, name) => {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    return file.size > LARGEST ? undefined : new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
    throw error;
  }
};

/** What stood there stays until all of the new bytes are written: the browser puts one in the place of the other at the end. @param {FileSystemDirectoryHandle} folder @param {string} name @param {Uint8Array<ArrayBuffer>} bytes */
const write = async (folder, name, bytes) => {
  const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
  try {
    await stream.write(bytes);
  } catch (error) {
    await stream.abort().catch(() => {});
    throw error;
  }
  await stream.close();
};

/** @param {FileSystemDirectoryHandle} folder @param {NonNullable<ReturnType<typeof readRecord>>} record */
const put = async (folder, record) => {
  const name = await fileName();
  const there = await read(folder, `tofaktor-${name}.tofaktor`);
  const before = there && readRecord(there);
  if (before?.vault === record.vault && before.generation > record.generation) throw Object.assign(new Error(), { name: "newer" });
  if (before?.vault === record.vault && before.generation === record.generation) return;
  // What was synced by half is no generation to keep.
  if (before) await write(folder, `tofaktor-${name}-previous.tofaktor`, before.bytes);
  await write(folder, `tofaktor-${name}.tofaktor`, record.bytes);
};

/** @typedef {{ queryPermission(how: { mode: "readwrite" }): Promise<PermissionState>, requestPermission(how: { mode: "readwrite" }): Promise<PermissionState> }} Permitted */

/** Whether it may be written to now; asked for by a press alone. @param {FileSystemDirectoryHandle} handle @param {boolean} [pressed] */
export const mayWrite = async (handle, pressed) => {
  const permitted = /** @type {FileSystemDirectoryHandle & Permitted} */ (handle);
  const how = /** @type {const} */ ({ mode: "readwrite" });
  return (pressed ? await permitted.requestPermission(how) : await permitted.queryPermission(how)) === "granted";
};

/**
 * Writes the newest copy into the folder, if there is one; whatever is the matter, the vault itself is not touched.
 * @param {() => Promise<boolean>} isAllowed by the organisation
 */
export const saveCopy = (isAllowed) =>
  navigator.locks.request("backup-folder", async () => {
    const known = await folderState();
    const handle = known && (await folder());
    if (!handle || !(await isAllowed())) return;
    const record = await newest();
    if (!record) return;
    /** @type {State} */
    const state = { ...known, name: handle.name, trouble: undefined };
    try {
      if (!(await mayWrite(handle))) state.trouble = "asks";
      else {
        await put(handle, record);
        state.atMs = Date.now();
      }
    } catch (error) {
      state.trouble = TROUBLES[error instanceof Error || error instanceof DOMException ? error.name : ""] ?? "failed";
    }
    await chrome.storage.local.set({ [STATE]: state });
  });

/** Every vault's file in a folder, as lines of which the core takes the newest sound one. @param {FileSystemDirectoryHandle} handle */
export const vaultsIn = async (handle) => {
  const lines = [];
  for await (const entry of handle.values()) {
    if (entry.kind !== "file" || !entry.name.endsWith(".tofaktor")) continue;
    const record = readRecord((await read(handle, entry.name)) ?? new Uint8Array());
    if (record) lines.push(btoa(record.bytes.reduce((text, byte) => text + String.fromCharCode(byte), "")));
  }
  return new TextEncoder().encode(lines.join("\n"));
};
