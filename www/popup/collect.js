/**
 * Runs in the page, by a press in the popup: what there is of visible fields, buttons, links, dialogs and icons, and of
 * hidden inputs, by those of their attributes that a description may name. No text is looked at, no address, and nothing
 * that was typed; of the names of things, the core lets pass what cannot be anybody's (src/pages/description/).
 */
export const collect = () => {
  /** @param {Element} element */
  const shown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.getBoundingClientRect().width > 0;
  /** @param {Element} element @param {string[]} names */
  const attributes = (element, names) => {
    const pairs = names.map((name) => [name, element.getAttribute(name)?.slice(0, 300)]);
    return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
  };
  const controls = "input, select, textarea, button, a, [role='button'], [role='link'], [role='dialog'], dialog[open], img";
  const elements = [...document.querySelectorAll(controls)].slice(0, 1000).flatMap((element) => {
    if (element instanceof HTMLInputElement && element.type === "hidden") {
      const told = /^(type|mfaAuthMethod)$/.test(element.name) ? ["name", "value"] : ["name"];
      return { tag: "hidden", attributes: attributes(element, told) };
    }
    if (!shown(element)) return [];
    const told = attributes(element, ["type", "role", "name", "id", "data-testid", "autocomplete", "maxlength", "class"]);
    // The name of the file alone.
    const source = element.getAttribute("svgsrc") ?? element.getAttribute("src") ?? "";
    if (element.localName === "img") told.file = source.startsWith("data:") ? "" : source.replace(/[?#].*/, "").split("/").pop()?.slice(0, 300);
    return { tag: element.localName, attributes: told };
  });
  const pageId = document.querySelector("meta[name='PageID']")?.getAttribute("content")?.slice(0, 300);
  const { origin, pathname } = location;
  return { origin, path: pathname.slice(0, 1000), pageId, language: document.documentElement.lang.slice(0, 300), elements };
};
