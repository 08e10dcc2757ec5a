// Organisations' own sign-in servers: asked for here, granted by the browser.
import { organisation } from "../../core.js";
import { grant, organisations as granted, revoke } from "../../grants.js";
import { tell } from "../notice.js";
import { button, byId, h, say } from "../page.js";

/** @param {string} origin */
const hostOf = (origin) => origin.replace("https://", "");

/** The origin of what was typed or pasted, be it a host or a whole address. @param {string} text */
const originOf = (text) => {
  const whole = text.includes("://") ? text : `https://${text}`;
  return URL.canParse(whole) ? new URL(whole).origin : "";
};

/** @param {string} origin */
const row = (origin) => {
  const remove = button("revoke", say("remove"));
  remove.setAttribute("aria-label", say("organisationRemove", hostOf(origin)));
  remove.addEventListener("click", () => revoke(origin));
  return h("li", { "data-organisation": origin }, h("strong", {}, hostOf(origin)), remove);
};

/** The list shows what the browser has granted, whoever changed it. @returns {import("./desk.js").Section & { suggest: (host: string) => void }} */
export const organisations = () => {
  const address = byId("organisation-address", HTMLInputElement);
  const paint = async () => byId("organisation-list", HTMLElement).replaceChildren(...(await granted()).map(row));
  chrome.permissions.onAdded.addListener(paint);
  chrome.permissions.onRemoved.addListener(paint);

  byId("organisation-form", HTMLFormElement).addEventListener("submit", async (event) => {
    event.preventDefault();
    const origin = originOf(address.value.trim());
    if (!organisation(origin)) {
      tell("organisationWrong");
      return address.focus();
    }
    const allowed = await grant(origin).catch(() => false);
    if (!allowed) return tell("organisationRefused");
    address.value = "";
    tell("organisationAdded");
  });

  return {
    paint,
    /** What the popup over such a page has to offer. */
    suggest: (host) => {
      address.value = host;
      address.focus();
    },
  };
};
