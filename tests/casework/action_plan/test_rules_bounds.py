"""The first and last days a plan may name, what is said just beyond, and what each reader sees of one line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pathway.casework.action_plan.rules import (
    EngagementState,
    LineKind,
    LineState,
    Standing,
    by_theme,
    check_due,
    check_engagement,
    check_engagement_step,
    check_put_back,
    check_step,
    check_text,
    check_theme,
    is_shown,
    may_put_back,
    next_action,
    rooted,
    sees_engagement,
    sees_health,
    standings,
    theme_groups,
    theme_label,
)
from pathway.casework.sharing.rules import Access
from pathway.kernel.errors import Invalid, PathwayError, Refused
from tests.casework.action_plan.test_rules import NOON, NURSE, READER, line

FRIDAY = date(2026, 11, 20)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def refused(said: Callable[[], object], kind: type[PathwayError]) -> tuple[str, str]:
    """The field it names, and its sentence."""
    with pytest.raises(kind) as refusal:
        said()
    return getattr(refusal.value, "field", ""), refusal.value.sentence


def test_a_theme_is_said_in_words_and_one_that_is_no_more_by_its_code() -> None:
    assert theme_label("mobilite") == "Mobilité"
    assert theme_label("mobilite--acceder-a-un-vehicule") == "Accéder à un véhicule"
    assert theme_label("mobilite--a-cheval") == "mobilite--a-cheval"


def test_a_category_is_offered_by_itself_then_by_its_themes() -> None:
    label, offered = theme_groups(with_health=False)[0]
    assert label == "Mobilité"
    assert offered[:2] == [("mobilite", "Mobilité"), ("mobilite--acceder-a-un-vehicule", "Accéder à un véhicule")]
    assert all(code.startswith("mobilite--") for code, _label in offered[1:])
    assert theme_groups(with_health=True)[-1][0] == "Santé"


@pytest.mark.parametrize("code", ["", "sante", "sante--acces-aux-soins", "mobilite--a-cheval", "none"])
def test_a_theme_out_of_the_list_is_refused_in_words(code: str) -> None:
    found = refused(lambda: check_theme(code, with_health=False), Invalid)
    assert found == ("theme", "Choisissez une difficulté de la liste.")


def test_a_line_holds_five_hundred_characters_without_its_edges() -> None:
    assert check_text(f"  {'é' * 500}\n", field="goal") == "é" * 500
    found = refused(lambda: check_text("é" * 501, field="goal"), Invalid)
    assert found == ("goal", "Ce texte est trop long : 500 caractères au plus.")


def test_an_empty_line_is_refused_only_where_something_is_needed() -> None:
    assert check_text(" \n", field="goal") == ""
    assert check_text("Passer le permis", field="goal", needed="Écrivez l’objectif.") == "Passer le permis"
    assert refused(lambda: check_text(" \n", field="goal", needed="Écrivez l’objectif."), Invalid) == (
        "goal",
        "Écrivez l’objectif.",
    )


def test_a_line_is_for_today_at_the_soonest_and_in_two_years_at_the_latest() -> None:
    for due_on in (None, FRIDAY, date(2028, 11, 20)):
        check_due(due_on, today=FRIDAY)
    assert refused(lambda: check_due(FRIDAY - DAY, today=FRIDAY), Refused) == (
        "due_on",
        "Ce jour est passé. Choisissez un jour à venir, ou aucun.",
    )
    assert refused(lambda: check_due(date(2028, 11, 21), today=FRIDAY), Refused) == (
        "due_on",
        "Ce jour est dans plus de deux ans. Vérifiez l’année.",
    )


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (LineKind.OBSTACLE, LineState.OPEN, LineState.CLOSED),
        (LineKind.OBSTACLE, LineState.CLOSED, LineState.OPEN),
        (LineKind.GOAL, LineState.OPEN, LineState.DONE),
        (LineKind.GOAL, LineState.DONE, LineState.OPEN),
        (LineKind.ACTION, LineState.OPEN, LineState.GIVEN_UP),
        (LineKind.ACTION, LineState.GIVEN_UP, LineState.OPEN),
    ],
)
def test_a_line_is_settled_and_taken_up_again(kind: LineKind, before: LineState, after: LineState) -> None:
    check_step(kind, before, after)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        (LineKind.OBSTACLE, LineState.OPEN, LineState.DONE),
        (LineKind.ACTION, LineState.OPEN, LineState.CLOSED),
        (LineKind.ACTION, LineState.DONE, LineState.GIVEN_UP),
        (LineKind.ACTION, LineState.DONE, LineState.DONE),
        (LineKind.GOAL, LineState.CANCELLED, LineState.OPEN),
    ],
)
def test_a_line_goes_nowhere_else_and_it_is_said(kind: LineKind, before: LineState, after: LineState) -> None:
    found = refused(lambda: check_step(kind, before, after), Refused)
    assert found == ("", "Cette ligne du plan a déjà changé. Rechargez la page.")


def test_a_contract_may_end_and_be_looked_at_again_the_day_it_begins() -> None:
    check_engagement(FRIDAY, FRIDAY, FRIDAY, reference="é" * 60)
    check_engagement(FRIDAY, None, None, reference="")


@pytest.mark.parametrize(
    ("until_on", "review_on", "reference", "field", "words"),
    [
        (FRIDAY - DAY, None, "", "until_on", "La fin vient avant le début. Vérifiez les deux jours."),
        (None, FRIDAY - DAY, "", "review_on", "La prochaine revue vient avant le début. Vérifiez le jour."),
        (FRIDAY, FRIDAY, "é" * 61, "reference", "Cette référence est trop longue : 60 signes au plus."),
    ],
    ids=["ends before", "looked at before", "long reference"],
)
def test_the_days_of_a_contract_follow_each_other(
    until_on: date | None, review_on: date | None, reference: str, field: str, words: str
) -> None:
    found = refused(lambda: check_engagement(FRIDAY, until_on, review_on, reference=reference), Invalid)
    assert found == (field, words)


def test_a_contract_ends_or_was_a_mistake_and_comes_back() -> None:
    states = EngagementState
    for away in (states.ENDED, states.CANCELLED):
        check_engagement_step(states.CURRENT, away)
        check_engagement_step(away, states.CURRENT)
    words = "Ce contrat a déjà changé. Rechargez la page."
    assert refused(lambda: check_engagement_step(states.ENDED, states.CANCELLED), Refused) == ("", words)
    assert refused(lambda: check_engagement_step(states.CURRENT, states.CURRENT), Refused) == ("", words)


def test_a_contract_said_to_be_a_mistake_is_put_back_until_the_last_second_of_a_day() -> None:
    assert may_put_back(NOON, now=NOON + DAY - SECOND) and not may_put_back(NOON, now=NOON + DAY)
    assert refused(lambda: check_put_back(NOON, now=NOON + DAY), Refused) == (
        "",
        "Ce contrat est annulé depuis plus de 24 heures. Notez-le de nouveau.",
    )


def test_health_and_contracts_each_need_their_own_section() -> None:
    assert sees_health(NURSE) and not sees_health(READER)
    assert sees_engagement(Access(sections=frozenset({"situation"}))) and not sees_engagement(NURSE)


def test_a_difficulty_of_health_is_shown_to_those_who_may_alone() -> None:
    health = line("o", theme="sante--acces-aux-soins")
    assert is_shown(health, NURSE, structure_id="theirs") and not is_shown(health, READER, structure_id="ours")
    assert is_shown(line("o"), READER, structure_id="theirs") and is_shown(line("o"), NURSE, structure_id="theirs")


def test_what_a_structure_put_aside_is_read_by_it_and_by_herself() -> None:
    aside = replace(line("a", LineKind.ACTION), state=LineState.GIVEN_UP)
    assert [is_shown(aside, READER, structure_id=one) for one in ("ours", "", "theirs")] == [True, True, False]


def test_what_was_written_by_mistake_is_read_by_nobody() -> None:
    mistake = replace(line("o"), state=LineState.CANCELLED)
    assert not any(is_shown(mistake, NURSE, structure_id=one) for one in ("ours", "", "theirs"))


def test_a_line_is_kept_with_all_that_it_hangs_under_and_only_then() -> None:
    root = line("o")
    goal = line("g", LineKind.GOAL, root)
    action = line("a", LineKind.ACTION, goal)
    assert rooted([action, goal, root]) == [action, goal, root]
    assert rooted([action, root]) == [root] and rooted([action, goal]) == []


def test_what_hangs_under_a_settled_line_is_settled_with_it() -> None:
    root = line("o")
    goal = line("g", LineKind.GOAL, root)
    action = line("a", LineKind.ACTION, goal)
    [theme] = by_theme([root, goal, action])
    assert (theme.goals, theme.actions, theme.closed) == ((goal,), (action,), ()) and theme.is_open
    done = replace(goal, state=LineState.DONE)
    [theme] = by_theme([root, done, action])
    assert (theme.goals, theme.actions) == ((), ()) and set(theme.closed) == {done, action} and theme.is_open
    closed = replace(root, state=LineState.CLOSED)
    [theme] = by_theme([closed, goal, action])
    assert theme.actions == () and set(theme.closed) == {goal, action} and not theme.is_open


def test_what_comes_next_has_the_first_day_else_it_is_the_oldest_without_one() -> None:
    root = line("o")
    oldest, old = (replace(line(one, LineKind.ACTION, root), recorded_at=NOON - DAY) for one in "ab")
    soon = replace(line("c", LineKind.ACTION, root), due_on=FRIDAY)
    later = replace(line("d", LineKind.ACTION, root), due_on=FRIDAY + DAY, recorded_at=NOON - 9 * DAY)
    last = line("e", LineKind.ACTION, root)
    [theme] = by_theme([root, last, later, old, soon, oldest])
    assert theme.actions == (soon, later, oldest, old, last) and next_action(theme) == soon
    [theme] = by_theme([root, last, oldest])
    assert next_action(theme) == oldest
    [theme] = by_theme([root])
    assert next_action(theme) is None


def test_health_has_a_standing_for_those_who_see_it_alone() -> None:
    health = line("o", theme="sante")
    assert standings([health], (), said_on=None, with_health=True)["sante"] is Standing.OPEN
    assert "sante" not in standings([health], (), said_on=None, with_health=False)
