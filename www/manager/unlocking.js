// The ways to unlock: added, changed, removed.
import { canAsk, make } from "../key.js";
import { tell } from "../notice.js";
import { button, byId, h, say, sayTime } from "../page.js";

/** @typedef {import("../../core/tofaktor.js").DoorView} DoorView */

/** @param {HTMLElement} pressed */
const doorOf = (pressed) => pressed.closest("[data-door]")?.getAttribute("data-door") ?? "";

/** @param {DoorView} shown */
const title = (shown) => shown.label || say(`door_${shown.kind}`);

/** @param {DoorView} shown */
const row = (shown) => {
  const actions = [];
  if (shown.kind === "passphrase") actions.push(button("change-passphrase", say("change")));
  if (shown.kind === "recovery") actions.push(button("make-another", say("makeAnother")));
  if (shown.kind === "key") actions.push(button("rename-door", say("rename")));
  const remove = button("remove-door", say("remove"));
  remove.setAttribute("aria-label", say("removeDoor", title(shown)));
  remove.disabled = !shown.removable;
  actions.push(remove);
  return h(
    "li",
    { "data-door": shown.id, "data-kind": shown.kind },
    h("div", {}, h("strong", {}, title(shown)), h("small", {}, say(`doorText_${shown.kind}`)), h("small", {}, say("doorMade", sayTime(shown.createdMs)))),
    h("div", { class: "row" }, ...actions),
  );
};

/** @param {DoorView[]} doors */
const adders = (doors) => {
  const has = (/** @type {string} */ kind) => doors.some((known) => known.kind === kind);
  const wanted = [];
  if (!has("passphrase")) wanted.push(button("add-passphrase", say("addPassphrase"), { icon: "add" }));
  if (!has("recovery")) wanted.push(button("make-recovery", say("makeRecovery"), { icon: "add" }));
  if (canAsk()) wanted.push(button("add-key", say("addKey"), { icon: "key" }));
  if (!has("device")) wanted.push(button("add-device", say("addDevice"), { icon: "add" }));
  return wanted;
};

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const unlocking = (desk) => {
  /** @type {DoorView[]} */
  let doors = [];

  /** @param {string} title @param {string} text @param {(bytes: Uint8Array) => Promise<void>} submit */
  const askPassphrase = (title, text, submit) =>
    desk.paper.passphrase(title, text, { id: "new-passphrase", label: "newPassphrase", action: say("savePassphrase") }, submit);

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

  /** @param {DoorView} shown */
  const rename = ({ id, label }) => {
    const input = h("input", { id: "door-name", value: label, maxlength: "40", autocomplete: "off" });
    const form = h("form", { class: "stack" }, h("div", { class: "field" }, h("label", { for: "door-name" }, say("newName")), input), h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, say("saveName"))));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const name = input.value;
      desk.paper.close();
      await desk.set({ renameDoor: { door: id, label: name } });
    });
    desk.paper.open("rename", say("rename"), [form]);
  };

  const makeRecovery = async () => {
    if (!(await desk.proved())) return;
    const { shown } = await desk.set("makeRecovery");
    if (shown && "recovery" in shown) desk.paper.recovery(shown.recovery.code);
  };

  const addPassphrase = async () => {
    if (!(await desk.proved())) return;
    askPassphrase(say("addPassphrase"), say("createHint"), async (bytes) => {
      await desk.set("addPassphrase", bytes);
      desk.paper.close();
    });
  };

  /** @param {string} door */
  const changePassphrase = async (door) => {
    if (!(await desk.proved())) return;
    askPassphrase(say("changePassphrase"), say("createHint"), async (bytes) => {
      await desk.set({ changePassphrase: { door } }, bytes);
      desk.paper.close();
    });
  };

  const renew = async () => {
    if (!(await desk.proved())) return;
    askPassphrase(say("renewTitle"), say("renewText"), async (bytes) => {
      const { shown } = await desk.set("renew", bytes);
      if (shown && "recovery" in shown) desk.paper.recovery(shown.recovery.code);
      else desk.paper.close();
    });
  };

  /** @param {HTMLElement} pressed @param {(door: DoorView) => unknown} act */
  const withDoor = (pressed, act) => {
    const door = doors.find(({ id }) => id === doorOf(pressed));
    return door && act(door);
  };

  return {
    paint: (_, settings) => {
      ({ doors } = settings);
      byId("door-list", HTMLElement).replaceChildren(...doors.map(row));
      byId("door-adders", HTMLElement).replaceChildren(...adders(doors));
    },

    actions: {
      "add-passphrase": addPassphrase,
      "change-passphrase": (pressed) => changePassphrase(doorOf(pressed)),
      "make-recovery": makeRecovery,
      "make-another": () => desk.paper.confirm(say("makeAnother"), say("makeAnotherText"), say("makeAnother"), makeRecovery),
      "add-key": async () => (await desk.proved()) && addKey(),
      "add-device": () => desk.paper.confirm(say("addDevice"), say("createOpenText"), say("addDevice"), async () => (await desk.proved()) && desk.set("addDevice")),
      "rename-door": (pressed) => withDoor(pressed, rename),
      "remove-door": (pressed) =>
        withDoor(pressed, (door) =>
          desk.paper.confirm(title(door), say("removeDoorText"), say("remove"), async () => (await desk.proved()) && desk.set({ removeDoor: { door: door.id } })),
        ),
      renew,
    },
  };
};
