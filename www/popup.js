// The popup paints what the core says and passes on what the person does.
performance.mark("script");
import { ask, fold, manage, ready } from "../core.js";
import { cards, label } from "./cards.js";
import { details } from "./details.js";
import { door } from "./door.js";
import { download, openManager } from "./leave.js";
import { byId, fromTemplate, part, say, show, speak } from "./page.js";
import { scanPicture } from "./picture.js";

/**
 * @typedef {import("../core/tofaktor.js").Reply} Reply
 * @typedef {import("../core/tofaktor.js").View} View
 * @typedef {import("../core/tofaktor.js").UiRequest} UiRequest
 * @typedef {import("../core/tofaktor.js").AccountView} AccountView
 * @typedef {import("../core/tofaktor.js").OfferView} OfferView
 */

const notice = byId("notice", HTMLElement);
const search = byId("search", HTMLInputElement);

/** @type {import("../core/tofaktor.js").Tab} */
let tab = {};
/** @type {View | undefined} */
let view;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let expiry;

/** @param {UiRequest} asked @param {Uint8Array} [bytes] */
const request = async (asked, bytes) => {
  const reply = await ask(asked, tab, bytes);
  if (reply.wake !== undefined && reply.wake !== null) await chrome.tabs.sendMessage(reply.wake, "look").catch(() => {});
  paint(reply, asked === "refresh");
  return reply;
};

const list = cards(byId("account-list", HTMLElement), {
  copied: (account) => {
    const elsewhere = account.microsoft ? view?.stranger : undefined;
    if (elsewhere) tell("copiedElsewhere", elsewhere.host);
    else tell("copied", account.name || account.issuer);
    ask({ used: { account: account.id } }, tab).catch(() => {});
  },
  more: (account) => dialog.open(account),
});

const dialog = details(byId("details", HTMLDialogElement), (asked) => request(asked), {
  transfer: (account) => openManager(`transfer=${account.id}`),
  closed: (id) => list.focus(id),
});

const saved = () => view?.offers.find((offer) => offer.standing === "new")?.id;

const entrance = door(
  byId("door", HTMLElement),
  async (kind, id, bytes) => {
    const save = saved();
    const first = view?.screen === "firstRun";
    if (kind === "passphrase") await request({ kind: first ? "create" : "unlock", save }, bytes);
    else if (kind === "recovery") await request({ unlockByRecovery: { save } }, bytes);
    else if (kind === "key") await request({ unlockByKey: { door: id ?? "", save } }, bytes);
    else await request({ kind: first ? "createOpen" : "unlockByDevice", save });
    if (view?.screen === "accounts") settle();
  },
  (key) => tell(key),
);

/** @param {Reply} reply @param {boolean} [quiet] a code has run out, nothing else has happened */
const paint = (reply, quiet) => {
  const before = view?.screen;
  view = reply.view;
  const { screen, offers, accounts, page, stranger } = view;
  document.body.dataset.screen = screen;
  document.body.dataset.saving = String(offers.length > 0 && (screen === "firstRun" || screen === "locked"));
  if (!quiet || screen !== before) tell(reply.notice ?? undefined);

  show("door", screen === "firstRun" || screen === "locked");
  show("accounts", screen === "accounts");
  show("recovery", screen === "recovery");
  show("empty", accounts.length === 0 && offers.length === 0);
  show("offers", offers.length > 0);
  show("page", page !== undefined && page !== null);
  show("search-row", view.searchable);
  show("stranger", stranger?.looksAlike === true);
  part(document, "[data-action='lock']").hidden = screen !== "accounts";

  if (page) {
    byId("page-host", HTMLElement).textContent = page.host;
    byId("page-reason", HTMLElement).textContent = say(page.says, page.account ?? "");
    show("approval", page.reason === "awaitingApproval" && screen === "accounts");
    show("do-step", page.canDoStep);
    const off = page.clockOffS ?? undefined;
    show("clock-off", off !== undefined);
    if (off !== undefined) part(document, "#clock-off span").textContent = say(off > 0 ? "clockSlow" : "clockFast", String(Math.abs(off)));
  }
  byId("account-list", HTMLElement).dataset.fill = String(page?.canFill === true);
  if (stranger) byId("stranger-text", HTMLElement).textContent = say("strangerText", stranger.host);
  if (screen === "firstRun" || screen === "locked") {
    if (dialog.isOpen()) dialog.close();
    entrance.paint({
      purpose: screen === "firstRun" ? "create" : "unlock",
      doors: view.doors,
      waitMs: view.waitMs,
      saves: offers.length > 0,
      inPopup: true,
    });
  } else entrance.clear();

  byId("offer-list", HTMLElement).replaceChildren(...offers.map(offerCard));
  list.paint(accounts);
  if (search.value) find();

  clearTimeout(expiry);
  const soonest = Math.min(...accounts.filter((a) => a.periodMs > 0).map((a) => a.leftMs));
  if (Number.isFinite(soonest)) expiry = setTimeout(() => request("refresh"), soonest);

  document.body.dataset.ready = "true";
  requestAnimationFrame(() => performance.getEntriesByName("painted").length || performance.mark("painted"));
};

/** @param {string} [key] @param {...string} values */
const tell = (key, ...values) => {
  if (key) {
    notice.dataset.notice = key;
    notice.textContent = say(`notice_${key}`, ...values);
  } else {
    delete notice.dataset.notice;
    notice.textContent = "";
  }
};

/** Where the next key press should go. */
const settle = () => {
  if (view?.screen === "firstRun" || view?.screen === "locked") entrance.focus();
  else if (view?.screen === "accounts" && view.offers.length === 0) view.searchable ? search.focus() : list.focusFirst();
};

/** @param {OfferView} offer */
const offerCard = (offer) => {
  const card = fromTemplate("offer-template");
  card.dataset.offer = offer.id;
  label(card, offer);
  const standing = part(card, ".standing");
  standing.hidden = offer.standing === "new";
  standing.textContent = offer.standing === "new" ? "" : say(`standing_${offer.standing}`);
  const save = part(card, "[data-action='save']");
  save.textContent = say(offer.standing === "conflict" ? "replace" : "save");
  save.dataset.replace = String(offer.standing === "conflict");
  // While the vault is closed there is one way on, the form; two buttons would compete.
  save.hidden = view?.screen !== "accounts" || offer.standing === "known";
  return card;
};

const find = () => {
  const found = list.search(fold(search.value).split(/\s+/).filter(Boolean));
  show("not-found", found === 0 && search.value !== "");
  byId("found", HTMLElement).textContent = search.value ? say("foundCount", String(found)) : "";
};

search.addEventListener("input", find);
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") list.focusFirst();
  else if (event.key === "Enter") list.copyFirst();
  else if (event.key === "Escape" && search.value) {
    search.value = "";
    find();
  } else return;
  event.preventDefault();
});
byId("account-list", HTMLElement).addEventListener("before-first", () => view?.searchable && search.focus());

// Typing anywhere searches.
document.addEventListener("keydown", (event) => {
  if (!view?.searchable || dialog.isOpen() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.length !== 1 || event.key === " " || event.target instanceof HTMLInputElement) return;
  search.focus();
});

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target.closest("[data-action]") : null;
  if (!(target instanceof HTMLElement)) return;
  const offer = target.closest("[data-offer]")?.getAttribute("data-offer") ?? "";
  const account = target.closest("[data-account]")?.getAttribute("data-account") ?? "";
  switch (target.dataset.action) {
    case "lock":
      await request("lock");
      return settle();
    case "save":
      await request({ save: { offer, replace: target.dataset.replace === "true" } });
      return settle();
    case "dismiss":
      await request({ dismiss: { offer } });
      return settle();
    case "next":
      if (account) await request({ next: { account } });
      return;
    case "approve":
      return leaveFor({ approve: { approved: true } });
    case "deny":
      return void (await request({ approve: { approved: false } }));
    case "do-step":
      return leaveFor("doStep");
    case "fill-here":
      return leaveFor({ fillHere: { account } });
    case "scan":
      return scanTab(target);
    case "manager":
      return openManager();
    case "recovery":
      return openManager("recovery");
    case "export": {
      const { shown } = await manage("exportSealed");
      if (shown && "sealed" in shown) download(shown.sealed.text);
    }
  }
});

/** What goes on in the page itself: there the person looks next. @param {UiRequest} asked */
const leaveFor = async (asked) => {
  const { notice: trouble } = await request(asked);
  if (!trouble) close();
};

/** @param {HTMLElement} button */
const scanTab = async (button) => {
  button.setAttribute("aria-busy", "true");
  let captured = false;
  try {
    const payloads = await scanPicture(async () => {
      const picture = await chrome.tabs.captureVisibleTab({ format: "png" });
      captured = true;
      return picture;
    });
    if (payloads.length === 0) return tell("noQr");
    for (const payload of payloads) await request("offer", payload);
  } catch {
    tell(captured ? "scanFailed" : "cannotCapture");
  } finally {
    button.removeAttribute("aria-busy");
  }
};

// Locked from elsewhere, by the clock, by the keyboard, in another window; or the page has moved on.
chrome.storage.session.onChanged.addListener((changes) => {
  const locked = view?.screen === "accounts" && changes["v1.key"] && !changes["v1.key"].newValue;
  if (view && (locked || changes[`page.${tab.id}`] || changes.offers)) request("refresh");
});

const start = async () => {
  ready();
  const spoken = speak();
  const told = chrome.storage.session.get("told");
  const [front] = await chrome.tabs.query({ active: true, currentWindow: true });
  tab = { id: front?.id, url: front?.url };
  let reply = await ask("glance", tab);
  const alone = reply.view.screen === "locked" && reply.view.doors[0]?.kind === "device";
  if (alone) {
    const save = reply.view.offers.find((offer) => offer.standing === "new")?.id;
    reply = await ask({ unlockByDevice: { save } }, tab);
  }
  await spoken;
  paint(reply);
  settle();
  // The rest of a long list, once its beginning is on the screen.
  if (reply.view.more) requestAnimationFrame(() => setTimeout(() => request("refresh")));
  // What a scan from the menu or the keyboard has to say.
  const { told: key } = await told;
  if (typeof key === "string") {
    tell(key);
    chrome.storage.session.remove("told");
  }
};

start();
