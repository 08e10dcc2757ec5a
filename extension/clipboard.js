// A copied code is taken off the clipboard again, also when the page that copied it is gone: where the person has let
// Tofaktor read the clipboard, and only if the code is still what lies there.

export const CLEAR_AFTER_MS = 30_000;

/** What it takes, and is asked for by the switch in the manager alone. */
export const WANTED = /** @type {chrome.runtime.ManifestPermission[]} */ (chrome.runtime.getManifest().optional_permissions ?? []);

export const mayClear = () => chrome.permissions.contains({ permissions: WANTED });

/** Both calls leave at once: a popup may close at any time. @param {string} text */
export const clearLater = (text) =>
  Promise.all([chrome.storage.session.set({ copied: text }), chrome.alarms.create("clipboard", { when: Date.now() + CLEAR_AFTER_MS })]);

/** For the worker: half a minute is over. */
export const clear = async () => {
  const { copied } = await chrome.storage.session.get("copied");
  if (typeof copied !== "string" || !(await mayClear())) return;
  await chrome.storage.session.remove("copied");
  const { clipboard } = navigator;
  // Firefox's background is a document; a worker needs one for this.
  if (clipboard) return (await clipboard.readText()) === copied ? clipboard.writeText("") : undefined;
  const { offscreen } = chrome;
  await offscreen.closeDocument().catch(() => {}); // of a worker that was stopped in between
  await offscreen.createDocument({ url: `www/shared/clear.html#${copied}`, reasons: ["CLIPBOARD"], justification: "A copied code is cleared." });
  await offscreen.closeDocument();
};
