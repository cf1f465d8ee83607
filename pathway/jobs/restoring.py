"""Copies of the base made, looked through, put back: what was forgotten since is forgotten again before they serve."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from time import monotonic

from pathway.casework import schema
from pathway.casework.lifecycle.forgetting import replay_tombstones, tombstones
from pathway.kernel.clock import Clock, SystemClock
from pathway.kernel.errors import Refused
from pathway.kernel.settings import Settings
from pathway.kernel.wording import counted
from pathway.store import journal, migrate
from pathway.store.actor import SYSTEM
from pathway.store.backups import (
    Listed,
    Manifest,
    check_folder,
    check_readable,
    held,
    listed,
    prune_copies,
    read_manifest,
    write_copy,
)
from pathway.store.clocks import clock_of
from pathway.store.engine import connect, make_engine
from pathway.store.erasing import truncate_log
from pathway.store.heads import append_head, head_line
from pathway.store.inspection import Inspection, inspect_base
from pathway.store.key_registry import note_copy
from pathway.store.key_states import KEY_LIFE
from pathway.store.opening import (
    RESTORING,
    Store,
    clear_mark,
    forget_check,
    keyring_provider,
    kids_checked,
    open_store,
    read_marks,
    set_mark,
)
from pathway.store.places import Side, beside, check_engine, check_place, take_place
from pathway.store.tombstones import Buried, TombstoneLog, read_tombstones
from pathway.store.transaction import Transaction
from pathway.vault.keyring import Keyring

DECLARED = schema.__all__  # importing them is what makes every sealed column known to whoever looks through a base
DRILLED = "drill"  # the mark that says when a copy was last tried
_LOT = 200
_BUSY = "Une autre remise en place est en cours. Attendez qu’elle finisse."
_TOO_LONG = (
    "Les sauvegardes sont gardées {days} jours (CARTE_BACKUP_DAYS), autant ou plus que la vie d’une clé "
    "({life} jours) : ce qui est effacé y resterait lisible trop longtemps. Réglez moins de {life} jours."
)
_NONE = "Le dossier des sauvegardes n’en contient aucune. Lancez « ./carte backup create »."
_BEHIND = (
    "La base est plus ancienne que le registre des effacements (il y manque {count}) : elle a été remise en place par "
    "un autre moyen. Lancez « ./carte backup settle », puis recommencez."
)
_UNWELL = "Cette sauvegarde ne tient pas : {problem}. Rien n’a été remplacé. Prenez-en une autre."
_UNSURE_LOG = (
    "Le registre des effacements ne tient pas à sa ligne {line} : il a été modifié ou coupé. Rien n’a été remplacé. "
    "Remettez sa copie, puis recommencez."
)

Report = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Made:
    """A copy that was made: the copy, how many older ones were deleted, how long it took."""

    copy: Listed
    pruned: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class PutBack:
    """A base put back: how many people were forgotten again, the last entry it had, the entry that says it was put
    back, the new head of the journal, from which copy, and where the head was added (None: nowhere is set).
    `is_log_short`: the log of what was forgotten is missing, or older than the copy: others may be there again."""

    forgotten: int
    to: int
    entry: int
    head: str
    is_log_short: bool
    manifest: Manifest | None = None
    heads_file: Path | None = None
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What trying a copy found: as it was, and once put back; how many people were forgotten again; how long it
    took."""

    manifest: Manifest
    before: Inspection
    after: Inspection
    forgotten: int
    seconds: float


def back_up(store: Store, settings: Settings, clock: Clock, *, report: Report) -> Made:
    """Copy the base into the folder of the settings while it serves, then delete the copies that are too old.

    `Refused` or `Unavailable` when the folder is not fit, or when copies would outlive the keys.
    """
    check_retention(settings)
    folder, began = check_folder(settings.backups, instance=settings.instance), monotonic()
    with held(folder):
        with _writing(store, clock) as tx:
            copy_id = note_copy(tx)  # before the copy begins: its keys are not destroyed meanwhile
        made = write_copy(store, folder, copy_id=copy_id, at=tx.now, report=report)
        pruned = prune_copies(folder, before=made.at - timedelta(days=settings.backup_days))
        with _writing(store, clock) as tx:
            tx.journal("back_up_base", copy=copy_id, pruned=pruned)
    return Made(copy=made, pruned=pruned, seconds=monotonic() - began)


def check_retention(settings: Settings) -> None:
    """`Refused` when copies would be kept as long as a key lives: what is forgotten must die with its key."""
    if settings.backup_days >= KEY_LIFE.days:
        raise Refused(_TOO_LONG.format(days=settings.backup_days, life=KEY_LIFE.days))


def copies(settings: Settings, *, may_make: bool = True) -> list[Listed]:
    """The copies of the folder of the settings, newest first; refused as `back_up` for a folder that is not fit."""
    if not may_make and settings.backups is not None and not settings.backups.exists():
        return []
    folder = check_folder(settings.backups, instance=settings.instance, may_make=may_make)
    return listed(folder, keyring_provider(settings).load(), territory=settings.territory)


def look_through(settings: Settings, file: Path, *, sample: int | None, report: Report) -> tuple[Manifest, Inspection]:
    """Put that copy in a throw-away place, look through all of it, and leave nothing."""
    keyring = keyring_provider(settings).load()
    manifest = _read(settings, file, keyring)
    with (
        beside(settings.url, file, is_thrown_away=True) as side,
        _opened(settings, side, keyring) as store,
    ):
        found = inspect_base(store, manifest=manifest, at=SystemClock().now(), sample=sample, report=report)
    return manifest, found


def newest(settings: Settings) -> Path:
    """The file of the newest copy of the folder; `Refused` when there is none."""
    found = [one for one in copies(settings) if one.manifest]
    if not found:
        raise Refused(_NONE)
    return found[0].file


def described(settings: Settings, file: Path) -> Manifest:
    """What that copy says of itself."""
    return read_manifest(file, keyring_provider(settings).load(), territory=settings.territory)


def drill(store: Store, settings: Settings, file: Path, clock: Clock, *, sample: int | None, report: Report) -> Tried:
    """Do all that putting back does, but in a throw-away place, and look through what comes out; then note in the base
    that it was tried. Leaves nothing else."""
    keyring, began = keyring_provider(settings).load(), monotonic()
    manifest = _read(settings, file, keyring)
    with beside(settings.url, file, is_thrown_away=True) as side:
        done, before = _prepare(settings, side, manifest, keyring, sample=sample, report=report)
        with _opened(settings, side, keyring) as other:
            after = inspect_base(other, manifest=None, at=clock.now(), sample=sample, report=report)
    if after.is_well:
        with _writing(store, clock) as tx:
            set_mark(tx.connection, DRILLED, f"{tx.now.isoformat()} {manifest.copy}")
            tx.journal("drill_copy", copy=manifest.copy)
    return Tried(manifest=manifest, before=before, after=after, forgotten=done.forgotten, seconds=monotonic() - began)


def check_may_put_back(settings: Settings, file: Path, *, may_replace: bool) -> None:
    """`Refused` as `put_back` would before it begins: to know before asking anybody."""
    _read(settings, file, keyring_provider(settings).load())
    check_place(settings.url, may_replace=may_replace)


def put_back(settings: Settings, file: Path, *, may_replace: bool, report: Report) -> PutBack:
    """Put that copy in the place of the configured base. All is done on a base beside, which then takes the place at
    once: killed anywhere, the former base is there, or the new one is whole.

    `Refused` over a base that is there unless `may_replace`, while it serves, or when the copy does not hold.
    """
    keyring, began = keyring_provider(settings).load(), monotonic()
    manifest = _read(settings, file, keyring)
    check_place(settings.url, may_replace=may_replace)
    settings.instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    with held(settings.instance, _BUSY), beside(settings.url, file, is_thrown_away=False) as side:
        done, _ = _prepare(settings, side, manifest, keyring, sample=None, report=report)
        take_place(settings.url, side, may_replace=may_replace)
    return replace(done, heads_file=_told(settings, done.head), seconds=monotonic() - began)


def settle(settings: Settings) -> PutBack:
    """End what another means put back (a disk image, PostgreSQL's archives, a copy put in place by hand): what was
    forgotten since is forgotten again, the journal says so, and the base may serve."""
    keyring, began = keyring_provider(settings).load(), monotonic()
    with held(settings.instance, _BUSY), _opened(settings, Side(url=settings.url), keyring) as store:
        done = _finish(store, copy="")
    return replace(done, heads_file=_told(settings, done.head), seconds=monotonic() - began)


def unforgotten(store: Store) -> int:
    """How many cards the log outside says were forgotten, of which this base knows nothing: it was put back in time by
    other means, and must be settled before it serves."""
    with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="cli", write=False) as tx:
        known = {one.record_id for one in tombstones(tx)}
    return len({one.record_id for one in read_tombstones(store).entries} - known)


def check_settled(store: Store) -> None:
    """`Refused` when this base may not serve yet, for what was forgotten since is in it again."""
    count = unforgotten(store)
    if count:
        raise Refused(_BEHIND.format(count=counted(count, "effacement")))


def _read(settings: Settings, file: Path, keyring: Keyring) -> Manifest:
    manifest = read_manifest(file, keyring, territory=settings.territory)
    check_engine(settings.url, manifest.engine)
    check_readable(file, manifest, keyring)
    return manifest


@contextmanager
def _opened(settings: Settings, side: Side, keyring: Keyring) -> Iterator[Store]:
    """The base beside, brought to the program's tables, less the check values of keys destroyed since."""
    migrate.upgrade(side.url)
    engine = make_engine(side.url)
    try:
        with engine.begin() as connection:
            for kid in kids_checked(connection) - keyring.keks.keys():
                forget_check(connection, kid)
    finally:
        engine.dispose()
    store = open_store(settings.model_copy(update={"database_url": side.url}), is_settling=True)
    try:
        yield store
    finally:
        store.engine.dispose()


def _prepare(
    settings: Settings, side: Side, manifest: Manifest, keyring: Keyring, *, sample: int | None, report: Report
) -> tuple[PutBack, Inspection]:
    """Look through the copy as it was, bring it up to date, forget again what was forgotten since."""
    with _opened(settings, side, keyring) as store:
        found = inspect_base(store, manifest=manifest, at=SystemClock().now(), sample=sample, report=report)
        if not found.is_well:
            raise Refused(_UNWELL.format(problem=found.problems[0]))
        done = replace(_finish(store, copy=manifest.copy), manifest=manifest)
        truncate_log(store.engine)
    return done, found


def _finish(store: Store, *, copy: str) -> PutBack:
    """Forget again, then say in the journal, under its newest key, that the base was put back; last, let it serve."""
    log = read_tombstones(store)
    if log.broken:
        raise Refused(_UNSURE_LOG.format(line=log.broken[0]))
    with connect(store.engine, write=False) as connection:
        to = journal.last_seq(connection)
    clock, is_short = clock_of(store), _is_short(store, log)
    forgotten = _forget_again(store, log.entries, clock)
    with _writing(store, clock) as tx:
        if journal.current_epoch(tx.connection) != store.keyring.journal_epoch:
            tx.acts.append(journal.begin_epoch(tx.connection, store.keyring, epoch=store.keyring.journal_epoch)[1])
        tx.acts.append(journal.restored(to=to, copy=copy))
        clear_mark(tx.connection, RESTORING)
    with connect(store.engine, write=False) as connection:
        entry = journal.last_seq(connection)
        head = head_line(store, connection, at=_after(tx.now))
    return PutBack(forgotten=forgotten, to=to, entry=entry, head=head.decode(), is_log_short=is_short)


def _is_short(store: Store, log: TombstoneLog) -> bool:
    """Whether the log lacks what this base itself knows was forgotten, or is not there at all."""
    with Transaction(store, actor=SYSTEM, clock=clock_of(store), door="cli", write=False) as tx:
        known = {one.record_id for one in tombstones(tx)}
    return not store.tombstones.exists() or bool(known - {one.record_id for one in log.entries})


def _forget_again(store: Store, entries: Sequence[Buried], clock: Clock) -> int:
    """How many were forgotten again. The log says them already: what is written of them goes to a copy of it."""
    forgotten = 0
    with TemporaryDirectory(prefix="carte-") as folder:
        log = Path(folder) / store.tombstones.name
        if store.tombstones.exists():
            copyfile(store.tombstones, log)
        beside_log = replace(store, tombstones=log)
        for first in range(0, len(entries), _LOT):
            with _writing(beside_log, clock) as tx:
                forgotten += replay_tombstones(tx, entries[first : first + _LOT])
    return forgotten


def _after(at: datetime) -> datetime:
    """Heads are written to the second: this one must not look older than the entry it is the head of."""
    return at + timedelta(seconds=1)


def _told(settings: Settings, head: str) -> Path | None:
    if settings.journal_heads is None:
        return None
    return append_head(settings.journal_heads, head.encode(), territory=settings.territory)


def last_drill(store: Store) -> datetime | None:
    """When a copy was last tried."""
    with connect(store.engine, write=False) as connection:
        said = read_marks(connection).get(DRILLED)
    return datetime.fromisoformat(said.split(" ")[0]) if said else None


def _writing(store: Store, clock: Clock) -> Transaction:
    return Transaction(store, actor=SYSTEM, clock=clock, door="cli")
