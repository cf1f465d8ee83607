"""What a timeline says line by line, in which order, and the first and last days of an empty time."""

from datetime import date, timedelta

import pytest

from pathway.casework.journey.rules import GAP_FROM_DAYS, Moment, MomentKind, Span, gaps, overlaps, timeline
from pathway.casework.schemes.rules import SchemeKind

TODAY = date(2026, 11, 20)
MARCH = date(2026, 3, 2)


def days(count: int) -> timedelta:
    return timedelta(days=count)


def test_a_timeline_says_each_moment_with_what_it_is_about() -> None:
    spans = [
        Span(step_id="b", from_on=MARCH, until_on=MARCH),
        Span(step_id="a", from_on=MARCH + days(30), until_on=None),
    ]
    assert timeline(spans, [("call", MARCH)], today=TODAY) == (
        Moment(kind=MomentKind.ENTRY, on=MARCH + days(30), about="a"),
        Moment(kind=MomentKind.GAP, on=MARCH + days(1), about="", until_on=MARCH + days(30), days=30),
        Moment(kind=MomentKind.EXIT, on=MARCH, about="b"),
        Moment(kind=MomentKind.CONTACT, on=MARCH, about="call"),
        Moment(kind=MomentKind.ENTRY, on=MARCH, about="b"),
    )


def test_an_empty_time_stands_above_what_happened_on_its_first_day() -> None:
    spans = [Span(step_id="a", from_on=MARCH, until_on=MARCH)]
    moments = timeline(spans, [("call", MARCH + days(1))], today=MARCH + days(40))
    assert [one.kind for one in moments] == [
        MomentKind.GAP,
        MomentKind.CONTACT,
        MomentKind.EXIT,
        MomentKind.ENTRY,
    ]


@pytest.mark.parametrize(("length", "is_told"), [(GAP_FROM_DAYS - 1, False), (GAP_FROM_DAYS, True)])
def test_an_empty_time_is_told_from_fifteen_days(length: int, is_told: bool) -> None:
    assert GAP_FROM_DAYS == 15
    ended = Span(step_id="a", from_on=MARCH, until_on=MARCH)
    assert bool(gaps([ended], today=MARCH + days(length))) is is_told
    next_one = Span(step_id="b", from_on=MARCH + days(length), until_on=None)
    assert bool(gaps([next_one, ended], today=TODAY)) is is_told


def test_a_short_step_inside_a_long_one_ends_nothing() -> None:
    long = Span(step_id="a", from_on=MARCH, until_on=MARCH + days(100))
    short = Span(step_id="b", from_on=MARCH + days(10), until_on=MARCH + days(20))
    assert gaps([long, short], today=MARCH + days(110)) == ()
    (gap,) = gaps([short, long], today=MARCH + days(130))
    assert (gap.on, gap.until_on, gap.days) == (MARCH + days(101), MARCH + days(130), 30)


def test_overlaps_come_in_the_order_of_schemes_and_name_each_structure_once() -> None:
    running = [(kind, structure) for kind in reversed(SchemeKind) for structure in ("plie", "ccas", "ccas", "pae")]
    found = overlaps(running)
    kinds = [one.kind for one in found]
    assert len(found) > 1 and kinds == [kind for kind in SchemeKind if kind in kinds]
    assert {one.structure_ids for one in found} == {("ccas", "pae", "plie")}
    assert SchemeKind.WORKSHOP not in kinds and SchemeKind.PLIE in kinds
