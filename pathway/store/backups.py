"""Copies of the base: one file and a signed description beside it, in a folder apart, never with the keyring."""

import fcntl
import hashlib
import os
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, func, inspect, select, table, text

from pathway.kernel.errors import Refused, Sealed, Unavailable
from pathway.store import migrate
from pathway.store.columns import table_of
from pathway.store.dumps import Report, copy_sqlite, dump_postgresql, snapshot
from pathway.store.engine import connect, make_engine
from pathway.store.heads import head_line
from pathway.store.opening import RESTORING, Store
from pathway.store.tables import DataKey
from pathway.vault.chain import copy_mac, same_mac
from pathway.vault.keyring import Keyring

FORMAT = 1
_key = table_of(DataKey)
_SIGN = "sign"
_ENDINGS = {"sqlite": ".sqlite", "postgresql": ".dump"}
_NAMED = re.compile(r"carte-(\d{8}-\d{6})-[a-z0-9]+\.(?:sqlite|dump)")
_DRAFT = ".part"

_NO_FOLDER = "Aucun dossier n’est réglé pour les sauvegardes. Donnez-le par CARTE_BACKUPS, sur un autre disque."
_NOT_THERE = "Le dossier des sauvegardes {path} ne peut pas être créé ou n’est pas un dossier. Vérifiez CARTE_BACKUPS."
_OPEN = "D’autres comptes du système ont des droits sur {path}. Retirez-les : chmod 700 {path}"
_INSIDE = (
    "Le dossier des sauvegardes {path} est dans celui de l’instance, avec le trousseau. Réglez CARTE_BACKUPS ailleurs, "
    "sur un autre disque."
)
_TAKEN = "Une autre sauvegarde est en cours dans ce dossier. Attendez qu’elle finisse."
_NO_MANIFEST = (
    "La description {path} manque ou ne se lit pas : cette sauvegarde n’a pas été finie, ou a été séparée d’elle."
)
_FORGED = (
    "La description {path} n’a pas été signée par ce trousseau : elle a été modifiée, ou le trousseau est d’une autre "
    "base ou plus ancien. Remettez le trousseau qui va avec (« ./carte keys restore »)."
)
_ELSEWHERE = "Cette sauvegarde est celle du territoire « {kept} », les réglages disent « {asked} »."
_NEWER = "Cette sauvegarde vient d’une version plus récente du programme. Installez-la d’abord."
_ALTERED = (
    "Le fichier {path} n’est plus celui qui a été écrit : il a été coupé ou modifié. Prenez une autre sauvegarde."
)
_DEAD = (
    "Cette sauvegarde a besoin de {keys}, qui n’est plus dans le trousseau : si la clé a été détruite, plus personne "
    "ne peut la relire. Prenez-en une plus récente."
)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a copy says of itself: the engine it is of, its instant (UTC), how many rows each table had, the wrapping
    keys it needs, the signed head of its journal."""

    format: int
    file: str
    copy: str
    engine: str
    revision: str
    at: datetime
    territory: str
    head: str
    counts: dict[str, int]
    kids: list[int]
    size: int
    sha256: str

    @property
    def journal_seq(self) -> int:
        """The number of the last entry of its journal."""
        return int(orjson.loads(self.head)["seq"])


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One copy of the folder: its file and what it says of itself, None when its description does not hold."""

    file: Path
    at: datetime
    manifest: Manifest | None


def check_folder(folder: Path | None, *, instance: Path, may_make: bool = True) -> Path:
    """The folder of copies, made if needed for this account alone. `Refused` when none is set or when it lies with the
    keyring; `Unavailable` when it cannot be used or is open to others."""
    if folder is None:
        raise Refused(_NO_FOLDER)
    path = folder.absolute()
    if path.resolve().is_relative_to(instance.resolve()):
        raise Refused(_INSIDE.format(path=path))
    try:
        if may_make:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        rights = path.stat().st_mode
    except OSError as error:
        raise Unavailable(_NOT_THERE.format(path=path)) from error
    if not stat.S_ISDIR(rights):
        raise Unavailable(_NOT_THERE.format(path=path))
    if rights & 0o077:
        raise Unavailable(_OPEN.format(path=path))
    return path


@contextmanager
def held(folder: Path, taken: str = _TAKEN) -> Iterator[None]:
    """Nobody else works in that folder meanwhile; `Refused` when somebody does."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Refused(taken) from error
    finally:
        os.close(handle)


def write_copy(store: Store, folder: Path, *, copy_id: str, at: datetime, report: Report) -> Listed:
    """Copy the base into that held folder: the file, then its description, both for this account alone.

    What an earlier copy left unfinished is deleted first. `Unavailable` when the base or the disk fails.
    """
    for left in folder.glob(f"carte-*{_DRAFT}*"):
        left.unlink()
    engine = store.engine.dialect.name
    name = f"carte-{at.astimezone(UTC):%Y%m%d-%H%M%S}-{copy_id[-6:].lower()}{_ENDINGS[engine]}"
    draft = folder / f"{name}{_DRAFT}"
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    try:
        said = (_sqlite if engine == "sqlite" else _postgresql)(store, draft, at, report)
        manifest = Manifest(
            format=FORMAT,
            file=name,
            copy=copy_id,
            engine=engine,
            at=at,
            territory=store.territory,
            size=draft.stat().st_size,
            sha256=digest(draft),
            **said,
        )
        _put(draft, folder / name)
        _write(folder / f"{name}.json{_DRAFT}", _signed(store.keyring, manifest))
        _put(folder / f"{name}.json{_DRAFT}", described_by(folder / name))
    finally:
        for left in folder.glob(f"{draft.name}*"):
            left.unlink(missing_ok=True)
    return Listed(file=folder / name, at=at, manifest=manifest)


def listed(folder: Path, keyring: Keyring, *, territory: str) -> list[Listed]:
    """The copies of that folder, newest first; files of other names are nobody's business."""
    found = []
    for file in folder.iterdir():
        named = _NAMED.fullmatch(file.name)
        if named and file.is_file():
            at = datetime.strptime(named[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
            found.append(Listed(file=file, at=at, manifest=_known(file, keyring, territory)))
    return sorted(found, key=lambda one: one.at, reverse=True)


def prune_copies(folder: Path, *, before: datetime) -> int:
    """Delete the copies made before that instant, by the name of their files; gives how many."""
    old = []
    for file in folder.iterdir():
        named = _NAMED.fullmatch(file.name)
        if named and datetime.strptime(named[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) < before:
            old.append(file)
    for file in old:
        file.unlink(missing_ok=True)
        described_by(file).unlink(missing_ok=True)
    return len(old)


def described_by(file: Path) -> Path:
    """The description of that copy."""
    return file.with_name(f"{file.name}.json")


def read_manifest(file: Path, keyring: Keyring, *, territory: str) -> Manifest:
    """What that copy says of itself, signed by this keyring; `Refused` in French when it may not be believed."""
    path = described_by(file)
    try:
        said: dict[str, Any] = orjson.loads(path.read_bytes())
        sign, epoch = bytes.fromhex(said.pop(_SIGN)), said.pop("epoch")
        is_ours = same_mac(copy_mac(keyring, epoch=epoch, content=_content(said)), sign)
    except Sealed:
        raise Refused(_FORGED.format(path=path)) from None
    except (OSError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise Refused(_NO_MANIFEST.format(path=path)) from error
    if not is_ours:
        raise Refused(_FORGED.format(path=path))
    if said["format"] != FORMAT:
        raise Refused(_NEWER)
    if said["territory"] != territory:
        raise Refused(_ELSEWHERE.format(kept=said["territory"], asked=territory))
    return Manifest(**{**said, "at": datetime.fromisoformat(said["at"])})


def check_readable(file: Path, manifest: Manifest, keyring: Keyring) -> None:
    """`Refused` when the file is not the one that was written, or needs a key that is gone."""
    missing = [kid for kid in manifest.kids if kid not in keyring.keks]
    if missing:
        raise Refused(_DEAD.format(keys=" et ".join(f"la clé {kid}" for kid in missing)))
    if manifest.revision not in migrate.revisions():
        raise Refused(_NEWER)
    if not file.is_file() or file.stat().st_size != manifest.size or digest(file) != manifest.sha256:
        raise Refused(_ALTERED.format(path=file))


def digest(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def counts_of(connection: Connection) -> dict[str, int]:
    """How many rows each table of that base holds, whatever the program knows of them."""
    names = sorted(inspect(connection).get_table_names())
    return {name: int(connection.execute(select(func.count()).select_from(table(name))).scalar_one()) for name in names}


def _sqlite(store: Store, draft: Path, _at: datetime, report: Report) -> dict[str, Any]:
    copy_sqlite(Path(str(store.engine.url.database)), draft, report)
    with closing(sqlite3.connect(draft)) as copy, copy:
        # Put in place by hand, it must not serve before what was forgotten since is forgotten again.
        copy.execute("INSERT OR REPLACE INTO mark (name, value) VALUES (?, 'copy')", [RESTORING])
    engine = make_engine(f"sqlite:///{draft}")
    try:
        with connect(engine, write=False) as connection:
            return _facts(store, connection, engine, _at)
    finally:
        engine.dispose()
        with closing(sqlite3.connect(draft)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")


def _postgresql(store: Store, draft: Path, at: datetime, report: Report) -> dict[str, Any]:
    with snapshot(store.engine) as (connection, name):
        size = int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
        said = _facts(store, connection, store.engine, at)
        dump_postgresql(store.engine.url, draft, snapshot=name, size=size, report=report)
    return said


def _facts(store: Store, connection: Connection, engine: Engine, at: datetime) -> dict[str, Any]:
    kids = connection.execute(select(_key.c.kid).distinct().order_by(_key.c.kid)).scalars()
    return {
        "revision": migrate.revision_of(connection),
        "head": head_line(store, connection, at=at).decode(),
        "counts": counts_of(connection),
        "kids": list(kids),
    }


def _known(file: Path, keyring: Keyring, territory: str) -> Manifest | None:
    try:
        return read_manifest(file, keyring, territory=territory)
    except Refused:
        return None


def _signed(keyring: Keyring, manifest: Manifest) -> bytes:
    said = {**asdict(manifest), "at": manifest.at.isoformat()}
    sign = copy_mac(keyring, epoch=keyring.journal_epoch, content=_content(said))
    return orjson.dumps({**said, "epoch": keyring.journal_epoch, _SIGN: sign.hex()}, option=orjson.OPT_INDENT_2)


def _content(said: dict[str, Any]) -> bytes:
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _put(draft: Path, place: Path) -> None:
    """On disk, then in place, then the folder too: a power cut leaves a whole copy or none."""
    sync(draft)
    draft.rename(place)
    sync(place.parent)


def sync(path: Path) -> None:
    """Have that file, or the names of that folder, on disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
