// The fields of an account, for the forms that make one and that change one.
import { h, say } from "../shared/page.js";

/** @type {[string, string][]} */
export const ALGORITHMS = [
  ["SHA1", "SHA-1"],
  ["SHA256", "SHA-256"],
  ["SHA512", "SHA-512"],
];
/** @type {[string, string][]} */
export const DIGITS = [..."6789"].map((count) => [count, count]);
/** No period, and so refused by the core, as whatever is none. */
const NO_PERIOD = 4000;

/** @param {string} id @param {string} key what it is called @param {Record<string, string | boolean>} [more] */
export const text = (id, key, more = {}) => {
  const input = h("input", { id, autocomplete: "off", spellcheck: "false", ...more });
  return { input, field: h("div", { class: "field" }, h("label", { for: id }, say(key)), input) };
};

/** @param {string} id @param {string} key @param {[string, string][]} options */
export const choice = (id, key, options) => {
  const select = h("select", { id }, ...options.map(([value, words]) => h("option", { value }, words)));
  return { select, field: h("div", { class: "field" }, h("label", { for: id }, say(key)), select) };
};

/** @param {HTMLInputElement} input */
export const seconds = (input) => Math.min(Math.max(Math.trunc(Number(input.value)) || NO_PERIOD, 1), NO_PERIOD);
