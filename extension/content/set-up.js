/** @typedef {{ all: (selectors: string[]) => HTMLElement[], first: (selectors: string[]) => HTMLElement | undefined, text: (element?: Element | null) => string | undefined, rules: () => typeof tofaktorRules.setUp }} Eyes */

/**
 * What page.js needs besides on the pages of the set-up, where the browser runs it after this: where their steps are, what
 * could be a QR code, and the secret as text. May be put in anew, hence `var`. @param {Eyes} eyes
 */
var tofaktorSetUp = ({ all, first, text, rules }) => {
  /** Where no element is known: sixteen base32 letters alone after a colon. */
  const SECRET_TEXT = /:\s*([a-z2-7]{16})\s*$/i;
  const OLD = /^\/proofup/i;

  /**
   * `@` in a selector is where the set-up draws its steps, in dialogs or in the page where a sign-in was interrupted for it;
   * `%` is proofup.aspx, whose window lies over other fields, and `$` is `@` elsewhere. @param {string} selector
   */
  const place = (selector) => {
    const old = OLD.test(location.pathname);
    const steps = old || /^\/register/i.test(location.pathname) ? "body" : "[role='dialog']";
    /** @type {Record<string, string>} */
    const places = { "@": steps, "%": old ? "body" : "nowhere", $: old ? "nowhere" : steps };
    return selector.replace(/^[@%$](?= |$)/, (sign) => places[sign] ?? sign);
  };

  /** Links that only their words tell apart. The one to another app stands before the button that leads on, the one to another method after it. @param {string} mark */
  const links = (mark) => {
    const { withoutNotifications, otherApp, nextStep } = rules().marks;
    if (mark === "withoutNotifications") return all(withoutNotifications);
    if (mark !== "otherApp") return undefined;
    const next = first(nextStep);
    return all(otherApp).filter((link) => next && link.compareDocumentPosition(next) & Node.DOCUMENT_POSITION_FOLLOWING);
  };

  /** Pictures already handed over, and whether they count. @type {Map<string, boolean>} */
  const sent = new Map();

  /** What could be a QR code. */
  const pictures = () =>
    all(["img", "canvas", "svg", "[style*='background']"]).filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      const square = width >= 60 && height >= 60 && Math.abs(width - height) <= 0.1 * width;
      return square && (element.tagName !== "DIV" || background(element) !== undefined) && sent.get(identity(element)) !== false;
    });
  /** @param {Element} picture */
  const isNew = (picture) => !sent.has(identity(picture));

  /** @param {Element} element @returns {string | undefined} */
  const background = (element) => getComputedStyle(element).backgroundImage.match(/^url\("(data:image\/[^"]+)"\)$/)?.[1];

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

  /** One picture, if there is a new one; whether it is to be looked again. @param {(message: unknown) => Promise<any>} say */
  const handOver = async (say) => {
    const picture = pictures().find(isNew);
    if (!picture) return false;
    const which = identity(picture);
    const url = await draw(picture);
    const answer = await say({ pictures: { pictures: url ? [url] : [] } });
    // Else it was lost, and is asked for again.
    if (answer) sent.set(which, answer !== "noQr");
    return !!answer;
  };

  /** The secret as text, with the account's name above it. */
  const manual = () => {
    const shown = first(rules().secret);
    if (shown) {
      const row = shown.closest("tr, div, p");
      const name = row?.parentElement?.querySelector(".ms-pii") ?? row?.previousElementSibling?.lastElementChild;
      return { name: (name !== shown && text(name)) || "", secret: text(shown) ?? "" };
    }
    if (!OLD.test(location.pathname)) return undefined;
    const lines = all(["p", "li", "td", "span"]).map((line) => text(line) ?? "");
    const at = lines.findIndex((line) => SECRET_TEXT.test(line));
    if (at < 1) return undefined;
    return { name: lines[at - 1].replace(/^[^:]*:\s*/, ""), secret: lines[at].match(SECRET_TEXT)?.[1] ?? "" };
  };

  const look = () => {
    const found = pictures();
    const words = ["otherApp", "withoutNotifications"].flatMap((mark) => links(mark) ?? []).map((link) => text(link) ?? "");
    const listed = first(rules().marks.setUpList) && !first(rules().marks.dialog) ? document.body.innerText.slice(0, 4000) : undefined;
    return { listed, picture: found.length > 0, pictures: found.filter(isNew).length, manual: manual(), links: words.slice(0, 20), language: document.documentElement.lang };
  };

  return { place, links, handOver, look };
};
