// The vault's mirror: IndexedDB, on disk in another place than storage.local, so that
// what damages the one spares the other. Text by key.

const STORE = "records";

/** @returns {Promise<IDBDatabase>} */
const open = () =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open("mirror", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => T} work
 * @returns {Promise<T>} once the transaction is on disk
 */
const within = async (mode, work) => {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const result = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
};

/** @param {string[]} keys @returns {Promise<(string | undefined)[]>} */
export const get = async (keys) => {
  const requests = await within("readonly", (store) => keys.map((key) => store.get(key)));
  return requests.map((request) => request.result);
};

/** All that is in it. @returns {Promise<Record<string, unknown>>} */
export const all = async () => {
  const [keys, values] = await within("readonly", (store) => [store.getAllKeys(), store.getAll()]);
  return Object.fromEntries(keys.result.map((key, at) => [String(key), values.result[at]]));
};

/** @param {[string, string | undefined][]} items an undefined value removes the key */
export const set = async (items) => {
  await within("readwrite", (store) => {
    for (const [key, value] of items) value === undefined ? store.delete(key) : store.put(value, key);
  });
};
