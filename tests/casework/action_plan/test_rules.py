from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.action_plan.rules import (
    CATEGORIES,
    HEALTH_THEME,
    PUT_BACK_WITHIN,
    EngagementState,
    Line,
    LineKind,
    LineState,
    Standing,
    by_theme,
    category_of,
    check_engagement_step,
    check_put_back,
    check_step,
    check_theme,
    is_health,
    is_shown,
    next_action,
    rooted,
    sees_plan,
    standings,
    theme_groups,
    theme_label,
    to_open,
)
from pathway.casework.sharing.rules import HERSELF, Access
from pathway.kernel.errors import Invalid, Refused

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
STATES = {
    LineKind.OBSTACLE: (LineState.OPEN, LineState.CLOSED, LineState.CANCELLED),
    LineKind.GOAL: (LineState.OPEN, LineState.DONE, LineState.GIVEN_UP, LineState.CANCELLED),
    LineKind.ACTION: (LineState.OPEN, LineState.DONE, LineState.GIVEN_UP, LineState.CANCELLED),
}
READER = Access(sections=frozenset({"obstacles"}))
NURSE = Access(sections=frozenset({"obstacles", "health"}))


def line(
    name: str, kind: LineKind = LineKind.OBSTACLE, under: Line | None = None, *, theme: str = "mobilite", days: int = 0
) -> Line:
    return Line(
        id=name,
        record_id="r",
        structure_id="ours",
        kind=kind,
        parent_id=under.id if under else None,
        root_id=under.root_id if under else name,
        state=LineState.OPEN,
        theme=under.theme if under else theme,
        text="",
        is_hers=False,
        owner_id=None,
        due_on=None,
        recorded_at=NOON + timedelta(days=days),
        changed_at=NOON + timedelta(days=days),
        changed_by="a",
        by_herself=False,
        version=1,
    )


@st.composite
def plans(draw: st.DrawFn) -> list[Line]:
    """Trees of every shape and state, in any order."""
    found: list[Line] = []
    themes = st.sampled_from(["mobilite", "famille", "sante", "mobilite--financer-ma-mobilite"])
    for rank in range(draw(st.integers(0, 3))):
        root = _any(draw, line(f"o{rank}", theme=draw(themes)))
        found.append(root)
        for under in range(draw(st.integers(0, 2))):
            goal = _any(draw, line(f"g{rank}{under}", LineKind.GOAL, root))
            above = draw(st.sampled_from([root, goal]))
            found += [goal, _any(draw, line(f"a{rank}{under}", LineKind.ACTION, above))]
    return draw(st.permutations(found))


def _any(draw: st.DrawFn, one: Line) -> Line:
    due_on = draw(st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1))) if one.kind is LineKind.ACTION else None
    structure = draw(st.sampled_from(["ours", "theirs"]))
    return replace(one, state=draw(st.sampled_from(STATES[one.kind])), due_on=due_on, structure_id=structure)


@given(plans(), st.sampled_from([READER, NURSE, HERSELF]), st.sampled_from(["", "ours", "theirs"]))
def test_no_reader_is_shown_health_or_an_abandon_that_is_not_hers_to_know(
    lines: list[Line], access: Access, own: str
) -> None:
    for one in rooted(one for one in lines if is_shown(one, access, structure_id=own)):
        assert one.state is not LineState.CANCELLED
        assert access is not READER or not is_health(one.theme)
        assert one.state is not LineState.GIVEN_UP or own in ("", one.structure_id)


@given(plans())
def test_nothing_hangs_in_the_air(lines: list[Line]) -> None:
    kept = rooted(one for one in lines if one.state is not LineState.CANCELLED)
    ids = {one.id for one in kept}
    assert all(one.parent_id is None or one.parent_id in ids for one in kept)


@given(plans())
def test_each_line_is_read_once_under_its_theme(lines: list[Line]) -> None:
    themes = by_theme(lines)
    read = [one for theme in themes for one in (*theme.obstacles, *theme.goals, *theme.actions, *theme.closed)]
    assert sorted(one.id for one in read) == sorted(one.id for one in rooted(lines))
    assert [theme.is_open for theme in themes] == sorted((theme.is_open for theme in themes), reverse=True)
    assert all(one.theme == theme.code for theme in themes for one in (*theme.actions, *theme.closed))


@given(plans())
def test_what_comes_next_is_open_up_to_its_difficulty_and_the_soonest(lines: list[Line]) -> None:
    known = {one.id: one for one in lines}
    for theme in by_theme(lines):
        found = next_action(theme)
        if found is None:
            continue
        assert found.is_open and known[found.root_id].is_open and known[found.parent_id or ""].is_open
        days = [one.due_on for one in theme.actions if one.due_on]
        assert found.due_on == (min(days) if days else None)


@given(plans(), st.sets(st.sampled_from(["none", *CATEGORIES])), st.none() | st.dates())
def test_not_assessed_is_never_none(lines: list[Line], answered: set[str], said_on: date | None) -> None:
    found = standings(lines, answered, said_on=said_on, with_health=True)
    touched = {category_of(one.theme) for one in lines if one.state is not LineState.CANCELLED and not one.parent_id}
    for code, standing in found.items():
        assert (standing is Standing.NONE) <= ("none" in answered and code != HEALTH_THEME)
        assert (standing is Standing.NOT_ASSESSED) == (
            code not in touched and code not in answered and ("none" not in answered or code == HEALTH_THEME)
        )


@given(plans(), st.sets(st.sampled_from(CATEGORIES)), st.dates())
def test_only_what_she_said_and_nobody_has_open_is_proposed(
    lines: list[Line], answered: set[str], said_on: date
) -> None:
    proposed = to_open(lines, answered, said_on=said_on)
    opened = {category_of(one.theme) for one in lines if one.kind is LineKind.OBSTACLE and one.is_open}
    assert set(proposed) <= answered - opened


def test_what_was_settled_is_proposed_again_only_when_it_is_said_again() -> None:
    closed = replace(line("o"), state=LineState.CLOSED)
    assert to_open([closed], {"mobilite"}, said_on=date(2026, 11, 20)) == []
    assert to_open([closed], {"mobilite"}, said_on=date(2026, 11, 21)) == ["mobilite"]


@given(st.sampled_from(list(LineKind)), st.sampled_from(list(LineState)), st.sampled_from(list(LineState)))
def test_a_step_can_be_taken_back_and_leads_to_a_state_of_its_kind(
    kind: LineKind, before: LineState, after: LineState
) -> None:
    try:
        check_step(kind, before, after)
    except Refused:
        return
    assert {before, after} <= set(STATES[kind]) - {LineState.CANCELLED} and before is not after
    check_step(kind, after, before)


@given(st.sampled_from(list(EngagementState)), st.sampled_from(list(EngagementState)))
def test_a_contract_comes_back_from_wherever_it_went(before: EngagementState, after: EngagementState) -> None:
    try:
        check_engagement_step(before, after)
    except Refused:
        return
    assert EngagementState.CURRENT in (before, after) and before is not after
    check_engagement_step(after, before)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3)))
def test_a_mistake_is_taken_back_for_a_day(since: timedelta) -> None:
    if since < PUT_BACK_WITHIN:
        check_put_back(NOON, now=NOON + since)
    else:
        with pytest.raises(Refused, match="24 heures"):
            check_put_back(NOON, now=NOON + since)


def test_the_list_holds_health_for_those_who_may_alone() -> None:
    plain = [code for _label, those in theme_groups(with_health=False) for code, _ in those]
    whole = [code for _label, those in theme_groups(with_health=True) for code, _ in those]
    assert len(plain) == len(set(plain)) and not any(is_health(code) for code in plain)
    assert {category_of(code) for code in whole} == {*CATEGORIES, HEALTH_THEME}
    for code in whole:
        assert check_theme(code, with_health=True) == code and theme_label(code) != code
    with pytest.raises(Invalid):
        check_theme(HEALTH_THEME, with_health=False)


def test_a_hidden_answer_hides_what_was_drawn_from_it() -> None:
    assert sees_plan(READER) and not sees_plan(replace(READER, hidden_items=frozenset({"obstacles"})))
    assert not sees_plan(Access(sections=frozenset({"situation"})))
