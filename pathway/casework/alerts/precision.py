"""How right each rule is: what became of its alerts, and the threshold that would have spared the needless ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pathway.casework.alerts.policy import LONGEST
from pathway.casework.alerts.vocabulary import RuleId

ACTED_WITHIN = timedelta(days=7)
MOST_NEEDLESS = 0.2  # product rule: above, the rule is flagged
FEWEST = 5  # below, a share says nothing
_FOR_EVER = 10_000  # days
# The rules that count days from a fact: which fact, and how many days after its threshold an alert opens.
COUNTED: Mapping[RuleId, tuple[str, int]] = {
    RuleId.R02: ("due_on", 0),
    RuleId.R03: ("since_on", 1),
    RuleId.R06: ("from_on", 1),
    RuleId.R07: ("ended_on", 1),
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one alert; days are those of Paris.

    `threshold`, `threshold_days`: the threshold that opened it, empty for a rule that counts no days. `since_on`: the
    fact its days are counted from. `over_on`: when what it told was over, None as long as it lasts: setting an alert
    aside ends the alert, not the silence.
    """

    rule: RuleId
    structure_id: str
    opened_on: date
    threshold: str = ""
    threshold_days: int | None = None
    since_on: date | None = None
    over_on: date | None = None
    acted_on: date | None = None
    is_not_relevant: bool = False
    is_cleared: bool = False


@dataclass(frozen=True, kw_only=True)
class Sparing:
    """The lowest threshold that would have kept the needless alerts within a fifth: its name, what it was, what it
    would be, and what would have been left of those alerts."""

    threshold: str
    present: int
    days: int
    opened: int
    not_relevant: int


@dataclass(frozen=True, kw_only=True)
class RulePrecision:
    """One rule in one structure, in one month (None: over the whole period). An alert counts once: not relevant, else
    acted on in time, else cleared by itself, else still open or ended late. `sparing`: None when the rule is not
    flagged, counts no days, or when no threshold would have done."""

    rule: RuleId
    structure_id: str
    month: date | None
    opened: int
    acted: int
    not_relevant: int
    cleared: int
    other: int
    sparing: Sparing | None = None

    @property
    def is_flagged(self) -> bool:
        """Whether too many of its alerts were needless."""
        return self.opened >= FEWEST and self.not_relevant > MOST_NEEDLESS * self.opened


def precision(outcomes: Iterable[Outcome]) -> list[RulePrecision]:
    """Each rule, structure and month of opening, newest month first."""
    lines = _grouped(outcomes, lambda one: one.opened_on.replace(day=1))
    return sorted(lines, key=lambda line: -line.month.toordinal() if line.month else 0)


def over_all(outcomes: Iterable[Outcome]) -> list[RulePrecision]:
    """Each rule and structure over all that is given."""
    return _grouped(outcomes, lambda _: None)


def _grouped(outcomes: Iterable[Outcome], month_of: Callable[[Outcome], date | None]) -> list[RulePrecision]:
    groups: dict[tuple[str, str, date | None], list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault((one.structure_id, one.rule.value, month_of(one)), []).append(one)
    keys = sorted(groups, key=lambda key: (key[0], key[1], key[2] or date.min))
    return [_line(RuleId(key[1]), key[0], key[2], groups[key]) for key in keys]


def _line(rule: RuleId, structure_id: str, month: date | None, group: Sequence[Outcome]) -> RulePrecision:
    said = [_became(one) for one in group]
    line = RulePrecision(
        rule=rule,
        structure_id=structure_id,
        month=month,
        opened=len(group),
        acted=said.count("acted"),
        not_relevant=said.count("not_relevant"),
        cleared=said.count("cleared"),
        other=said.count("other"),
    )
    return replace(line, sparing=sparing(group)) if line.is_flagged else line


def _became(one: Outcome) -> str:
    if one.is_not_relevant:
        return "not_relevant"
    if one.acted_on is not None and one.acted_on - one.opened_on <= ACTED_WITHIN:
        return "acted"
    return "cleared" if one.is_cleared else "other"


def sparing(group: Sequence[Outcome]) -> Sparing | None:
    """The threshold to change, above what it is: of those that opened the alerts, the one behind most of the needless
    ones. None when no number of days would have kept them within a fifth, or when the rule counts no days.

    An alert whose cause was over before those days would not have opened.
    """
    counted = [one for one in group if one.rule in COUNTED and one.since_on is not None and one.threshold]
    names = sorted({one.threshold for one in counted})
    if not names:
        return None
    name = max(names, key=lambda name: sum(one.is_not_relevant for one in counted if one.threshold == name))
    return _sparing(name, [one for one in counted if one.threshold == name])


def _sparing(name: str, group: Sequence[Outcome]) -> Sparing | None:
    present = max(one.threshold_days or 0 for one in group)
    for days in sorted({_spared_by(one) for one in group}):
        left = [one for one in group if _spared_by(one) > days]
        needless = sum(one.is_not_relevant for one in left)
        if left and present < days <= LONGEST and needless <= MOST_NEEDLESS * len(left):
            return Sparing(threshold=name, present=present, days=days, opened=len(left), not_relevant=needless)
    return None


def would_have(outcomes: Iterable[Outcome], threshold: str, days: int) -> tuple[int, int]:
    """(how many alerts that threshold opened, how many of them would have opened with that many days).

    What a lower threshold would have opened besides cannot be told from what was opened.
    """
    opened = [one for one in outcomes if one.threshold == threshold]
    return len(opened), sum(_spared_by(one) > days for one in opened)


def _spared_by(one: Outcome) -> int:
    """The lowest threshold with which it would not have opened; what still lasts would have come with any."""
    if one.since_on is None or one.over_on is None:
        return _FOR_EVER
    return (one.over_on - one.since_on).days + 1 - COUNTED[one.rule][1]
