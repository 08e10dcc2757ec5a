/** Letters that Unicode does not take apart, as they are typed where no key has them. @type {Record<string, string>} */
const PLAIN = { æ: "ae", ð: "d", đ: "d", ħ: "h", ı: "i", ł: "l", ŋ: "n", ø: "o", œ: "oe", ß: "ss", ŧ: "t", þ: "th", ς: "σ" };

/** A text as a search compares it: without case, and without the marks that people leave out when they type fast. @param {string} text */
export const fold = (text) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[æðđħıłŋøœßŧþς]/g, (letter) => PLAIN[letter] ?? letter);
