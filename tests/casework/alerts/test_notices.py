"""Remarks on a record: on their day, until something answers them, in words that name nothing she said."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.alerts.notices import (
    AskedAgain,
    Notice,
    NoticeFacts,
    StepSpan,
    ending_sentence,
    notice_sentence,
    notices,
)
from pathway.casework.alerts.policy import DEFAULT_ALERT_POLICY, changed
from pathway.casework.alerts.vocabulary import NoticeId

DAY = date(2026, 11, 20)
NOTHING = NoticeFacts()
OBSTACLE = NoticeFacts(obstacles_on=DAY)
CONFLICT = NoticeFacts(conflicts=("housing", "city"))
AGAIN = NoticeFacts(asked_again=AskedAgain(enrolment_id="e1", on=DAY, times=2))
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
spans = st.integers(0, 900)


def after(number: int) -> date:
    return DAY + timedelta(days=number)


def found(facts: NoticeFacts, on: date) -> list[Notice]:
    return list(notices(facts, on=on, policy=DEFAULT_ALERT_POLICY))


def back(away: int, *, left: int | None = None) -> NoticeFacts:
    """She left on DAY, and came back so many days after."""
    again = StepSpan(enrolment_id="e2", entered_on=after(away), left_on=after(left) if left is not None else None)
    first = StepSpan(enrolment_id="e1", entered_on=after(-200), left_on=DAY)
    return NoticeFacts(steps=(again, first))


@given(number=spans)
def test_an_obstacle_left_alone_is_noticed_beyond_sixty_days(number: int) -> None:
    rules = [one.rule for one in found(OBSTACLE, after(number))]
    assert rules == ([NoticeId.N12] if number > 60 else [])


@given(acts=st.lists(days, max_size=4), number=spans)
def test_anything_recorded_after_an_obstacle_answers_it(acts: list[date], number: int) -> None:
    said = found(replace(OBSTACLE, acts_on=tuple(acts)), after(number))
    assert bool(said) is (number > 60 and not any(day > DAY for day in acts))


@given(away=st.integers(1, 1000), since=st.integers(0, 60))
def test_coming_back_is_noticed_within_two_years_for_a_month(away: int, since: int) -> None:
    said = found(back(away), after(away + since))
    assert bool(said) is (15 <= away <= 730 and since <= 30)
    for one in said:
        (limit,) = [limit for low, limit in ((0, 180), (180, 365), (365, 730)) if low < away <= limit]
        assert (one.rule, one.days, one.parameters["threshold_days"]) == (NoticeId.N16, away, limit)


def test_no_return_while_a_step_was_open_nor_once_it_has_ended() -> None:
    other = StepSpan(enrolment_id="e3", entered_on=after(-10))
    assert found(NoticeFacts(steps=(*back(90).steps, other)), after(91)) == []
    assert found(back(90, left=95), after(96)) == []
    overlapping = StepSpan(enrolment_id="e3", entered_on=after(-10), left_on=after(92))
    assert found(NoticeFacts(steps=(*back(90).steps, overlapping)), after(93)) == []


def test_answers_that_disagree_are_noticed_as_long_as_they_do() -> None:
    (said,) = found(CONFLICT, after(900))
    assert (said.rule, said.facts) == (NoticeId.N13, {"items": "city housing"})
    assert notice_sentence(said) == "Plusieurs réponses à décider avec la personne : « Commune » et « Logement »."


@given(number=st.integers(-5, 60), times=st.integers(0, 3))
def test_what_was_asked_again_is_noticed_for_a_month(number: int, times: int) -> None:
    asked = AskedAgain(enrolment_id="e1", on=DAY, times=times)
    said = found(NoticeFacts(asked_again=asked), after(number))
    assert bool(said) is (times > 0 and 0 <= number <= 30)


@given(
    facts=st.builds(
        NoticeFacts,
        obstacles_on=st.none() | days,
        acts_on=st.lists(days, max_size=3).map(tuple),
        conflicts=st.lists(st.sampled_from(["housing", "city"]), unique=True).map(tuple),
        steps=st.lists(
            st.builds(StepSpan, enrolment_id=st.text("ab", max_size=3), entered_on=days, left_on=days | st.none()),
            max_size=4,
        ).map(tuple),
    ),
    on=days,
)
def test_whatever_happened_each_remark_is_said_once_whole_and_the_same_again(facts: NoticeFacts, on: date) -> None:
    said = found(facts, on)
    assert said == found(facts, on)
    for one in said:
        assert one.version and one.policy_version == DEFAULT_ALERT_POLICY.version
        for sentence in (notice_sentence(one), ending_sentence(one)):
            assert sentence.endswith(".") and "{" not in sentence


@pytest.mark.parametrize(
    ("facts", "number", "words"),
    [
        (OBSTACLE, 61, "Des difficultés ont été dites le 20\u00a0novembre\u00a02026, il y a 61\u00a0jours"),
        (AGAIN, 1, "À l’entrée du 20\u00a0novembre\u00a02026, 2 réponses déjà connues ont été redemandées."),
        (
            back(45),
            45,
            "De retour 45\u00a0jours après la sortie du 20\u00a0novembre\u00a02026 (moins de 180\u00a0jours)",
        ),
    ],
)
def test_each_remark_says_its_day(facts: NoticeFacts, number: int, words: str) -> None:
    (said,) = found(facts, after(number))
    assert notice_sentence(said).startswith(words)
    assert ending_sentence(said).startswith("Cette remarque disparaît ")


def test_the_territory_chooses_its_own_thresholds() -> None:
    shorter = changed(DEFAULT_ALERT_POLICY, "test", {"obstacle_days": 10})
    assert notices(OBSTACLE, on=after(11), policy=shorter)[0].policy_version == "test"
