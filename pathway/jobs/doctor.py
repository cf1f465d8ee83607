"""The doctor: is the base there, do the keys fit, is the journal whole, is anybody left without follow-up."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from pathway.casework.oversight.queries import late_counts
from pathway.casework.reports.queries import instance_counts, night_runs
from pathway.casework.reports.vocabulary import said_failure, said_step
from pathway.casework.rights.queries import late_requests
from pathway.jobs.copies_watch import watch_copies
from pathway.jobs.night.ledger import last_night
from pathway.kernel.clock import local_day
from pathway.kernel.errors import PathwayError
from pathway.kernel.settings import Settings
from pathway.kernel.wording import counted, listed, said_date, said_instant
from pathway.store import heads, journal
from pathway.store.actor import SYSTEM
from pathway.store.clocks import clock_of
from pathway.store.key_states import custody_of, key_states, warnings
from pathway.store.opening import OLD_BASE, Store, open_store
from pathway.store.outbox import queue_state
from pathway.store.tables import Channel
from pathway.store.transaction import Transaction

OK = "ok"
_HEAD_LATE = timedelta(days=2)
_NOWHERE = (
    "L’en-tête du journal n’est exporté nulle part : une fin coupée ou une base remise à un état plus ancien ne se "
    "verrait pas. Réglez CARTE_JOURNAL_HEADS."
)
_NOT_YET = "L’en-tête du journal sera exporté à la première nuit."
_HEADS_SHUT = "Le fichier des en-têtes du journal {path} ne se lit pas. Vérifiez ses droits."
_HEADS_LATE = (
    "Aucun en-tête du journal n’a été écrit dans {path} depuis deux jours. "
    "Vérifiez cet endroit et que « ./carte nightly » passe chaque nuit."
)
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


_WAITING = {
    Channel.EMAIL: ("courriel attend", "courriels attendent"),
    Channel.SMS: ("SMS attend", "SMS attendent"),
}
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
        _examine_store(store, settings, found)
        _examine_heads(store, settings.journal_heads, found)
        _examine_copies(store, settings, found)
    finally:
        store.engine.dispose()
    return found


def _checked_by(error: PathwayError) -> str:
    if error.sentence == OLD_BASE:
        return "migrations"
    return "keyring" if error.code == "keyring_refused" or "trousseau" in error.sentence else "base"


def _examine_store(store: Store, settings: Settings, found: Examination) -> None:
    # The store opened: its base, its revision and its keys were compared on the way.
    found.checks = {"base": OK, "keyring": OK, "migrations": OK}
    with Transaction(store, actor=SYSTEM, clock=clock_of(store), door="cli", write=False) as tx:
        found.counts = instance_counts(tx)
        _examine_oversight(late_counts(tx), found)
        _examine_rights(late_requests(tx), found)
        _examine_queues(tx, found)
        _examine_keys(tx, store, timedelta(days=settings.backup_days), found)
        _examine_last_night(tx, found)
        verified = journal.verify(tx.connection, store.keyring)
    found.checks["journal"] = OK if not verified.broken else _broken(verified)
    orphans = found.counts["orphan_exits"]
    found.checks["orphans"] = OK if not orphans else f"{counted(orphans, 'sortie')} sans suite : personne n’en répond."
    night = last_night(store)
    today = local_day(clock_of(store).now())
    if night is None or (today - night).days > 1:
        since = f"depuis le {said_date(night)}" if night else "jusqu’ici"
        found.notes["nightly"] = f"Alertes non calculées {since}. Planifiez « ./carte nightly » chaque nuit."


def _examine_oversight(late: dict[str, int], found: Examination) -> None:
    """Accesses that a person asked about, exceptional accesses to review: late, or with nobody to handle them."""
    said = [
        counted(late["late_answers"], "explication d’accès en retard", "explications d’accès en retard"),
        counted(late["late_reviews"], "accès exceptionnel non vérifié", "accès exceptionnels non vérifiés"),
        counted(late["unattended"], "demande sans personne pour répondre", "demandes sans personne pour répondre"),
    ]
    if any(late.values()):
        found.notes["oversight"] = f"Accès à expliquer ou à vérifier : {listed(said)}."


def _examine_rights(late: dict[str, int], found: Examination) -> None:
    """Requests of people on their rights: late, or with no responsable to answer."""
    said = [
        counted(late["late_requests"], "réponse en retard", "réponses en retard"),
        counted(
            late["unanswerable"], "demande sans responsable pour répondre", "demandes sans responsable pour répondre"
        ),
    ]
    if any(late.values()):
        found.notes["rights"] = f"Droits des personnes : {listed(said)}."


def _examine_keys(tx: Transaction, store: Store, retention: timedelta, found: Examination) -> None:
    """Keys that are old, worn, only half changed or needless; a keyring that nobody put away."""
    now = clock_of(store).now()
    states = key_states(tx.connection, store.keyring, now=now)
    said = warnings(states, custody_of(tx.connection, store.keyring), now=now, retention=retention)
    if said:
        found.notes["keys"] = " ".join(said)


def _examine_last_night(tx: Transaction, found: Examination) -> None:
    """What failed in the last night: it stopped nothing else, and somebody was left out."""
    for night in night_runs(tx, page=1, per_page=1):
        said = [
            f"{said_step(one.step)} : {said_failure(one.failed, one.failure, is_broken=one.is_broken)}"
            for one in night.failures
        ]
        found.checks["last_night"] = f"Nuit du {said_date(night.night)}. {' ; '.join(said)}." if said else OK


def _examine_queues(tx: Transaction, found: Examination) -> None:
    """How many letters wait by each channel, and since when the oldest does."""
    for channel, (one, many) in _WAITING.items():
        queue = queue_state(tx, channel)
        if queue.oldest_at:
            since = said_instant(queue.oldest_at)
            found.notes[f"{channel.value}_queue"] = f"{counted(queue.waiting, one, many)}, au plus depuis le {since}."


def _examine_copies(store: Store, settings: Settings, found: Examination) -> None:
    """Copies of the base, the last one tried, how far back the journal goes and who may change it."""
    watched = watch_copies(store, settings)
    found.checks |= {"backups": OK} if watched.is_well else {}
    found.checks |= watched.faults
    found.notes |= watched.notes


def _examine_heads(store: Store, place: Path | None, found: Examination) -> None:
    if place is None:
        found.notes["journal_heads"] = _NOWHERE
        return
    file = heads.head_file(place, territory=store.territory)
    try:
        lines = file.read_bytes().splitlines() if file.exists() else []
    except OSError:
        found.checks["journal_heads"] = _HEADS_SHUT.format(path=file)
        return
    with Transaction(store, actor=SYSTEM, clock=clock_of(store), door="cli", write=False) as tx:
        compared = heads.compare(store, tx.connection, lines)
    if not compared.heads and last_night(store) is None:
        found.notes["journal_heads"] = _NOT_YET
    else:
        found.checks["journal_heads"] = _heads_said(store, compared, file)


def _heads_said(store: Store, compared: heads.Compared, file: Path) -> str:
    if compared.contradicted:
        first = compared.contradicted[0]
        return f"Le journal ne tient pas ce que dit {file}, ligne {first.line} : {first.problem}."
    is_late = compared.last_at is None or clock_of(store).now() - compared.last_at > _HEAD_LATE
    return _HEADS_LATE.format(path=file) if is_late else OK


def _broken(verified: journal.Verified) -> str:
    first = verified.broken[0]
    places = counted(len(verified.broken), "endroit")
    return f"Le journal ne tient plus à {places}, d’abord à la ligne {first.seq} : {first.problem}."


def _notes(settings: Settings) -> dict[str, str]:
    notes = {}
    if not settings.smtp_host:
        notes["mail"] = "CARTE_SMTP_HOST n’est pas réglé : aucun courriel ne part, les lettres attendent."
    notes |= _sms_notes(settings)
    if not settings.root_key and not settings.vault_addr:
        notes["root_key"] = (
            "Le trousseau n’est protégé que par les droits du fichier. CARTE_ROOT_KEY ou un Vault le scelle."
        )
    if not settings.secure_cookies:
        notes["https"] = "CARTE_SECURE_COOKIES n’est pas activé : à faire dès que le service est en HTTPS."
    return notes


def _sms_notes(settings: Settings) -> dict[str, str]:
    if not settings.sends_sms:
        return {"sms": "CARTE_SMS_URL et CARTE_SMS_FOLDER ne sont pas réglés : aucun SMS ne part."}
    if settings.sms_url and not settings.sms_reply_token:
        return {"sms": "CARTE_SMS_REPLY_TOKEN n’est pas réglé : une réponse STOP n’arrive pas jusqu’ici."}
    return {}
