"""The keyring sealed by the transit engine of a HashiCorp Vault: its key never leaves there, one call opens ours."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest, Unauthorized, VaultDown, VaultError
from requests.exceptions import RequestException, SSLError

from pathway.vault.envelope import lp
from pathway.vault.keyfile import KeyringRefused, create_file, read_file, replace_file
from pathway.vault.keyring import TRANSIT_MARK, Keyring, checked_text, read_keyring

_TIMEOUT_SECONDS = 10
_UNREACHABLE = "Vault ne répond pas à {addr}. Vérifiez CARTE_VAULT_ADDR, le réseau et que Vault est démarré."
_UNTRUSTED = (
    "Le certificat de Vault à {addr} n’est pas reconnu. Donnez celui de son autorité par CARTE_VAULT_CA ; "
    "il n’est jamais accepté sans contrôle."
)
_SEALED = "Vault à {addr} est scellé ou en attente. Descellez-le (vault operator unseal), puis recommencez."
_DENIED = (
    "Vault refuse ce jeton pour la clé « {key} ». Vérifiez qu’il n’a pas expiré, et qu’il a le droit « update » sur "
    "{mount}/encrypt/{key} et {mount}/decrypt/{key}."
)
_NO_KEY = "Vault n’a pas de clé « {key} » dans « {mount} ». Créez-la (vault write -f {mount}/keys/{key})."
_NOT_OPENED = (
    "Vault n’ouvre pas le trousseau {path} avec la clé « {key} ». Vérifiez que c’est bien la sienne et que "
    "CARTE_TERRITORY n’a pas changé ; sinon, remettez la sauvegarde du trousseau."
)
_UNBOUND = (
    "Ce Vault ne lie pas ce qu’il chiffre à son contexte (associated_data) : il est trop ancien, ou la clé « {key} » "
    "n’est pas de type aes256-gcm96. Rien n’a été écrit."
)
_FAILED = "Vault à {addr} a répondu par une erreur. Regardez son journal, puis recommencez."
_NOT_TRANSIT = (
    "Le trousseau {path} n’est pas protégé par Vault. Retirez CARTE_VAULT_ADDR pour l’ouvrir ; pour le confier à "
    "Vault, suivez « Clés » dans docs/operations.md."
)
_NO_TOKEN = "Le jeton de Vault manque. Donnez-le par CARTE_VAULT_TOKEN_FILE ou CARTE_VAULT_TOKEN."
_TOKEN_UNREAD = "Le fichier du jeton de Vault {path} ne se lit pas. Vérifiez CARTE_VAULT_TOKEN_FILE et ses droits."


@dataclass(frozen=True, kw_only=True)
class Transit:
    """Where the transit engine is and how it is asked. `token_file` is read at each call: an agent renews it."""

    addr: str
    mount: str
    key: str
    token: str = field(default="", repr=False)
    token_file: Path | None = None
    ca: Path | None = None


@dataclass(frozen=True, kw_only=True)
class TransitProvider:
    """A keyring file that only Vault opens. What it encrypts is bound to the territory."""

    path: Path
    territory: str
    transit: Transit

    def describe(self) -> str:
        """What protects the keyring, in French."""
        return f"Vault ({self.transit.addr}, clé « {self.transit.key} »)"

    def load(self) -> Keyring:
        """The keyring, opened by Vault; `KeyringRefused` says in French what is wrong and what to do."""
        content = read_file(self.path)
        if not content.startswith(TRANSIT_MARK):
            raise KeyringRefused(_NOT_TRANSIT.format(path=self.path))
        sealed = content[len(TRANSIT_MARK) :].decode("ascii", "replace").strip()
        return read_keyring(self.path, self._decrypted(sealed, self._bound()))

    def create(self, keyring: Keyring) -> None:
        """Write the keyring where there was none, encrypted by Vault. `KeyringRefused` as `load`."""
        create_file(self.path, self._content(keyring))

    def save(self, keyring: Keyring) -> None:
        """Put the keyring in the place of the one there, encrypted under the newest version of Vault's key."""
        replace_file(self.path, self._content(keyring))

    def _content(self, keyring: Keyring) -> bytes:
        plain = base64.b64encode(checked_text(self.path, keyring)).decode()
        bound = _text(self._bound())
        answer = self._asked("encrypt_data", plaintext=plain, associated_data=bound)
        sealed = str(answer["data"]["ciphertext"])
        self._check_bound(sealed)
        return TRANSIT_MARK + sealed.encode() + b"\n"

    def _check_bound(self, sealed: str) -> None:
        # A Vault that does not know associated_data ignores it in silence: only another context, refused, proves it.
        try:
            self._decrypted(sealed, lp(TRANSIT_MARK, "", ""))
        except _NotOpened:
            return
        raise KeyringRefused(_UNBOUND.format(key=self.transit.key))

    def _decrypted(self, sealed: str, bound: bytes) -> bytes:
        answer = self._asked("decrypt_data", ciphertext=sealed, associated_data=_text(bound))
        return base64.b64decode(answer["data"]["plaintext"])

    def _bound(self) -> bytes:
        return lp(TRANSIT_MARK, self.territory)

    def _asked(self, verb: str, **given: str) -> Any:
        asked = self.transit
        client = hvac.Client(
            url=asked.addr.rstrip("/"),
            token=self._token(),
            verify=str(asked.ca) if asked.ca else True,
            timeout=_TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        try:
            return getattr(client.secrets.transit, verb)(name=asked.key, mount_point=asked.mount, **given)
        except (VaultError, RequestException, OSError) as error:
            # Its own words could repeat what was sent: neither they nor their cause go further.
            raise self._refusal(error, verb) from None
        finally:
            client.adapter.close()

    def _refusal(self, error: Exception, verb: str) -> KeyringRefused:
        named = {"addr": self.transit.addr, "mount": self.transit.mount, "key": self.transit.key, "path": self.path}
        if isinstance(error, InvalidRequest) and verb == "decrypt_data":
            return _NotOpened(_NOT_OPENED.format(**named))
        for kinds, sentence in _SENTENCES:
            if isinstance(error, kinds):
                return KeyringRefused(sentence.format(**named))
        return KeyringRefused(_FAILED.format(**named))

    def _token(self) -> str:
        if self.transit.token_file is None:
            token = self.transit.token
        else:
            try:
                token = self.transit.token_file.read_text().strip()
            except (OSError, UnicodeDecodeError):
                raise KeyringRefused(_TOKEN_UNREAD.format(path=self.transit.token_file)) from None
        if not token:
            raise KeyringRefused(_NO_TOKEN)
        return token


class _NotOpened(KeyringRefused):
    """Vault answered, and does not open that content with that key and context."""


_SENTENCES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((Forbidden, Unauthorized), _DENIED),
    ((VaultDown,), _SEALED),
    ((InvalidPath, InvalidRequest), _NO_KEY),
    ((SSLError,), _UNTRUSTED),
    ((VaultError,), _FAILED),
    ((OSError,), _UNREACHABLE),  # every failure of the network is one, those of requests too
)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
