/**
 * Eyes and hands on Microsoft's pages: reports an `Observation` (src/pages/mod.rs), does what the
 * `PageReply` (src/protocol.rs) says. Holds no secret but the one code it types, while typing.
 */
(() => {
  /** Put in anew where it already is, it looks again: there is one in a page. @type {any} */
  const here = globalThis;
  if (here.tofaktor) return here.tofaktor();
  here.tofaktor = () => lookAfresh();

  /**
   * Elements that tell pages apart, by the names of `Mark`: never by texts, which are translated. `@` is where
   * the set-up draws its steps, `%` is proofup.aspx. @type {Record<string, string>}
   */
  const MARKS = {
    userName: "#i0116, #usernameEntry",
    password: "#i0118, #passwordEntry, #passwordInput",
    accountTiles: "#tilesHolder",
    push: "#idDiv_SAOTCAS_Title, #idDiv_SAOTCAS_Description, #idRichContext_DisplaySign, [data-testid='displaySign'], #validEntropyNumber",
    pushDenied: "#idDiv_SAASDS_Title, #idDiv_SAASDS_Description",
    pushTimedOut: "#idDiv_SAASTO_Title, #idDiv_SAASTO_Description",
    proofPicker: "#idDiv_SAOTCS_Proofs",
    appCodeChoice: "#idDiv_SAOTCS_Proofs [data-value='PhoneAppOTP']",
    anotherWay: "#signInAnotherWay",
    moreInformation: "#idSubmit_ProofUp_Redirect",
    staySignedIn: "#KmsiDescription, #KmsiCheckboxField, [data-testid='kmsiVideo'], [data-testid='kmsiDescription']",
    signInError: "#service_exception_message, #exceptionMessageContainer",
    codeError: "#idSpan_SAOTCC_Error_OTC, #idDiv_SAOTCC_ErrorMsg_OTC, #errorText",
    setUpList: "[data-testid='add-method-button'], [data-automationid='splitbuttonprimary'] i[data-icon-name='Add']",
    setUpPicker: "[data-testid^='authmethod-picker-'], @ .ms-Dropdown",
    authenticatorTile: "[data-testid='authmethod-picker-authenticatorApp']",
    install: "[data-testid='authenticator-download-link']",
    otherApp: "@ button.ms-Link:not([data-testid])",
    instructions: "[data-testid='setup-instructions']",
    qrToggle: "[data-testid='activation-qr-show/hide-info-button']",
    stepTitle: "[data-testid='reskin-step-title']",
    nextStep: "[data-testid='reskin-step-next-button']:enabled, @ .ms-Button--primary:enabled",
    withoutNotifications: "% img ~ a, % img ~ * a",
    setUpError: "[data-testid='message-bar-error']",
    dialog: "@",
  };

  /** Fields that a code could go into, by the names of `FieldKind`. */
  const FIELDS = {
    otc: "input[name='otc']",
    split: "[data-testid='codeEntry'] input, input[id^='codeEntry-']",
    verification: "input[data-testid='verification-entercode-input']",
    adfs: "#verificationCodeInput",
    dialog: "@ input[type='text'], @ input[type='tel']",
  };

  const SUBMIT = "#idSubmit_SAOTCC_Continue, #oneTimeCodePrimaryButton, #signInButton";
  const SENTENCE = "#idDiv_SAOTCC_Description, @ h2 + p, #loginArea .fieldMargin:not(.error)";
  const TITLES = [".ms-Dialog-title", "[data-testid='reskin-step-title']", "#idDiv_SAOTCC_Title", "h1"];
  const SECRET = "[data-testid='activation-url/key'] .ms-pii, .ms-pii[aria-labelledby='secretKeyLabel']";
  /** Where no element is known: sixteen base32 letters alone after a colon. */
  const SECRET_TEXT = /:\s*([a-z2-7]{16})\s*$/i;
  /** Milliseconds between two glances. */
  const SETTLE = 60;
  const OLD = /^\/proofup/i;
  /** So many messages in a row may be lost before it waits for a change. */
  const MOST_UNANSWERED = 8;
  const SETS_UP = /^(mysignins|account)\./.test(location.hostname);

  /** @param {Element} element on the page where a person could see it */
  const visible = (element) => {
    if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false;
    if (element.closest("[aria-hidden='true'], .moveOffScreen, [inert]")) return false;
    const { width, height, right, left } = element.getBoundingClientRect();
    return width > 0 && height > 0 && right > 0 && left < innerWidth;
  };
  /** In dialogs, or in the page where a sign-in was interrupted for it. */
  const place = (/** @type {string} */ selector) => {
    const old = OLD.test(location.pathname);
    return selector.replaceAll("@", old || /^\/register/i.test(location.pathname) ? "body" : "[role='dialog']").replaceAll("%", old ? "body" : "nowhere");
  };
  /** @param {string} selector @returns {HTMLElement[]} */
  const all = (selector) => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(place(selector))].filter(visible));
  /** @param {string} selector @returns {HTMLElement | undefined} */
  const first = (selector) => all(selector)[0];
  /** The link to another app stands before the button that leads on, the one to another method after it. @param {string} mark */
  const marked = (mark) => {
    if (mark !== "otherApp") return first(MARKS[mark]);
    const next = first(MARKS.nextStep);
    return next && all(MARKS[mark]).find((link) => link.compareDocumentPosition(next) & Node.DOCUMENT_POSITION_FOLLOWING);
  };
  /** @param {string} name */
  const hidden = (name) => {
    const input = document.querySelector(`input[type='hidden'][name='${name}']`);
    return input instanceof HTMLInputElement && input.value ? input.value : undefined;
  };
  /** @param {Element | undefined | null} element @param {number} [length] */
  const text = (element, length = 300) => element?.textContent?.trim().slice(0, length) || undefined;

  /** With its boxes: one, or one for each digit. */
  const field = () => {
    for (const [kind, selector] of Object.entries(FIELDS)) {
      const boxes = /** @type {HTMLInputElement[]} */ (all(selector)).filter((box) => !box.disabled && !box.readOnly);
      if (boxes.length === 0) continue;
      const box = boxes[0];
      const invalid = box.classList.contains("has-error") || box.getAttribute("aria-invalid") === "true" || !!text(first(MARKS.codeError));
      return { boxes, seen: { kind, empty: boxes.every((b) => b.value === ""), invalid } };
    }
    return undefined;
  };

  /** Who signs in and how, from the text of `$Config`'s script. */
  const config = () => {
    const source = [...document.scripts].find((script) => !script.src && script.textContent?.includes("$Config="))?.textContent;
    /** @param {string} key */
    const value = (key) => JSON.parse(source?.match(new RegExp(`"${key}":("(?:[^"\\\\]|\\\\.)*"|\\[\\{.*?\\}\\])`))?.[1] ?? "null") ?? undefined;
    try {
      const proofs = (value("arrUserProofs") ?? []).map((/** @type {any} */ p) => ({ id: String(p.authMethodId), default: p.isDefault === true }));
      return { user: value("sPOST_Username"), proofs };
    } catch {
      return { proofs: [] };
    }
  };

  /** To an organisation's server Microsoft sends people by name. */
  const sentHere = () => (/^\/adfs\//i.test(location.pathname) && new URLSearchParams(location.search).get("username")) || undefined;

  /** What could be a QR code; only set-up pages show one. */
  const pictures = () =>
    SETS_UP
      ? all("img, canvas, svg, [style*='background']").filter((element) => {
          if (sent.get(identity(element)) === false) return false;
          const { width, height } = element.getBoundingClientRect();
          const square = width >= 60 && height >= 60 && Math.abs(width - height) <= 0.1 * width;
          return square && (element.tagName !== "DIV" || background(element) !== undefined);
        })
      : [];

  /** @param {Element} element @returns {string | undefined} */
  const background = (element) => getComputedStyle(element).backgroundImage.match(/^url\("(data:image\/[^"]+)"\)$/)?.[1];

  /** The secret as text, with the account's name above it. */
  const manual = () => {
    const shown = first(SECRET);
    if (shown) {
      const name = shown.closest("tr, div, p")?.parentElement?.querySelector(".ms-pii");
      return { name: (name !== shown && text(name)) || "", secret: text(shown) ?? "" };
    }
    if (!OLD.test(location.pathname)) return undefined;
    const lines = all("p, li, td, span").map((line) => text(line) ?? "");
    const at = lines.findIndex((line) => SECRET_TEXT.test(line));
    if (at < 1) return undefined;
    return { name: lines[at - 1].replace(/^[^:]*:\s*/, ""), secret: lines[at].match(SECRET_TEXT)?.[1] ?? "" };
  };

  /** Pictures already handed over, and whether they count. @type {Map<string, boolean>} */
  const sent = new Map();

  const look = () => {
    const settings = config();
    const banner = first("#displayName, [data-testid='identityBanner']");
    const icon = first("img.tile-img")?.getAttribute("src") ?? first("img.tile-img")?.getAttribute("svgsrc");
    const found = pictures();
    const marks = Object.keys(MARKS).filter(marked);
    return {
      pageId: document.querySelector("meta[name='PageID']")?.getAttribute("content") ?? undefined,
      authMethod: hidden("mfaAuthMethod") ?? hidden("AuthMethod"),
      login: hidden("login") ?? text(banner) ?? settings.user ?? sentHere(),
      proofs: settings.proofs,
      icon: icon?.split("/").pop()?.slice(0, 100) || undefined,
      sentence: text(first(SENTENCE)),
      title: TITLES.map((selector) => text(first(selector))).find((title) => title),
      marks,
      field: field()?.seen,
      picture: found.length > 0,
      pictures: found.filter((picture) => !sent.has(identity(picture))).length,
      manual: manual(),
    };
  };

  /** @param {Element} picture */
  const identity = (picture) => {
    if (picture instanceof HTMLImageElement) return picture.complete ? picture.currentSrc : `loading ${picture.currentSrc}`;
    if (picture instanceof HTMLCanvasElement) return fromCanvas(picture);
    return background(picture) ?? picture.outerHTML;
  };

  /** @param {HTMLCanvasElement} canvas empty where it may not be read */
  const fromCanvas = (canvas) => {
    try {
      return canvas.toDataURL("image/png");
    } catch {
      return "";
    }
  };

  /** @param {Element} picture @returns {Promise<string>} a `data:` URL of its own pixels, empty where they may not be read */
  const draw = async (picture) => {
    if (picture instanceof HTMLCanvasElement) return fromCanvas(picture);
    const { width, height } = picture.getBoundingClientRect();
    let image = picture;
    if (!(picture instanceof HTMLImageElement)) {
      const drawn = new Image(width, height);
      drawn.src = background(picture) ?? `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(picture))}`;
      image = drawn;
    }
    if (!(image instanceof HTMLImageElement)) return "";
    if (/^data:image\/(png|jpeg)[;,]/.test(image.currentSrc || image.src)) return image.currentSrc || image.src;
    try {
      await image.decode();
      const canvas = document.createElement("canvas");
      // A vector has no pixels of its own; four to a CSS pixel keep small modules apart.
      const scale = picture instanceof SVGElement ? 4 : 1;
      canvas.width = (image.naturalWidth || width) * scale;
      canvas.height = (image.naturalHeight || height) * scale;
      canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
      return fromCanvas(canvas);
    } catch {
      return "";
    }
  };

  /** For Knockout, React and plain forms alike. @param {HTMLInputElement} box @param {string} value */
  const type = (box, value) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(box, value);
    box.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: value }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };

  /** @param {string} code */
  const fill = (code) => {
    const boxes = field()?.boxes ?? [];
    if (boxes.length === 0 || (boxes.length > 1 && boxes.length !== code.length)) return false;
    boxes.forEach((box, i) => type(box, boxes.length > 1 ? code[i] : code));
    return boxes.map((box) => box.value).join("") === code;
  };

  /** Forms ignore a click in the same turn as the input. @param {string} expected */
  const submit = (expected) =>
    setTimeout(() => {
      const button = first(SUBMIT);
      const typed = field()?.boxes.map((box) => box.value).join("");
      if (typed === expected && button instanceof HTMLElement) button.click();
    }, 500);

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
    do {
      changed = false;
      const seen = look();
      const request = { look: { seen, visible: document.visibilityState === "visible" } };
      const key = JSON.stringify(request);
      if (key === said) continue;
      said = key;
      clearTimeout(again);
      await obey(await say(request));
    } while (changed);
    busy = false;
  };

  /** @param {any} reply a `PageReply`, or nothing */
  const obey = async (reply) => {
    point(reply?.point && marked(reply.point.mark));
    if (reply === "sendPictures") {
      const picture = pictures().find((each) => !sent.has(identity(each)));
      if (!picture) return;
      const which = identity(picture);
      const url = await draw(picture);
      const answer = await say({ pictures: { pictures: url ? [url] : [] } });
      // Else it was lost, and is asked for again.
      if (answer) sent.set(which, answer !== "noQr");
      changed = !!answer;
    }
    if (reply?.fill) {
      const { code, submit: send } = reply.fill;
      const done = fill(code);
      changed = true;
      await say({ did: { done } });
      if (done && send) submit(code);
    }
    if (reply?.click) {
      const target = marked(reply.click.mark);
      target?.click();
      await say({ did: { done: target !== undefined } });
    }
    if (reply?.again) again = setTimeout(lookAfresh, reply.again.afterMs);
  };

  /** Nothing on the page has changed: the vault or the clock has. */
  const lookAfresh = () => {
    said = "";
    report();
  };

  /** A spinner, which turns for ever, does not count. */
  const moving = () =>
    document.getAnimations().some((animation) => {
      const end = animation.effect?.getComputedTiming().endTime;
      return animation.playState === "running" && typeof end === "number" && end < 2000;
    });

  /** Waits until what slides or fades has come to rest: a transparent dialog would look like none. */
  let waiting = false;
  const soon = (where = "", patience = 20) => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      const { x, y } = field()?.boxes[0]?.getBoundingClientRect() ?? { x: 0, y: 0 };
      const here = `${x},${y}`;
      const resting = (here === where || here === "0,0") && !moving();
      resting || patience === 0 ? report() : soon(here, patience - 1);
    }, SETTLE);
  };

  const observer = new MutationObserver(() => soon());
  observer.observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["style", "class", "hidden", "disabled", "src", "value", "aria-hidden"],
  });
  for (const event of ["transitionend", "animationend", "load"]) document.addEventListener(event, () => soon(), { capture: true, passive: true });
  document.addEventListener("visibilitychange", lookAfresh);
  chrome.runtime.onMessage.addListener((message) => {
    if (message === "look") lookAfresh();
  });
  report();
})();
