// What a person does on Microsoft's pages.
import { LOGIN } from "./tenant.mjs";

/** @typedef {import("puppeteer-core").Page} Page */

/**
 * To where the page asks for the second factor.
 * @param {Page} page @param {{ upn: string, password: string }} person
 * @param {{ path?: string, between?: () => Promise<unknown> }} [how] the part of the address that names the organisation; what happens before each press
 */
export async function signIn(page, person, { path = "common", between } = {}) {
  await page.goto(`${LOGIN}/${path}/oauth2/v2.0/authorize?client_id=00000000-0000-0000-0000-000000000000`);
  await identify(page, person, between);
}

/** The same from the page that asks who it is. @param {Page} page @param {{ upn: string, password: string }} person @param {() => Promise<unknown>} [between] */
export async function identify(page, { upn, password }, between = async () => {}) {
  for (const { field, text } of [{ field: "#i0116", text: upn }, { field: "#i0118:not(.moveOffScreen)", text: password }]) {
    await type(page, field, text);
    await between();
    await press(page, "#idSIButton9");
  }
}

/**
 * Presses a button once the page's own model has what was typed: until then the page loses the press, or sends what was
 * there before, which no person is quick enough to see.
 * @param {Page} page @param {string} selector
 */
export async function press(page, selector) {
  await page.waitForFunction(heard, { polling: 20 });
  await page.locator(selector).click();
}

const heard = () => {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("input[data-model]"));
  return [...fields].every(({ dataset, value }) => dataset.model === value);
};

/** @param {Page} page @param {string} selector @param {string} text typed key by key */
export async function type(page, selector, text) {
  const field = await page.waitForSelector(selector, { visible: true });
  await field?.type(text);
}

/** As a person types over what is there: nobody else empties the field for them. @param {Page} page @param {string} selector @param {string} text */
export const typeOver = async (page, selector, text) => {
  await page.click(selector, { count: 3 });
  await page.keyboard.type(text);
};

/**
 * The value of a field once it has, or has not, six digits, and the page's own model has taken them: until then the
 * page loses a click, which no person is quick enough for.
 * @param {Page} page @param {string} selector @param {boolean} [filled]
 */
export async function fieldValue(page, selector, filled = true) {
  const field = await page.waitForFunction(
    (selector, filled) => {
      const input = document.querySelector(selector);
      if (!(input instanceof HTMLInputElement) || /^\d{6}$/.test(input.value) !== filled) return undefined;
      return (input.dataset.model ?? input.value) === input.value ? { value: input.value } : undefined;
    },
    { polling: 20 },
    selector,
    filled,
  );
  return (await field.jsonValue())?.value ?? "";
}
