// One code in a window of its own, for the sign-in dialogs of other programs, which no extension reaches. It stays in front
// where the browser can keep it there, and is gone when the vault is locked, or after two minutes.
import { ask, ready } from "../../core.js";
import { byId, say, show, speak } from "../shared/page.js";

const LIFE_MS = 2 * 60 * 1000;
const SECOND_MS = 1000;

/** Of which account: `AccountView.id`. */
const wanted = location.hash.slice(1);

/** Which of them may be called, and by a press alone. @type {{ requestWindow: (size: { width: number, height: number }) => Promise<Window> } | undefined} */
const floating = Reflect.get(globalThis, "documentPictureInPicture");

const [card, of, code, left] = ["card", "of", "code", "left"].map((id) => byId(id, HTMLElement));

/** @type {ReturnType<typeof setTimeout> | undefined} */
let ticking;

/** What it shows now, and when that ends; looking is no use of the vault, and does not keep it open. */
const paint = async () => {
  const { view } = await ask("refresh", {});
  const account = view.accounts.find(({ id }) => id === wanted);
  if (!account) return close();
  of.textContent = [account.issuer, account.name].filter(Boolean).join(": ");
  code.textContent = account.code;
  if (account.leftMs > 0) tick(Date.now() + account.leftMs);
};

/** @param {number} until */
const tick = (until) => {
  clearTimeout(ticking);
  const ms = until - Date.now();
  if (ms <= 0) return void paint();
  left.textContent = say("onTopLeft", Math.ceil(ms / SECOND_MS));
  ticking = setTimeout(() => tick(until), ms % SECOND_MS || SECOND_MS);
};

/** The same card, in a window above all others; its opener has nothing left to show. */
const float = async () => {
  const window = await floating?.requestWindow({ width: 320, height: 150 });
  if (!window) return;
  const { document: there } = window;
  there.documentElement.lang = document.documentElement.lang;
  for (const { href } of document.querySelectorAll("link")) there.head.append(Object.assign(there.createElement("link"), { rel: "stylesheet", href }));
  there.title = document.title;
  there.body.classList.add("floating");
  there.body.append(card);
  show("keep", false);
  show("beside", true);
  window.addEventListener("pagehide", () => close());
};

chrome.storage.session.onChanged.addListener((changes) => {
  if (changes["v1.key"] && !changes["v1.key"].newValue) close();
});
setTimeout(() => close(), LIFE_MS);
byId("keep", HTMLElement).addEventListener("click", float);

const start = async () => {
  await Promise.all([ready(), speak()]);
  document.title = say("onTop");
  show("keep", floating !== undefined);
  await paint();
  document.body.dataset.ready = "true";
};

start();
