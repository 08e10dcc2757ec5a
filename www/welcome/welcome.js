// The first run: what it is, how it is locked, where to go. Opens once, by itself.
import { ask, manage, ready } from "../../core.js";
import { askForAccess, lookForAccess } from "../shared/access.js";
import { canAsk, make } from "../shared/key.js";
import { comingIn, unlockForm } from "../shared/unlock-form.js";
import { openFromFolder } from "../shared/from-folder.js";
import { importer } from "../shared/importer.js";
import { tell } from "../shared/notice.js";
import { byId, hasFolders, say, show, speak } from "../shared/page.js";
import { makeDialog } from "../shared/dialog.js";

const steps = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-step]")]);
let step = 0;

/** This computer knows its person by face, finger or PIN. */
let offersKey = false;

const entrance = unlockForm(
  byId("unlock-form", HTMLElement),
  async (kind, id, bytes, said) => {
    const wanted = document.querySelector("#with-key:checked") !== null && kind === "passphrase";
    const reply = await ask(comingIn(kind, id, true, said), {}, bytes);
    const trouble = wanted && reply.view.screen === "accounts" ? await addKey() : undefined;
    paint(reply);
    if (trouble) tell(trouble);
  },
  tell,
);

/** In the same step: the passphrase is then the spare one. @returns {Promise<string | undefined>} what went wrong, as a notice */
const addKey = async () => {
  const { shown } = await manage("beginKey");
  if (!shown || !("key" in shown)) return "noKeySecret";
  try {
    const made = await make(shown.key.salt, shown.key.user, say("keyUser"), true);
    if (!made) return "noKeySecret";
    const { notice } = await manage({ addKey: { label: "", key: made.key } }, made.secret);
    return notice === "unlockMethodAdded" ? undefined : (notice ?? undefined);
  } catch {
    return "keyCancelled";
  }
};

/** @param {import("../../core/tofaktor.js").Reply} reply */
const paint = ({ view, notice: key }) => {
  document.body.dataset.screen = view.screen;
  if (view.screen === "recovery") location.replace("../manager/manager.html#recovery");
  tell(key ?? undefined);
  const first = view.screen === "firstRun";
  show("unlock-form", first);
  show("later", first);
  const { locked, backupFolder } = view.policy;
  const folder = byId("open-folder", HTMLElement);
  // Where the organisation has its people keep one, it is likelier that there is one than that this is a beginning.
  if (locked.includes("backupFolder") && backupFolder !== "off") folder.parentElement?.prepend(folder);
  show("open-folder", first && hasFolders());
  show("restore", first);
  show("chosen", !first);
  show("on", !first);
  if (first) entrance.paint({ purpose: "create", unlockMethods: [], offersKey, recovery: view.policy.recovery });
  else {
    entrance.clear();
    if (step === 1) byId("on", HTMLElement).focus();
  }
  document.body.dataset.ready = "true";
};

const backup = byId("backup-file", HTMLInputElement);
const dialog = makeDialog(byId("dialog", HTMLDialogElement));
const restored = importer(dialog, tell, async () => {
  turn(1);
  paint(await ask("show", {}));
});
backup.addEventListener("change", () => {
  const file = backup.files?.[0];
  backup.value = "";
  if (file) restored.files([file], true);
});

const openFolder = () =>
  openFromFolder(
    dialog,
    // Where what tells of it is.
    (key, ...values) => {
      turn(1);
      tell(key, ...values);
    },
    async (bytes) => {
      const { notice } = await manage("bringBack", bytes);
      if (notice === "broughtBack") return true;
      turn(1);
      tell(notice ?? undefined);
      return false;
    },
    // It is to be opened by what opened it before.
    () => location.replace("../manager/manager.html"),
  );

/** Browsers hide a new extension's icon, and with it all that it has to say, until the person takes it out. */
const lookForIcon = async () => {
  const settings = await chrome.action.getUserSettings?.();
  show("pin", settings?.isOnToolbar !== true);
};
for (const event of ["focus", "visibilitychange"]) addEventListener(event, lookForIcon);
// Firefox has this event from version 142 on; before, it is the window's focus that tells.
const { onUserSettingsChanged } = chrome.action;
onUserSettingsChanged?.addListener(lookForIcon);

/** @param {number} to */
const turn = (to) => {
  step = to;
  for (const [at, section] of steps.entries()) section.hidden = at !== step;
  byId("steps", HTMLElement).textContent = say("welcomeStep", String(step + 1), String(steps.length));
  document.body.dataset.at = String(step + 1);
  if (step > 0) steps[step]?.focus();
};

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target.closest("[data-action]") : null;
  if (!(target instanceof HTMLElement)) return;
  if (target.dataset.action === "forward") turn(step + 1);
  if (target.dataset.action === "allow") askForAccess();
  if (target.dataset.action === "skip") close();
  if (target.dataset.action === "restore") backup.click();
  if (target.dataset.action === "open-folder") openFolder();
});

const start = async () => {
  const platform = canAsk() ? PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable() : false;
  await Promise.all([ready(), speak()]);
  offersKey = await platform;
  // Opened over a page of Microsoft's that needs it: that is where it leads back to.
  const over = location.hash === "#page";
  show("back-to-page", over);
  show("open-set-up", !over);
  show("open-it", !over);
  show("close", !over);
  document.title = say("welcome1Title");
  // Who was quicker than that has gone on already.
  turn(step);
  lookForAccess().then((more) => more());
  lookForIcon();
  paint(await ask("show", {}));
};

start();
