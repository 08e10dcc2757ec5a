// What is handed over to be taken in: read, asked about, shown line by line, and only then saved.
import { exchange } from "../../core.js";
import { counts, notFound } from "../../scan.js";
import { passphraseField } from "./unlock-form.js";
import { offerUndo } from "./notice.js";
import { button, h, icon, say } from "./page.js";
import { refused, scanFile } from "./picture.js";
import { MOST, read, wipe } from "./reading.js";

/**
 * @typedef {import("../../core/reader.js").Reading} Reading
 * @typedef {import("../../core/tofaktor.js").PreviewLine} PreviewLine
 * @typedef {import("../../core/tofaktor.js").Taking} Taking
 * @typedef {ReturnType<typeof import("./dialog.js").makeDialog>} Dialog
 */

const LINE_FEED = 10;

/** Parts of one text, a line each. @param {Uint8Array[]} parts */
const lines = (parts) => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length + 1, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
    whole[at++] = LINE_FEED;
  }
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
 * @param {Dialog} dialog
 * @param {(key?: string, ...values: string[]) => void} tell
 * @param {() => unknown} done something was saved
 */
export const importer = (dialog, tell, done) => {
  /** What was handed over. @type {Uint8Array} */
  let file = new Uint8Array();
  /** A file whose entries make the vault, and are not added to it. */
  let restoring = false;
  let cancel = new AbortController();

  /** Nothing of it stays, whichever way the dialog is closed. */
  const forget = () => {
    cancel.abort();
    wipe(file);
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

  /** @param {string} words */
  const refuse = (words) => {
    const close = button("close-import", say("close"), { class: "primary" });
    close.addEventListener("click", dialog.close);
    turn(say("importTitle"), [h("div", { class: "warning", role: "status" }, icon("warn"), h("p", {}, words)), h("div", { class: "row" }, close)]);
  };

  /** @param {string} [password] */
  const look = async (password = "") => {
    cancel.abort();
    cancel = new AbortController();
    const { signal } = cancel;
    turn(say("importTitle"), [h("p", { role: "status" }, say("importReading")), h("div", { class: "progress", role: "progressbar", "aria-label": say("working") }), h("div", { class: "row" }, stop())]);
    /** @type {Reading} */
    let reading;
    try {
      reading = await read(file, password, signal);
    } catch {
      return;
    }
    const { error } = reading;
    if (isOver(signal)) return wipe(reading.entries);
    if (error === "needsPassword" || error === "wrongPassword") return askPassword(error);
    if (error) return refuse(say(`import_${error}`));
    if (restoring) return restore(reading, password);
    if (reading.missing > 0) return askMore(reading);
    return preview(reading);
  };

  /** @param {"needsPassword" | "wrongPassword"} why */
  const askPassword = (why) => {
    const { field, input } = passphraseField("import-password", "importPassword", false);
    const line = h("p", { role: "status", class: "trouble" }, why === "wrongPassword" ? say("import_wrongPassword") : "");
    const send = h("button", { type: "submit", class: "primary" }, say(restoring ? "restoreNow" : "importOpen"));
    const form = h("form", { class: "stack", autocomplete: "off" }, h("p", {}, say(restoring ? "restoreText" : "import_needsPassword")), field, line, h("div", { class: "row" }, send, stop()));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const password = input.value;
      input.value = "";
      look(password);
    });
    turn(say(restoring ? "restoreTitle" : "importTitle"), [form]);
  };

  /** A transfer in several QR codes. @param {Reading} reading */
  const askMore = (reading) => {
    const { signal } = cancel;
    const next = h("input", { type: "file", accept: "image/*", multiple: true, id: "import-next", "aria-label": say("importNextPart") });
    next.addEventListener("change", async () => {
      const more = await payloads([...(next.files ?? [])]);
      if (!more) return;
      if (isOver(signal)) return wipe(...more);
      wipe(reading.entries);
      file = lines([file, ...more]);
      look();
    });
    const without = button("import-without", say("importWithoutRest"));
    without.addEventListener("click", () => preview(reading));
    turn(say("importTitle"), [h("p", { role: "status" }, say("importMissing", String(reading.missing))), h("div", { class: "field" }, h("label", { for: "import-next" }, say("importNextPart")), next), h("div", { class: "row" }, without, stop())]);
  };

  /** @param {Reading} reading */
  const preview = async (reading) => {
    const { entries } = reading;
    const { signal } = cancel;
    const { out, notice } = await exchange("preview", entries);
    if (isOver(signal)) return wipe(entries);
    if (!out || !("preview" in out)) {
      wipe(entries);
      return refuse(say(`notice_${notice ?? "malformed"}`));
    }
    const rows = out.preview.lines.map(row);
    const unread = reading.unreadable.map(({ label, why }) =>
      h("li", { "data-fate": "unreadable" }, h("div", {}, h("strong", {}, label || say("importNameless")), h("small", {}, say("importUnreadable", say(`why_${why}`))))),
    );
    const count = h("span", {});
    const confirm = button("import-confirm", "", { class: "primary" });
    confirm.append(count);
    const chosen = () => rows.map(({ choice }) => choice());
    const counted = () => {
      const taken = chosen().filter((choice) => choice !== "skip").length;
      count.textContent = say("importTake", String(taken));
      confirm.disabled = taken === 0;
    };
    confirm.addEventListener("click", async () => {
      confirm.disabled = true;
      const reply = await exchange({ take: { choices: chosen() } }, entries);
      if (!isOver(signal)) dialog.close();
      await done();
      if (reply.out && "taken" in reply.out) {
        const { added, replaced, undo, new: news } = reply.out.taken;
        tell("imported", String(added + replaced));
        offerUndo(undo, news);
      } else tell(reply.notice ?? "malformed");
    });
    const list = h("ul", { class: "rows import-list" }, ...rows.map(({ item }) => item), ...unread);
    list.addEventListener("change", counted);
    counted();
    turning = true;
    open(
      say("importTitle"),
      [
        h("p", { role: "status" }, say("importFound", String(reading.count), reading.format)),
        ...(unread.length ? [h("p", { class: "trouble" }, say("importUnreadableCount", String(unread.length)))] : []),
        list,
        h("div", { class: "row" }, confirm, stop()),
      ],
      () => {
        wipe(entries);
        forget();
      },
    );
    turning = false;
    confirm.focus();
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

  /** What the QR codes of pictures say; nothing if they say nothing, which is told. @param {Blob[]} pictures */
  const payloads = async (pictures) => {
    const seen = { payloads: /** @type {Uint8Array[]} */ ([]), unread: 0, instead: "", parts: false };
    try {
      for (const picture of pictures) {
        const { payloads, unread, instead, parts } = await scanFile(picture);
        seen.payloads.push(...payloads);
        seen.unread += unread;
        seen.instead ||= instead;
        seen.parts ||= parts;
      }
    } catch (error) {
      tell(refused(error));
      return undefined;
    }
    if (seen.payloads.length > 0) {
      if (seen.unread) tell("someUnread", ...counts(seen));
      return seen.payloads;
    }
    tell(notFound(seen, "noQrInPicture"));
    return undefined;
  };

  /** @param {Uint8Array} bytes @param {boolean} [restores] */
  const start = (bytes, restores = false) => {
    // What lies there is of another file, and is forgotten before this one takes its place.
    dialog.close();
    restoring = restores;
    file = bytes;
    return look();
  };

  return {
    payloads,

    /** Texts, such as the payloads of QR codes. @param {Uint8Array[]} parts */
    texts: (parts) => start(lines(parts)),

    /** @param {File} picked @param {boolean} [restores] */
    file: async (picked, restores = false) => {
      if (picked.size > MOST) return refuse(say("import_tooLarge"));
      return start(new Uint8Array(await picked.arrayBuffer()), restores);
    },
  };
};

/** One entry: what it is, how it stands, and what is done with it. @param {PreviewLine} line @param {number} at */
const row = ({ issuer, organisation, name, mixed, fate, with: other, discarded, usual }, at) => {
  const id = `import-${at}`;
  const isThere = fate === "same" || fate === "repeated";
  const words = h("small", { id: `${id}-fate` }, discarded && !isThere ? say(`discarded_${discarded}`) : say(`fate_${fate}`, other));
  const title = h("strong", {}, name || issuer || say("importNameless"));
  // Each by itself: none turns the other around.
  const whose = [organisation, name && issuer].flatMap((said) => (said ? [h("small", {}, h("bdi", {}, said))] : []));
  const warning = mixed ? [h("small", { class: "mixed" }, say("mixedAlphabets"))] : [];
  const text = h("div", {}, title, ...whose, words, ...warning);
  const item = h("li", { "data-fate": fate }, text);
  if (isThere) return { item, choice: () => /** @type {Taking} */ ("skip") };
  if (fate === "new") {
    const box = h("input", { type: "checkbox", id, checked: usual === "add", "aria-label": say("importThis", name || issuer) });
    item.append(box);
    return { item, choice: () => /** @type {Taking} */ (box.checked ? "add" : "skip") };
  }
  const isCounter = fate === "otherCounter";
  const select = h(
    "select",
    { id, "aria-label": say("importThis", name || issuer), "aria-describedby": words.id },
    // One key has one counter: there is nothing to keep beside it.
    ...["skip", "replace", ...(isCounter ? [] : ["add"])].map((choice) => h("option", { value: choice }, say(isCounter && choice === "replace" ? "taking_counter" : `taking_${choice}`))),
  );
  select.value = usual;
  item.append(select);
  return { item, choice: () => /** @type {Taking} */ (select.value) };
};
