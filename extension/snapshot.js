// What a first paint needs, all of it asked for at once, before anything else of the page is there. Each of these is a
// way to another process and back; one after the other they took longer than all the rest.
performance.mark("script");
import { ready } from "./core.js";
import { stores } from "./stores.js";
import { dictionary } from "./words.js";

ready();
const policy = chrome.storage.managed.get(null);

const begun = {
  /** @type {Promise<import("./stores.js").Stores> | undefined} */
  stores: stores(policy),
  front: chrome.tabs.query({ active: true, currentWindow: true }).then(([front]) => front),
  policy,
  words: dictionary(),
};

/** For the one who paints, once: what the stores hold opens the vault, and does not stay here. */
export const take = () => {
  const taken = { ...begun };
  begun.stores = undefined;
  return taken;
};
