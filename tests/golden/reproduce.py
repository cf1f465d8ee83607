"""Reproduces every stored format from its description alone: AES-GCM, HMAC, HKDF, Argon2id; nothing of the product."""

import hashlib
import hmac
import json
import struct
from base64 import b64decode
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

V: dict[str, Any] = json.loads((Path(__file__).parent / "formats.json").read_text())
KEYS = json.loads(V["keyring_plain"])
DEK, NONCE = bytes.fromhex(V["dek"]), bytes.fromhex(V["nonce"])
PLACE = (V["territory"], V["table"], V["section"], V["subject"])
TOKENS = [(3, 7), (1, 2**40 - 1), (1, 5)]
PAYLOAD = {"prénom": "Amina", "alias": [None, True, 1.5, -7], "": {}}


def lp(*given: str | bytes) -> bytes:
    raw = [one.encode() if isinstance(one, str) else one for one in given]
    return b"".join(struct.pack(">I", len(one)) + one for one in raw)


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def reproduced() -> dict[str, str]:
    kek, root, journal = (b64decode(KEYS["keks"]["2"]["key"]), *(b64decode(KEYS[name]["1"]) for name in ROOTS))
    wrap_head, head = b"\1\1" + struct.pack(">I", 2), b"\1\1" + struct.pack(">IQ", 3, 41)
    bound = lp("cve/dek/v1", wrap_head, lp(PLACE[0], PLACE[3], struct.pack(">I", 3)))
    text = json.dumps(PAYLOAD, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\x80"
    blob = head + NONCE + AESGCM(DEK).encrypt(NONCE, text + bytes(-len(text) % 64), lp("cve/sec/v1", head, lp(*PLACE)))
    tokens = hashlib.sha256(b"".join(struct.pack(">IQ", *pair) for pair in sorted(TOKENS))).digest()
    named = sorted([(b"identity", 41, blob), (b"contact", 2, b"another")])
    sections = [lp(name, struct.pack(">Q", seq), hashlib.sha256(one).digest()) for name, seq, one in named]
    index_key = HKDFExpand(SHA256(), 32, lp("cve/bidx/v1", "full", PLACE[0])).derive(root)
    session_key = HKDFExpand(SHA256(), 32, lp("cve/digest/v1", "session", PLACE[0])).derive(
        b64decode(KEYS["session_key"])
    )
    named_mac = mac(index_key, lp("durand", "zoé", "1990-01-31"))
    seal_key = HKDF(SHA256(), 32, None, b"cve/seal/v1").derive(DEK)
    handed = bytes(32) + struct.pack(">QQ", 7, 2)
    found = {
        "wrapped": wrap_head + NONCE + AESGCM(kek).encrypt(NONCE, DEK, bound),
        "blob": blob,
        "record_seal": mac(seal_key, lp(PLACE[3], lp(*sections), tokens)),
        "token": (int.from_bytes(named_mac) >> 216).to_bytes(5),
        "digest": mac(session_key, lp("abc")),
        "kcv": mac(b64decode(KEYS["keks"]["1"]["key"]), b"cve/kcv")[:8],
        "mac": mac(journal, bytes(32) + struct.pack(">Q", 1) + b'{"a":1}'),
        "head_mac": mac(mac(journal, b"cve/journal-head/v1"), b"head"),
        "epoch_mac": mac(mac(journal, b"cve/journal-epoch/v1"), handed),
    }
    return {name: value.hex() for name, value in found.items()}


def opened_custody(name: str) -> bytes:
    """The keyring in clear of a saved file, from its secrets written beside it."""
    kept, secrets = V["custody"][name]["file"], V["custody"][name]["secrets"]
    if kept["way"] == "passphrases":
        cost, salts = kept["cost"], [b64decode(salt) for salt in kept["salts"]]
        size = {"length": 32, "iterations": cost["passes"], "lanes": cost["lanes"], "memory_cost": cost["memory_kib"]}
        keys = [Argon2id(salt=salts[place], **size).derive(secrets[place].encode()) for place in (0, 1)]
    else:
        keys = [bytes.fromhex(secret) for secret in secrets]
    pair = V["custody"][name]["pair"]
    key = HKDF(SHA256(), 32, None, lp("cve/custody/v1", pair)).derive(lp(*keys))
    for sealed, what in ((kept["envelopes"][pair], pair), (kept["keyring"], "keyring")):
        content = b64decode(sealed)
        key = AESGCM(key).decrypt(content[:12], content[12:], lp("cve/custody/v1", kept["way"], what))
    return key


def opened_keyring() -> bytes:
    """The keyring in clear of a file sealed under a root key."""
    mark, body = b"cve/keyring/sealed/v1\n", bytes.fromhex(V["keyring_sealed"])
    start = len(mark)
    return AESGCM(b64decode(V["root_key"])).decrypt(body[start : start + 12], body[start + 12 :], mark)


ROOTS = ("index_roots", "journal_keys")

if __name__ == "__main__":
    wrong = [name for name, value in reproduced().items() if V["expected"][name] != value]
    saved = [name for name in V["custody"] if opened_custody(name) != V["keyring_plain"].encode()]
    raise SystemExit(f"not reproduced: {wrong + saved}" if wrong or saved else 0)
