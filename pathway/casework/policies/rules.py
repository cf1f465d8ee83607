"""The follow-up policy as data: which points an exit opens and when, so that a territory can read it and version it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.kernel.calendar import add_months, add_working_days, next_working_day
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid


class ExitKind(Choice):
    """How a step ended: the only part of an exit that is kept in clear."""

    DURABLE_JOB = "durable_job", "Emploi durable"
    SHORT_JOB = "short_job", "Emploi de courte durée"
    TRAINING = "training", "Formation"
    RELAY = "relay", "Passage de relais"
    NO_SOLUTION = "no_solution", "Fin sans solution"
    LOST_CONTACT = "lost_contact", "Contact perdu"
    PAUSED = "paused", "Pause pour raison personnelle"
    CLOSED = "closed", "Fin du suivi"


class PlanKind(Choice):
    """What opened a plan: an exit of that kind, or a call that the person asked for."""

    DURABLE_JOB = ExitKind.DURABLE_JOB.value, ExitKind.DURABLE_JOB.label
    SHORT_JOB = ExitKind.SHORT_JOB.value, ExitKind.SHORT_JOB.label
    TRAINING = ExitKind.TRAINING.value, ExitKind.TRAINING.label
    RELAY = ExitKind.RELAY.value, ExitKind.RELAY.label
    NO_SOLUTION = ExitKind.NO_SOLUTION.value, ExitKind.NO_SOLUTION.label
    LOST_CONTACT = ExitKind.LOST_CONTACT.value, ExitKind.LOST_CONTACT.label
    PAUSED = ExitKind.PAUSED.value, ExitKind.PAUSED.label
    CLOSED = ExitKind.CLOSED.value, ExitKind.CLOSED.label
    CALLBACK = "callback", "Rappel demandé"


class PointKind(Choice):
    """What a point de suivi asks to do."""

    CONTACT = "contact", "Prendre des nouvelles"
    START_CHECK = "start_check", "Vérifier le démarrage"
    BEFORE_END = "before_end", "Préparer la fin du contrat ou de la formation"
    RECEPTION = "reception", "Vérifier la réception du relais"
    FIRST_APPOINTMENT = "first_appointment", "Vérifier le premier rendez-vous"
    ATTEMPT = "attempt", "Essayer de joindre"
    REVIEW = "review", "Faire le point à la date convenue"
    CLOSING_CALL = "closing_call", "Appeler une dernière fois"
    SHORT_ACTIVITY = "short_activity", "Bilan de l’activité"
    CATCH_UP = "catch_up", "Rattraper les points passés"
    CALLBACK = "callback", "Rappeler à la date demandée"
    RESUME = "resume", "Reprendre contact après une ancienne sortie"
    EXIT_QUESTIONS = "exit_questions", "Poser les questions de fin d’opération"
    LATER_QUESTIONS = "later_questions", "Poser les questions à six mois"


class DelayUnit(Choice):
    """What a delay is counted in."""

    DAYS = "days", "jours"
    WORKING_DAYS = "working_days", "jours ouvrés"
    MONTHS = "months", "mois"


def _add_days(day: date, count: int) -> date:
    return day + timedelta(days=count)


_ADD: dict[DelayUnit, Callable[[date, int], date]] = {
    DelayUnit.DAYS: _add_days,
    DelayUnit.WORKING_DAYS: add_working_days,
    DelayUnit.MONTHS: add_months,
}


@dataclass(frozen=True, kw_only=True)
class Delay:
    """A span from a day: calendar days, working days or calendar months."""

    unit: DelayUnit
    count: int

    def due_on(self, start: date) -> date:
        """The day that lies this delay after `start`, moved to the next working day when it is not worked."""
        return next_working_day(_ADD[self.unit](start, self.count))


def days(count: int) -> Delay:
    """A delay in calendar days."""
    return Delay(unit=DelayUnit.DAYS, count=count)


def working_days(count: int) -> Delay:
    """A delay in working days."""
    return Delay(unit=DelayUnit.WORKING_DAYS, count=count)


def months(count: int) -> Delay:
    """A delay in calendar months."""
    return Delay(unit=DelayUnit.MONTHS, count=count)


Steps = tuple[tuple[PointKind, Delay], ...]

_NEED_STEPS = frozenset(ExitKind) - {ExitKind.PAUSED, ExitKind.CLOSED}


@dataclass(frozen=True, kw_only=True)
class KindPlan:
    """The points one exit kind opens, in order; `before_end_days` adds one before a contract or training ends."""

    kind: ExitKind
    steps: Steps = ()
    before_end_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One version of the follow-up rules. Delays count from the event (hire, end of the step).

    A policy that would leave an exit without any point cannot be built: `Invalid`.
    """

    version: str
    plans: tuple[KindPlan, ...]
    short_activity: Steps
    retirement: Steps
    catch_up: Delay
    review_within_days: int

    def __post_init__(self) -> None:
        """Refuse a policy with a hole."""
        covered = {plan.kind for plan in self.plans if plan.steps}
        if not (covered >= _NEED_STEPS and self.short_activity and self.retirement):
            raise Invalid("Cette politique de suivi laisserait une sortie sans point de suivi.", field="plans")

    def plan_for(self, kind: ExitKind) -> KindPlan:
        """The plan of that kind; without steps for `paused` (its date is agreed with the person) and `closed`."""
        return next((plan for plan in self.plans if plan.kind is kind), KindPlan(kind=kind))


_IN_WORK: Steps = (
    (PointKind.CONTACT, days(7)),
    (PointKind.CONTACT, days(28)),
    (PointKind.CONTACT, days(91)),
    (PointKind.CONTACT, months(6)),
)

_TRAINING: Steps = (
    (PointKind.START_CHECK, days(7)),
    (PointKind.CONTACT, days(91)),
    (PointKind.CONTACT, months(6)),
)

_RELAY: Steps = (
    (PointKind.RECEPTION, working_days(5)),
    (PointKind.FIRST_APPOINTMENT, working_days(10)),
    (PointKind.CONTACT, months(6)),
)

_LOST_CONTACT: Steps = (
    (PointKind.ATTEMPT, days(2)),
    (PointKind.ATTEMPT, days(7)),
    (PointKind.ATTEMPT, days(14)),
    (PointKind.CONTACT, days(91)),
    (PointKind.CONTACT, months(6)),
)

# D+7, D+28, D+91 and +6 months follow the field: checks at 3 and 6 months, PLIE exits validated after 6 months in work,
# FSE+ results asked within 4 weeks and at +6 months.
DEFAULT_POLICY = Policy(
    version="2026-1",
    plans=(
        KindPlan(kind=ExitKind.DURABLE_JOB, steps=_IN_WORK, before_end_days=30),
        KindPlan(kind=ExitKind.SHORT_JOB, steps=_IN_WORK, before_end_days=30),
        KindPlan(kind=ExitKind.TRAINING, steps=_TRAINING, before_end_days=30),
        KindPlan(kind=ExitKind.RELAY, steps=_RELAY),
        KindPlan(kind=ExitKind.NO_SOLUTION, steps=(*_IN_WORK, (PointKind.CONTACT, days(365)))),
        KindPlan(kind=ExitKind.LOST_CONTACT, steps=_LOST_CONTACT),
    ),
    short_activity=((PointKind.SHORT_ACTIVITY, days(7)),),
    retirement=((PointKind.CLOSING_CALL, days(7)),),
    catch_up=working_days(2),
    review_within_days=91,
)
