// The form for an account by hand: each field says at once what is wrong with it.
import { check } from "../../core.js";
import { ALGORITHMS, choice, DIGITS, seconds, text } from "./field.js";
import { h, say, take, write } from "../shared/page.js";

/** @param {import("./desk.js").Desk} desk */
export const enter = (desk) => {
  const name = text("enter-name", "enterName", { required: true });
  const key = text("enter-key", "enterKey", { required: true, class: "monospace", "aria-describedby": "enter-key-hint" });
  const issuer = text("enter-issuer", "enterIssuer", { value: "Microsoft" });
  const kind = choice("enter-kind", "enterKind", [
    ["time", say("enterTime")],
    ["counter", say("enterCounter")],
  ]);
  const algorithm = choice("enter-algorithm", "enterAlgorithm", ALGORITHMS);
  const digits = choice("enter-digits", "enterDigits", DIGITS);
  const period = text("enter-period", "enterPeriod", { type: "number", min: "1", max: "3600", value: "30" });
  const line = h("p", { id: "enter-trouble", role: "status", class: "trouble" });
  const send = h("button", { type: "submit", class: "primary" }, say("enterSave"));
  const form = h(
    "form",
    { class: "stack", autocomplete: "off", novalidate: true },
    name.field,
    key.field,
    line,
    h("p", { class: "soft", id: "enter-key-hint" }, say("enterKeyHint")),
    h("details", { class: "without" }, h("summary", {}, say("enterAdvanced")), h("div", { class: "stack" }, issuer.field, kind.field, algorithm.field, digits.field, period.field)),
    h("div", { class: "row" }, send),
  );
  const draft = () => ({
    name: name.input.value,
    issuer: issuer.input.value,
    algorithm: algorithm.select.value,
    digits: Number(digits.select.value),
    period: kind.select.value === "counter" ? 0 : seconds(period.input),
    counter: 0,
  });
  /** What is wrong so far; nothing is said of a field that nobody has come to. @param {boolean} all */
  const judge = (all) => {
    const problem = check(draft(), new TextEncoder().encode(key.input.value));
    const early = !all && ((problem === "nameMissing" && !name.input.value) || (problem === "qrNoSecret" && !key.input.value) || (problem === "qrSecretLength" && document.activeElement === key.input));
    const words = problem && !early ? say(`notice_${problem}`) : "";
    write(line, words);
    const wrong = problem?.startsWith("name") ? name.input : problem?.startsWith("qrSecret") || problem === "qrNoSecret" ? key.input : problem === "qrPeriod" ? period.input : undefined;
    for (const input of [name.input, key.input, period.input]) {
      if (input === wrong && words) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", input === key.input ? `${line.id} enter-key-hint` : line.id);
      } else {
        input.removeAttribute("aria-invalid");
        if (input === key.input) input.setAttribute("aria-describedby", "enter-key-hint");
        else input.removeAttribute("aria-describedby");
      }
    }
    return { problem, wrong };
  };
  kind.select.addEventListener("change", () => (period.field.hidden = kind.select.value === "counter"));
  form.addEventListener("input", () => judge(false));
  form.addEventListener("focusout", () => judge(false));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { problem, wrong } = judge(true);
    if (problem) return wrong?.focus();
    const filled = draft();
    const bytes = take(key.input);
    desk.dialog.close();
    await desk.request({ enter: { draft: filled } }, bytes);
  });
  desk.dialog.open("enter", say("enterTitle"), [form]);
};
