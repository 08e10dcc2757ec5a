// When it locks by itself, and what it clears.
import { WANTED, mayClear } from "../../clipboard.js";
import { byId, h, part, repaint, say } from "../shared/page.js";

/** @param {number} minutes */
const sayIdle = (minutes) => {
  if (minutes === 0) return say("idleClosed");
  return minutes < 60 ? say("idleMinutes", minutes) : say("idleHours", minutes / 60);
};

/** @param {import("./desk.js").Desk} desk @returns {import("./desk.js").Section} */
export const locking = (desk) => {
  const idle = byId("idle", HTMLSelectElement);
  const withComputer = byId("lock-with-computer", HTMLInputElement);
  // Firefox does not tell that the computer was locked.
  part(document, "label:has(#lock-with-computer)").hidden = !("LOCKED" in chrome.idle.IdleState);
  idle.addEventListener("change", () => desk.set({ setIdle: { minutes: Number(idle.value) } }));
  withComputer.addEventListener("change", () => desk.set({ setLockWithComputer: { on: withComputer.checked } }));

  const clears = byId("clear-clipboard", HTMLInputElement);
  const follow = async () => (clears.checked = await mayClear());
  clears.addEventListener("change", async () => {
    // In the turn of the person's click, or the browser does not ask.
    const change = clears.checked ? chrome.permissions.request : chrome.permissions.remove;
    await change({ permissions: WANTED }).catch(() => {});
    await follow();
  });
  return {
    paint: (_, settings) => {
      follow();
      repaint(idle, ...settings.idleChoices.map((minutes) => h("option", { value: String(minutes) }, sayIdle(minutes))));
      idle.value = String(settings.idleMinutes);
      withComputer.checked = settings.lockWithComputer;
    },
  };
};
