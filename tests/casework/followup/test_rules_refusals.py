"""What cannot be said of an exit or of a try is refused at its own field, in words that say what to do; days off are
those of the policy."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from pathway.casework.followup.rules import (
    DEFAULT_POLICY,
    AttemptOutcome,
    ContactResult,
    ExitKind,
    PlannedPoint,
    PlanRequest,
    PointKind,
    after_attempt,
    is_old,
    plan_points,
    successor_of_last,
)
from pathway.kernel.calendar import Holidays
from pathway.kernel.errors import Invalid, Refused

TODAY = date(2026, 11, 20)
EXIT = PlanRequest(kind=ExitKind.DURABLE_JOB, event_on=TODAY, recorded_on=TODAY)
PAUSE = replace(EXIT, kind=ExitKind.PAUSED)
ALSACE = replace(DEFAULT_POLICY, holidays=Holidays.ALSACE_MOSELLE)
SECOND_CHRISTMAS = date(2028, 12, 26)  # a Tuesday: nobody works in Alsace, everybody does elsewhere
DAY_AFTER = date(2028, 12, 27)


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises((Invalid, Refused)) as refused:
        act()
    assert isinstance(refused.value, Invalid | Refused)
    return refused.value.field, refused.value.sentence


def plan(request: PlanRequest) -> None:
    plan_points(DEFAULT_POLICY, request)


def tried(next_on: date | None, *, holidays: Holidays = Holidays.FRANCE) -> AttemptOutcome:
    return after_attempt(
        result=ContactResult.NO_ANSWER,
        attempted_on=TODAY,
        due_on=TODAY,
        replans=0,
        next_on=next_on,
        is_last=False,
        holidays=holidays,
    )


@pytest.mark.parametrize(
    ("request_", "field", "sentence"),
    [
        (
            replace(EXIT, event_on=TODAY + timedelta(days=1)),
            "event_on",
            "La date de sortie est dans le futur. Indiquez la date du jour ou une date passée.",
        ),
        (
            replace(EXIT, event_on=date(2016, 11, 19)),
            "event_on",
            "La date de sortie remonte à plus de dix ans. Vérifiez l’année.",
        ),
        (
            replace(EXIT, ends_on=TODAY - timedelta(days=1)),
            "ends_on",
            "La fin du contrat ou de la formation est avant la date de sortie. Vérifiez les deux dates.",
        ),
        (
            replace(EXIT, ends_on=date(2031, 11, 21)),
            "ends_on",
            "La fin du contrat ou de la formation est plus de cinq ans après la sortie. Vérifiez l’année.",
        ),
        (PAUSE, "review_on", "Indiquez la date à laquelle faire le point."),
        (
            replace(PAUSE, review_on=TODAY),
            "review_on",
            "La date pour faire le point est déjà passée. Indiquez une date à venir.",
        ),
        (
            replace(PAUSE, review_on=TODAY + timedelta(days=92)),
            "review_on",
            "La date pour faire le point est au plus tard 91 jours après la sortie.",
        ),
        (
            replace(PAUSE, event_on=TODAY - timedelta(days=91)),
            "kind",
            "Cette pause a commencé il y a 91 jours ou plus : elle est finie. Choisissez un autre motif de sortie.",
        ),
    ],
)
def test_an_impossible_exit_is_refused_at_its_field(request_: PlanRequest, field: str, sentence: str) -> None:
    assert refusal(lambda: plan(request_)) == (field, sentence)


@pytest.mark.parametrize(
    "request_", [replace(EXIT, ends_on=TODAY), replace(EXIT, ends_on=date(2031, 11, 20)), replace(EXIT, event_on=TODAY)]
)
def test_what_is_just_possible_is_accepted(request_: PlanRequest) -> None:
    plan(request_)


@pytest.mark.parametrize(
    ("next_on", "sentence"),
    [
        (None, "Indiquez quand réessayer : la personne n’a pas été jointe."),
        (TODAY, "La date du prochain essai est après celle de cet essai."),
        (TODAY + timedelta(days=92), "Le prochain essai a lieu dans les 91 jours."),
    ],
)
def test_a_next_try_is_refused_at_its_field(next_on: date | None, sentence: str) -> None:
    assert refusal(lambda: tried(next_on)) == ("next_on", sentence)


def test_a_last_point_reached_early_keeps_its_date_and_its_owner() -> None:
    due_on = TODAY + timedelta(days=11)
    outcome = after_attempt(
        result=ContactResult.REACHED,
        attempted_on=TODAY,
        due_on=due_on,
        replans=9,
        next_on=None,
        is_last=True,
        holidays=Holidays.FRANCE,
    )
    assert outcome == AttemptOutcome(closes=False, next_due_on=due_on, to_responsable=False)


@pytest.mark.parametrize(("recorded_on", "old"), [(date(2026, 8, 28), False), (date(2026, 8, 29), True)])
def test_an_exit_is_old_from_the_day_after_six_months(recorded_on: date, old: bool) -> None:
    assert is_old(replace(EXIT, event_on=date(2026, 2, 28), recorded_on=recorded_on)) is old


def test_an_old_exit_taken_up_again_has_one_last_point_on_a_working_day() -> None:
    old = replace(EXIT, event_on=date(2028, 1, 10), recorded_on=date(2028, 12, 20), resume_on=SECOND_CHRISTMAS)
    assert plan_points(DEFAULT_POLICY, old) == (
        PlannedPoint(kind=PointKind.RESUME, due_on=SECOND_CHRISTMAS, is_last=True),
    )
    assert plan_points(ALSACE, old) == (PlannedPoint(kind=PointKind.RESUME, due_on=DAY_AFTER, is_last=True),)
    assert plan_points(DEFAULT_POLICY, replace(old, kind=ExitKind.CLOSED)) == ()


@pytest.mark.parametrize(
    "request_",
    [
        PlanRequest(
            kind=ExitKind.PAUSED, event_on=date(2028, 12, 4), recorded_on=date(2028, 12, 4), review_on=SECOND_CHRISTMAS
        ),
        PlanRequest(
            kind=ExitKind.DURABLE_JOB,
            event_on=date(2028, 12, 4),
            recorded_on=date(2028, 12, 4),
            ends_on=SECOND_CHRISTMAS + timedelta(days=30),
        ),
        # Points already past are taken up in two working days: 22 December is a Friday, then Christmas Day.
        PlanRequest(kind=ExitKind.DURABLE_JOB, event_on=date(2028, 8, 1), recorded_on=date(2028, 12, 21)),
    ],
    ids=["review", "before-end", "catch-up"],
)
def test_points_avoid_the_days_off_of_their_policy_and_no_others(request_: PlanRequest) -> None:
    everywhere = {point.due_on for point in plan_points(DEFAULT_POLICY, request_)}
    there = {point.due_on for point in plan_points(ALSACE, request_)}
    assert SECOND_CHRISTMAS in everywhere and SECOND_CHRISTMAS not in there
    assert DAY_AFTER in there


def test_a_next_try_and_a_successor_avoid_the_days_off_of_their_policy() -> None:
    on = date(2026, 12, 26)  # a Saturday: the Monday after is the first working day everywhere
    assert tried(on).next_due_on == date(2026, 12, 28)
    good_friday = date(2027, 3, 26)
    assert successor_of_last(good_friday - timedelta(days=28), holidays=Holidays.FRANCE) == good_friday
    assert successor_of_last(good_friday - timedelta(days=28), holidays=Holidays.ALSACE_MOSELLE) > good_friday


def test_a_try_again_on_a_day_off_of_its_policy_waits_for_the_next_working_day() -> None:
    def again(holidays: Holidays) -> date | None:
        return after_attempt(
            result=ContactResult.NO_ANSWER,
            attempted_on=date(2028, 12, 20),
            due_on=date(2028, 12, 20),
            replans=0,
            next_on=SECOND_CHRISTMAS,
            is_last=False,
            holidays=holidays,
        ).next_due_on

    assert (again(Holidays.FRANCE), again(Holidays.ALSACE_MOSELLE)) == (SECOND_CHRISTMAS, DAY_AFTER)


def test_no_point_of_any_exit_of_a_season_is_due_on_a_day_off_of_its_policy() -> None:
    days = [date(2028, 6, 1) + timedelta(days=number) for number in range(200)]
    exits = [replace(EXIT, event_on=day, recorded_on=day) for day in days]
    everywhere = {point.due_on for one in exits for point in plan_points(DEFAULT_POLICY, one)}
    there = {point.due_on for one in exits for point in plan_points(ALSACE, one)}
    assert SECOND_CHRISTMAS in everywhere and SECOND_CHRISTMAS not in there


def test_a_review_date_means_nothing_where_nothing_is_paused() -> None:
    reviewed = replace(EXIT, review_on=TODAY + timedelta(days=20))
    assert plan_points(DEFAULT_POLICY, reviewed) == plan_points(DEFAULT_POLICY, EXIT)
