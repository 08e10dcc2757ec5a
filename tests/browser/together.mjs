// Popup, manager and worker write at once: each moves the same counter on, again and again, and every step counts.
import { createHmac } from "node:crypto";
import { open } from "./ui-rig.mjs";
import { evaluateInside, reachWorker } from "./worker.mjs";

const KEY = "gezdgnbvgy3tqojqgezdgnbvgy3tqojq";
const KEY_BYTES = "12345678901234567890";

/** RFC 4226, by other code than ours. @param {number} counter */
const code = (counter) => {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac("sha1", KEY_BYTES).update(message).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
};

/**
 * Runs in each of the three. The control beside it reads and writes as one does who knows no lock.
 * @param {(request: object, tab: object) => Promise<{ notice?: string }>} ask
 * @param {string} account
 * @param {number} times
 */
const keepCounting = async (ask, account, times) => {
  await navigator.locks.request("begin", { mode: "shared" }, () => {});
  for (let done = 0; done < times; done++) {
    const control = Number((await chrome.storage.local.get("control")).control ?? 0);
    const { notice } = await ask({ next: { account } }, {});
    if (notice) throw new Error(notice);
    await chrome.storage.local.set({ control: control + 1 });
  }
};

/** @param {number} each operations of each of the three @returns {Promise<{ tried: number, lost: number, control: number, toString: () => string }>} */
export const together = async (each) => {
  const rig = await open();
  try {
    await rig.reset();
    await rig.ask({ createOpen: {} });
    const draft = { name: "counter", issuer: "RFC 4226", algorithm: "SHA1", digits: 6, period: 0, counter: 0 };
    const { view } = await rig.ask({ enter: { draft } }, KEY);
    const [{ id }] = view.accounts;
    const count = (/** @type {string} */ ask) => `(${keepCounting})(${ask}, ${JSON.stringify(id)}, ${each})`;

    const pages = await Promise.all(["www/popup/popup.html", "www/manager/manager.html"].map((path) => rig.page(path)));
    const { session } = await reachWorker(rig);
    // Until all three are there.
    const desk = await rig.desk();
    await desk.evaluate(
      () => new Promise((held) => navigator.locks.request("begin", () => (held(undefined), new Promise((begin) => Object.assign(globalThis, { begin }))))),
    );
    await evaluateInside(rig, session, `globalThis.counted = ${count("ask")}; undefined`);
    await Promise.all([
      session.send("Runtime.evaluate", { expression: "counted", awaitPromise: true }).then(({ exceptionDetails }) => {
        if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
      }),
      ...pages.map((page) => page.evaluate(`import("/core.js").then(({ ask }) => ${count("ask")})`)),
      desk
        .waitForFunction(async () => (await navigator.locks.query()).pending?.filter(({ name }) => name === "begin").length === 3, { polling: 20 })
        .then(() => desk.evaluate(() => /** @type {any} */ (globalThis).begin())),
    ]);

    const tried = 3 * each;
    const control = await desk.evaluate(async () => Number((await chrome.storage.local.get("control")).control));
    const { view: after } = await rig.ask("show");
    const shown = after.accounts[0].code.replaceAll(" ", "");
    // How many are missing, found by the code that is shown.
    const lost = Array.from({ length: tried + 1 }, (_, missing) => missing).find((missing) => code(tried - missing) === shown) ?? NaN;
    return { tried, lost, control, toString: () => `popup, manager and worker at once: ${tried} tried, ${lost} lost (${tried - control} without the lock)` };
  } finally {
    await rig.close();
  }
};
