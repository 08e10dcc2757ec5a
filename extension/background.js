// The worker answers content scripts, menus and keys. It may be stopped after any line and keeps
// nothing: listeners are attached in the first turn, everything else is in storage.
import { copyVault } from "./backup-folder.js";
import { clear } from "./clipboard.js";
import { answer, ask, captured, computerLocked, expire, forget, policyChanged, ready, sync } from "./core.js";
import { follow, pages } from "./grants.js";
import { look, notFound, scan, settled, someUnread, warm } from "./scan.js";
import { welcome } from "./welcome.js";
import { forgetWords, word } from "./words.js";

chrome.runtime.onMessage.addListener((message, sender, reply) => {
  // A page shows a field, and will ask for a code as soon as it is at rest. A core that cannot be loaded fails then.
  if (message === "wake") return void ready().catch(() => {});
  const answered = message?.pictures ? captured(message.pictures.pictures, sender, scan) : answer(message, sender);
  answered.then(reply, () => reply("lost"));
  return true;
});

chrome.alarms.onAlarm.addListener((alarm) => {
  if (alarm.name === "lock") expire();
  if (alarm.name === "sync") sync();
  if (alarm.name === "clipboard") clear();
});

chrome.tabs.onRemoved.addListener((tab) => {
  forget(tab);
});

// Content scripts have no business in our storage, not even in the sealed part, nor in the policy (Chromium; Firefox has no
// such switch).
for (const store of [chrome.storage.local, chrome.storage.sync, chrome.storage.managed]) store.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });

for (const changed of [chrome.permissions.onAdded, chrome.permissions.onRemoved])
  changed.addListener(async () => {
    await follow();
    await makeMenus();
  });

chrome.runtime.onInstalled.addListener(async ({ reason }) => {
  await makeMenus();
  await follow(); // an update takes registered scripts away
  if (reason !== "install") return;
  const { installType } = await chrome.management.getSelf();
  if (installType !== "admin") await welcome();
});

/** In the person's own language, and so made anew when that changes. */
const makeMenus = () => navigator.locks.request("menus", menus);
const menus = async () => {
  await chrome.contextMenus.removeAll();
  // As in the pages of this extension itself there is nothing to scan.
  const documentUrlPatterns = ["http://*/*", "https://*/*", "file://*/*"];
  chrome.contextMenus.create({ id: "picture", title: await word("menuPicture"), contexts: ["image"], documentUrlPatterns });
  // Where a code can be filled in, also on the field itself.
  const signIn = [...(chrome.runtime.getManifest().host_permissions ?? []), ...(await pages())];
  chrome.contextMenus.create({ id: "fill", title: await word("commandFill"), contexts: ["page", "editable"], documentUrlPatterns: signIn });
  chrome.contextMenus.create({ id: "page", title: await word("menuPage"), contexts: ["page", "frame", "link", "selection"], documentUrlPatterns });
};

chrome.storage.local.onChanged.addListener((changes) => {
  if (!changes.language) return;
  forgetWords();
  makeMenus();
});

chrome.storage.managed.onChanged.addListener(() => {
  policyChanged();
  forgetWords();
  makeMenus();
});

chrome.contextMenus.onClicked.addListener((info, tab) => {
  if (!tab) return;
  if (info.menuItemId === "fill") fillTab(tab);
  else scanTab(tab, info.menuItemId === "picture" ? info.srcUrl : undefined);
});

chrome.commands.onCommand.addListener(async (command, tab) => {
  if (command === "lock") await ask("lock", {});
  if (command === "scan" && tab) await scanTab(tab);
  if (command === "fill") await fillTab(tab);
});

/** The page's own script asks for its code again; where that is not possible, the popup says why. @param {chrome.tabs.Tab} [tab] */
const fillTab = async (tab) => {
  const { view } = await ask("show", { id: tab?.id, url: tab?.url });
  if (view.screen === "accounts" && tab?.id !== undefined && view.page) chrome.tabs.sendMessage(tab.id, "look").catch(() => {});
  else await showPopup(tab);
};

// Sync, where it is on: after a save, and when another browser's changes arrive. Who unlocks the vault does it there and
// then. Nothing here listens to the session's storage: that is written to at each use of the vault, and would wake this.
const syncIfOn = async () => {
  if ((await chrome.storage.local.get("v1.sync"))["v1.sync"]) await sync();
};
chrome.storage.sync.onChanged.addListener(syncIfOn);
chrome.storage.local.onChanged.addListener((changes) => {
  if (changes["v1.a"] || changes["v1.b"]) syncIfOn();
});

// The folder, where one is chosen: after a save, and when one may have been missed.
chrome.storage.local.onChanged.addListener((changes) => {
  if (changes["v1.a"] || changes["v1.b"]) copyVault();
});
chrome.runtime.onStartup.addListener(copyVault);
chrome.runtime.onInstalled.addListener(copyVault);
chrome.storage.managed.onChanged.addListener(copyVault);

// Pages that are open already get their script now; what stands there is seen without loading it again.
chrome.permissions.onAdded.addListener(async ({ origins }) => {
  if (!origins?.length) return;
  // What was granted may be more than that, such as a whole host or every page: there nothing is put.
  const known = [...(chrome.runtime.getManifest().content_scripts ?? []), { matches: await pages(), js: ["content/rules.js", "content/page.js"] }];
  for (const { id = -1, url = "" } of await chrome.tabs.query({ url: origins })) {
    const script = known.find(({ matches = [] }) => matches.some((match) => url.startsWith(match.slice(0, -1))));
    if (script?.js) chrome.scripting.executeScript({ target: { tabId: id }, files: script.js }).catch(() => {});
  }
});

// Firefox knows no "locked".
chrome.idle.onStateChanged.addListener((state) => {
  if (/** @type {string} */ (state) === "locked") computerLocked();
});

/**
 * Scans what the tab shows. A picture that carries its own bytes is read from them; any other is
 * read off the screen, because the worker fetches nothing from anywhere.
 * @param {chrome.tabs.Tab} tab
 * @param {string} [source]
 */
const scanTab = async (tab, source) => {
  /** @type {string | (string | number)[]} */
  let outcome = "cannotCapture";
  // While the picture is taken. Its failure shows when there is something to scan.
  warm().catch(() => {});
  const read = (/** @type {string} */ picture) => {
    outcome = "scanFailed";
    return look(picture);
  };
  try {
    const seen = source?.match(/^data:image\/(png|jpeg);base64,/)
      ? await read(source)
      : await settled((how) => chrome.tabs.captureVisibleTab(tab.windowId, how), read);
    outcome = notFound(seen, "noQr");
    for (const payload of seen.payloads) {
      const { notice, about } = await ask("addPending", { id: tab.id, url: tab.url }, payload);
      outcome = notice && about ? [notice, about] : (notice ?? "found");
    }
    if (outcome === "found" && seen.unread) outcome = someUnread(seen);
  } catch {
    // `outcome` says how far it came.
  }
  await chrome.storage.session.set({ scanOutcome: outcome });
  await showPopup(tab);
};

/** Opens the popup, or marks the icon where the browser wants a click for that. @param {chrome.tabs.Tab} [tab] */
const showPopup = async (tab) => {
  try {
    await chrome.storage.session.set({ opened: String(Date.now()) });
    await chrome.action.openPopup(tab?.windowId === undefined ? {} : { windowId: tab.windowId });
  } catch {
    if (tab?.id === undefined) return;
    await chrome.action.setBadgeText({ tabId: tab.id, text: "!" });
    await chrome.action.setTitle({ tabId: tab.id, title: await word("badge_attention") });
  }
};
