"""What the doctor says of copies and of the journal's age: is there a fresh copy, was one tried, does pruning pass."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pathway.casework.lifecycle.forgetting import tombstones
from pathway.jobs.night.ledger import last_night
from pathway.jobs.pruning import kept_from
from pathway.jobs.restoring import check_retention, copies, last_drill, unforgotten
from pathway.kernel.clock import local_day, start_of_day
from pathway.kernel.errors import PathwayError
from pathway.kernel.settings import Settings
from pathway.kernel.wording import counted, said_date
from pathway.store.actor import SYSTEM
from pathway.store.clocks import clock_of
from pathway.store.engine import connect
from pathway.store.opening import Store
from pathway.store.pruning import oldest_at
from pathway.store.roles import role_state
from pathway.store.tombstones import read_tombstones
from pathway.store.transaction import Transaction

_LATE = timedelta(days=2)
_DRILL_LIFE = timedelta(days=35)
_GRACE = timedelta(days=31)
_NOWHERE = (
    "Aucune sauvegarde n’est faite par le programme : réglez CARTE_BACKUPS sur un autre disque, la nuit en fera une."
)
_NOT_YET = "La première sauvegarde sera faite à la première nuit, ou par « ./carte backup create »."
_NONE = "Le dossier {path} ne contient aucune sauvegarde. Lancez « ./carte backup create »."
_OLD = "La dernière sauvegarde est du {day}. Vérifiez que « ./carte nightly » passe chaque nuit, et la place du disque."
_NEVER_TRIED = "Aucune sauvegarde n’a encore été essayée. Lancez « ./carte backup drill », puis chaque mois."
_TRIED_LONG_AGO = "La dernière sauvegarde essayée l’a été le {day}. Lancez « ./carte backup drill » chaque mois."
_BEHIND = "Il manque à la base {count} du registre : elle n’est pas servie. Lancez « ./carte backup settle »."
_TOUCHED = (
    "Le registre des effacements {path} n’est plus entier, ligne {line} : une ligne y a été changée, déplacée ou ôtée. "
    "Reprenez-le de sa copie la plus récente : la nuit y remet ce qu’il lui manque."
)
_UNWRITTEN = (
    "Il manque {count} au registre des effacements {path} : une copie remise en place les ferait revenir. La prochaine "
    "nuit les y remet ; si le fichier manquait, cherchez pourquoi."
)
_TOO_OLD = "Le journal a des lignes de plus de {months} mois. Lancez « ./carte journal prune » avec le rôle qui élague."
_MAY_REWRITE = "Le compte de la base peut récrire le journal : « ./carte database roles » dit comment l’en empêcher."


@dataclass(kw_only=True)
class Watched:
    """What does not hold (`faults`) and what is merely not set up or late (`notes`), by name; « copies » is `is_well`
    when a folder is set and a fresh copy is in it."""

    faults: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    is_well: bool = False


def watch_copies(store: Store, settings: Settings) -> Watched:
    """Look at the folder of copies, at the last one tried, at the age of the journal. Writes nothing."""
    found, now = Watched(), clock_of(store).now()
    _watch_folder(store, settings, now, found)
    _watch_journal(store, settings, found)
    _watch_tombstones(store, found)
    return found


def _watch_tombstones(store: Store, found: Watched) -> None:
    """The log of what was forgotten: whole, and it says what the base says, both ways."""
    try:
        log, behind = read_tombstones(store), unforgotten(store)
    except PathwayError as error:
        found.faults["tombstones"] = error.sentence
        return
    with Transaction(store, actor=SYSTEM, clock=clock_of(store), door="cli", write=False) as tx:
        unwritten = len({one.record_id for one in tombstones(tx)} - {one.record_id for one in log.entries})
    if log.broken:
        found.faults["tombstones"] = _TOUCHED.format(path=store.tombstones, line=log.broken[0])
    elif behind:
        found.faults["tombstones"] = _BEHIND.format(count=counted(behind, "effacement"))
    elif unwritten:
        found.faults["tombstones"] = _UNWRITTEN.format(count=counted(unwritten, "effacement"), path=store.tombstones)


def _watch_folder(store: Store, settings: Settings, now: datetime, found: Watched) -> None:
    if settings.backups is None:
        found.notes["backups"] = _NOWHERE
        return
    try:
        check_retention(settings)
        made = [one for one in copies(settings, may_make=False) if one.manifest]
    except PathwayError as error:
        found.faults["backups"] = error.sentence
        return
    if not made and last_night(store) is None:
        found.notes["backups"] = _NOT_YET
    elif not made:
        found.faults["backups"] = _NONE.format(path=settings.backups)
    elif now - made[0].at > _LATE:
        found.faults["backups"] = _OLD.format(day=said_date(local_day(made[0].at)))
    else:
        found.is_well = True
    if made:
        _watch_drill(store, now, found)


def _watch_drill(store: Store, now: datetime, found: Watched) -> None:
    tried = last_drill(store)
    if tried is None:
        found.notes["drill"] = _NEVER_TRIED
    elif now - tried > _DRILL_LIFE:
        found.notes["drill"] = _TRIED_LONG_AGO.format(day=said_date(local_day(tried)))


def _watch_journal(store: Store, settings: Settings, found: Watched) -> None:
    first = start_of_day(kept_from(clock_of(store), months=settings.journal_months))
    with connect(store.engine, write=False) as connection:
        oldest = oldest_at(connection)
        may_rewrite = connection.dialect.name != "sqlite" and bool(role_state(connection).beyond)
    if oldest is not None and oldest < first - _GRACE:
        found.notes["journal_age"] = _TOO_OLD.format(months=settings.journal_months)
    if may_rewrite:
        found.notes["journal_role"] = _MAY_REWRITE
