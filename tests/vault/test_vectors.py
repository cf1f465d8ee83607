"""The formats are frozen: vectors.json is reproduced by the vault and by a second implementation that ignores it."""

import hashlib
import hmac
import json
import struct
from base64 import b64decode
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from pathway.vault import envelope, keyring
from pathway.vault.chain import GENESIS, chain_mac
from pathway.vault.fingerprint import fingerprints

V: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text())
KEYS = json.loads(V["keyring_plain"])
DEK, NONCE = bytes.fromhex(V["dek"]), bytes.fromhex(V["nonce"])
PLACE = (V["territory"], V["table"], V["section"], V["subject"])
TOKENS = [(3, 7), (1, 2**40 - 1), (1, 5)]
PAYLOAD = {"prénom": "Amina", "alias": [None, True, 1.5, -7], "": {}}


def parts(*given: str | bytes) -> bytes:
    raw = [one.encode() if isinstance(one, str) else one for one in given]
    return b"".join(struct.pack(">I", len(one)) + one for one in raw)


def key(kind: str, number: str) -> bytes:
    return b64decode(KEYS[kind][number]["key"] if kind == "keks" else KEYS[kind][number])


def mac(secret: bytes, message: bytes) -> str:
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def derived(root: bytes, *info: str) -> bytes:
    return HKDFExpand(SHA256(), 32, parts(*info)).derive(root)


def sealed_again() -> dict[str, str]:
    """The sealed forms, from the published formats alone."""
    wrap_head = bytes([1, 1]) + struct.pack(">I", 2)
    bound = parts("cve/dek/v1", wrap_head, parts(PLACE[0], PLACE[3], struct.pack(">I", 3)))
    head = bytes([1, 1]) + struct.pack(">IQ", 3, 41)
    text = json.dumps(PAYLOAD, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\x80"
    plain = text + bytes(-len(text) % 64)
    blob = head + NONCE + AESGCM(DEK).encrypt(NONCE, plain, parts("cve/sec/v1", head, parts(*PLACE)))
    tokens = hashlib.sha256(b"".join(struct.pack(">IQ", *pair) for pair in sorted(TOKENS))).digest()
    named = sorted([(b"identity", 41, blob), (b"contact", 2, b"another")])
    sections = [parts(name, struct.pack(">Q", seq), hashlib.sha256(one).digest()) for name, seq, one in named]
    seal_key = HKDF(SHA256(), 32, None, b"cve/seal/v1").derive(DEK)
    wrapped = wrap_head + NONCE + AESGCM(key("keks", "2")).encrypt(NONCE, DEK, bound)
    record = mac(seal_key, parts(PLACE[3], parts(*sections), tokens))
    return {"wrapped": wrapped.hex(), "blob": blob.hex(), "record_seal": record}


def marked_again() -> dict[str, str]:
    """The fingerprints and marks, from the published formats alone."""
    name_key = derived(key("index_roots", "1"), "cve/bidx/v1", "full", PLACE[0])
    session_key = derived(b64decode(KEYS["session_key"]), "cve/digest/v1", "session", PLACE[0])
    return {
        "token": f"{int(mac(name_key, parts('durand', 'zoé', '1990-01-31')), 16) >> 216:x}",
        "digest": mac(session_key, parts("abc")),
        "kcv": mac(key("keks", "1"), b"cve/kcv")[:16],
        "mac": mac(key("journal_keys", "1"), bytes(32) + struct.pack(">Q", 1) + b'{"a":1}'),
    }


def loaded(folder: Path, content: bytes, root_key: str = "") -> keyring.Keyring:
    folder.chmod(0o700)
    path = folder / "keyring"
    path.write_bytes(content)
    path.chmod(0o600)
    return keyring.load_keyring(path, root_key=root_key)


def test_a_second_implementation_gives_the_frozen_vectors() -> None:
    assert sealed_again() | marked_again() == V["expected"]


def test_the_vault_gives_the_frozen_sealed_forms(tmp_path: Path) -> None:
    ring = loaded(tmp_path, V["keyring_plain"].encode())
    place = envelope.Place(territory=PLACE[0], table=PLACE[1], section=PLACE[2], subject=PLACE[3])
    plain = envelope._padded(envelope._canonical(PAYLOAD), 64)
    blob = envelope._seal_with_nonce(NONCE, DEK, plain, place=place, dek_version=3, seq=41)
    wrapped = envelope._wrap_with_nonce(NONCE, ring, DEK, territory=PLACE[0], subject=PLACE[3], dek_version=3)
    sections = [("identity", 41, blob), ("contact", 2, b"another")]
    seal = envelope.record_seal(DEK, subject=PLACE[3], sections=sections, tokens=TOKENS)
    found = {"blob": blob.hex(), "wrapped": wrapped.hex(), "record_seal": seal.hex()}
    assert found.items() <= V["expected"].items()


def test_the_vault_gives_the_frozen_fingerprints_and_marks(tmp_path: Path) -> None:
    ring = loaded(tmp_path, V["keyring_plain"].encode())
    prints = fingerprints(ring, PLACE[0])
    found = {
        "token": f"{prints.token('full', 40, 'durand', 'zoé', '1990-01-31'):x}",
        "digest": prints.digest("session", "abc").hex(),
        "kcv": ring.check_values()[1].hex(),
        "mac": chain_mac(ring, epoch=1, previous=GENESIS, seq=1, payload=b'{"a":1}').hex(),
    }
    assert found.items() <= V["expected"].items()


def test_sealed_forms_of_the_first_version_still_open(tmp_path: Path) -> None:
    ring = loaded(tmp_path, V["keyring_plain"].encode())
    wrapped, blob = bytes.fromhex(V["expected"]["wrapped"]), bytes.fromhex(V["expected"]["blob"])
    dek = envelope.unwrap_dek(ring, wrapped, territory=PLACE[0], subject=PLACE[3], dek_version=3)
    place = envelope.Place(territory=PLACE[0], table=PLACE[1], section=PLACE[2], subject=PLACE[3])
    assert envelope.open_sealed(dek, blob, place=place, dek_version=3, seq=41) == PAYLOAD


def test_a_sealed_keyring_file_of_the_first_version_still_loads(tmp_path: Path) -> None:
    sealed = loaded(tmp_path, bytes.fromhex(V["keyring_sealed"]), V["root_key"])
    assert sealed == loaded(tmp_path, V["keyring_plain"].encode())


def test_a_keyring_is_written_as_it_was_in_the_first_version(tmp_path: Path) -> None:
    ring = loaded(tmp_path, V["keyring_plain"].encode())
    keyring.create_keyring(tmp_path / "again" / "keyring", ring)
    assert (tmp_path / "again" / "keyring").read_bytes() == V["keyring_plain"].encode()


def test_the_sealed_keyring_file_is_plain_aes_gcm() -> None:
    mark, body = b"cve/keyring/sealed/v1\n", bytes.fromhex(V["keyring_sealed"])
    start = len(mark)
    text = AESGCM(b64decode(V["root_key"])).decrypt(body[start : start + 12], body[start + 12 :], mark)
    assert body.startswith(mark)
    assert text == V["keyring_plain"].encode()
