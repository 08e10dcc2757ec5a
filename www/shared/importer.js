// What is handed over to be taken in: read, asked about, shown line by line, and only then saved.
import { exchange } from "../../core.js";
import { notFound, someUnread } from "../../scan.js";
import { passphraseField } from "./unlock-form.js";
import { offerUndo } from "./notice.js";
import { button, h, icon, say } from "./page.js";
import { refused, scanFile } from "./picture.js";
import { MAX_BYTES, read, wipe } from "./reading.js";

/**
 * @typedef {import("../../core/reader.js").Reading} Reading
 * @typedef {import("../../core/tofaktor.js").PreviewLine} PreviewLine
 * @typedef {import("../../core/tofaktor.js").Choice} Choice
 * @typedef {ReturnType<typeof import("./dialog.js").makeDialog>} Dialog
 */

const LINE_FEED = 10;
/** How a KeePass database begins. */
const KEEPASS = [0x03, 0xd9, 0xa2, 0x9a];

/** The most pictures that are looked for in a web page. */
const MAX_PICTURES = 1000;

/** The pictures that are written into a web page: Ente's and others' have a QR code for each account. What is cut short is none. @param {Uint8Array} bytes */
const picturesIn = (bytes) => {
  const page = new TextDecoder().decode(bytes.subarray(0, 1024)).trimStart().startsWith("<") ? new TextDecoder().decode(bytes) : "";
  const found = [...page.matchAll(/data:(image\/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/=\r\n\t]+)/g)].slice(0, MAX_PICTURES);
  return found.flatMap(([, type, base64 = ""]) => {
    try {
      return [new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type })];
    } catch {
      return [];
    }
  });
};

/** What a file holds; nothing, if it is a folder or no longer there. @param {File} file */
const bytesOf = (file) =>
  file.arrayBuffer().then(
    (bytes) => new Uint8Array(bytes),
    () => undefined,
  );

/** So many rows of a list are made at once; more than a window shows, and few enough to be there at once. */
const AT_ONCE = 100;

/**
 * Puts what is made one by one into a list: the first at once, the others whenever the browser has nothing else to do.
 * @param {HTMLElement} list
 * @param {(() => HTMLElement)[]} makers
 */
const fill = (list, makers) => {
  list.append(...makers.slice(0, AT_ONCE).map((make) => make()));
  const rest = makers.slice(AT_ONCE);
  if (rest.length > 0) requestIdleCallback(() => list.isConnected && fill(list, rest), { timeout: 500 });
};

/** Parts as one, each with so much room after it. @param {Uint8Array[]} parts @param {number} room */
const joined = (parts, room) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length + room, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length + room;
  }
  return whole;
};

/** Parts of one text, a line each. @param {Uint8Array[]} parts */
const lines = (parts) => {
  const whole = joined(parts, 1);
  let at = -1;
  for (const { length } of parts) whole[(at += length + 1)] = LINE_FEED;
  wipe(...parts);
  return whole;
};

/** The passphrase, preceded by its length, and what was read. @param {Uint8Array} passphrase @param {Uint8Array} entries */
const framed = (passphrase, entries) => {
  const whole = new Uint8Array(4 + passphrase.length + entries.length);
  new DataView(whole.buffer).setUint32(0, passphrase.length, true);
  whole.set(passphrase, 4);
  whole.set(entries, 4 + passphrase.length);
  return whole;
};

/**
 * What was handed over: a file, or the texts of QR codes. When it is read its bytes are kept only while parts are missing.
 * @typedef {{ name: string, bytes: Uint8Array, reading?: Reading, refused?: string }} Source
 */

/**
 * @param {Dialog} dialog
 * @param {(key?: string, ...values: (string | number)[]) => void} tell
 * @param {() => unknown} done something was saved
 */
export const importer = (dialog, tell, done) => {
  /** All of one list, in the order in which they came. @type {Source[]} */
  let sources = [];
  /** Those that came while the list before was being saved. @type {Source[]} */
  let later = [];
  /** What goes on: something is read or asked, the list is shown, or it is being saved. @type {"" | "reading" | "shown" | "saving"} */
  let step = "";
  /** A file whose entries make the vault, and are not added to it. */
  let restoring = false;
  let cancel = new AbortController();

  /** Nothing of it stays, whichever way the dialog is closed. */
  const forget = () => {
    cancel.abort();
    for (const { bytes, reading } of sources) wipe(bytes, reading?.entries);
    sources = [];
    step = "";
  };

  /** @param {string} title @param {(Node | string)[]} parts @param {() => void} closed */
  const open = (title, parts, closed) => dialog.open("import", title, parts, closed);

  /** A dialog that gives way to another one does not forget. */
  let turning = false;
  /** @param {string} title @param {(Node | string)[]} parts */
  const turn = (title, parts) => {
    turning = true;
    open(title, parts, () => {
      if (!turning) forget();
    });
    turning = false;
  };

  /**
   * The person has turned away from what a piece of work was for, and what it comes to does nothing any more. A browser may
   * close the dialog without a word before, and tells of it late.
   * @param {AbortSignal} signal
   */
  const isOver = (signal) => signal.aborted || !dialog.isOpen();

  const stop = () => {
    const made = button("cancel-import", say("cancel"));
    made.addEventListener("click", dialog.close);
    return made;
  };

  /** @param {string[]} sentences */
  const refuse = (...sentences) => {
    const close = button("close-import", say("close"), { class: "primary" });
    close.addEventListener("click", dialog.close);
    const words = sentences.map((words) => h("p", {}, words));
    turn(say("importTitle"), [h("div", { class: "warning", role: "status" }, icon("warn"), h("div", {}, ...words)), h("div", { class: "row" }, close)]);
    step = "shown";
  };

  /** Which of several it is. @param {Source} source */
  const which = ({ name }) => (sources.length > 1 && name ? [h("p", { class: "soft" }, h("bdi", {}, name))] : []);

  /** One after the other is read; then they are one list. @returns {void | Promise<void>} */
  const next = () => {
    step = "reading";
    const waiting = sources.find(({ reading, refused }) => !reading && !refused);
    if (waiting) return look(waiting);
    // The parts of one transfer may lie in several files.
    const [torn, ...more] = sources.filter(({ reading }) => (reading?.missing ?? 0) > 0);
    if (torn && more.length > 0) {
      wipe(...[torn, ...more].map(({ reading }) => reading?.entries));
      torn.bytes = lines([torn, ...more].map(({ bytes }) => bytes));
      delete torn.reading;
      sources = sources.filter((source) => !more.includes(source));
      return look(torn);
    }
    if (torn) return askMore(torn);
    if (sources.every(({ refused }) => refused)) return refuse(...sources.map(({ name, refused = "" }) => (sources.length > 1 ? say("importRefused", name, refused) : refused)));
    return preview();
  };

  /** @param {Source} source @param {string} [password] @param {Uint8Array} [keyFile] @returns {Promise<void>} */
  const look = async (source, password, keyFile) => {
    cancel.abort();
    cancel = new AbortController();
    const { signal } = cancel;
    turn(say("importTitle"), [...which(source), h("p", { role: "status" }, say("importReading")), h("div", { class: "progress", role: "progressbar", "aria-label": say("working") }), h("div", { class: "row" }, stop())]);
    /** @type {Reading} */
    let reading;
    try {
      reading = await read(source.bytes, password, signal, keyFile);
    } catch {
      return;
    } finally {
      wipe(keyFile);
    }
    const { error } = reading;
    if (isOver(signal)) return wipe(reading.entries);
    if (error === "needsPassword" || error === "unknownOrSealed") return askPassword(source, say(`import_${error}`));
    if (error === "wrongPassword" || error === "keyFile") return askPassword(source, say("import_needsPassword"), say(`import_${error}`), error);
    // What the QR codes in a page say is more than its text, which most often has no period.
    const pictures = picturesIn(source.bytes);
    if (pictures.length > 0 && (error === "document" || pictures.length >= reading.count)) {
      const seen = await scanAll(pictures, signal);
      if (isOver(signal)) return wipe(reading.entries, ...seen.payloads);
      if (seen.payloads.length > 0 && seen.payloads.length >= reading.count) {
        if (seen.unread) tell(...someUnread(seen));
        wipe(reading.entries, source.bytes);
        source.bytes = lines(seen.payloads);
        return look(source);
      }
      wipe(...seen.payloads);
    }
    if (error) source.refused = say(`import_${error}`);
    else if (restoring) return restore(reading, password ?? "");
    else source.reading = reading;
    if (!reading.missing) wipe(source.bytes);
    return next();
  };

  /** @param {Source} source @param {string} words @param {string} [trouble] @param {string} [error] */
  const askPassword = (source, words, trouble = "", error = "") => {
    // A key file may open it besides, or alone.
    const wantsFile = error === "keyFile" || KEEPASS.every((byte, at) => source.bytes[at] === byte);
    const { field, input } = passphraseField("import-password", "importPassword", false);
    const line = h("p", { role: "status", class: "trouble" }, trouble);
    const { signal } = cancel;
    const keyFile = h("input", { type: "file", id: "import-key-file" });
    // Its own password may be empty, too.
    input.required = !wantsFile;
    const send = h("button", { type: "submit", class: "primary" }, say(restoring ? "restoreNow" : "importOpen"));
    const without = button("import-without-password", say("importLeave"));
    without.hidden = sources.length === 1;
    without.addEventListener("click", () => {
      source.refused = say("importLeft");
      next();
    });
    const form = h("form", { class: "stack", autocomplete: "off" }, ...which(source), h("p", {}, restoring ? say("restoreText") : words), field, line, ...(wantsFile ? [h("div", { class: "field" }, h("label", { for: "import-key-file" }, say("importKeyFile")), keyFile)] : []), h("div", { class: "row" }, send, without, stop()));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const password = input.value;
      const [chosen] = keyFile.files ?? [];
      if (chosen && chosen.size > MAX_BYTES) return void (line.textContent = say("importKeyFileTooLarge"));
      input.value = "";
      const key = chosen && (await bytesOf(chosen));
      if (isOver(signal)) return wipe(key);
      if (chosen && !key) return void (line.textContent = say("importNotRead"));
      look(source, password, key);
    });
    turn(say(restoring ? "restoreTitle" : "importTitle"), [form]);
    // A file that comes now can be left out, and so can this one.
    asking = () => (without.hidden = sources.length === 1);
  };
  let asking = () => {};

  /** A transfer in several QR codes. @param {Source} source */
  const askMore = (source) => {
    const { signal } = cancel;
    const more = h("input", { type: "file", accept: "image/*", multiple: true, id: "import-next", "aria-label": say("importNextPart") });
    more.addEventListener("change", async () => {
      const scanned = await payloads([...(more.files ?? [])]);
      if (!scanned) return;
      const { parts } = scanned;
      if (isOver(signal)) return wipe(...parts);
      wipe(source.reading?.entries);
      delete source.reading;
      source.bytes = lines([source.bytes, ...parts]);
      next();
    });
    const without = button("import-without", say("importWithoutRest"));
    without.addEventListener("click", () => {
      if (source.reading) source.reading.missing = 0;
      next();
    });
    turn(say("importTitle"), [...which(source), h("p", { role: "status" }, say("importMissing", source.reading?.missing ?? 0)), h("div", { class: "field" }, h("label", { for: "import-next" }, say("importNextPart")), more), h("div", { class: "row" }, without, stop())]);
    step = "shown";
  };

  /** @returns {Promise<void>} */
  const preview = async () => {
    const { signal } = cancel;
    const all = [...sources];
    const readings = all.flatMap(({ reading }) => reading ?? []);
    const entries = joined(
      readings.map(({ entries }) => entries),
      0,
    );
    const { out, notice } = await exchange("preview", entries);
    if (isOver(signal)) return wipe(entries);
    // Another file came in the meantime.
    if (sources.length !== all.length) {
      wipe(entries);
      return next();
    }
    if (!out || !("preview" in out)) {
      wipe(entries);
      return refuse(say(`notice_${notice ?? "malformed"}`));
    }
    const rows = out.preview.lines.map(row);
    const makers = rows.map(({ make }) => make);
    const several = all.length > 1;
    // Under the name of the file that they are from, where there are several.
    const listed = all.flatMap(({ name, reading }) => {
      if (!reading) return [];
      const heading = () => h("li", { class: "source" }, h("h3", {}, h("bdi", {}, name || reading.format)), h("small", {}, say("importSource", reading.count, reading.format)));
      return [...(several ? [heading] : []), ...makers.splice(0, reading.count)];
    });
    /** @param {string} label @param {string} name @param {string} words */
    const unreadable = (label, name, words) => () => h("li", { "data-fate": "unreadable" }, h("div", {}, h("strong", {}, label || say("importNameless")), ...(several && name !== label ? [h("small", {}, h("bdi", {}, name))] : []), h("small", {}, words)));
    const unread = all.flatMap(({ name, reading, refused }) => [
      ...(refused ? [unreadable(name, name, refused)] : []),
      ...(reading?.unreadable ?? []).map(({ label, why }) => unreadable(label, name, say("importUnreadable", typeof why === "string" ? say(`why_${why}`) : say("why_setting", why.setting)))),
    ]);
    const [pictures, otherFiles] = /** @type {const} */ (["pictures", "otherFiles"]).map((kind) => readings.reduce((sum, reading) => sum + reading[kind], 0));
    const count = h("span", {});
    const confirm = button("import-confirm", "", { class: "primary" });
    confirm.append(count);
    const chosen = () => rows.map(({ choice }) => choice());
    const counted = () => {
      const taken = chosen().filter((choice) => choice !== "skip").length;
      count.textContent = say("importTake", taken);
      confirm.disabled = taken === 0;
    };
    confirm.addEventListener("click", async () => {
      confirm.disabled = true;
      step = "saving";
      const names = rows.flatMap(({ called }, at) => (called().trim() ? [/** @type {[number, string]} */ ([at, called()])] : []));
      const reply = await exchange({ take: { choices: chosen(), names } }, entries);
      if (!isOver(signal)) dialog.close();
      await done();
      if (reply.out && "taken" in reply.out) {
        const { added, replaced, undo, new: news, noted } = reply.out.taken;
        tell("imported", added + replaced);
        offerUndo(undo, news, noted);
      } else tell(reply.notice ?? "malformed");
      const waiting = later;
      later = [];
      if (waiting.length > 0) add(waiting);
    });
    const list = h("ul", { class: "rows import-list" });
    list.addEventListener("change", counted);
    counted();
    const found = rows.length;
    turning = true;
    open(
      say("importTitle"),
      [
        h("p", { tabindex: "-1", "data-first": true }, say("importFound", found, [...new Set(readings.map(({ format }) => format))].join(", "))),
        ...(unread.length ? [h("p", { class: "trouble" }, say("importUnreadableCount", unread.length))] : []),
        ...(pictures ? [h("p", { class: "trouble", id: "import-pictures" }, say("importPictures", pictures))] : []),
        ...(otherFiles ? [h("p", { class: "soft", id: "import-other-files" }, say("importOtherFiles", otherFiles))] : []),
        list,
        h("div", { class: "row" }, confirm, stop()),
      ],
      () => {
        wipe(entries);
        if (!turning) forget();
      },
    );
    turning = false;
    fill(list, [...listed, ...unread]);
    step = "shown";
  };

  /** @param {Reading} reading @param {string} password */
  const restore = async ({ backup, entries, format }, password) => {
    if (!backup) {
      wipe(entries);
      return refuse(say("restoreOther", format));
    }
    const { signal } = cancel;
    const whole = framed(new TextEncoder().encode(password.normalize("NFKC")), entries);
    const { notice, view } = await exchange("restore", whole);
    wipe(whole, entries);
    if (!view.open) return isOver(signal) ? undefined : refuse(say(`notice_${notice ?? "malformed"}`));
    if (!isOver(signal)) dialog.close();
    await done();
    tell("restored");
  };

  /**
   * What the QR codes of pictures say, all together.
   * @param {Blob[]} pictures
   * @param {AbortSignal} [signal] they are a page's: one that is broken counts for nothing, and whoever turns away ends it
   */
  const scanAll = async (pictures, signal) => {
    const seen = { payloads: /** @type {Uint8Array[]} */ ([]), unread: 0, instead: "", parts: false };
    for (const picture of pictures) {
      if (signal && isOver(signal)) break;
      try {
        const { payloads, unread, instead, parts } = await scanFile(picture);
        seen.payloads.push(...payloads);
        // Of what was seen and not read, the reason counts for more than what is no QR code.
        if (!seen.instead || (unread && !seen.unread)) seen.instead = instead;
        seen.unread += unread;
        seen.parts ||= parts;
      } catch (error) {
        if (!signal) throw error;
      }
    }
    return seen;
  };

  /** What the QR codes of pictures say; nothing if they say nothing, which is told. @param {Blob[]} pictures */
  const payloads = async (pictures) => {
    try {
      const seen = await scanAll(pictures);
      if (seen.payloads.length === 0) return void tell(notFound(seen, "noQrInPicture"));
      const left = seen.unread ? someUnread(seen) : undefined;
      if (left) tell(...left);
      return { parts: seen.payloads, left };
    } catch (error) {
      return void tell(refused(error));
    }
  };

  /** To the list that is there, or as a new one. @param {Source[]} more @param {boolean} [restores] */
  const add = (more, restores = false) => {
    if (step === "saving") {
      later.push(...more);
      return undefined;
    }
    const goesOn = step !== "" && dialog.isOpen() && !restoring && !restores;
    // What lies there is of something else, and is forgotten before this takes its place.
    if (!goesOn) dialog.close();
    restoring = restores;
    sources.push(...more);
    asking();
    // What is being read or asked about comes first.
    return goesOn && step === "reading" ? undefined : next();
  };

  return {
    payloads,

    /** Whether something that comes now is taken into a list that is there. */
    goesOn: () => step !== "",

    /** Texts, such as the payloads of QR codes. @param {Uint8Array[]} parts @param {string} [name] */
    texts: (parts, name = "") => add([{ name, bytes: lines(parts) }]),

    /** @param {File[]} files @param {boolean} [restores] */
    files: async (files, restores = false) => {
      const more = files.map(async (file) => {
        if (file.size > MAX_BYTES) return { name: file.name, bytes: new Uint8Array(), refused: say("import_tooLarge") };
        const bytes = await bytesOf(file);
        return bytes ? { name: file.name, bytes } : { name: file.name, bytes: new Uint8Array(), refused: say("importNotRead") };
      });
      return add(await Promise.all(more), restores);
    },
  };
};

/** One entry: how it stands, and what is done with it; its row is made when it is shown. @param {PreviewLine} line @param {number} at */
const row = (line, at) => {
  let choice = () => line.usual;
  let called = () => "";
  return {
    choice: () => choice(),
    called: () => called(),
    make: () => {
      const made = paint(line, at);
      choice = made.choice;
      if (made.called) ({ called } = made);
      return made.item;
    },
  };
};

/** @param {PreviewLine} line @param {number} at @returns {{ item: HTMLElement, choice: () => Choice, called?: () => string }} */
const paint = ({ issuer, organisation, name, mixed, short, fate, with: other, discarded, note, group, otherTags, usual }, at) => {
  const id = `import-${at}`;
  const isThere = fate === "same" || fate === "repeated";
  const words = h("small", { id: `${id}-fate` }, discarded && !isThere ? say(`discarded_${discarded}`) : say(`fate_${fate}`, other));
  const title = h("strong", {}, name || issuer || say("importNameless"));
  // Each by itself: none turns the other around.
  const whose = [organisation, name && issuer].flatMap((said) => (said ? [h("small", {}, h("bdi", {}, said))] : []));
  const warning = [...(mixed ? ["mixedAlphabets"] : []), ...(short ? ["shortKey"] : [])].map((about) => h("small", { class: "mixed" }, say(about)));
  const said = [...(note ? [say(`note_${note}`)] : []), ...(group ? [say("importGroup", group)] : []), ...(otherTags.length > 0 ? [say("importTags", otherTags.join(", "))] : [])];
  const beside = said.map((words) => h("small", { class: "beside" }, words));
  const text = h("div", {}, title, ...whose, words, ...beside, ...warning);
  const item = h("li", { "data-fate": fate }, text);
  if (isThere) return { item, choice: () => /** @type {Choice} */ ("skip") };
  if (fate === "new") {
    const box = h("input", { type: "checkbox", id, checked: usual === "add", "aria-label": say("importThis", name || issuer) });
    // Feide's QR codes say whose service it is, and not whose account.
    const called = name ? undefined : h("input", { type: "text", id: `${id}-name`, autocomplete: "off", placeholder: say("importName"), "aria-label": say("importNameOf", issuer) });
    if (called) text.append(called);
    item.append(box);
    return { item, called: () => called?.value ?? "", choice: () => /** @type {Choice} */ (box.checked ? "add" : "skip") };
  }
  // One key has one counter, and a note comes beside it: there is nothing to keep apart.
  const only = fate === "otherCounter" ? "taking_counter" : fate === "otherNote" ? "taking_note" : undefined;
  const select = h(
    "select",
    { id, "aria-label": say("importThis", name || issuer), "aria-describedby": words.id },
    ...["skip", "replace", ...(only ? [] : ["add"])].map((choice) => h("option", { value: choice }, say(only && choice === "replace" ? only : `taking_${choice}`))),
  );
  select.value = usual;
  item.append(select);
  return { item, choice: () => /** @type {Choice} */ (select.value) };
};
