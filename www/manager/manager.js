// The manager: five pages, of accounts, ways to unlock, settings. Every section has a file of its own.
import { ask, ready } from "../../core.js";
import { about } from "./about.js";
import { access } from "./host-access.js";
import { accounts } from "./accounts.js";
import { appearance } from "./appearance.js";
import { decided } from "./decided.js";
import { deleted } from "./deleted.js";
import { backupFolder } from "./folder.js";
import { desk } from "./desk.js";
import { entrance } from "./entrance.js";
import { exporting } from "./exporting.js";
import { filling } from "./filling.js";
import { importing } from "./importing.js";
import { locking } from "./locking.js";
import { moving } from "./moving.js";
import { pendingAccounts } from "./found.js";
import { notes } from "./notes.js";
import { organisations } from "./organisations.js";
import { pages } from "./pages.js";
import { recovery } from "./recovery.js";
import { syncing } from "./syncing.js";
import { unlocking } from "./unlocking.js";
import { onDecision, once, speak } from "../shared/page.js";

/** @type {Parameters<typeof desk>[0]} */
const paint = (view, settings) => {
  document.body.dataset.screen = view.screen;
  for (const element of document.querySelectorAll("[data-when='open']")) /** @type {HTMLElement} */ (element).hidden = view.screen !== "accounts";
  for (const section of sections) section.paint?.(view, settings);
  document.body.dataset.ready = "true";
};
/** @type {Parameters<typeof desk>[1]} */
const look = async (view) => {
  const found = await Promise.all(sections.map((section) => section.look?.(view)));
  return () => {
    for (const more of found) more?.();
  };
};
const shared = desk(paint, look);
const way = entrance(shared, () => arrive());
const exports = exporting(shared);
const sync = syncing(shared);
const move = moving(shared, { byFile: exports.backup, bySync: sync.enter });
const noted = notes(shared);
const kept = accounts(shared, move.toPhone, noted.show, exports.some);
const imports = importing(shared);
const hosts = organisations();
const menu = pages();
/** @type {import("./desk.js").Section[]} */
const sections = [way, access(), recovery(shared), pendingAccounts(shared, imports), imports, kept, noted, backupFolder(shared), deleted(shared, kept.focus), move, exports, sync, unlocking(shared), locking(shared), filling(shared), hosts, appearance(), about(), decided(), menu];
const actions = new Map(sections.flatMap((section) => Object.entries(section.actions ?? {})));

document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element ? event.target.closest("[data-action]") : null;
  if (pressed instanceof HTMLElement) once(pressed, () => actions.get(pressed.dataset.action ?? "")?.(pressed));
});

chrome.storage.session.onChanged.addListener((changes) => {
  // Also where it was only exchanged: an answer that is still under way may have met the old one.
  if (changes["v1.key"]) shared.request("refresh");
});

onDecision(shared.renew);

/** Goes where the address says. */
const arrive = async () => {
  const view = shared.view();
  const [place, id] = location.hash.slice(1).split("=");
  /** What was to be done is done once. @param {string} hash */
  const settle = (hash) => history.replaceState(null, "", hash);
  const isOpen = view?.screen === "accounts";
  if (isOpen && (place === "transfer" || place === "note")) settle("#accounts");
  if (isOpen && place === "make-recovery") settle("#unlocking");
  menu.show();
  if (!menu.focus()) return way.focus();
  if (!isOpen) return;
  if (place === "make-recovery") actions.get(place)?.(document.body);
  else if (place === "organisation" && id) await hosts.suggest(id);
  else if (place === "transfer" || place === "note") {
    const account = view.accounts.find((known) => known.id === id);
    if (account) await (place === "note" ? noted.show : move.toPhone)(account);
  }
};

// Also where it leads to where one is: the menu folds, and the focus is at the top again.
document.addEventListener("click", (event) => {
  if (!(event.target instanceof HTMLAnchorElement) || !event.target.hash || event.target.hash !== location.hash) return;
  event.preventDefault();
  arrive();
});
addEventListener("hashchange", arrive);

const start = async () => {
  await Promise.all([ready(), speak()]);
  // What opens by itself is tried before anything is painted: nobody is to type into a form that is about to change.
  const { view } = await ask("show", {});
  const alone = view.screen === "locked" && view.unlockMethods[0]?.kind === "device";
  await shared.request(alone ? { unlock: { by: "device", save: undefined } } : "show");
  if (location.hash || shared.view()?.screen !== "accounts") await arrive();
};

start();
