// Where a Wasm module of ours has crashed, for the diagnostics: the line of the source and nothing else, because a panic's
// message can have a value in it. It lies beside the vault's mirror, which every context can write to, also a Worker.
import { get, set } from "./mirror.js";

const KEY = "v1.crashes";
/** So many are kept, the last ones. */
const MAX_CRASHES = 8;

/** @type {Promise<unknown>} */
let keeping = Promise.resolve();

/** Called by the module before it traps. @param {string} file @param {number} line */
export const crashed = (file, line) => {
  const keep = async () => {
    const [text] = await get([KEY]);
    await set([[KEY, JSON.stringify([...JSON.parse(text ?? "[]"), `${file}:${line}`].slice(-MAX_CRASHES))]]);
  };
  keeping = navigator.locks.request("crashes", keep).catch(() => {});
};

/** Once what has crashed so far is written down, as far as that can be done: a Worker is ended after it. */
export const kept = () => keeping;
