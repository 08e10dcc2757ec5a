// The form that changes an account. What makes its codes lies behind a warning, with the code of now and the one that
// would be; the key itself is never shown, and another one is typed anew.
import { manage } from "../../core.js";
import { ALGORITHMS, choice, DIGITS, seconds, text } from "./field.js";
import { h, icon, say, take, write } from "../shared/page.js";

/** The characters of a Steam code, whose making is given by the kind. */
const STEAM_DIGITS = 5;

/** @param {import("./desk.js").Desk} desk @param {string} account */
export const edit = async (desk, account) => {
  /** @param {import("../../core/tofaktor.js").Draft | undefined} draft @param {string} key */
  const tryOut = async (draft, key) => {
    const { shown, notice } = await manage({ tryEdit: { account, draft } }, new TextEncoder().encode(key));
    return { notice, seen: shown && "edit" in shown ? shown.edit : undefined };
  };
  const isHere = desk.dialog.here();
  const { seen: first } = await tryOut(undefined, "");
  if (!isHere()) return;
  if (!first) return void desk.request("refresh");
  const { draft: kept, key: keptKey } = first;

  const name = text("edit-name", "enterName", { value: kept.name, required: true });
  const issuer = text("edit-issuer", "enterIssuer", { value: kept.issuer });
  const organisation = text("edit-organisation", "factOrganisation", { value: kept.organisation ?? "" });
  const microsoft = h("input", { id: "edit-microsoft", type: "checkbox", checked: kept.microsoft ?? false });
  const key = text("edit-key", "editKey", { class: "monospace", autocapitalize: "none", "aria-describedby": "edit-key-hint" });
  const algorithm = choice("edit-algorithm", "enterAlgorithm", ALGORITHMS);
  const digits = choice("edit-digits", "enterDigits", DIGITS);
  const period = text("edit-period", "enterPeriod", { type: "number", min: "1", max: "3600", value: String(kept.period) });
  algorithm.select.value = kept.algorithm;
  digits.select.value = String(kept.digits);
  period.field.hidden = kept.period === 0;
  const isSteam = kept.digits === STEAM_DIGITS;
  for (const { field } of isSteam ? [algorithm, digits, period] : []) field.hidden = true;

  const before = h("dd", { class: "code", id: "edit-before" });
  const after = h("dd", { class: "code", id: "edit-after" });
  const line = h("p", { id: "edit-trouble", role: "status", class: "trouble" });
  const replaces = h("p", { id: "edit-replaces", role: "status", class: "trouble" });
  const send = h("button", { type: "submit", class: "primary" }, say("save"));
  const form = h(
    "form",
    { class: "stack", autocomplete: "off", novalidate: true },
    name.field,
    issuer.field,
    organisation.field,
    h("label", { class: "choice" }, microsoft, h("span", {}, h("strong", {}, say("editMicrosoft")), h("small", {}, say("editMicrosoftHint")))),
    h(
      "details",
      { class: "without" },
      h("summary", {}, say("editKeyTitle")),
      h(
        "div",
        { class: "stack" },
        h("div", { class: "warning" }, icon("warn"), h("p", {}, say("editKeyWarning"))),
        key.field,
        h("p", { class: "soft", id: "edit-key-hint" }, say("editKeyHint")),
        algorithm.field,
        digits.field,
        period.field,
        h("dl", { class: "codes" }, h("dt", {}, say("editBefore")), before, h("dt", {}, say("editAfter")), after),
        replaces,
      ),
    ),
    line,
    h("div", { class: "row" }, send),
  );

  const draft = () => ({
    ...kept,
    name: name.input.value,
    issuer: issuer.input.value,
    organisation: organisation.input.value,
    microsoft: microsoft.checked,
    ...(isSteam ? {} : { algorithm: algorithm.select.value, digits: Number(digits.select.value), period: kept.period === 0 ? 0 : seconds(period.input) }),
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let ticking;
  let asked = 0;
  /** The codes as the form has it now, and what is wrong with it. */
  const paint = async () => {
    clearTimeout(ticking);
    const turn = ++asked;
    const { seen, notice } = await tryOut(draft(), key.input.value);
    if (turn !== asked || !form.isConnected) return notice;
    write(line, notice ? say(`notice_${notice}`) : "");
    write(replaces, seen?.replaces ? say("editReplaces") : "");
    if (seen) write(before, seen.before);
    write(after, seen?.after ?? "–");
    send.classList.toggle("danger", seen?.replaces ?? false);
    const wrong = notice?.startsWith("name") ? name.input : notice?.startsWith("qrSecret") ? key.input : notice === "qrPeriod" ? period.input : undefined;
    for (const { input } of [name, key, period]) input.setAttribute("aria-invalid", String(input === wrong));
    if (seen?.leftMs) ticking = setTimeout(paint, seen.leftMs);
    return notice;
  };
  form.addEventListener("input", paint);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const stays = desk.dialog.here();
    const trouble = await paint();
    // Turned away from, or sent off by another press.
    if (!stays()) return;
    if (trouble) return void form.querySelector("[aria-invalid='true']")?.closest("details")?.setAttribute("open", "");
    const filled = draft();
    const bytes = take(key.input);
    desk.dialog.close();
    await desk.request({ edit: { account, seen: { draft: kept, key: keptKey }, draft: filled } }, bytes);
  });
  desk.dialog.open("edit", say("editTitle"), [form], () => clearTimeout(ticking));
  await paint();
};
