// The first run opens by itself once: at the installation, or, where an administrator installed it on every machine, at the
// first of Microsoft's pages that needs it. Closed, it leads back to that page.

/** @param {number} [openerTabId] over which page */
export const welcome = async (openerTabId) => {
  const { welcomed } = await chrome.storage.local.get("welcomed");
  if (welcomed) return;
  await chrome.storage.local.set({ welcomed: true });
  await chrome.tabs.create({ url: chrome.runtime.getURL(`www/welcome/welcome.html${openerTabId === undefined ? "" : "#page"}`), ...(openerTabId === undefined ? {} : { openerTabId }) });
};
