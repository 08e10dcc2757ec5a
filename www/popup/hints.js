// What the popup has to say beside the page and the codes: a false page, an organisation's own one, a better default
// method, a set-up that was never completed.
import { describe } from "../../core.js";
import { collect } from "./collect.js";
import { openManager } from "../shared/download.js";
import { tell } from "../shared/notice.js";
import { byId, say, sayDay, show, write } from "../shared/page.js";
import { paintRecoverers } from "../shared/recoverers.js";
import { paintTokens } from "../shared/tokens.js";
import { paintUntold } from "../shared/untold.js";

/** Elements of Microsoft's sign-in form that copies of it keep. */
const FORM =
  "#i0116, #i0118, [name='loginfmt'], #idTxtBx_SAOTCC_OTC, #idRichContext_DisplaySign, #idDiv_SAOTCS_Proofs, #usernameEntry, #otc-confirmation-input";

/**
 * Does the page show Microsoft's sign-in form, or come to show it in so long? The browser lets us look because the person has
 * clicked; where it does not, as on its own pages, there is no form either, and nothing is answered.
 * @param {number} tabId
 * @param {number} [waitMs]
 */
export const imitates = async (tabId, waitMs = 0) => {
  /** @param {string} form @param {number} waitMs */
  const look = (form, waitMs) => {
    const shows = () => document.querySelector(form) !== null;
    if (shows() || !waitMs) return shows();
    return new Promise((resolve) => {
      const observer = new MutationObserver(() => shows() && end());
      const end = () => (observer.disconnect(), resolve(shows()));
      observer.observe(document, { subtree: true, childList: true, attributeFilter: ["id", "name"] });
      setTimeout(end, waitMs);
    });
  };
  const looked = chrome.scripting.executeScript({ target: { tabId }, func: look, args: [FORM, waitMs], injectImmediately: true });
  return (await looked.catch(() => []))[0]?.result;
};

/**
 * Where the browser does not tell, as for a popup that nobody clicked for: the address by our own script in the page,
 * which is on Microsoft's and the organisation's pages alone.
 * @param {number} tabId @returns {Promise<string | undefined>}
 */
export const askAddress = (tabId) => chrome.tabs.sendMessage(tabId, "where", { frameId: 0 }).catch(() => undefined);

/** @param {import("../../core/tofaktor.js").View} view */
export const paintHints = ({ accounts, advice, page, recoverers, screen, tokens, unknownSite, unseen, untold, withheld }) => {
  show("unknown-site", unknownSite?.looksAlike === true || (unseen && screen === "accounts"));
  show("withheld", withheld);
  show("organisation", unknownSite?.organisation === true && screen === "accounts");
  write("unknown-site-title", say(unseen ? "unseenTitle" : "unknownSiteTitle"));
  write("unknown-site-text", unseen ? say("unseenText") : say("unknownSiteText", unknownSite?.host ?? ""));
  write("organisation-text", say("organisationText", unknownSite?.host ?? ""));
  show("report", !!page?.report);
  const described = byId("description", HTMLElement);
  // Of the page that it was made of, and no other.
  if (!page?.canDescribe) described.hidden = true;
  show("describe", page?.canDescribe === true && described.hidden !== false);
  show("advice", advice && !page?.step);
  paintAudit(page?.audit ?? []);
  paintUntold(untold);
  paintRecoverers(recoverers);
  paintTokens(tokens);
  // One at a time.
  const abandoned = accounts.find((account) => account.abandoned);
  show("abandoned", abandoned !== undefined);
  byId("abandoned", HTMLElement).dataset.of = abandoned?.id ?? "";
  if (abandoned) write("abandoned-text", say("abandonedText", abandoned.name || abandoned.issuer, sayDay(abandoned.createdMs)));
};

/** @param {import("../../core/tofaktor.js").AuditView[]} lines what the list of the person's methods means for what is here */
const paintAudit = (lines) => {
  show("audit", lines.length > 0);
  byId("audit", HTMLElement).replaceChildren(...lines.map(({ says, about }) => Object.assign(document.createElement("li"), { textContent: say(`audit_${says}`, about) })));
};

const abandonedId = () => byId("abandoned", HTMLElement).dataset.of ?? "";

/**
 * By `data-action`; those that ask the core for something say what.
 * @type {Record<string, (view: import("../../core/tofaktor.js").View, tab: import("../../core/tofaktor.js").Tab) => Promise<import("../../core/tofaktor.js").UiRequest | undefined | void>>}
 */
export const hintActions = {
  organisation: async ({ unknownSite }) => openManager(`organisation=${unknownSite?.host}`),
  report: async ({ page }) => {
    await navigator.clipboard.writeText(say(page?.report ?? "", page?.host ?? "", page?.about ?? ""));
    tell("reportCopied");
  },
  describe: async (_, tab) => {
    const [page] = await chrome.scripting.executeScript({ target: { tabId: tab.id ?? chrome.tabs.TAB_ID_NONE }, func: collect }).catch(() => []);
    const description = page?.result && (await describe(page.result));
    if (!description) return tell("gone");
    byId("description-lines", HTMLElement).textContent = description;
    show("describe", false);
    show("description", true);
    byId("description-lines", HTMLElement).focus();
  },
  "copy-description": async () => {
    await navigator.clipboard.writeText(byId("description-lines", HTMLElement).textContent ?? "");
    tell("descriptionCopied");
  },
  advised: async () => "advised",
  "removals-read": async () => "removalsRead",
  "recoverers-read": async ({ recoverers }) => ({ recoverersRead: { there: recoverers?.there ?? [] } }),
  "tokens-read": async ({ tokens }) => ({ tokensRead: { accounts: tokens.map(({ account }) => account) } }),
  abandon: async () => ({ remove: { account: abandonedId() } }),
  keep: async () => ({ confirm: { account: abandonedId(), confirmed: true } }),
};
