// A dialog for one thing at a time: showing that it is you, a form, a code on paper, a QR code.
import { passphraseField, unlockBy, unlockForm } from "./unlock-form.js";
import { button, h, icon, qrCode, say, sayDay, take } from "./page.js";

/**
 * @typedef {import("../../core/tofaktor.js").SettingsRequest} SettingsRequest
 * @typedef {import("../../core/tofaktor.js").SettingsReply} SettingsReply
 */

/** How long a QR code stays on screen. */
const QR_MS = 60_000;

/** @param {HTMLDialogElement} dialog */
export const makeDialog = (dialog) => {
  /** @type {(() => void) | undefined} */
  let whenClosed;
  /** How often one was opened or closed. */
  let changes = 0;
  const end = () => {
    const then = whenClosed;
    whenClosed = undefined;
    then?.();
  };
  /** Closing is a decision: what the dialog was about ends at the press. */
  const close = () => {
    changes += 1;
    if (dialog.open) dialog.close();
    end();
  };
  dialog.addEventListener("cancel", (event) => {
    // The fields for files in it have such an event too.
    if (event.target !== dialog) return;
    event.preventDefault();
    close();
  });
  dialog.addEventListener("close", () => {
    // The event comes late: another dialog may be open there already.
    if (dialog.open) return;
    dialog.replaceChildren();
    delete dialog.dataset.dialog;
    end();
  });

  /** @param {string} name @param {string} title @param {(Node | string)[]} parts @param {() => void} [closed] */
  const open = (name, title, parts, closed) => {
    changes += 1;
    end();
    const cross = h("button", { type: "button", class: "quiet", "aria-label": say("close"), title: say("close") }, icon("close"));
    cross.addEventListener("click", close);
    dialog.dataset.dialog = name;
    dialog.setAttribute("aria-labelledby", "dialog-title");
    dialog.replaceChildren(h("div", { class: "dialog-head" }, h("h2", { id: "dialog-title" }, title), cross), ...parts);
    whenClosed = closed;
    if (!dialog.open) dialog.showModal();
    const first = dialog.querySelector("[data-first], form input, form select");
    if (first instanceof HTMLElement) first.focus();
  };

  /** Whether it is, later on, as it is now: for what is answered when the person may have turned away. @returns {() => boolean} */
  const here = () => {
    const [before, wasOpen] = [changes, dialog.open];
    return () => before === changes && dialog.open === wasOpen;
  };

  return {
    open,
    close,
    here,
    isOpen: () => dialog.open,

    /** @param {string} title @param {string} text @param {string} action @param {() => void} yes @param {string[]} [names] what it is about */
    confirm: (title, text, action, yes, names = []) => {
      const stay = button("stay", say("cancel"));
      stay.dataset.first = "";
      stay.addEventListener("click", close);
      const go = button("go", action, { class: "danger" });
      go.addEventListener("click", () => {
        close();
        yes();
      });
      const about = names.length > 0 ? [h("ul", {}, ...names.map((name) => h("li", {}, h("bdi", {}, name))))] : [];
      open("confirm", title, [h("div", { class: "warning" }, icon("warn"), h("p", {}, text)), ...about, h("div", { class: "row" }, stay, go)]);
    },

    /**
     * A form with one field, for a passphrase.
     * @param {string} title
     * @param {string} text
     * @param {{ id: string, label: string, action: string, known?: boolean }} field `known`: it was chosen before
     * @param {(bytes: Uint8Array) => Promise<string | void>} submit tells the notice of what is wrong, if anything is
     * @param {() => unknown} [done] goes on where the person has not turned away
     */
    passphrase: (title, text, { id, label, action, known }, submit, done) => {
      const { field, input, differs } = passphraseField(id, label, !known);
      const line = h("p", { role: "status", class: "trouble" });
      const send = h("button", { type: "submit", class: "primary" }, action);
      const progress = h("div", { class: "progress", hidden: true });
      const form = h("form", { class: "stack", autocomplete: "off" }, h("p", {}, text), field, line, progress, h("div", { class: "row" }, send));
      /** @param {boolean} busy */
      const wait = (busy) => {
        send.disabled = busy;
        progress.hidden = !busy;
      };
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (differs()) return void (line.textContent = say("notice_passphraseDiffers"));
        wait(true);
        const isHere = here();
        // The core decides; this only spares the person the empty field.
        const short = !known && [...input.value].length < 8;
        const trouble = short ? "passphraseTooShort" : await submit(take(input));
        wait(false);
        if (!isHere()) return;
        if (!trouble) {
          close();
          return void done?.();
        }
        line.textContent = say(`notice_${trouble}`);
        input.focus();
      });
      open(id, title, [form]);
    },

    /**
     * Shows once more that it is you.
     * @param {import("../../core/tofaktor.js").UnlockMethodView[]} unlockMethods
     * @param {(request: SettingsRequest, bytes?: Uint8Array) => Promise<SettingsReply>} manage
     * @returns {Promise<boolean>}
     */
    prove: (unlockMethods, manage) =>
      new Promise((resolve) => {
        const place = h("div");
        const line = h("p", { role: "status", class: "trouble" });
        let proved = false;
        const tell = (/** @type {string} */ key) => (line.textContent = say(`notice_${key}`));
        const entrance = unlockForm(
          place,
          async (kind, id, bytes) => {
            line.textContent = "";
            const isHere = here();
            const reply = await manage({ prove: { by: unlockBy(kind, id) } }, bytes);
            if (!isHere()) return;
            proved = reply.view.proved;
            if (proved) close();
            else if (reply.notice) tell(reply.notice);
          },
          tell,
        );
        entrance.paint({ purpose: "prove", unlockMethods });
        open("prove", say("proveTitle"), [place, line], () => resolve(proved));
        entrance.focus();
      }),

    /** The recovery code, to be written down or printed. @param {string} code @param {() => void} [closed] */
    recovery: (code, closed) => {
      const print = button("print", say("print"), { class: "primary" });
      print.dataset.first = "";
      print.addEventListener("click", () => window.print());
      const done = button("done", say("writtenDown"));
      done.addEventListener("click", close);
      const groups = h("ol", { class: "groups" }, ...code.split("-").map((group) => h("li", {}, group)));
      open(
        "recovery",
        say("recoverySheetTitle"),
        [
          h("p", {}, say("recoverySheetText")),
          groups,
          h("p", { class: "soft" }, say("recoverySheetCheck")),
          h("p", { class: "print-only" }, say("recoverySheetMade", sayDay(Date.now()))),
          h("div", { class: "row" }, print, done),
        ],
        closed,
      );
    },

    /** An account for a phone. @param {string} name @param {{ path: string, size: number }} qr @param {() => void} [scanned] the way on */
    qr: (name, qr, scanned) => {
      const left = h("span", { class: "hide-countdown", "aria-hidden": "true" });
      left.style.setProperty("--hide", `${QR_MS}ms`);
      const timer = setTimeout(() => dialog.dataset.dialog === "qr" && close(), QR_MS);
      const hide = button("hide", say("transferHide"));
      hide.dataset.first = "";
      hide.addEventListener("click", close);
      const on = button("scanned", say("moveScanned"), { class: "primary" });
      on.hidden = !scanned;
      on.addEventListener("click", () => scanned?.());
      open(
        "qr",
        say("transferTitle"),
        [h("p", {}, say("transferText", name)), h("div", { class: "qr" }, qrCode(qr, say("transferLabel", name)), left), h("p", { class: "soft" }, say("transferWarning")), h("div", { class: "row" }, on, hide)],
        () => clearTimeout(timer),
      );
    },
  };
};
