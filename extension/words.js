// Words in the person's language, for the worker and for our pages. The browser's own
// mechanism follows the browser's language only, and Chromium has no Nynorsk.

/** @typedef {(key: string) => string | undefined} Messages */

export const LANGUAGES = ["en", "nb", "nn"];

/**
 * The person's choice, else the browser's, else English.
 * @param {string | null | undefined} choice
 */
export const language = (choice) => {
  for (const wish of [choice ?? "", ...navigator.languages]) {
    const primary = wish.toLowerCase().split("-")[0] ?? "";
    const known = primary === "no" ? "nb" : primary;
    if (LANGUAGES.includes(known)) return known;
  }
  return "en";
};

/**
 * The language that the organisation has decided on, or nothing.
 * @param {Promise<Record<string, unknown>>} policy what was read of it already
 * @returns {Promise<string | undefined>}
 */
export const decidedLanguage = async (policy = chrome.storage.managed.get(["language", "decisions"])) => {
  try {
    const { language: one, decisions } = await policy;
    const said = [one, JSON.parse(String(decisions ?? "{}")).language].filter((decided) => decided !== undefined);
    return said.length === 1 ? LANGUAGES.find((known) => known === said[0]) : undefined;
  } catch {
    // Firefox, where nobody has decided anything; or no JSON, which the core reports.
    return undefined;
  }
};

/** @typedef {[languages: string[], words: Record<string, string[]>]} Dictionary */

/** The words of all languages, which need not wait for the choice of one. @returns {Promise<Dictionary>} */
export const dictionary = async () => (await fetch(new URL("./words.json", import.meta.url))).json();

/** A page says a twentieth of them: what is not said is not looked up. @param {string} chosen @param {Dictionary} all @returns {Messages} */
export const inOne = (chosen, [languages, words]) => {
  const at = languages.indexOf(chosen);
  return (key) => words[key]?.[at];
};

/** What the browser is to write numbers and days in; Chromium has no Nynorsk and would take English. @param {string} chosen */
export const written = (chosen) => (chosen === "nn" ? ["nn", "nb"] : [chosen]);

/**
 * @param {string} chosen
 * @param {Messages} messages
 * @param {string} key
 * @param {...(string | number)} values for `$1`, `$2`; the first, where it is a number, chooses the form of a sentence that has several: for
 *   the first of these the browser loads its rules, a quarter of a popup's first paint
 * @returns {string} the sentence; the key itself if there is none, which a test rules out
 */
export const fill = (chosen, messages, key, ...values) => {
  const [count] = values;
  const form = typeof count === "number" ? `${key}_${new Intl.PluralRules(chosen).select(count)}` : key;
  const shown = values.map((value) => (typeof value === "number" ? value.toLocaleString(written(chosen)) : value));
  return (messages(form) ?? messages(key) ?? key).replace(/\$(\d)/g, (_, number) => shown[Number(number) - 1] ?? "");
};

/** @type {Promise<[string, Messages]> | undefined} */
let words;

/** For the worker: one sentence, in the language that was chosen on our pages. @param {string} key */
export const word = async (key) => {
  words ??= (async () => {
    const { language: choice } = await chrome.storage.local.get("language");
    const chosen = language((await decidedLanguage()) ?? /** @type {string | undefined} */ (choice));
    return [chosen, inOne(chosen, await dictionary())];
  })();
  return fill(...(await words), key);
};

/** For the worker: the language was changed. */
export const forgetWords = () => {
  words = undefined;
};
