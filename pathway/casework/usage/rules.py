"""What is counted of a request, over which time, and how much is too much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pathway.kernel.choice import Choice
from pathway.kernel.clock import local_day, start_of_day
from pathway.kernel.errors import PathwayError
from pathway.kernel.wording import counted

WARN_PERCENT = 80
COUNTS_LIFE = timedelta(days=8)
NOTICES_LIFE = timedelta(days=92)

# Acts that show names in a list; any other act about one record counts as opening it.
_LISTING = frozenset({"search", "find_known", "read_list", "read_alerts", "read_answers", "export_people"})
_SEARCHES = "search"
_REFUSED = "refused"


class Meter(Choice):
    """One thing that is counted, over a clock hour or over a local day (Europe/Paris)."""

    SEARCHES_HOUR = "searches_hour", "Recherches en une heure"
    RECORDS_HOUR = "records_hour", "Dossiers ouverts en une heure"
    RECORDS_DAY = "records_day", "Dossiers ouverts en un jour"
    NAMES_DAY = "names_day", "Noms vus dans des listes en un jour"
    ROWS_DAY = "rows_day", "Lignes sorties en un jour"
    REFUSALS_HOUR = "refusals_hour", "Demandes refusées en une heure"

    @property
    def is_hourly(self) -> bool:
        """Whether it starts again every hour; else every local day."""
        return self in (Meter.SEARCHES_HOUR, Meter.RECORDS_HOUR, Meter.REFUSALS_HOUR)


class Scope(Choice):
    """Whose budget it is."""

    ACCOUNT = "account", "Un compte"
    STRUCTURE = "structure", "Une structure"


class Level(Choice):
    """How far a budget is used. `warned` from 80 % on, `reached` when nothing is left."""

    WARNED = "warned", "Presque épuisé"
    REACHED = "reached", "Épuisé"


class SeenAs(Choice):
    """Why something is remembered for the day: it was opened, its name was listed, or it led to what was opened."""

    OPENED = "opened", "Ouvert"
    LISTED = "listed", "Vu dans une liste"
    REFERENCE = "reference", "Adresse d’une page déjà ouverte"


class CheckReason(Choice):
    """What a responsable found when she looked into an unusual volume."""

    KNOWN_WORK = "known_work", "Un travail que je connais (permanence, reprise d’un portefeuille…)"
    MISTAKE = "mistake", "Une maladresse, j’en ai parlé avec la personne"
    REPORTED = "reported", "Un usage anormal, je l’ai signalé"


@dataclass(frozen=True, kw_only=True)
class Budgets:
    """How much one account may use; a structure may use `structure_times` as much.

    The meters and « warn, then block » come from security.md 4.11; OWASP ASVS 5.0 2.4.1 asks for them. The figures are
    ours: someone who follows 80 people and meets or calls all of them on one day stays under 80 % of every budget.
    """

    searches_hour: int = 100
    records_hour: int = 60
    records_day: int = 150
    names_day: int = 1500
    rows_day: int = 1000
    refusals_hour: int = 30
    structure_times: int = 10

    def of(self, meter: Meter, scope: Scope) -> int:
        """The budget of that meter for an account or a structure."""
        own = {
            Meter.SEARCHES_HOUR: self.searches_hour,
            Meter.RECORDS_HOUR: self.records_hour,
            Meter.RECORDS_DAY: self.records_day,
            Meter.NAMES_DAY: self.names_day,
            Meter.ROWS_DAY: self.rows_day,
            Meter.REFUSALS_HOUR: self.refusals_hour,
        }[meter]
        return own if scope is Scope.ACCOUNT else own * self.structure_times


DEFAULT_BUDGETS = Budgets()


@dataclass(frozen=True, kw_only=True)
class Use:
    """What one request used: searches made, refusals met, records opened, records whose name was listed."""

    searches: int = 0
    refusals: int = 0
    opened: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one meter says now: how much was used, out of how much, and the instant (UTC) at which it starts again."""

    meter: Meter
    scope: Scope
    count: int
    budget: int
    ends_at: datetime

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.count >= self.budget

    @property
    def is_near(self) -> bool:
        """Whether the warning level is passed."""
        return self.count >= warning_level(self.budget)


class QuotaReached(PathwayError):
    """A budget is spent: the thing asked for was not read. Carries the meter that says no."""

    code = "quota_reached"

    def __init__(self, reading: Reading) -> None:
        """Keep the reading for the page, the journal and the responsable."""
        super().__init__(f"La limite est atteinte : {reading.meter.label.lower()} ({reading.budget} au plus).")
        self.reading = reading


def warning_level(budget: int) -> int:
    """The count from which one is warned: 80 % of the budget, rounded up."""
    return -(-budget * WARN_PERCENT // 100)


def crosses_warning(*, before: int, after: int, budget: int) -> bool:
    """Whether going from one count to the other passes the warning level: true once for each budget and period."""
    return before < warning_level(budget) <= after


def began_at(meter: Meter, now: datetime) -> datetime:
    """The instant (UTC) at which the present period of that meter began."""
    return now.replace(minute=0, second=0, microsecond=0) if meter.is_hourly else start_of_day(local_day(now))


def ends_at(meter: Meter, now: datetime) -> datetime:
    """The instant (UTC) at which it starts again: the next hour, or the next local midnight (23 to 25 hours)."""
    if meter.is_hourly:
        return began_at(meter, now) + timedelta(hours=1)
    return start_of_day(local_day(now) + timedelta(days=1))


def use_of(acts: Iterable[tuple[str, Sequence[str]]]) -> Use:
    """What a request used, from what it says in the journal (action, records).

    An act that is not known here counts as opening its record, or as a list when it names several: a new screen that
    forgets this table is counted too much, never too little.
    """
    searches = refusals = 0
    opened: set[str] = set()
    listed: set[str] = set()
    for action, records in acts:
        searches += action == _SEARCHES
        refusals += action == _REFUSED
        if action != _REFUSED:
            (listed if action in _LISTING or len(records) > 1 else opened).update(records)
    return Use(searches=searches, refusals=refusals, opened=frozenset(opened), listed=frozenset(listed - opened))


def said_use(meter: Meter, count: int, *, when: str = "aujourd’hui") -> str:
    """« ouvert 120 dossiers aujourd’hui », to follow « vous avez »; `when` names the day, for the meters of a day."""
    return {
        Meter.SEARCHES_HOUR: f"fait {counted(count, 'recherche')} en une heure",
        Meter.RECORDS_HOUR: f"ouvert {counted(count, 'nouveau dossier', 'nouveaux dossiers')} en une heure",
        Meter.RECORDS_DAY: f"ouvert {counted(count, 'dossier')} {when}",
        Meter.NAMES_DAY: f"affiché {counted(count, 'nom')} dans des listes {when}",
        Meter.ROWS_DAY: f"demandé {counted(count, 'ligne')} dans des fichiers {when}",
        Meter.REFUSALS_HOUR: f"demandé {counted(count, 'page refusée', 'pages refusées')} en une heure",
    }[meter]
