from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.followup.protocol import (
    QUESTIONS,
    Try,
    attempt_is_done,
    callback_due,
    is_lost_from_sight,
    is_resumed,
    question_points,
    questions_limit,
    replanned,
    rhythm_due,
)
from pathway.casework.followup.rules import Channel, ContactResult, PlanKind, PointKind, Rhythm
from pathway.casework.followup.vocabulary import QUESTION_ITEMS
from pathway.casework.records.catalogue import CATALOGUE
from pathway.kernel.calendar import Holidays, add_months, is_working_day
from pathway.kernel.errors import Refused

FRANCE = Holidays.FRANCE

FRIDAY = date(2026, 11, 20)
DAYS = st.dates(date(2024, 1, 1), date(2030, 1, 1))
CHANNELS = st.sampled_from(Channel)
TRIES = st.lists(st.builds(Try, channel=CHANNELS, result=st.sampled_from(ContactResult)), max_size=8)
ANSWERS = (ContactResult.REACHED, ContactResult.REFUSED)


@given(tries=TRIES, channel=CHANNELS, result=st.sampled_from(ANSWERS))
def test_any_answer_ends_being_lost_from_sight(tries: list[Try], channel: Channel, result: ContactResult) -> None:
    assert not is_lost_from_sight([*tries, Try(channel=channel, result=result)])


@given(tries=TRIES)
def test_lost_from_sight_takes_three_tries_and_two_channels(tries: list[Try]) -> None:
    if is_lost_from_sight(tries):
        last = tries[-3:]
        assert len(last) == 3 and not {one.result for one in last} & set(ANSWERS)
        assert len({one.channel for one in tries}) > 1


def test_three_calls_alone_do_not_lose_her_from_sight() -> None:
    call = Try(channel=Channel.PHONE, result=ContactResult.NO_ANSWER)
    letter = Try(channel=Channel.POST, result=ContactResult.NO_ANSWER)
    assert not is_lost_from_sight([call, call, call])
    assert not is_lost_from_sight([call, letter])
    assert is_lost_from_sight([call, call, letter])


@given(left=st.integers(0, 3), channels=st.frozensets(CHANNELS, min_size=1))
def test_a_last_point_is_never_done_by_a_silence(left: int, channels: frozenset[Channel]) -> None:
    assert not attempt_is_done(is_last=True, attempts_left=left, channels=channels)


def test_the_last_attempt_waits_for_a_second_channel() -> None:
    assert attempt_is_done(is_last=False, attempts_left=1, channels={Channel.PHONE})
    assert not attempt_is_done(is_last=False, attempts_left=0, channels={Channel.PHONE})
    assert attempt_is_done(is_last=False, attempts_left=0, channels={Channel.PHONE, Channel.SMS})


@given(
    plan_kind=st.sampled_from(PlanKind),
    kind=st.sampled_from(PointKind),
    is_last=st.booleans(),
    due=st.integers(0, 900),
    event_on=DAYS,
    after=st.integers(-400, 900),
)
def test_coming_back_never_closes_the_last_point_nor_what_lies_at_six_months(
    plan_kind: PlanKind, kind: PointKind, is_last: bool, due: int, event_on: date, after: int
) -> None:
    due_on, entered_on = event_on + timedelta(days=due), event_on + timedelta(days=after)
    if is_resumed(
        plan_kind=plan_kind,
        kind=kind,
        is_last=is_last,
        original_due_on=due_on,
        event_on=event_on,
        entered_on=entered_on,
    ):
        assert not is_last and kind not in QUESTIONS and plan_kind is not PlanKind.CALLBACK
        assert due_on < add_months(event_on, 6) and entered_on >= event_on


@given(event_on=DAYS, late=st.integers(0, 400))
def test_questions_are_asked_on_working_days_to_come_and_never_settle(event_on: date, late: int) -> None:
    recorded_on = event_on + timedelta(days=late)
    points = question_points(event_on, recorded_on, holidays=FRANCE)
    assert [one.kind for one in points] == [PointKind.EXIT_QUESTIONS, PointKind.LATER_QUESTIONS]
    assert all(is_working_day(one.due_on) and one.due_on >= recorded_on and not one.is_last for one in points)


def test_questions_on_leaving_count_for_four_weeks() -> None:
    assert [one.due_on for one in question_points(FRIDAY, FRIDAY, holidays=FRANCE)] == [
        date(2026, 12, 4),
        date(2027, 5, 20),
    ]
    assert questions_limit(PointKind.EXIT_QUESTIONS, FRIDAY) == date(2026, 12, 18)
    assert questions_limit(PointKind.LATER_QUESTIONS, FRIDAY) is None


def test_questions_are_items_of_the_dictionary() -> None:
    assert set(QUESTION_ITEMS) == set(QUESTIONS)
    assert {key for keys in QUESTION_ITEMS.values() for key in keys} <= CATALOGUE.keys()


@given(today=DAYS, ahead=st.integers(-5, 100))
def test_a_call_is_asked_for_a_working_day_of_the_three_months_to_come(today: date, ahead: int) -> None:
    asked_on = today + timedelta(days=ahead)
    if 1 <= ahead <= 91:
        due_on = callback_due(asked_on, today=today, holidays=FRANCE)
        assert is_working_day(due_on) and 0 <= (due_on - asked_on).days <= 5
    else:
        with pytest.raises(Refused) as refusal:
            callback_due(asked_on, today=today, holidays=FRANCE)
        assert refusal.value.field == "on"


@given(rhythm=st.sampled_from(Rhythm), today=DAYS, ago=st.integers(0, 300))
def test_her_rhythm_gives_a_working_day_to_come_or_none(rhythm: Rhythm, today: date, ago: int) -> None:
    due_on = rhythm_due(rhythm, contact_on=today - timedelta(days=ago), today=today, holidays=FRANCE)
    assert (due_on is None) is (rhythm is Rhythm.PLANNED)
    assert due_on is None or (due_on > today and is_working_day(due_on))


def test_every_month_is_the_same_day_of_the_next_month() -> None:
    assert rhythm_due(Rhythm.MONTHLY, contact_on=FRIDAY, today=FRIDAY, holidays=FRANCE) == date(2026, 12, 21)
    assert rhythm_due(Rhythm.TWO_WEEKS, contact_on=FRIDAY, today=FRIDAY, holidays=FRANCE) == date(2026, 12, 4)


@given(today=DAYS, ahead=st.integers(-5, 100), due=st.integers(-90, 90), replans=st.integers(0, 5))
def test_a_point_is_put_off_within_three_months_and_the_third_time_told(
    today: date, ahead: int, due: int, replans: int
) -> None:
    due_on = today + timedelta(days=due)
    try:
        moved = replanned(
            on=today + timedelta(days=ahead), today=today, due_on=due_on, replans=replans, holidays=FRANCE
        )
    except Refused as refusal:
        assert refusal.field == "on"
        return
    assert 1 <= ahead <= 91 and is_working_day(moved.due_on) and moved.due_on != due_on
    assert moved.to_responsable is (replans >= 2)


def test_questions_are_not_put_off_beyond_their_limit_while_it_lies_ahead() -> None:
    asked: dict[str, Any] = {"today": FRIDAY, "due_on": FRIDAY, "replans": 0, "holidays": FRANCE}
    with pytest.raises(Refused, match="à poser avant"):
        replanned(on=date(2026, 12, 21), limit_on=date(2026, 12, 18), **asked)
    assert replanned(on=date(2026, 12, 17), limit_on=date(2026, 12, 18), **asked).due_on == date(2026, 12, 17)
    assert replanned(on=date(2026, 12, 17), limit_on=date(2026, 11, 1), **asked).due_on == date(2026, 12, 17)
