// The popup paints what the core says and passes on what the person does.
import { ask, glance, policyChanged } from "../../core.js";
import { notFound, someUnread } from "../../scan.js";
import { take } from "../../snapshot.js";
import { askForAccess, isWithheld } from "../shared/access.js";
import { details } from "../shared/details.js";
import { canAsk } from "../shared/key.js";
import { comingIn, openUnlockWindow, unlockForm } from "../shared/unlock-form.js";
import { askAddress, hintActions, imitates, paintHints } from "./hints.js";
import { exportSealed, openManager } from "../shared/download.js";
import { accountList } from "../shared/list.js";
import { offerUndo, tell, undone } from "../shared/notice.js";
import { called, choice, isSteams, paintPendingAccounts } from "../shared/pending-accounts.js";
import { overtaking } from "../shared/overtaking.js";
import { byId, hasFolders, onDecision, once, part, say, show, speak, write } from "../shared/page.js";
import { scanShown } from "../shared/picture.js";

/**
 * @typedef {import("../../core/tofaktor.js").Reply} Reply
 * @typedef {import("../../core/tofaktor.js").View} View
 * @typedef {import("../../core/tofaktor.js").UiRequest} UiRequest
 */

/** So long may a page take to say what it shows before codes are painted over it. */
const LATEST_MS = 100;

/** So long at a time is a page watched that may come to show more: no longer than that after the popup has closed. */
const WATCH_MS = 5000;

/** So long a popup that opened by itself takes no yes: it may have come up under a press that was meant for the page. */
const HOLD_MS = 500;
/** Whoever opens it says so, just before. */
const JUST_NOW_MS = 5000;

/** @type {import("../../core/tofaktor.js").Tab} */
let tab = {};
/** @type {View | undefined} */
let view;
/** The browser does not let us see the page. */
let withheld = false;

/** The page waited for the vault: once it has its code, there is nothing left to do here. */
let pageWaited = false;

/** The view of the page that asks for a yes; empty where none does. */
let asking = "";

const turns = overtaking();

/** The page was told to look again. @type {Promise<unknown>} */
let woken = Promise.resolve();

/** @param {UiRequest} asked @param {Uint8Array} [bytes] @returns {Promise<Reply>} */
const request = async (asked, bytes) => {
  const answered = turns.begin(asked);
  const reply = await ask(asked, tab, bytes);
  const overtaken = answered();
  if (overtaken === "looked") return reply;
  if (overtaken === "done") return request("refresh");
  if (reply.wake !== undefined && reply.wake !== null) woken = chrome.tabs.sendMessage(reply.wake, "look").catch(() => {});
  // Not after the page was woken: what that changes is newer than this.
  paint(reply, asked === "refresh");
  return reply;
};

/** The first look was made of what had been read; this one mends the vault, has all of a long list, and what has changed meanwhile. @param {"show" | "refresh"} asked */
const lookAgain = async (asked) => {
  const answered = turns.begin("refresh");
  const reply = await ask(asked, tab);
  if (view && !answered() && !isSame(view, reply.view)) paint(reply, true);
};

/** They differ in nothing but the time that has passed between them. @param {View} one @param {View} other */
const isSame = (one, other) => {
  const [before, after] = [one, other].map((view) => JSON.stringify(view, (name, value) => (name === "leftMs" || name === "waitMs" ? 0 : value)));
  return before === after;
};

const list = accountList(byId("list", HTMLElement), {
  copied: (account) => {
    const elsewhere = account.microsoft ? view?.unknownSite : undefined;
    if (elsewhere) tell("copiedElsewhere", elsewhere.host);
    else tell("copied", account.name || account.issuer);
    ask({ used: { account: account.id } }, tab).catch(() => {});
  },
  more: (account) => dialog.open(account),
  ended: () => request("refresh"),
});

const dialog = details(byId("details", HTMLDialogElement), (asked) => request(asked), {
  transfer: (account) => openManager(`transfer=${account.id}`),
  note: (account) => openManager(`note=${account.id}`),
  closed: list.focusMore,
});

/** What this tab has shown, the latest of it: the press that opens the vault names it, and saves nothing else. @param {View | undefined} view */
const shown = (view) => view?.pendingAccounts.findLast(({ found, standing, steam, name }) => found === "thisTab" && standing === "new" && !steam && name !== "");

const entrance = unlockForm(
  byId("unlock-form", HTMLElement),
  async (kind, id, bytes, said) => {
    pageWaited = view?.page?.reason === "locked";
    await request(comingIn(kind, id, view?.screen === "firstRun", said, shown(view)?.id), bytes);
    if (view?.screen === "accounts") settle();
  },
  tell,
);

/** @param {Reply} reply @param {boolean} [quiet] a code has run out, nothing else has happened */
const paint = (reply, quiet) => {
  const before = view?.screen;
  view = reply.view;
  const { screen, pendingAccounts, accounts, page, trouble } = view;
  document.body.dataset.screen = screen;
  const closed = screen === "firstRun" || screen === "locked";
  const [here, elsewhere] = [true, false].map((is) => pendingAccounts.filter(({ found }) => (found === "thisTab") === is));
  const waiting = closed ? shown(view) : undefined;
  document.body.dataset.saving = String(waiting !== undefined);
  document.body.dataset.scan = scanning(page ?? undefined, accounts.length > 0 || screen !== "accounts");
  document.body.dataset.guided = String(page?.canDoStep === true);
  if (!quiet || screen !== before) tell(reply.notice ?? undefined, ...(reply.about ? [reply.about] : []));
  offerUndo(reply.undo);

  // The guide's button or the form's, never both: to the QR code nothing need be locked.
  const guided = screen === "firstRun" && page?.canDoStep === true && !waiting;
  show("unlock-form", closed && !guided);
  show("open-folder", screen === "firstRun" && !guided && !waiting && hasFolders());
  show("accounts", screen === "accounts");
  show("recovery", screen === "recovery");
  // On a page where the guide has a step, that is the way on, and not the beginning.
  show("empty", accounts.length === 0 && pendingAccounts.length === 0 && !page?.step && !view.withheld);
  show("pending-accounts", here.length > 0);
  show("pending-accounts-elsewhere", elsewhere.length > 0 && !waiting);
  show("page", page !== undefined && page !== null);
  show("access", withheld);
  part(document, "[data-action='lock']").hidden = screen !== "accounts";
  // After a set-up, and when there is nothing more pressing to say.
  const calm = !view.unknownSite?.looksAlike && !view.unseen && pendingAccounts.length === 0 && (!page || page.step === "finished");
  show("spare", view.lacksRecovery);
  const reminds = view.unsaved > 0 && calm && !view.lacksRecovery;
  show("unsaved", reminds);
  byId("unsaved-text", HTMLElement).textContent = reminds ? say("backupRemind", view.unsaved) : "";

  const asks = page?.reason === "awaitingApproval" && screen === "accounts" ? page.view : "";
  // What comes up by itself may do so under a press that was meant for what was there before.
  if (quiet && asks !== asking) hold(["approval"]);
  asking = asks;
  if (page) {
    byId("page", HTMLElement).dataset.reason = page.reason;
    write("page-host", page.host);
    write("page-reason", say(page.says, page.about));
    show("approval", asks !== "");
    show("do-step", page.canDoStep && screen !== "locked");
    show("set-up", page.leadsToSetUp || (page.reason === "noAccount" && accounts.length > 0));
    const old = page.replaced ?? undefined;
    show("replaced", old !== undefined);
    if (old !== undefined) {
      part(document, "#replaced span").textContent = say("pageReplaced", old.name || old.issuer);
      part(document, "#replaced button").dataset.deleted = old.id;
    }
    const off = page.clockOffS ?? undefined;
    show("clock-off", off !== undefined);
    if (off !== undefined) part(document, "#clock-off span").textContent = say(off > 0 ? "clockSlow" : "clockFast", Math.round(Math.abs(off) / 60));
  }
  if (trouble) {
    byId("recovery-title", HTMLElement).textContent = say(`trouble_${trouble.kind}`);
    byId("recovery-text", HTMLElement).textContent = say(`troubleText_${trouble.kind}`);
    part(document, "#recovery [data-action='export']").hidden = !trouble.savable;
  }
  byId("list", HTMLElement).dataset.fill = String(page?.canFill === true);
  paintHints(view);
  if (closed) {
    if (dialog.isOpen()) dialog.close();
    entrance.paint({
      purpose: screen === "firstRun" ? "create" : "unlock",
      unlockMethods: view.unlockMethods,
      waitMs: view.waitMs,
      saves: waiting && (waiting.name || waiting.issuer),
      inPopup: true,
      recovery: view.policy.recovery,
    });
  } else entrance.clear();

  paintPendingAccounts(byId("pending-account-list", HTMLElement), here, screen === "accounts");
  paintPendingAccounts(byId("elsewhere-list", HTMLElement), elsewhere, screen === "accounts");
  list.paint(accounts, view.searchable);
  dialog.paint(accounts);

  document.body.dataset.ready = "true";
  if (pageWaited && page?.reason === "filled" && !dialog.isOpen() && !reply.notice) close();
  requestAnimationFrame(() => {
    if (performance.getEntriesByName("painted").length === 0) performance.mark("painted");
    localStorage.setItem("height", String(document.body.offsetHeight));
  });
};

/** Steps at which the QR code has been read. */
const READ = ["save", "toCode", "checkCode", "startAgain", "serialFilled", "finished"];

/** Whether a scan is the way on, stands aside, or has nothing to find: on a page that is known for what it is. @param {View["page"]} page @param {boolean} has accounts, or a vault that is closed */
const scanning = (page, has) => {
  if (!has) return "first";
  const isKnown = page && !["badQr", "notRecognised"].includes(page.reason);
  return isKnown && (!page.step || READ.includes(page.step)) ? "none" : "aside";
};

/** What the page wants comes before the codes, a warning before its way out. */
const CARDS = ["#unknown-site", "#approval [data-action='approve']", "#pending-accounts .primary", "#do-step [data-action='do-step']", "#report [data-action='report']", "#set-up .button", "#pending-accounts [data-action]"];

/** Where the next key press should go, and a screen reader begins. */
const settle = () => {
  const first = CARDS.map((card) => document.querySelector(card)).find((card) => card?.checkVisibility());
  // Nothing is pressed by a key that was meant for the page over which this opened by itself.
  const begin = first?.closest("[inert]") ? byId("page", HTMLElement) : first;
  if (!byId("unlock-form", HTMLElement).hidden) entrance.focus();
  else if (begin instanceof HTMLElement && begin.checkVisibility()) begin.focus();
  else if (view?.screen === "accounts") list.focus();
};

document.addEventListener("keydown", (event) => dialog.isOpen() || list.type(event));

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest("[data-action]") : null;
  if (target instanceof HTMLElement) once(target, () => act(target));
});

/** @param {HTMLElement} target what was pressed */
const act = async (target) => {
  // Over which tab it lies is known only then.
  if (!view) await started;
  const pendingAccount = target.closest("[data-pending-account]")?.getAttribute("data-pending-account") ?? "";
  const account = target.closest("[data-account]")?.getAttribute("data-account") ?? "";
  switch (target.dataset.action) {
    case "lock":
      await request("lock");
      return settle();
    case "save":
      await request({ save: { pendingAccount, whenKnown: choice(target), steam: isSteams(target), name: called(target) } });
      return settle();
    case "dismiss":
      await request({ dismiss: { pendingAccount } });
      return settle();
    case "undo":
      await request(undone(target));
      return list.focus();
    case "next":
      if (account) await request({ next: { account } });
      return;
    case "approve":
      return closeFor({ approve: { approved: true, view: shownView() } });
    case "deny":
      return void (await request({ approve: { approved: false, view: shownView() } }));
    case "backup":
    case "make-recovery":
      return openManager(target.dataset.action);
    case "do-step":
      return closeFor({ doStep: { view: shownView() } });
    case "fill-here":
      return closeFor({ fillHere: { account, view: shownView() } });
    case "allow":
      await askForAccess();
      // The page has its script by now, and may have had the card painted as it stood before.
      return show("access", (withheld = await isWithheld(tab.url ?? "")));
    case "scan":
      return scanTab(target);
    case "manager":
      return openManager();
    // A popup closes under the browser's picker.
    case "open-folder":
    case "recovery":
    case "forgotten":
      return openManager(target.dataset.action);
    case "export":
      return exportSealed();
    case "show-anyway":
      tab.warned = true;
      await request("show");
      return list.focus();
    default: {
      const asked = view && (await hintActions[target.dataset.action ?? ""]?.(view, tab));
      if (asked) await request(asked);
    }
  }
};

/** What a press is about: the page may show something else by now. */
const shownView = () => view?.page?.view ?? "";

/** What goes on in the page itself: there the person looks next. @param {UiRequest} asked */
const closeFor = async (asked) => {
  const { notice: trouble } = await request(asked);
  await woken;
  if (!trouble) close();
};

/** @param {HTMLElement} button */
const scanTab = async (button) => {
  button.setAttribute("aria-busy", "true");
  let captured = false;
  performance.mark("click");
  try {
    const seen = await scanShown(async (how) => {
      const picture = await chrome.tabs.captureVisibleTab(how);
      captured = true;
      performance.mark("captured");
      return picture;
    });
    if (seen.payloads.length === 0) return tell(notFound(seen, "noQr"));
    let refused = false;
    for (const payload of seen.payloads) if ((await request("addPending", payload)).notice !== "found") refused = true;
    if (!refused && seen.unread) tell(...someUnread(seen));
  } catch {
    tell(captured ? "scanFailed" : "cannotCapture");
  } finally {
    button.removeAttribute("aria-busy");
  }
};

// Locked from elsewhere, by the clock, by the keyboard, in another window; or the page has moved on.
chrome.storage.session.onChanged.addListener((changes) => {
  const locked = view?.screen === "accounts" && changes["v1.key"] && !changes["v1.key"].newValue;
  if (view && (locked || changes[`page.${tab.id}`] || changes.pendingAccounts)) request("refresh");
});

onDecision(async () => {
  await policyChanged();
  await request("refresh");
});

/** @param {unknown} opened when it was said that it opens by itself */
const opensByItself = (opened) => {
  if (typeof opened !== "string") return false;
  chrome.storage.session.remove("opened");
  return Math.abs(performance.timeOrigin - Number(opened)) <= JUST_NOW_MS;
};

/** What takes a yes. */
const YES = ["approval", "pending-accounts", "pending-accounts-elsewhere"];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let holding;
/** For half a second no press counts in them. @param {string[]} ids */
const hold = (ids) => {
  for (const id of ids) byId(id, HTMLElement).inert = true;
  clearTimeout(holding);
  holding = setTimeout(() => YES.forEach((id) => (byId(id, HTMLElement).inert = false)), HOLD_MS);
};

/** Where the tab is now, as far as anybody tells. @param {number} id @param {string} [url] */
const lookAt = async (id, url) => {
  /** @type {import("../../core/tofaktor.js").Tab} */
  const there = { id };
  const known = url || (await askAddress(id));
  if (known) there.url = known;
  return there;
};

/** For a busy page not long. @param {Promise<unknown>} looked */
const soon = (looked) => Promise.race([looked, new Promise((resolve) => setTimeout(resolve, LATEST_MS))]);

/** What a slow page has shown after all, or comes to show. @param {Promise<boolean | undefined>} looked */
const catchUp = async (looked) => {
  const over = tab;
  const isTaken = () => over === tab && view?.unknownSite && !view.unknownSite.looksAlike;
  let found = await looked;
  while (found === false && isTaken()) found = await imitates(over.id ?? chrome.tabs.TAB_ID_NONE, WATCH_MS);
  if (!found || !isTaken()) return;
  over.imitates = true;
  await request("refresh");
};

// Under an open popup the page can give way to another, which may be a false one: nothing that was read of the one before, and
// no word of the person's about it, holds for that.
chrome.tabs.onUpdated.addListener(async (id, { status, url }) => {
  if (!status && !url) return;
  // It may do so before there is anything to be seen here.
  if (!view) await started;
  if (id !== tab.id) return;
  const found = await chrome.tabs.get(id).catch(() => undefined);
  const there = await lookAt(id, found?.url);
  // Of what the browser does not name, and at the same address, it tells that another is being loaded.
  if (there.url === tab.url && status !== "loading") return;
  // Of an address the person has said it.
  if (there.url && there.url === tab.url) Object.assign(there, tab);
  tab = there;
  const looked = imitates(id).then((found) => (there.imitates ||= found ?? false));
  [withheld] = await Promise.all([isWithheld(there.url ?? ""), soon(looked)]);
  await request("refresh");
  await catchUp(looked);
});

const start = async () => {
  const { stores, front, policy, words } = take();
  if (!stores) return;
  const spoken = speak({ policy, words });
  const shownBy = await front;
  // Over no tab that it names, nothing is known either.
  const there = await lookAt(shownBy?.id ?? chrome.tabs.TAB_ID_NONE, shownBy?.url);
  tab = there;
  isWithheld(tab.url ?? "").then((is) => show("access", (withheld = is)));
  const looked = shownBy?.id === undefined ? Promise.resolve(false) : imitates(shownBy.id).then((found) => (there.imitates = found ?? false));
  const lookedSoon = soon(looked);
  const seen = await stores;
  let reply = await glance(seen, tab);
  const alone = reply?.view.screen === "locked" && reply.view.unlockMethods[0]?.kind === "device";
  // Over a page that may be a false one, codes wait for what it shows.
  const mayBeFalse = !reply || (reply.view.unknownSite && (alone || reply.view.accounts.length > 0));
  if (mayBeFalse && (await lookedSoon)) reply = await glance(seen, tab);
  // Nobody has pressed anything, so nothing is saved.
  if (alone) reply = await ask({ unlock: { by: "device", save: undefined } }, tab);
  const byItself = opensByItself(seen.session.status === "fulfilled" && seen.session.value.opened);
  // Looking is a use of the vault where somebody has pressed for it: no page keeps it open.
  const use = byItself ? "refresh" : "show";
  reply ??= await ask(use, tab);
  await spoken;
  if (byItself) hold(YES);
  paint(reply);
  settle();
  // What a scan from the menu or the keyboard has to say.
  const outcome = seen.session.status === "fulfilled" && seen.session.value.scanOutcome;
  // The press on the icon was for the code that the page waits for: the finger is all that is wanting.
  if (!outcome && view?.screen === "locked" && view.page?.reason === "locked" && canAsk() && view.waitMs === 0 && view.unlockMethods.some(({ kind }) => kind === "key")) return void openUnlockWindow();
  if (outcome) {
    tell(.../** @type {[string]} */ ([outcome].flat()));
    chrome.storage.session.remove("scanOutcome");
  }
  catchUp(looked);
  requestAnimationFrame(() => setTimeout(() => lookAgain(use)));
};

const started = start();
