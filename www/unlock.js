// A window of its own for Windows Hello and security keys: the browser's dialog takes the
// focus, and a popup would close under it.
import { ask, ready } from "../core.js";
import { door } from "./door.js";
import { byId, say, show, speak } from "./page.js";

const notice = byId("notice", HTMLElement);

/** @param {string} [key] */
const tell = (key) => {
  notice.dataset.notice = key ?? "";
  notice.textContent = key ? say(`notice_${key}`) : "";
};

const entrance = door(
  byId("door", HTMLElement),
  async (kind, id, bytes) => {
    const reply = await ask(
      kind === "passphrase" ? { unlock: { save: undefined } } : kind === "recovery" ? { unlockByRecovery: { save: undefined } } : kind === "key" ? { unlockByKey: { door: id ?? "", save: undefined } } : { unlockByDevice: { save: undefined } },
      {},
      bytes,
    );
    paint(reply);
  },
  tell,
);

/** @param {import("../core/tofaktor.js").Reply} reply */
const paint = ({ view, notice: key }) => {
  document.body.dataset.screen = view.screen;
  tell(key ?? undefined);
  const locked = view.screen === "locked";
  show("door", locked);
  show("done", view.screen === "accounts");
  if (locked) entrance.paint({ purpose: "unlock", doors: view.doors, waitMs: view.waitMs });
  else {
    entrance.clear();
    // Pages that waited for this look again by themselves when they come to the front.
    if (view.screen === "accounts") setTimeout(() => close(), 900);
  }
  document.body.dataset.ready = "true";
};

const start = async () => {
  await Promise.all([ready(), speak()]);
  document.title = say("unlockTitle");
  paint(await ask("show", {}));
  entrance.focus();
};

start();
