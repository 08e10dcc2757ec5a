// What the sections of the manager share: what the core said last, and how to ask it for more.
import { ask, manage, policyChanged } from "../../core.js";
import { offerUndo, tell } from "../shared/notice.js";
import { makeDialog } from "../shared/dialog.js";
import { overtaking } from "../shared/overtaking.js";
import { byId } from "../shared/page.js";

/**
 * @typedef {import("../../core/tofaktor.js").View} View
 * @typedef {import("../../core/tofaktor.js").Reply} Reply
 * @typedef {import("../../core/tofaktor.js").UiRequest} UiRequest
 * @typedef {import("../../core/tofaktor.js").SettingsRequest} SettingsRequest
 * @typedef {import("../../core/tofaktor.js").SettingsView} SettingsView
 * @typedef {ReturnType<typeof desk>} Desk
 *
 * One part of the page with one subject.
 * @typedef {object} Section
 * @property {(view: View, settings: SettingsView) => void} [paint] after every answer
 * @property {(view: View) => Promise<() => void>} [look] asks for more, and answers how that is painted: with a screen that is new, so that nothing moves once it is seen, and else as soon as it is known
 * @property {Record<string, (pressed: HTMLElement) => unknown>} [actions] by `data-action`
 */

/** @param {(view: View, settings: SettingsView) => void} paint @param {(view: View) => Promise<() => void>} look */
export const desk = (paint, look) => {
  const dialog = makeDialog(byId("dialog", HTMLDialogElement));
  /** @type {View | undefined} */
  let view;
  /** @type {SettingsView | undefined} */
  let settings;
  /** The screen that they were asked for on. @type {string | undefined} */
  let settingsOf;
  const repaint = () => {
    if (!view || !settings || settingsOf !== view.screen) return;
    paint(view, settings);
    look(view).then((more) => more());
  };
  const turns = overtaking();

  /** @param {UiRequest} asked @param {Uint8Array} [bytes] @returns {Promise<Reply>} */
  const request = async (asked, bytes) => {
    const answered = turns.begin(asked);
    const reply = await ask(asked, {}, bytes);
    const overtaken = answered();
    if (overtaken === "looked") return reply;
    if (overtaken === "done") return request("refresh");
    if (asked !== "refresh" || reply.view.screen !== view?.screen) tell(reply.notice ?? undefined, ...(reply.about ? [reply.about] : []));
    offerUndo(reply.undo);
    view = reply.view;
    const { screen } = view;
    if (screen === settingsOf) repaint();
    else {
      const [asked, more] = await Promise.all([manage("show"), look(view)]);
      // Another answer has led elsewhere meanwhile.
      if (view.screen !== screen) return reply;
      [settings, settingsOf] = [asked.view, screen];
      paint(view, settings);
      more();
    }
    return reply;
  };

  /** @param {SettingsRequest} asked @param {Uint8Array} [bytes] */
  const set = async (asked, bytes) => {
    const reply = await manage(asked, bytes);
    settings = reply.view;
    if (reply.notice !== "proveFirst") tell(reply.notice ?? undefined);
    repaint();
    return reply;
  };

  /** Another has changed what holds. */
  const renew = async () => {
    // Who else can open the vault follows it, here as in the worker.
    await policyChanged();
    settings = (await manage("show")).view;
    await request("refresh");
  };

  /** For what could be misused by somebody who finds the page open. */
  const proved = async () => {
    const fresh = await manage("show");
    if (fresh.view.proved) return true;
    if (fresh.view.unlockMethods.every(({ kind }) => kind === "device" || kind === "organisation")) return (await manage({ prove: { by: "device" } })).view.proved;
    return dialog.prove(fresh.view.unlockMethods, manage);
  };

  return { dialog, request, set, renew, proved, view: () => view };
};
