// One account as a card: its code of now, the one after it, and how long is left.
import { button, h, icon, part, say } from "./page.js";

/** @typedef {import("../../core/tofaktor.js").AccountView} AccountView */

/** The next code shows in the last seconds of this one. */
const LAST_MS = 5000;

/** A long address breaks before its @ rather than anywhere. @param {string} name @returns {(string | Node)[]} */
export const breakable = (name) => {
  const at = name.lastIndexOf("@");
  return at > 0 ? [name.slice(0, at), document.createElement("wbr"), name.slice(at)] : [name];
};

/** Letters that are written from right to left. */
const LEFTWARD = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** What others wrote, as part of a sentence that it does not turn around. @param {string} text */
export const isolated = (text) => (LEFTWARD.test(text) ? `\u2068${text}\u2069` : text);

/**
 * @param {HTMLElement} whole
 * @param {{ issuer: string, name: string, organisation?: string | null }} account
 * @param {boolean} [short] the tenant says it all where there is one
 */
export const label = (whole, { issuer, name, organisation }, short) => {
  part(whole, ".name").replaceChildren(...breakable(name || issuer));
  const said = short ? [] : [organisation, issuer].flatMap((text) => text || []);
  // One name alone is turned around by nothing beside it.
  if (said.length < 2) part(whole, ".issuer").textContent = organisation || issuer;
  else part(whole, ".issuer").replaceChildren(...said.flatMap((text, at) => [...(at > 0 ? [" · "] : []), h("bdi", {}, text)]));
};

const build = () =>
  h(
    "li",
    { class: "account" },
    h("span", { class: "initial", "aria-hidden": "true" }),
    h("div", { class: "label" }, h("strong", { class: "name" }), h("span", { class: "issuer" }), h("span", { class: "unconfirmed" }, say("unconfirmed"))),
    h("button", { type: "button", class: "quiet more" }, icon("more")),
    h(
      "div",
      { class: "code-row", title: say("copyHint") },
      h("button", { type: "button", class: "copy" }, h("span", { class: "code" }), icon("copy")),
      h("span", { class: "spent" }, say("spent")),
      h("span", { class: "next-code", "aria-hidden": "true" }),
      h("span", { class: "copied", "aria-hidden": "true" }, icon("done"), say("copiedShort")),
      button("fill-here", say("fillHere"), { class: "fill-here" }),
      button("next", say("nextCode"), { icon: "next" }),
    ),
    h("span", { class: "countdown", "aria-hidden": "true" }),
  );

/** Built once and copied: a thousand are wanted at times. @type {HTMLElement | undefined} */
let model;

/** @param {string} id @returns {HTMLElement} */
export const card = (id) => {
  model ??= build();
  const made = /** @type {HTMLElement} */ (model.cloneNode(true));
  made.dataset.account = id;
  return made;
};

/** @param {HTMLElement} element @param {AccountView} account */
export const patch = (element, account) => {
  const counts = account.periodMs === 0;
  element.dataset.wanted = String(account.wanted);
  element.dataset.hue = String(account.hue);
  element.dataset.pinned = String(account.pinned);
  element.dataset.counter = String(counts);
  label(element, account, true);
  part(element, ".initial").textContent = account.initial;
  part(element, ".unconfirmed").hidden = account.confirmed || !account.enrolled;
  const code = part(element, ".code");
  code.textContent = account.code;
  element.dataset.spent = String(account.spent);
  part(element, ".spent").hidden = !account.spent;
  part(element, ".next-code").textContent = account.nextCode;
  const name = account.name || account.issuer;
  part(element, ".copy").setAttribute("aria-label", say("copyCode", account.code, name));
  part(element, ".more").setAttribute("aria-label", say("moreAbout", name));
  const fill = part(element, "[data-action='fill-here']");
  fill.hidden = !account.microsoft && !account.meant;
  fill.setAttribute("aria-label", `${say("fillHere")}: ${name}`);
  const turn = part(element, "[data-action='next']");
  turn.hidden = !counts;
  turn.setAttribute("aria-label", `${say("nextCode")}: ${name}`);
  element.style.setProperty("--period", `${account.periodMs}ms`);
  element.style.setProperty("--run", `${account.leftMs - account.periodMs}ms`);
  element.style.setProperty("--last-seconds", `${account.leftMs - LAST_MS}ms`);
  // A new run of the countdown begins; changing a delay alone would bend the old one.
  const countdown = part(element, ".countdown");
  countdown.replaceWith(countdown.cloneNode());
  const next = part(element, ".next-code");
  next.replaceWith(next.cloneNode(true));
  for (const animation of code.getAnimations()) animation.cancel(), animation.play();
};
