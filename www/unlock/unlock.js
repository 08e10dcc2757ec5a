// A window of its own for Windows Hello and security keys: the browser's dialog takes the
// focus, and a popup would close under it.
import { ask, ready } from "../../core.js";
import { comingIn, unlockForm } from "../shared/unlock-form.js";
import { openManager } from "../shared/download.js";
import { tell } from "../shared/notice.js";
import { byId, say, show, speak } from "../shared/page.js";

const entrance = unlockForm(byId("unlock-form", HTMLElement), async (kind, id, bytes) => paint(await ask(comingIn(kind, id, false, []), {}, bytes)), tell);

/** @param {import("../../core/tofaktor.js").Reply} reply */
const paint = ({ view, notice: key }) => {
  document.body.dataset.screen = view.screen;
  tell(key ?? undefined);
  if (view.screen === "recovery") openManager("recovery");
  const locked = view.screen === "locked";
  show("unlock-form", locked);
  show("done", view.screen === "accounts");
  if (locked) entrance.paint({ purpose: "unlock", unlockMethods: view.unlockMethods, waitMs: view.waitMs });
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
  // One press has led here already.
  entrance.askKey();
};

start();
