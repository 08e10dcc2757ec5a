// Version, licences, and facts for a service desk.
import { tell } from "../shared/notice.js";
import { byId, h, say, show } from "../shared/page.js";

/** The words of what stands in a list. @type {Record<string, string>} */
const NAMED = { unlockMethods: "unlockMethod_", modes: "mode_", language: "language_" };

/** What stands above the list, to be read and pressed. */
const SAID = ["deskName", "deskPhone", "deskLink", "guideText"];

/** @param {import("./desk.js").SettingsView["decided"]["decisions"][number]} decision */
const shown = ({ key, value }) => {
  if (typeof value === "boolean") return say(value ? "policyYes" : "policyNo");
  const texts = [value].flat().map((text) => (NAMED[key] ? say(`${NAMED[key]}${text}`) : key === "recoveryKeys" ? `${text}`.replace(/^\S+\s+/, "") : `${text}`));
  return texts.join(", ") || say("policyNone");
};

/** What the organisation has decided, and whom to ask. @param {import("./desk.js").SettingsView["policy"]} policy @param {import("./desk.js").SettingsView["decided"]} decided */
const paintPolicy = ({ managed, desk, guide, reports }, { checksum, decisions }) => {
  show("policy", managed || reports.length > 0);
  const { name, phone, link } = desk;
  byId("policy-desk", HTMLElement).replaceChildren(...[name, phone].filter(Boolean).flatMap((text) => [text, " "]), link && h("a", { href: link, target: "_blank", rel: "noreferrer" }, link));
  byId("policy-guide", HTMLElement).textContent = guide;
  byId("policy-decisions", HTMLElement).replaceChildren(
    ...decisions.filter(({ key }) => !SAID.includes(key)).flatMap((decision) => [h("dt", {}, say(`policyKey_${decision.key}`)), h("dd", { "data-decision": decision.key }, shown(decision))]),
  );
  byId("policy-facts", HTMLElement).replaceChildren(...reports.map(({ key, kind }) => h("li", { "data-report": key }, say(`policy_${kind}`, key))));
  byId("policy-checksum", HTMLElement).textContent = checksum && say("policyChecksum", checksum);
};

/** @returns {import("./desk.js").Section} */
export const about = () => {
  const facts = byId("diagnostics", HTMLElement);
  return {
    paint: (_, { diagnostics, policy, decided }) => {
      paintPolicy(policy, decided);
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
