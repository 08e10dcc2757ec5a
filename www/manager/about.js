// Version, licences, and facts for a service desk.
import { tell } from "../shared/notice.js";
import { byId, h, say, show } from "../shared/page.js";

/** What the organisation has decided, and whom to ask. @param {import("./desk.js").SettingsView["policy"]} policy */
const paintPolicy = ({ managed, desk, guide, locked, reports }) => {
  show("policy", managed || reports.length > 0);
  const { name, phone, link } = desk;
  byId("policy-desk", HTMLElement).replaceChildren(...[name, phone].filter(Boolean).flatMap((text) => [text, " "]), link && h("a", { href: link, target: "_blank", rel: "noreferrer" }, link));
  byId("policy-guide", HTMLElement).textContent = guide;
  const facts = reports.map(({ key, kind }) => h("li", { "data-report": key }, say(`policy_${kind}`, key)));
  if (locked.length > 0) facts.push(h("li", { "data-locked": locked.join(" ") }, say("policyLocked", locked.join(", "))));
  byId("policy-facts", HTMLElement).replaceChildren(...facts);
};

/** @returns {import("./desk.js").Section} */
export const about = () => {
  const facts = byId("diagnostics", HTMLElement);
  return {
    paint: (_, { diagnostics, policy }) => {
      paintPolicy(policy);
      byId("version", HTMLElement).textContent = say("version", chrome.runtime.getManifest().version);
      facts.textContent = `${JSON.stringify(JSON.parse(diagnostics), null, 2)}\n${navigator.userAgent}\n${document.documentElement.lang}`;
    },

    actions: {
      diagnostics: async () => {
        await navigator.clipboard.writeText(facts.textContent);
        tell("diagnosticsCopied");
      },
      shortcuts: () => chrome.tabs.create({ url: location.protocol === "moz-extension:" ? "about:addons" : "chrome://extensions/shortcuts" }),
    },
  };
};
