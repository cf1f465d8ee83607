"""The keyring put away so that no one person can open it: two passphrases, or two of three codes on paper.

A random key seals the keyring; each envelope seals that key under the secrets of two custodians together. Three
envelopes, one for each pair, make « two of three » without any arithmetic of our own.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pathway.vault.envelope import lp
from pathway.vault.keyfile import KeyringRefused
from pathway.vault.keyring import Keyring, keyring_text, read_keyring

SHORTEST_PASSPHRASE = 16
_FORMAT = "cve/custody/v1"
_PASSPHRASES, _CODES = "passphrases", "codes"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_SALT_BYTES = 16
_CODE_BYTES = 20
_CHECK_BYTES = 5
# RFC 9106, second recommended option, with more passes: a thief of the file guesses a few times a second.
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 4, 4
_MOST_MEMORY_KIB, _MOST_PASSES = 1024 * 1024, 64
_DAMAGED = "Ce fichier n’est pas un trousseau mis de côté par « ./carte keys save », ou il est abîmé."
_SHORT = f"Une phrase de passe a au moins {SHORTEST_PASSPHRASE} caractères. Choisissez-en une plus longue."
_SAME = "Les deux phrases de passe sont les mêmes : une personne suffirait. Choisissez-en deux différentes."
_WRONG = "Ces deux secrets n’ouvrent pas ce fichier ensemble. Vérifiez chacun, et l’ordre des phrases de passe."
_BAD_CODE = "Ce code est mal recopié ou n’est pas d’ici : {code}. Vérifiez chaque signe."
_SAME_CODE = "C’est deux fois le même code. Il faut ceux de deux personnes."


def under_passphrases(keyring: Keyring, first: str, second: str) -> bytes:
    """A file that opens with both passphrases, in this order. `KeyringRefused` when one is short or both are one."""
    if min(len(first), len(second)) < SHORTEST_PASSPHRASE:
        raise KeyringRefused(_SHORT)
    if first == second:
        raise KeyringRefused(_SAME)
    salts = [os.urandom(_SALT_BYTES) for _ in range(2)]
    cost = {"memory_kib": _MEMORY_KIB, "passes": _PASSES, "lanes": _LANES}
    both = enumerate(zip((first, second), salts, strict=True), start=1)
    secrets = {place: _stretched(text, salt, cost) for place, (text, salt) in both}
    return _file(keyring, _PASSPHRASES, secrets, {"salts": [_text(salt) for salt in salts], "cost": cost})


def under_codes(keyring: Keyring) -> tuple[bytes, tuple[str, str, str]]:
    """A file that opens with any two of three codes, and the codes: one a person, on paper, shown once."""
    secrets = {number: os.urandom(_CODE_BYTES) for number in (1, 2, 3)}
    one, two, three = (_written(number, secret) for number, secret in secrets.items())
    return _file(keyring, _CODES, secrets, {}), (one, two, three)


def asks_codes(content: bytes) -> bool:
    """Whether that file opens with codes rather than passphrases; `KeyringRefused` when it is no such file."""
    return bool(_parsed(content)["way"] == _CODES)


def opened_again(content: bytes, first: str, second: str, *, path: Path) -> Keyring:
    """The keyring of that file (`path` is named if it is damaged), with two passphrases in order or any two codes.

    `KeyringRefused` when they do not open it; nothing tells which of the two is wrong.
    """
    kept = _parsed(content)
    try:
        secrets = _read_codes(first, second) if kept["way"] == _CODES else _read_passphrases(kept, first, second)
        pair = _pair(*sorted(secrets))
        key = _open(_envelope_key(secrets, pair), _bytes(kept["envelopes"][pair]), _bound(kept["way"], pair))
        text = _open(key, _bytes(kept["keyring"]), _bound(kept["way"], "keyring"))
    except (KeyError, TypeError, ValueError, IndexError):
        raise KeyringRefused(_DAMAGED) from None
    except InvalidTag:
        raise KeyringRefused(_WRONG) from None
    return read_keyring(path, text)


def _file(keyring: Keyring, way: str, secrets: Mapping[int, bytes], more: dict[str, Any]) -> bytes:
    key = os.urandom(_KEY_BYTES)
    envelopes = {}
    for pair in (_pair(*two) for two in combinations(sorted(secrets), 2)):
        envelopes[pair] = _text(_seal(_envelope_key(secrets, pair), key, _bound(way, pair)))
    sealed = _text(_seal(key, keyring_text(keyring), _bound(way, "keyring")))
    kept = {"format": _FORMAT, "way": way, **more, "envelopes": envelopes, "keyring": sealed}
    return orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        kept = orjson.loads(content)
        if kept["format"] == _FORMAT and kept["way"] in (_PASSPHRASES, _CODES):
            return dict(kept)
    except (KeyError, TypeError, ValueError):
        pass
    raise KeyringRefused(_DAMAGED)


def _read_passphrases(kept: dict[str, Any], first: str, second: str) -> dict[int, bytes]:
    cost, salts = kept["cost"], [_bytes(salt) for salt in kept["salts"]]
    if cost["memory_kib"] > _MOST_MEMORY_KIB or cost["passes"] > _MOST_PASSES:  # a file made to exhaust the machine
        raise ValueError("too costly")
    return {place: _stretched(text, salts[place - 1], cost) for place, text in ((1, first), (2, second))}


def _read_codes(first: str, second: str) -> dict[int, bytes]:
    codes = [_read_code(first), _read_code(second)]
    if codes[0][0] == codes[1][0]:
        raise KeyringRefused(_SAME_CODE)
    return dict(codes)


def _stretched(text: str, salt: bytes, cost: Mapping[str, int]) -> bytes:
    kdf = Argon2id(
        salt=salt, length=_KEY_BYTES, iterations=cost["passes"], lanes=cost["lanes"], memory_cost=cost["memory_kib"]
    )
    return kdf.derive(text.encode())


def _pair(low: int, high: int) -> str:
    return f"{low}+{high}"


def _envelope_key(secrets: Mapping[int, bytes], pair: str) -> bytes:
    both = lp(*(secrets[int(number)] for number in pair.split("+")))
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=lp(_FORMAT, pair)).derive(both)


def _bound(way: str, what: str) -> bytes:
    return lp(_FORMAT, way, what)


def _seal(key: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _open(key: bytes, blob: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], bound)


def _written(number: int, secret: bytes) -> str:
    """« 2-abcd-efgh-… »: the number, the secret and its check in letters that are not taken for one another."""
    letters = base64.b32encode(secret + _check(number, secret)).decode().lower()
    return "-".join([str(number), *(letters[start : start + 4] for start in range(0, len(letters), 4))])


def _read_code(text: str) -> tuple[int, bytes]:
    signs = "".join(text.split()).replace("-", "").upper()
    try:
        number, whole = int(signs[:1]), base64.b32decode(signs[1:])
    except ValueError:
        raise KeyringRefused(_BAD_CODE.format(code=signs[:1])) from None
    secret, check = whole[:_CODE_BYTES], whole[_CODE_BYTES:]
    if not hmac.compare_digest(check, _check(number, secret)):
        raise KeyringRefused(_BAD_CODE.format(code=number))
    return number, secret


def _check(number: int, secret: bytes) -> bytes:
    return hashlib.sha256(lp("cve/custody-code/v1", str(number), secret)).digest()[:_CHECK_BYTES]


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
