/**
 * Eyes and hands on Microsoft's pages: reports an `Observation` (src/pages/lib.rs), does what the
 * `PageReply` (src/app/protocol/page.rs) says. Holds no secret but the one code it types, while typing.
 */
(() => {
  /** Put in anew where it already is, it looks again: there is one in a page. @type {any} */
  const page = globalThis;
  if (page.tofaktor) return page.tofaktor();
  page.tofaktor = () => lookAfresh();

  /** What is known of Microsoft's pages (src/pages/rules), and what the organisation has added. */
  let rules = tofaktorRules;
  let taught = false;

  /** Of a field for a code. */
  const TYPES = /^(text|tel|number)$/;
  /** Milliseconds between two glances. */
  const SETTLE = 60;
  /** Without a change for so long, a page has come to rest. */
  const REST = 800;
  /** So many looks without a rest, and the page is taken as it is, and looked at ever more seldom. */
  const MOST_RESTLESS = 40;
  /** Of a kind, more than any page of Microsoft's has. */
  const MOST_ELEMENTS = 500;
  /** Characters of `$Config`, and of a look. */
  const MOST_CONFIG = 500_000;
  const MOST_SEEN = 20_000;
  /** So many messages in a row may be lost before it waits for a change. */
  const MOST_UNANSWERED = 8;

  /** @param {number} ms @returns {Promise<void>} */
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  /** @param {Element} element on the page where a person could see it */
  const visible = (element) => {
    if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
    if (element.closest("[aria-hidden='true'], .moveOffScreen, [inert]")) return false;
    const { width, height, right, left } = element.getBoundingClientRect();
    return width > 0 && height > 0 && right > 0 && left < innerWidth;
  };
  /** There is too much of something, and the rest of it is not looked at. */
  let crowded = false;
  /** @param {string[]} selectors @returns {HTMLElement[]} */
  const found = (selectors) => {
    const all = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selectors.map(place).join(", ")));
    crowded ||= all.length > MOST_ELEMENTS;
    return [...all].slice(0, MOST_ELEMENTS);
  };
  /** @param {string[]} selectors */
  const all = (selectors) => found(selectors).filter(visible);
  /** @param {string[]} selectors */
  const first = (selectors) => found(selectors).find(visible);
  /** @param {string} mark @param {string} [words] which of several, where it is said */
  const marked = (mark, words) => (setUp?.links(mark) ?? found(marks()[mark])).find((each) => visible(each) && (!words || text(each) === words));
  /** @param {string} name */
  const hidden = (name) => {
    const input = document.querySelector(`input[type='hidden'][name='${name}']`);
    return input instanceof HTMLInputElement && input.value ? input.value : undefined;
  };
  /** @param {Element | undefined | null} element @param {number} [length] */
  const text = (element, length = 300) => element?.textContent?.trim().slice(0, length) || undefined;

  /** What the first of each kind says. @param {string[]} selectors */
  const texts = (selectors) => selectors.flatMap((selector) => text(first([selector])) ?? []);

  /** On the pages of the set-up, what set-up.js knows of them. */
  const setUp = typeof tofaktorSetUp === "function" ? tofaktorSetUp({ all, first, text, rules: () => rules.setUp }) : undefined;
  const place = setUp?.place ?? ((/** @type {string} */ selector) => selector);
  const here = () => (setUp ? rules.setUp : rules.signIn);
  /** Elements that tell pages apart, by the names of `Mark`: never by texts, which are translated. @returns {Record<string, string[]>} */
  const marks = () => here().marks;
  /** What the form says it wants; its `type` 19 says so too. */
  const wanted = () => hidden("mfaAuthMethod") ?? (hidden("type") === "19" ? "PhoneAppOTP" : undefined);

  /** The person has not changed what was typed for them. */
  let ours = false;
  /** Where it was typed: in the set-up the next step may have a field that looks the same. @type {Element | undefined} */
  let typed;
  /** What marked the field as wrong when that was typed; it says nothing of it. @type {Element | undefined} */
  let stale;

  /** With its boxes: one, or one for each digit. */
  const field = () => {
    /** @type {Record<string, string>} */
    const never = { telephone: rules.never.telephone.join(", "), address: rules.never.address.join(", ") };
    // What says of itself that it is for something else comes first: a step with such a field asks for no app's code.
    const kinds = { ...(setUp && { telephone: ["$ input"], address: ["$ input"], ...rules.setUp.fields }), ...rules.signIn.fields };
    for (const [kind, selectors] of Object.entries(kinds)) {
      const signs = never[kind];
      const is = (/** @type {Element} */ box) => (signs ? box.matches(signs) : !Object.values(never).some((others) => box.matches(others)));
      const boxes = /** @type {HTMLInputElement[]} */ (all(selectors)).filter((box) => (signs || TYPES.test(box.type)) && !box.disabled && !box.readOnly && is(box));
      if (boxes.length === 0) continue;
      if (kind === "short" && (setUp || all(marks().asks).length !== 1)) continue;
      const box = boxes[0];
      const said = first(rules.signIn.fault);
      const marked = box.classList.contains("has-error") || box.getAttribute("aria-invalid") === "true";
      const fault = text(said) ? said : marked ? box : undefined;
      const empty = boxes.every((b) => b.value === "");
      if (setUp && box !== typed) ours = false;
      // A page that empties the field has answered.
      if (fault !== stale || (ours && empty)) stale = undefined;
      return { boxes, fault, seen: { kind, empty, invalid: !!fault && !stale, ours } };
    }
    return undefined;
  };

  /** Who signs in, where and how, from the text of `$Config`'s script, which is long and stays the same. @type {any} */
  let read;
  const config = () => {
    if (read) return read;
    const source = [...document.scripts].find((script) => !script.src && script.textContent?.includes("$Config="))?.textContent;
    if (!source) return {};
    /** @param {string} key */
    const value = (key) => JSON.parse(source.match(new RegExp(`"${key}":("(?:[^"\\\\]|\\\\.)*"|\\[\\{.*?\\}\\]|true)`))?.[1] ?? "null") ?? undefined;
    read = { long: source.length > MOST_CONFIG };
    if (read.long) return read;
    try {
      const proofs = value("arrUserProofs")?.map((/** @type {any} */ p) => ({ id: String(p.authMethodId), default: p.isDefault === true, types: p.phoneAppOtpTypes?.map(String) }));
      const urls = ["urlCancel", "urlResume", "urlFidoLogin"].map(value).filter((url) => URL.canParse(url, location.href));
      read = { user: value("sPOST_Username"), proofs, urls, logo: value("BannerLogo"), company: value("sCompanyDisplayName"), strengths: value("fIsChallengeDueToAuthenticationStrengths") };
    } catch {
      // It is none that can be read.
    }
    return read;
  };

  /** To an organisation's server Microsoft sends people by name. */
  const sentHere = () => (/^\/adfs\//i.test(location.pathname) && new URLSearchParams(location.search).get("username")) || undefined;

  /** @param {any} settings */
  const organisation = ({ urls = [], logo, company }) => {
    const named = [...urls, location.href].map((/** @type {string} */ url) => new URL(url, location.href).pathname.split("/")[1]);
    const asked = new URLSearchParams(location.search);
    const paths = [...new Set([...named, asked.get("tenantId") ?? asked.get("tenant") ?? ""])].filter(Boolean);
    return { paths, banner: logo?.match(/^https:\/\/[^/]+\/([^/]+)\/logintenantbranding\//)?.[1], name: company };
  };

  /** The one field of the page, or of the step, and made for a short code. @param {{ boxes: HTMLInputElement[], seen: { kind: string } }} asking */
  const isShort = ({ boxes, seen }) =>
    seen.kind === "short" || (seen.kind === "dialog" && all(["@ input"]).length === 1 && boxes[0].matches(rules.signIn.fields.short.join(", ")));
  /** What stands around a field that no rule knows. @param {HTMLInputElement} [box] */
  const around = (box) => box && [document.body.innerText, box.placeholder, box.ariaLabel].join("\n").slice(0, 4000);

  /** Of what is too much nothing is made: it is something that no rule knows. */
  const look = () => {
    crowded = false;
    const seen = lookAll();
    return crowded || JSON.stringify(seen).length > MOST_SEEN ? { marks: ["asks"] } : seen;
  };
  const lookAll = () => {
    const settings = config();
    crowded ||= settings.long;
    const asking = field();
    const tile = first(["img.tile-img"]);
    const icon = tile?.getAttribute("src") ?? tile?.getAttribute("svgsrc");
    return {
      pageId: document.querySelector("meta[name='PageID']")?.getAttribute("content") ?? undefined,
      authMethod: wanted() ?? hidden("AuthMethod"),
      login: hidden("login") ?? text(first(["#displayName", "[data-testid='identityBanner']"])) ?? settings.user ?? sentHere(),
      proofs: settings.proofs ?? [],
      strengths: settings.strengths,
      organisation: organisation(settings),
      icon: icon?.split("/").pop()?.slice(0, 100) || undefined,
      // All of them: what one says against the app, another must not hide.
      sentence: [...new Set(texts(here().sentence))].join("\n") || undefined,
      title: texts(here().title)[0],
      marks: Object.keys(marks()).filter((mark) => marked(mark)),
      field: asking?.seen,
      around: around(asking && isShort(asking) ? asking.boxes[0] : undefined),
      fault: text(asking?.fault),
      ...setUp?.look(),
    };
  };

  /** For Knockout, React and plain forms alike. @param {HTMLInputElement} box @param {string} value */
  const type = (box, value) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(box, value);
    box.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: value }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /** @param {string} code */
  const fill = (code) => {
    const { boxes = [], fault = undefined } = field() ?? {};
    if (boxes.length === 0 || (boxes.length > 1 && boxes.length !== code.length)) return false;
    boxes.forEach((box, i) => type(box, boxes.length > 1 ? code[i] : code));
    stale = fault;
    typed = boxes[0];
    sent = false;
    return (ours = boxes.map((box) => box.value).join("") === code);
  };

  /** It was submitted: what the page does to the field then is its answer. */
  let sent = false;
  /** A page that is still waking up may empty what was typed early: the same once more. @param {string} code @param {boolean} send */
  const hold = async (code, send) => {
    const step = told();
    for (let left = 20, once = true; left > 0; left--) {
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
  /** What the page says of the code it wants. */
  const told = () => {
    const { authMethod, icon, sentence, title } = lookAll();
    return JSON.stringify([authMethod, icon, sentence, title]);
  };

  /** Forms ignore a click in the same turn as the input. @param {string} expected */
  const submit = async (expected) => {
    await pause(500);
    const button = first(rules.signIn.submit);
    const filled = field()?.boxes.map((box) => box.value).join("");
    if (filled !== expected || !button) return;
    sent = true;
    button.click();
  };

  /**
   * A click may come before the page hears clicks, or be of a kind that it does not hear: once more, as a mouse does it.
   * Where the page has moved because of it, its server is slow, and would be asked twice.
   * @param {HTMLElement} target @param {boolean} heard
   */
  const follow = async (target, heard) => {
    for (const kinds of [["pointerdown", "mousedown", "pointerup", "mouseup", "click"], []]) {
      for (let left = 30; left > 0; left--) {
        await pause(100);
        if (!target.isConnected || !visible(target)) return;
      }
      if (!heard) for (const kind of kinds) target.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, composed: true }));
    }
    await say({ did: { done: false } });
  };

  /** @type {{ element: HTMLElement, before: string } | undefined} */
  let pointed;
  /** An outline: there is nothing of ours to click. @param {HTMLElement} [element] */
  const point = (element) => {
    if (pointed?.element === element) return;
    if (pointed) pointed.element.style.outline = pointed.before;
    pointed = element && { element, before: element.style.outline };
    if (element) element.style.outline = "3px solid #0b5cad";
  };

  /** @param {unknown} message @returns {Promise<any>} nothing once the extension is gone or updated */
  const say = async (message) => {
    try {
      const reply = await chrome.runtime.sendMessage(message);
      unanswered = 0;
      return reply;
    } catch {
      if (!chrome.runtime?.id) observer.disconnect();
      // The worker was stopped while it was answering, and the next message starts it again.
      else if (unanswered < MOST_UNANSWERED) again = setTimeout(lookAfresh, SETTLE << unanswered++);
      return undefined;
    }
  };
  let unanswered = 0;

  let said = "";
  let again = 0;
  let busy = false;
  let changed = false;

  /** One look at a time; what changes meanwhile comes afterwards. */
  const report = async () => {
    if (busy) return void (changed = true);
    busy = true;
    try {
      await reportAll();
    } finally {
      busy = false;
    }
    if (changed) soon();
  };

  const reportAll = async () => {
    do {
      changed = false;
      const seen = look();
      const still = performance.now() - changedAt >= REST && !moving();
      if (!still) restless++;
      const acted = document.hasFocus() && navigator.userActivation.hasBeenActive;
      const request = { look: { seen, taught, visible: document.visibilityState === "visible", acted, resting: still || restless > MOST_RESTLESS } };
      const key = JSON.stringify(request);
      if (key === said) continue;
      said = key;
      clearTimeout(again);
      // What is undefined is left out, as Chromium does by itself: to the core it would be a value.
      await obey(await say(JSON.parse(key)));
    } while (changed && !moving());
  };

  /** @param {any} reply a `PageReply`, or nothing */
  const obey = async (reply) => {
    // What was lost on the way says nothing.
    if (reply) point(reply.point && marked(reply.point.mark, reply.point.words));
    if (reply?.learn) {
      rules = reply.learn.rules;
      taught = changed = true;
    }
    if (reply === "sendPictures" && setUp) changed = (await setUp.handOver(say)) || changed;
    if (reply?.fill) {
      const { code, submit: send } = reply.fill;
      const done = fill(code);
      // What we have typed is no news, but in the set-up it is a step; whatever comes next is, also if it looks as before.
      changed ||= setUp !== undefined;
      said = "";
      await say({ did: { done } });
      if (done && send) submit(code);
      if (done) hold(code, send);
    }
    if (reply?.click) {
      const target = marked(reply.click.mark, reply.click.words);
      const before = performance.now();
      target?.click();
      await say({ did: { done: target !== undefined } });
      if (target && /^(anotherWay|appCodeChoice)$/.test(reply.click.mark)) follow(target, changedAt > before);
    }
    if (reply?.again) again = setTimeout(lookAfresh, reply.again.afterMs);
  };

  /** Nothing on the page has changed: the vault or the clock has. */
  const lookAfresh = () => {
    said = "";
    moving() ? soon() : report();
  };

  /** A spinner, which turns for ever, does not count. */
  const moving = () =>
    document.getAnimations().some((animation) => {
      const end = animation.effect?.getComputedTiming().endTime;
      return animation.playState === "running" && typeof end === "number" && end < 2000;
    });

  /** Waits until what slides or fades has come to rest: a transparent dialog would look like none. */
  let waiting = false;
  const soon = (where = "", patience = restless > MOST_RESTLESS ? 0 : 20) => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      const { x, y } = field()?.boxes[0]?.getBoundingClientRect() ?? { x: 0, y: 0 };
      const here = `${x},${y}`;
      const resting = (here === where || here === "0,0") && !moving();
      resting || patience <= 0 ? report() : soon(here, patience - 1);
    }, SETTLE << Math.min(5, Math.max(0, restless - MOST_RESTLESS)));
  };

  /** When the page last changed, and how many looks at it there were since it last rested. */
  let changedAt = performance.now();
  let restless = 0;
  const observer = new MutationObserver(() => {
    const now = performance.now();
    if (now - changedAt > REST) restless = 0;
    changedAt = now;
    soon();
  });
  observer.observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["style", "class", "hidden", "disabled", "src", "value", "aria-hidden", "aria-invalid"],
  });
  for (const event of ["transitionend", "animationend", "load", "error"]) document.addEventListener(event, () => soon(), { capture: true, passive: true });
  document.addEventListener("visibilitychange", lookAfresh);
  document.addEventListener("input", ({ isTrusted, target }) => {
    if (isTrusted && field()?.boxes.some((box) => box === target)) ours = false;
  });
  chrome.runtime.onMessage.addListener((message, _, answer) => {
    if (message === "look") lookAfresh();
    if (message === "where") answer(location.href);
  });
  // Once the page is painted: to ask for the place of anything before that would make it be laid out twice.
  requestIdleCallback(report, { timeout: SETTLE });
})();
