/** Of the set-up's pages, for page.js. May be put in anew, hence `var`. @param {Eyes} eyes */
var tofaktorSetUp = ({ all, first, text, rules }) => {
/** Sixteen base32 letters after a colon. */
const SECRET_TEXT = /:\s*([a-z2-7]{16})\s*$/i;
const OLD = /^\/proofup/i;

/** `@` is where steps are drawn: in dialogs, or in the page that interrupts a sign-in; `%` is proofup.aspx, `$` is `@` elsewhere. @param {string} selector */
const place = (selector) => {
  const old = OLD.test(location.pathname);
  const steps = old || /^\/register/i.test(location.pathname) ? "body" : "[role='dialog']";
  return selector.replace(/^[@%$](?= |$)/, (sign) => (sign === "@" || (sign === "%") === old ? steps : "nowhere"));
};

/** Only words tell them apart; the one to another app stands before the button that leads on. @param {string} mark */
const links = (mark) => {
  const { withoutNotifications, otherApp, nextStep } = rules().marks;
  if (mark === "withoutNotifications") return all(withoutNotifications);
  if (mark !== "otherApp") return;
  const next = first(nextStep);
  return all(otherApp).filter((link) => next && link.compareDocumentPosition(next) & Node.DOCUMENT_POSITION_FOLLOWING);
};

/** Handed over, and whether they count. @type {Map<string, boolean>} */
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
/** @param {Element} element */
const background = (element) => getComputedStyle(element).backgroundImage.match(/^url\("(data:image\/[^"]+)"\)$/)?.[1];

/** @param {Element} picture */
const identity = (picture) => {
  if (picture instanceof HTMLImageElement) return picture.complete ? picture.currentSrc : `loading ${picture.currentSrc}`;
  if (picture instanceof HTMLCanvasElement) return fromCanvas(picture);
  return background(picture) ?? picture.outerHTML;
};

/** Empty where it may not be read. @param {HTMLCanvasElement} canvas */
const fromCanvas = (canvas) => {
  try {
    return canvas.toDataURL("image/png");
  } catch {
    return "";
  }
};

/** Its own pixels, as a `data:` URL. @param {Element} picture */
const draw = async (picture) => {
  if (picture instanceof HTMLCanvasElement) return fromCanvas(picture);
  const { width, height } = picture.getBoundingClientRect();
  const image = picture instanceof HTMLImageElement ? picture : new Image(width, height);
  if (image !== picture) image.src = background(picture) ?? `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(picture))}`;
  const url = image.currentSrc || image.src;
  if (/^data:image\/(png|jpeg)[;,]/.test(url)) return url;
  try {
    await image.decode();
    // A vector has no pixels; four to one of CSS keep modules apart.
    const scale = picture instanceof SVGElement ? 4 : 1;
    const canvas = Object.assign(document.createElement("canvas"), { width: (image.naturalWidth || width) * scale, height: (image.naturalHeight || height) * scale });
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return fromCanvas(canvas);
  } catch {
    return "";
  }
};

/** One that is new; whether it is to be looked again. @param {Say} say */
const handOver = async (say) => {
  const picture = pictures().find(isNew);
  if (!picture) return;
  const which = identity(picture);
  const url = await draw(picture);
  const answer = await say({ pictures: { pictures: url ? [url] : [] } });
  // Else it was lost.
  if (answer) sent.set(which, answer !== "noQr");
  return answer;
};

/** The secret as text, with the account's name above it. */
const manual = () => {
  const shown = first(rules().secret);
  if (shown) {
    const row = shown.closest("tr, div, p");
    const name = row?.parentElement?.querySelector(".ms-pii") ?? row?.previousElementSibling?.lastElementChild;
    return { name: (name !== shown && text(name)) || "", secret: text(shown) ?? "" };
  }
  if (!OLD.test(location.pathname)) return;
  const lines = all(["p", "li", "td", "span"]).map((line) => text(line) ?? "");
  const at = lines.findIndex((line) => SECRET_TEXT.test(line));
  if (at > 0) return { name: lines[at - 1].replace(/^[^:]*:\s*/, ""), secret: lines[at].match(SECRET_TEXT)?.[1] ?? "" };
};

const look = () => {
  const found = pictures();
  const words = ["otherApp", "withoutNotifications"].flatMap((mark) => links(mark) ?? []).map((link) => text(link) ?? "");
  const listed = first(rules().marks.setUpList) && !first(rules().marks.dialog) ? document.body.innerText.slice(0, 4000) : undefined;
  return { listed, picture: found.length > 0, pictures: found.filter(isNew).length, manual: manual(), links: words.slice(0, 20), language: document.documentElement.lang };
};

return { place, links, handOver, look };
};
