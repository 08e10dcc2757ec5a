// Pictures, texts and files that are handed over: one account is offered, more are an import.
import { called, choice, isSteams, paintPendingAccounts } from "../shared/pending-accounts.js";
import { isCard } from "./arranging.js";
import { tell } from "../shared/notice.js";
import { byId, show } from "../shared/page.js";
import { picturesOf } from "../shared/picture.js";

/** Longest text that can be one account. */
const LONGEST = 4096;
/** How a text begins that is a transfer of several, or a file that was copied as text. */
const SEVERAL = /^\s*(otpauth-migration:|[[{<])|\n\s*\S/i;

/** @param {HTMLElement} pressed */
const pendingAccountOf = (pressed) => pressed.closest("[data-pending-account]")?.getAttribute("data-pending-account") ?? "";

/**
 * @param {import("./desk.js").Desk} desk
 * @param {ReturnType<typeof import("./importing.js").importing>} importer
 * @returns {import("./desk.js").Section}
 */
export const pendingAccounts = (desk, importer) => {
  const picture = byId("picture", HTMLInputElement);
  const isOpen = () => desk.view()?.screen === "accounts";

  /** @param {Uint8Array[]} parts texts, one for each QR code @param {[string, ...(string | number)[]]} [left] what is to be said of others */
  const sort = async (parts, left) => {
    const [first] = parts;
    const one = first && parts.length === 1 && first.length <= LONGEST && !SEVERAL.test(new TextDecoder().decode(first));
    // While the vault is closed accounts can be offered, and nothing compared.
    if (!one && isOpen()) return importer.texts(parts);
    desk.dialog.close();
    let notice;
    for (const part of parts) notice = (await desk.request("addPending", part)).notice;
    if (left && notice === "found") tell(...left);
    const found = byId("pending-accounts", HTMLElement);
    if (found.checkVisibility()) found.scrollIntoView({ block: "nearest" });
    else if (!found.hidden) location.hash = "pending-accounts";
  };

  /** @param {File[]} files */
  const scan = async (files) => {
    const scanned = await importer.payloads(files);
    if (scanned && importer.goesOn()) await importer.texts(scanned.parts, files[0]?.name);
    else if (scanned) await sort(scanned.parts, scanned.left);
  };

  /** @param {DataTransfer | null} data */
  const receive = async (data) => {
    // Both at once: what is handed over is gone after the first wait.
    const files = [...(data?.files ?? [])];
    const text = data?.getData("text/plain").trim() ?? "";
    const pictures = await picturesOf(files);
    const others = files.filter((file) => !pictures.includes(file));
    if (others.length > 0 && isOpen()) await importer.files(others);
    if (pictures.length > 0) await scan(pictures);
    if (text && files.length === 0) await sort([new TextEncoder().encode(text)]);
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
      if (isCard(/** @type {DragEvent} */ (event))) return;
      event.preventDefault();
      show("drop", true);
    });
  document.addEventListener("dragleave", (event) => {
    if (!(/** @type {DragEvent} */ (event).relatedTarget)) show("drop", false);
  });
  document.addEventListener("drop", (event) => {
    if (isCard(event)) return;
    event.preventDefault();
    show("drop", false);
    receive(event.dataTransfer);
  });
  picture.addEventListener("change", () => {
    const files = [...(picture.files ?? [])];
    picture.value = "";
    if (files.length > 0) scan(files);
  });

  return {
    paint: (view) => {
      show("pending-accounts", view.pendingAccounts.length > 0);
      paintPendingAccounts(byId("pending-account-list", HTMLElement), view.pendingAccounts, view.screen === "accounts");
    },

    actions: {
      pick: () => picture.click(),
      save: (pressed) => desk.request({ save: { pendingAccount: pendingAccountOf(pressed), whenKnown: choice(pressed), steam: isSteams(pressed), name: called(pressed) } }),
      dismiss: (pressed) => desk.request({ dismiss: { pendingAccount: pendingAccountOf(pressed) } }),
    },
  };
};
