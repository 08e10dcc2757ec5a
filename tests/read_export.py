#!/usr/bin/env python3
"""Reads what Tofaktor exports without Tofaktor, and compares.

    target/venv/bin/python tests/read_export.py EXPORTS...

Each EXPORTS has one JSON object a line, as tests/exchange/round_trip.rs writes
it: {"format","password","pages":[base64],"expected":[...]}. Ends with 1 at the
first that differs. Ours is read by read_vault.py, which is written from
FORMAT.md; the others from their own apps' descriptions.
"""

import base64
import hashlib
import json
import sys
import urllib.parse

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import read_vault


def base32(raw):
    return base64.b32encode(raw).decode().rstrip("=")


def tofaktor(pages, password):
    (page,) = pages
    record = read_vault.Record(page)
    key = record.vault_key(read_vault.PASSPHRASE, read_vault.normalised(password))
    for account in record.contents(key)["accounts"]:
        entry = {k: account[k] for k in ("issuer", "algorithm", "digits", "period", "counter", "tenant") if k in account}
        yield entry | {"type": account["kind"], "account": account["name"], "secret": base32(base64.b64decode(account["secret"]))}


def aegis(pages, password):
    """https://github.com/beemdevelopment/Aegis/blob/master/docs/vault.md"""
    (page,) = pages
    file = json.loads(page)
    assert file["version"] == 1
    (slot,) = file["header"]["slots"]
    assert slot["type"] == 1 and slot["r"] == 8 and slot["p"] == 1
    kek = hashlib.scrypt(password.encode(), salt=bytes.fromhex(slot["salt"]), n=slot["n"], r=8, p=1, maxmem=1 << 28, dklen=32)
    opened = lambda key, params, sealed: AESGCM(key).decrypt(
        bytes.fromhex(params["nonce"]), sealed + bytes.fromhex(params["tag"]), None)
    key = opened(kek, slot["key_params"], bytes.fromhex(slot["key"]))
    db = json.loads(opened(key, file["header"]["params"], base64.b64decode(file["db"], validate=True)))
    assert db["version"] == 3
    seen = set()
    for entry in db["entries"]:
        assert entry["uuid"] not in seen
        seen.add(entry["uuid"])
        info = entry["info"]
        out = {"type": entry["type"], "issuer": entry["issuer"], "account": entry["name"], "secret": info["secret"],
               "algorithm": info["algo"], "digits": info["digits"]}
        if entry["note"]:
            out["tenant"] = entry["note"]
        yield out | {k: info[k] for k in ("counter",) if k in info} | ({"period": info["period"]} if entry["type"] == "totp" else {})


def otpauth(pages, password):
    """https://github.com/google/google-authenticator/wiki/Key-Uri-Format"""
    (page,) = pages
    for line in page.decode().splitlines():
        url = urllib.parse.urlsplit(line)
        assert url.scheme == "otpauth"
        query = dict(urllib.parse.parse_qsl(url.query, strict_parsing=True, keep_blank_values=True))
        *prefix, name = (urllib.parse.unquote(part, errors="strict") for part in url.path[1:].split(":"))
        issuer = query.get("issuer", "")
        out = {"type": url.netloc, "issuer": issuer, "account": name, "secret": query["secret"],
               "algorithm": query.get("algorithm", "SHA1")}
        out["digits"] = int(query.get("digits", "5" if url.netloc == "steam" else "6"))
        if url.netloc == "totp":
            out["period"] = int(query.get("period", "30"))
        if url.netloc == "hotp":
            out["counter"] = int(query["counter"])
        if prefix and prefix[0] != issuer:
            out["tenant"] = prefix[0]
        yield out


def fields(message):
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
            if byte < 128:
                return value
    while at < len(message):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            assert key & 7 == 2
            length = varint()
            assert at + length <= len(message)
            yield key >> 3, message[at:at + length]
            at += length


def migration(pages, password):
    batches = set()
    for index, page in enumerate(pages):
        url = urllib.parse.urlsplit(page.decode())
        assert (url.scheme, url.netloc) == ("otpauth-migration", "offline")
        message = base64.b64decode(urllib.parse.unquote(url.query.removeprefix("data=")), validate=True)
        parts = list(fields(message))
        entries, rest = [v for n, v in parts if n == 1], dict(p for p in parts if p[0] != 1)
        # In proto3 a field that is nothing is not there.
        assert rest[2] == 1 and rest[3] == len(pages) and rest.get(4, 0) == index
        assert len(entries) <= 10 and (len(page) <= 800 or len(entries) == 1), len(page)
        batches.add(rest.get(5, 0))
        for raw in entries:
            entry = dict(fields(raw))
            issuer, name = entry.get(3, b"").decode(), entry.get(2, b"").decode()
            out = {"issuer": issuer, "secret": base32(entry[1]), "algorithm": {1: "SHA1", 2: "SHA256", 3: "SHA512"}[entry[4]],
                   "digits": {1: 6, 2: 8}[entry[5]], "label": name}
            yield out | ({"type": "hotp", "counter": entry.get(7, 0)} if entry[6] == 1 else {"type": "totp", "period": 30})
    assert len(batches) <= 1


READERS = {"tofaktor": tofaktor, "aegis": aegis, "otpauth": otpauth, "migration": migration}


def labelled(entry):
    """As the transfer has it: tenant or issuer and name are one text."""
    entry = dict(entry)
    prefix = entry.pop("tenant", entry["issuer"])
    name = entry.pop("account")
    return entry | {"label": f"{prefix}:{name}" if prefix else name}


def main():
    counts = {}
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                export = json.loads(line)
                name, expected = export["format"], export["expected"]
                pages = [base64.b64decode(page) for page in export["pages"]]
                got = list(READERS[name](pages, export["password"]))
                if name == "migration":
                    expected = [labelled(entry) for entry in expected]
                if got != expected:
                    sys.exit(f"{path}:{number}: {name} reads differently:\n{got}\n{expected}")
                vaults, accounts = counts.get(name, (0, 0))
                counts[name] = vaults + 1, accounts + len(got)
    for name, (vaults, accounts) in counts.items():
        print(f"read_export.py: {name}: {vaults} vaults, {accounts} accounts, all equal")


main()
