// After the lock, the Wasm memory of the pages and of the worker holds no passphrase, no vault key and no secret.
// Before it, in the middle of a request, the same search finds them: so it can find.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { both, spellings } from "./disk.mjs";
import { PASSPHRASE, open } from "./ui-rig.mjs";
import { evaluateInside, reachWorker } from "./worker.mjs";

/** @typedef {import("puppeteer-core").CDPSession} CDPSession */

const SECRET = "jbswy3dpehpk3pxpmfrggzdf";
const SECRET_BYTES = Buffer.from("48656c6c6f21deadbeef6162636465", "hex");
const URI = `otpauth://totp/Contoso:kari@skole.example?secret=${SECRET}&issuer=Microsoft`;

/** @type {Awaited<ReturnType<typeof open>>} */
let rig;
before(async () => {
  rig = await open();
  await rig.reset();
});
after(() => rig.close());

/** @typedef {{ session: CDPSession, objectId: string }} Memories */

/**
 * Every Wasm memory of a page or worker that has loaded the core, while it is at rest.
 * @param {CDPSession} session
 * @returns {Promise<Memories>}
 */
const memoriesOf = async (session) => {
  const { result: prototype } = await session.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: prototype.objectId ?? "" });
  return { session, objectId: objects.objectId ?? "" };
};

/**
 * Names of what is found in them, and how many bytes were looked through.
 * @param {Memories} memories
 * @param {[string, Buffer][]} needles
 * @returns {Promise<{ hits: string[], bytes: number }>}
 */
const search = async ({ session, objectId }, needles) => {
  // Decoded one byte to one character, here and there by the same decoder, it is searched by the engine itself.
  const look = function (/** @type {[string, number[]][]} */ needles) {
    // @ts-ignore: it is called on what was found
    const memories = /** @type {WebAssembly.Memory[]} */ (this);
    const hits = [];
    let bytes = 0;
    for (const { buffer } of memories) {
      bytes += buffer.byteLength;
      const text = new TextDecoder("latin1").decode(buffer);
      for (const [name, needle] of needles) if (text.includes(new TextDecoder("latin1").decode(new Uint8Array(needle)))) hits.push(name);
    }
    return { hits, bytes };
  };
  const { result } = await session.send("Runtime.callFunctionOn", {
    objectId,
    functionDeclaration: `${look}`,
    arguments: [{ value: needles.map(([name, bytes]) => [name, [...bytes]]) }],
    returnByValue: true,
  });
  return result.value;
};

/** The vault key, as its bytes and as the text in session storage. @returns {Promise<[string, Buffer][]>} */
const vaultKey = async () => {
  const desk = await rig.desk();
  const text = await desk.evaluate(async () => String((await chrome.storage.session.get("v1.key"))["v1.key"]));
  return [["the vault key", Buffer.from(text, "base64")], ...both("the vault key in base64", text)];
};
const passphrase = both("the passphrase", PASSPHRASE);
const secret = spellings(SECRET_BYTES);

/** Whatever a request does until it needs the lock, it has done, and there it waits. */
const holdLock = async () => {
  const desk = await rig.desk();
  await desk.evaluate(
    () =>
      new Promise((held) => {
        navigator.locks.request("vault", () => new Promise((release) => {
          Object.assign(globalThis, { release });
          held(undefined);
        }));
      }),
  );
};
/**
 * Looks until all of these are found at once, which they are no later than when the request has come to the lock.
 * @param {Memories} memories
 * @param {[string, Buffer][]} needles
 * @param {string[]} names
 */
const finds = async (memories, needles, names) => {
  for (;;) {
    const { hits } = await search(memories, needles);
    if (names.every((name) => hits.includes(name))) return;
    // Each look is an interruption: without a pause nothing else would get its turn.
    await new Promise((resolve) => setTimeout(resolve, 7));
  }
};
const releaseLock = async () => (await rig.desk()).evaluate(() => /** @type {any} */ (globalThis).release());

test("a page: found while it works, gone after the lock", async () => {
  const page = await rig.page("www/popup/popup.html");
  const session = await page.createCDPSession();
  await session.send("Runtime.enable");
  const memories = await memoriesOf(session);
  /** @param {object | string} request @param {string} [bytes] */
  const begin = (request, bytes = "") => page.evaluate(`import("/core.js").then(({ ask }) => ask(${JSON.stringify(request)}, {}, new TextEncoder().encode(${JSON.stringify(bytes)}))); undefined`);
  await rig.ask({ createOpen: {} });

  // The key that was read, waiting for the lock; then a secret that was typed; then the passphrase.
  await holdLock();
  await begin({ enter: { draft: { name: "kari", issuer: "Microsoft", algorithm: "SHA1", digits: 6, period: 30, counter: 0 } } }, SECRET);
  const key = await vaultKey();
  await finds(memories, [...key, ...secret], ["the vault key", "raw"]);
  await releaseLock();
  await page.waitForFunction(async () => (await navigator.locks.query()).held?.length === 0 && (await navigator.locks.query()).pending?.length === 0, { polling: 20 });

  await rig.put("session", { proved: String(Date.now()) });
  await rig.ask("addPassphrase", PASSPHRASE, "manage");
  await rig.ask("lock");
  await holdLock();
  await begin({ unlock: {} }, PASSPHRASE);
  await finds(memories, passphrase, ["the passphrase"]);
  await releaseLock();
  await page.waitForFunction(async () => Boolean((await chrome.storage.session.get("v1.key"))["v1.key"]), { polling: 20 });

  // Shown, copied, changed, locked: as a person would.
  const same = await vaultKey();
  for (const request of ["show", "refresh", "addPending"]) {
    await page.evaluate(`import("/core.js").then(({ ask }) => ask(${JSON.stringify(request)}, {}, new TextEncoder().encode(${JSON.stringify(request === "addPending" ? URI : "")})))`);
  }
  await page.evaluate(`import("/core.js").then(({ ask }) => ask("lock", {}))`);
  const { hits, bytes } = await search(memories, [...key, ...same, ...passphrase, ...secret]);
  console.log(`Wasm memory of a page after the lock: ${bytes} bytes searched for ${key.length + passphrase.length + secret.length} spellings, ${hits.length} hits`);
  assert.ok(bytes > 0);
  assert.deepEqual(hits, []);
  await page.close();
});

test("the worker: the same", async () => {
  await rig.ask({ unlock: {} }, PASSPHRASE);
  const key = await vaultKey();
  const { view } = await rig.ask("show");
  const rename = { rename: { account: view.accounts[0].id, name: "Kari" } };
  const { session } = await reachWorker(rig);
  await session.send("Runtime.enable");
  await evaluateInside(rig, session, `Object.assign(globalThis, { ask, busy: true })`);
  /** @param {string} expression */
  const run = (expression) => session.send("Runtime.evaluate", { expression, awaitPromise: true });

  await run(`ask("show", {})`);
  const memories = await memoriesOf(session);
  const working = run(`(async () => { while (busy) await ask(${JSON.stringify(rename)}, {}); })()`);
  await finds(memories, key, ["the vault key"]);
  await run("busy = false");
  await working;
  await run(`ask("lock", {})`);
  const { hits, bytes } = await search(memories, [...key, ...passphrase, ...secret]);
  console.log(`Wasm memory of the worker after the lock: ${bytes} bytes searched, ${hits.length} hits`);
  assert.ok(bytes > 0);
  assert.deepEqual(hits, []);
});
