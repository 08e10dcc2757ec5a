// A way into the extension's worker, for tests.
//
// A worker may not load modules once it runs, and the package is not changed for the sake of a test; but where the
// debugger stops it inside one of its own functions, the core that it has loaded is within reach.

/** @typedef {Awaited<ReturnType<typeof import("./ui-rig.mjs").open>>} Rig */
/** @typedef {import("puppeteer-core").CDPSession} CDPSession */

/** The worker, awake and watched; a watched worker does not die. @param {Rig} rig */
export const reachWorker = async (rig) => {
  const awake = rig.browser.waitForTarget((target) => target.type() === "service_worker" && target.url() === rig.url("background.js"));
  await stir(rig);
  const target = await awake;
  return { target, session: await target.createCDPSession() };
};

/** An event that the worker listens to. @param {Rig} rig */
const stir = async (rig) => {
  const desk = await rig.desk();
  await desk.evaluate(() => chrome.storage.local.set({ language: crypto.randomUUID() }));
};

/**
 * Evaluates something inside the worker's own module.
 * @param {Rig} rig
 * @param {CDPSession} session
 * @param {string} expression
 */
export const evaluateInside = async (rig, session, expression) => {
  await session.send("Debugger.enable");
  const desk = await rig.desk();
  const source = await desk.evaluate((url) => fetch(url).then((answer) => answer.text()), rig.url("background.js"));
  const lineNumber = source.split("\n").findIndex((line) => line.includes("forgetWords();"));
  // Listened for first: the event that woke the worker may still be on its way, and stop it at once.
  const paused = new Promise((resolve) => session.once("Debugger.paused", resolve));
  const { breakpointId } = await session.send("Debugger.setBreakpointByUrl", { url: rig.url("background.js"), lineNumber });
  await stir(rig);
  const { callFrames } = /** @type {import("puppeteer-core").Protocol.Debugger.PausedEvent} */ (await paused);
  const { exceptionDetails } = await session.send("Debugger.evaluateOnCallFrame", { callFrameId: callFrames[0]?.callFrameId ?? "", expression });
  await session.send("Debugger.removeBreakpoint", { breakpointId });
  await session.send("Debugger.resume");
  // Otherwise a second event that came meanwhile could leave it standing.
  await session.send("Debugger.disable");
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
};
