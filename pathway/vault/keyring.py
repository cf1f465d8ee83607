"""The keys of an instance: they open the records, so they live outside the base and are refused at the least doubt."""

import base64
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pathway.vault.breach import breach
from pathway.vault.keyfile import KeyringRefused, create_file, read_file, replace_file

__all__ = [
    "TRANSIT_MARK",
    "Kek",
    "Keyring",
    "KeyringRefused",
    "checked_text",
    "create_keyring",
    "keyring_text",
    "load_keyring",
    "new_keyring",
    "read_keyring",
    "replace_keyring",
]

_KEY_BYTES = 32
_NONCE_BYTES = 12
_KID_MAX = 2**32 - 1
_SEALED_MARK = b"cve/keyring/sealed/v1\n"
TRANSIT_MARK = b"cve/keyring/transit/v1\n"
_PLAIN_FORMAT = "cve/keyring/v1"


@dataclass(frozen=True, kw_only=True)
class Kek:
    """A key that wraps data keys. A retired one still opens what it wrapped and wraps nothing new."""

    kid: int
    key: bytes = field(repr=False)
    state: Literal["active", "retired"]
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Keyring:
    """Every key of an instance; none appears when it is printed. `created_at` of each key is an instant in UTC."""

    keks: Mapping[int, Kek]
    primary: int
    index_roots: Mapping[int, bytes] = field(repr=False)
    index_version: int
    journal_keys: Mapping[int, bytes] = field(repr=False)
    journal_epoch: int
    session_key: bytes = field(repr=False)
    # What nobody can write again (logins, numbers that said STOP) is under it. A keyring of before it had one says None
    # as long as its first index root, which served for both, is one of `index_roots`.
    lasting_root: bytes | None = field(default=None, repr=False)

    def kek(self, kid: int) -> bytes:
        """The wrapping key of that number; `Sealed` when the keyring has none."""
        known = self.keks.get(kid)
        if known is None:
            raise breach(f"unknown wrapping key {kid}")
        return known.key

    def check_values(self) -> dict[int, bytes]:
        """An 8-byte check value per wrapping key: kept in the base, it tells a wrong keyring and reveals no key."""
        return {kid: hmac.digest(kek.key, b"cve/kcv", "sha256")[:8] for kid, kek in self.keks.items()}

    def with_new_kek(self, now: datetime) -> "Keyring":
        """The keyring with one more wrapping key, made primary; the former primary is retired, not removed."""
        kid = max(self.keks) + 1
        retired = {number: replace(kek, state="retired") for number, kek in self.keks.items()}
        return replace(self, keks={**retired, kid: _new_kek(kid, now)}, primary=kid)

    def without_kek(self, kid: int) -> "Keyring":
        """The keyring without that retired wrapping key; `ValueError` for the primary one."""
        if kid == self.primary:
            raise ValueError("the primary key wraps what is written now")
        return replace(self, keks={number: kek for number, kek in self.keks.items() if number != kid})

    def with_new_index_root(self) -> "Keyring":
        """The keyring with one more index root, under which search tokens are written from now on."""
        version = max(self.index_roots) + 1
        roots = {**self.index_roots, version: os.urandom(_KEY_BYTES)}
        return replace(self, index_roots=roots, index_version=version)

    def without_index_root(self, version: int) -> "Keyring":
        """The keyring that no longer searches under that root; `ValueError` for the one in service.

        Gone for good, unless this keyring is of before it had a lasting root: its first one then stays as that.
        """
        if version == self.index_version:
            raise ValueError("search tokens are written under this root")
        roots = {number: root for number, root in self.index_roots.items() if number != version}
        return replace(self, index_roots=roots, lasting_root=self.lasting())

    def with_new_journal_key(self) -> "Keyring":
        """The keyring with one more journal key; the former ones still verify what they marked."""
        epoch = max(self.journal_keys) + 1
        return replace(self, journal_keys={**self.journal_keys, epoch: os.urandom(_KEY_BYTES)}, journal_epoch=epoch)

    def lasting(self) -> bytes:
        """The root of what is never written again under another: of its own, else the first this keyring ever had."""
        return self.lasting_root or self.index_roots[min(self.index_roots)]

    def state_mark(self) -> str:
        """16 hex digits that change whenever a key comes or goes, and reveal none: was this very keyring saved?"""
        return hmac.digest(self.session_key, b"cve/keyring-state/v1" + keyring_text(self), "sha256")[:8].hex()


def new_keyring(now: datetime) -> Keyring:
    """A keyring of fresh random keys: wrapping key 1, index root 1, journal epoch 1.

    What is never written again has a root of its own from the start: the first index root ends like any other.
    """
    return Keyring(
        keks={1: _new_kek(1, now)},
        primary=1,
        index_roots={1: os.urandom(_KEY_BYTES)},
        index_version=1,
        journal_keys={1: os.urandom(_KEY_BYTES)},
        journal_epoch=1,
        session_key=os.urandom(_KEY_BYTES),
        lasting_root=os.urandom(_KEY_BYTES),
    )


def create_keyring(path: Path, keyring: Keyring, *, root_key: str = "") -> None:
    """Write the keyring where there was none; its directory is closed to other accounts.

    `root_key` (base64 of 32 bytes) seals the file. `KeyringRefused` when a file is there already, or cannot be written.
    """
    create_file(path, _content(path, keyring, root_key))


def load_keyring(path: Path, *, root_key: str = "") -> Keyring:
    """The keyring of that file; `KeyringRefused` says in French what is wrong and what to do."""
    content = read_file(path)
    if content.startswith(TRANSIT_MARK):
        raise KeyringRefused(
            f"Le trousseau {path} est protégé par Vault. Réglez CARTE_VAULT_ADDR et son jeton avant de lancer la carte."
        )
    sealed = content.startswith(_SEALED_MARK)
    if sealed and not root_key:
        raise KeyringRefused(
            f"Le trousseau {path} est scellé et sa clé racine manque. "
            "Donnez-la par la variable CARTE_ROOT_KEY avant de lancer la carte."
        )
    if root_key and not sealed:
        raise KeyringRefused(
            f"CARTE_ROOT_KEY est donnée, mais le trousseau {path} n’est pas scellé. "
            "Retirez cette variable, ou remettez le trousseau scellé à cet endroit."
        )
    return read_keyring(path, _unsealed(path, content, root_key) if sealed else content)


def read_keyring(path: Path, text: bytes) -> Keyring:
    """The keyring written in that text; `path` is named when it is damaged or inconsistent (`KeyringRefused`)."""
    keyring = _read(path, text)
    _check(path, keyring)
    return keyring


def checked_text(path: Path, keyring: Keyring) -> bytes:
    """The keyring as it is kept, in clear; an inconsistent one is never written (`KeyringRefused`)."""
    _check(path, keyring)
    return keyring_text(keyring)


def replace_keyring(path: Path, keyring: Keyring, *, root_key: str = "") -> None:
    """Put another keyring in the place of the one there, whole or not at all. `KeyringRefused` as the two others."""
    replace_file(path, _content(path, keyring, root_key))


def _new_kek(kid: int, now: datetime) -> Kek:
    return Kek(kid=kid, key=os.urandom(_KEY_BYTES), state="active", created_at=now)


def _content(path: Path, keyring: Keyring, root_key: str) -> bytes:
    text = checked_text(path, keyring)
    if not root_key:
        return text
    nonce = os.urandom(_NONCE_BYTES)
    return _SEALED_MARK + nonce + AESGCM(_root(root_key)).encrypt(nonce, text, _SEALED_MARK)


def _unsealed(path: Path, content: bytes, root_key: str) -> bytes:
    root = _root(root_key)
    body = content[len(_SEALED_MARK) :]
    try:
        return AESGCM(root).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], _SEALED_MARK)
    except (InvalidTag, ValueError):
        raise KeyringRefused(
            f"La clé racine CARTE_ROOT_KEY n’ouvre pas le trousseau {path}. "
            "Vérifiez que c’est bien la sienne ; si oui, le fichier est abîmé : remettez sa sauvegarde."
        ) from None


def _root(text: str) -> bytes:
    try:
        root = _key(text.strip())
    except ValueError:
        root = b""
    if len(root) != _KEY_BYTES:
        raise KeyringRefused(
            "CARTE_ROOT_KEY n’a pas la bonne forme : il faut 32 octets écrits en base64 (44 caractères)."
        )
    return root


def keyring_text(keyring: Keyring) -> bytes:
    """Every key of the keyring, as JSON in clear: to be sealed at once, or kept in a file of mode 0600."""
    keks = {
        str(kid): {"key": _text(kek.key), "state": kek.state, "created_at": kek.created_at.isoformat()}
        for kid, kek in keyring.keks.items()
    }
    return orjson.dumps(
        {
            "format": _PLAIN_FORMAT,
            "primary": keyring.primary,
            "keks": keks,
            "index_version": keyring.index_version,
            "index_roots": _texts(keyring.index_roots),
            "journal_epoch": keyring.journal_epoch,
            "journal_keys": _texts(keyring.journal_keys),
            "session_key": _text(keyring.session_key),
            **({"lasting_root": _text(keyring.lasting_root)} if keyring.lasting_root else {}),
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _read(path: Path, text: bytes) -> Keyring:
    try:
        return _keyring(orjson.loads(text))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise KeyringRefused(
            f"Le contenu du trousseau {path} est abîmé. Remettez sa sauvegarde à cet endroit."
        ) from None


def _keyring(kept: dict[str, Any]) -> Keyring:
    if kept["format"] != _PLAIN_FORMAT:
        raise ValueError("unknown format")
    return Keyring(
        keks={int(number): _kek(int(number), one) for number, one in kept["keks"].items()},
        primary=int(kept["primary"]),
        index_roots=_keys(kept["index_roots"]),
        index_version=int(kept["index_version"]),
        journal_keys=_keys(kept["journal_keys"]),
        journal_epoch=int(kept["journal_epoch"]),
        session_key=_key(kept["session_key"]),
        lasting_root=_key(kept["lasting_root"]) if "lasting_root" in kept else None,
    )


def _kek(kid: int, kept: dict[str, Any]) -> Kek:
    return Kek(
        kid=kid,
        key=_key(kept["key"]),
        state=kept["state"],
        created_at=datetime.fromisoformat(kept["created_at"]),
    )


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _texts(keys: Mapping[int, bytes]) -> dict[str, str]:
    return {str(number): _text(key) for number, key in keys.items()}


def _key(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _keys(texts: dict[str, str]) -> dict[int, bytes]:
    return {int(number): _key(text) for number, text in texts.items()}


def _check(path: Path, keyring: Keyring) -> None:
    fault = _fault(keyring)
    if fault:
        raise KeyringRefused(
            f"Le trousseau {path} est incohérent : {fault}. Remettez sa dernière sauvegarde à cet endroit."
        )


def _fault(keyring: Keyring) -> str:
    primary = keyring.keks.get(keyring.primary)
    if primary is None or primary.state != "active":
        return "sa clé principale manque ou n’est plus en service"
    if not all(_is_sound(number, kek) for number, kek in keyring.keks.items()):
        return "une clé de dossiers a un numéro, un état ou une date impossibles"
    if keyring.index_version not in keyring.index_roots:
        return "la clé de recherche en service manque"
    if keyring.journal_epoch not in keyring.journal_keys:
        return "la clé du journal en service manque"
    return _key_fault(keyring)


def _is_sound(number: int, kek: Kek) -> bool:
    is_numbered = kek.kid == number and 0 <= number <= _KID_MAX
    return is_numbered and kek.state in ("active", "retired") and kek.created_at.tzinfo is not None


def _key_fault(keyring: Keyring) -> str:
    keys = [kek.key for kek in keyring.keks.values()]
    roots = list(keyring.index_roots.values())
    keys += [*roots, *keyring.journal_keys.values(), keyring.session_key]
    keys += [keyring.lasting_root] if keyring.lasting_root and keyring.lasting_root not in roots else []
    if any(len(key) != _KEY_BYTES for key in keys):
        return "une clé n’a pas 32 octets"
    if len(set(keys)) != len(keys):
        return "une même clé sert à deux usages"
    return ""
