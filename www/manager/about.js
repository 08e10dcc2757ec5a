// Version, licences, and facts for a service desk.
import { copy } from "../clipboard.js";
import { tell } from "../notice.js";
import { byId, say } from "../page.js";

/** What is in the package and by whom. */
const LICENCES =
  "aes-gcm, argon2, hkdf, sha2, subtle, zeroize (RustCrypto; MIT or Apache-2.0), crc32c, data-encoding, getrandom, js-sys, percent-encoding, qrcodegen, rqrr, serde, serde-wasm-bindgen, totp-rs, tsify, wasm-bindgen, web-sys (MIT or Apache-2.0)";

/** @returns {import("./desk.js").Section} */
export const about = () => {
  const facts = byId("diagnostics", HTMLElement);
  return {
    paint: (_, { diagnostics }) => {
      byId("version", HTMLElement).textContent = say("version", chrome.runtime.getManifest().version);
      byId("licences", HTMLElement).textContent = LICENCES;
      facts.textContent = `${diagnostics}\n${navigator.userAgent}\n${document.documentElement.lang}`;
    },

    actions: {
      diagnostics: async () => {
        await copy(facts.textContent);
        tell("diagnosticsCopied");
      },
      shortcuts: () => chrome.tabs.create({ url: location.protocol === "moz-extension:" ? "about:addons" : "chrome://extensions/shortcuts" }),
    },
  };
};
