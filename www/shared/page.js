// What all our pages share: words in the person's language, finding and making elements.
import { decidedLanguage, dictionary, fill, inOne, language, written } from "../../words.js";

/** @type {import("../../words.js").Messages} */
let messages = () => undefined;

/** Attributes that hold words, by the `data-` attribute that names them. */
const SPOKEN = [
  ["data-i18n-label", "aria-label"],
  ["data-i18n-title", "title"],
  ["data-i18n-placeholder", "placeholder"],
];

/** The organisation's language, else the person's, else the browser's. @param {Promise<Record<string, unknown>>} [policy] */
const wantedLanguage = async (policy) => language((await decidedLanguage(policy)) ?? localStorage.getItem("language"));

/**
 * Loads the words and puts them into every `data-i18n` of the document.
 * @param {{ policy?: Promise<Record<string, unknown>>, words?: Promise<import("../../words.js").Dictionary> }} [begun] what is under way already
 */
export const speak = async ({ policy, words = dictionary() } = {}) => {
  const [chosen, all] = await Promise.all([wantedLanguage(policy), words]);
  messages = inOne(chosen, all);
  document.documentElement.lang = chosen;
  for (const element of document.querySelectorAll("[data-i18n]")) element.textContent = say(element.getAttribute("data-i18n") ?? "");
  for (const [named, attribute] of SPOKEN)
    for (const element of document.querySelectorAll(`[${named}]`))
      element.setAttribute(attribute ?? "", say(element.getAttribute(named ?? "") ?? ""));
  for (const element of document.querySelectorAll("[data-icon]")) element.prepend(icon(element.getAttribute("data-icon") ?? ""));
};

/** The organisation decides otherwise while the page is open. @param {() => unknown} renew shows it; another language takes the whole page anew */
export const onDecision = (renew) =>
  chrome.storage.managed.onChanged.addListener(async () => {
    if ((await wantedLanguage()) === document.documentElement.lang) await renew();
    else location.reload();
  });

/**
 * @param {string} key
 * @param {...(string | number)} values for `$1`, `$2`; the first, where it is a number, chooses the form of the sentence
 */
export const say = (key, ...values) => fill(document.documentElement.lang, messages, key, ...values);

const dateLanguages = () => written(document.documentElement.lang);

/** A time as people say it. @param {number} ms since the Unix epoch */
export const sayTime = (ms) => new Date(ms).toLocaleString(dateLanguages(), { dateStyle: "medium", timeStyle: "short" });

/** A day as people write it. @param {number} ms since the Unix epoch */
export const sayDay = (ms) => new Date(ms).toLocaleDateString(dateLanguages(), { dateStyle: "long" });

/** @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
export const byId = (id, kind) => {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`no #${id}`);
  return element;
};

/** Firefox keeps no folder for us. */
export const hasFolders = () => "showDirectoryPicker" in globalThis;

/** @param {string} id @param {boolean} shown */
export const show = (id, shown) => {
  byId(id, HTMLElement).hidden = !shown;
};

/** Writes it only where it says something else: a live region would say it once more. @param {string | HTMLElement} place itself, or its id @param {string} text */
export const write = (place, text) => {
  const element = typeof place === "string" ? byId(place, HTMLElement) : place;
  if (element.textContent !== text) element.textContent = text;
};

/** @param {ParentNode} whole @param {string} selector @returns {HTMLElement} */
export const part = (whole, selector) => {
  const element = whole.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`no ${selector}`);
  return element;
};

/**
 * An element with its attributes and children. `false` and `undefined` leave an attribute out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | boolean | undefined>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export const h = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

/**
 * Paints what is in a place anew where it differs; what is the same stays, with what was typed into it. A press that is
 * under way ends on what it began on, or it is lost.
 * @param {Element} place
 * @param {...Node} wanted
 */
export const repaint = (place, ...wanted) => {
  const is = [...place.childNodes];
  const rows = wanted.map((node) => {
    const same = is.findIndex((known) => known.isEqualNode(node));
    return same < 0 ? node : (is.splice(same, 1)[0] ?? node);
  });
  for (const gone of is) gone.remove();
  for (const [at, row] of rows.entries()) if (place.childNodes[at] !== row) place.insertBefore(row, place.childNodes[at] ?? null);
};

/** What a press has begun is not begun again by the next one, as by a double click. @type {WeakSet<HTMLElement>} */
const underWay = new WeakSet();
/** @param {HTMLElement} pressed @param {() => unknown} act */
export const once = async (pressed, act) => {
  if (underWay.has(pressed)) return;
  underWay.add(pressed);
  try {
    await act();
  } finally {
    underWay.delete(pressed);
  }
};

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} path @param {string} viewBox */
export const svg = (path, viewBox) => {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", viewBox);
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
};

/** A QR code as it is drawn; the path is text, because a document knows nothing else. @param {import("../../core/tofaktor.js").QrView} qr @param {string} label */
export const qrCode = ({ path, size }, label) => {
  const drawn = svg(path, `0 0 ${size} ${size}`);
  drawn.removeAttribute("aria-hidden");
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", label);
  return drawn;
};

/** Strokes on a grid of 20. @type {Record<string, string>} */
const ICONS = {
  menu: "M3 5h14M3 10h14M3 15h14",
  lock: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3",
  settings: "M3 6h7M14 6h3M3 14h3M10 14h7M12 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8 12a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
  scan: "M3 7V4a1 1 0 0 1 1-1h3M13 3h3a1 1 0 0 1 1 1v3M17 13v3a1 1 0 0 1-1 1h-3M7 17H4a1 1 0 0 1-1-1v-3M3 10h14",
  add: "M10 4v12M4 10h12",
  copy: "M7 7h9v10H7zM4 13V3h9",
  done: "M4 10.5l4 4 8-9",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  next: "M4 10h11M11 6l4 4-4 4",
  pin: "M7 3h6l-1 5 3 3H5l3-3zM10 11v6",
  warn: "M10 3l8 14H2zM10 8v4M10 14.5h.01",
  search: "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4",
  close: "M5 5l10 10M15 5L5 15",
  up: "M10 16V5M5.5 9.5L10 5l4.5 4.5",
  down: "M10 4v11M5.5 10.5L10 15l4.5-4.5",
  phone: "M6 2.5h8v15H6zM9 15h2",
  key: "M12.5 3a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM9.3 10.7L3 17M5.5 14.5l2 2M13.5 6.5h.01",
  trash: "M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11",
  rename: "M4 16l1-4 8-8 3 3-8 8zM11.5 5.5l3 3",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4z",
};

/** @param {string} name */
export const icon = (name) => {
  const drawing = svg(ICONS[name] ?? "", "0 0 20 20");
  drawing.classList.add("icon");
  return drawing;
};

/**
 * A button with an icon and words.
 * @param {string} action for `data-action`
 * @param {string} text
 * @param {{ icon?: string, class?: string, type?: string }} [options]
 */
export const button = (action, text, options = {}) => {
  const made = h("button", { type: options.type ?? "button", "data-action": action, class: options.class }, text);
  if (options.icon) made.prepend(icon(options.icon));
  return made;
};

/**
 * What was typed, as the bytes of its composed form; the field is emptied.
 * @param {HTMLInputElement} input
 */
export const take = (input) => {
  const bytes = new TextEncoder().encode(input.value.normalize("NFKC"));
  input.value = "";
  return bytes;
};
