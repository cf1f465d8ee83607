"""The doctor: is the base there, do the keys fit, is the journal whole, is anybody left without follow-up."""

from dataclasses import dataclass, field

from pathway.casework.reports.queries import instance_counts
from pathway.jobs.nightly import last_night
from pathway.kernel.clock import local_day
from pathway.kernel.errors import PathwayError
from pathway.kernel.settings import Settings
from pathway.kernel.wording import counted, said_date
from pathway.store import journal
from pathway.store.actor import SYSTEM
from pathway.store.clocks import clock_of
from pathway.store.opening import OLD_BASE, Store, open_store
from pathway.store.transaction import Transaction

OK = "ok"
_NOT_READ = "Non vérifié : la base ne s’ouvre pas."


@dataclass(kw_only=True)
class Examination:
    """What the doctor found. `checks` hold « ok » or a sentence; `notes` tell what is merely not set up."""

    counts: dict[str, int] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether every check is « ok »."""
        return all(said == OK for said in self.checks.values())


_COUNTED = ("people", "entries", "exits", "open_followups", "orphan_exits", "open_alerts")


def examine(settings: Settings) -> Examination:
    """Examine the configured instance. Creates nothing; an instance that does not open is a failed check."""
    found = Examination(counts=dict.fromkeys(_COUNTED, 0), notes=_notes(settings))
    try:
        store = open_store(settings)
    except PathwayError as error:
        name = _checked_by(error)
        found.checks = {
            "base": OK,
            "keyring": _NOT_READ,
            "migrations": _NOT_READ,
            "journal": _NOT_READ,
            "orphans": _NOT_READ,
        }
        found.checks[name] = error.sentence
        return found
    try:
        _examine_store(store, found)
    finally:
        store.engine.dispose()
    return found


def _checked_by(error: PathwayError) -> str:
    if error.sentence == OLD_BASE:
        return "migrations"
    return "keyring" if error.code == "keyring_refused" or "trousseau" in error.sentence else "base"


def _examine_store(store: Store, found: Examination) -> None:
    # The store opened: its base, its revision and its keys were compared on the way.
    found.checks = {"base": OK, "keyring": OK, "migrations": OK}
    with Transaction(store, actor=SYSTEM, clock=clock_of(store), door="cli", write=False) as tx:
        found.counts = instance_counts(tx)
        verified = journal.verify(tx.connection, store.keyring)
    found.checks["journal"] = OK if not verified.broken else _broken(verified)
    orphans = found.counts["orphan_exits"]
    found.checks["orphans"] = OK if not orphans else f"{counted(orphans, 'sortie')} sans suite : personne n’en répond."
    night = last_night(store)
    today = local_day(clock_of(store).now())
    if night is None or (today - night).days > 1:
        since = f"depuis le {said_date(night)}" if night else "jusqu’ici"
        found.notes["nightly"] = f"Alertes non calculées {since}. Planifiez « ./carte nightly » chaque nuit."


def _broken(verified: journal.Verified) -> str:
    first = verified.broken[0]
    places = counted(len(verified.broken), "endroit")
    return f"Le journal ne tient plus à {places}, d’abord à la ligne {first.seq} : {first.problem}."


def _notes(settings: Settings) -> dict[str, str]:
    notes = {"mail": "Aucun envoi de courriel n’est réglé : rien ne part de cette instance."}
    if not settings.root_key:
        notes["root_key"] = "Le trousseau n’est protégé que par les droits du fichier. CARTE_ROOT_KEY le scelle."
    if not settings.secure_cookies:
        notes["https"] = "CARTE_SECURE_COOKIES n’est pas activé : à faire dès que le service est en HTTPS."
    return notes
