// What all our pages share: words in the person's language, and finding elements.

/** @typedef {Record<string, { message: string, placeholders?: Record<string, { content: string }> }>} Messages */

const LANGUAGES = ["en", "nb", "nn"];

/** The person's choice, else the browser's, else English. */
export const language = () => {
  const wishes = [localStorage.getItem("language") ?? "", ...navigator.languages];
  for (const wish of wishes) {
    const primary = wish.toLowerCase().split("-")[0];
    const known = primary === "no" ? "nb" : primary;
    if (LANGUAGES.includes(known)) return known;
  }
  return "en";
};

/** @type {Messages} */
let messages = {};

/** Loads the words and puts them into every `data-i18n` of the document and its templates. */
export const speak = async () => {
  const chosen = language();
  const response = await fetch(new URL(`../_locales/${chosen}/messages.json`, import.meta.url));
  messages = await response.json();
  document.documentElement.lang = chosen;
  for (const root of [document, ...[...document.querySelectorAll("template")].map((t) => t.content)])
    for (const element of root.querySelectorAll("[data-i18n]")) element.textContent = say(element.getAttribute("data-i18n") ?? "");
};

/**
 * @param {string} key
 * @param {...string} values for `$1`, `$2`
 * @returns {string} the sentence; the key itself if there is none, which a test rules out
 */
export const say = (key, ...values) => {
  const entry = messages[key];
  if (!entry) return key;
  return entry.message.replace(/\$(\d|[A-Z]+)\$?/gi, (whole, name) => {
    const slot = /^\d$/.test(name) ? `$${name}` : entry.placeholders?.[name.toLowerCase()]?.content;
    return slot ? (values[Number(slot.slice(1)) - 1] ?? "") : whole;
  });
};

/** @template {HTMLElement} T @param {string} id @param {new () => T} kind @returns {T} */
export const byId = (id, kind) => {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`no #${id}`);
  return element;
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
