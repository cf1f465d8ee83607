"""How right a rule is: each alert counted once, and a threshold that would really have spared the needless ones."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from pathway.casework.alerts.precision import MOST_NEEDLESS, Outcome, Sparing, over_all, precision, sparing
from pathway.casework.alerts.vocabulary import RuleId

START = date(2026, 11, 20)


def outcome(over: int | None, *, needless: bool = False, acted: int | None = None) -> Outcome:
    """An R07 opened on the 29th day after the last step; a step began that many days after it."""
    opened_on = START + timedelta(days=29)
    return Outcome(
        rule=RuleId.R07,
        structure_id="pae",
        opened_on=opened_on,
        threshold="gap_days",
        threshold_days=28,
        since_on=START,
        over_on=START + timedelta(days=over) if over is not None else None,
        acted_on=opened_on + timedelta(days=acted) if acted is not None else None,
        is_not_relevant=needless,
        is_cleared=over is not None and not needless,
    )


def test_an_alert_counts_once_needless_before_acted_before_cleared() -> None:
    (line,) = precision(
        [outcome(30, needless=True, acted=1), outcome(40, acted=7), outcome(40, acted=8), outcome(None)]
    )
    assert (line.opened, line.not_relevant, line.acted, line.cleared, line.other) == (4, 1, 1, 1, 1)
    assert line.month == date(2026, 12, 1)


def test_a_rule_is_flagged_above_a_fifth_and_not_on_four_alerts() -> None:
    assert not precision([outcome(30, needless=True)] * 4)[0].is_flagged
    assert not precision([outcome(30, needless=True), *[outcome(40)] * 4])[0].is_flagged
    assert precision([outcome(30, needless=True)] * 2 + [outcome(40)] * 4)[0].is_flagged


def test_the_threshold_told_would_have_spared_the_needless_ones() -> None:
    (line,) = precision([outcome(31, needless=True)] * 2 + [outcome(35, needless=True)] + [outcome(50)] * 5)
    # A gap of 31 days opens on the 32nd: one needless alert is left, of six.
    assert line.sparing == Sparing(threshold="gap_days", present=28, days=31, opened=6, not_relevant=1)
    assert precision([outcome(31, needless=True)] * 6)[0].sparing is None


def test_what_lasts_after_it_was_set_aside_would_have_come_with_any_threshold() -> None:
    assert precision([outcome(None, needless=True)] * 2 + [outcome(90)] * 4)[0].sparing is None


def test_a_late_point_opens_on_its_day_and_a_silence_the_day_after() -> None:
    late = [replace(one, rule=RuleId.R02) for one in [outcome(31, needless=True)] * 2 + [outcome(50)] * 5]
    found = sparing(late)
    assert found is not None and found.days == 32


def test_a_rule_that_counts_no_days_has_no_threshold_to_change() -> None:
    missed = [replace(one, rule=RuleId.R04, threshold="") for one in [outcome(31, needless=True)] * 6]
    assert over_all(missed)[0].is_flagged and over_all(missed)[0].sparing is None


@given(st.lists(st.builds(outcome, st.none() | st.integers(29, 90), needless=st.booleans()), min_size=1, max_size=30))
def test_a_threshold_told_always_keeps_its_promise_and_no_lower_one_does(group: list[Outcome]) -> None:
    assume(sum(one.is_not_relevant for one in group) > MOST_NEEDLESS * len(group))
    found = sparing(group)
    for days in range(29, found.days if found else 92):
        left = [one for one in group if one.over_on is None or one.over_on > START + timedelta(days=days)]
        assert not left or sum(one.is_not_relevant for one in left) > MOST_NEEDLESS * len(left)
    if found:
        left = [one for one in group if one.over_on is None or one.over_on > START + timedelta(days=found.days)]
        assert (len(left), sum(one.is_not_relevant for one in left)) == (found.opened, found.not_relevant)
        assert left and found.not_relevant <= MOST_NEEDLESS * found.opened
