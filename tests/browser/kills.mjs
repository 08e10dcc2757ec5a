// The worker and the whole browser, killed while they save, at moments that vary: what was acknowledged must be there.
//
// The vault is saved in a loop. Around each save two marks are written beside it, in two calls: `begun` and `ended`.
// Marks that differ afterwards say that the kill came in the middle of a save, and they are the control too: a
// store that took two calls for one change would have been torn just as often.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyed, stop } from "./chromium.mjs";
import { discard } from "./harness.mjs";
import { accounts, open } from "./ui-rig.mjs";
import { evaluateInside, reachWorker } from "./worker.mjs";

/** @typedef {Awaited<ReturnType<typeof open>>} Rig */

/** Accounts in the vault, so that a save has something to write. */
const ACCOUNTS = 40;
/** Saves that must have been acknowledged before the kill comes, and how long after the last of them it does. */
const BEFORE = 3;
const moment = (/** @type {number} */ kill) => (kill * 37) % 83;
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What became of a vault that was killed while it saved. */
class Tally {
  tried = 0;
  inTheMiddle = 0;
  saves = 0;
  lost = 0;
  torn = 0;
  /** The number that the account is called by. */
  reached = 0;
  /** Copies mended so far. */
  #mended = 0;

  /** @param {string} what @param {string} account the one that is renamed */
  constructor(what, account) {
    this.what = what;
    this.account = account;
  }

  /** Is what was acknowledged there, and was every copy whole? @param {Rig} rig @param {number} acknowledged */
  async examine(rig, acknowledged) {
    const desk = await rig.desk();
    const { begun, ended } = await desk.evaluate(() => chrome.storage.local.get(["begun", "ended"]));
    const { view, notice } = await rig.ask({ unlock: { by: "device" } });
    const { view: settings } = await rig.ask("show", "", "manage");
    const { local_mended: local, mirror_mended: mirror } = JSON.parse(settings.diagnostics).mended;
    const kept = view.accounts.find((/** @type {{ id: string }} */ { id }) => id === this.account);
    const name = Number(kept?.name.replace(/^save /, ""));
    this.tried += 1;
    this.saves += acknowledged - this.reached;
    if (begun !== ended) this.inTheMiddle += 1;
    if (!(name >= acknowledged) || view.accounts.length !== ACCOUNTS) {
      this.lost += 1;
      console.log(`${this.what}: ${kept?.name} of ${acknowledged}, ${view.accounts.length} accounts, ${view.screen}, ${notice}`);
    }
    if (!(local + mirror <= this.#mended)) this.torn += 1;
    this.#mended = local + mirror;
    this.reached = name;
  }

  toString() {
    const { what, tried, inTheMiddle, saves, lost, torn } = this;
    return `${what}: ${tried} tried, ${inTheMiddle} of them in the middle of a save, ${saves} saves acknowledged; ${torn} torn, ${lost} lost`;
  }
}

/** A vault that opens without typing, and the account that is renamed again and again. @param {Rig} rig */
const prepare = async (rig) => {
  await rig.reset();
  await rig.fill(accounts(ACCOUNTS), { createOpen: {} });
  const { view } = await rig.ask("show");
  const [{ id }] = view.accounts;
  await rig.ask({ rename: { account: id, name: "save 0" } });
  return id;
};

/**
 * Runs in a page or in the worker: saves until it is killed, and says so each time, or why it cannot.
 * @param {(request: object, tab: object) => Promise<{ notice?: string }>} ask
 * @param {string} account
 * @param {number} from
 */
const keepSaving = async (ask, account, from) => {
  const channel = new BroadcastChannel("saved");
  try {
    for (let number = from; ; number++) {
      await chrome.storage.local.set({ begun: number });
      const { notice } = await ask({ rename: { account, name: `save ${number}` } }, {});
      if (notice) throw new Error(notice);
      channel.postMessage(number);
      await chrome.storage.local.set({ ended: number });
    }
  } catch (error) {
    channel.postMessage(`${error}`);
  }
};

/** @param {string} ask @param {Tally} tally */
const saving = (ask, { account, reached }) => `(${keepSaving})(${ask}, ${JSON.stringify(account)}, ${reached + 1})`;

/**
 * What Chromium now and then says to the calls of a worker that has come after one that was killed, as if it were that one. At
 * times it says nothing at all, and stops the worker half a minute later as idle. Either way its saving has ended, as by a kill.
 */
const LOST = "Error: No SW";

/** What has been heard of the saves. */
class Heard {
  acknowledged = 0;
  /** Why there will be no more of them. @type {string | undefined} */
  ended;
  #wake = () => {};

  /** @param {number | string} news */
  hear(news) {
    if (typeof news === "number") this.acknowledged = news;
    else this.ended = news;
    this.#wake();
  }

  /** @param {number} from */
  async enough(from) {
    while (this.acknowledged < from + BEFORE) {
      if (this.ended === LOST) return;
      if (this.ended) throw new Error(`After ${this.acknowledged} saves: ${this.ended}`);
      await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
    }
  }
}

/** Hears of each save, in a page that does nothing else. @param {Rig} rig */
const listen = async (rig) => {
  const heard = new Heard();
  const page = await rig.browser.newPage();
  await page.exposeFunction("heard", (/** @type {number | string} */ news) => heard.hear(news));
  await page.goto(rig.url("manifest.json"));
  await page.evaluate(() => {
    new BroadcastChannel("saved").onmessage = ({ data }) => /** @type {any} */ (globalThis).heard(data);
  });
  return heard;
};

/** @param {number} kills @returns {Promise<Tally>} */
export const killBrowser = async (kills) => {
  const profile = await mkdtemp(join(tmpdir(), "tofaktor-kills-"));
  let rig = await open({ profile });
  try {
    const tally = new Tally("kill -9 of the browser", await prepare(rig));
    for (let kill = 0; kill < kills; kill++) {
      const heard = await listen(rig);
      const desk = await rig.desk();
      // It never ends by itself.
      desk.evaluate(`import("/core.js").then(({ ask }) => ${saving("ask", tally)})`).catch(() => {});
      await heard.enough(tally.reached);
      await pause(moment(kill));
      await rig.kill();
      const { acknowledged } = heard;
      rig = await open({ profile });
      await tally.examine(rig, acknowledged);
    }
    return tally;
  } finally {
    await rig.close();
    await discard(profile);
  }
};

/** @param {number} kills @returns {Promise<Tally>} */
export const killWorker = async (kills) => {
  const rig = await open();
  try {
    const tally = new Tally("kill of the worker", await prepare(rig));
    const heard = await listen(rig);
    for (let kill = 0; kill < kills; kill++) {
      const { session, target } = await reachWorker(rig);
      let isOver = false;
      const ended = new Promise((resolve) => rig.browser.on("targetdestroyed", (each) => each === target && resolve((isOver = true))));
      heard.ended = undefined;
      await evaluateInside(rig, session, `void ${saving("ask", tally)}`);
      await session.detach();
      await Promise.race([heard.enough(tally.reached), ended]);
      await pause(moment(kill));
      if (!isOver) {
        const gone = destroyed(rig.browser, target);
        await stop(target);
        await gone;
      }
      await tally.examine(rig, heard.acknowledged);
    }
    return tally;
  } finally {
    await rig.close();
  }
};
