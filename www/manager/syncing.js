// The same accounts in several browsers, by way of the browser's own sync.
import { exchange } from "../../core.js";
import { passphraseField } from "../door.js";
import { tell } from "../notice.js";
import { button, byId, h, part, say, sayTime, take } from "../page.js";
import { wipe } from "../reading.js";

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
  gone: ["sync-on", "sync-off"],
  other: ["sync-join", "sync-off"],
};
/** Their words. @type {Record<string, string>} */
const WORDS = { "sync-on": "syncOn", "sync-join": "syncJoin", "sync-now": "syncNow", "sync-off": "syncOff", "sync-erase": "syncErase" };

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const syncing = (desk) => {
  /** @param {SyncView} sync */
  const show = ({ state, joinable, left, atMs }) => {
    const when = typeof atMs === "number" ? sayTime(atMs) : "";
    byId("sync-state", HTMLElement).textContent = joinable ? say("syncJoinable") : say(`sync_${state}`, state === "full" ? String(left) : when);
    byId("sync-state", HTMLElement).dataset.state = joinable ? "joinable" : state;
    const deeds = joinable ? ["sync-join", "sync-erase"] : DEEDS[state];
    byId("sync-deeds", HTMLElement).replaceChildren(...deeds.map((deed, at) => button(deed, say(WORDS[deed] ?? ""), at === 0 && deed !== "sync-now" ? { class: "primary" } : {})));
  };

  /** @param {ExchangeRequest} request @param {Uint8Array} [bytes] */
  const ask = async (request, bytes) => {
    const { view, notice } = await exchange(request, bytes);
    wipe(bytes);
    tell(notice ?? undefined);
    if (view.open) show(view.sync);
    return notice ?? undefined;
  };

  /** @param {"syncOn" | "syncJoin"} request */
  const askPassphrase = async (request) => {
    if (!(await desk.proved())) return;
    const begins = request === "syncOn";
    const { field, input } = passphraseField("sync-passphrase", "syncPassphrase", begins);
    const line = h("p", { role: "status", class: "trouble" });
    const send = h("button", { type: "submit", class: "primary" }, say(begins ? "syncOn" : "syncJoin"));
    const progress = h("div", { class: "progress", hidden: true });
    const form = h("form", { class: "stack", autocomplete: "off" }, h("p", {}, say(begins ? "syncOnText" : "syncJoinText")), field, line, progress, h("div", { class: "row" }, send));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      part(form, ".progress").hidden = false;
      const notice = await ask(request, take(input));
      if (notice === "syncBegun" || notice === "syncJoined") {
        desk.paper.close();
        await desk.request("refresh");
        return;
      }
      send.disabled = false;
      part(form, ".progress").hidden = true;
      line.textContent = say(`notice_${notice ?? "malformed"}`);
      input.focus();
    });
    desk.paper.open("sync", say("syncTitle"), [form]);
  };

  /** @param {boolean} erase */
  const stop = (erase) =>
    desk.paper.confirm(say(erase ? "syncErase" : "syncOff"), say(erase ? "syncEraseText" : "syncOffText"), say(erase ? "syncErase" : "syncOff"), async () => {
      if (await desk.proved()) await ask({ syncOff: { erase } });
    });

  return {
    paint: async ({ screen }) => {
      if (screen !== "accounts") return;
      let { sync } = (await exchange("show")).view;
      // Not since the browser was started, or since a backup was restored: the worker does not know of it yet.
      if (sync.state !== "off" && typeof sync.atMs !== "number") ({ sync } = (await exchange("syncNow")).view);
      show(sync);
    },

    actions: {
      "sync-on": () => askPassphrase("syncOn"),
      "sync-join": () => askPassphrase("syncJoin"),
      "sync-now": async () => {
        await ask("syncNow");
        await desk.request("refresh");
      },
      "sync-off": () => stop(false),
      "sync-erase": () => stop(true),
    },
  };
};
