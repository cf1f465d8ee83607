"""What protects the keyring: the rights of its file, a root key from the environment, a Vault. One unwrap a start."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pathway.vault.keyfile import KeyringRefused
from pathway.vault.keyring import Keyring, create_keyring, load_keyring, replace_keyring
from pathway.vault.transit import Transit, TransitProvider

__all__ = ["FileProvider", "Provider", "Transit", "TransitProvider", "provider_of", "stamp_of"]

_TWO_WAYS = "CARTE_ROOT_KEY et CARTE_VAULT_ADDR sont données toutes les deux. Gardez une seule des deux."


class Provider(Protocol):
    """Whoever reads and writes the keyring. `path` is where it lies; every refusal is a `KeyringRefused` in French."""

    @property
    def path(self) -> Path:
        """The file of the keyring."""

    def describe(self) -> str:
        """What protects the keyring, in French."""

    def load(self) -> Keyring:
        """The keyring."""

    def create(self, keyring: Keyring) -> None:
        """Write it where there was none."""

    def save(self, keyring: Keyring) -> None:
        """Put it in the place of the one there, whole or not at all."""


@dataclass(frozen=True, kw_only=True)
class FileProvider:
    """A file of mode 0600, sealed under a root key when one is given (base64 of 32 bytes)."""

    path: Path
    root_key: str = field(default="", repr=False)

    def describe(self) -> str:
        """What protects the keyring, in French."""
        return "fichier scellé par CARTE_ROOT_KEY" if self.root_key else "fichier, protégé par ses seuls droits"

    def load(self) -> Keyring:
        """The keyring of that file."""
        return load_keyring(self.path, root_key=self.root_key)

    def create(self, keyring: Keyring) -> None:
        """Write it where there was none; its folder is closed to other accounts."""
        create_keyring(self.path, keyring, root_key=self.root_key)

    def save(self, keyring: Keyring) -> None:
        """Put it in the place of the one there, whole or not at all."""
        replace_keyring(self.path, keyring, root_key=self.root_key)


def provider_of(path: Path, *, root_key: str, territory: str, transit: Transit | None) -> Provider:
    """The provider those settings ask for; `KeyringRefused` when they ask for two."""
    if transit is None:
        return FileProvider(path=path, root_key=root_key)
    if root_key:
        raise KeyringRefused(_TWO_WAYS)
    return TransitProvider(path=path, territory=territory, transit=transit)


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """What changes whenever that file is replaced (inode, instant, size); None when there is none."""
    try:
        found = os.stat(path, follow_symlinks=False)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
