// The same pages in Firefox. BiDi runs nothing in an extension's page before its own scripts, so what the rig wants to be
// so is made so beforehand: the language in storage, the theme in the browser's preferences.
import { patient, start } from "./harness.mjs";
import { Rig } from "./ui-rig.mjs";

export const open = async () => {
  const harness = await start({ browser: "firefox", site: async () => undefined });
  if (!("pretend" in harness)) throw new Error("This is not Firefox.");
  return new FirefoxRig(harness);
};

class FirefoxRig extends Rig {
  /** @param {import("./firefox.mjs").Firefox} harness */
  constructor(harness) {
    super(harness.browser, "", harness);
    this.harness = harness;
  }

  /** @param {string} path */
  url(path) {
    return `${this.harness.origin}/${path}`;
  }

  desk() {
    return this.harness.probe();
  }

  /** @param {string} folder */
  saveDownloadsIn(folder) {
    return this.harness.saveDownloadsIn(folder);
  }

  async takeComplaints() {
    const { complaints } = await this.harness.findings();
    const fresh = complaints.slice(this.heard);
    this.heard = complaints.length;
    return fresh;
  }
  heard = 0;

  /** @param {string} path @param {import("./ui-rig.mjs").Look} [look] */
  async page(path, { language = "en", look = "light", width = 360, height = 600 } = {}) {
    const desk = await this.desk();
    await desk.evaluate((language) => localStorage.setItem("language", language), language);
    await this.harness.prefer(look);
    const page = await this.browser.newPage();
    await page.setViewport({ width, height });
    await this.harness.goTo(page, path);
    await page.waitForSelector("body[data-ready='true']");
    return page;
  }

  /** @param {string} ending @param {() => Promise<unknown>} act */
  async opens(ending, act) {
    /** @type {Promise<import("puppeteer-core").Target>} */
    const opened = new Promise((resolve) => this.browser.once("targetcreated", resolve));
    await act();
    const page = await (await opened).page();
    if (!page) throw new Error(`No tab has ${ending}.`);
    patient(page);
    // BiDi does not tell what address an extension's page has.
    await page.waitForFunction((ending) => location.href.endsWith(ending), { polling: 50 }, ending);
    return page;
  }
}
