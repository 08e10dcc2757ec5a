// "Do it for me" on set-up pages that nobody has seen: links added, moved, missing, in other words and places. The press goes
// to the one element that leads on, or nowhere. The generator is seeded: the same pages each time.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { inEachBrowser, start } from "./harness.mjs";
import { random } from "./seeded.mjs";
import { SETUP } from "./tenant.mjs";
import { prepare, TryPage } from "./trial.mjs";

const SEED = 20_261_129;

/** @typedef {"en" | "nb"} Language */
const TITLES = { en: "Install Microsoft Authenticator", nb: "Installer Microsoft Authenticator" };
const RIGHT = {
  en: ["Set up a different authentication app", "I want to use a different authenticator app"],
  nb: ["Sett opp en annen godkjenningsapp", "Jeg vil bruke en annen godkjennerapp"],
};
/** What stands beside it in the same dress: ways out, help, and talk of apps. */
const OTHERS = {
  en: ["More options", "Skip setup", "Skip for now", "Not now", "Cancel", "Back", "Help", "Sign out", "I want to set up a different method", "Learn more about using another authenticator app", "Why can't I use a different authenticator app?", "Get help with your app", "Use a passkey", "Remind me later", "Skip setting up a different authenticator app", "Privacy & cookies", "Send me a text message instead", "Download now", "Close", "Use a different account"],
  nb: ["Flere alternativer", "Hopp over oppsettet", "Hopp over for nå", "Ikke nå", "Avbryt", "Tilbake", "Hjelp", "Logg av", "Jeg vil sette opp en annen metode", "Les mer om å bruke en annen godkjennerapp", "Hvorfor kan jeg ikke bruke en annen godkjennerapp?", "Få hjelp med appen", "Bruk en tilgangsnøkkel", "Minn meg på det senere", "Hopp over å sette opp en annen godkjennerapp", "Personvern", "Send meg en SMS i stedet", "Last ned nå", "Lukk", "Bruk en annen konto"],
};

/** A page of the set-up, and whether it has the link. @param {() => number} draw @returns {{ at: string, html: string, language: Language, has: boolean }} */
const drawn = (draw) => {
  const from = (/** @type {string[]} */ all) => all[Math.floor(draw() * all.length)] ?? "";
  const language = draw() < 0.5 ? "en" : "nb";
  const has = draw() < 0.7;
  const register = draw() < 0.6;
  const extras = [...new Set(Array.from({ length: Math.floor(draw() * 6) }, () => from(OTHERS[language])))];
  const links = [...extras.map((words) => ({ words, right: false })), ...(has ? [{ words: from(RIGHT[language]), right: true }] : [])].map((link) => ({ link, at: draw() })).sort((a, b) => a.at - b.at);
  /** Before the button that leads on or after it, as a button or as a link of the page. @param {{ words: string, right: boolean }} link */
  const place = ({ words, right }) => {
    const plain = !right && draw() < 0.3;
    const element = plain ? `<a href="#" data-press="${words}">${words}</a>` : `<button type="button" class="ms-Link root-336" ${draw() < 0.3 ? 'role="link"' : ""} data-press="${right ? "right" : words}">${words}</button>`;
    return { element: draw() < 0.5 ? `<p>${element}</p>` : element, first: right || draw() < 0.7 };
  };
  const placed = links.map(({ link }) => place(link));
  const side = (/** @type {boolean} */ first) => placed.filter((each) => each.first === first).map(({ element }) => element).join("\n");
  const download = draw() < 0.7 ? `<p><a data-testid="${draw() < 0.7 ? "authenticator-download-link" : "x"}" href="#" data-press="download">Download now</a></p>` : "";
  const next = `<button type="button" class="ms-Button ms-Button--primary" ${draw() < 0.8 ? 'data-testid="reskin-step-next-button"' : ""} data-press="next">Next</button>`;
  const step = `<h2 data-testid="reskin-step-title">${TITLES[language]}</h2><p>Install the app.</p>${download}${side(true)}${next}${side(false)}`;
  const html = `<!DOCTYPE html><html lang="${draw() < 0.9 ? language : ""}"><body>${register ? step : `<button data-testid="add-method-button" data-press="add">Add</button><div role="dialog">${step}</div>`}
<script>document.addEventListener("click", ({ target }) => { const press = target.closest("[data-press]"); if (press) document.body.dataset.pressed = (document.body.dataset.pressed ?? "") + press.dataset.press + ";"; }, true);</script></body></html>`;
  return { at: `${SETUP}/${register ? "register" : "security-info"}`, html, language, has };
};

inEachBrowser((browser) => {
  const bench = new TryPage();
  /** @type {import("./harness.mjs").Harness} */
  let harness;
  before(async () => {
    harness = await start({ browser, site: bench.site });
  });
  after(() => harness.close());

  test("of many drawn pages none is pressed but where it leads on", { timeout: 300_000 }, async () => {
    // In one session; Firefox, which takes its time to open each, gets the first of them.
    const pages = browser === "firefox" ? 60 : 300;
    const draw = random(SEED);
    await prepare(harness, { at: `${SETUP}/register` });
    const page = await harness.tab();
    await page.bringToFront();
    bench.show({ at: `${SETUP}/register`, html: "<!DOCTYPE html><title>Nothing</title>" });
    await harness.visit(page, `${SETUP}/register`);
    const tabId = await harness.tabId(page);
    const probe = await harness.probe();
    let [right, none, missed, document] = [0, 0, 0, ""];
    for (let at = 0; at < pages; at++) {
      const made = drawn(draw);
      bench.show(made);
      await harness.visit(page, made.at);
      // The person's press, as the popup passes it on, also where the popup would have no button for it.
      document = await probe.evaluate(
        async (tabId, url, before) => {
          const core = /** @type {any} */ (await import(chrome.runtime.getURL("core.js")));
          const key = `page.${tabId}`;
          /** @param {(tabState: any) => boolean} is @returns {Promise<any>} */
          const when = async (is) => {
            for (;;) {
              const text = (await chrome.storage.session.get(key))[key];
              const tabState = typeof text === "string" ? JSON.parse(text) : undefined;
              if (tabState?.settled && is(tabState)) return tabState;
              await new Promise((resolve) => setTimeout(resolve, 10));
            }
          };
          const seen = await when((tabState) => tabState.document !== before);
          const { view } = await core.ask("refresh", { id: tabId, url });
          await core.ask({ doStep: { view: view.page.view } }, { id: tabId, url });
          await chrome.tabs.sendMessage(tabId, "look");
          await when((tabState) => tabState.looked_ms > seen.looked_ms);
          return seen.document;
        },
        tabId,
        made.at,
        document,
      );
      const pressed = (await page.evaluate(() => globalThis.document.body.dataset.pressed)) ?? "";
      assert.ok(pressed === "" || (made.has && pressed === "right;"), `page ${at}: pressed ${pressed} of ${made.html}`);
      if (pressed) right++;
      else made.has ? missed++ : none++;
    }
    console.log(`${browser}: ${pages} pages, ${right} pressed where it leads on, ${missed} left to the person, ${none} without a way on left alone, 0 pressed elsewhere`);
    assert.ok(right > pages / 4, `${right} were pressed`);
    await page.close();
  });
});
