"""The follow-up policy as data: which points an exit opens and when, so that a territory can read it and version it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pathway.casework.policies.vocabulary import (
    ENDING,
    LINE_KINDS,
    Case,
    DelayUnit,
    ExitKind,
    PlanKind,
    PointKind,
    PolicyState,
)
from pathway.kernel.calendar import Holidays, add_months, add_working_days, next_working_day
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import counted

__all__ = [
    "BEFORE_END_AT_MOST",
    "CATCH_UP_AT_MOST",
    "DEFAULT_POLICY",
    "ENDING",
    "LINES_AT_MOST",
    "LINE_KINDS",
    "MOST",
    "REVIEW_BETWEEN",
    "Case",
    "Delay",
    "DelayUnit",
    "ExitKind",
    "KindPlan",
    "PlanKind",
    "PointKind",
    "Policy",
    "PolicyState",
    "Steps",
    "days",
    "from_json",
    "in_order",
    "months",
    "policy_of",
    "to_json",
    "working_days",
]

MOST: Mapping[DelayUnit, int] = {DelayUnit.DAYS: 730, DelayUnit.WORKING_DAYS: 60, DelayUnit.MONTHS: 36}
LINES_AT_MOST = 10
BEFORE_END_AT_MOST = 180
CATCH_UP_AT_MOST = 10
REVIEW_BETWEEN = (7, 91)
LAST_AT_LEAST_DAYS = 91  # three months: the field's own check, and what a silence may last at most
_GENTLE = (Case.SHORT_ACTIVITY, Case.RETIREMENT)


def _add_days(day: date, count: int, _holidays: Holidays) -> date:
    return day + timedelta(days=count)


def _add_months(day: date, count: int, _holidays: Holidays) -> date:
    return add_months(day, count)


_ADD: dict[DelayUnit, Callable[[date, int, Holidays], date]] = {
    DelayUnit.DAYS: _add_days,
    DelayUnit.WORKING_DAYS: add_working_days,
    DelayUnit.MONTHS: _add_months,
}
# The shortest span in calendar days: from a Sunday, six working days hold one week-end; from 1 February, three months
# are 89 days.
_FEWEST: dict[DelayUnit, Callable[[int], int]] = {
    DelayUnit.DAYS: lambda count: count,
    DelayUnit.WORKING_DAYS: lambda count: count + 2 * ((count - 1) // 5),
    DelayUnit.MONTHS: lambda count: count * 365 // 12 - 2,
}


@dataclass(frozen=True, kw_only=True)
class Delay:
    """A span from a day: calendar days, working days or calendar months."""

    unit: DelayUnit
    count: int

    def due_on(self, start: date, holidays: Holidays = Holidays.FRANCE) -> date:
        """The day that lies this delay after `start`, moved to the next working day when it is not worked."""
        return next_working_day(_ADD[self.unit](start, self.count, holidays), holidays)

    @property
    def fewest_days(self) -> int:
        """How many calendar days it is at least, wherever it starts."""
        return _FEWEST[self.unit](self.count)

    @property
    def said(self) -> str:
        """« 7 jours », « 5 jours ouvrés », « 6 mois »."""
        words = {DelayUnit.DAYS: ("jour", "jours"), DelayUnit.WORKING_DAYS: ("jour ouvré", "jours ouvrés")}
        return counted(self.count, *words.get(self.unit, ("mois", "mois")))


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


@dataclass(frozen=True, kw_only=True)
class KindPlan:
    """The points one exit kind opens, in order; `before_end_days` adds one before a contract or training ends."""

    kind: ExitKind
    steps: Steps = ()
    before_end_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One version of the follow-up rules. Delays count from the event (hire, end of the step).

    A policy that would leave an exit without any point, or without one after three months, cannot be built: `Invalid`,
    whose field names the case and its line (« training-1 » is the second line of training).
    """

    version: str
    plans: tuple[KindPlan, ...]
    short_activity: Steps
    retirement: Steps
    catch_up: Delay
    review_within_days: int
    holidays: Holidays = Holidays.FRANCE

    def __post_init__(self) -> None:
        """Refuse a policy with a hole."""
        fault = next(_faults(self), None)
        if fault is not None:
            raise fault

    def plan_for(self, kind: ExitKind) -> KindPlan:
        """The plan of that kind; without steps for `paused` (its date is agreed with the person) and `closed`."""
        return next((plan for plan in self.plans if plan.kind is kind), KindPlan(kind=kind))

    def steps_of(self, case: Case) -> Steps:
        """The lines of that case, in order."""
        if case is Case.SHORT_ACTIVITY:
            return self.short_activity
        return self.retirement if case is Case.RETIREMENT else self.plan_for(ExitKind(case.value)).steps

    def before_end_of(self, case: Case) -> int | None:
        """How many days before a contract or a training ends that case has one point more; None for none."""
        return None if case in _GENTLE else self.plan_for(ExitKind(case.value)).before_end_days


def policy_of(
    version: str,
    steps: Mapping[Case, Steps],
    *,
    before_end: Mapping[Case, int | None],
    catch_up: Delay,
    review_within_days: int,
    holidays: Holidays,
) -> Policy:
    """A policy from its lines by case; `Invalid` where it has a hole."""
    plans = [
        KindPlan(kind=ExitKind(case.value), steps=steps.get(case, ()), before_end_days=before_end.get(case))
        for case in Case
        if case not in _GENTLE
    ]
    return Policy(
        version=version,
        plans=tuple(plans),
        short_activity=steps.get(Case.SHORT_ACTIVITY, ()),
        retirement=steps.get(Case.RETIREMENT, ()),
        catch_up=catch_up,
        review_within_days=review_within_days,
        holidays=holidays,
    )


def in_order(policy: Policy) -> Policy:
    """The same policy, the lines of each case from the earliest to the latest."""
    plans = tuple(replace(plan, steps=_sorted(plan.steps)) for plan in policy.plans)
    short, retirement = _sorted(policy.short_activity), _sorted(policy.retirement)
    return replace(policy, plans=plans, short_activity=short, retirement=retirement)


def to_json(policy: Policy) -> str:
    """What is kept of a policy, its version apart."""
    cases = {
        case.value: {
            "lines": [{"do": kind.value, **_delay_data(delay)} for kind, delay in policy.steps_of(case)],
            "before_end_days": policy.before_end_of(case),
        }
        for case in Case
    }
    kept = {
        "cases": cases,
        "catch_up": _delay_data(policy.catch_up),
        "review_within_days": policy.review_within_days,
        "holidays": policy.holidays.value,
    }
    return json.dumps(kept, separators=(",", ":"))


def from_json(version: str, body: str) -> Policy:
    """The policy that was kept; `Invalid` when it has a hole or cannot be read."""
    try:
        kept = json.loads(body)
        cases = {Case.read(name): one for name, one in kept["cases"].items()}
        return policy_of(
            version,
            {
                case: tuple((PointKind.read(line["do"]), _delay(line)) for line in one["lines"])
                for case, one in cases.items()
            },
            before_end={case: one["before_end_days"] for case, one in cases.items()},
            catch_up=_delay(kept["catch_up"]),
            review_within_days=kept["review_within_days"],
            holidays=Holidays.read(kept["holidays"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Invalid("Ces règles de suivi ne peuvent pas être lues.") from error


def _delay_data(delay: Delay) -> dict[str, Any]:
    return {"count": delay.count, "unit": delay.unit.value}


def _delay(data: Mapping[str, Any]) -> Delay:
    return Delay(unit=DelayUnit.read(data["unit"]), count=data["count"])


def _sorted(steps: Steps) -> Steps:
    return tuple(sorted(steps, key=lambda step: step[1].fewest_days))


def _faults(policy: Policy) -> Iterator[Invalid]:
    kinds = [plan.kind for plan in policy.plans]
    if len(kinds) != len(set(kinds)) or {ExitKind.PAUSED, ExitKind.CLOSED} & set(kinds):
        # A pause has the date agreed with the person; a follow-up that ended has none.
        yield Invalid("Une pause, une fin de suivi ou une sortie comptée deux fois n’ont pas de lignes.", field="plans")
    for case in Case:
        yield from _case_faults(case, policy.steps_of(case))
        yield from _end_faults(case, policy.before_end_of(case))
    if policy.catch_up.unit is not DelayUnit.WORKING_DAYS or not 1 <= policy.catch_up.count <= CATCH_UP_AT_MOST:
        sentence = f"Rattrapage : les points déjà passés sont repris en 1 à {CATCH_UP_AT_MOST} jours ouvrés."
        yield Invalid(sentence, field="catch_up")
    least, most = REVIEW_BETWEEN
    if not least <= policy.review_within_days <= most:
        yield Invalid(f"Pause : la date du point est au plus tard entre {least} et {most} jours.", field="review")


def _case_faults(case: Case, steps: Steps) -> Iterator[Invalid]:
    if not steps:
        yield Invalid(f"« {case.label} » : gardez au moins une ligne, sinon la sortie serait sans suite.", field=case)
        return
    if len(steps) > LINES_AT_MOST:
        yield Invalid(f"« {case.label} » : {LINES_AT_MOST} lignes au plus.", field=case)
    for number, (kind, delay) in enumerate(steps):
        yield from _line_faults(case, number, kind, delay)
    if len({delay for _kind, delay in steps}) < len(steps):
        yield Invalid(f"« {case.label} » : deux lignes ont le même délai. Gardez-en une.", field=case)
    if case not in _GENTLE and max(delay.fewest_days for _kind, delay in steps) < LAST_AT_LEAST_DAYS:
        yield Invalid(
            f"« {case.label} » : le dernier point est à {LAST_AT_LEAST_DAYS} jours ou plus (4 mois si vous comptez en "
            "mois). Ajoutez une ligne.",
            field=case,
        )


def _line_faults(case: Case, number: int, kind: PointKind, delay: Delay) -> Iterator[Invalid]:
    where, field = f"« {case.label} », ligne {number + 1}", f"{case.value}-{number}"
    most = MOST[delay.unit]
    if not 1 <= delay.count <= most:
        longest = Delay(unit=delay.unit, count=most).said
        yield Invalid(f"{where} : écrivez un délai de 1 à {longest}.", field=field)
    if kind not in LINE_KINDS[case]:
        yield Invalid(f"{where} : « {kind.label} » n’est pas prévu après cette sortie.", field=field)


def _end_faults(case: Case, days_before: int | None) -> Iterator[Invalid]:
    if days_before is None:
        return
    field = f"{case.value}_before_end"
    if case not in ENDING:
        yield Invalid(f"« {case.label} » : aucun contrat ni formation ne se termine après cette sortie.", field=field)
    elif not 1 <= days_before <= BEFORE_END_AT_MOST:
        yield Invalid(
            f"« {case.label} » : le point avant la fin est de 1 à {BEFORE_END_AT_MOST} jours avant.", field=field
        )


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
