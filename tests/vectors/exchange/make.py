#!/usr/bin/env python3
"""Wrote the vectors beside it: each format by its description, without Tofaktor's code.

    target/venv/bin/python tests/vectors/exchange/make.py NAME...   (or all that are missing)

A vector is never written again to please a test: what is there stays as it is.
Passwords and secrets are made up. What is random comes from the name of the
vector, so that a new one can be added without changing the others.
"""

import base64
import contextlib
import hashlib
import hmac
import html
import itertools
import json
import pathlib
import plistlib
import sqlite3
import struct
import sys
import tempfile
import zlib

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives import padding, poly1305
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

HERE = pathlib.Path(__file__).parent
PASSWORD = "Blåbær, 7 spann"
MINE = dict(type="totp", issuer="Microsoft", account="kari.nordmann@contoso.no", tenant="Fylkeskommune",
            secret="5NVFDQFDAAAABBBB", algorithm="SHA1", digits=6, period=30)
LONG = dict(type="totp", issuer="Ærlig & Sønn #1", account="ola+test@x.no",
            secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", algorithm="SHA256", digits=8, period=60)
BARE = dict(type="totp", issuer="", account="no issuer", secret="MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPI",
            algorithm="SHA512", digits=7, period=20)
COUNTER = dict(type="hotp", issuer="Counter", account="h", secret="KRSXG5CTMVRXEZLU",
               algorithm="SHA1", digits=6, counter=4294967303)
STEAM = dict(type="steam", issuer="Steam", account="gabe", secret="JRZCL47CMXVOQMNPZR2F7J4RGI",
             algorithm="SHA1", digits=5, period=30)
FIVE = [MINE, LONG, BARE, COUNTER, STEAM]


def flat(entries):
    """Without the tenant, for formats that have no place for it."""
    return [{k: v for k, v in e.items() if k != "tenant"} for e in entries]


def without(entries, *dropped):
    return [e for e in entries if e not in dropped]


def raw(secret):
    return base64.b32decode(secret + "=" * (-len(secret) % 8))


def signed(data):
    return [b - 256 if b > 127 else b for b in data]


def b64(data):
    return base64.b64encode(data).decode()


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Stream:
    def __init__(self, stream):
        self.stream = stream

    def update(self, data):
        return bytes(a ^ b for a, b in zip(data, self.stream))


class Random:
    def __init__(self, name):
        self.state = hashlib.sha256(name.encode()).digest()

    def __call__(self, count):
        out = b""
        while len(out) < count:
            self.state = hashlib.sha256(self.state).digest()
            out += self.state
        return out[:count]


def percent(text):
    return "".join(chr(b) if chr(b) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~@" else f"%{b:02X}"
                   for b in text.encode())


def uri(e):
    label = percent(e["account"])
    prefix = e.get("tenant") or e["issuer"]
    if prefix:
        label = percent(prefix) + ":" + label
    query = [("secret", e["secret"])] + ([("issuer", percent(e["issuer"]))] if e["issuer"] else [])
    query += [(k, e[k]) for k in ("algorithm", "digits", "period", "counter") if k in e]
    return f"otpauth://{e['type']}/{label}?" + "&".join(f"{k}={v}" for k, v in query)


def pbkdf2(name, password, salt, rounds, length=32):
    return hashlib.pbkdf2_hmac(name, password, salt, rounds, length)


def argon2id(password, salt, kib, passes, lanes):
    return hash_secret_raw(password, salt, passes, kib, lanes, 32, Type.ID)


def cbc(key, iv, data):
    pad = padding.PKCS7(128).padder()
    c = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return c.update(pad.update(data) + pad.finalize()) + c.finalize()


def crypto_js(passphrase, data, random):
    salt, stream, block = random(8), b"", b""
    while len(stream) < 48:
        block = hashlib.md5(block + passphrase + salt).digest()
        stream += block
    return b64(b"Salted__" + salt + cbc(stream[:32], stream[32:48], data))


# --- formats -----------------------------------------------------------------

def aegis_db(entries):
    def one(e):
        info = {"secret": e["secret"], "algo": e["algorithm"], "digits": e["digits"]}
        info.update({k: e[k] for k in ("period", "counter") if k in e})
        return {"type": e["type"], "uuid": "00000000-0000-4000-8000-000000000000", "name": e["account"],
                "issuer": e["issuer"], "note": "", "icon": None, "info": info}
    return {"version": 3, "entries": [one(e) for e in entries], "groups": []}


def aegis_plain(random):
    strange = {"type": "motp", "name": "m", "issuer": "M", "info": {"secret": "MZXW6", "algo": "MD5", "digits": 6, "period": 10}}
    db = aegis_db(flat(FIVE))
    db["entries"].append(strange)
    return dump({"version": 1, "header": {"slots": None, "params": None}, "db": db})


def aegis_encrypted(random, n=1024):
    key, nonce, knonce, salt = random(32), random(12), random(12), random(32)
    kek = hashlib.scrypt(PASSWORD.encode(), salt=salt, n=n, r=8, p=1, dklen=32)
    wrapped = AESGCM(kek).encrypt(knonce, key, None)
    db = AESGCM(key).encrypt(nonce, json.dumps(aegis_db(flat(FIVE))).encode(), None)
    other = {"type": 2, "uuid": "x", "key": "00", "key_params": {"nonce": "00", "tag": "00"}}
    slot = {"type": 1, "uuid": "y", "key": wrapped[:-16].hex(), "key_params": {"nonce": knonce.hex(), "tag": wrapped[-16:].hex()},
            "n": n, "r": 8, "p": 1, "salt": salt.hex(), "repaired": True}
    return dump({"version": 1, "header": {"slots": [other, slot], "params": {"nonce": nonce.hex(), "tag": db[-16:].hex()}},
                 "db": b64(db[:-16])})


def twofas_services(entries, version):
    def one(e):
        otp = {"account": e["account"], "issuer": e["issuer"] or None, "digits": e["digits"], "period": e.get("period"),
               "counter": e.get("counter"), "algorithm": e["algorithm"], "tokenType": e["type"].upper()}
        service = {"name": e["issuer"] or "", "otp": otp}
        if version == 1:
            otp["label"] = f"{e['issuer']}:{e['account']}" if e["issuer"] else e["account"]
            del otp["account"], otp["tokenType"]
            otp["digits"] = None if e["digits"] == 6 else e["digits"]
        service["secret"] = e["secret"]
        return service
    return [one(e) for e in entries]


def twofas(version, entries):
    return lambda random: dump({"services": twofas_services(entries, version), "groups": [], "updatedAt": 1,
                                "schemaVersion": version, "appOrigin": "ios"})


def twofas_encrypted(random):
    salt, iv, key_check = random(256), random(12), b64(random(32))
    key = pbkdf2("sha256", PASSWORD.encode(), salt, 10000)
    sealed = AESGCM(key).encrypt(iv, dump(twofas_services(flat(FIVE), 4)).encode(), None)
    return dump({"services": [], "schemaVersion": 4, "servicesEncrypted": ":".join(map(b64, (sealed, salt, iv))),
                 "reference": key_check})


def andotp_json(entries):
    return dump([{"secret": e["secret"], "issuer": e["issuer"], "label": e["account"], "digits": e["digits"],
                  "type": e["type"].upper(), "algorithm": e["algorithm"], "tags": [], "thumbnail": "Default",
                  **{k: e[k] for k in ("period", "counter") if k in e}} for e in entries])


def andotp_new(random):
    salt, iv, rounds = random(12), random(12), 2000
    key = pbkdf2("sha1", PASSWORD.encode(), salt, rounds)
    return struct.pack(">I", rounds) + salt + iv + AESGCM(key).encrypt(iv, andotp_json(flat(FIVE)).encode(), None)


def andotp_old(random):
    iv = random(12)
    return iv + AESGCM(hashlib.sha256(PASSWORD.encode()).digest()).encrypt(iv, andotp_json(flat(FIVE)).encode(), None)


def bitwarden_items(random=None):
    logins = [("Kari", None, uri(MINE)), ("Ola", None, uri(LONG)), ("Bare", "b", "mzxw 6ytb"),
              ("Steam", "gabe", "steam://" + STEAM["secret"]), ("None", "x", None)]
    items = [{"id": "1", "type": 1, "name": n, "login": {"username": u, "password": "p", "totp": t, "uris": None}} for n, u, t in logins]
    items.append({"id": "2", "type": 2, "name": "A note", "notes": "otpauth://totp/x?secret=MZXW6YTB"})
    return {"encrypted": False, "folders": [], "items": items}


BITWARDEN = [MINE, LONG, dict(type="totp", issuer="Bare", account="b", secret="MZXW6YTB", algorithm="SHA1", digits=6, period=30), STEAM,
             dict(type="totp", issuer="A note", account="x", secret="MZXW6YTB", algorithm="SHA1", digits=6, period=30)]


def bitwarden_encrypted(kdf):
    def make(random):
        salt = b64(random(16))
        head = {"encrypted": True, "passwordProtected": True, "salt": salt, "kdfType": kdf}
        if kdf == 0:
            head |= {"kdfIterations": 5000, "kdfMemory": None, "kdfParallelism": None}
            master = pbkdf2("sha256", PASSWORD.encode(), salt.encode(), 5000)
        else:
            head |= {"kdfIterations": 2, "kdfMemory": 16, "kdfParallelism": 4}
            master = argon2id(PASSWORD.encode(), hashlib.sha256(salt.encode()).digest(), 16 * 1024, 2, 4)
        enc, mac = (hmac.digest(master, info + b"\x01", "sha256") for info in (b"enc", b"mac"))

        def seal(data):
            iv = random(16)
            sealed = cbc(enc, iv, data)
            return f"2.{b64(iv)}|{b64(sealed)}|{b64(hmac.digest(mac, iv + sealed, 'sha256'))}"
        return dump(head | {"encKeyValidation_DO_NOT_EDIT": seal(b"validation"), "data": seal(dump(bitwarden_items()).encode())})
    return make


def bitwarden_csv(random):
    return ("folder,favorite,type,name,notes,fields,login_uri,login_username,login_password,login_totp\r\n"
            f',,login,Kari,"two\r\nlines, ""quoted""",,,,p,{uri(MINE)}\r\n'
            ",,login,Bare,,,,b,p,mzxw 6ytb\r\n,,login,None,,,,x,p,\r\n,,note,Note,text,,,,,\r\n")


def keepassxc_csv(random):
    return ('"Group","Title","Username","Password","URL","Notes","TOTP","Icon","Last Modified","Created"\n'
            f'"Root","Ola","o","p","https://x.no","","{uri(LONG)}","0","",""\n"Root","None","x","p","","","","0","",""\n')


def csv_semicolon(random):
    return ("\ufeffissuer;account;secret;type;algorithm;digits;period;counter\n"
            + "".join(";".join(str(e.get(k, "")) for k in ("issuer", "account", "secret", "type", "algorithm", "digits", "period", "counter")) + "\n"
                      for e in flat(FIVE))
            + "Bad;b;0189;totp;;;;\n")


def hchacha20(key, nonce):
    s = list(struct.unpack("<4I", b"expand 32-byte k")) + list(struct.unpack("<8I", key)) + list(struct.unpack("<4I", nonce))
    rot = lambda v, n: ((v << n) | (v >> (32 - n))) & 0xffffffff

    def quarter(a, b, c, d):
        for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xffffffff
            s[z] = rot(s[z] ^ s[x], n)
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(a, b, c, d)
    return struct.pack("<8I", *(s[:4] + s[12:]))


def secretstream(key, header, message):
    subkey, nonce = hchacha20(key, header[:16]), struct.pack("<I", 1) + header[16:]

    def stream(block, data):
        c = Cipher(algorithms.ChaCha20(subkey, struct.pack("<I", block) + nonce), None).encryptor()
        return c.update(data)
    tag, sealed = stream(1, b"\x03" + bytes(63)), stream(2, message)
    mac = poly1305.Poly1305(stream(0, bytes(32)))
    mac.update(tag + sealed + bytes(len(sealed) % 16) + struct.pack("<QQ", 0, 64 + len(sealed)))
    return tag[:1] + sealed + mac.finalize()


def ente(random):
    salt, header = random(16), random(24)
    key = argon2id(PASSWORD.encode(), salt, 8 * 1024, 2, 1)
    lines = "\n".join(uri(e) + "&codeDisplay=%7B%22pinned%22%3Atrue%7D" for e in FIVE)
    return dump({"version": 1, "kdfParams": {"memLimit": 8 * 1024 * 1024, "opsLimit": 2, "salt": b64(salt)},
                 "encryptedData": b64(secretstream(key, header, lines.encode())), "encryptionNonce": b64(header)})


def proton_json():
    entries = [{"id": str(i), "content": {"uri": uri(e), "entry_type": "Totp", "name": e["account"]}, "note": None}
               for i, e in enumerate([MINE, LONG, BARE])]
    entries.append({"id": "s", "content": {"uri": "steam://" + STEAM["secret"], "entry_type": "Steam", "name": "Steam"}, "note": "n"})
    return dump({"version": 1, "entries": entries})


PROTON = [MINE, LONG, BARE, STEAM | {"account": ""}]


def proton_encrypted(random):
    salt, nonce = random(16), random(12)
    key = argon2id(PASSWORD.encode(), salt, 19 * 1024, 2, 1)
    sealed = nonce + AESGCM(key).encrypt(nonce, proton_json().encode(), b"proton.authenticator.export.v1")
    return dump({"version": 1, "salt": b64(salt), "content": b64(sealed)})


def stratum_json():
    kinds, hashes = {"hotp": 1, "totp": 2, "steam": 4}, {"SHA1": 0, "SHA256": 1, "SHA512": 2}
    items = [{"Type": kinds[e["type"]], "Issuer": e["issuer"], "Username": e["account"], "Secret": e["secret"],
              "Algorithm": hashes[e["algorithm"]], "Digits": e["digits"], "Period": e.get("period", 30), "Counter": e.get("counter", 0)}
             for e in FIVE]
    items.append({"Type": 5, "Issuer": "Y", "Username": None, "Secret": "MZXW6YTB", "Algorithm": 1, "Digits": 8, "Period": 30, "Counter": 0})
    return dump({"Authenticators": items, "Categories": [], "CustomIcons": []})


def stratum_strong(random):
    salt, nonce = random(16), random(12)
    key = argon2id(PASSWORD.encode(), salt, 64 * 1024, 3, 4)
    return b"AUTHENTICATORPRO" + salt + nonce + AESGCM(key).encrypt(nonce, stratum_json().encode(), None)


def stratum_legacy(random):
    salt, iv = random(20), random(16)
    key = pbkdf2("sha1", PASSWORD.encode(), salt, 64000)
    return b"AuthenticatorPro" + salt + iv + cbc(key, iv, stratum_json().encode())


def freeotp_token(e, secret=True):
    token = {"algo": e["algorithm"], "counter": e.get("counter", 0), "digits": e["digits"], "issuerExt": e.get("tenant", e["issuer"]),
             "issuerInt": e["issuer"], "label": e["account"], "period": e.get("period", 30), "type": e["type"].upper()}
    return token | ({"secret": signed(raw(e["secret"]))} if secret else {})


FREEOTP = [MINE, LONG, BARE, COUNTER]


def freeotp1(random):
    escape = lambda t: t.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    lines = [f'    <string name="{escape(e["issuer"])}:{escape(e["account"])}">{escape(dump(freeotp_token(e)))}</string>' for e in FREEOTP]
    return ("<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n" + "\n".join(lines)
            + '\n    <int name="n" value="1" />\n    <string name="tokenOrder">[&quot;a&quot;]</string>\n</map>\n')


def freeotp_plus(random):
    return dump({"tokenOrder": ["x"], "tokens": [freeotp_token(e) for e in FREEOTP]})


def freeotp2(fields, digest):
    def make(random):
        def seal(key, aad, data, bare):
            nonce = random(12)
            octets = b"\x04\x0c" + nonce
            der = octets if bare else b"\x30\x11" + octets + b"\x02\x01\x10"
            return {"mCipher": "AES/GCM/NoPadding", "mCipherText": signed(AESGCM(key).encrypt(nonce, data, aad.encode())),
                    "mParameters": signed(der), "mToken": aad}
        master, salt, rounds = random(32), random(32), 1000
        kek = pbkdf2(digest, PASSWORD.encode(), salt, rounds)
        pairs = []
        for i, e in enumerate(FREEOTP):
            inner = seal(master, "Hmac" + e["algorithm"], raw(e["secret"]), bare=i % 2)
            token = freeotp_token(e, secret=False)
            if e["algorithm"] == "SHA256":
                del token["algo"]  # the name of the sealed key says it too
            pairs += [(f"id{i}-token", dump(token)), (f"id{i}", dump({"key": dump(inner)}))]
        pairs.insert(3, ("masterKey", dump({"mAlgorithm": f"PBKDF2withHmac{digest.upper()}", "mEncryptedKey": seal(kek, "AES", master, False),
                                            "mIterations": rounds, "mSalt": signed(salt)})))
        text = lambda t: b"\x74" + struct.pack(">H", len(t.encode())) + t.encode()
        names = b"F\0\x0aloadFactor" + (b"I\0\x09threshold" if fields == 2 else b"")
        return (b"\xac\xed\0\x05\x73\x72\0\x11java.util.HashMap\x05\x07\xda\xc1\xc3\x16\x60\xd1\x03" + struct.pack(">H", fields) + names
                + b"\x78\x70\x3f\x40\0\0" + (b"\0\0\0\x0c" if fields == 2 else b"") + b"\x77\x08\0\0\0\x10" + struct.pack(">I", len(pairs))
                + b"".join(text(k) + text(v) for k, v in pairs) + b"\x78")
    return make


def extension_entry(e, i):
    entry = {"dataType": "OTPStorage", "hash": str(i), "index": i, "issuer": e["issuer"], "account": e["account"], "secret": e["secret"],
             "type": e["type"], "encrypted": False}
    entry.update({k: e[k] for k, d in (("algorithm", "SHA1"), ("digits", 6), ("period", 30), ("counter", 0)) if k in e and e[k] != d})
    return entry


HEX = dict(type="totp", issuer="Hex", account="x", secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", algorithm="SHA1", digits=6, period=30)


def extension_entries():
    entries = [extension_entry(e, i) for i, e in enumerate(flat(FIVE))]
    return entries + [extension_entry(HEX, 5) | {"type": "hex", "secret": raw(HEX["secret"]).hex()},
                      extension_entry(HEX, 6) | {"type": "battle", "secret": "MZXW6YTB", "issuer": "B"}]


def extension_plain(random):
    return dump({e["hash"]: e for e in extension_entries()})


def extension_v1(random):
    return dump({e["hash"]: e | {"encrypted": True, "secret": crypto_js(PASSWORD.encode(), e["secret"].encode(), random)}
                 for e in extension_entries()})


def extension_v2(top):
    def make(random):
        key = random(120)
        enc = crypto_js(PASSWORD.encode(), key, random)
        entries = {e["hash"]: e | {"encrypted": True, "secret": crypto_js(key.hex().encode(), e["secret"].encode(), random)}
                   for e in extension_entries()}
        return dump(({"enc": enc, "hash": "x"} if top else {"key": {"enc": enc, "hash": "x"}}) | entries)
    return make


def extension_v3(random):
    salt = "".join(map(chr, random(16)))
    key = b64(argon2id(PASSWORD.encode(), salt.encode(), 19 * 1024, 2, 1)).rstrip("=")
    out = {"k": {"dataType": "Key", "id": "k", "salt": salt, "hash": "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA", "version": 3}}
    for e in extension_entries():
        data = crypto_js(key.encode(), dump(e).encode(), random)
        out[e["hash"]] = {"dataType": "EncOTPStorage", "keyId": "k", "index": e["index"], "data": data}
    return dump(out)


def raivo_json():
    return dump([{"issuer": e["issuer"], "account": e["account"], "secret": e["secret"], "algorithm": e["algorithm"], "digits": str(e["digits"]),
                  "kind": e["type"].upper(), "timer": str(e.get("period", 30)), "counter": str(e.get("counter", 0)), "pinned": "false"}
                 for e in flat(without(FIVE, STEAM))])


def crc_step(crc, byte):
    crc ^= byte
    for _ in range(8):
        crc = crc >> 1 ^ (0xedb88320 if crc & 1 else 0)
    return crc


def pkware(password, data, check, random):
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte):
        keys[0] = crc_step(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xff)) * 134775813 + 1) & 0xffffffff
        keys[2] = crc_step(keys[2], keys[1] >> 24)
    for byte in password:
        update(byte)
    out = bytearray()
    for byte in random(11) + bytes([check]) + data:
        temp = (keys[2] | 2) & 0xffff
        out.append(byte ^ ((temp * (temp ^ 1)) >> 8 & 0xff))
        update(byte)
    return bytes(out)


def winzip_aes(password, data, random, length=32):
    salt = random(length // 2)
    keys = pbkdf2("sha1", password, salt, 1000, 2 * length + 2)
    cipher = Cipher(algorithms.AES(keys[:length]), modes.ECB()).encryptor()
    stream = b"".join(cipher.update((i + 1).to_bytes(16, "little")) for i in range(len(data) // 16 + 1))
    sealed = bytes(a ^ b for a, b in zip(data, stream))
    return salt + keys[2 * length:] + sealed + hmac.digest(keys[length:2 * length], sealed, "sha1")[:10]


def zipped(files, cipher, claim=None):
    def make(random):
        body, central, password = b"", b"", PASSWORD.encode()
        for name, text in files:
            data, name = text if isinstance(text, bytes) else text.encode(), name.encode()
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            packed, method, flags, extra, crc = packer.compress(data) + packer.flush(), 8, 0, b"", zlib.crc32(data)
            if cipher == "pkware":
                packed, flags = pkware(password, packed, crc >> 24, random), 1
            elif cipher == "aes":
                packed, flags, method = winzip_aes(password, packed, random), 1, 99
                extra, crc = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, 8), 0
            size = claim or len(data)
            head = struct.pack("<HHHHHIIIHH", 20, flags, method, 0, 0, crc, len(packed), size, len(name), len(extra))
            central += b"PK\1\2\x14\0" + head + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name + extra
            body += b"PK\3\4" + head + name + extra + packed
        return body + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(central), len(body), 0)
    return make


def salsa20(key, nonce):
    """A stream: DJB's specification, the 256-bit key."""
    rot = lambda v, n: ((v << n) | (v >> (32 - n))) & 0xffffffff
    words = lambda data: list(struct.unpack(f"<{len(data) // 4}I", data))
    k, n, c = words(key), words(nonce), words(b"expand 32-byte k")
    for block in itertools.count():
        start = [c[0], *k[:4], c[1], *n, block, 0, c[2], *k[4:], c[3]]
        x = start[:]
        for _ in range(10):
            for rows in (((0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)), ((0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14))):
                for a, b, d, e in rows:
                    x[b] ^= rot((x[a] + x[e]) & 0xffffffff, 7)
                    x[d] ^= rot((x[b] + x[a]) & 0xffffffff, 9)
                    x[e] ^= rot((x[d] + x[b]) & 0xffffffff, 13)
                    x[a] ^= rot((x[e] + x[d]) & 0xffffffff, 18)
        yield from struct.pack("<16I", *((a + b) & 0xffffffff for a, b in zip(x, start)))


def key_file(kind, random):
    """What KeePass takes as a key file: the file, and the key in it."""
    key = random(32)
    if kind == "xml1":
        return f'<?xml version="1.0" encoding="utf-8"?>\n<KeyFile>\n\t<Meta>\n\t\t<Version>1.00</Version>\n\t</Meta>\n\t<Key>\n\t\t<Data>{b64(key)}</Data>\n\t</Key>\n</KeyFile>\n'.encode(), key
    if kind == "xml2":
        digits = key.hex().upper()
        words = "\n\t\t\t".join(" ".join(digits[i:i + 8] for i in range(row, row + 32, 8)) for row in (0, 32))
        check = hashlib.sha256(key).hexdigest()[:8].upper()
        return f'<?xml version="1.0" encoding="utf-8"?>\n<KeyFile>\n\t<Meta>\n\t\t<Version>2.0</Version>\n\t</Meta>\n\t<Key>\n\t\t<Data Hash="{check}">\n\t\t\t{words}\n\t\t</Data>\n\t</Key>\n</KeyFile>\n'.encode(), key
    if kind == "bytes":
        return key, key
    if kind == "hex":
        return key.hex().encode(), key
    data = b"any file at all\n" + random(200)
    return data, hashlib.sha256(data).digest()


def kdbx(cipher, packed, argon2, version=0x00040001, password=PASSWORD, file=None, hashed=True):
    def make(random):
        seed, salt, mask_key = random(32), random(32), random(64)
        iv = random(12 if cipher == "chacha20" else 16)
        mask = hashlib.sha512(mask_key).digest()
        stream = Cipher(algorithms.ChaCha20(mask[:32], bytes(4) + mask[32:44]), None).encryptor()
        if version >> 16 == 3:
            stream = Stream(salsa20(hashlib.sha256(mask_key[:32]).digest(), bytes.fromhex("e830094b97205d2a")))
        string = lambda k, v, protected=False: (f"<String><Key>{k}</Key><Value" + (f' Protected="True">{b64(stream.update(v.encode()))}'
                                                if protected else f">{v.replace('&', '&amp;')}") + "</Value></String>")
        entry = lambda *strings, history="": f"<Entry><UUID>AA==</UUID>{''.join(strings)}<History>{history}</History></Entry>"
        xml = ['<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<KeePassFile><Meta><RecycleBinUUID>YmluYmluYmluYmluYmluYg==</RecycleBinUUID></Meta>'
               '<Root><Group><UUID>cm9vdHJvb3Ryb290cm9vdA==</UUID><Name>Root</Name>']
        xml.append(entry(string("Title", "x"), string("Password", "secret", True), string("otp", uri(MINE), True),
                         history="<Entry>" + string("otp", "otpauth://totp/old?secret=MZXW6YTB", True) + "</Entry>"))
        xml.append("<Group><UUID>AQ==</UUID>" + entry(string("Title", LONG["issuer"]), string("UserName", LONG["account"]),
                   string("TimeOtp-Secret-Base32", LONG["secret"], True), string("TimeOtp-Algorithm", "HMAC-SHA-256"),
                   string("TimeOtp-Length", "8"), string("TimeOtp-Period", "60")) + "</Group>")
        xml.append(entry(string("Title", "Steam"), string("UserName", "gabe"), string("TOTP Seed", STEAM["secret"], True), string("TOTP Settings", "30;S")))
        xml.append(entry(string("Title", "Counter"), string("UserName", "h"), string("HmacOtp-Secret-Hex", raw(COUNTER["secret"]).hex()),
                         string("HmacOtp-Counter", str(COUNTER["counter"]))))
        xml.append(entry(string("Title", "Hex"), string("UserName", "x"), string("otp", "key=" + HEX["secret"] + "&amp;size=6".replace("amp;", ""))))
        xml.append("<Group><UUID>YmluYmluYmluYmluYmluYg==</UUID>" + entry(string("otp", uri(BARE), True)) + "</Group>")
        xml.append(entry(string("Title", "No code"), string("Password", "p", True)) + "</Group></Root></KeePassFile>")
        field = lambda i, v: bytes([i]) + struct.pack("<I", len(v)) + v
        inner = field(1, struct.pack("<I", 3)) + field(2, mask_key) + field(3, b"\x00attachment") + field(0, b"") + "".join(xml).encode()
        if packed:
            packer = zlib.compressobj(9, zlib.DEFLATED, 31)
            inner = packer.compress(inner) + packer.flush()
        item = lambda t, k, v: bytes([t]) + struct.pack("<I", len(k)) + k + struct.pack("<I", len(v)) + v
        parts = [hashlib.sha256(password.encode()).digest()] if hashed else []
        composite = hashlib.sha256(b"".join(parts + ([file[1]] if file else []))).digest()
        if version >> 16 == 3:
            start, field3 = random(32), lambda i, v: bytes([i]) + struct.pack("<H", len(v)) + v
            aes, halves = Cipher(algorithms.AES(salt), modes.ECB()).encryptor(), composite
            for _ in range(1000):
                halves = aes.update(halves)
            final = hashlib.sha256(seed + hashlib.sha256(halves).digest()).digest()
            text = "".join(xml).encode()
            if packed:
                packer = zlib.compressobj(9, zlib.DEFLATED, 31)
                text = packer.compress(text) + packer.flush()
            block = lambda i, data: struct.pack("<I", i) + (hashlib.sha256(data).digest() if data else bytes(32)) + struct.pack("<I", len(data)) + data
            half = len(text) // 2
            head = (bytes.fromhex("03d9a29a67fb4bb5") + struct.pack("<I", version) + field3(2, bytes.fromhex("31c1f2e6bf714350be5805216afc5aff"))
                    + field3(3, struct.pack("<I", packed)) + field3(4, seed) + field3(5, salt) + field3(6, struct.pack("<Q", 1000)) + field3(7, iv)
                    + field3(8, mask_key[:32]) + field3(9, start) + field3(10, struct.pack("<I", 2)) + field3(0, b"\r\n\r\n"))
            return head + cbc(final, iv, start + block(0, text[:half]) + block(1, text[half:]) + block(2, b""))
        if argon2:
            transformed = hash_secret_raw(composite, salt, 2, 1024, 2, 32, Type.D)
            kdf = (item(0x42, b"$UUID", bytes.fromhex("ef636ddf8c29444b91f7a9a403e30a0c")) + item(0x42, b"S", salt) + item(5, b"M", struct.pack("<Q", 1024 * 1024))
                   + item(5, b"I", struct.pack("<Q", 2)) + item(4, b"P", struct.pack("<I", 2)) + item(4, b"V", struct.pack("<I", 0x13)))
        else:
            aes, halves = Cipher(algorithms.AES(salt), modes.ECB()).encryptor(), composite
            for _ in range(1000):
                halves = aes.update(halves)
            transformed = hashlib.sha256(halves).digest()
            kdf = item(0x42, b"$UUID", bytes.fromhex("c9d9f39a628a4460bf740d08c18a4fea")) + item(5, b"R", struct.pack("<Q", 1000)) + item(0x42, b"S", salt)
        key = hashlib.sha256(seed + transformed).digest()
        base = hashlib.sha512(seed + transformed + b"\x01").digest()
        if cipher == "chacha20":
            sealed = Cipher(algorithms.ChaCha20(key, bytes(4) + iv), None).encryptor().update(inner)
        else:
            sealed = cbc(key, iv, inner)
        cipher_id = {"chacha20": "d6038a2b8b6f4cb5a524339a31dbb59a", "aes": "31c1f2e6bf714350be5805216afc5aff"}[cipher]
        head = (bytes.fromhex("03d9a29a67fb4bb5") + struct.pack("<I", version) + field(2, bytes.fromhex(cipher_id)) + field(3, struct.pack("<I", packed))
                + field(4, seed) + field(7, iv) + field(11, b"\x00\x01" + kdf + b"\0") + field(0, b"\r\n\r\n"))
        mac = lambda i, *parts: hmac.digest(hashlib.sha512(struct.pack("<Q", i) + base).digest(), b"".join(parts), "sha256")
        out = head + hashlib.sha256(head).digest() + mac((1 << 64) - 1, head)
        half = len(sealed) // 2
        for i, block in enumerate((sealed[:half], sealed[half:], b"")):
            size = struct.pack("<I", len(block))
            out += mac(i, struct.pack("<Q", i), size, block) + size + block
        return out
    return make


def archived(root):
    """NSKeyedArchiver's: every object in one list, each named by its place."""
    objects = ["$null"]

    def put(value):
        if isinstance(value, dict):
            place = len(objects)
            objects.append(None)
            kind = value.pop("class", None)
            if kind:
                objects[place] = {k: put(v) if not isinstance(v, int) else v for k, v in value.items()} | {"$class": put_class(kind)}
            else:
                objects[place] = {"NS.keys": [put(k) for k in value], "NS.objects": [put(v) for v in value.values()],
                                  "$class": put_class("NSMutableDictionary")}
            return plistlib.UID(place)
        if isinstance(value, list):
            place = len(objects)
            objects.append(None)
            objects[place] = {"NS.objects": [put(v) for v in value], "$class": put_class("NSMutableArray")}
            return plistlib.UID(place)
        objects.append({"NS.data": value, "$class": put_class("NSMutableData")} if isinstance(value, bytearray) else value)
        return plistlib.UID(len(objects) - 1)

    def put_class(name):
        objects.append({"$classes": [name, "NSObject"], "$classname": name})
        return plistlib.UID(len(objects) - 1)
    root = put(root)
    return plistlib.dumps({"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": {"root": root}, "$objects": objects}, fmt=plistlib.FMT_BINARY)


def rncryptor(password, data, random):
    salt, mac_salt, iv = random(8), random(8), random(16)
    out = b"\x03\x01" + salt + mac_salt + iv + cbc(pbkdf2("sha1", password, salt, 10000), iv, data)
    return out + hmac.digest(pbkdf2("sha1", password, mac_salt, 10000), out, "sha256")


def otp_auth(version, one=False):
    def account(e, inside=True):
        kinds, hashes = {"hotp": 1, "totp": 2}, {"SHA1": 1, "SHA256": 2, "SHA512": 3}
        return ({"class": "ACOTPAccount"} if inside else {}) | {
            "label": e["account"], "issuer": e["issuer"], "secret": bytearray(raw(e["secret"])), "type": kinds[e["type"]],
            "algorithm": hashes[e["algorithm"]], "digits": {6: 0}.get(e["digits"], e["digits"]), "counter": e.get("counter", 0),
            "period": {30: 0}.get(e.get("period", 30), e.get("period"))}

    def make(random):
        if one:
            inner = account(flat([LONG])[0], inside=False)
        else:
            inner = {"Folders": [{"class": "ACOTPFolder", "name": "A", "accounts": [account(e) for e in flat([MINE, LONG])]},
                                 {"class": "ACOTPFolder", "name": "B", "accounts": [account(e) for e in [BARE, COUNTER]]}]}
        inner = archived(inner)
        if version == 1.0:
            iv, salt = "an IV", "some salt"
            key = hashlib.sha256((salt + "-" + PASSWORD).encode()).digest()
            outer = {"Version": 1.0, "IV": iv, "Salt": salt, "WrappedData": bytearray(cbc(key, hashlib.sha1(iv.encode()).digest()[:16], inner))}
        else:
            outer = {"Version": version, "Data" if one else "WrappedData": bytearray(rncryptor(PASSWORD.encode(), inner, random))}
        return cbc(hashlib.sha256(b"OTPAuth" if one else b"Authenticator").digest(), bytes(16), archived(outer))
    return make


def cotp_json(entries):
    return dump({"version": 2, "elements": [{"secret": e["secret"], "issuer": e["issuer"], "label": e["account"], "digits": e["digits"],
                 "type": e["type"].upper(), "algorithm": e["algorithm"], "period": e.get("period", 30), "counter": e.get("counter"), "pin": None}
                for e in entries]})


def cotp_encrypted(random):
    salt, nonce, text = random(16), random(24), cotp_json(flat(FIVE)).encode()
    key = argon2id(PASSWORD.encode(), salt, 32768, 4, 4)
    sealed = ChaCha20Poly1305(hchacha20(key, nonce[:16])).encrypt(bytes(4) + nonce[16:], text, None)
    return dump({"version": 1, "nonce": b64(nonce), "salt": b64(salt), "cipher": b64(sealed)})


def totp_authenticator_list():
    return dump([{"accountHeaderLabel": "", "base": 16, "digits": str(e["digits"]), "isFavorite": False, "issuer": e["issuer"] or "Unknown",
                  "key": raw(e["secret"]).hex().upper(), "name": e["account"], "period": str(e["period"]), "source": 0} for e in TOTP_AUTHENTICATOR_IN])


TOTP_AUTHENTICATOR_IN = flat([MINE, LONG | {"algorithm": "SHA1"}, BARE | {"algorithm": "SHA1"}])
TOTP_AUTHENTICATOR = TOTP_AUTHENTICATOR_IN[:2] + [TOTP_AUTHENTICATOR_IN[2] | {"issuer": BARE["account"], "account": ""}]


def totp_authenticator(password):
    return lambda random: b64(cbc(hashlib.sha256(password.encode()).digest(), bytes(16), dump({totp_authenticator_list(): "1700000000"}).encode()))


def preferences(**strings):
    lines = "".join(f'    <string name="{name.replace("__", ".")}">{html.escape(text)}</string>\n' for name, text in strings.items())
    return f"<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n    <int name=\"n\" value=\"1\" />\n{lines}</map>\n"


AUTHY = [dict(e, algorithm="SHA1", period=30) for e in (flat([MINE])[0], BARE | {"issuer": "Bare"})]


def authy(sealed):
    def one(e, random):
        item = {"accountType": "authenticator", "digits": e["digits"], "originalName": f"{e['issuer']}:{e['account']}", "originalIssuer": e["issuer"],
                "name": "as a person calls it", "logo": "x", "id": "1"}
        if not sealed:
            return item | {"decryptedSecret": e["secret"]}
        salt = b64(random(24))
        return item | {"salt": salt, "encryptedSecret": b64(cbc(pbkdf2("sha1", PASSWORD.encode(), salt.encode(), 1000), bytes(16), e["secret"].encode()))}
    return lambda random: preferences(com__authy__storage__tokens__authenticator__key=dump([one(e, random) for e in AUTHY]))


def authy_answer(random):
    def one(e, more):
        salt, iv = b64(random(24)), random(16) if more else bytes(16)
        key = pbkdf2("sha1", PASSWORD.encode(), salt.encode(), 100000 if more else 1000)
        item = {"account_type": "authenticator", "digits": e["digits"], "issuer": e["issuer"], "original_name": f"{e.get('tenant', e['issuer'])}:{e['account']}",
                "name": "as a person calls it", "logo": "x", "unique_id": "1", "salt": salt, "encrypted_seed": b64(cbc(key, iv, e["secret"].encode()))}
        return item | ({"unique_iv": iv.hex(), "key_derivation_iterations": 100000} if more else {"unique_iv": None, "key_derivation_iterations": None})
    tokens = [one(AUTHY[0] | {"tenant": "Fylkeskommune"}, True), one(AUTHY[1], False)]
    return dump({"message": "success", "authenticator_tokens": tokens, "deleted": [], "success": True})


def battle_net(random):
    mask = bytes.fromhex("398e27fc50276a656065b0e525f4c06c04c61075286b8e7aeda59da9813b5dd6c80d2fb38068773fa59ba47c17ca6c6479015c1d5b8b8f6b9a")
    hide = lambda text: bytes(a ^ b for a, b in zip(text.encode(), mask)).hex()
    return preferences(com__blizzard__messenger__AUTHENTICATOR_SERIAL=hide("EU123456789012"),
                       com__blizzard__messenger__AUTHENTICATOR_DEVICE_SECRET=hide(raw(BATTLE["secret"]).hex()))


BATTLE = dict(type="totp", issuer="Battle.net", account="EU123456789012", secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", algorithm="SHA1", digits=8, period=30)


def two_fa_extension(random):
    salt, iv = random(16), random(12)
    names = {"SHA1": "SHA-1", "SHA256": "SHA-256", "SHA512": "SHA-512"}
    accounts = [{"id": str(i), "issuer": e["issuer"], "label": e["account"], "secret": e["secret"], "type": e["type"], "algorithm": names[e["algorithm"]],
                 "digits": e["digits"], "period": e.get("period", 30), "counter": e.get("counter", 0)} for i, e in enumerate(flat(FIVE))]
    key = pbkdf2("sha256", PASSWORD.encode(), salt, 100000)
    data = AESGCM(key).encrypt(iv, dump({"accounts": accounts, "settings": {}}).encode(), None)
    return json.dumps({"app": "2fa-authenticator", "version": 1, "exportedAt": "2026-11-01T00:00:00.000Z", "vault": {
        "version": 1, "kdf": {"name": "PBKDF2", "hash": "SHA-256", "iterations": 100000, "salt": b64(salt)},
        "cipher": {"name": "AES-GCM", "iv": b64(iv), "data": b64(data)}}}, indent=2)


def enpass(random):
    def item(title, totp, **more):
        fields = [{"type": "username", "label": "Username", "value": more.pop("user", ""), "deleted": 0}, {"type": "password", "value": "p", "deleted": 0},
                  {"type": "url", "value": "https://x.example/", "deleted": 0}, {"type": "totp", "label": "One-time code", "value": totp, "deleted": 0},
                  {"type": "totp", "value": "otpauth://totp/old?secret=MZXW6YTB", "deleted": 1}]
        return {"title": title, "template_type": "login.default", "category": "login", "fields": fields, "note": "", "archived": 0, "trashed": 0} | more
    items = [item("Kari", uri(MINE)), item("Bare", "mzxw 6ytb", user="b"), item("None", ""), item("Gone", "MZXW6YTBMZXW6YTB", trashed=1)]
    return dump({"folders": [], "items": items})


def keeper(random):
    records = [{"title": "A card", "uid": 1, "$type": "bankCard", "custom_fields": {"$paymentCard::1": {"cardNumber": "4242"}, "$pinCode::1": "1234"}},
               {"title": "Kari", "uid": "a", "$type": "login", "login": "k", "login_url": "https://x.example", "notes": "a note",
                "custom_fields": {"$oneTimeCode::1": uri(MINE), "$text:Address:1": "https://z.example"}, "folders": [{"folder": "Work\\A\\\\B"}]},
               {"title": "Bare", "login": "b", "custom_fields": {"$oneTimeCode:one": ["mzxw 6ytb", uri(LONG)], "$secret:x": "MZXW6YTBMZXW6YTB"}},
               {"title": "Old", "login": "o", "custom_fields": {"TFC:Keeper": uri(BARE)}, "folders": [{"shared_folder": "All"}]}]
    return dump({"shared_folders": [{"path": "All"}], "records": records})


def any_xml(random):
    field = lambda name, kind, text="", more="": f'<field name="{name}" type="{kind}"{more}>{text.replace("&", "&amp;")}</field>'
    old = ' history="{&quot;1&quot;:&quot;otpauth://totp/old?secret=MZXW6YTB&quot;}"'
    card = lambda title, *fields, more="": f'<card title="{title}" id="1" symbol="x"{more}>{"".join(fields)}<label_id>3</label_id></card>'
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<database><!-- LABELS --><label name="Work" id="3"></label>'
            + card("Template", field("Login", "login"), field("One-time password", "one_time_password"), more=' template="true"')
            + card("Kari", field("Login", "login", "k"), field("Website", "website", "https://x.example"),
                   field("One-time password", "one_time_password", uri(MINE), old), "<notes>a note</notes>")
            + card("Bare", field("E-mail", "login", "b"), field("Engangskode", "one_time_password", "mzxw 6ytb", ' autofill="off"'), field("PIN", "pin", "1234"))
            + card("Gone", field("One-time password", "one_time_password", "MZXW6YTBMZXW6YTB"), more=' deleted="true"') + "</database>")


AUTHME = [dict(e, algorithm="SHA1", digits=6, period=30) for e in flat([LONG, MINE])]


def authme_text():
    return "".join(f'\nName:   {e["account"]} \nSecret: {e["secret"]} \nIssuer: {e["issuer"]} \nType:   OTP_TOTP\n' for e in AUTHME)


def authme(random):
    return dump({"role": "codes", "encrypted": False, "codes": b64(authme_text().encode()), "date": "2026.11.30-12.00", "version": 3})


def otp_manager(sealed):
    def make(random):
        iv = random(16)
        lock = lambda key: b64(cbc(hashlib.sha256(PASSWORD.encode()).digest(), iv, key.encode())) if sealed else key
        accounts = [{"secret": lock(e["secret"]), "name": e["account"], "issuer": e["issuer"], "digits": e["digits"], "type": e["type"],
                     "period": e.get("period", 30), "algorithm": ["SHA1", "SHA256", "SHA512"].index(e["algorithm"]), "counter": e.get("counter", 0),
                     "icon": "default"} for e in flat(without(FIVE, STEAM))]
        return dump({"accounts": accounts, "iv": iv.hex()} if sealed else {"accounts": accounts})
    return make


def nested(random):
    return dump([{"name": "Nested", "secret": LONG["secret"], "updatedAt": 1, "order": {"position": 0}, "icon": {"selected": "Label", "label": {"text": "NE"}},
                  "otp": {"label": "x", "account": LONG["account"], "issuer": LONG["issuer"], "digits": LONG["digits"], "period": LONG["period"],
                          "algorithm": LONG["algorithm"], "tokenType": "TOTP", "link": uri(LONG)}}])


ROBOFORM = [MINE, dict(type="totp", issuer="Bare", account="b", secret="MZXW6YTB", algorithm="SHA1", digits=6, period=30)]


def roboform(random):
    return ("\ufeffName,Url,MatchUrl,Login,Pwd,Note,Folder,RfFieldsV2\r\n"
            f'Kari,https://x.example,https://x.example,kari,p,,,"User ID$,,,txt,kari","Password$,,,pwd,p","TOTP KEY$,,,txt,{uri(MINE)}"\r\n'
            'Bare,https://y.example,,b,\'@p,"a note, long",Work,"TOTP KEY$,,,txt,mzxw 6ytb"\r\nBookmark,https://z.example,,,,,,\r\n')


MICROSOFT_TABLE = ("`accounts` (`_id` INTEGER PRIMARY KEY, `name` TEXT NOT NULL, `username` TEXT NOT NULL, `oath_secret_key` TEXT NOT NULL, "
                   "`account_type` INTEGER NOT NULL, `encrypted_oath_secret_key` TEXT NOT NULL)")
PERSONAL = dict(type="totp", issuer="Microsoft", account="kari@outlook.example", secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", algorithm="SHA1", digits=8, period=30)
OTHERS = dict(type="totp", issuer="Fjord Bank", account="kari", secret="5NVFDQFDAAAABBBB", algorithm="SHA1", digits=6, period=30)
MICROSOFT = [(1, OTHERS["issuer"], OTHERS["account"], OTHERS["secret"], 0, ""), (2, "Microsoft", PERSONAL["account"], b64(raw(PERSONAL["secret"])), 1, ""),
             (3, "Contoso", "kari@contoso.no", "", 2, ""), (4, "Sealed", "s", "", 0, "AAAA")]


def proton_pass(random):
    item = lambda name, totp, user="", state=1: {"itemId": name, "state": state, "data": {"type": "login", "metadata": {"name": name, "note": ""},
                                                 "extraFields": [], "content": {"itemEmail": "", "itemUsername": user, "password": "p", "urls": [], "totpUri": totp}}}
    return dump({"version": "1.31.0", "encrypted": False, "userId": "u", "vaults": {"v": {"name": "Personal", "items": [
        item("Kari", uri(MINE)), item("Ola", uri(LONG)), item("Bare", "MZXW6YTB", "b"), item("None", "")]}}})


def one_password(random):
    item = lambda title, totp, user="": {"uuid": title, "state": "active", "overview": {"title": title, "url": "https://x.example", "tags": ["t"]}, "details": {
        "loginFields": [{"designation": "username", "value": user}, {"designation": "password", "value": "p"}], "notesPlain": "",
        "sections": [{"title": "", "fields": [{"title": "one-time password", "id": "TOTP_1", "value": {"totp": totp}}]}] if totp else []}}
    return dump({"accounts": [{"attrs": {"name": "n"}, "vaults": [{"attrs": {}, "items": [item("Kari", uri(MINE)), item("Ola", uri(LONG)),
                 item("Bare", "MZXW6YTB", "b"), item("None", "")]}]}]})


def cxf(random):
    hashes = {"SHA1": "sha1", "SHA256": "sha256", "SHA512": "sha512"}
    item = lambda e: {"id": "aQ", "creationAt": 1, "modifiedAt": 1, "title": e["issuer"], "credentials": [{
        "type": "totp", "secret": e["secret"], "period": e["period"], "digits": e["digits"], "username": e["account"], "algorithm": hashes[e["algorithm"]],
        "issuer": e["issuer"]}]}
    return dump({"version": {"major": 1, "minor": 0}, "exporterRpId": "x.example", "exporterDisplayName": "X", "timestamp": 1, "accounts": [
        {"id": "YQ", "username": "", "email": "", "collections": [], "items": [item(e) for e in flat([MINE, LONG])]}]})


def two_f_auth(random):
    return dump({"app": "2fauth_v5.4.3", "schema": 1, "datetime": "2026-01-01T00:00:00.000000Z", "data": [
        {"otp_type": "steamtotp" if e["type"] == "steam" else e["type"], "account": e["account"], "service": e["issuer"], "icon": None, "icon_mime": None,
         "icon_file": None, "secret": e["secret"], "digits": e["digits"], "algorithm": e["algorithm"].lower(), "period": e.get("period"),
         "counter": e.get("counter"), "legacy_uri": uri(e)} for e in flat(FIVE)]})


def keepass_xml(random):
    string = lambda k, v: f"<String><Key>{k}</Key><Value>{html.escape(v)}</Value></String>"
    entries = [string("Title", "x") + string("otp", uri(MINE)),
               string("Title", LONG["issuer"]) + string("UserName", LONG["account"]) + string("TimeOtp-Secret-Base32", LONG["secret"])
               + string("TimeOtp-Algorithm", "HMAC-SHA-256") + string("TimeOtp-Length", "8") + string("TimeOtp-Period", "60")]
    return ('<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<KeePassFile>\n<Meta><Generator>KeePass</Generator></Meta>\n<Root><Group><Name>Root</Name>'
            + "".join(f"<Entry>{e}</Entry>" for e in entries) + "</Group></Root>\n</KeePassFile>\n")


def sqlite(schema, table, rows):
    def make(random):
        with tempfile.NamedTemporaryFile() as file:
            with contextlib.closing(sqlite3.connect(file.name)) as db:
                db.execute("PRAGMA page_size = 512")
                db.execute("CREATE TABLE " + schema)
                db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
                db.commit()
            return pathlib.Path(file.name).read_bytes()
    return make


def google_rows():
    rows = [(i, f"{e['issuer']}:{e['account']}", e["secret"], e.get("counter", 0), 1 if e["type"] == "hotp" else 0, 0, e["issuer"])
            for i, e in enumerate([MINE, COUNTER], 1)]
    # Enough for a tree of pages.
    return rows + [(i, f"user{i}", "MZXW6YTB", 0, 0, 0, None) for i in range(3, 40)]


GOOGLE_TABLE = ("accounts (_id INTEGER PRIMARY KEY, email TEXT NOT NULL, secret TEXT NOT NULL, counter INTEGER DEFAULT 0, "
                "type INTEGER, provider INTEGER DEFAULT 0, issuer TEXT DEFAULT NULL)")
GOOGLE_ROWS = flat([MINE, COUNTER]) + [dict(type="totp", issuer="", account=f"user{i}", secret="MZXW6YTB", algorithm="SHA1", digits=6, period=30)
                                       for i in range(3, 40)]
KEEPASS = [MINE, LONG, STEAM, COUNTER, HEX]


def varint(n):
    n &= (1 << 64) - 1
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def migration(entries, size=1, index=0, batch=-5, spaces=False, raw_plus=False):
    field = lambda n, v: varint(n << 3 | 2) + varint(len(v)) + v if isinstance(v, bytes) else varint(n << 3) + varint(v)
    hashes = {"SHA1": 1, "SHA256": 2, "SHA512": 3}
    message = b""
    for e in entries:
        prefix = e.get("tenant") or e["issuer"]
        name = f"{prefix}:{e['account']}" if prefix else e["account"]
        inner = (field(1, raw(e["secret"])) + field(2, name.encode()) + field(3, e["issuer"].encode()) + field(4, hashes[e["algorithm"]])
                 + field(5, 1 if e["digits"] == 6 else 2) + field(6, 1 if e["type"] == "hotp" else 2))
        if "counter" in e:
            inner += field(7, e["counter"])
        message += field(1, inner + field(99, b"later"))
    message += field(2, 1) + field(3, size) + field(4, index) + field(5, batch)
    data = b64(message)
    data = data.replace("+", " ") if spaces else data if raw_plus else percent(data)
    return "otpauth-migration://offline?data=" + data


GOOGLE = [MINE, LONG | {"period": 30}, COUNTER]


def text(value):
    return lambda random: value


def jsons(entries):
    return {"entries": [{k: v for k, v in e.items() if k != "tenant"} for e in entries]}


# name: (comment, format, password or None, what it answers, how it is made)
VECTORS = {
    "aegis-plain": ("Aegis, plain, with a kind that is not read", "Aegis", None, (flat(FIVE), ["M: m|Type"]), aegis_plain),
    "aegis-encrypted": ("Aegis, scrypt and AES-GCM, beside a biometric slot", "Aegis", PASSWORD, flat(FIVE), aegis_encrypted),
    "2fas-schema-1": ("2FAS, the first schema: no account, no kind, null digits", "TwoFas", None, [flat([MINE])[0], flat([LONG])[0]], twofas(1, [MINE, LONG])),
    "2fas-schema-4": ("2FAS, the latest schema", "TwoFas", None, flat(FIVE), twofas(4, FIVE)),
    "2fas-organisation": ("2FAS: the organisation stands before the name, in the label alone", "TwoFas", None, [MINE],
                          text(dump({"services": [{"name": "Microsoft", "secret": MINE["secret"], "otp": {
                              "label": f"{MINE['tenant']}:{MINE['account']}", "issuer": "Microsoft", "tokenType": "TOTP", "digits": 6,
                              "period": 30, "algorithm": "SHA1"}}], "groups": [], "schemaVersion": 4}))),
    "2fas-encrypted": ("2FAS with a password", "TwoFas", PASSWORD, flat(FIVE), twofas_encrypted),
    "andotp-plain": ("andOTP, plain", "AndOtp", None, flat(FIVE), lambda r: andotp_json(flat(FIVE))),
    "andotp-new": ("andOTP, PBKDF2", "AndOtp", PASSWORD, flat(FIVE), andotp_new),
    "andotp-old": ("andOTP, SHA-256 of the password", "AndOtp", PASSWORD, flat(FIVE), andotp_old),
    "bitwarden-plain": ("Bitwarden, plain JSON: URI, bare secret, Steam, none", "Bitwarden", None, BITWARDEN, lambda r: json.dumps(bitwarden_items(), indent=2)),
    "bitwarden-pbkdf2": ("Bitwarden with a password, PBKDF2", "Bitwarden", PASSWORD, BITWARDEN, bitwarden_encrypted(0)),
    "bitwarden-argon2": ("Bitwarden with a password, Argon2id", "Bitwarden", PASSWORD, BITWARDEN, bitwarden_encrypted(1)),
    "bitwarden-csv": ("Bitwarden, CSV with quotes and line breaks", "Csv", None, [MINE, BITWARDEN[2]], bitwarden_csv),
    "keepassxc-csv": ("KeePassXC, CSV", "Csv", None, [LONG], keepassxc_csv),
    "csv-semicolon": ("CSV as Excel writes it in Norway, all columns", "Csv", None, (flat(FIVE), ["Bad: b|SecretCharacter"]), csv_semicolon),
    "duo": ("Duo Mobile: one by time, one by counter, one push", "Duo", None,
            ([dict(type="totp", issuer="", account="a", secret="MZXW6YTB", algorithm="SHA1", digits=6, period=30),
              dict(type="hotp", issuer="", account="b", secret="MZXW6YTB", algorithm="SHA1", digits=6, counter=3)], ["c|Type"]),
            text(dump([{"accountType": "OtpAccount", "name": "a", "version": 1.0, "otpGenerator": {"otpSecret": "MZXW6YTB"}},
                       {"accountType": "OtpAccount", "name": "b", "otpGenerator": {"otpSecret": "MZXW6YTB", "counter": 3}},
                       {"accountType": "DuoAccount", "name": "c", "pkey": "x"}]))),
    "ente-encrypted": ("Ente, Argon2id and secretstream", "Ente", PASSWORD, FIVE, ente),
    "ente-plain": ("Ente, plain: a list with a parameter of its own", "OtpauthList", None, FIVE,
                   text("\n\n".join(uri(e) + "&codeDisplay=%7B%7D" for e in FIVE) + "\n")),
    "proton-plain": ("Proton Authenticator, plain", "Proton", None, PROTON, lambda r: proton_json()),
    "proton-encrypted": ("Proton Authenticator with a password", "Proton", PASSWORD, PROTON, proton_encrypted),
    "stratum-plain": ("Stratum, plain, with a kind that is not read", "Stratum", None, (flat(FIVE), ["Y|Type"]), lambda r: stratum_json()),
    "stratum-strong": ("Stratum, Argon2id and AES-GCM", "Stratum", PASSWORD, (flat(FIVE), ["Y|Type"]), stratum_strong),
    "stratum-legacy": ("Authenticator Pro, PBKDF2 and AES-CBC", "Stratum", PASSWORD, (flat(FIVE), ["Y|Type"]), stratum_legacy),
    "freeotp1": ("FreeOTP 1: Android's preferences", "FreeOtp1", None, FREEOTP, freeotp1),
    "freeotp-plus": ("FreeOTP+", "FreeOtpPlus", None, FREEOTP, freeotp_plus),
    "freeotp2-sha512": ("FreeOTP 2, PBKDF2-SHA512, nonces in both kinds of DER", "FreeOtp2", PASSWORD, FREEOTP, freeotp2(2, "sha512")),
    "freeotp2-android6": ("FreeOTP 2 of Android 6: PBKDF2-SHA1, a map with one field", "FreeOtp2", PASSWORD, FREEOTP, freeotp2(1, "sha1")),
    "extension-plain": ("Authenticator-Extension, plain, with hex and Battle.net", "AuthenticatorExtension", None,
                        (flat(FIVE) + [HEX], ["B: x|Type"]), extension_plain),
    "extension-v1": ("Authenticator-Extension, version 1", "AuthenticatorExtension", PASSWORD, (flat(FIVE) + [HEX], ["B: x|Type"]), extension_v1),
    "extension-v2": ("Authenticator-Extension, version 2", "AuthenticatorExtension", PASSWORD, (flat(FIVE) + [HEX], ["B: x|Type"]), extension_v2(False)),
    "extension-v2-top": ("Authenticator-Extension, version 2 with the key at the top", "AuthenticatorExtension", PASSWORD,
                         (flat(FIVE) + [HEX], ["B: x|Type"]), extension_v2(True)),
    "extension-v3": ("Authenticator-Extension, version 3", "AuthenticatorExtension", PASSWORD, (flat(FIVE) + [HEX], ["|Type"]), extension_v3),
    "raivo": ("Raivo: JSON and a page in a zip under WinZip's AES", "Raivo", PASSWORD, flat(without(FIVE, STEAM)),
              zipped([("raivo-otp-export.html", "<html>otpauth</html>"), ("raivo-otp-export.json", raivo_json())], "aes")),
    "raivo-plain": ("Raivo's JSON, unpacked", "Raivo", None, flat(without(FIVE, STEAM)), lambda r: raivo_json()),
    "winauth": ("WinAuth: a list in a zip under PKWARE's cipher", "OtpauthList", PASSWORD, [MINE],
                zipped([("winauth.txt", uri(MINE) + "\r\n")], "pkware")),
    "authme": ("Authme", "Authme", None, AUTHME, authme),
    "authme-text": ("Authme's text, as extract_otp_secrets prints it too", "Authme", None, AUTHME, lambda r: authme_text()),
    "otp-manager": ("OTP Manager for Nextcloud, in the open", "OtpManager", None, flat(without(FIVE, STEAM)), otp_manager(False)),
    "otp-manager-sealed": ("OTP Manager for Nextcloud, under a password", "OtpManager", PASSWORD, flat(without(FIVE, STEAM)), otp_manager(True)),
    "json-nested": ("What makes the digits in an object beside the key, as 2FAS' list has it", "Json", None, flat([LONG]), nested),
    "archive-beside": ("A list in a zip, beside what is none, and what belongs to the packing", "OtpauthList", None, [MINE],
                       zipped([("__MACOSX/._list.txt", "\0\5\x16\7"), ("attachments/1/contract.json", "{}"), ("list.txt", uri(MINE)), ("README.txt", "Restore."),
                               ("qr/one.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), ("two.jpg", b"\xff\xd8\xff\xe0\0"), (".DS_Store", "Bud1")], None)),
    "lastpass": ("LastPass Authenticator", "LastPass", None, flat([LONG]),
                 text(dump({"deviceId": "", "version": 3, "accounts": [{"issuerName": LONG["issuer"], "originalIssuerName": "o", "userName": "",
                            "originalUserName": LONG["account"], "secret": LONG["secret"], "timeStep": 60, "digits": 8, "algorithm": "SHA256"}]}))),
    "otpauth-list": ("A list with a comment, empty lines, capitals and a line that cannot be read", "OtpauthList", None,
                     (FIVE, ["x:y|SecretCharacter"]),
                     text("# a comment\r\n\r\n" + "\r\n".join(uri(e) for e in FIVE[:3]) + "\r\nOTPAUTH://TOTP/x:y?secret=0000\r\n"
                          + "\r\n".join(uri(e) for e in FIVE[3:]))),
    "otpauth-stray-bits": ("Secrets whose last character fills no byte, as apps take them", "OtpauthList", None,
                           [dict(type="totp", issuer="", account="a", secret="POAKSPDOASKDO", algorithm="SHA1", digits=6, period=30)],
                           text("otpauth://totp/a?secret=POAKSPDOASKDOS&digits=6")),
    "otpauth-utf16": ("A list that Windows saved as UTF-16", "OtpauthList", None, [LONG], lambda r: b"\xff\xfe" + uri(LONG).encode("utf-16-le")),
    "migration": ("Google Authenticator's transfer, in one part", "Migration", None, GOOGLE, text(migration(GOOGLE))),
    "migration-plus": ("Base64 with raw plus signs, a negative batch", "Migration", None, GOOGLE, text(migration(GOOGLE, batch=-(1 << 31), raw_plus=True))),
    "migration-spaces": ("Base64 whose plus signs became spaces", "Migration", None, GOOGLE, text(migration(GOOGLE, spaces=True))),
    "migration-parts": ("Three parts out of order, one of them twice", "Migration", None, [GOOGLE[1], GOOGLE[2], GOOGLE[0]],
                        text("\n".join(migration([GOOGLE[i]], 3, i) for i in (1, 2, 1, 0)))),
    "tofaktor-json": ("What the command line prints", "TofaktorJson", None, flat(FIVE), text(dump(jsons(FIVE)))),
    "json-list": ("A JSON list of URIs", "OtpauthList", None, FIVE, text(dump([uri(e) for e in FIVE]))),
    "keepass-chacha20": ("KeePass 4: Argon2d, ChaCha20, packed; a bin, a history", "Keepass", PASSWORD, flat(KEEPASS), kdbx("chacha20", 1, True)),
    "keepass-aes": ("KeePass 4: AES for the key and the rest, not packed", "Keepass", PASSWORD, flat(KEEPASS), kdbx("aes", 0, False)),
    "google-database-organisation": ("Google Authenticator's own database: the organisation stands before the name", "GoogleDatabase", None, [MINE],
                                     sqlite(GOOGLE_TABLE, "accounts", [(1, f"{MINE['tenant']}:{MINE['account']}", MINE["secret"], 0, 0, 0, "Microsoft")])),
    "google-database": ("Google Authenticator's own database, on several pages", "GoogleDatabase", None, GOOGLE_ROWS,
                        sqlite(GOOGLE_TABLE, "accounts", google_rows())),
    "keepass-3": ("KeePass 3.1: AES, Salsa20 inside, packed", "Keepass", PASSWORD, flat(KEEPASS), kdbx("aes", 1, False, 0x00030001)),
    **{f"keepass-3-key-{kind}": (f"KeePass 3.1 under a password and a key file: {kind}", "Keepass", PASSWORD, flat(KEEPASS),
                                 kdbx("aes", 1, False, 0x00030001, file=key_file(kind, Random(kind))), key_file(kind, Random(kind))[0])
       for kind in ("xml1", "bytes", "any")},
    **{f"keepass-4-key-{kind}": (f"KeePass 4 under a key file alone: {kind}", "Keepass", "", flat(KEEPASS),
                                 kdbx("chacha20", 1, True, password="", file=key_file(kind, Random(kind)), hashed=False), key_file(kind, Random(kind))[0])
       for kind in ("xml2", "hex")},
    **{f"keepass-{version >> 16}-blank": ("KeePass under a key file and an empty password, which is hashed as any other", "Keepass", "", flat(KEEPASS),
                                          kdbx("aes", 1, False, version, password="", file=key_file("any", Random("blank"))),
                                          key_file("any", Random("blank"))[0]) for version in (0x00030001, 0x00040001)},
    "keepass-xml": ("KeePass 2, exported as XML", "Keepass", None, flat([MINE, LONG]), keepass_xml),
    "proton-pass": ("Proton Pass, in the open", "ProtonPass", None, [MINE, LONG, ROBOFORM[1]], proton_pass),
    "one-password": ("1Password's export.data", "OnePassword", None, [MINE, LONG, ROBOFORM[1]], one_password),
    "one-password-1pux": ("1Password's 1PUX", "OnePassword", None, [MINE, LONG, ROBOFORM[1]],
                          zipped([("export.attributes", "{}"), ("export.data", one_password(None))], None)),
    "cxf": ("Credential Exchange Format", "Cxf", None, flat([MINE, LONG]), cxf),
    "2fauth": ("2FAuth 5", "TwoFAuth", None, flat(FIVE), two_f_auth),
    "steam": ("Steam's desktop file", "Steam", None, [STEAM | {"issuer": "Steam"}],
              text(dump({"shared_secret": b64(raw(STEAM["secret"])), "account_name": "gabe", "uri": "otpauth://totp/Steam:gabe?secret=X"}))),
    "pass": ("An entry of pass", "Pass", None, [dict(type="totp", issuer="", account="", secret="MZXW6YTBMZXW6YTB", algorithm="SHA1", digits=6, period=30)],
             text("a password\nlogin: kari\ntotp: MZXW6YTBMZXW6YTB\n")),
    "json-any": ("JSON that no app is known to write", "Json", None,
                 [dict(type="totp", issuer="Fjord", account="kari", secret="JBSWY3DPEHPK3PXP", algorithm="SHA1", digits=6, period=30)],
                 text(dump({"things": [{"title": "Fjord", "more": {"username": "kari", "whatever": "otpauth://totp/?secret=JBSWY3DPEHPK3PXP"}}]}))),
    "otp-auth-backup-1.0": ("OTP Auth, the first backups", "OtpAuth", PASSWORD, flat([MINE, LONG]) + [BARE, COUNTER], otp_auth(1.0)),
    "otp-auth-backup-1.1": ("OTP Auth, a backup", "OtpAuth", PASSWORD, flat([MINE, LONG]) + [BARE, COUNTER], otp_auth(1.1)),
    "otp-auth-account": ("OTP Auth, one account", "OtpAuth", PASSWORD, flat([LONG]), otp_auth(1.2, True)),
    "cotp-plain": ("cotp, in the open", "Cotp", None, flat(FIVE), lambda r: cotp_json(flat(FIVE))),
    "cotp-encrypted": ("cotp: Argon2id, XChaCha20-Poly1305", "Cotp", PASSWORD, flat(FIVE), cotp_encrypted),
    "totp-authenticator": ("TOTP Authenticator under a password", "TotpAuthenticator", PASSWORD, TOTP_AUTHENTICATOR, totp_authenticator(PASSWORD)),
    "totp-authenticator-usual": ("TOTP Authenticator under its own password", "TotpAuthenticator", None, TOTP_AUTHENTICATOR, totp_authenticator("TotpAuthenticator")),
    "totp-authenticator-xml": ("TOTP Authenticator's preferences", "TotpAuthenticator", None, TOTP_AUTHENTICATOR,
                               lambda r: preferences(STATIC_TOTP_CODES_LIST=totp_authenticator_list())),
    "authy-plain": ("Authy's preferences, keys in the open", "Authy", None, AUTHY, authy(False)),
    "authy-sealed": ("Authy's preferences, each key sealed", "Authy", PASSWORD, AUTHY, authy(True)),
    "authy-answer": ("What Authy's service answers, each key sealed: rounds and an IV of its own, and neither", "Authy", PASSWORD,
                     [AUTHY[0] | {"tenant": "Fylkeskommune"}, AUTHY[1]], authy_answer),
    "battle-net": ("Battle.net's preferences", "BattleNet", None, [BATTLE], battle_net),
    "two-fa-extension": ("VastBlast's extension, encrypted", "TwoFaExtension", PASSWORD, flat(FIVE), two_fa_extension),
    "keeper": ("Keeper's JSON: numbered names and others, two codes of an entry, one of an old record", "Keeper", None,
               [MINE, ROBOFORM[1], LONG, dict(BARE, issuer="Old")], keeper),
    "any-xml": ("XML as SafeInCloud writes it: a URI, a bare key, an old value, a template, one that was deleted", "Xml", None, ROBOFORM, any_xml),
    "enpass": ("Enpass: a URI, a bare key, none, one in the bin, one that was deleted", "Enpass", None, ROBOFORM, enpass),
    "roboform": ("RoboForm's table", "Csv", None, ROBOFORM, roboform),
    "microsoft-database": ("Microsoft Authenticator's database: another service's, a personal account, one for work, one that the phone has sealed", "Microsoft", None,
                           ([OTHERS, PERSONAL], ["Contoso: kari@contoso.no|Type", "Sealed: s|Sealed"]), sqlite(MICROSOFT_TABLE, "accounts", MICROSOFT)),
    # what is refused
    "bad-aegis-scrypt": ("scrypt for a terabyte", None, PASSWORD, "KdfTooExpensive",
                         lambda r: aegis_encrypted(r).replace('"n":1024', '"n":1073741824')),
    "bad-ente-argon2": ("Argon2 for a terabyte", None, PASSWORD, "KdfTooExpensive", lambda r: ente(r).replace("8388608", "1099511627776")),
    "bad-ente-passes": ("Argon2 for a day", None, PASSWORD, "KdfTooExpensive", lambda r: ente(r).replace('"opsLimit":2', '"opsLimit":4000000000')),
    "bad-bitwarden-rounds": ("PBKDF2 for a day", None, PASSWORD, "KdfTooExpensive",
                             lambda r: bitwarden_encrypted(0)(r).replace('"kdfIterations":5000', '"kdfIterations":4000000000')),
    "bad-bitwarden-account": ("Bitwarden, restricted to its account", None, None, "BitwardenAccount",
                              text('{"encrypted":true,"encKeyValidation_DO_NOT_EDIT":"2.a|b|c","folders":[],"items":[]}')),
    "bad-extension-keys": ("More keys than anyone has", None, PASSWORD, "KdfTooExpensive",
                           lambda r: dump(json.loads(extension_v3(r)) | {str(i): {"dataType": "Key", "id": str(i), "salt": "x" * 16, "hash": ""} for i in range(10, 20)})),
    "bad-depth": ("Nested a thousand deep", None, None, "TooDeep", text('{"entries":' + "[" * 1000)),
    "bad-json-twice": ("Two fields of one name", None, None, "Damaged", text('{"header":1,"db":{},"db":{}}')),
    "bad-json": ("JSON that breaks off", None, None, "Damaged", text('{"services":[{"name"')),
    "bad-json-other": ("JSON of something else", None, None, "NotAnExport", text('{"name":"x","dependencies":{"a":{"version":"1"}}}')),
    "bad-migration": ("A transfer that is none", None, None, "Damaged", text("otpauth-migration://offline?data=XXXX")),
    "bad-migration-short": ("A transfer that breaks off", None, None, "Damaged", text(migration(GOOGLE)[:-100])),
    "bad-zip-size": ("An archive that says it holds a gigabyte", None, PASSWORD, "TooLarge", zipped([("a.txt", uri(MINE))], None, claim=1 << 30)),
    "bad-zip-short": ("An archive that breaks off", None, None, "Damaged", lambda r: zipped([("a.txt", uri(MINE))], None)(r)[:-30]),
    "bad-freeotp2-class": ("A Java stream of another class", None, PASSWORD, "Damaged",
                           lambda r: freeotp2(2, "sha512")(r).replace(b"java.util.HashMap", b"java.util.TreeMap")),
    "bad-keepass-header": ("A KeePass database whose header was changed", None, PASSWORD, "Damaged",
                           lambda r: kdbx("aes", 0, False)(r).replace(b"\r\n\r\n", b"\r\n\r\r")),
    "bad-keepass-1": ("A KeePass 1 database", None, None, "Keepass", lambda r: bytes.fromhex("03d9a29a65fb4bb5") + r(64)),
    "bad-sqlite": ("A database of something else", None, None, "Database", sqlite("other (x TEXT)", "other", [("a",)])),
    "bad-sqlite-short": ("A database that breaks off", None, None, "Damaged", lambda r: sqlite("accounts (x TEXT)", "accounts", [("a",)])(r)[:700]),
    "bad-microsoft-database": ("Microsoft Authenticator's database", None, None, "MicrosoftAuthenticator",
                               sqlite("accounts (name TEXT, oath_secret_key TEXT)", "accounts", [("a", "MZXW6YTB")])),
    "bad-microsoft-push": ("Microsoft's registration for push", None, None, "MicrosoftAuthenticator",
                           text("phonefactor://activate_account?code=123456789&url=https%3A%2F%2Fx")),
    "bad-picture": ("A picture", None, None, "Picture", lambda r: b"\x89PNG\r\n\x1a\n" + r(64)),
    "bad-page": ("A web page", None, None, "WebPage", text("<!doctype html><p>otpauth")),
    "bad-steam": ("A Steam desktop file", None, None, "SteamFile", text('{"shared_secret":"AAAA","account_name":"x"}')),
    "bad-text": ("Any text", None, None, "NotAnExport", text("Lorem ipsum dolor sit amet.\n")),
    "bad-comments": ("Comments and nothing else", None, None, "NotAnExport", text("# one\n\n# two\n")),
    "bad-empty": ("Nothing", None, None, "Empty", text("")),
}


def write(name):
    comment, format_, password, answer, make, *key = VECTORS[name]
    body = make(Random(name))
    lines = [f"comment: {comment}"]
    if format_:
        lines.append(f"format: {format_}")
    if password:
        lines.append(f"password: {password}")
    if key:
        lines.append(f"key: {b64(key[0])}")
    entries, unreadable = answer if isinstance(answer, tuple) else (answer, [])
    if isinstance(entries, str):
        lines.append(f"expect: {entries}")
    else:
        lines += [f"entry: {dump(e)}" for e in entries] + [f"unreadable: {u}" for u in unreadable]
    plain = isinstance(body, str) and "\r" not in body and "\ufeff" not in body and max(map(len, body.split("\n"))) < 4000
    lines.append("body: text" if plain else "body: base64")
    if not plain:
        encoded = b64(body.encode() if isinstance(body, str) else body)
        body = "\n".join(encoded[i:i + 100] for i in range(0, len(encoded), 100))
    (HERE / f"{name}.vector").write_text("\n".join(lines) + "\n\n" + body, newline="")


for name in sys.argv[1:] or [name for name in VECTORS if not (HERE / f"{name}.vector").exists()]:
    write(name)
