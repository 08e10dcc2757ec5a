// Pictures and texts that are handed over, and the accounts found in them.
import { notFound } from "../../scan.js";
import { tell } from "../notice.js";
import { paintOffers } from "../offers.js";
import { byId, show } from "../page.js";
import { refused, scanFile } from "../picture.js";

/** Longest text that is looked at when it is pasted. */
const LONGEST_PASTE = 4096;

/** @param {HTMLElement} pressed */
const offerOf = (pressed) => pressed.closest("[data-offer]")?.getAttribute("data-offer") ?? "";

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const offers = (desk) => {
  const picture = byId("picture", HTMLInputElement);

  /** @param {Uint8Array[]} payloads */
  const offer = async (payloads) => {
    desk.paper.close();
    for (const payload of payloads) await desk.request("offer", payload);
    byId("offers", HTMLElement).scrollIntoView({ block: "nearest" });
  };

  /** @param {Blob} file */
  const scan = async (file) => {
    let seen;
    try {
      seen = await scanFile(file);
    } catch (error) {
      return tell(refused(error));
    }
    if (seen.payloads.length === 0) tell(notFound(seen, "noQrInPicture"));
    else await offer(seen.payloads);
  };

  /** @param {DataTransfer | null} data */
  const receive = async (data) => {
    // A file that calls itself something else may still be a picture; that is looked at, not believed.
    const files = [...(data?.files ?? [])];
    const file = files.find(({ type }) => type.startsWith("image/")) ?? files[0];
    if (file) return scan(file);
    const text = data?.getData("text/plain").trim() ?? "";
    if (text.length > LONGEST_PASTE) tell("qrTooLong");
    else if (text) await offer([new TextEncoder().encode(text)]);
  };

  document.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    // Into a field goes what is meant for the field; an account never is.
    const account = data?.files.length || /^\s*otpauth/i.test(data?.getData("text/plain") ?? "");
    if (!account && event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    receive(data);
  });
  for (const type of ["dragover", "dragenter"])
    document.addEventListener(type, (event) => {
      event.preventDefault();
      show("drop", true);
    });
  document.addEventListener("dragleave", (event) => {
    if (!(/** @type {DragEvent} */ (event).relatedTarget)) show("drop", false);
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    show("drop", false);
    receive(event.dataTransfer);
  });
  picture.addEventListener("change", () => {
    const file = picture.files?.[0];
    picture.value = "";
    if (file) scan(file);
  });

  return {
    paint: (view) => {
      show("offers", view.offers.length > 0);
      paintOffers(byId("offer-list", HTMLElement), view.offers, view.screen === "accounts");
    },

    actions: {
      pick: () => picture.click(),
      save: (pressed) => desk.request({ save: { offer: offerOf(pressed), replace: pressed.dataset.replace === "true" } }),
      dismiss: (pressed) => desk.request({ dismiss: { offer: offerOf(pressed) } }),
    },
  };
};
