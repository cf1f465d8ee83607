"""How many points de suivi each week would hold, and whose: those open, and the exits of the last half-year again."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pathway.casework.followup.rules import LONGEST_CONTRACT_MONTHS, ExitKind, PlanRequest, Policy, plan_points
from pathway.kernel.calendar import add_months

WEEKS = 26
# A counsellor who follows 80 people can bear about five points a week, that is 75 minutes (product rule).
BEARABLE = 8
_AGO = timedelta(weeks=WEEKS)

Scope = tuple[str, str]  # (structure id, scheme id): what decides which rules an exit follows


@dataclass(frozen=True, kw_only=True)
class OpenWork:
    """An open point: whose it is (None: the structure's queue) and its day."""

    owner_id: str | None
    due_on: date


@dataclass(frozen=True, kw_only=True)
class PastExit:
    """An exit of the last 26 weeks, as far as its points depend on it, and who owns them. No person is named."""

    scope: Scope
    kind: ExitKind
    event_on: date
    ends_on: date | None
    is_short_activity: bool
    owner_id: str | None


@dataclass(frozen=True, kw_only=True)
class Week:
    """One week from its Monday, the first one from today: owner → how many points."""

    begins_on: date
    counts: Mapping[str | None, int]

    @property
    def total(self) -> int:
        """Everybody's points."""
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True)
class Heavy:
    """A week that asks more of one person than she can bear."""

    owner_id: str
    begins_on: date
    count: int


@dataclass(frozen=True, kw_only=True)
class Load:
    """Twenty-six weeks, and how many points lie beyond them."""

    weeks: tuple[Week, ...]
    later: int

    @property
    def total(self) -> int:
        """Every point, those beyond included."""
        return sum(week.total for week in self.weeks) + self.later


def weekly_load(
    *, open_work: Sequence[OpenWork], exits: Iterable[PastExit], policies: Mapping[Scope, Policy], today: date
) -> Load:
    """The points of 26 weeks by owner. Overdue ones count in the week under way.

    Every exit of the last 26 weeks is taken to come again 26 weeks later, recorded the same day, under the rules of its
    scope. A contact that closes two points at once is not foreseen: this is the most there would be.
    """
    coming = [work for one in exits for work in _replayed(one, policies[one.scope])]
    monday = today - timedelta(days=today.weekday())
    counts = [Counter[str | None]() for _ in range(WEEKS)]
    later = 0
    for work in (*open_work, *coming):
        index = max((work.due_on - monday).days // 7, 0)
        if index < WEEKS:
            counts[index][work.owner_id] += 1
        else:
            later += 1
    weeks = (Week(begins_on=max(monday + timedelta(weeks=n), today), counts=held) for n, held in enumerate(counts))
    return Load(weeks=tuple(weeks), later=later)


def heavy_weeks(load: Load) -> tuple[Heavy, ...]:
    """The weeks that ask more than eight points of one person, by date. A queue is nobody's: it is left out."""
    return tuple(
        Heavy(owner_id=owner_id, begins_on=week.begins_on, count=count)
        for week in load.weeks
        for owner_id, count in week.counts.items()
        if owner_id is not None and count > BEARABLE
    )


def begins_on(today: date) -> date:
    """The first day whose exits are replayed: 26 weeks ago."""
    return today - _AGO


def _replayed(one: PastExit, policy: Policy) -> list[OpenWork]:
    event_on = one.event_on + _AGO
    request = PlanRequest(
        kind=one.kind,
        event_on=event_on,
        recorded_on=event_on,
        # Months are not all as long: a contract of just five years must not become longer.
        ends_on=min(one.ends_on + _AGO, add_months(event_on, LONGEST_CONTRACT_MONTHS)) if one.ends_on else None,
        # The day a pause is reviewed on is agreed each time: the latest is the one it may not pass.
        review_on=event_on + timedelta(days=policy.review_within_days) if one.kind is ExitKind.PAUSED else None,
        is_short_activity=one.is_short_activity,
        has_open_support=one.is_short_activity,
        is_retirement=one.kind is ExitKind.CLOSED,  # the only end of follow-up that opens a point
    )
    return [OpenWork(owner_id=one.owner_id, due_on=point.due_on) for point in plan_points(policy, request)]
