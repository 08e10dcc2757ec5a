// What happens on Microsoft's pages.
import { FILL_MODES } from "../shared/details.js";
import { byId, h, repaint, say, show } from "../shared/page.js";

/** Longer lists are set one by one, in the details of each account. */
const MAX_MODES = 30;

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const filling = (desk) => {
  const switching = byId("switching", HTMLInputElement);
  const clockCheck = byId("clock-check", HTMLInputElement);
  switching.addEventListener("change", () => desk.set({ setSwitching: { on: switching.checked } }));
  clockCheck.addEventListener("change", () => desk.set({ setClockCheck: { on: clockCheck.checked } }));

  /** @param {import("../../core/tofaktor.js").AccountView} account */
  const row = ({ id, name, issuer, organisation }) => {
    const select = h("select", { "aria-label": say("modeFor", name || issuer) }, ...FILL_MODES.map((mode) => h("option", { value: mode }, say(`mode_${mode}`))));
    select.addEventListener("change", () => desk.request({ setMode: { account: id, mode: FILL_MODES[select.selectedIndex] ?? "code" } }));
    return h("li", { "data-of": id }, h("div", {}, h("strong", {}, name || issuer), h("small", {}, organisation ?? issuer)), select);
  };

  return {
    paint: ({ accounts }, settings) => {
      switching.checked = settings.switching;
      clockCheck.checked = settings.clockCheck;
      clockCheck.disabled = settings.policy.locked.includes("clockCheck");
      const own = accounts.filter(({ microsoft }) => microsoft).slice(0, MAX_MODES);
      const list = byId("mode-list", HTMLElement);
      show("modes-text", own.length > 0);
      repaint(list, ...own.map(row));
      for (const [at, select] of list.querySelectorAll("select").entries()) select.value = own[at]?.mode ?? "";
    },
  };
};
