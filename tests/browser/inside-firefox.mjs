// What runs in Firefox's own window, with the browser's own rights: each function stands on its own, as it is sent there
// as text. Nothing in here touches the extension's code or storage.

/** What is noted from the start on: requests, and what the extension's scripts complained of. @param {string} id */
export const prepare = (id) => {
  const { TabManager } = ChromeUtils.importESModule("chrome://remote/content/shared/TabManager.sys.mjs");
  // BiDi drives what it takes for a tab. An extension's popup is a browser like a tab's, and is shown to it as one.
  const tabsOf = TabManager.getTabsForWindow.bind(TabManager);
  TabManager.getTabsForWindow = (/** @type {Window} */ window) => {
    const popups = [...window.document.querySelectorAll("browser.webextension-popup-browser")];
    for (const popup of popups) /** @type {any} */ (popup).permanentKey ??= {};
    return [...tabsOf(window), ...popups.map((linkedBrowser) => ({ linkedBrowser }))];
  };

  /** @type {{ requests: { method: string, url: string, cookies: boolean }[], refusable: string[], complaints: string[] }} */
  const seen = { requests: [], refusable: [], complaints: [] };
  Object.assign(globalThis, { tofaktorSeen: seen });
  Services.obs.addObserver((/** @type {any} */ subject) => {
    const channel = subject.QueryInterface(Ci.nsIHttpChannel);
    const by = channel.loadInfo.loadingPrincipal ?? channel.loadInfo.triggeringPrincipal;
    let cookies = false;
    channel.visitRequestHeaders({ visitHeader: (/** @type {string} */ name) => (cookies ||= name.toLowerCase() === "cookie") });
    if (by.addonId === id) seen.requests.push({ method: channel.requestMethod, url: channel.URI.spec, cookies });
    else if (!by.isSystemPrincipal) seen.refusable.push(channel.URI.spec);
  }, "http-on-examine-response");
  Services.console.registerListener({
    observe: (/** @type {any} */ message) => {
      if (!(message instanceof Ci.nsIScriptError) || message.flags & (Ci.nsIScriptError.warningFlag | Ci.nsIScriptError.infoFlag)) return;
      // Firefox's own remarks on a page that was left while its script waited for an answer.
      if (/^Promise (resolved|rejected) (after context unloaded|while context is inactive)/.test(message.errorMessage)) return;
      if (message.sourceName.startsWith("moz-extension:")) seen.complaints.push(`${message.sourceName}:${message.lineNumber}: ${message.errorMessage}`);
    },
  });
};

export const seen = () => /** @type {any} */ (globalThis).tofaktorSeen;

/** Closes a tab as soon as it shows this. @param {string} url */
export const closeTab = async (url) => {
  const find = () => gBrowser.tabs.find((/** @type {any} */ tab) => tab.linkedBrowser.currentURI.spec === url);
  if (!find()) {
    await new Promise((resolve) => {
      const listener = {
        onLocationChange: () => {
          if (!find()) return;
          gBrowser.removeTabsProgressListener(listener);
          resolve(undefined);
        },
      };
      gBrowser.addTabsProgressListener(listener);
    });
  }
  gBrowser.removeTab(find());
};

/** Until the popup shows its document. @param {string} url */
export const popupStands = async (url) => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const stands = (/** @type {any} */ popup) => popup?.currentURI?.spec === url && !popup.webProgress?.isLoadingDocument;
  while (!stands(document.querySelector("browser.webextension-popup-browser"))) await frame();
};

/** A click as the mouse makes it; done when its popup is shown. @param {string} id */
export const clickToolbarButton = async (id) => {
  const { CustomizableUI } = ChromeUtils.importESModule("moz-src:///browser/components/customizableui/CustomizableUI.sys.mjs");
  const { event } = ChromeUtils.importESModule("chrome://remote/content/shared/webdriver/Event.sys.mjs");
  const widget = `${id.replace(/[^a-z0-9_-]/g, "_")}-browser-action`;
  if (CustomizableUI.getPlacementOfWidget(widget)?.area !== "nav-bar") CustomizableUI.addWidgetToArea(widget, "nav-bar");
  const button = document.getElementById(widget)?.querySelector(".unified-extensions-item-action-button");
  if (!button) throw new Error("There is no button on the toolbar.");
  const shown = new Promise((resolve) => document.addEventListener("popupshown", resolve, { once: true }));
  const { x, y, width, height } = button.getBoundingClientRect();
  await event.synthesizeMouseAtPoint(x + width / 2, y + height / 2, { button: 0, clickCount: 1 }, window);
  await shown;
};

/** What the add-on manager does when a person switches the pages off or on. @param {string} id @param {boolean} allowed */
export const setAccess = async (id, allowed) => {
  const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
  const { extension } = WebExtensionPolicy.getByID(id);
  const origins = extension.manifest.host_permissions;
  await ExtensionPermissions[allowed ? "add" : "remove"](id, { permissions: [], origins, data_collection: [] }, extension);
};

/** Clicks in the question that the browser asks about permissions, once it is asked; what it says. @param {boolean} allow */
export const answerPrompt = async (allow) => {
  const { event } = ChromeUtils.importESModule("chrome://remote/content/shared/webdriver/Event.sys.mjs");
  const { panel } = PopupNotifications;
  if (panel.state !== "open") await new Promise((resolve) => panel.addEventListener("popupshown", resolve, { once: true }));
  const question = panel.firstElementChild;
  const text = question.textContent;
  const hidden = new Promise((resolve) => panel.addEventListener("popuphidden", resolve, { once: true }));
  const { x, y, width, height } = (allow ? question.button : question.secondaryButton).getBoundingClientRect();
  await event.synthesizeMouseAtPoint(x + width / 2, y + height / 2, { button: 0, clickCount: 1 }, window);
  await hidden;
  return text;
};

/** Until the popup has closed by itself. */
export const popupGone = async () => {
  const panel = /** @type {any} */ (document.querySelector("browser.webextension-popup-browser")?.closest("panel"));
  if (panel && panel.state !== "closed") await new Promise((resolve) => panel.addEventListener("popuphidden", resolve, { once: true }));
};

/** As a click beside it does. */
export const closePopup = async () => {
  const popup = document.querySelector("browser.webextension-popup-browser");
  const panel = /** @type {any} */ (popup?.closest("panel"));
  if (!panel || panel.state === "closed") return;
  const hidden = new Promise((resolve) => panel.addEventListener("popuphidden", resolve, { once: true }));
  panel.hidePopup();
  await hidden;
};

/** At once, whatever it is doing; the browser itself would let it finish first. @param {string} id */
export const stopEventPage = async (id) => {
  const { extension } = WebExtensionPolicy.getByID(id);
  if (extension.backgroundState !== "running") return false;
  await extension.terminateBackground({ disableResetIdleForTest: true });
  return extension.backgroundState === "stopped";
};

/** @param {string} text */
export const copied = (text) => navigator.clipboard.writeText(text);

export const pasted = () => navigator.clipboard.readText();

/** @param {number | null} ms nothing for the browser's own */
export const setIdleTimeout = (ms) => {
  const name = "extensions.background.idle.timeout";
  if (ms === null) Services.prefs.clearUserPref(name);
  else Services.prefs.setIntPref(name, ms);
};

/** @param {string} id */
export const stoppedByItself = (id) => {
  const { extension } = WebExtensionPolicy.getByID(id);
  return new Promise((resolve) => extension.once("shutdown-background-script", () => resolve(extension.backgroundState)));
};

export const addSoftToken = () => {
  Services.prefs.setBoolPref("security.webauth.webauthn_enable_softtoken", true);
  Services.prefs.setBoolPref("security.webauth.webauthn_enable_usbtoken", false);
  const service = Cc["@mozilla.org/webauthn/service;1"].getService(Ci.nsIWebAuthnService);
  return service.addVirtualAuthenticator("ctap2_1", "internal", false, true, true, true);
};

/** @param {string} userAgent */
export const setUserAgent = (userAgent) => Services.prefs.setStringPref("general.useragent.override", userAgent);

/** @param {"light" | "dark"} look */
export const setLook = (look) => Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", look === "dark" ? 0 : 1);

/** @param {string} folder */
export const saveDownloadsIn = (folder) => {
  Services.prefs.setIntPref("browser.download.folderList", 2);
  Services.prefs.setStringPref("browser.download.dir", folder);
  Services.prefs.setBoolPref("browser.download.useDownloadDir", true);
  Services.prefs.setBoolPref("browser.download.alwaysOpenPanel", false);
};
