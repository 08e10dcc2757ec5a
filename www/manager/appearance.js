// Language, light or dark, how dense the list is and whether codes are hidden: kept beside the pages, the language also where the worker can read it.
import { byId } from "../shared/page.js";

/** @param {"language" | "look" | "codes" | "density"} name @param {(value: string) => void} apply */
const choice = (name, apply) => {
  const select = byId(name, HTMLSelectElement);
  select.value = localStorage.getItem(name) ?? "";
  select.addEventListener("change", () => {
    if (select.value) localStorage.setItem(name, select.value);
    else localStorage.removeItem(name);
    apply(select.value);
  });
};

/** @returns {import("./desk.js").Section} */
export const appearance = () => {
  for (const name of /** @type {const} */ (["look", "codes"]))
    choice(name, (value) => {
      if (value) document.documentElement.dataset[name] = value;
      else delete document.documentElement.dataset[name];
    });
  choice("density", () => location.reload());
  choice("language", async (language) => {
    if (language) await chrome.storage.local.set({ language });
    else await chrome.storage.local.remove("language");
    location.reload();
  });
  return {
    paint: (_, { policy }) => {
      byId("language", HTMLSelectElement).disabled = policy.locked.includes("language");
    },
  };
};
