// An import, a restore and a sync, cut short by a kill -9 of the browser: all of it is there afterwards or nothing, and it
// can be done again. The first kill comes at once, the last when the deed is done; between them a third come the moment that
// the first record reaches the store, before the others have, and the rest spread over the time that it takes undisturbed.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discard } from "./harness.mjs";
import { PASSPHRASE, accounts, open } from "./ui-rig.mjs";

/**
 * @typedef {Awaited<ReturnType<typeof open>>} Rig
 * @typedef {object} Deed
 * @property {(rig: Rig) => Promise<unknown>} prepare
 * @property {(text: string, words: string) => Promise<unknown>} run in a page of the extension's
 * @property {(rig: Rig) => Promise<"before" | "after">} state throws if it is neither
 * @property {string} area where the first write tells that it is in the middle
 */

const OLD = 8;
const NEW = 24; // accounts() repeats its secrets after 32
const ALL = accounts(OLD + NEW);

/** @param {Rig} rig */
const some = async (rig) => {
  await rig.reset();
  await rig.fill(ALL.slice(0, OLD), { createOpen: {} });
};

/** @param {string} text */
const importAll = async (text) => {
  /** @type {(path: string) => Promise<any>} */
  const load = (path) => import(path);
  const { read } = await load("/www/shared/reading.js");
  const { exchange } = await load("/core.js");
  const { entries, count } = await read(new TextEncoder().encode(text), "", new AbortController().signal);
  return exchange({ take: { choices: Array(count).fill("add") } }, entries);
};

/** @param {Rig} rig @param {string | Record<string, unknown>} request @param {string} [bytes] */
const counted = async (rig, request, bytes) => (await rig.ask(request, bytes)).view.accounts.length;
/** @param {number} count @param {number} before @param {number} after @returns {"before" | "after"} */
const either = (count, before, after) => {
  if (count !== before && count !== after) throw new Error(`${count} accounts`);
  return count === before ? "before" : "after";
};

/** @type {Record<string, Deed>} */
const DEEDS = {
  import: {
    area: "local",
    prepare: some,
    run: importAll,
    state: async (rig) => either(await counted(rig, { unlock: { by: "device" } }), OLD, OLD + NEW),
  },
  restore: {
    area: "local",
    prepare: (rig) => rig.reset(),
    // The passphrase preceded by its length, and what was read, as www/shared/importer.js frames it.
    run: async (base64, words) => {
      /** @type {(path: string) => Promise<any>} */
      const load = (path) => import(path);
      const { read } = await load("/www/shared/reading.js");
      const { exchange } = await load("/core.js");
      const { entries } = await read(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)), words, new AbortController().signal);
      const passphrase = new TextEncoder().encode(words);
      const whole = new Uint8Array(4 + passphrase.length + entries.length);
      new DataView(whole.buffer).setUint32(0, passphrase.length, true);
      whole.set(passphrase, 4);
      whole.set(entries, 4 + passphrase.length);
      return exchange("restore", whole);
    },
    state: async (rig) => {
      const { view } = await rig.ask("show");
      if (view.screen === "firstRun") return "before";
      return either(await counted(rig, { unlock: {} }, PASSPHRASE), NaN, OLD + NEW);
    },
  },
  sync: {
    area: "sync",
    prepare: async (rig) => {
      await (await rig.desk()).evaluate(() => chrome.storage.sync.clear());
      await some(rig);
      await rig.put("session", { proved: String(Date.now()) });
      await rig.ask("addPassphrase", PASSPHRASE, "manage");
      const { notice } = await rig.ask("syncOn", PASSPHRASE, "exchange");
      if (notice !== "syncBegun") throw new Error(notice);
    },
    // The new accounts are saved, and then synced, by the page and by the worker that hears of the save.
    run: async (text) => {
      await importAll(text);
      /** @type {(path: string) => Promise<any>} */
      const load = (path) => import(path);
      const { exchange } = await load("/core.js");
      return exchange("syncNow");
    },
    state: async (rig) => {
      const state = either(await counted(rig, { unlock: { by: "device" } }), OLD, OLD + NEW);
      const { view } = await rig.ask("syncNow", "", "exchange");
      const items = await (await rig.desk()).evaluate(async () => Object.keys(await chrome.storage.sync.get(null)).length);
      if (view.sync.state !== "on" || items !== (state === "before" ? OLD : OLD + NEW) + 1) throw new Error(`${view.sync.state}, ${items} items`);
      return state;
    },
  },
};

/** What the deed is given: a backup of all accounts, or a list of the new ones. @param {Rig} rig @param {string} name */
const input = async (rig, name) => {
  if (name !== "restore") return ALL.slice(OLD).join("\n");
  await rig.reset();
  await rig.fill(ALL);
  return (await rig.desk()).evaluate(async () => {
    const { exchange } = await import(chrome.runtime.getURL("core.js"));
    const { out } = await exchange("saveBackup");
    return btoa(String.fromCharCode(...out.file.bytes));
  });
};

/**
 * @param {string} name of the deed
 * @param {number} kills
 * @returns {Promise<{ kills: number, before: number, after: number, toString: () => string }>} in which state each was found
 */
export const cutShort = async (name, kills) => {
  const deed = DEEDS[name];
  if (!deed) throw new Error(`no ${name}`);
  const profile = await mkdtemp(join(tmpdir(), "tofaktor-cut-short-"));
  let rig = await open({ profile });
  try {
    const text = await input(rig, name);
    const found = { before: 0, after: 0 };
    const begin = async () => (await rig.desk()).evaluate(`(async () => { const importAll = ${importAll}; await (${deed.run})(${JSON.stringify(text)}, ${JSON.stringify(PASSPHRASE)}); })()`);
    await deed.prepare(rig);
    const began = performance.now();
    await begin();
    const whole = performance.now() - began;
    if ((await deed.state(rig)) !== "after") throw new Error(`${name}: undisturbed it does not end`);

    for (let kill = 0; kill < kills; kill++) {
      await deed.prepare(rig);
      const watcher = await rig.browser.newPage();
      let wrote = () => {};
      /** @type {Promise<void>} */
      const written = new Promise((resolve) => (wrote = resolve));
      await watcher.exposeFunction("wrote", wrote);
      await watcher.goto(rig.url("manifest.json"));
      await watcher.evaluate((area) => {
        /** @type {any} */ (chrome.storage)[area].onChanged.addListener((/** @type {object} */ changes) => {
          if (Object.keys(changes).some((key) => /^(v1\.[ab]|s1\.[0-9a-f]+)$/.test(key))) /** @type {any} */ (globalThis).wrote();
        });
      }, deed.area);
      const done = begin();
      done.catch(() => {}); // the others do not end
      const last = kill === kills - 1;
      if (last) await done;
      else if (kill % 3 === 1) await written;
      else if (kill > 0) await new Promise((resolve) => setTimeout(resolve, (whole * kill) / kills));
      await rig.kill();
      rig = await open({ profile });
      const state = await deed.state(rig);
      if (last && state !== "after") throw new Error(`${name}: done, and lost`);
      found[state] += 1;
      // And again, to its end.
      if ((await rig.ask("show")).view.accounts.length < OLD + NEW) await begin();
      if ((await deed.state(rig)) !== "after") throw new Error(`${name}: cut short, it cannot be done again`);
    }
    return { kills, ...found, toString: () => `${name}: ${kills} kills of the browser, found as before ${found.before}, done ${found.after}, in between 0` };
  } finally {
    await rig.close();
    await discard(profile);
  }
};
