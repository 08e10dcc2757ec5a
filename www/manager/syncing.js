// The same accounts in several browsers, by way of the browser's own sync.
import { exchange } from "../../core.js";
import { tell } from "../shared/notice.js";
import { overtaking } from "../shared/overtaking.js";
import { button, byId, repaint, say, sayTime } from "../shared/page.js";
import { wipe } from "../shared/reading.js";

/**
 * @typedef {import("../../core/tofaktor.js").ExchangeRequest} ExchangeRequest
 * @typedef {import("../../core/tofaktor.js").SyncView} SyncView
 */

/** What can be done in each state. @type {Record<SyncView["state"], string[]>} */
const DEEDS = {
  off: ["sync-on"],
  on: ["sync-now", "sync-off", "sync-erase"],
  full: ["sync-now", "sync-off", "sync-erase"],
  failed: ["sync-now", "sync-off"],
  busy: ["sync-now", "sync-off", "sync-erase"],
  gone: ["sync-on", "sync-off"],
  other: ["sync-join", "sync-off"],
};
/** Their words. @type {Record<string, string>} */
const WORDS = { "sync-on": "syncOn", "sync-join": "syncJoin", "sync-now": "syncNow", "sync-off": "syncOff", "sync-erase": "syncErase" };

/** @param {import("./desk.js").Desk} desk */
export const syncing = (desk) => {
  /** What can be done now. @type {string[]} */
  let deeds = [];
  const turns = overtaking();

  /** @param {SyncView} sync */
  const show = ({ state, joinable, left, atMs }) => {
    const when = typeof atMs === "number" ? sayTime(atMs) : "";
    byId("sync-state", HTMLElement).textContent = joinable ? say("syncJoinable") : state === "full" ? say("sync_full", left) : say(`sync_${state}`, when);
    byId("sync-state", HTMLElement).dataset.state = joinable ? "joinable" : state;
    deeds = joinable ? ["sync-join", "sync-erase"] : DEEDS[state];
    repaint(byId("sync-deeds", HTMLElement), ...deeds.map((deed, at) => button(deed, say(WORDS[deed] ?? ""), at === 0 && deed !== "sync-now" ? { class: "primary" } : {})));
  };

  /** @param {ExchangeRequest} request @param {Uint8Array} [bytes] */
  const ask = async (request, bytes) => {
    const { view, notice } = await exchange(request, bytes);
    turns.begin(request)();
    wipe(bytes);
    tell(notice ?? undefined);
    if (view.open) show(view.sync);
    return notice ?? undefined;
  };

  /** Asks for the passphrase that others join with, and begins. @param {() => void} [done] */
  const begin = (done) =>
    desk.dialog.passphrase(say("syncTitle"), say("syncOnText"), { id: "sync-begin", label: "passphrase", action: say("syncOn"), known: true }, async (bytes) => {
      const notice = await ask("syncOn", bytes);
      if (notice !== "syncBegun") return notice ?? "malformed";
    }, done);

  /** Asks for the other browser's passphrase, and joins. @param {() => void} [done] */
  const join = async (done) => {
    if (!(await desk.proved())) return;
    desk.dialog.passphrase(say("syncTitle"), say("syncJoinText"), { id: "sync-passphrase", label: "syncPassphrase", action: say("syncJoin"), known: true }, async (bytes) => {
      const notice = await ask("syncJoin", bytes);
      if (notice !== "syncJoined") return notice ?? "malformed";
      await desk.request("refresh");
    }, done);
  };

  /** Sees to it that this browser is in; a press may come before the state was painted. @param {() => void} done */
  const enter = async (done) => {
    const isHere = desk.dialog.here();
    show((await exchange("show")).view.sync);
    if (!isHere()) return;
    if (deeds.includes("sync-join")) return join(done);
    return deeds.includes("sync-on") ? begin(done) : done();
  };

  /** @param {boolean} erase */
  const stop = (erase) =>
    desk.dialog.confirm(say(erase ? "syncErase" : "syncOff"), say(erase ? "syncEraseText" : "syncOffText"), say(erase ? "syncErase" : "syncOff"), async () => {
      if (await desk.proved()) await ask({ syncOff: { erase } });
    });

  return {
    enter,

    /** @param {import("./desk.js").View} view */
    paint: async ({ screen }) => {
      if (screen !== "accounts") return;
      const isOvertaken = turns.begin("refresh");
      let { sync } = (await exchange("show")).view;
      // Not since the browser was started, or since a backup was restored: the worker does not know of it yet.
      if (sync.state !== "off" && typeof sync.atMs !== "number") ({ sync } = (await exchange("syncNow")).view);
      if (isOvertaken()) return;
      show(sync);
    },

    actions: {
      "sync-on": () => begin(),
      "sync-join": () => join(),
      "sync-now": async () => {
        await ask("syncNow");
        await desk.request("refresh");
      },
      "sync-off": () => stop(false),
      "sync-erase": () => stop(true),
    },
  };
};
