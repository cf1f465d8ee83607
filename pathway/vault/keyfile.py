"""The file that holds the keyring: created once, replaced whole, and never read when others could have touched it."""

import os
import secrets
import stat
from pathlib import Path

from pathway.kernel.errors import Unavailable

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, a pipe put in its place would hang the start instead of being refused.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class KeyringRefused(Unavailable):
    """The keyring cannot be trusted or read; the program does not start and never makes another by itself."""

    code = "keyring_refused"


def create_file(path: Path, content: bytes) -> None:
    """Write a file that did not exist (mode 0600, on disk when this returns) and close its directory to others."""
    if os.path.lexists(path):
        raise KeyringRefused(
            f"Un trousseau existe déjà : {path}. Il n’est jamais remplacé par un nouveau, "
            "car ses clés ouvrent les dossiers. Pour repartir d’une base vide, déplacez-le d’abord."
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
        _write_new(path, content)
        _sync_directory(path.parent)
    except OSError:
        raise _unwritable(path) from None


def write_apart(path: Path, content: bytes) -> None:
    """Write a file that did not exist, for its owner alone, in a folder that is somebody else's business.

    `KeyringRefused` when there is one already, or when it cannot be written whole.
    """
    if os.path.lexists(path):
        raise KeyringRefused(f"Un fichier existe déjà : {path}. Il n’est pas remplacé : choisissez un autre nom.")
    try:
        _write_new(path, content)
        _sync_directory(path.parent)
    except OSError:
        raise KeyringRefused(
            f"Le fichier {path} n’a pas pu être écrit entièrement. Vérifiez le chemin, la place et les droits."
        ) from None


def read_file(path: Path) -> bytes:
    """The content, after refusing a link, another owner, or rights given to others on the file or its directory."""
    descriptor = _opened(path)
    try:
        _check_file(path, os.fstat(descriptor))
        _check_directory(path.parent)
        return _whole(descriptor)
    except OSError:
        raise _unreadable(path) from None
    finally:
        os.close(descriptor)


def replace_file(path: Path, content: bytes) -> None:
    """Put a new content in the place of the one there, whole or not at all, on disk when this returns."""
    read_file(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_new(draft, content)
        draft.rename(path)
        _sync_directory(path.parent)
    except OSError:
        draft.unlink(missing_ok=True)
        raise _unwritable(path) from None


def _opened(path: Path) -> int:
    if path.is_symlink():
        raise KeyringRefused(f"{path} est un lien symbolique. Mettez à cet endroit le fichier du trousseau lui-même.")
    try:
        return os.open(path, _READ)
    except FileNotFoundError:
        raise KeyringRefused(
            f"Le trousseau {path} est introuvable. Remettez sa sauvegarde à cet endroit ; "
            "n’en créez un nouveau que pour une base vide."
        ) from None
    except OSError:
        raise _unreadable(path) from None


def _whole(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        return file.read()


def _check_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyringRefused(
            f"{path} n’est pas un fichier ordinaire. Remettez à cet endroit la sauvegarde du trousseau."
        )
    if found.st_uid != os.geteuid():
        raise KeyringRefused(
            f"Le trousseau {path} appartient à un autre compte du système. "
            f"Rendez-le au compte qui lance la carte : chown {os.geteuid()} {path}"
        )
    if found.st_mode & 0o077:
        raise KeyringRefused(
            f"D’autres comptes du système ont des droits sur le trousseau. Retirez-les : chmod 600 {path}"
        )


def _check_directory(directory: Path) -> None:
    if directory.stat().st_mode & 0o022:
        raise KeyringRefused(
            "D’autres comptes du système peuvent écrire dans le dossier du trousseau. "
            f"Retirez-leur ce droit : chmod 700 {directory}"
        )


def _unreadable(path: Path) -> KeyringRefused:
    return KeyringRefused(f"Le trousseau {path} ne peut pas être lu. Vérifiez le disque et les droits de son dossier.")


def _unwritable(path: Path) -> KeyringRefused:
    return KeyringRefused(
        f"Le trousseau {path} n’a pas pu être écrit entièrement. "
        "Vérifiez la place sur le disque et les droits de son dossier."
    )


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, _NEW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
    except OSError:
        path.unlink()
        raise


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
