#!/usr/bin/env python3
"""Reads a Tofaktor vault without Tofaktor; written from src/vault/FORMAT.md alone.

    python3 -m venv venv && venv/bin/pip install cryptography argon2-cffi
    venv/bin/python tests/read_vault.py --self-test
    venv/bin/python tests/read_vault.py my.vault            (asks for the passphrase)
    venv/bin/python tests/read_vault.py my.vault --recovery-code XXXX-XXXX-...
    venv/bin/python tests/read_vault.py --sync store.json   (the items of storage.sync, by name)

Prints the contents as JSON, the secrets among them.
"""

import argparse
import base64
import getpass
import hashlib
import hmac
import json
import pathlib
import struct
import sys
import unicodedata

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

PASSPHRASE, PRF, DEVICE, RECOVERY, ORGANISATION = 1, 2, 3, 4, 5
ARGON2ID, PBKDF2, HKDF_SHA256, HPKE = 1, 2, 3, 4
KNOWN_MINOR = 1
MAX_RECORD = 16 * 1024 * 1024


class Refused(Exception):
    """Why a record does not open; the words are those of the vectors."""


class Fields:
    """Takes fields from the front; `short` is what it says when they end too early."""

    def __init__(self, data, short="header"):
        self.data, self.short = data, short

    def bytes(self, count):
        if count > len(self.data):
            raise Refused(self.short)
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def number(self, count):
        return int.from_bytes(self.bytes(count), "little")

    def counted(self, count):
        return self.bytes(self.number(count))

    def text(self, count, limit):
        raw = self.counted(count)
        if len(raw) > limit:
            raise Refused("header")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("header") from None


class Slot:
    def __init__(self, raw, minor):
        fields = Fields(raw)
        self.id = fields.bytes(16)
        self.type = fields.number(1)
        self.label = fields.text(1, 64)
        self.created = fields.number(8)
        self.known = False
        self.derivation = fields.number(1)
        if minor == 0 and (self.type == ORGANISATION or self.derivation == HPKE):
            raise Refused("header")
        if not (1 <= self.type <= 5 and 1 <= self.derivation <= 4):
            # Of a later version: carried along, not understood.
            if minor <= KNOWN_MINOR:
                raise Refused("header")
            return
        self.known = True
        wanted = {PASSPHRASE: (ARGON2ID, PBKDF2), ORGANISATION: (HPKE,)}.get(self.type, (HKDF_SHA256,))
        size = {ARGON2ID: 12, PBKDF2: 4}.get(self.derivation, 0)
        self.parameters = fields.bytes(size)
        self.salt = fields.bytes(32)
        specific = fields.counted(2)
        self.particulars = struct.pack("<H", len(specific)) + specific
        if self.derivation not in wanted:
            raise Refused("header")
        if self.type == PRF:
            self.read_prf(Fields(specific))
        elif self.type == ORGANISATION:
            if len(specific) != 64:
                raise Refused("header")
            self.public, self.encapsulated = specific[:32], specific[32:]
        elif specific:
            raise Refused("header")
        self.check_cost()
        self.commitment = fields.bytes(16)
        self.nonce = fields.bytes(12)
        self.wrapped = fields.bytes(48)
        if fields.data and minor <= KNOWN_MINOR:
            raise Refused("header")

    def read_prf(self, fields):
        self.credential = fields.counted(2)
        self.rp_id = fields.text(1, 253)
        self.transports = fields.number(1)
        self.prf_salt = fields.bytes(32)
        self.mixes = fields.number(1)
        if not 1 <= len(self.credential) <= 1023 or self.mixes > 1 or fields.data:
            raise Refused("header")

    def check_cost(self):
        if self.derivation == ARGON2ID:
            memory, passes, lanes = struct.unpack("<III", self.parameters)
            if not (19456 <= memory <= 1048576 and 2 <= passes <= 64 and 1 <= lanes <= 16 and memory * passes <= 2097152):
                raise Refused("cost")
        if self.derivation == PBKDF2:
            (rounds,) = struct.unpack("<I", self.parameters)
            if not 600_000 <= rounds <= 10_000_000:
                raise Refused("cost")

    def kek(self, vault_id, secret):
        """From the passphrase, code, device secret or (PRF output + device secret)."""
        if self.type == PASSPHRASE:
            if self.derivation == PBKDF2:
                (rounds,) = struct.unpack("<I", self.parameters)
                return hashlib.pbkdf2_hmac("sha256", secret, self.salt, rounds, 32)
            memory, passes, lanes = struct.unpack("<III", self.parameters)
            return hash_secret_raw(secret, self.salt, passes, memory, lanes, 32, Type.ID, 0x13)
        if self.type == ORGANISATION:
            info = b"m365totp/v1/kek/organisation" + vault_id + self.id
            return hpke_export(secret, self.encapsulated, info, self.salt)
        name = {PRF: b"prf", DEVICE: b"device", RECOVERY: b"recovery"}[self.type]
        return hkdf(secret, self.salt, b"m365totp/v1/kek/" + name + vault_id + self.id, 32)

    def unwrap(self, record, secret):
        """The vault key, or None if the secret is not this slot's."""
        kek = self.kek(record.vault_id, secret)
        commitment = hkdf(kek, b"", b"m365totp/v1/slot-commit", 16)
        if not hmac.compare_digest(commitment, self.commitment):
            return None
        aad = (
            b"m365totp/v1/slot" + record.vault_id + self.id + bytes([self.type])
            + struct.pack("<I", record.key_epoch) + bytes([self.derivation])
            + self.parameters + self.salt + self.particulars
        )
        try:
            return AESGCM(kek).decrypt(self.nonce, self.wrapped, aad)
        except InvalidTag:
            raise Refused("seal") from None


class Record:
    def __init__(self, raw):
        if raw[:8] != b"M365TOTP":
            raise Refused("not a record")
        if not 20 <= len(raw) <= MAX_RECORD:
            raise Refused("length")
        covered, crc = raw[:-4], raw[-4:]
        if crc32c(covered) != int.from_bytes(crc, "little"):
            raise Refused("checksum")
        major, minor, length = struct.unpack("<HHI", covered[8:16])
        if major != 1:
            raise Refused("newer")
        if length > 65536:
            raise Refused("header")
        rest = Fields(covered[16:], "length")
        self.read_header(Fields(rest.bytes(length)), minor)
        self.aad = covered[: 16 + length]
        self.nonce = rest.bytes(12)
        self.body = rest.data
        size = len(self.body) - 16
        if size <= 0 or size % 1024:
            raise Refused("length")

    def read_header(self, fields, minor):
        self.vault_id = fields.bytes(16)
        self.generation = fields.number(8)
        self.key_epoch = fields.number(4)
        self.written_at = fields.number(8)
        writer = fields.counted(1)
        if len(writer) > 32 or not all(0x21 <= byte <= 0x7E for byte in writer):
            raise Refused("header")
        if fields.number(1) != 1:
            raise Refused("header")
        self.body_salt = fields.bytes(32)
        self.commitment = fields.bytes(32)
        if fields.number(1) != 1:
            raise Refused("header")
        count = fields.number(1)
        if not 1 <= count <= 16:
            raise Refused("header")
        self.slots = [Slot(fields.counted(2), minor) for _ in range(count)]
        if len({slot.id for slot in self.slots}) != count:
            raise Refused("header")
        if fields.data and minor <= KNOWN_MINOR:
            raise Refused("header")

    def vault_key(self, slot_type, secret):
        """By the first slot of that type that the secret opens."""
        tampered = None
        for slot in self.slots:
            if slot_type == ORGANISATION and slot.known and slot.type == slot_type and slot.public != public_of(secret):
                continue
            if slot.known and slot.type == slot_type:
                try:
                    key = slot.unwrap(self, secret)
                except Refused as refused:
                    tampered = refused
                    continue
                if key is not None:
                    return key
        raise tampered or Refused("wrong passphrase")

    def contents(self, key):
        commitment = hkdf(key, b"", b"m365totp/v1/commit", 32)
        if not hmac.compare_digest(commitment, self.commitment):
            raise Refused("other key")
        info = b"m365totp/v1/body" + self.vault_id + struct.pack("<Q", self.generation)
        body_key = hkdf(key, self.body_salt, info, 32)
        try:
            padded = AESGCM(body_key).decrypt(self.nonce, self.body, self.aad)
        except InvalidTag:
            raise Refused("seal") from None
        (length,) = struct.unpack("<I", padded[:4])
        text, padding = padded[4 : 4 + length], padded[4 + length :]
        if len(text) < length or len(padding) >= 1024 or any(padding):
            raise Refused("body")
        try:
            contents = json.loads(text.decode("utf-8"))
            version, _ = contents["v"], contents["accounts"]
        except (ValueError, KeyError, TypeError):
            raise Refused("body") from None
        if version > 1:
            raise Refused("newer")
        return contents


class SyncStore:
    """Section 8: the items of a sync store, opened with a passphrase of the vault that began it."""

    def __init__(self, items, passphrase):
        self.items = items
        self.record = Record(base64.b64decode(items["s1.door"], validate=True))
        self.key = self.record.vault_key(PASSPHRASE, passphrase)
        if self.record.generation != 0 or self.record.contents(self.key)["settings"].get("shares") is not True:
            raise Refused("of an early version")

    def sync_records(self):
        for name, sealed in self.items.items():
            if name in ("s1.door", "s1.ended") or not name.startswith("s1."):
                continue
            sealed = base64.b64decode(sealed, validate=True)
            info = b"m365totp/v1/sync" + self.record.vault_id + bytes.fromhex(name[3:])
            key = hkdf(self.key, sealed[:16], info, 32)
            padded = AESGCM(key).decrypt(sealed[16:28], sealed[28:], info)
            (length,) = struct.unpack("<H", padded[:2])
            if len(padded) % 128 or len(padded) - 2 - length >= 128 or any(padded[2 + length :]):
                raise Refused("body")
            which, text = padded[2], padded[3 : 2 + length]
            yield {1: "account", 2: "tombstone"}[which], json.loads(text)


def sync_key(record, vault_key):
    """What a vault shares is derived from its own key."""
    return hkdf(vault_key, b"", b"m365totp/v1/sync-key" + record.vault_id + struct.pack("<I", record.key_epoch), 32)


def capture_key(vault_key):
    """The private half of the key to which accounts are sealed that are not saved yet."""
    return X25519PrivateKey.from_private_bytes(hkdf(vault_key, b"", b"m365totp/v1/capture", 32))


def captured(vault_key, sealed):
    """The URI of such an account."""
    own, sender = capture_key(vault_key), sealed[:32]
    info = b"m365totp/v1/capture-seal" + sender + own.public_key().public_bytes_raw()
    key = hkdf(own.exchange(X25519PublicKey.from_public_bytes(sender)), b"", info, 32)
    return AESGCM(key).decrypt(bytes(12), sealed[32:], b"").decode("utf-8")


def place_aside(account):
    """Where an account lies once it is deleted, or its key replaced."""
    algorithm = {"SHA1": 1, "SHA256": 2, "SHA512": 3}[account["algorithm"]]
    kind = {"totp": 1, "hotp": 2, "steam": 3}[account["kind"]]
    head = bytes.fromhex(account["id"]) + bytes((algorithm, account["digits"], kind))
    of = head + struct.pack("<I", account.get("period", 0)) + base64.b64decode(account["secret"])
    return hashlib.sha256(b"m365totp/v1/aside" + of).digest()[:16].hex()


def public_of(private):
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def hpke_export(private, encapsulated, info, context):
    """RFC 9180, base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, export only; 32 bytes."""

    def extract(suite, salt, label, secret):
        return hmac.digest(salt, b"HPKE-v1" + suite + label + secret, "sha256")

    def expand(suite, key, label, info):
        labeled = struct.pack(">H", 32) + b"HPKE-v1" + suite + label + info
        return HKDFExpand(SHA256(), 32, labeled).derive(key)

    own, sender = X25519PrivateKey.from_private_bytes(private), X25519PublicKey.from_public_bytes(encapsulated)
    kem, suite = b"KEM" + struct.pack(">H", 0x20), b"HPKE" + struct.pack(">HHH", 0x20, 1, 0xFFFF)
    secret = extract(kem, b"", b"eae_prk", own.exchange(sender))
    shared = expand(kem, secret, b"shared_secret", encapsulated + public_of(private))
    schedule = b"\0" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", info)
    exporter = expand(suite, extract(suite, shared, b"secret", b""), b"exp", schedule)
    return expand(suite, exporter, b"sec", context)


def hkdf(secret, salt, info, length):
    return HKDF(SHA256(), length, salt, info).derive(secret)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def crc_table():
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        yield value


CRC_TABLE = list(crc_table())


def recovery_code(text):
    """The 16 bytes of a printed code, its check characters verified."""
    letters = "".join(
        letter for letter in text.upper() if not letter.isspace() and letter not in "-‐‑‒–—―−"
    )
    letters = letters.translate(str.maketrans("018", "OIB"))
    if len(letters) != 28:
        raise Refused("mistyped")
    try:
        code = base64.b32decode(letters[:26] + "======")
    except ValueError:
        raise Refused("mistyped") from None
    check = hashlib.sha256(b"m365totp/v1/recovery-check" + code).digest()
    again = base64.b32encode(code).decode()[:26]
    if base64.b32encode(check).decode()[:2] != letters[26:] or again != letters[:26]:
        raise Refused("mistyped")
    return code


def normalised(passphrase):
    return unicodedata.normalize("NFKC", passphrase).encode("utf-8")


def self_test():
    directory = pathlib.Path(__file__).resolve().parent / "vectors" / "vault"
    tried = opened = aside = 0
    for path in sorted(directory.glob("*.vault")):
        head, record = path.read_text(encoding="utf-8").split("\n\n", 1)
        fields = dict(line.split(": ", 1) for line in head.splitlines())
        for slot_type, secret in secrets(fields):
            tried += 1
            try:
                parsed = Record(base64.b64decode("".join(record.split()), validate=True))
                key = parsed.vault_key(slot_type, secret)
                contents = parsed.contents(key)
            except Refused as refused:
                answer = str(refused)
            else:
                answer = "opens"
                opened += 1
                assert key.hex() == fields["vault-key"], f"{path.name}: vault key"
                assert contents == json.loads(fields["contents"]), f"{path.name}: contents"
                held = [t for t in contents.get("tombstones", []) if "account" in t]
                assert all(t["id"] == place_aside(t["account"]) for t in held), f"{path.name}: aside"
                aside += len(held)
            assert answer == fields["expect"], f"{path.name}: {answer}, not {fields['expect']}"
    assert opened >= 10 and tried - opened >= 20 and aside >= 3, "vectors are missing"
    shared = json.loads((directory / "sync.json").read_text("utf-8"))
    store = SyncStore(shared["items"], normalised(shared["passphrase"]))
    assert store.key == sync_key(store.record, bytes.fromhex(shared["vaultKey"])), "the key of the sync store"
    found = sorted((which, fields.get("name")) for which, fields in store.sync_records())
    assert found == [("account", "kari"), ("tombstone", None)], found
    print(f"read_vault.py: a sync store of {len(found)} records opened")
    capture = json.loads((directory / "capture.json").read_text(encoding="utf-8"))
    key = bytes.fromhex(capture["vault-key"])
    public = capture_key(key).public_key().public_bytes_raw()
    assert base64.b64encode(public).decode() == capture["public-key"], "capture.json: public key"
    assert captured(key, base64.b64decode(capture["sealed"])) == capture["text"], "capture.json: text"
    print(f"read_vault.py: {tried} tried, {opened} opened, {tried - opened} refused as they say")


def secrets(fields):
    if "passphrase" in fields:
        yield PASSPHRASE, normalised(fields["passphrase"])
    if "recovery-code" in fields:
        yield RECOVERY, recovery_code(fields["recovery-code"])
    if "organisation-key" in fields:
        yield ORGANISATION, bytes.fromhex(fields["organisation-key"])
    if "device-secret" in fields:
        yield DEVICE, bytes.fromhex(fields["device-secret"])
    if "prf-output" in fields:
        yield PRF, bytes.fromhex(fields["prf-output"] + fields["mixed-secret"])


def main():
    parser = argparse.ArgumentParser(description="Reads a Tofaktor vault without Tofaktor.")
    parser.add_argument("file", nargs="?", help="a record: bytes, or base64 text")
    parser.add_argument("--recovery-code", help="instead of the passphrase")
    parser.add_argument("--passphrase-file", help="its first line is the passphrase; otherwise it is asked for")
    parser.add_argument("--self-test", action="store_true", help="open every vector")
    parser.add_argument("--sync", action="store_true", help="the file is a sync store: a JSON object of its items")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    if not options.file:
        parser.error("a file, or --self-test")
    words = pathlib.Path(options.passphrase_file).read_text("utf-8").split("\n")[0] if options.passphrase_file else None
    raw = pathlib.Path(options.file).read_bytes()
    if options.sync:
        store = SyncStore(json.loads(raw), normalised(getpass.getpass("Passphrase: ") if words is None else words))
        json.dump(list(store.sync_records()), sys.stdout, ensure_ascii=False, indent=2)
        return print()
    if raw[:8] != b"M365TOTP":
        try:
            raw = base64.b64decode(b"".join(raw.split()), validate=True)
        except ValueError:
            sys.exit("This is not a Tofaktor vault.")
    try:
        record = Record(raw)
        if options.recovery_code:
            key = record.vault_key(RECOVERY, recovery_code(options.recovery_code))
        else:
            words = getpass.getpass("Passphrase: ") if words is None else words
            key = record.vault_key(PASSPHRASE, normalised(words))
        contents = record.contents(key)
    except Refused as refused:
        sys.exit(f"The vault does not open: {refused}.")
    json.dump(contents, sys.stdout, ensure_ascii=False, indent=2)
    print()


if __name__ == "__main__":
    main()
