// Organisations' own sign-in servers: asked for here, granted by the browser.
import { organisation, servedDomain } from "../../core.js";
import { grant, organisations as granted, revoke } from "../../grants.js";
import { tell } from "../shared/notice.js";
import { button, byId, h, repaint, say } from "../shared/page.js";

/** @param {string} origin */
const hostOf = (origin) => origin.replace("https://", "");

/** The origin of what was typed or pasted, be it a host or a whole address. @param {string} text */
const originOf = (text) => {
  const whole = text.includes("://") ? text : `https://${text}`;
  return URL.canParse(whole) ? new URL(whole).origin : "";
};

/** In the turn of the person's click. @param {string} origin */
const ask = async (origin) => {
  const allowed = await grant(origin).catch(() => false);
  if (allowed) tell("organisationAdded");
  else tell("organisationRefused");
  return allowed;
};

/** @param {string} origin @param {boolean} isGranted @param {boolean} isNamed the organisation itself says that it is its own */
const row = (origin, isGranted, isNamed) => {
  const act = isGranted ? button("revoke", say("remove")) : button("grant", say("organisationAdd"));
  act.setAttribute("aria-label", say(isGranted ? "organisationRemove" : "organisationAllow", hostOf(origin)));
  act.addEventListener("click", () => (isGranted ? revoke(origin) : ask(origin)));
  const domain = isNamed ? undefined : servedDomain(hostOf(origin));
  const serves = domain ? [h("small", {}, say("organisationServes", domain))] : [];
  return h("li", { "data-organisation": origin }, h("div", {}, h("strong", {}, hostOf(origin)), ...serves), act);
};

/** The list shows what the browser has granted, whoever changed it, and what the organisation names. @returns {import("./desk.js").Section & { suggest: (host: string) => void }} */
export const organisations = () => {
  const address = byId("organisation-address", HTMLInputElement);
  const form = byId("organisation-form", HTMLFormElement);
  /** What the organisation names; then there is nothing to type. @type {string[] | undefined} */
  let named;
  const look = async () => {
    const open = await granted();
    const all = new Set([...(named ?? []).map((host) => `https://${host}`), ...open]);
    const rows = [...all].map((origin) => row(origin, open.includes(origin), named?.includes(hostOf(origin)) === true));
    repaint(byId("organisation-list", HTMLElement), ...rows);
  };
  /** One look after the other, so that the last one is what is shown. @type {Promise<void>} */
  let shown = Promise.resolve();
  const show = () => (shown = shown.then(look, look));
  chrome.permissions.onAdded.addListener(show);
  chrome.permissions.onRemoved.addListener(show);

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const origin = originOf(address.value.trim());
    if (!organisation(origin)) {
      tell("organisationWrong");
      return address.focus();
    }
    if (await ask(origin)) address.value = "";
  });

  return {
    paint: (_, { policy }) => {
      named = policy.adfsHosts ?? undefined;
      form.hidden = named !== undefined;
      return show();
    },
    /** What the popup over such a page has to offer. */
    suggest: async (host) => {
      address.value = host;
      await show();
      const listed = document.querySelector(`[data-organisation='https://${CSS.escape(host)}'] button`);
      (listed instanceof HTMLElement ? listed : address).focus();
    },
  };
};
