"""What an exit opens, what closes a point, and when an exit is settled: pure arithmetic on dates and facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.casework.followup.vocabulary import Channel, ContactResult, PointState, ReplanReason, Rhythm
from pathway.casework.policies.rules import (
    DEFAULT_POLICY,
    Delay,
    DelayUnit,
    ExitKind,
    KindPlan,
    PlanKind,
    PointKind,
    Policy,
)
from pathway.kernel.calendar import Holidays, add_months, next_working_day
from pathway.kernel.errors import Invalid, Refused

__all__ = [
    "DEFAULT_POLICY",
    "LONGEST_CONTRACT_MONTHS",
    "AttemptOutcome",
    "Candidate",
    "Channel",
    "ContactResult",
    "Delay",
    "DelayUnit",
    "ExitKind",
    "KindPlan",
    "PlanKind",
    "PlanRequest",
    "PlannedPoint",
    "PointFact",
    "PointKind",
    "PointState",
    "Policy",
    "ReplanReason",
    "Rhythm",
    "after_attempt",
    "choose_owner",
    "contact_closes",
    "is_old",
    "is_orphan",
    "is_settled",
    "plan_points",
    "successor_of_last",
]

_CONTACT_WINDOW_DAYS = 10
NEXT_WITHIN_DAYS = 91
_SUCCESSOR_DAYS = 28
REPLANS_TO_RESPONSABLE = 3
_OLDEST_EVENT_MONTHS = 120
LONGEST_CONTRACT_MONTHS = 60
_OLD_AFTER_MONTHS = 6


@dataclass(frozen=True, kw_only=True)
class PlanRequest:
    """An exit, as far as its follow-up depends on it.

    `ends_on`: end of the contract or training. `review_on`: only read for `paused`. `is_retirement`: only read for
    `closed`. `is_short_activity`: workshop, forum, immersion of a month at most. `resume_on`: for an exit brought in
    long after, the day when it is taken up again: of the one point of an old exit, of the points past of a newer one.
    """

    kind: ExitKind
    event_on: date
    recorded_on: date
    ends_on: date | None = None
    review_on: date | None = None
    is_short_activity: bool = False
    has_open_support: bool = False
    is_retirement: bool = False
    resume_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class PlannedPoint:
    """One point to open: what to do, on which working day, and whether the exit is settled by it."""

    kind: PointKind
    due_on: date
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class AttemptOutcome:
    """What an attempt changes: the point closes, or stays open until `next_due_on`, perhaps for the responsable."""

    closes: bool
    next_due_on: date | None
    to_responsable: bool


@dataclass(frozen=True, kw_only=True)
class PointFact:
    """What settling and orphans depend on. `queue_active`: the structure that holds the point is open.

    `owner_active`: the point has an owner whose account is active.
    """

    point_id: str
    state: PointState
    is_last: bool
    result_recorded_by_person: bool
    queue_active: bool
    owner_active: bool = False


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who could own a point. `is_entitled`: she may see the record in that structure."""

    account_id: str
    is_active: bool
    is_entitled: bool


def plan_points(policy: Policy, request: PlanRequest) -> tuple[PlannedPoint, ...]:
    """The points an exit opens, by due date, exactly one of them last; none for `closed` but a retirement.

    Due dates are working days, on or after `recorded_on`. Points already past merge into one `catch_up`; of two points
    on one day the later in meaning stays. `Invalid` or `Refused` in French when the dates cannot be.
    """
    _check_dates(request)
    _check_review(policy, request)
    if request.resume_on and is_old(request) and request.kind is not ExitKind.CLOSED:
        due_on = next_working_day(request.resume_on, policy.holidays)
        return (PlannedPoint(kind=PointKind.RESUME, due_on=due_on, is_last=True),)
    kinds = dict(_merge_past(policy, request, _nominal(policy, request)))
    last = max(kinds, default=None)
    return tuple(PlannedPoint(kind=kinds[due], due_on=due, is_last=due == last) for due in sorted(kinds))


def is_old(request: PlanRequest) -> bool:
    """Whether an exit is recorded so late that one « point de reprise » replaces its plan: over six months."""
    return add_months(request.event_on, _OLD_AFTER_MONTHS) < request.recorded_on


def _check_dates(request: PlanRequest) -> None:
    if request.event_on > request.recorded_on:
        raise Refused(
            "La date de sortie est dans le futur. Indiquez la date du jour ou une date passée.", field="event_on"
        )
    if add_months(request.recorded_on, -_OLDEST_EVENT_MONTHS) > request.event_on:
        raise Refused("La date de sortie remonte à plus de dix ans. Vérifiez l’année.", field="event_on")
    if request.ends_on is not None and request.ends_on < request.event_on:
        raise Refused(
            "La fin du contrat ou de la formation est avant la date de sortie. Vérifiez les deux dates.",
            field="ends_on",
        )
    if request.ends_on is not None and request.ends_on > add_months(request.event_on, LONGEST_CONTRACT_MONTHS):
        # The point before the end is the last one: a slip of the pen would settle the exit in twenty years.
        raise Refused(
            "La fin du contrat ou de la formation est plus de cinq ans après la sortie. Vérifiez l’année.",
            field="ends_on",
        )


def _check_review(policy: Policy, request: PlanRequest) -> None:
    if request.kind is not ExitKind.PAUSED:
        return
    limit = request.event_on + timedelta(days=policy.review_within_days)
    within = f"{policy.review_within_days} jours"
    if limit <= request.recorded_on:
        raise Refused(
            f"Cette pause a commencé il y a {within} ou plus : elle est finie. Choisissez un autre motif de sortie.",
            field="kind",
        )
    if request.review_on is None:
        raise Invalid("Indiquez la date à laquelle faire le point.", field="review_on")
    if request.review_on <= request.recorded_on:
        raise Refused("La date pour faire le point est déjà passée. Indiquez une date à venir.", field="review_on")
    if request.review_on > limit:
        raise Refused(f"La date pour faire le point est au plus tard {within} après la sortie.", field="review_on")


def _nominal(policy: Policy, request: PlanRequest) -> list[tuple[date, PointKind]]:
    """The points as if the exit had been recorded at once, from the earliest meaning to the latest."""
    if request.kind is ExitKind.PAUSED and request.review_on is not None:
        return [(next_working_day(request.review_on, policy.holidays), PointKind.REVIEW)]
    points = [(delay.due_on(request.event_on, policy.holidays), kind) for kind, delay in _steps(policy, request)]
    return points + _before_end(policy, request)


def _steps(policy: Policy, request: PlanRequest) -> tuple[tuple[PointKind, Delay], ...]:
    if request.kind is ExitKind.CLOSED:
        return policy.retirement if request.is_retirement else ()
    if _is_inside_support(request):
        return policy.short_activity
    return policy.plan_for(request.kind).steps


def _is_inside_support(request: PlanRequest) -> bool:
    return request.is_short_activity and request.has_open_support


def _before_end(policy: Policy, request: PlanRequest) -> list[tuple[date, PointKind]]:
    days = policy.plan_for(request.kind).before_end_days
    if days is None or request.ends_on is None or _is_inside_support(request):
        return []
    due_on = next_working_day(request.ends_on - timedelta(days=days), policy.holidays)
    return [(due_on, PointKind.BEFORE_END)] if due_on > request.recorded_on else []


def _merge_past(
    policy: Policy, request: PlanRequest, points: Sequence[tuple[date, PointKind]]
) -> list[tuple[date, PointKind]]:
    to_come = [(due_on, kind) for due_on, kind in points if due_on >= request.recorded_on]
    if len(to_come) == len(points):
        return to_come
    caught_up_on = request.resume_on or policy.catch_up.due_on(request.recorded_on, policy.holidays)
    # Put first, so that a point to come on the same day keeps its own meaning.
    return [(next_working_day(caught_up_on, policy.holidays), PointKind.CATCH_UP), *to_come]


def contact_closes(due_on: date, contact_on: date) -> bool:
    """Whether a successful contact that day also closes a point due that other day (10 calendar days either side)."""
    return abs((contact_on - due_on).days) <= _CONTACT_WINDOW_DAYS


def after_attempt(
    *,
    result: ContactResult,
    attempted_on: date,
    due_on: date,
    replans: int,
    next_on: date | None,
    is_last: bool,
    holidays: Holidays,
) -> AttemptOutcome:
    """What an attempt made for a point gives. `replans`: how many times the point was put off before this one;
    `holidays`: those of the plan's policy.

    A person reached, even to refuse, closes the point; but a last point reached more than 10 days early keeps its date,
    for an exit is not settled the day it is recorded. Anything else keeps the point open and needs `next_on`, 1 to 91
    days later: `Refused` otherwise. The third time it is put off beyond its due date, it goes to the responsable.
    """
    if result is ContactResult.REACHED and is_last and (due_on - attempted_on).days > _CONTACT_WINDOW_DAYS:
        return AttemptOutcome(closes=False, next_due_on=due_on, to_responsable=False)
    if result in (ContactResult.REACHED, ContactResult.REFUSED):
        return AttemptOutcome(closes=True, next_due_on=None, to_responsable=False)
    next_due_on = next_working_day(_checked_next(attempted_on, next_on), holidays)
    to_responsable = next_due_on > due_on and replans + 1 >= REPLANS_TO_RESPONSABLE
    return AttemptOutcome(closes=False, next_due_on=next_due_on, to_responsable=to_responsable)


def _checked_next(attempted_on: date, next_on: date | None) -> date:
    if next_on is None:
        raise Refused("Indiquez quand réessayer : la personne n’a pas été jointe.", field="next_on")
    if next_on <= attempted_on:
        raise Refused("La date du prochain essai est après celle de cet essai.", field="next_on")
    if next_on > attempted_on + timedelta(days=NEXT_WITHIN_DAYS):
        raise Refused(f"Le prochain essai a lieu dans les {NEXT_WITHIN_DAYS} jours.", field="next_on")
    return next_on


def successor_of_last(not_done_on: date, *, holidays: Holidays) -> date:
    """When the point that follows a last point « non fait » is due: 28 days later, on a working day of its policy.

    Closing on silence must never happen, so a last point that was not done always has a successor.
    """
    return next_working_day(not_done_on + timedelta(days=_SUCCESSOR_DAYS), holidays)


def is_settled(points: Iterable[PointFact]) -> bool:
    """Whether a person recorded a result on the last point: « fait ». Cancelled and « non fait » never settle."""
    return any(point.is_last and point.state is PointState.DONE and point.result_recorded_by_person for point in points)


def is_orphan(*, kind: ExitKind, exit_cancelled: bool, points: Sequence[PointFact]) -> bool:
    """Whether an exit has lost its follow-up: neither exempt nor settled, and no open point in active hands.

    Active hands: the owner's account, or the structure whose queue holds the point. Must be false in every state.
    """
    is_exempt = kind is ExitKind.CLOSED or exit_cancelled
    if is_exempt or is_settled(points):
        return False
    return not any(point.state is PointState.OPEN and (point.owner_active or point.queue_active) for point in points)


def choose_owner(*, referent: Candidate | None, exiting: Candidate | None) -> str | None:
    """Whose point it is: the référent de parcours, else the exiting counsellor, else None (the structure's queue).

    Both must be active and entitled.
    """
    able = (who.account_id for who in (referent, exiting) if who and who.is_active and who.is_entitled)
    return next(able, None)
