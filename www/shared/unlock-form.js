// The way in: choosing a passphrase, unlocking by any means there is, showing once more that it is you.
import { strength } from "../../core.js";
import { canAsk, use } from "./key.js";
import { button, h, icon, part, say, take, write } from "./page.js";
import { names } from "./recoverers.js";

/**
 * @typedef {import("../../core/tofaktor.js").UnlockMethodView} UnlockMethodView
 * @typedef {"create" | "unlock" | "prove"} Purpose
 * @typedef {{ purpose: Purpose, unlockMethods: UnlockMethodView[], waitMs?: number, saves?: string, inPopup?: boolean, offersKey?: boolean, recovery?: string[] }} State `saves` names the account that is saved by the same press, `recovery` the keys of those who can open a new vault besides, `offersKey`: this computer's own way to unlock may be added at once
 * @typedef {"passphrase" | "recovery" | "device" | "key"} Kind
 */

const SECOND_MS = 1000;

/**
 * A field for a passphrase, with a button that shows or hides it. A new one is measured, and is shown while it is typed, or
 * else typed twice.
 * @param {string} id
 * @param {string} labelKey
 * @param {boolean} measured
 */
export const passphraseField = (id, labelKey, measured) => {
  const input = h("input", { id, type: measured ? "text" : "password", autocomplete: "off", spellcheck: "false", autocapitalize: "none", required: true });
  const reveal = h("button", { type: "button", class: "quiet", "aria-pressed": String(measured), "aria-label": say("reveal"), title: say("reveal") }, icon("eye"));
  reveal.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    reveal.setAttribute("aria-pressed", String(shown));
    twice.hidden = !measured || shown;
    input.focus();
  });
  const again = h("input", { id: `${id}-again`, type: "password", autocomplete: "off", spellcheck: "false", autocapitalize: "none" });
  const twice = h("div", { class: "field", hidden: true }, h("label", { for: again.id }, say("passphraseAgain")), again);
  const field = h("div", { class: "field" }, h("label", { for: id }, say(labelKey)), h("div", { class: "with-eye" }, input, reveal));
  if (measured) {
    const meter = h("meter", { min: "0", max: "4", low: "2", high: "3", optimum: "4", "aria-label": say("strength") });
    const text = h("span", { id: `${id}-strength`, role: "status" });
    input.setAttribute("aria-describedby", text.id);
    field.append(h("div", { class: "strength" }, meter, text));
    input.addEventListener("input", async () => {
      const typed = input.value;
      const score = await strength(new TextEncoder().encode(typed));
      // More was typed meanwhile, and has its own answer.
      if (input.value !== typed) return;
      meter.value = score;
      const words = typed ? say(`strength_${score}`) : "";
      // Said when it changes, not at every letter.
      write(text, words);
    });
    field.append(twice);
  }
  /** Typed out of sight, it was not the same twice. */
  const differs = () => !twice.hidden && again.value !== input.value;
  return { field, input, differs };
};

/**
 * What the core is asked when a person comes in one of these ways.
 * @param {Kind} kind
 * @param {string | undefined} unlockMethod
 * @param {boolean} first there is no vault yet: it is made
 * @param {string[]} said of whom the form has said that they can open it besides
 * @param {string} [save] a pending account to save at once
 * @returns {import("../../core/tofaktor.js").UiRequest}
 */
export const comingIn = (kind, unlockMethod, first, said, save) => {
  if (first && kind === "passphrase") return { create: { save, said } };
  if (first && kind === "device") return { createOpen: { save, said } };
  return { unlock: { by: unlockBy(kind, unlockMethod), save } };
};

/** @param {Kind} kind @param {string | undefined} unlockMethod @returns {import("../../core/tofaktor.js").UnlockBy} */
export const unlockBy = (kind, unlockMethod) => (kind === "key" ? { key: { unlockMethod: unlockMethod ?? "" } } : kind);

export const openUnlockWindow = () => chrome.windows.create({ url: chrome.runtime.getURL("www/unlock/unlock.html"), type: "popup", width: 420, height: 520 }).then(() => close());

/**
 * @param {HTMLElement} place
 * @param {(kind: Kind, unlockMethod: string | undefined, bytes: Uint8Array | undefined, said: string[]) => Promise<unknown>} open
 * @param {(key: string) => void} tell
 */
export const unlockForm = (place, open, tell) => {
  /** @type {State | undefined} */
  let painted;
  let byRecovery = false;
  let asking = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let ticking;

  /** @param {Kind} kind @param {string} [id] @param {Uint8Array} [bytes] */
  const go = async (kind, id, bytes) => {
    const form = part(place, "form");
    if (form.getAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    for (const control of place.querySelectorAll("button, input")) /** @type {HTMLButtonElement} */ (control).disabled = true;
    part(place, ".progress").hidden = false;
    try {
      await open(kind, id, bytes, painted?.recovery ?? []);
    } finally {
      form.removeAttribute("aria-busy");
      // Once the vault is open, the unlock method is gone.
      if (form.isConnected) {
        for (const control of place.querySelectorAll("button, input")) /** @type {HTMLButtonElement} */ (control).disabled = false;
        part(place, ".progress").hidden = true;
        wait();
        if (place.offsetParent) place.querySelector("input")?.focus();
      }
    }
  };

  /** @param {UnlockMethodView[]} keys */
  const askKey = async (keys) => {
    // The browser asks once at a time, and refuses the second question while the first one stands.
    if (asking) return;
    asking = true;
    try {
      const answer = await use(keys.flatMap(({ key }) => (key ? [key] : [])));
      if (!answer) return tell("noKeySecret");
      const used = keys.find(({ key }) => key?.credentialId.join() === answer.key.credentialId.join());
      if (used && place.firstElementChild) await go("key", used.id, answer.secret);
    } catch {
      tell("keyNoAnswer");
    } finally {
      asking = false;
    }
  };

  const waiting = () => [h("p", { class: "wait", role: "timer", hidden: true }, icon("warn"), h("span", { class: "wait-text" })), h("span", { class: "wait-said visually-hidden", role: "status" })];

  // Too many attempts: the seconds that are left, and no submitting until they are over.
  let until = 0;
  const wait = () => {
    clearTimeout(ticking);
    const left = Math.ceil((until - Date.now()) / SECOND_MS);
    const line = part(place, ".wait");
    const submit = place.querySelector("[type='submit']");
    line.hidden = left <= 0;
    if (submit instanceof HTMLButtonElement) submit.disabled = left > 0;
    if (left <= 0) {
      const said = place.querySelector(".wait-said");
      if (said?.textContent) said.textContent = say("waitOver");
      return;
    }
    part(place, ".wait-text").textContent = say("waitSeconds", left);
    // Said once; what counts down beside it is there to be read.
    const said = part(place, ".wait-said");
    if (!said.textContent) said.textContent = say("waitSeconds", left);
    ticking = setTimeout(wait, SECOND_MS);
  };

  /** @param {State} state */
  const build = (state) => {
    const { purpose, unlockMethods, saves } = state;
    const creates = purpose === "create";
    const has = (/** @type {string} */ kind) => unlockMethods.filter((known) => known.kind === kind);
    const keys = canAsk() ? has("key") : [];
    const typed = creates || byRecovery || has("passphrase").length > 0;
    const recovery = byRecovery || (!typed && has("recovery").length > 0);
    const proves = purpose === "prove";

    const parts = [];
    let differs = () => false;
    parts.push(h("h2", { class: "unlock-title" }, say(creates ? "createTitle" : proves ? "proveTitle" : "unlockTitle")));
    const hint = creates ? "createHint" : proves ? "proveHint" : recovery ? "recoveryHint" : typed ? "unlockHint" : "";
    if (hint) parts.push(h("p", { class: "unlock-hint", id: "unlock-hint" }, say(hint)));

    if (creates && state.recovery?.length) parts.push(h("p", { id: "recoverers-hint" }, say("recoverersCreate", names(state.recovery))));
    if (!creates && !proves)
      for (const device of has("device").slice(0, 1)) {
        const made = button("device", saves ? say("openDeviceAndSave", saves) : say("openDevice"), { class: "primary wide" });
        made.addEventListener("click", () => go("device", device.id));
        parts.push(made);
      }
    if (keys.length > 0) {
      const made = button("key", keys.length === 1 && keys[0]?.label ? say("unlockWith", keys[0].label) : say("unlockWithKey"), {
        class: typed ? "wide" : "primary wide",
        icon: "key",
      });
      made.addEventListener("click", () => {
        // The browser's dialog takes the focus, which closes a popup: that has a window of its own.
        if (state.inPopup) openUnlockWindow();
        else askKey(keys);
      });
      parts.push(made);
    }
    if (typed || recovery) {
      if (keys.length > 0) parts.push(h("p", { class: "or" }, say("or")));
      const id = proves ? "proof" : "passphrase";
      const made = passphraseField(id, recovery ? "recoveryCode" : "passphrase", creates);
      const { field, input } = made;
      ({ differs } = made);
      if (recovery) {
        input.type = "text";
        input.classList.add("monospace");
        input.autocapitalize = "characters";
        part(field, "button").hidden = true;
      }
      if (hint && !creates) input.setAttribute("aria-describedby", "unlock-hint");
      const words = proves ? say("prove") : saves ? say(creates ? "createAndSave" : "unlockAndSave", saves) : say(creates ? "create" : "unlock");
      parts.push(field);
      if (state.offersKey) parts.push(h("label", { class: "choice" }, h("input", { type: "checkbox", id: "with-key", checked: true }), h("span", {}, h("strong", {}, say("withKey")), h("small", {}, say("withKeyText")))));
      parts.push(...waiting());
      parts.push(h("button", { type: "submit", class: "primary wide", id: proves ? "proof-submit" : "submit" }, words));
    } else {
      parts.push(...waiting());
    }
    parts.push(h("div", { class: "progress", role: "progressbar", "aria-label": say("working"), hidden: true }));
    if (!creates && has("recovery").length > 0 && (byRecovery || has("passphrase").length > 0)) {
      const other = button("other-way", say(byRecovery ? "usePassphrase" : "useRecovery"), { class: "link" });
      other.hidden = byRecovery && has("passphrase").length === 0;
      other.addEventListener("click", () => {
        byRecovery = !byRecovery;
        build(state);
        place.querySelector("input")?.focus();
      });
      parts.push(other);
    }
    // Where nothing works, the manager says what is left to do.
    if (state.inPopup && purpose === "unlock") parts.push(button("forgotten", say("forgottenTitle"), { class: "link" }));
    if (creates) {
      const without = button("without", saves ? say("createOpenAndSave", saves) : say("createOpen"));
      without.addEventListener("click", () => go("device"));
      parts.push(h("details", { class: "without" }, h("summary", {}, say("createOpenTitle")), h("p", {}, say("createOpenText")), without));
    }
    const form = h("form", { class: "unlock-form", autocomplete: "off", "data-purpose": purpose }, ...parts);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const input = form.querySelector("input");
      if (differs()) return tell("passphraseDiffers");
      if (input && !form.getAttribute("aria-busy") && until <= Date.now()) go(recovery ? "recovery" : "passphrase", undefined, take(input));
    });
    place.replaceChildren(form);
  };

  return {
    /** Builds it anew only when it has changed: what is half typed stays. @param {State} state */
    paint: (state) => {
      until = Date.now() + (state.waitMs ?? 0);
      const same = painted && JSON.stringify({ ...painted, waitMs: 0 }) === JSON.stringify({ ...state, waitMs: 0 });
      painted = state;
      if (!same || !place.firstElementChild) {
        byRecovery = false;
        build(state);
      }
      wait();
    },
    clear: () => {
      clearTimeout(ticking);
      painted = undefined;
      place.replaceChildren();
    },
    focus: () => {
      const first = place.querySelector("input, button");
      if (first instanceof HTMLElement) first.focus();
    },
    open: go,
    /** Asks for Windows Hello and its like, where the browser can and one is known. */
    askKey: () => {
      const keys = canAsk() ? (painted?.unlockMethods ?? []).filter(({ kind }) => kind === "key") : [];
      if (keys.length > 0) askKey(keys);
      return keys.length > 0;
    },
  };
};
