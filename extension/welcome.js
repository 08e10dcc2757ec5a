// The first run opens by itself once: at the installation, or, where an administrator installed it on every machine, at the
// first of Microsoft's pages that needs it. Closed, it leads back to that page.

/** @param {number} [openerTabId] over which page */
export const welcome = (openerTabId) =>
  // Two tabs that are restored at once ask at once.
  navigator.locks.request("welcome", async () => {
    const { welcomed } = await chrome.storage.local.get("welcomed");
    if (welcomed) return;
    const opener = openerTabId === undefined ? undefined : await chrome.tabs.get(openerTabId).catch(() => undefined);
    const url = chrome.runtime.getURL(`www/welcome/welcome.html${opener ? "#page" : ""}`);
    await chrome.tabs.create({ url, ...(opener && { openerTabId, windowId: opener.windowId }) });
    await chrome.storage.local.set({ welcomed: true });
  });
