// The ways to unlock: added, changed, removed.
import { canAsk, make } from "../shared/key.js";
import { tell } from "../shared/notice.js";
import { button, byId, h, repaint, say, sayTime } from "../shared/page.js";
import { paintRecoverers } from "../shared/recoverers.js";
import { paintTokens } from "../shared/tokens.js";

/** @typedef {import("../../core/tofaktor.js").UnlockMethodView} UnlockMethodView */

/** @param {HTMLElement} pressed */
const unlockMethodOf = (pressed) => pressed.closest("[data-unlock-method]")?.getAttribute("data-unlock-method") ?? "";

/** @param {UnlockMethodView} shown */
const title = (shown) => shown.label || say(`unlockMethod_${shown.kind}`);

/** @param {UnlockMethodView} shown */
const row = (shown) => {
  const actions = [];
  if (shown.kind === "passphrase") actions.push(button("change-passphrase", say("change")));
  if (shown.kind === "recovery") actions.push(button("make-another", say("makeAnother")));
  if (shown.kind === "key") actions.push(button("rename-unlock-method", say("rename")));
  // The organisation's is not theirs to change.
  if (shown.kind === "organisation") return described(shown, []);
  const remove = button("remove-unlock-method", say("remove"));
  remove.setAttribute("aria-label", say("removeUnlockMethod", title(shown)));
  remove.disabled = !shown.removable;
  actions.push(remove);
  return described(shown, actions);
};

/** @param {UnlockMethodView} shown @param {HTMLElement[]} actions */
const described = (shown, actions) =>
  h(
    "li",
    { "data-unlock-method": shown.id, "data-kind": shown.kind },
    h("div", {}, h("strong", {}, title(shown)), h("small", {}, say(`unlockMethodText_${shown.kind}`)), h("small", {}, say("unlockMethodMade", sayTime(shown.createdMs)))),
    h("div", { class: "row" }, ...actions),
  );

/** @param {UnlockMethodView[]} unlockMethods */
const adders = (unlockMethods) => {
  const has = (/** @type {string} */ kind) => unlockMethods.some((known) => known.kind === kind);
  const wanted = [];
  if (!has("passphrase")) wanted.push(button("add-passphrase", say("addPassphrase"), { icon: "add" }));
  if (!has("recovery")) wanted.push(button("make-recovery", say("makeRecovery"), { icon: "add" }));
  if (canAsk()) wanted.push(button("add-key", say("addKey"), { icon: "key" }));
  if (!has("device")) wanted.push(button("add-device", say("addDevice"), { icon: "add" }));
  return wanted;
};

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const unlocking = (desk) => {
  /** @type {UnlockMethodView[]} */
  let unlockMethods = [];

  /** @param {string} title @param {string} text @param {(bytes: Uint8Array) => Promise<void>} submit */
  const askPassphrase = (title, text, submit) =>
    desk.dialog.passphrase(title, text, { id: "new-passphrase", label: "newPassphrase", action: say("savePassphrase") }, submit);

  const addKey = async () => {
    const { shown } = await desk.set("beginKey");
    if (!shown || !("key" in shown)) return;
    try {
      const made = await make(shown.key.salt, shown.key.user, say("keyUser"));
      if (!made) return tell("noKeySecret");
      await desk.set({ addKey: { label: "", key: made.key } }, made.secret);
    } catch {
      tell("keyCancelled");
    }
  };

  /** @param {UnlockMethodView} shown */
  const rename = ({ id, label }) => {
    const input = h("input", { id: "unlock-method-name", value: label, maxlength: "40", autocomplete: "off" });
    const form = h("form", { class: "stack" }, h("div", { class: "field" }, h("label", { for: "unlock-method-name" }, say("newName")), input), h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, say("saveName"))));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const name = input.value;
      desk.dialog.close();
      await desk.set({ renameUnlockMethod: { unlockMethod: id, label: name } });
    });
    desk.dialog.open("rename", say("rename"), [form]);
  };

  const makeRecovery = async () => {
    if (!(await desk.proved())) return;
    const { shown } = await desk.set("makeRecovery");
    if (shown && "recovery" in shown) desk.dialog.recovery(shown.recovery.code);
  };

  const addPassphrase = async () => {
    if (!(await desk.proved())) return;
    askPassphrase(say("addPassphrase"), say("createHint"), async (bytes) => {
      await desk.set("addPassphrase", bytes);
    });
  };

  /** @param {string} unlockMethod */
  const changePassphrase = async (unlockMethod) => {
    if (!(await desk.proved())) return;
    askPassphrase(say("changePassphrase"), say("createHint"), async (bytes) => {
      await desk.set({ changePassphrase: { unlockMethod } }, bytes);
    });
  };

  const renew = async () => {
    if (!(await desk.proved())) return;
    askPassphrase(say("renewTitle"), say("renewText"), async (bytes) => {
      const { shown } = await desk.set("renew", bytes);
      if (shown && "recovery" in shown) desk.dialog.recovery(shown.recovery.code);
    });
  };

  /** @param {HTMLElement} pressed @param {(unlockMethod: UnlockMethodView) => unknown} act */
  const withUnlockMethod = (pressed, act) => {
    const unlockMethod = unlockMethods.find(({ id }) => id === unlockMethodOf(pressed));
    return unlockMethod && act(unlockMethod);
  };

  return {
    paint: ({ recoverers, tokens }, settings) => {
      paintRecoverers(recoverers);
      paintTokens(tokens);
      ({ unlockMethods } = settings);
      repaint(byId("unlock-method-list", HTMLElement), ...unlockMethods.map(row));
      repaint(byId("unlock-method-adders", HTMLElement), ...adders(unlockMethods));
    },

    actions: {
      "recoverers-read": () => desk.request({ recoverersRead: { there: desk.view()?.recoverers?.there ?? [] } }),
      "tokens-read": () => desk.request({ tokensRead: { accounts: (desk.view()?.tokens ?? []).map(({ account }) => account) } }),
      "add-passphrase": addPassphrase,
      "change-passphrase": (pressed) => changePassphrase(unlockMethodOf(pressed)),
      "make-recovery": makeRecovery,
      "make-another": () => desk.dialog.confirm(say("makeAnother"), say("makeAnotherText"), say("makeAnother"), makeRecovery),
      "add-key": async () => (await desk.proved()) && addKey(),
      "add-device": () => desk.dialog.confirm(say("addDevice"), say("createOpenText"), say("addDevice"), async () => (await desk.proved()) && desk.set("addDevice")),
      "rename-unlock-method": (pressed) => withUnlockMethod(pressed, rename),
      "remove-unlock-method": (pressed) =>
        withUnlockMethod(pressed, (unlockMethod) =>
          desk.dialog.confirm(title(unlockMethod), say("removeUnlockMethodText"), say("remove"), async () => (await desk.proved()) && desk.set({ removeUnlockMethod: { unlockMethod: unlockMethod.id } })),
        ),
      renew,
    },
  };
};
