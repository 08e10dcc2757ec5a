// A fictional Microsoft tenant: what stands behind the replica pages. It knows nothing of Tofaktor. It makes
// secrets and QR codes as Microsoft does and verifies codes by RFC 6238 on node:crypto, so that what it
// accepts is a fact and not somebody's claim.
import { createHmac, randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import QRCode from "qrcode";

const STEP_MS = 30_000;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

export const LOGIN = "https://login.microsoftonline.com";
export const SETUP = "https://mysignins.microsoft.com";
export const OLD_SETUP = "https://account.activedirectory.windowsazure.com";
export const PORTAL = "https://portal.office.com";
export const ELSEWHERE = "https://intranet.fabrikam.example";

/** @param {Uint8Array} bytes */
export function base32(bytes) {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const length = Math.ceil((bytes.length * 8) / 5);
  bits <<= BigInt(length * 5 - bytes.length * 8);
  return Array.from({ length }, (_, i) => ALPHABET[Number((bits >> BigInt((length - 1 - i) * 5)) & 31n)]).join("");
}

/** @param {Uint8Array} secret @param {number} step */
export function codeAt(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const number = mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/**
 * What the server noticed; the tests wait for these and for nothing that the extension says.
 * @typedef {"offered" | "confirmed" | "refused" | "accepted" | "textAccepted" | "pushed" | "signedIn"} Event
 * @typedef {{ upn: string, password: string, methods: string[], secret?: Uint8Array, lastStep: number }} Person
 * @typedef {{ status?: number, headers?: Record<string, string>, body?: string | Buffer, contentType?: string }} Answer
 * @typedef {{ method: string, url: string, body: string }} Question
 */

export class Tenant extends EventEmitter {
  /** @type {Map<string, Person>} */
  people = new Map();
  /** Everything that was noticed, in order. @type {{ event: Event, upn: string, code?: string }[]} */
  log = [];
  /** Who is signed in to the portals. */
  current = "";
  /** Which of mysignins' generations it is served. @type {1 | 2 | 3} */
  generation = 3;
  /** What language its pages speak. @type {"en" | "nb"} */
  language = "en";
  /** Whether it lets people use other apps than Microsoft's own. */
  others = true;
  /** How far this tenant's clock is ahead of the computer's. */
  aheadMs = 0;
  /** The step of its codes that it stays in, where its clock stands still. @type {number | undefined} */
  heldStep;
  /** @type {Map<string, () => Promise<Answer>>} Pages of other sites, by address. */
  #elsewhere = new Map();
  /** The secret that a set-up page showed last. @type {Uint8Array | undefined} */
  shown;

  /** What the sign-in page's `$Config` says beside the rest. @type {Record<string, unknown>} */
  config = {};

  /** @param {string} name as it stands before the colon of a label */
  constructor(name = "Contoso Skole") {
    super();
    this.name = name;
  }

  get step() {
    return this.heldStep ?? Math.floor((Date.now() + this.aheadMs) / STEP_MS);
  }

  /**
   * @param {string} upn
   * @param {string[]} [methods] Microsoft's names, the default first; none means that set-up is still to come
   */
  addPerson(upn, methods = []) {
    /** @type {Person} */
    const person = { upn, password: `${base32(randomBytes(5))}-Aa1`, methods, lastStep: 0 };
    if (methods.includes("PhoneAppOTP")) person.secret = randomBytes(10);
    this.people.set(upn, person);
    return person;
  }

  /** The address in a code-type QR, spelled as Microsoft spells it. @param {string} upn @param {Uint8Array} secret */
  uri(upn, secret) {
    return `otpauth://totp/${encodeURIComponent(`${this.name}:${upn}`)}?secret=${base32(secret)}&issuer=Microsoft`;
  }

  /** @param {string} url @param {string} file in pages/ @param {Record<string, unknown>} values */
  addPage(url, file, values = {}) {
    this.#elsewhere.set(url, async () => page(file, values));
  }

  /** The next time that this happens. @param {Event} event @param {string} [upn] @returns {Promise<string | undefined>} */
  until(event, upn) {
    const signal = AbortSignal.timeout(180_000);
    /** @type {Promise<string | undefined>} */
    const happens = new Promise((resolve, reject) => {
      /** @param {string} who @param {string} [code] */
      const heard = (who, code) => {
        if (upn && who !== upn) return;
        this.off(event, heard);
        resolve(code);
      };
      this.on(event, heard);
      signal.addEventListener("abort", () => reject(new Error(`The server never saw "${event}" ${upn ?? ""}`)));
    });
    happens.catch(() => {}); // whoever fails before that waits for it no longer
    return happens;
  }

  /** @param {Event} event @param {string} upn @param {string} [code] */
  #note(event, upn, code) {
    this.log.push(code === undefined ? { event, upn } : { event, upn, code });
    this.emit(event, upn, code);
  }

  /** One step either way, and every code once. @param {Person} person @param {Uint8Array} secret @param {string} code */
  #verify(person, secret, code) {
    const now = this.step;
    const step = [now, now - 1, now + 1].find((each) => each > person.lastStep && codeAt(secret, each) === code);
    if (step === undefined) return false;
    person.lastStep = step;
    return true;
  }

  /** Answers what the tenant's own hosts are asked; anything else is not its business. @param {Question} question @returns {Promise<Answer | undefined>} */
  async answer({ method, url, body }) {
    const { origin, pathname } = new URL(url);
    if (pathname === "/favicon.ico") return { status: 404 };
    const elsewhere = this.#elsewhere.get(url);
    if (elsewhere) return elsewhere();
    if (origin === LOGIN) return method === "POST" ? this.#login(pathname, body) : this.#signInPage();
    if ((origin === SETUP || origin === OLD_SETUP) && method === "POST") return this.#setup(pathname, body);
    const { generation, language, others } = this;
    if (origin === SETUP) return page("security-info.html", { generation, language, others, interrupt: pathname === "/register" });
    if (origin === OLD_SETUP) return page("proofup.html", { language });
    if (origin === PORTAL) return page("portal.html", { upn: this.current });
    return undefined;
  }

  get #market() {
    return this.language === "nb" ? "nb-NO" : "en-US";
  }

  #signInPage() {
    return page("sign-in.html", { pgid: "ConvergedSignIn", sAuthMethodInputFieldName: "mfaAuthMethod", iSAOtcLength: 6, locale: { mkt: this.#market }, ...this.config });
  }

  /** @param {string} path @param {string} body @returns {Answer} */
  #login(path, body) {
    if (path === "/common/SAS/ProcessAuth" || path === "/kmsi") return this.#afterForm(path, new URLSearchParams(body));
    const asked = JSON.parse(body);
    const person = this.people.get(asked.login ?? asked.username);
    if (path === "/common/GetCredentialType") return json({ IfExistsResult: person ? 0 : 1 });
    if (!person) return json({ Success: false, ResultValue: "UserUnauthorized" });
    switch (path) {
      case "/common/login":
        if (asked.passwd !== person.password) return json({ Success: false, ResultValue: "InvalidPassword" });
        this.current = person.upn;
        return json({
          Success: true,
          arrUserProofs: person.methods.map((authMethodId, i) => ({ authMethodId, isDefault: i === 0, display: "" })),
        });
      case "/common/SAS/BeginAuth":
        if (asked.AuthMethodId === "PhoneAppNotification") this.#note("pushed", person.upn);
        return json({ Success: true, ResultValue: "Success", Entropy: 30 });
      case "/common/SAS/EndAuth": {
        const code = asked.AdditionalAuthData;
        const sms = asked.AuthMethodId === "OneWaySMS";
        const good = sms ? code === "246802" : !!person.secret && this.#verify(person, person.secret, code);
        this.#note(good ? (sms ? "textAccepted" : "accepted") : "refused", person.upn, code);
        return json({ Success: good, ResultValue: good ? "Success" : "OathCodeIncorrect", Retry: false });
      }
      default:
        return { status: 404 };
    }
  }

  /** @param {string} path @param {URLSearchParams} form @returns {Answer} */
  #afterForm(path, form) {
    if (path === "/kmsi") return { status: 302, headers: { location: `${PORTAL}/` } };
    const accepted = this.log.findLast(({ event }) => event === "accepted" || event === "textAccepted");
    if (accepted?.upn !== form.get("login")) return { status: 400 };
    this.#note("signedIn", accepted.upn);
    return page("kmsi.html", { pgid: "KmsiInterrupt", locale: { mkt: this.#market } });
  }

  /** @param {string} path @param {string} body @returns {Promise<Answer>} */
  async #setup(path, body) {
    const person = this.people.get(this.current);
    if (!person) return { status: 401 };
    const asked = JSON.parse(body);
    switch (path) {
      case "/api/authenticationmethods/initializemobileapp": {
        if (asked.securityInfoType === 2) {
          const url = encodeURIComponent("https://mobileappcommunicator.auth.microsoft.com/activatev2/270000000/SASPUBWEULR1AZ1FD000").toLowerCase();
          return json({ RegistrationType: 2, QrCode: await qr(`phonefactor://activate_account?code=847000000&url=${url}`) });
        }
        this.shown = randomBytes(10);
        this.#note("offered", person.upn, base32(this.shown));
        return json({
          RegistrationType: 3,
          QrCode: await qr(this.uri(person.upn, this.shown)),
          AccountName: `${this.name}:${person.upn}`,
          SecretKey: base32(this.shown),
        });
      }
      case "/api/authenticationmethods/new":
        return json({ Type: asked.Type, VerificationState: 1, VerificationContext: "context", ErrorCode: 0 });
      case "/api/authenticationmethods/verify": {
        const secret = this.shown;
        const good = !!secret && this.#verify(person, secret, asked.VerificationData);
        if (good) {
          person.secret = secret;
          person.methods = ["PhoneAppOTP", ...person.methods.filter((method) => method !== "PhoneAppOTP")];
        }
        this.#note(good ? "confirmed" : "refused", person.upn, asked.VerificationData);
        return json({ VerificationState: good ? 2 : 3, ErrorCode: good ? 0 : 9 });
      }
      default:
        return { status: 404 };
    }
  }
}

/** A QR code at the size that Microsoft's pages show: 2.5 pixels for each module. @param {string} text */
export async function qr(text) {
  const modules = QRCode.create(text, { errorCorrectionLevel: "L" }).modules.size + 4;
  const png = await QRCode.toBuffer(text, { errorCorrectionLevel: "L", margin: 2, scale: 4 });
  return { png: png.toString("base64"), side: modules * 2.5 };
}

/** @param {unknown} value @returns {Answer} */
const json = (value) => ({ body: JSON.stringify(value), contentType: "application/json", headers: { "cache-control": "no-store, no-cache" } });

/**
 * A page as the server sends it: its values in place, under a policy that runs nothing but the page's own script.
 * @param {string} file @param {Record<string, unknown>} values @returns {Answer}
 */
export function page(file, values) {
  const nonce = randomBytes(12).toString("base64");
  const html = readFileSync(join(import.meta.dirname, "pages", file), "utf8")
    .replaceAll("{{nonce}}", nonce)
    .replaceAll("{{config}}", JSON.stringify(values).replaceAll("<", "\\u003c"));
  return {
    body: html,
    contentType: "text/html; charset=utf-8",
    headers: {
      "content-security-policy": [
        "default-src 'none'",
        `script-src 'nonce-${nonce}'`,
        "style-src 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        `form-action 'self' ${PORTAL}`,
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
      ].join("; "),
      "x-frame-options": "DENY",
      "referrer-policy": "strict-origin-when-cross-origin",
      "cache-control": "no-store, no-cache",
    },
  };
}
