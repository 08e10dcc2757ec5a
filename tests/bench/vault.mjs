// ./build.sh bench vault: Argon2id as shipped beside argon2-browser, in one page of one Chromium, taking turns; then
// how long unlocking and saving take on a page of ours.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { PASSPHRASE, ROOT, accounts, open } from "../browser/ui-rig.mjs";

const ROUNDS = 7;
const MEMORY_KIB = 64 * 1024;
const TYPES = /** @type {Record<string, string>} */ ({ ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" });
/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
/** @param {number[]} values */
const tell = (values) => `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;

/** What is shipped under /, the peer under /peer/, and an empty page. */
const serve = async () => {
  const peer = join(ROOT, "tests/bench/node_modules/argon2-browser");
  const server = createServer(async ({ url = "/" }, response) => {
    const path = url === "/empty.html" ? undefined : url.startsWith("/peer/") ? join(peer, url.slice(6)) : join(ROOT, "dist/chromium", url);
    const body = path ? await readFile(path).catch(() => undefined) : "<!doctype html><title>Argon2id</title>";
    response.writeHead(body === undefined ? 404 : 200, { "content-type": TYPES[extname(url)] ?? "text/plain" }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
};

/** Milliseconds by who and passes. @param {import("../browser/ui-rig.mjs").Page} page @returns {Promise<Record<string, number[]>>} */
const race = (page) =>
  page.evaluate(
    async (rounds, memoryKib) => {
      const core = "/core/tofaktor.js";
      const tofaktor = await import(core);
      await tofaktor.default();
      const global = /** @type {any} */ (globalThis);
      const src = "/peer/dist/argon2-bundled.min.js";
      await new Promise((onload, onerror) => document.head.append(Object.assign(document.createElement("script"), { src, onload, onerror })));
      const words = new TextEncoder().encode("correct horse battery staple");
      const salt = new Uint8Array(32).fill(7);
      const runners = /** @type {Record<string, (passes: number) => Promise<Uint8Array>>} */ ({
        tofaktor: async (passes) => tofaktor.derive(words.slice(), salt, memoryKib, passes, 1),
        peer: async (passes) => (await global.argon2.hash({ pass: words, salt, time: passes, mem: memoryKib, parallelism: 1, hashLen: 32, type: 2 })).hash,
      });
      const times = /** @type {Record<string, number[]>} */ ({});
      for (let round = 0; round <= rounds; round++)
        for (const passes of [3, 2]) {
          const keys = [];
          for (const [name, run] of Object.entries(runners)) {
            const from = performance.now();
            keys.push(String(await run(passes)));
            // The first round is for the compilers.
            if (round > 0) (times[`${name} ${passes}`] ??= []).push(performance.now() - from);
          }
          if (keys[0] !== keys[1]) throw new Error("they do not agree on the key");
        }
      return times;
    },
    ROUNDS,
    MEMORY_KIB,
  );

/** @param {Awaited<ReturnType<typeof open>>} rig @param {Record<string, unknown> | string} request @param {"ask" | "manage"} how @param {string} [bytes] */
const time = async (rig, request, how, bytes = "") => {
  const desk = await rig.desk();
  return desk.evaluate(
    async (request, how, text, core) => {
      const loaded = await import(core);
      const bytes = new TextEncoder().encode(text);
      const from = performance.now();
      const { notice } = await (how === "ask" ? loaded.ask(request, {}, bytes) : loaded.manage(request, bytes));
      if (notice) throw new Error(notice);
      return performance.now() - from;
    },
    request,
    how,
    bytes,
    rig.url("core.js"),
  );
};

const site = await serve();
const rig = await open();
try {
  const page = await rig.browser.newPage();
  await page.goto(`${site.origin}/empty.html`);
  const times = await race(page);
  await page.close();
  const of = (/** @type {string} */ name) => times[name] ?? [];
  const ratio = (/** @type {string} */ a, /** @type {string} */ b) => (median(of(a)) / median(of(b))).toFixed(2);
  console.log(`Argon2id, 64 MiB, medians of ${ROUNDS}, taking turns in one page:`);
  for (const passes of [3, 2]) console.log(`  ${passes} passes: tofaktor ${tell(of(`tofaktor ${passes}`))}, argon2-browser ${tell(of(`peer ${passes}`))}, ratio ${ratio(`tofaktor ${passes}`, `peer ${passes}`)}`);
  console.log(`  our 3 passes against its 2: ratio ${ratio("tofaktor 3", "peer 2")}`);

  for (const count of [5, 1000]) {
    await rig.reset();
    await rig.fill(accounts(count));
    const [unlocks, saves, changes] = /** @type {[number[], number[], number[]]} */ ([[], [], []]);
    const { view } = await rig.ask("show");
    for (let round = 0; round < ROUNDS; round++) {
      await rig.ask("lock");
      unlocks.push(await time(rig, { unlock: {} }, "ask", PASSPHRASE));
      saves.push(await time(rig, { setSwitching: { on: round % 2 === 0 } }, "manage"));
      changes.push(await time(rig, { rename: { account: view.accounts[0].id, name: `name ${round}` } }, "ask"));
    }
    console.log(`${count} accounts, medians of ${ROUNDS}: unlock with a passphrase ${tell(unlocks)}, a setting saved ${tell(saves)}, an account renamed and all shown ${tell(changes)}`);
  }
} finally {
  await rig.close();
  site.close();
}
