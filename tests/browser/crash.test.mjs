// A module of ours that crashes names its line in the diagnostics and nothing else, gives back its locks, and is made anew.
// What makes it crash is real: a list of bytes that says it has more of them than a memory can hold.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { PASSPHRASE, open } from "./ui-rig.mjs";

const SECRET = "jbswy3dpehpk3pxpmfrggzdf";
const NAME = "canary.kari@skole.example";
const HOST = "mysignins.microsoft.com";
const CANARIES = [SECRET, NAME, "canary", "skole", HOST, "microsoft", PASSPHRASE, "fire glade"];

/** @type {Awaited<ReturnType<typeof open>>} */
let rig;
before(async () => {
  rig = await open();
});
after(() => rig.close());
beforeEach(async () => {
  await rig.reset();
  await rig.ask({ create: {} }, PASSPHRASE);
  await rig.ask("addPending", `otpauth://totp/Contoso:${NAME}?secret=${SECRET}&issuer=Microsoft`);
});

/** Calls the core as its pages do; how the call ended. @param {string} how @param {unknown} request */
const crash = async (how, request) =>
  (await rig.desk()).evaluate(
    async (how, request, host, core) => {
      const all = await import(core);
      const never = /** @type {any} */ ({ length: 2 ** 31, fill() {} });
      const sender = { id: chrome.runtime.id, origin: `https://${host}`, url: `https://${host}/x`, frameId: 0, documentId: "a document", tab: { id: 7, active: true } };
      Object.assign(chrome.tabs, { get: async () => ({ id: 7, url: sender.url }) });
      const calls = {
        ask: () => all.ask(request, { id: 7, url: sender.url }, never),
        manage: () => all.manage(request, never),
        exchange: () => all.exchange(request, never),
        check: async () => all.check(request, never),
        // Not in the call itself but going on: a promise that is kept before anybody waits for it.
        captured: () => all.captured(["data:image/png;base64,"], sender, () => Object.assign(Promise.resolve(), { then: (/** @type {(found: unknown) => void} */ kept) => kept([]) })),
      };
      return calls[/** @type {keyof typeof calls} */ (how)]().then(
        () => "well",
        () => "crashed",
      );
    },
    how,
    /** @type {any} */ (request),
    HOST,
    rig.url("core.js"),
  );

const crashes = async () => {
  const desk = await rig.desk();
  await desk.evaluate(async (path) => (await import(path)).kept(), rig.url("crash.js"));
  const { view } = await rig.ask("show", "", "manage");
  return { places: JSON.parse(view.diagnostics).crashes, text: view.diagnostics };
};

const draft = { name: NAME, issuer: "Contoso", algorithm: "SHA1", digits: 6, period: 30, counter: 0 };
for (const [how, request] of /** @type {const} */ ([
  ["ask", { enter: { draft } }],
  ["manage", "show"],
  ["exchange", "show"],
  ["check", draft],
  ["captured", undefined],
]))
  test(`a crash in ${how} names its line, tells nothing else, and the next request is answered`, async () => {
    assert.equal(await crash(how, request), "crashed");
    const { places, text } = await crashes();
    assert.equal(places.length, 1);
    assert.match(places[0], /^[\w./-]+\.rs:\d+$/);
    for (const canary of CANARIES) assert.ok(!text.includes(canary), canary);
    // The lock of the vault is free, and what was there is there.
    const { view } = await rig.ask({ enter: { draft } }, SECRET);
    assert.deepEqual(view.accounts.map((/** @type {{ name: string }} */ { name }) => name), [NAME]);
    // As often as it may happen.
    for (let at = 0; at < 10; at++) assert.equal(await crash(how, request), "crashed");
    assert.equal((await crashes()).places.length, 8);
  });

test("what is thrown at the core ends that request and no other", async () => {
  const desk = await rig.desk();
  const told = await desk.evaluate(
    async (host, core) => {
      const { captured } = await import(core);
      const sender = { id: chrome.runtime.id, origin: `https://${host}`, url: `https://${host}/x`, frameId: 0, documentId: "a document", tab: { id: 7, active: true } };
      Object.assign(chrome.tabs, { get: async () => ({ id: 7, url: sender.url }) });
      return captured(["data:image/png;base64,"], sender, async () => [-1]).then(
        () => "well",
        () => "crashed",
      );
    },
    HOST,
    rig.url("core.js"),
  );
  assert.equal(told, "crashed");
  assert.equal((await rig.ask("show")).view.screen, "accounts");
});

test("of the pictures that a page hands over at once, eight are scanned", async () => {
  const desk = await rig.desk();
  const scanned = await desk.evaluate(
    async (host, core) => {
      const { captured } = await import(core);
      const sender = { id: chrome.runtime.id, origin: `https://${host}`, url: `https://${host}/x`, frameId: 0, documentId: "a document", tab: { id: 7, active: true } };
      Object.assign(chrome.tabs, { get: async () => ({ id: 7, url: sender.url }) });
      /** @type {string[]} */
      const scanned = [];
      const pictures = Array.from({ length: 10 }, (_, at) => `data:image/png;base64,${at}`);
      await captured(pictures, sender, async (/** @type {string} */ picture) => {
        scanned.push(picture.slice(-1));
        return [];
      });
      return scanned.join("");
    },
    HOST,
    rig.url("core.js"),
  );
  assert.equal(scanned, "01234567");
});

test("a crash in the reader names its line", async () => {
  const desk = await rig.desk();
  const told = await desk.evaluate(async (path) => {
    const { default: init, readFile } = await import(path);
    await init({ module_or_path: path.replace(".js", "_bg.wasm") });
    try {
      readFile({ length: 2 ** 31 }, new Uint8Array(), new Uint8Array());
      return "well";
    } catch (error) {
      return error instanceof WebAssembly.RuntimeError ? "crashed" : String(error);
    }
  }, rig.url("core/reader.js"));
  assert.equal(told, "crashed");
  assert.match((await crashes()).places.join(), /^[\w./-]+\.rs:\d+$/);
});

test("a crash in the scanner names its line", async () => {
  const desk = await rig.desk();
  const places = await desk.evaluate(async (path) => {
    const module = await WebAssembly.compileStreaming(fetch(path));
    /** @type {string[]} */
    const places = [];
    /** @type {any} */
    const scanner = new WebAssembly.Instance(module, {
      picture: {
        rows() {},
        column() {},
        /** @param {number} at @param {number} length @param {number} line */
        crashed: (at, length, line) => places.push(`${new TextDecoder().decode(new Uint8Array(scanner.memory.buffer, at, length))}:${line}`),
      },
    }).exports;
    try {
      scanner.room(2 ** 31);
    } catch {
      // It has trapped.
    }
    return places;
  }, rig.url("core/scanner.wasm"));
  assert.match(places.join(), /^[\w./-]+\.rs:\d+$/);
});
