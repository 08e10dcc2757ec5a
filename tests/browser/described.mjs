// A page's description (src/pages/description/): taken from a page as the popup takes it, and made into a page again.

/** @typedef {import("./harness.mjs").BrowserHarness} Harness */

/** What a tab shows; nothing of a page that is not Microsoft's. @param {Harness} harness @param {number} tabId @returns {Promise<string | undefined>} */
export const describe = async (harness, tabId) =>
  (await harness.probe()).evaluate(async (tabId) => {
    const [{ collect }, { describe }] = await Promise.all([import(chrome.runtime.getURL("www/popup/collect.js")), import(chrome.runtime.getURL("core.js"))]);
    const [page] = await chrome.scripting.executeScript({ target: { tabId }, func: collect });
    return page?.result ? describe(page.result) : undefined;
  }, tabId);

/** What a description calls otherwise than HTML does. @type {Record<string, string>} */
const ATTRIBUTES = { testid: "data-testid", file: "src" };

/**
 * A page that is made of the same, at the same address. It has no words: where those alone tell pages apart, it is another one.
 * @param {string} description @param {string} [login] who signs in, where the page has a place for that
 */
export const pageOf = (description, login = "user@contoso.example") => {
  const [first, ...lines] = description.trim().split("\n");
  const at = first?.match(/^page (https:\/\/\S+)$/)?.[1];
  if (!at) throw new Error("A description begins with the page's address.");
  /** @type {Record<string, string>} */
  const told = {};
  const elements = lines.flatMap((line) => {
    const [tag = "", ...pairs] = line.split(" ");
    if (tag === "id" || tag === "language") {
      told[tag] = pairs.join(" ");
      return [];
    }
    const attributes = pairs.map((pair) => {
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      return [ATTRIBUTES[name] ?? name, /^(class|autocomplete)$/.test(name) ? value.replaceAll(",", " ") : value];
    });
    return [element(tag, attributes, login)];
  });
  const html = `<!DOCTYPE html><html lang="${told.language ?? "en"}"><head><meta charset="utf-8">${told.id ? `<meta name="PageID" content="${told.id}">` : ""}</head>
<body style="display: block"><main>${elements.join("\n")}</main></body></html>`;
  return { at, html };
};

/** @param {string} tag @param {string[][]} attributes @param {string} login */
const element = (tag, attributes, login) => {
  const written = attributes.map(([name, value]) => ` ${name}="${value}"`).join("");
  if (tag === "hidden") return `<input type="hidden"${written}${written.includes(' name="login"') ? ` value="${login}"` : ""}>`;
  if (tag === "input") return `<input${written}>`;
  if (tag === "img") return `<img width="20" height="20"${written}>`;
  // What comes after a dialog's beginning lies within: its end is not told.
  if (written.includes('role="dialog"')) return `<${tag}${written}>`;
  return `<${tag}${written}>·</${tag}>`;
};
