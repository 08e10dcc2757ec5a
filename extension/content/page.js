// Eyes and hands on Microsoft's pages: tells an `Observation` (src/pages/lib.rs), does what the `PageReply` says
// (src/app/protocol/page.rs). Holds no secret but the code it types.
(() => {
// Put in anew, it looks again.
if (globalThis.tofaktor) return globalThis.tofaktor();
globalThis.tofaktor = () => lookAfresh();

/** src/pages/rules, and what was taught. */
let rules = tofaktorRules;
let taught = false;

const GLANCE_MS = 60;
/** So long without a change, and a page is at rest. */
const REST_MS = 800;
/** After so many looks without a rest they become rare. */
const MAX_RESTLESS = 40;
const MAX_ELEMENTS = 500;
/** Characters of `$Config`, and of a look. */
const MAX_CONFIG = 500_000;
const MAX_SEEN = 20_000;
/** Messages lost in a row, before it waits for a change. */
const MAX_UNANSWERED = 8;

const pause = (ms = 0) => new Promise((resolve) => setTimeout(resolve, ms));
/** To a person. @param {Element} element */
const visible = (element) => {
  if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
  if (element.closest("[aria-hidden='true'], .moveOffScreen, [inert]")) return false;
  const { width, height, right, left } = element.getBoundingClientRect();
  return width > 0 && height > 0 && right > 0 && left < innerWidth;
};
let crowded = false;
/** @type {Eyes["all"]} */
const found = (selectors) => {
  const each = [.../** @type {Elements} */ (document.querySelectorAll(`${selectors.map(place)}`))];
  crowded ||= each.length > MAX_ELEMENTS;
  return each.slice(0, MAX_ELEMENTS);
};
/** @type {Eyes["all"]} */
const all = (selectors) => found(selectors).filter(visible);
/** @type {Eyes["first"]} */
const first = (selectors) => found(selectors).find(visible);
/** @param {string} mark @param {string} [words] which of several */
const marked = (mark, words) => (setUp?.links(mark) ?? found(marks()[mark])).find((each) => visible(each) && (!words || text(each) === words));
/** @param {string} name */
const hidden = (name) => /** @type {Box | null} */ (document.querySelector(`input[type='hidden'][name='${name}']`))?.value || undefined;
/** @type {Eyes["text"]} */
const text = (element) => element?.textContent?.trim().slice(0, 300) || undefined;
/** Of the first of each. @param {string[]} selectors */
const texts = (selectors) => selectors.flatMap((selector) => text(first([selector])) ?? []);

const setUp = typeof tofaktorSetUp === "function" ? tofaktorSetUp({ all, first, text, rules: () => rules.setUp }) : undefined;
const place = setUp?.place ?? ((/** @type {string} */ selector) => selector);
const here = () => (setUp ? rules.setUp : rules.signIn);
/** By the names of `Mark`: never texts, which are translated. @returns {Selectors} */
const marks = () => here().marks;

/** The person has not changed what was typed. */
let ours = false;
/** Where: the next step may have a field that looks the same. @type {Element | undefined} */
let typed;
/** What marked the field as wrong before that. @type {Element | undefined} */
let stale;

/** With its boxes: one, or one for each digit. */
const field = () => {
  /** @type {Selectors} */
  const never = rules.never;
  // Beside a field for something else no app's code is asked for.
  const kinds = { ...(setUp && { telephone: ["$ input"], address: ["$ input"], ...rules.setUp.fields }), ...rules.signIn.fields };
  for (const [kind, selectors] of Object.entries(kinds)) {
    const signs = never[kind];
    const is = (/** @type {Box} */ box) => (signs ? box.matches(`${signs}`) : /^(text|tel|number)$/.test(box.type) && !box.matches(`${Object.values(never)}`));
    const boxes = /** @type {Box[]} */ (all(selectors)).filter((box) => !box.disabled && !box.readOnly && is(box));
    const [box] = boxes;
    if (!box || (kind === "short" && (setUp || all(marks().asks).length !== 1))) continue;
    const said = first(rules.signIn.fault);
    const fault = text(said) ? said : box.matches(".has-error, [aria-invalid='true']") ? box : undefined;
    const empty = !held(boxes);
    if (setUp && box !== typed) ours = false;
    // A page that empties the field has answered.
    if (fault !== stale || (ours && empty)) stale = undefined;
    return { boxes, fault, seen: { kind, empty, invalid: !!fault && !stale, ours } };
  }
};

/** Who signs in, where and how: `$Config` stays the same. @type {any} */
let read;
const config = () => {
  if (read) return read;
  const source = [...document.scripts].find(({ src, text }) => !src && text.includes("$Config="))?.text;
  if (!source) return {};
  /** @param {string} key */
  const value = (key) => JSON.parse(source.match(new RegExp(`"${key}":("(?:[^"\\\\]|\\\\.)*"|\\[\\{.*?\\}\\]|true)`))?.[1] ?? "null") ?? undefined;
  read = { long: source.length > MAX_CONFIG };
  try {
    if (read.long) return read;
    const proofs = value("arrUserProofs")?.map((/** @type {any} */ p) => ({ id: String(p.authMethodId), default: p.isDefault === true, types: p.phoneAppOtpTypes?.map(String) }));
    const urls = ["urlCancel", "urlResume", "urlFidoLogin"].map(value);
    read = { user: value("sPOST_Username"), proofs, urls, logo: value("BannerLogo"), company: value("sCompanyDisplayName"), strengths: value("fIsChallengeDueToAuthenticationStrengths") };
  } catch {
    // None that can be read.
  }
  return read;
};

/** In the address. @param {string} name */
const asked = (name) => new URLSearchParams(location.search).get(name);
/** @param {any} settings */
const organisation = ({ urls = [], logo, company }) => {
  const named = [...urls, ""].map((url) => URL.parse(url, location.href)?.pathname.split("/")[1]);
  const paths = [...new Set([...named, asked("tenantId") ?? asked("tenant")])].filter(Boolean);
  return { paths, banner: logo?.match(/^https:\/\/[^/]+\/([^/]+)\/logintenantbranding\//)?.[1], name: company };
};

/** What stands beside a short code's field that no rule knows. @param {Asks} asks */
const around = ({ boxes: [box], seen: { kind } }) => {
  const short = kind === "short" || (kind === "dialog" && all(["@ input"]).length === 1 && box.matches(`${rules.signIn.fields.short}`));
  if (short) return [document.body.innerText, box.placeholder, box.ariaLabel].join("\n").slice(0, 4000);
};

/** Too much is something that no rule knows. */
const look = () => {
  crowded = false;
  const seen = lookAll();
  return crowded || JSON.stringify(seen).length > MAX_SEEN ? { marks: ["asks"] } : seen;
};
const lookAll = () => {
  const settings = config();
  crowded ||= settings.long;
  const asks = field();
  const tile = first(["img.tile-img"]);
  const icon = tile?.getAttribute("src") ?? tile?.getAttribute("svgsrc");
  return {
    pageId: document.querySelector("meta[name='PageID']")?.getAttribute("content") ?? undefined,
    authMethod: hidden("mfaAuthMethod") ?? (hidden("type") === "19" ? "PhoneAppOTP" : hidden("AuthMethod")),
    login: hidden("login") ?? text(first(["#displayName", "[data-testid='identityBanner']"])) ?? settings.user ?? (hidden("AuthMethod") && [text(first(["#mfaGreetingDescription"])), asked("username")].join(" ")),
    proofs: settings.proofs ?? [],
    strengths: settings.strengths,
    organisation: organisation(settings),
    icon: icon?.split("/").pop()?.slice(0, 100) || undefined,
    // What one says against the app, another must not hide.
    sentence: [...new Set(texts(here().sentence))].join("\n") || undefined,
    title: texts(here().title)[0],
    marks: Object.keys(marks()).filter((mark) => marked(mark)),
    field: asks?.seen,
    around: asks && around(asks),
    fault: text(asks?.fault),
    ...setUp?.look(),
  };
};

/** React's own `value` of a field is in the page's world alone. @param {Box} box @param {string} value */
const type = (box, value) => {
  box.value = value;
  box.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: value }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
};

/** @param {Box[]} [boxes] */
const held = (boxes) => boxes?.map(({ value }) => value).join("");
/** @param {string} code */
const fill = (code) => {
  const { boxes = [], fault = undefined } = field() ?? {};
  const digits = boxes.length > 1 ? [...code] : [code];
  if (boxes.length !== digits.length) return false;
  boxes.forEach((box, at) => type(box, digits[at]));
  stale = fault;
  [typed] = boxes;
  sent = false;
  return (ours = held(boxes) === code);
};

/** Submitted: what then becomes of the field is the page's answer. */
let sent = false;
/** A page that is still waking up may empty the field: the same once more. @param {string} code @param {boolean} send */
const hold = async (code, send) => {
  if (send) submit(code);
  const step = told();
  for (let left = 20, once = true; left--; ) {
    await pause(200);
    const now = field();
    if (!now || !ours || sent || now.boxes[0] !== typed || told() !== step) return;
    if (!now.seen.empty) continue;
    if (now.fault) return report();
    if (!once) return say({ did: { done: false } });
    once = false;
    if (fill(code) && send) submit(code);
  }
};
/** Of the code that is wanted. */
const told = () => {
  const { authMethod, icon, sentence, title } = lookAll();
  return `${[authMethod, icon, sentence, title]}`;
};

/** Forms ignore a click in the same turn as the input. @param {string} expected */
const submit = async (expected) => {
  await pause(500);
  const button = first(rules.signIn.submit);
  if (held(field()?.boxes) !== expected || !button) return;
  sent = true;
  button.click();
};

/**
 * A click may come too early, or be of a kind that is not heard: once more, as a mouse does it. Where the page has moved, its
 * server is slow, and would be asked twice. @param {HTMLElement} target @param {boolean} heard
 */
const follow = async (target, heard) => {
  for (const kinds of [["pointerdown", "mousedown", "pointerup", "mouseup", "click"], []]) {
    for (let left = 30; left--; ) {
      await pause(100);
      if (!target.isConnected || !visible(target)) return;
    }
    if (!heard) for (const kind of kinds) target.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, composed: true }));
  }
  await say({ did: { done: false } });
};

/** @type {HTMLElement | undefined} */
let pointed;
let before = "";
/** An outline, and nothing to click. @param {HTMLElement} [element] */
const point = (element) => {
  if (pointed === element) return;
  if (pointed) pointed.style.outline = before;
  pointed = element;
  if (!element) return;
  before = element.style.outline;
  element.style.outline = "3px solid #0b5cad";
};

/** @type {Say} */
const say = async (message) => {
  try {
    const reply = await chrome.runtime.sendMessage(message);
    if (reply === "lost") throw reply;
    unanswered = 0;
    return reply;
  } catch {
    // The extension is gone or updated.
    if (!chrome.runtime?.id) observer.disconnect();
    // A worker that was stopped starts again, and one that could not answer is asked again.
    else if (unanswered < MAX_UNANSWERED) again = setTimeout(lookAfresh, GLANCE_MS << unanswered++);
  }
};
let unanswered = 0;

let again = 0;
let [said, busy, changed] = ["", false, false];
/** One look at a time; what changes meanwhile comes afterwards. */
const report = async () => {
  changed = true;
  if (busy) return;
  busy = true;
  try {
    do await lookOnce();
    while (changed && !moving());
  } finally {
    busy = false;
  }
  if (changed) soon();
};
const lookOnce = async () => {
  changed = false;
  const seen = look();
  awaited = "field" in seen && !!seen.field;
  const still = performance.now() - changedAt >= REST_MS && !moving();
  if (!still) restless++;
  const acted = document.hasFocus() && navigator.userActivation.hasBeenActive;
  const key = JSON.stringify({ look: { seen, taught, visible: !document.hidden, acted, resting: still || restless > MAX_RESTLESS } });
  if (key === said) return;
  said = key;
  clearTimeout(again);
  // In Firefox what is undefined would be a value.
  await obey(await say(JSON.parse(key)));
};

/** @param {any} reply nothing where it was lost */
const obey = async (reply) => {
  if (!reply) return;
  point(reply.point && marked(reply.point.mark, reply.point.words));
  if (reply.learn) {
    rules = reply.learn.rules;
    taught = changed = true;
  }
  if (reply === "sendPictures" && setUp) changed = (await setUp.handOver(say)) || changed;
  if (reply.fill) {
    const { code, submit: send } = reply.fill;
    const done = fill(code);
    // What we typed is a step in the set-up alone; what comes next is news.
    changed ||= setUp !== undefined;
    said = "";
    await say({ did: { done } });
    if (done) hold(code, send);
  }
  if (reply.click) {
    const { mark, words } = reply.click;
    const target = marked(mark, words);
    const since = changes;
    target?.click();
    await say({ did: { done: target !== undefined } });
    if (target && /^(anotherWay|appCodeChoice)$/.test(mark)) follow(target, changes > since);
  }
  if (reply.again) again = setTimeout(lookAfresh, reply.again.afterMs);
};

/** The vault or the clock has changed. */
const lookAfresh = () => {
  said = "";
  moving() ? soon() : report();
};

/** A spinner, which turns for ever, does not count. */
const moving = () => document.getAnimations().some(({ effect, playState }) => playState === "running" && Number(effect?.getComputedTiming().endTime) < 2000);

let waiting = false;
/** The worker knows of a field, or was woken for one: it starts while the page comes to rest. */
let awaited = false;
/** Once nothing slides or fades: a transparent dialog would look like none. */
const soon = (where = "", patience = restless > MAX_RESTLESS ? 0 : 20) => {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    const box = field()?.boxes[0].getBoundingClientRect();
    const here = box ? `${box.x},${box.y}` : where;
    if ((here === where && !moving()) || patience < 1) return report();
    if (box && !awaited) say("wake");
    awaited ||= !!box;
    soon(here, patience - 1);
  }, GLANCE_MS << Math.min(5, Math.max(0, restless - MAX_RESTLESS)));
};

let changedAt = performance.now();
let changes = 0;
/** Looks since it last rested. */
let restless = 0;
const observer = new MutationObserver(() => {
  const now = performance.now();
  if (now - changedAt > REST_MS) restless = 0;
  changedAt = now;
  changes++;
  soon();
});
observer.observe(document, { subtree: true, childList: true, attributeFilter: ["style", "class", "hidden", "disabled", "src", "value", "aria-hidden", "aria-invalid"] });
for (const event of ["transitionend", "animationend", "load", "error"]) document.addEventListener(event, () => soon(), true);
document.addEventListener("visibilitychange", lookAfresh);
document.addEventListener("input", ({ isTrusted, target }) => {
  if (isTrusted && field()?.boxes.some((box) => box === target)) ours = false;
});
chrome.runtime.onMessage.addListener((message, _, answer) => {
  if (message === "look") lookAfresh();
  if (message === "where") answer(location.href);
});
// Once it is painted, or it would be laid out twice.
requestIdleCallback(report, { timeout: GLANCE_MS });
})();
