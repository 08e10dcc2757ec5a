// The manager: accounts, ways to unlock, settings. Paints what the core says.
import { ask, check, fold, manage, ready } from "../core.js";
import { cards, label } from "./cards.js";
import { copy } from "./clipboard.js";
import { details } from "./details.js";
import { door, passphraseField } from "./door.js";
import { canAsk, make } from "./key.js";
import { download } from "./leave.js";
import { button, byId, fromTemplate, h, icon, part, say, sayTime, show, speak, take } from "./page.js";
import { readPicture, scanPicture } from "./picture.js";
import { sheet } from "./sheet.js";

/**
 * @typedef {import("../core/tofaktor.js").Reply} Reply
 * @typedef {import("../core/tofaktor.js").View} View
 * @typedef {import("../core/tofaktor.js").UiRequest} UiRequest
 * @typedef {import("../core/tofaktor.js").SettingsRequest} SettingsRequest
 * @typedef {import("../core/tofaktor.js").SettingsView} SettingsView
 * @typedef {import("../core/tofaktor.js").DoorView} DoorView
 * @typedef {import("../core/tofaktor.js").AccountView} AccountView
 * @typedef {import("../core/tofaktor.js").OfferView} OfferView
 */

/** What is in the package and by whom. */
const LICENCES =
  "aes-gcm, argon2, hkdf, sha2, subtle, zeroize (RustCrypto; MIT or Apache-2.0), crc32c, data-encoding, getrandom, js-sys, percent-encoding, qrcodegen, rqrr, serde, serde-wasm-bindgen, totp-rs, tsify, wasm-bindgen, web-sys (MIT or Apache-2.0)";
/** Longest text that is looked at when it is pasted. */
const LONGEST_PASTE = 4096;

const notice = byId("notice", HTMLElement);
const search = byId("search", HTMLInputElement);
const paper = sheet(byId("sheet", HTMLDialogElement));

/** @type {View | undefined} */
let view;
/** @type {SettingsView | undefined} */
let settings;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let expiry;

/** @param {string} [key] @param {...string} values */
const tell = (key, ...values) => {
  if (key) {
    notice.dataset.notice = key;
    notice.textContent = say(`notice_${key}`, ...values);
    notice.scrollIntoView({ block: "nearest" });
  } else {
    delete notice.dataset.notice;
    notice.textContent = "";
  }
};

/** @param {UiRequest} asked @param {Uint8Array} [bytes] */
const request = async (asked, bytes) => {
  const before = view?.screen;
  const reply = await ask(asked, {}, bytes);
  if (asked !== "refresh" || reply.view.screen !== before) tell(reply.notice ?? undefined);
  view = reply.view;
  if (view.screen !== before) settings = (await manage("show")).view;
  paint();
  return reply;
};

/** @param {SettingsRequest} asked @param {Uint8Array} [bytes] */
const set = async (asked, bytes) => {
  const reply = await manage(asked, bytes);
  settings = reply.view;
  if (reply.notice !== "proveFirst") tell(reply.notice ?? undefined);
  paint();
  return reply;
};

/** For what could be misused by somebody who finds the page open. */
const proved = async () => {
  const fresh = await manage("show");
  if (fresh.view.proved) return true;
  if (fresh.view.doors.every(({ kind }) => kind === "device")) return (await manage("proveByDevice")).view.proved;
  return paper.prove(fresh.view.doors, manage);
};

const list = cards(byId("account-list", HTMLElement), {
  copied: (account) => {
    tell("copied", account.name || account.issuer);
    ask({ used: { account: account.id } }, {}).catch(() => {});
  },
  more: (account) => dialog.open(account),
});

/** @param {AccountView} account */
const transfer = async (account) => {
  dialog.close();
  if (!(await proved())) return;
  const { shown } = await set({ transfer: { account: account.id } });
  if (shown && "qr" in shown) paper.qr(account.name || account.issuer, shown.qr);
};

const dialog = details(byId("details", HTMLDialogElement), (asked) => request(asked), {
  transfer,
  closed: (id) => list.focus(id),
});

const entrance = door(
  byId("door", HTMLElement),
  async (kind, id, bytes) => {
    const first = view?.screen === "firstRun";
    if (kind === "passphrase") await request(first ? { create: { save: undefined } } : { unlock: { save: undefined } }, bytes);
    else if (kind === "recovery") await request({ unlockByRecovery: { save: undefined } }, bytes);
    else if (kind === "key") await request({ unlockByKey: { door: id ?? "", save: undefined } }, bytes);
    else await request(first ? { createOpen: { save: undefined } } : { unlockByDevice: { save: undefined } });
    if (view?.screen === "accounts") arrive();
  },
  (key) => tell(key),
);

const paint = () => {
  if (!view || !settings) return;
  const { screen, offers, accounts } = view;
  const open = screen === "accounts";
  document.body.dataset.screen = screen;
  for (const element of document.querySelectorAll("[data-when='open']")) /** @type {HTMLElement} */ (element).hidden = !open;
  part(document, "[data-action='lock']").hidden = !open;
  show("door-section", screen === "firstRun" || screen === "locked");
  show("recovery", screen === "recovery");
  show("offers", offers.length > 0);
  show("empty", accounts.length === 0);
  show("search-row", view.searchable);
  if (screen === "firstRun" || screen === "locked") {
    if (dialog.isOpen()) dialog.close();
    paper.close();
    entrance.paint({ purpose: screen === "firstRun" ? "create" : "unlock", doors: view.doors, waitMs: view.waitMs });
  } else entrance.clear();
  if (screen === "recovery") {
    byId("recovery-why", HTMLElement).textContent = notice.textContent;
    const { notice: why } = notice.dataset;
    // Said in its place, and once.
    notice.textContent = "";
    show("bury", why === "damaged" || why === "vanished");
  }

  byId("offer-list", HTMLElement).replaceChildren(...offers.map(offerCard));
  list.paint(accounts);
  if (search.value) find();
  if (open) {
    paintDoors(settings);
    paintModes(accounts);
    const idle = byId("idle", HTMLSelectElement);
    idle.replaceChildren(...settings.idleChoices.map((minutes) => h("option", { value: String(minutes) }, sayIdle(minutes))));
    idle.value = String(settings.idleMinutes);
    byId("lock-with-computer", HTMLInputElement).checked = settings.lockWithComputer;
    byId("switching", HTMLInputElement).checked = settings.switching;
    byId("clock-check", HTMLInputElement).checked = settings.clockCheck;
  }
  byId("diagnostics", HTMLElement).textContent = diagnostics();

  clearTimeout(expiry);
  const soonest = Math.min(...accounts.filter((a) => a.periodMs > 0).map((a) => a.leftMs));
  if (Number.isFinite(soonest)) expiry = setTimeout(() => request("refresh"), soonest);
  document.body.dataset.ready = "true";
};

/** @param {number} minutes */
const sayIdle = (minutes) => {
  if (minutes === 0) return say("idleClosed");
  if (minutes < 60) return minutes === 1 ? say("idleMinute") : say("idleMinutes", String(minutes));
  return minutes === 60 ? say("idleHour") : say("idleHours", String(minutes / 60));
};

const diagnostics = () => `${settings?.diagnostics ?? ""}\n${navigator.userAgent}\n${document.documentElement.lang}`;

/** @param {OfferView} offer */
const offerCard = (offer) => {
  const card = fromTemplate("offer-template");
  card.dataset.offer = offer.id;
  label(card, offer);
  const standing = part(card, ".standing");
  standing.hidden = offer.standing === "new";
  standing.textContent = offer.standing === "new" ? "" : say(`standing_${offer.standing}`);
  const save = part(card, "[data-action='save']");
  save.textContent = say(offer.standing === "conflict" ? "replace" : "save");
  save.dataset.replace = String(offer.standing === "conflict");
  save.hidden = view?.screen !== "accounts" || offer.standing === "known";
  return card;
};

/** @param {SettingsView} shown */
const paintDoors = ({ doors }) => {
  byId("door-list", HTMLElement).replaceChildren(...doors.map(doorRow));
  const has = (/** @type {string} */ kind) => doors.some((known) => known.kind === kind);
  const adders = [];
  if (!has("passphrase")) adders.push(button("add-passphrase", say("addPassphrase"), { icon: "add" }));
  if (!has("recovery")) adders.push(button("make-recovery", say("makeRecovery"), { icon: "add" }));
  if (canAsk()) adders.push(button("add-key", say("addKey"), { icon: "key" }));
  if (!has("device")) adders.push(button("add-device", say("addDevice"), { icon: "add" }));
  byId("door-adders", HTMLElement).replaceChildren(...adders);
};

/** @param {DoorView} shown */
const doorRow = (shown) => {
  const title = shown.label || say(`door_${shown.kind}`);
  const actions = [];
  if (shown.kind === "passphrase") actions.push(button("change-passphrase", say("change")));
  if (shown.kind === "recovery") actions.push(button("make-recovery", say("makeAnother")));
  if (shown.kind === "key") actions.push(button("rename-door", say("rename")));
  const remove = button("remove-door", say("remove"));
  remove.setAttribute("aria-label", say("removeDoor", title));
  remove.disabled = !shown.removable;
  actions.push(remove);
  return h(
    "li",
    { "data-door": shown.id, "data-kind": shown.kind },
    h("div", {}, h("strong", {}, title), h("small", {}, say(`doorText_${shown.kind}`)), h("small", {}, say("doorMade", sayTime(shown.createdMs)))),
    h("div", { class: "row" }, ...actions),
  );
};

/** @type {import("../core/tofaktor.js").FillMode[]} */
const MODES = ["code", "approve", "automatic"];
/** Longer lists are set one by one, in the details of each account. */
const MOST_MODES = 30;

/** @param {AccountView[]} accounts */
const paintModes = (accounts) => {
  const own = accounts.filter((account) => account.microsoft);
  show("modes-text", own.length > 0);
  byId("mode-list", HTMLElement).replaceChildren(
    ...own.slice(0, MOST_MODES).map((account) => {
      const select = h("select", { "aria-label": say("modeFor", account.name || account.issuer), "data-mode-of": account.id }, ...MODES.map((mode) => h("option", { value: mode }, say(`mode_${mode}`))));
      select.value = account.mode;
      return h("li", {}, h("div", {}, h("strong", {}, account.name || account.issuer), h("small", {}, account.tenant ?? account.issuer)), select);
    }),
  );
};

const find = () => {
  const found = list.search(fold(search.value).split(/\s+/).filter(Boolean));
  show("not-found", found === 0 && search.value !== "");
  byId("found", HTMLElement).textContent = search.value ? say("foundCount", String(found)) : "";
};
search.addEventListener("input", find);
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") list.focusFirst();
  else if (event.key === "Enter") list.copyFirst();
  else return;
  event.preventDefault();
});
byId("account-list", HTMLElement).addEventListener("before-first", () => view?.searchable && search.focus());

/** A form with one field for a new passphrase. @param {string} title @param {string} text @param {(bytes: Uint8Array) => Promise<void>} submit */
const askPassphrase = (title, text, submit) => {
  const { field, input } = passphraseField("new-passphrase", "newPassphrase", true);
  const line = h("p", { role: "status", class: "trouble" });
  const send = h("button", { type: "submit", class: "primary" }, say("savePassphrase"));
  const form = h("form", { class: "stack", autocomplete: "off" }, h("p", {}, text), field, line, h("div", { class: "progress", hidden: true }), h("div", { class: "row" }, send));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // The core decides; this only spares the person the empty field.
    if ([...input.value].length < 8) {
      line.textContent = say("notice_passphraseTooShort");
      return input.focus();
    }
    send.disabled = true;
    part(form, ".progress").hidden = false;
    await submit(take(input));
  });
  paper.open("passphrase", title, [form]);
};

const addKey = async () => {
  const { shown } = await set("beginKey");
  if (!shown || !("key" in shown)) return;
  try {
    const made = await make(shown.key.salt, shown.key.user, say("keyUser"));
    if (!made) return tell("noKeySecret");
    await set({ addKey: { label: "", key: made.key } }, made.secret);
  } catch {
    tell("keyCancelled");
  }
};

/** @param {string} id @param {string} before */
const renameDoor = (id, before) => {
  const input = h("input", { id: "door-name", value: before, maxlength: "40", autocomplete: "off" });
  const form = h("form", { class: "stack" }, h("div", { class: "field" }, h("label", { for: "door-name" }, say("newName")), input), h("div", { class: "row" }, h("button", { type: "submit", class: "primary" }, say("saveName"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = input.value;
    paper.close();
    await set({ renameDoor: { door: id, label: name } });
  });
  paper.open("rename", say("rename"), [form]);
};

/** @param {string} title @param {string} text @param {string} action @param {() => void} yes */
const confirm = (title, text, action, yes) => {
  const stay = button("stay", say("cancel"));
  stay.dataset.first = "";
  stay.addEventListener("click", () => paper.close());
  const go = button("go", action, { class: "danger" });
  go.addEventListener("click", () => {
    paper.close();
    yes();
  });
  paper.open("confirm", title, [h("div", { class: "warning" }, icon("warn"), h("p", {}, text)), h("div", { class: "row" }, stay, go)]);
};

/** The form for an account by hand: each field says at once what is wrong with it. */
const enter = () => {
  const text = (/** @type {string} */ id, /** @type {string} */ key, /** @type {Record<string, string | boolean>} */ more = {}) => {
    const input = h("input", { id, autocomplete: "off", spellcheck: "false", ...more });
    return { input, field: h("div", { class: "field" }, h("label", { for: id }, say(key)), input) };
  };
  const choice = (/** @type {string} */ id, /** @type {string} */ key, /** @type {[string, string][]} */ options) => {
    const select = h("select", { id }, ...options.map(([value, words]) => h("option", { value }, words)));
    return { select, field: h("div", { class: "field" }, h("label", { for: id }, say(key)), select) };
  };
  const name = text("enter-name", "enterName", { required: true });
  const key = text("enter-key", "enterKey", { required: true, class: "monospace", "aria-describedby": "enter-key-hint" });
  const issuer = text("enter-issuer", "enterIssuer", { value: "Microsoft" });
  const kind = choice("enter-kind", "enterKind", [
    ["time", say("enterTime")],
    ["counter", say("enterCounter")],
  ]);
  const algorithm = choice("enter-algorithm", "enterAlgorithm", [
    ["SHA1", "SHA-1"],
    ["SHA256", "SHA-256"],
    ["SHA512", "SHA-512"],
  ]);
  const digits = choice("enter-digits", "enterDigits", ["6", "7", "8", "9"].map((count) => [count, count]));
  const period = text("enter-period", "enterPeriod", { type: "number", min: "1", max: "3600", value: "30" });
  const line = h("p", { id: "enter-trouble", role: "status", class: "trouble" });
  const send = h("button", { type: "submit", class: "primary" }, say("enterSave"));
  const form = h(
    "form",
    { class: "stack", autocomplete: "off", novalidate: true },
    name.field,
    key.field,
    line,
    h("p", { class: "soft", id: "enter-key-hint" }, say("enterKeyHint")),
    h("details", { class: "without" }, h("summary", {}, say("enterAdvanced")), h("div", { class: "stack" }, issuer.field, kind.field, algorithm.field, digits.field, period.field)),
    h("div", { class: "row" }, send),
  );
  const draft = () => ({
    name: name.input.value,
    issuer: issuer.input.value,
    algorithm: algorithm.select.value,
    digits: Number(digits.select.value),
    period: kind.select.value === "counter" ? 0 : Math.min(Math.max(Math.trunc(Number(period.input.value)) || 4000, 1), 4000),
    counter: 0,
  });
  /** What is wrong so far; nothing is said of a field that nobody has come to. @param {boolean} all */
  const judge = (all) => {
    const problem = check(draft(), new TextEncoder().encode(key.input.value));
    const early = !all && ((problem === "nameMissing" && !name.input.value) || (problem === "qrNoSecret" && !key.input.value) || (problem === "qrSecretLength" && document.activeElement === key.input));
    const words = problem && !early ? say(`notice_${problem}`) : "";
    if (line.textContent !== words) line.textContent = words;
    const wrong = problem?.startsWith("name") ? name.input : problem?.startsWith("qrSecret") || problem === "qrNoSecret" ? key.input : problem === "qrPeriod" ? period.input : undefined;
    for (const input of [name.input, key.input, period.input]) {
      if (input === wrong && words) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", input === key.input ? `${line.id} enter-key-hint` : line.id);
      } else {
        input.removeAttribute("aria-invalid");
        if (input === key.input) input.setAttribute("aria-describedby", "enter-key-hint");
        else input.removeAttribute("aria-describedby");
      }
    }
    return { problem, wrong };
  };
  kind.select.addEventListener("change", () => (period.field.hidden = kind.select.value === "counter"));
  form.addEventListener("input", () => judge(false));
  form.addEventListener("focusout", () => judge(false));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { problem, wrong } = judge(true);
    if (problem) return wrong?.focus();
    const filled = draft();
    const bytes = take(key.input);
    paper.close();
    await request({ enter: { draft: filled } }, bytes);
  });
  paper.open("enter", say("enterTitle"), [form]);
};

/** @param {Blob} file */
const scanFile = async (file) => {
  try {
    const payloads = await scanPicture(() => readPicture(file));
    if (payloads.length === 0) return tell("noQrInPicture");
    for (const payload of payloads) await request("offer", payload);
    byId("offers", HTMLElement).scrollIntoView({ block: "nearest" });
  } catch {
    tell("notAPicture");
  }
};

/** @param {DataTransfer | null} data */
const receive = async (data) => {
  const file = [...(data?.files ?? [])].find(({ type }) => type.startsWith("image/"));
  if (file) return scanFile(file);
  const text = data?.getData("text/plain").trim() ?? "";
  if (text && text.length <= LONGEST_PASTE) await request("offer", new TextEncoder().encode(text));
};

document.addEventListener("paste", (event) => {
  if (event.target instanceof HTMLInputElement) return;
  event.preventDefault();
  receive(event.clipboardData);
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
byId("picture", HTMLInputElement).addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  const file = input.files?.[0];
  input.value = "";
  if (file) scanFile(file);
});

document.addEventListener("change", (event) => {
  const target = event.target;
  if (target instanceof HTMLSelectElement && target.dataset.modeOf) {
    const mode = MODES.find((known) => known === target.value) ?? "code";
    request({ setMode: { account: target.dataset.modeOf, mode } });
  }
});
byId("idle", HTMLSelectElement).addEventListener("change", (event) => set({ setIdle: { minutes: Number(/** @type {HTMLSelectElement} */ (event.target).value) } }));
byId("lock-with-computer", HTMLInputElement).addEventListener("change", (event) => set({ setLockWithComputer: { on: /** @type {HTMLInputElement} */ (event.target).checked } }));
byId("switching", HTMLInputElement).addEventListener("change", (event) => set({ setSwitching: { on: /** @type {HTMLInputElement} */ (event.target).checked } }));
byId("clock-check", HTMLInputElement).addEventListener("change", (event) => set({ setClockCheck: { on: /** @type {HTMLInputElement} */ (event.target).checked } }));

/** Kept beside the pages, and where the worker can read it. @param {"language" | "look"} name @param {string} value */
const choose = async (name, value) => {
  if (value) localStorage.setItem(name, value);
  else localStorage.removeItem(name);
  if (name === "look") {
    if (value) document.documentElement.dataset.look = value;
    else delete document.documentElement.dataset.look;
    return;
  }
  if (value) await chrome.storage.local.set({ language: value });
  else await chrome.storage.local.remove("language");
  location.reload();
};
for (const name of /** @type {const} */ (["language", "look"])) {
  const select = byId(name, HTMLSelectElement);
  select.value = localStorage.getItem(name) ?? "";
  select.addEventListener("change", () => choose(name, select.value));
}

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target.closest("[data-action]") : null;
  if (!(target instanceof HTMLElement)) return;
  const offer = target.closest("[data-offer]")?.getAttribute("data-offer") ?? "";
  const account = target.closest("[data-account]")?.getAttribute("data-account") ?? "";
  const row = target.closest("[data-door]");
  const id = row?.getAttribute("data-door") ?? "";
  switch (target.dataset.action) {
    case "lock":
      await request("lock");
      return entrance.focus();
    case "save":
      return void (await request({ save: { offer, replace: target.dataset.replace === "true" } }));
    case "dismiss":
      return void (await request({ dismiss: { offer } }));
    case "next":
      if (account) await request({ next: { account } });
      return;
    case "enter":
      return enter();
    case "pick":
      return byId("picture", HTMLInputElement).click();
    case "again":
      return location.reload();
    case "export": {
      const { shown } = await manage("exportSealed");
      if (shown && "sealed" in shown) download(shown.sealed.text);
      return;
    }
    case "bury":
      return confirm(say("buryTitle"), say("buryText"), say("buryNow"), async () => {
        await manage("bury");
        location.reload();
      });
    case "diagnostics":
      await copy(diagnostics());
      return tell("diagnosticsCopied");
    case "shortcuts":
      return void chrome.tabs.create({ url: location.protocol === "moz-extension:" ? "about:addons" : "chrome://extensions/shortcuts" });
    case "add-passphrase":
    case "change-passphrase":
      if (await proved())
        askPassphrase(say(id ? "changePassphrase" : "addPassphrase"), say("createHint"), async (bytes) => {
          await set(id ? { changePassphrase: { door: id } } : "addPassphrase", bytes);
          paper.close();
        });
      return;
    case "make-recovery": {
      const make = async () => {
        if (!(await proved())) return;
        const { shown } = await set("makeRecovery");
        if (shown && "recovery" in shown) paper.recovery(shown.recovery.code);
      };
      if (id) return confirm(say("makeAnother"), say("makeAnotherText"), say("makeAnother"), make);
      return make();
    }
    case "add-key":
      if (await proved()) await addKey();
      return;
    case "add-device":
      return confirm(say("addDevice"), say("createOpenText"), say("addDevice"), async () => {
        if (await proved()) await set("addDevice");
      });
    case "rename-door":
      return renameDoor(id, settings?.doors.find((known) => known.id === id)?.label ?? "");
    case "remove-door":
      return confirm(row?.querySelector("strong")?.textContent ?? "", say("removeDoorText"), say("remove"), async () => {
        if (await proved()) await set({ removeDoor: { door: id } });
      });
    case "renew":
      if (await proved())
        askPassphrase(say("renewTitle"), say("renewText"), async (bytes) => {
          const { shown } = await set("renew", bytes);
          if (shown && "recovery" in shown) paper.recovery(shown.recovery.code);
          else paper.close();
        });
  }
});

chrome.storage.session.onChanged.addListener((changes) => {
  const key = changes["v1.key"];
  if (key && Boolean(key.newValue) !== (view?.screen === "accounts")) request("refresh");
});

/** Goes where the address says. */
const arrive = async () => {
  const [place, id] = location.hash.slice(1).split("=");
  if (place === "transfer" && view?.screen === "accounts") {
    const account = view.accounts.find((known) => known.id === id);
    history.replaceState(null, "", "#accounts");
    if (account) await transfer(account);
  } else if (place) document.getElementById(place)?.focus();
  else if (view?.screen !== "accounts") entrance.focus();
};

const start = async () => {
  await Promise.all([ready(), speak()]);
  document.title = say("manager");
  byId("version", HTMLElement).textContent = say("version", chrome.runtime.getManifest().version);
  byId("licences", HTMLElement).textContent = LICENCES;
  const reply = await ask("show", {});
  settings = (await manage("show")).view;
  view = reply.view;
  tell(reply.notice ?? undefined);
  paint();
  if (view.screen === "locked" && view.doors[0]?.kind === "device") await request({ unlockByDevice: { save: undefined } });
  await arrive();
};

start();
