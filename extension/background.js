// The worker answers content scripts. It may be stopped after any line and keeps nothing:
// listeners are attached in the first turn, everything else is in storage.
import { answer, expire, forget } from "./core.js";

chrome.runtime.onMessage.addListener((message, sender, reply) => {
  answer(message, sender).then(reply, () => reply(undefined));
  return true;
});

chrome.alarms.onAlarm.addListener((alarm) => {
  if (alarm.name === "lock") expire();
});

chrome.tabs.onRemoved.addListener((tab) => {
  forget(tab);
});

// Content scripts have no business in our storage, not even in the sealed part (Chromium; Firefox has no such switch).
chrome.storage.local.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });
