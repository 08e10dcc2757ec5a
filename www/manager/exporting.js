// Copies elsewhere: a backup, other apps, a phone, paper.
import { exchange } from "../../core.js";
import { save } from "../shared/download.js";
import { tell } from "../shared/notice.js";
import { overtaking } from "../shared/overtaking.js";
import { button, byId, h, icon, qrCode, say, sayTime, show } from "../shared/page.js";
import { wipe } from "../shared/reading.js";

/** @typedef {import("../../core/tofaktor.js").ExchangeRequest} ExchangeRequest */

/** How an account's codes are made, by the kind that it is. @type {Record<string, string>} */
const PAPER = { totp: "paper_totp", hotp: "paper_hotp", steam: "paper_steam" };

/** What the format cannot hold, or not as it is. @param {"leftOut" | "leftOutOfFile" | "renamedThere"} key @param {string[]} labels */
const without = (key, labels) => h("div", { class: "warning" }, icon("warn"), h("p", {}, say(key, labels.join(", "))));

/** What it cannot hold of some. @param {number} count */
const withoutNotes = (count) => (count > 0 ? [h("div", { class: "warning" }, icon("warn"), h("p", {}, say("leftOutNotes", count)))] : []);

/** @param {import("./desk.js").Desk} desk */
export const exporting = (desk) => {
  const turns = overtaking();
  const look = async () => {
    const isOvertaken = turns.begin("refresh");
    const { view } = await exchange("show");
    return () => isOvertaken() || paint(view);
  };
  /** @param {import("../../core/tofaktor.js").ExchangeView} view */
  const paint = (view) => {
    const never = view.savedMs === null || view.savedMs === undefined;
    byId("backup-state", HTMLElement).textContent = never ? say("backupNever") : say("backupLast", sayTime(Number(view.savedMs)));
    show("backup-missing", view.unsaved > 0 && !never);
    byId("backup-count", HTMLElement).textContent = say("backupMissing", view.unsaved);
    show("backup-reminder", view.unsaved > 0 && !put);
    byId("backup-reminder-text", HTMLElement).textContent = say(never ? "backupRemindFirst" : "backupRemind", view.unsaved);
  };
  /** The reminder was put off, until the page is opened again. */
  let put = false;

  /** Asks the core, and saves the file that comes back. @param {ExchangeRequest} request @param {Uint8Array} [bytes] @param {() => void} [done] it is made, and the person has not turned away */
  const order = async (request, bytes, done) => {
    const isHere = desk.dialog.here();
    const { out, notice } = await exchange(request, bytes);
    wipe(bytes);
    if (out && "file" in out) {
      save(out.file.bytes, out.file.extension);
      wipe(out.file.bytes);
    }
    const stays = isHere();
    if (stays) desk.dialog.close();
    if (out && "file" in out) {
      const { leftOut, withoutNote } = out.file;
      const said = [...(leftOut.length > 0 ? [without("leftOutOfFile", leftOut)] : []), ...withoutNotes(withoutNote)];
      if (said.length > 0) desk.dialog.open("left-out", say("saveFile"), said);
    }
    tell(notice ?? undefined);
    if (out && stays) done?.();
    // Not waited for: what is drawn has its dialog before the page can hear that the vault was locked.
    look().then((more) => more());
    return out;
  };

  /** @param {string} title @param {string} text @param {(password: Uint8Array) => Promise<void>} submit */
  const askPassword = (title, text, submit) =>
    desk.dialog.passphrase(title, text, { id: "file-password", label: "filePassword", action: say("saveFile") }, submit);

  /** What anyone can read: told plainly, and only for whoever shows who they are. @param {string} title @param {string} text @param {() => unknown} yes */
  const plainly = (title, text, yes) =>
    desk.dialog.confirm(title, text, say("plainGoOn"), async () => {
      if (await desk.proved()) await yes();
    });

  /** @param {string[]} [accounts] all, unless told otherwise */
  const transfer = async (accounts) => {
    const out = await order({ drawTransfer: { accounts } });
    if (!out || !("pages" in out)) return;
    const { pages, leftOut, renamed, withoutNote } = out.pages;
    const place = h("div", { class: "qr" });
    const count = h("p", { role: "status" });
    const next = button("next-page", say("transferNext"), { class: "primary" });
    let at = -1;
    const turn = () => {
      at = (at + 1) % pages.length;
      const page = pages[at];
      count.textContent = say("transferPage", String(at + 1), String(pages.length));
      place.replaceChildren(...(page ? [qrCode(page, count.textContent)] : []));
    };
    next.hidden = pages.length < 2;
    next.addEventListener("click", turn);
    if (pages.length > 0) turn();
    desk.dialog.open("transfer", say("toGoogle"), [
      ...(pages.length > 0 ? [h("p", {}, say("toGoogleText")), count, place] : []),
      ...(leftOut.length ? [without("leftOut", leftOut)] : []),
      ...(renamed.length ? [without("renamedThere", renamed)] : []),
      ...withoutNotes(withoutNote),
      h("div", { class: "row" }, next),
    ]);
  };

  const printedSheet = async () => {
    const out = await order("drawSheet");
    if (!out || !("printedSheet" in out)) return;
    const accounts = out.printedSheet.accounts.map(({ label, key, kind, algorithm, digits, step, qr }) => {
      const how = h("p", {}, say(PAPER[kind] ?? "", algorithm, String(digits), step));
      const scanned = qr ? qrCode(qr, say("transferLabel", label)) : h("p", { class: "soft" }, say("paperNoQr"));
      return h("li", {}, scanned, h("div", {}, h("strong", {}, label), h("code", {}, key), how));
    });
    const print = button("print", say("print"), { class: "primary" });
    print.addEventListener("click", () => window.print());
    desk.dialog.open("paper", say("paperTitle"), [h("p", {}, say("paperSheetText")), h("div", { class: "row" }, print), h("ol", { class: "paper" }, ...accounts)]);
  };

  /** @param {() => void} [done] the file is made */
  const backup = async (done) => {
    const isHere = desk.dialog.here();
    // Asked now: a press may come before what was painted of it.
    const { needsPassword } = (await exchange("show")).view;
    if (!isHere()) return;
    if (!needsPassword) return void (await order("saveBackup", undefined, done));
    askPassword(say("saveBackup"), say("backupPasswordText"), async (password) => {
      if (await desk.proved()) await order("saveBackup", password, done);
    });
  };

  /** @param {string[]} [accounts] all, unless told otherwise */
  const saveAegis = async (accounts) => {
    if (!(await desk.proved())) return;
    askPassword(say("saveAegis"), say("saveAegisText"), async (password) => void (await order({ saveAegis: { accounts } }, password)));
  };
  /** @param {string[]} [accounts] */
  const toPhone = (accounts) => plainly(say("toGoogle"), say("plainScreenText"), () => transfer(accounts));

  return {
    backup,
    some: { toPhone, save: saveAegis },

    /** @param {import("./desk.js").View} view */
    paint: ({ screen }) => {
      if (screen === "accounts") return;
      turns.begin("close")();
      show("backup-reminder", false);
    },

    /** @param {import("./desk.js").View} view */
    look: async ({ screen }) => (screen === "accounts" ? look() : () => {}),

    actions: {
      backup: () => backup(),
      "backup-later": () => {
        put = true;
        show("backup-reminder", false);
      },
      "save-aegis": () => saveAegis(),
      "save-list": () => plainly(say("saveList"), say("plainText"), () => order("saveList")),
      "save-cxf": () => plainly(say("saveCxf"), say("plainText"), () => order("saveCxf")),
      "draw-transfer": () => toPhone(),
      "draw-sheet": () => plainly(say("paperTitle"), say("paperText"), printedSheet),
    },
  };
};
