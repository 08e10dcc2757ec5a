// Every state of every page of ours, each reached the way a person reaches it or by what lies in the stores.
import { readFileSync } from "node:fs";
import * as ui from "./ui-rig.mjs";
import { PASSPHRASE, accounts, frozenVault } from "./ui-rig.mjs";

/**
 * @typedef {Awaited<ReturnType<typeof import("./ui-rig.mjs").open>>} Rig
 * @typedef {import("./ui-rig.mjs").Page} Page
 * @typedef {{ name: string, path: string, vault: "none" | "one" | "few" | "many" | "counter" | "advised" | "abandoned" | "deleted" | "grouped" | "sealed" | "damaged" | "vanished" | "putBack", locked?: boolean,
 *   tab?: { id: number, url: string }, tabState?: Record<string, unknown>, pendingAccounts?: string[], wide?: boolean, ofAccount?: boolean, spends?: boolean,
 *   attempts?: number, withheld?: boolean, second?: number, clockOff?: number, policy?: Record<string, unknown>, act?: (page: Page) => Promise<unknown> }} State
 */

/** In each of them every state is tried and drawn. */
export const LANGUAGES = ["nb", "nn", "en"];

const SIGN_IN = { id: 7, url: "https://login.microsoftonline.com/common/oauth2" };
const SET_UP = { id: 7, url: "https://mysignins.microsoft.com/security-info" };
const POPUP = "www/popup/popup.html";
const MANAGER = "www/manager/manager.html";

/** A text with one of each: new, there already, at odds, unreadable. */
const HANDED_OVER = [...accounts(1), "otpauth://totp/Bibliotek:ny@bibliotek.example?secret=mfrggzdfmztwq2lk&issuer=Microsoft", "otpauth://totp/Skule%20i%20nord:ola@skule.example?secret=bbbbccccddddeeee&issuer=Microsoft", "otpauth://totp/Gammal:kasta@skule.example?secret=nbxw24dj&issuer=Gammal&codeDisplay=%7B%22trashed%22%3Atrue%7D", "otpauth://totp/gammel?secret=1"].join("\n");
/** RFC 4226, appendix D: the first codes are 755224 and 287082. */
export const COUNTER = "otpauth://hotp/Verksted:ola@verksted.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=0&issuer=Verksted";

/** What the worker would have noted of the page in the tab. @param {Record<string, unknown>} more */
export const tabState = (more) => ({
  state: "code",
  method: "appCode",
  account: "kari.nordmann@skole.example",
  reason: "nothingToDo",
  settled: true,
  captured: [],
  host: "login.microsoftonline.com",
  document: "the one in front",
  pending: null,
  view_filled: false,
  not_taken: false,
  clicked: [],
  switching: false,
  came_from: null,
  released: null,
  step: null,
  step_shown: false,
  asked: false,
  view_by_hand: null,
  ...more,
});

/** @param {string} selector @returns {(page: Page) => Promise<unknown>} */
const press = (selector) => (page) => ui.press(page, selector);

/** @param {string} key */
const noticed = (key) => (/** @type {Page} */ page) => ui.noticed(page, key);

/** @param {((page: Page) => Promise<unknown>)[]} acts @returns {(page: Page) => Promise<unknown>} */
const then = (...acts) => async (page) => {
  for (const act of acts) await act(page);
};

/** @param {string} selector */
const seen = (selector) => (/** @type {Page} */ page) => page.waitForSelector(selector, { visible: true });
/** @param {string} selector @param {string} text */
const type = (selector, text) => (/** @type {Page} */ page) => page.type(selector, text);

/** A key as a policy writes it. */
const RECOVERERS = { recoveryKeys: ["EyxEK-AQ-9V-cmAzKKp25x_MwVA6riGTJ9FNnJmT9HKj7RUD Møre og Romsdal fylkeskommune, IT-drift"] };
/** A token as `tofaktor issue --for-policy` has written it. */
const TOKENS = JSON.parse(readFileSync(new URL("../vectors/policy/tokens.json", import.meta.url), "utf8"));

/**
 * A folder of the extension's own stands for what the picker would give, with these files and no others; the browser says so of writing.
 * @param {Record<string, number[]>} files @param {PermissionState} [says]
 */
const picks = (files, says = "granted") => (/** @type {Page} */ page) =>
  page.evaluate(
    async (files, says) => {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry("Reserve", { recursive: true }).catch(() => {});
      const folder = await root.getDirectoryHandle("Reserve", { create: true });
      for (const [name, bytes] of Object.entries(files)) {
        const stream = await (await folder.getFileHandle(name, { create: true })).createWritable();
        await stream.write(new Uint8Array(bytes));
        await stream.close();
      }
      Reflect.set(globalThis, "showDirectoryPicker", async () => folder);
      Reflect.set(FileSystemHandle.prototype, "queryPermission", async () => says);
    },
    files,
    says,
  );

/** So that there is always one to remove. @param {Page} page */
const allBack = (page) =>
  page.evaluate(async () => {
    const { ask } = /** @type {any} */ (await import(chrome.runtime.getURL("core.js")));
    const { view } = await ask("show", {});
    const deleted = view.deleted.map((/** @type {{ id: string }} */ { id }) => id);
    if (deleted.length > 0) await ask({ restore: { deleted } }, {});
  });

/** @type {State[]} */
export const STATES = [
  { name: "popup-first-run", path: POPUP, vault: "none" },
  { name: "popup-first-run-found", path: POPUP, vault: "none", pendingAccounts: accounts(1), tab: SET_UP, tabState: tabState({ host: "mysignins.microsoft.com", state: "setUpQr", reason: "captured", step: "save" }), act: type("#passphrase", "fire glade el") },
  { name: "popup-first-run-guide", path: POPUP, vault: "none", tab: SET_UP, tabState: tabState({ host: "mysignins.microsoft.com", state: "setUpInstall", account: null, step: "otherApp", step_shown: true }) },
  { name: "popup-first-run-hidden", path: POPUP, vault: "none", act: then(press(".with-eye button"), seen("#passphrase-again")) },
  { name: "popup-first-run-recoverers", path: POPUP, vault: "none", policy: RECOVERERS, act: seen("#recoverers-hint") },
  { name: "popup-first-run-without", path: POPUP, vault: "none", act: press(".without summary") },
  { name: "popup-too-short", path: POPUP, vault: "none", act: then(type("#passphrase", "kort"), press("#submit"), noticed("passphraseTooShort")) },
  { name: "popup-empty", path: POPUP, vault: "one" },
  { name: "popup-few", path: POPUP, vault: "few" },
  { name: "popup-next-code", path: POPUP, vault: "few", second: 26 },
  { name: "popup-large", path: POPUP, vault: "few", act: then(press(".more"), press("[data-action='large']"), seen("#large")) },
  { name: "popup-groups", path: POPUP, vault: "grouped" },
  { name: "manager-groups", path: MANAGER, vault: "grouped", wide: true },
  { name: "manager-chosen", path: MANAGER, vault: "grouped", wide: true, act: then(press("#choose"), press("[data-action='choose-all']")) },
  { name: "manager-group", path: MANAGER, vault: "grouped", wide: true, act: then(press("#choose"), press("[data-action='choose-all']"), press("[data-action='chosen-group']"), seen("#group-name")) },
  { name: "popup-counter", path: POPUP, vault: "counter" },
  { name: "popup-clock-off", path: POPUP, vault: "few", tab: SIGN_IN, tabState: tabState({ reason: "filled" }), clockOff: 312 },
  { name: "popup-copied", path: POPUP, vault: "few", act: then(press(".copy"), noticed("copied")) },
  { name: "popup-copied-elsewhere", path: POPUP, vault: "few", tab: { id: 7, url: "https://skole.example/login" }, act: then(press(".copy"), noticed("copiedElsewhere")) },
  { name: "popup-look-alike", path: POPUP, vault: "few", tab: { id: 7, url: "https://login.micros0ftonline.example/" } },
  { name: "popup-filled", path: POPUP, vault: "few", tab: SIGN_IN, tabState: tabState({ reason: "filled" }) },
  { name: "popup-approve", path: POPUP, vault: "few", tab: SIGN_IN, tabState: tabState({ reason: "awaitingApproval" }) },
  { name: "popup-fill-here", path: POPUP, vault: "few", tab: SIGN_IN, tabState: tabState({ reason: "accountNotNamed", account: null }) },
  { name: "popup-no-account", path: POPUP, vault: "few", tab: SIGN_IN, tabState: tabState({ reason: "noAccount", account: "hanne@skole.example" }) },
  { name: "popup-guide", path: POPUP, vault: "few", tab: SET_UP, tabState: tabState({ host: "mysignins.microsoft.com", state: "setUpInstall", account: null, step: "otherApp", step_shown: true }) },
  {
    name: "popup-audit",
    path: POPUP,
    vault: "few",
    tab: SET_UP,
    tabState: tabState({
      host: "mysignins.microsoft.com",
      state: "securityInfo",
      account: null,
      step: "addMethod",
      step_shown: true,
      registered: { apps: 6, approvals: 1, passkeys: 0, tokens: 1, others: 1, unknown: 1, default: "push", strongestFirst: true },
    }),
  },
  { name: "popup-guide-missing", path: POPUP, vault: "few", tab: SET_UP, tabState: tabState({ host: "mysignins.microsoft.com", state: "setUpInstall", account: null, step: "otherAppMissing" }) },
  { name: "popup-guide-push", path: POPUP, vault: "few", tab: SET_UP, tabState: tabState({ host: "mysignins.microsoft.com", state: "setUpQr", account: null, reason: "pushQr", step: "backFromPush" }) },
  ...["smsOnly", "passkeyOnly", "accessPass", "passkey"].map((hindrance) => /** @type {State} */ ({ name: `popup-why-${hindrance}`, path: POPUP, vault: "few", tab: SIGN_IN, tabState: tabState({ method: "sms", reason: "notAppCode", hindrance: { hindrance, error: null } }) })),
  { name: "popup-why-error", path: POPUP, vault: "few", tab: SIGN_IN, tabState: tabState({ state: "signInError", method: null, account: null, hindrance: { hindrance: "lockedOut", error: 50053 } }) },
  { name: "popup-why-campaign", path: POPUP, vault: "few", tab: SET_UP, tabState: tabState({ host: "mysignins.microsoft.com", state: "setUpCampaign", account: null, method: null, hindrance: { hindrance: "registrationCampaign", error: null } }) },
  { name: "popup-password-reset", path: POPUP, vault: "few", tab: { id: 7, url: "https://passwordreset.microsoftonline.com/" } },
  { name: "popup-organisation", path: POPUP, vault: "few", tab: { id: 7, url: "https://adfs.skole.example/adfs/ls/" } },
  { name: "popup-look-alike-shown", path: POPUP, vault: "few", tab: { id: 7, url: "https://login.micros0ftonline.example/" }, act: then(press("[data-action='show-anyway']"), seen(".account")) },
  { name: "popup-saved", path: POPUP, vault: "sealed", spends: true, tab: SET_UP, tabState: tabState({ host: "mysignins.microsoft.com", state: "setUpQr", account: null, reason: "captured", step: "toCode", step_shown: true }), pendingAccounts: ["otpauth://totp/Bibliotek:ny@bibliotek.example?secret=mfrggzdfmztwq2lk&issuer=Microsoft"], act: then(press("[data-action='save']"), noticed("saved")) },
  { name: "popup-guide-finished", path: POPUP, vault: "few", tab: SET_UP, tabState: tabState({ host: "mysignins.microsoft.com", state: "setUpDone", account: null, step: "finished", step_shown: true }) },
  { name: "popup-rejected", path: POPUP, vault: "few", tab: SIGN_IN, tabState: tabState({ reason: "rejected" }) },
  { name: "popup-access", path: POPUP, vault: "few", tab: SIGN_IN, withheld: true },
  { name: "popup-advice", path: POPUP, vault: "advised", tab: SIGN_IN, tabState: tabState({ reason: "filled" }), act: seen("#advice:not([hidden])") },
  { name: "popup-abandoned", path: POPUP, vault: "abandoned", clockOff: 61 * 60, act: seen("#abandoned:not([hidden])") },
  { name: "popup-guide-empty", path: POPUP, vault: "one", tab: SET_UP, tabState: tabState({ host: "mysignins.microsoft.com", state: "securityInfo", account: null, step: "addMethod", step_shown: true }) },
  { name: "popup-conflict", path: POPUP, vault: "few", tab: SET_UP, pendingAccounts: ["otpauth://totp/Skule%20i%20nord:ola@skule.example?secret=bbbbccccddddeeee&issuer=Microsoft"] },
  { name: "popup-conflict-unknown", path: POPUP, vault: "few", tab: SET_UP, pendingAccounts: ["otpauth://totp/ola@skule.example?secret=bbbbccccddddeeee&issuer=Microsoft"] },
  { name: "popup-guest", path: POPUP, vault: "few", tab: SET_UP, pendingAccounts: ["otpauth://totp/Vertsfirma:ola@skule.example?secret=bbbbccccddddeeee&issuer=Microsoft"] },
  { name: "popup-mixed", path: POPUP, vault: "few", tab: SET_UP, pendingAccounts: [`otpauth://totp/C%D0%BEnt%D0%BEs%D0%BE%20${"langt".repeat(40)}:ny@bibliotek.example?secret=mfrggzdfmztwq2lk&issuer=Microsoft`] },
  { name: "popup-nameless", path: POPUP, vault: "few", tab: SET_UP, pendingAccounts: ["otpauth://totp/?secret=mfrggzdfmztwq2lk&issuer=Feide"] },
  { name: "popup-found-elsewhere", path: POPUP, vault: "few", pendingAccounts: ["otpauth://totp/Bibliotek:ny@bibliotek.example?secret=mfrggzdfmztwq2lk&issuer=Microsoft"] },
  { name: "popup-locked-found", path: POPUP, vault: "few", locked: true, tab: SET_UP, pendingAccounts: ["otpauth://totp/Bibliotek:et.ganske.langt.navn@videregaaende-skole.example?secret=mfrggzdfmztwq2lk&issuer=Microsoft"] },
  { name: "popup-many", path: POPUP, vault: "many" },
  { name: "popup-search", path: POPUP, vault: "many", act: type("#search", "bibl") },
  { name: "popup-search-nothing", path: POPUP, vault: "many", act: type("#search", "qqq") },
  { name: "popup-details", path: POPUP, vault: "few", act: then(press(".more"), seen("dialog[open]")) },
  { name: "popup-rename", path: POPUP, vault: "few", act: then(press(".more"), press("[data-action='rename']"), seen("#new-name")) },
  { name: "popup-remove", path: POPUP, vault: "few", act: then(press(".more"), press("[data-action='remove']"), seen("[data-action='remove-now']")) },
  { name: "popup-removed", path: POPUP, vault: "deleted", act: then(allBack, press(".more"), press("[data-action='remove']"), press("[data-action='remove-now']"), noticed("removed")) },
  { name: "popup-locked", path: POPUP, vault: "few", locked: true },
  { name: "popup-locked-page-waits", path: POPUP, vault: "few", locked: true, tab: SIGN_IN, tabState: tabState({ reason: "locked" }) },
  { name: "popup-wrong", path: POPUP, vault: "few", locked: true, act: then(type("#passphrase", "ikke denne her"), press("#submit"), noticed("wrongPassphrase"), seen("#passphrase:enabled")) },
  { name: "popup-too-many", path: POPUP, vault: "few", locked: true, attempts: 9 },
  { name: "popup-recoverers", path: POPUP, vault: "sealed", locked: true, policy: RECOVERERS, act: then(type("#passphrase", PASSPHRASE), press("#submit"), seen("#recoverers:not([hidden])")) },
  { name: "popup-tokens", path: POPUP, vault: "few", locked: true, spends: true, policy: TOKENS, act: then(type("#passphrase", PASSPHRASE), press("#submit"), seen("#tokens:not([hidden])")) },
  { name: "popup-recovery", path: POPUP, vault: "damaged", locked: true },
  { name: "popup-vanished", path: POPUP, vault: "vanished", locked: true },
  { name: "manager-vanished", path: MANAGER, vault: "vanished", locked: true, wide: true },
  { name: "manager-put-back", path: MANAGER, vault: "putBack", locked: true, wide: true, act: then(type("#passphrase", PASSPHRASE), press("#submit"), seen("#copy")) },
  { name: "manager", path: MANAGER, vault: "few", wide: true },
  { name: "manager-moving", path: `${MANAGER}#moving`, vault: "few", wide: true, act: then(seen("#sync-state[data-state]"), seen("#backup-state:not(:empty)")) },
  { name: "manager-folder-wanted", path: `${MANAGER}#folder`, vault: "few", wide: true, policy: { backupFolder: "required" }, act: seen("#folder-state.trouble") },
  { name: "manager-folder", path: `${MANAGER}#folder`, vault: "few", wide: true, act: then(picks({}), press("[data-action='choose-folder']"), seen("[data-action='forget-folder']")) },
  { name: "manager-folder-asks", path: `${MANAGER}#folder`, vault: "few", wide: true, act: then(picks({}, "prompt"), press("[data-action='choose-folder']"), seen("[data-action='allow-folder']")) },
  { name: "manager-folder-copies", path: MANAGER, vault: "none", wide: true, act: then(picks({ "annen.tofaktor": frozenVault, "halv.tofaktor": frozenVault.slice(0, 700) }), press("#open-folder"), seen("[data-dialog='folder-copies']")) },
  { name: "manager-locking", path: `${MANAGER}#security`, vault: "few", wide: true },
  { name: "manager-filling", path: `${MANAGER}#filling`, vault: "few", wide: true },
  { name: "manager-help", path: `${MANAGER}#about`, vault: "few", wide: true, act: press("#help summary") },
  { name: "manager-menu", path: `${MANAGER}#security`, vault: "few", act: press("#menu") },
  { name: "manager-deleted", path: MANAGER, vault: "deleted", wide: true, act: then(press("#deleted summary"), seen("[data-action='put-back']"), (page) => page.$eval("#deleted", (part) => part.scrollIntoView({ block: "center" }))) },
  { name: "manager-many", path: MANAGER, vault: "many", wide: true },
  { name: "manager-locked", path: MANAGER, vault: "few", locked: true, wide: true },
  { name: "manager-forgotten", path: MANAGER, vault: "few", locked: true, wide: true, act: press("#forgotten summary") },
  { name: "manager-first-run", path: MANAGER, vault: "none", wide: true },
  { name: "manager-recovery", path: MANAGER, vault: "damaged", locked: true, wide: true, act: press("#bury summary") },
  { name: "manager-enter", path: MANAGER, vault: "few", wide: true, act: then(press("[data-action='enter']"), press("#dialog summary"), type("#enter-name", "kari@skole.example"), type("#enter-key", "jbswy3d1"), seen("#enter-trouble:not(:empty)")) },
  { name: "manager-edit", path: MANAGER, vault: "few", wide: true, act: then(press(".more"), press("dialog [data-action='edit']"), seen("#edit-name")) },
  { name: "manager-edit-key", path: MANAGER, vault: "few", wide: true, act: then(press(".more"), press("dialog [data-action='edit']"), press("[data-dialog='edit'] summary"), type("#edit-key", "mfrggzdfmztwq2lk"), seen("#edit-replaces:not(:empty)"), (page) => page.$eval("#edit-replaces", (line) => line.scrollIntoView({ block: "end" }))) },
  { name: "manager-passphrase", path: `${MANAGER}#unlocking`, vault: "few", wide: true, act: then(press("[data-action='change-passphrase']"), seen("#new-passphrase"), type("#new-passphrase", "ny frase med ord")) },
  { name: "manager-prove", path: `${MANAGER}#unlocking`, vault: "few", wide: true, act: then(
    (page) => page.evaluate(() => chrome.storage.session.remove("proved")),
    press("[data-action='change-passphrase']"),
    seen("#proof"),
  ) },
  { name: "manager-recovery-code", path: `${MANAGER}#unlocking`, vault: "one", wide: true, act: then(
    press("#unlocking :is([data-action='make-recovery'], [data-action='make-another'])"),
    // From the second time on it asks first.
    async (page) => {
      await page.waitForSelector("#dialog[open]");
      if (await page.$("[data-dialog='confirm']")) await press("[data-action='go']")(page);
    },
    seen("[data-dialog='recovery']"),
  ) },
  { name: "manager-transfer", path: MANAGER, vault: "few", wide: true, act: then(press(".more"), press("dialog [data-action='transfer']"), seen("[data-dialog='qr']")) },
  { name: "manager-confirm", path: `${MANAGER}#unlocking`, vault: "few", wide: true, act: then(press("[data-action='add-device']"), seen("[data-dialog='confirm']")) },
  { name: "manager-found", path: MANAGER, vault: "few", wide: true, pendingAccounts: ["otpauth://totp/Bibliotek:bok@bibliotek.example?secret=bbbbccccddddeeee&issuer=Microsoft"] },
  { name: "manager-drop", path: MANAGER, vault: "few", wide: true, act: (page) => page.evaluate(() => document.dispatchEvent(new DragEvent("dragenter", { bubbles: true, cancelable: true }))) },
  { name: "manager-decided", path: `${MANAGER}#locking`, vault: "few", wide: true, policy: { clockCheck: false, language: "nb", autoLockMaximum: 15, unlockMethods: ["passphrase"], modes: ["code"], exportAllowed: false, syncAllowed: false }, act: seen("#locking .decided") },
  { name: "manager-policy", path: `${MANAGER}#about`, vault: "few", wide: true, policy: { passphraseLength: 12, exportAllowed: false, modes: ["approve"], unlockMethods: ["passphrase", "key"], tenants: ["skole.example", "elev.skole.example"], adfsHosts: ["adfs.skole.example skole.example"], clockCheck: "no", deskName: "IT-hjelp", deskPhone: "12 34 56 78", deskLink: "https://hjelp.skole.example/", guideText: "Ring oss." }, act: (page) => page.evaluate(() => document.getElementById("policy")?.scrollIntoView()) },
  { name: "manager-about", path: `${MANAGER}#about`, vault: "few", wide: true, act: (page) => page.evaluate(() => {
    for (const details of document.querySelectorAll("#about details")) /** @type {HTMLDetailsElement} */ (details).open = true;
  }) },
  { name: "manager-import", path: MANAGER, vault: "few", wide: true, act: then(
    (page) => page.evaluate((text) => {
      const data = new DataTransfer();
      data.setData("text/plain", text);
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, HANDED_OVER),
    seen("[data-action='import-confirm']"),
  ) },
  { name: "manager-import-refused", path: MANAGER, vault: "few", wide: true, act: then(
    (page) => page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['{"encrypted":true,"passwordProtected":false,"encKeyValidation_DO_NOT_EDIT":"2.a|b|c","data":"2.a|b|c"}'], "bitwarden.json"));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }),
    seen("[data-action='close-import']"),
  ) },
  { name: "manager-backup", path: `${MANAGER}#backup`, vault: "few", wide: true, act: press("#backup summary") },
  { name: "manager-plain", path: `${MANAGER}#backup`, vault: "few", wide: true, act: then(press("#backup summary"), press("[data-action='save-list']"), seen("[data-dialog='confirm']")) },
  { name: "manager-to-google", path: `${MANAGER}#backup`, vault: "few", wide: true, act: then(press("#backup summary"), press("[data-action='draw-transfer']"), press("[data-action='go']"), seen("[data-dialog='transfer'] svg")) },
  { name: "manager-paper", path: `${MANAGER}#backup`, vault: "few", wide: true, act: then(press("#backup summary"), press("[data-action='draw-sheet']"), press("[data-action='go']"), seen("[data-dialog='paper'] svg")) },
  { name: "manager-move", path: `${MANAGER}#move`, vault: "few", wide: true, act: then(press("#move-start"), press("[data-action='scanned']"), seen("#move-code")) },
  { name: "manager-move-done", path: `${MANAGER}#move`, vault: "few", wide: true, act: then(press("#move-start"), press("[data-action='scanned']"), seen("#move-code"), async (page) => {
    const code = await page.$eval("#account-list .code", (shown) => shown.textContent ?? "");
    await page.type("#move-code", code);
    await page.keyboard.press("Enter");
  }, seen("[data-action='move-next']")) },
  { name: "manager-move-pack", path: `${MANAGER}#move`, vault: "few", wide: true, act: then(press("#move-computer"), seen("[data-dialog='move-pack']")) },
  { name: "manager-move-file", path: `${MANAGER}#move`, vault: "few", wide: true, act: then(press("#move-computer"), press("[data-action='move-file']"), seen("[data-dialog='move-there']")) },
  { name: "manager-sync", path: `${MANAGER}#sync`, vault: "few", wide: true, act: then(press("[data-action='sync-on']"), seen("#sync-begin")) },
  { name: "manager-restore", path: MANAGER, vault: "none", wide: true, act: seen("#restore") },
  { name: "welcome-1", path: "www/welcome/welcome.html", vault: "none", wide: true },
  { name: "welcome-folder", path: "www/welcome/welcome.html", vault: "none", wide: true, policy: { backupFolder: "required" }, act: seen("#open-folder") },
  { name: "welcome-folder-empty", path: "www/welcome/welcome.html", vault: "none", wide: true, act: then(picks({}), press("#open-folder"), noticed("folderEmpty")) },
  { name: "welcome-2", path: "www/welcome/welcome.html", vault: "none", wide: true, act: press("[data-action='forward']") },
  { name: "welcome-3-page", path: "www/welcome/welcome.html#page", vault: "none", wide: true, act: then(press("[data-action='forward']"), press("#later")) },
  { name: "welcome-3", path: "www/welcome/welcome.html", vault: "none", wide: true, act: then(press("[data-action='forward']"), press("#later")) },
  { name: "on-top", path: "www/ontop/ontop.html", vault: "few", ofAccount: true },
  { name: "unlock", path: "www/unlock/unlock.html", vault: "few", locked: true },
];

/**
 * Brings the vault and the stores into the state. States that follow each other with the same vault share it.
 * @param {Rig} rig
 * @param {State} state
 */
export const prepare = async (rig, state) => {
  if (rig.vault !== state.vault) {
    await rig.reset();
    if (state.vault === "one") await rig.ask({ create: {} }, PASSPHRASE);
    if (state.vault === "sealed") await rig.fill(accounts(2));
    if (state.vault === "few") await rig.fill(accounts(4));
    if (state.vault === "many") await rig.fill(accounts(12));
    if (state.vault === "grouped") {
      await rig.fill(accounts(6));
      const { view } = await rig.ask("show");
      const ids = view.accounts.map((/** @type {{ id: string }} */ { id }) => id);
      await rig.ask({ group: { accounts: [ids[0], ids[3]], group: "Skole" } });
      await rig.ask({ group: { accounts: [ids[2]], group: "Jobb" } });
      await rig.ask({ pin: { account: ids[5], pinned: true } });
    }
    if (state.vault === "counter") await rig.fill([COUNTER, ...accounts(2)]);
    if (state.vault === "advised" || state.vault === "abandoned") await rig.fill(accounts(2));
    if (state.vault === "deleted") {
      await rig.fill(accounts(4));
      const { view } = await rig.ask("show");
      for (const { id } of view.accounts.slice(0, 2)) await rig.ask({ remove: { account: id } });
    }
    if (["few", "many", "advised"].includes(state.vault)) {
      const { view } = await rig.ask("show");
      for (const { id } of view.accounts.slice(0, 3)) await rig.ask({ confirm: { account: id, confirmed: true } });
    }
    if (state.vault === "advised") await rig.look(SIGN_IN, { login: "kari.nordmann@skole.example", marks: ["push", "anotherWay"] });
    if (state.vault === "abandoned") {
      await rig.look(SET_UP, { marks: ["dialog"], manual: { name: "Skule i vest:hanne@skule.example", secret: "mfrggzdfmztwq2lk" } });
      const { view } = await rig.ask("show");
      for (const { id } of view.pendingAccounts) await rig.ask({ save: { pendingAccount: id, whenKnown: "ask" } });
    }
    if (state.vault === "damaged") {
      await rig.fill(accounts(1));
      await rig.put("local", { "v1.a": "dGhpcyBpcyBubyByZWNvcmQ=", "v1.b": "dGhpcyBpcyBubyByZWNvcmQ=" });
      await rig.putMirror("bm8=");
    }
    if (state.vault === "vanished") {
      await rig.fill(accounts(1));
      await rig.put("local", { "v1.a": null, "v1.b": null });
      await rig.putMirror(null);
    }
    if (state.vault === "putBack") {
      await rig.fill(accounts(2));
      const old = await (await rig.desk()).evaluate(() => chrome.storage.local.get(["v1.a", "v1.b"]));
      await rig.ask({ enter: { draft: { name: "ny@skole.example", issuer: "Microsoft", algorithm: "SHA1", digits: 6, period: 30, counter: 0 } } }, "jbswy3dpehpk3pxp");
      await rig.ask({ enter: { draft: { name: "nyere@skole.example", issuer: "Microsoft", algorithm: "SHA1", digits: 6, period: 30, counter: 0 } } }, "jbswy3dpehpk3pxq");
      await rig.put("local", /** @type {Record<string, string>} */ (old));
      await rig.putMirror(null);
    }
    rig.vault = state.vault;
    rig.locked = false;
  }
  await rig.put("session", { "page.7": state.tabState ? JSON.stringify(state.tabState) : null, pendingAccounts: null, clock: state.clockOff ? JSON.stringify({ offset_ms: state.clockOff * 1000 }) : null });
  await rig.put("local", { "v1.attempts": null });
  if (state.vault !== "none") {
    if (state.locked) await rig.ask("lock");
    else if (rig.locked) await rig.ask({ unlock: {} }, PASSPHRASE);
    rig.locked = state.locked === true;
  }
  if (!state.locked && state.vault !== "none") await rig.put("session", { proved: String(Date.now()) });
  for (const uri of state.pendingAccounts ?? []) await rig.ask("addPending", uri, "ask", state.tab);
  if (state.attempts) await rig.put("local", { "v1.attempts": `${state.attempts} ${Date.now()}` });
};

/** @param {Rig} rig @param {State} state @param {import("./ui-rig.mjs").Look & { page?: Page }} look in a page that has shown it before, or a new one */
export const show = async (rig, state, look) => {
  await prepare(rig, state);
  const of = state.ofAccount ? `#${(await rig.ask("show")).view.accounts[0].id}` : "";
  const size = state.wide ? { width: 1000, height: 760 } : { width: 360, height: 600 };
  const page = await rig.page(state.path + of, { ...size, ...look, ...(state.tab ? { tab: state.tab } : {}), ...(state.second ? { second: state.second } : {}), ...(state.policy ? { policy: state.policy } : {}), ...(state.withheld ? { withheld: true } : {}) });
  await state.act?.(page);
  // The vault is another from now on.
  if (state.spends) rig.vault = undefined;
  return page;
};
