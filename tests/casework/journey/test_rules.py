from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.journey.rules import GAP_FROM_DAYS, MomentKind, Span, gaps, overlaps, timeline
from pathway.casework.schemes.rules import SchemeKind

TODAY = date(2026, 11, 20)
DAYS = st.dates(date(2025, 1, 1), TODAY)


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    drawn = draw(st.lists(st.tuples(DAYS, st.none() | st.integers(0, 300)), max_size=6))
    return [
        Span(step_id=f"step-{number}", from_on=start, until_on=_end(start, length))
        for number, (start, length) in enumerate(drawn)
    ]


def _end(start: date, length: int | None) -> date | None:
    return None if length is None else min(start + timedelta(days=length), TODAY)


def covered(known: list[Span], day: date) -> bool:
    return any(span.from_on <= day and (span.until_on is None or day <= span.until_on) for span in known)


@given(spans())
def test_no_day_of_a_gap_lies_inside_a_step(known: list[Span]) -> None:
    for gap in gaps(known, today=TODAY):
        inside = [gap.on + timedelta(days=step) for step in range(gap.days - 1)]
        assert gap.days >= GAP_FROM_DAYS
        assert not any(covered(known, day) for day in inside)


@given(spans())
def test_every_long_empty_time_between_the_first_step_and_today_is_a_gap(known: list[Span]) -> None:
    found = gaps(known, today=TODAY)
    first = min((span.from_on for span in known), default=TODAY)
    empty = [first + timedelta(days=step) for step in range((TODAY - first).days)]
    lonely = {day for day in empty if not covered(known, day)}
    told = {gap.on + timedelta(days=step) for gap in found for step in range(gap.days)}
    runs = [day for day in lonely - told if all(day + timedelta(days=back) in lonely for back in range(-14, 0))]
    assert runs == []


@given(spans(), st.lists(DAYS, max_size=5))
def test_every_step_end_and_contact_is_told_once_newest_first(known: list[Span], calls: list[date]) -> None:
    moments = timeline(known, [(f"call-{number}", on) for number, on in enumerate(calls)], today=TODAY)
    told = [(moment.kind, moment.about) for moment in moments if moment.kind is not MomentKind.GAP]
    ends = [(MomentKind.EXIT, span.step_id) for span in known if span.until_on is not None]
    starts = [(MomentKind.ENTRY, span.step_id) for span in known]
    spoken = [(MomentKind.CONTACT, f"call-{number}") for number in range(len(calls))]
    assert sorted(told) == sorted([*starts, *ends, *spoken])
    assert [moment.on for moment in moments] == sorted((moment.on for moment in moments), reverse=True)


def test_nothing_is_told_of_nobody() -> None:
    assert timeline([], [], today=TODAY) == ()


RUNNING = st.lists(st.tuples(st.sampled_from(SchemeKind), st.sampled_from(["ccas", "pae", "plie"])), max_size=8)


@given(RUNNING)
def test_an_overlap_names_at_least_two_structures_that_run_that_kind(running: list[tuple[SchemeKind, str]]) -> None:
    for found in overlaps(running):
        assert len(found.structure_ids) > 1
        assert {(found.kind, structure_id) for structure_id in found.structure_ids} <= set(running)


def test_two_structures_with_the_same_kind_of_support_overlap() -> None:
    (found,) = overlaps([(SchemeKind.PLIE, "plie"), (SchemeKind.PLIE, "ccas"), (SchemeKind.CEJ, "pae")])
    assert (found.kind, found.structure_ids) == (SchemeKind.PLIE, ("ccas", "plie"))


def test_two_workshops_or_two_steps_in_one_structure_are_no_overlap() -> None:
    assert overlaps([(SchemeKind.WORKSHOP, "pae"), (SchemeKind.WORKSHOP, "ccas")]) == ()
    assert overlaps([(SchemeKind.PLIE, "plie"), (SchemeKind.PLIE, "plie")]) == ()
