// The popup paints what the core says and passes on what the person does.
performance.mark("script");
import { ask, ready } from "../core.js";
import { byId, say, speak, take } from "./page.js";

/**
 * @typedef {import("../core/tofaktor.js").Reply} Reply
 * @typedef {import("../core/tofaktor.js").View} View
 * @typedef {import("../core/tofaktor.js").UiRequest} UiRequest
 * @typedef {import("../core/tofaktor.js").AccountView} AccountView
 * @typedef {import("../core/tofaktor.js").OfferView} OfferView
 */

const passphrase = byId("passphrase", HTMLInputElement);
const notice = byId("notice", HTMLElement);

/** @type {import("../core/tofaktor.js").Tab} */
let tab = {};
/** @type {View | undefined} */
let view;
let expiry = 0;

/** @param {UiRequest} request @param {Uint8Array} [bytes] */
const request = async (request, bytes) => {
  const reply = await ask(request, tab, bytes);
  if (reply.wake !== undefined) chrome.tabs.sendMessage(reply.wake, "look").catch(() => {});
  paint(reply);
};

/** @param {Reply} reply */
const paint = (reply) => {
  view = reply.view;
  const { screen, offers, accounts, page } = view;
  document.body.dataset.screen = screen;
  tell(reply.notice ?? undefined);

  show("unlock", screen === "firstRun" || screen === "locked");
  show("accounts", screen === "accounts");
  show("recovery", screen === "recovery");
  show("empty", accounts.length === 0);
  show("offers", offers.length > 0);
  show("page", page !== undefined);
  for (const button of document.querySelectorAll("[data-action='lock']")) /** @type {HTMLElement} */ (button).hidden = screen !== "accounts";

  if (page) {
    byId("page-host", HTMLElement).textContent = page.host;
    byId("page-reason", HTMLElement).textContent = say(`reason_${page.reason}`, page.account ?? "");
  }
  if (screen === "firstRun" || screen === "locked") {
    byId("unlock-title", HTMLElement).textContent = say(screen === "firstRun" ? "createTitle" : "unlockTitle");
    byId("unlock-hint", HTMLElement).textContent = say(screen === "firstRun" ? "createHint" : "unlockHint");
    byId("submit", HTMLButtonElement).textContent = say(screen === "firstRun" ? (offers.length ? "createAndSave" : "create") : offers.length ? "unlockAndSave" : "unlock");
    show("strength", screen === "firstRun");
  }
  byId("offer-list", HTMLElement).replaceChildren(...offers.map(offerCard));
  byId("account-list", HTMLElement).replaceChildren(...accounts.map(accountCard));

  clearTimeout(expiry);
  const soonest = Math.min(...accounts.filter((a) => a.periodMs > 0).map((a) => a.leftMs));
  if (Number.isFinite(soonest)) expiry = setTimeout(() => request({ kind: "show" }), soonest);

  document.body.dataset.ready = "true";
  requestAnimationFrame(() => performance.getEntriesByName("painted").length || performance.mark("painted"));
};

/** @param {string} id @param {boolean} shown */
const show = (id, shown) => {
  byId(id, HTMLElement).hidden = !shown;
};

/** @param {string} [key] */
const tell = (key) => {
  if (key) {
    notice.dataset.notice = key;
    notice.textContent = say(`notice_${key}`);
  } else {
    delete notice.dataset.notice;
    notice.textContent = "";
  }
};

/** @param {string} template @returns {HTMLElement} */
const fromTemplate = (template) => {
  const card = byId(template, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  if (!(card instanceof HTMLElement)) throw new Error(`no ${template}`);
  return card;
};

/** @param {HTMLElement} card @param {string} selector @returns {HTMLElement} */
const part = (card, selector) => {
  const element = card.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`no ${selector}`);
  return element;
};

/** @param {HTMLElement} card @param {{ issuer: string, name: string, tenant?: string | null }} account */
const label = (card, { issuer, name, tenant }) => {
  part(card, ".name").textContent = name || issuer;
  part(card, ".issuer").textContent = [tenant, issuer].filter(Boolean).join(" · ");
};

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
  // While the vault is closed there is one way on, the form; two buttons would compete.
  save.hidden = view?.screen !== "accounts" || offer.standing === "known";
  return card;
};

/** @param {AccountView} account */
const accountCard = (account) => {
  const card = fromTemplate("account-template");
  card.dataset.account = account.id;
  card.dataset.wanted = String(account.wanted);
  label(card, account);
  part(card, ".unconfirmed").hidden = account.confirmed;
  const code = part(card, ".code");
  code.textContent = account.code;
  code.setAttribute("aria-label", say("copyCode", account.code));
  const countdown = part(card, ".countdown");
  countdown.hidden = account.periodMs === 0;
  countdown.style.animationDuration = `${account.periodMs}ms`;
  countdown.style.animationDelay = `${account.leftMs - account.periodMs}ms`;
  return card;
};

/** Bits that a guesser has to try, very roughly: the length counts, and the kinds of characters a little. */
const strength = (/** @type {string} */ text) => {
  const kinds = [/[a-zæøå]/, /[A-ZÆØÅ]/, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(text)).length;
  const distinct = new Set(text).size;
  const score = Math.min(text.length, distinct * 2) + 2 * (kinds - 1);
  return text.length < 8 ? 0 : score < 11 ? 1 : score < 15 ? 2 : score < 20 ? 3 : 4;
};

passphrase.addEventListener("input", () => {
  const score = strength(passphrase.value);
  byId("strength-meter", HTMLMeterElement).value = score;
  byId("strength-text", HTMLElement).textContent = passphrase.value ? say(`strength_${score}`) : "";
});

byId("unlock", HTMLFormElement).addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = byId("submit", HTMLButtonElement);
  button.disabled = true;
  show("progress", true);
  const save = view?.offers.find((offer) => offer.standing === "new")?.id;
  try {
    await request({ kind: view?.screen === "firstRun" ? "create" : "unlock", save }, take(passphrase));
  } finally {
    button.disabled = false;
    show("progress", false);
    byId("strength-text", HTMLElement).textContent = "";
    if (view?.screen !== "accounts") passphrase.focus();
  }
});

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target.closest("[data-action]") : null;
  if (!(target instanceof HTMLElement)) return;
  const offer = target.closest("[data-offer]")?.getAttribute("data-offer") ?? "";
  switch (target.dataset.action) {
    case "lock":
      return request({ kind: "lock" });
    case "save":
      return request({ kind: "save", offer, replace: target.dataset.replace === "true" });
    case "dismiss":
      return request({ kind: "dismiss", offer });
    case "reveal": {
      const shown = passphrase.type === "password";
      passphrase.type = shown ? "text" : "password";
      target.setAttribute("aria-pressed", String(shown));
      return;
    }
    case "copy":
      await navigator.clipboard.writeText((target.textContent ?? "").replaceAll(" ", ""));
      notice.dataset.notice = "copied";
      notice.textContent = say("copied");
      return;
    case "scan":
      return scanTab(target);
  }
});

/** @param {HTMLElement} button */
const scanTab = async (button) => {
  button.setAttribute("aria-busy", "true");
  // The scanner gets ready while the browser takes the picture.
  const worker = new Worker(new URL("../scan-worker.js", import.meta.url), { type: "module" });
  try {
    const picture = await chrome.tabs.captureVisibleTab({ format: "png" });
    const { payloads, error } = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = reject;
      worker.postMessage({ picture });
    });
    if (error) return tell("scanFailed");
    if (payloads.length === 0) return tell("noQr");
    await request({ kind: "offer" }, payloads[0]);
  } catch {
    tell("cannotCapture");
  } finally {
    worker.terminate();
    button.removeAttribute("aria-busy");
  }
};

const start = async () => {
  ready();
  const spoken = speak();
  const [front] = await chrome.tabs.query({ active: true, currentWindow: true });
  tab = { id: front?.id, url: front?.url };
  const reply = await ask({ kind: "show" }, tab);
  await spoken;
  paint(reply);
  if (view?.screen === "firstRun" || view?.screen === "locked") passphrase.focus();
};

start();
