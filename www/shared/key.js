// Windows Hello, Touch ID and security keys: WebAuthn's PRF extension, asked from our own
// page. The answer is a secret and goes to the core as bytes; nothing is registered anywhere.

/** @typedef {import("../../core/tofaktor.js").KeyView} KeyView */
/** @typedef {{ results?: { first?: BufferSource }, enabled?: boolean }} Prf */

/** Chromium binds to the extension itself; Firefox wants a host that the extension may speak to. */
const RELYING_PARTY = location.protocol === "moz-extension:" ? "login.microsoftonline.com" : "";
const ES256 = -7;
const RS256 = -257;
const TIMEOUT_MS = 120_000;

/** From here on Firefox takes a host that the extension may speak to; before, it takes none from an extension. */
const FIREFOX_TAKES_HOSTS = 150;
const firefox = Number(/Firefox\/(\d+)/.exec(navigator.userAgent)?.[1] ?? Infinity);

/** The browser can do it at all. */
export const canAsk = () => typeof PublicKeyCredential === "function" && Boolean(navigator.credentials) && firefox >= FIREFOX_TAKES_HOSTS;

const challenge = () => crypto.getRandomValues(new Uint8Array(32));

/** @param {PublicKeyCredential} credential @returns {Uint8Array | undefined} */
const answered = (credential) => {
  const { prf } = /** @type {{ prf?: Prf }} */ (credential.getClientExtensionResults());
  const first = prf?.results?.first;
  if (!first) return undefined;
  return first instanceof ArrayBuffer ? new Uint8Array(first) : new Uint8Array(first.buffer, first.byteOffset, first.byteLength);
};

/**
 * Makes a new one.
 * @param {number[]} salt
 * @param {number[]} user
 * @param {string} name what the browser's dialog shows
 * @param {boolean} [here] this computer's own, and none that is plugged in
 * @returns {Promise<{ key: KeyView, secret: Uint8Array } | undefined>} nothing if this authenticator keeps no secrets
 */
export const make = async (salt, user, name, here) => {
  const made = await navigator.credentials.create({
    publicKey: {
      rp: RELYING_PARTY ? { id: RELYING_PARTY, name: "Tofaktor" } : { name: "Tofaktor" },
      user: { id: new Uint8Array(user), name, displayName: name },
      challenge: challenge(),
      pubKeyCredParams: [
        { type: "public-key", alg: ES256 },
        { type: "public-key", alg: RS256 },
      ],
      authenticatorSelection: { ...(here ? { authenticatorAttachment: "platform" } : {}), residentKey: "discouraged", userVerification: "required" },
      attestation: "none",
      timeout: TIMEOUT_MS,
      extensions: /** @type {any} */ ({ prf: { eval: { first: new Uint8Array(salt) } } }),
    },
  });
  if (!(made instanceof PublicKeyCredential)) return undefined;
  const { response } = made;
  const transports = response instanceof AuthenticatorAttestationResponse ? (response.getTransports?.() ?? []) : [];
  const key = { credentialId: [...new Uint8Array(made.rawId)], rpId: RELYING_PARTY, transports, salt };
  const secret = answered(made) ?? (await use([key]))?.secret;
  return secret && { key, secret };
};

/**
 * Asks those that there are; the person takes one.
 * @param {KeyView[]} keys
 * @returns {Promise<{ key: KeyView, secret: Uint8Array } | undefined>}
 */
export const use = async (keys) => {
  const rpId = keys[0]?.rpId ?? "";
  /** @type {Record<string, { first: Uint8Array }>} */
  const evalByCredential = {};
  for (const key of keys) evalByCredential[base64Url(key.credentialId)] = { first: new Uint8Array(key.salt) };
  const used = await navigator.credentials.get({
    publicKey: {
      ...(rpId ? { rpId } : {}),
      challenge: challenge(),
      allowCredentials: keys.map((key) => ({
        type: "public-key",
        id: new Uint8Array(key.credentialId),
        ...(key.transports.length ? { transports: /** @type {AuthenticatorTransport[]} */ (key.transports) } : {}),
      })),
      userVerification: "required",
      timeout: TIMEOUT_MS,
      extensions: /** @type {any} */ ({ prf: { evalByCredential } }),
    },
  });
  if (!(used instanceof PublicKeyCredential)) return undefined;
  const id = base64Url([...new Uint8Array(used.rawId)]);
  const key = keys.find((known) => base64Url(known.credentialId) === id);
  const secret = answered(used);
  return key && secret && { key, secret };
};

/** @param {number[]} bytes */
const base64Url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
