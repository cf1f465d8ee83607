"""The life of a relay, tried in every order: whoever was sent always has a day, or somebody who is to call her."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.followup.rules import Candidate
from pathway.casework.relays.rules import (
    ANSWERABLE,
    MOVES,
    PENDING,
    RELAYABLE,
    RelayGesture,
    RelayResult,
    RelayState,
    Side,
    back_on,
    bounces,
    check_appointment,
    chosen_sections,
    comes_back,
    due_after,
    gestures,
    holder,
    is_pressing,
    moved,
    next_reminder,
    open_until,
)
from pathway.kernel.calendar import Holidays, is_working_day, working_days_between
from pathway.kernel.errors import Conflict, Invalid, Refused

FRANCE = Holidays.FRANCE

DAYS = st.dates(date(2025, 1, 1), date(2031, 1, 1))
ENDS = frozenset(RelayState) - PENDING - {RelayState.DRAFT}


@given(
    lived=st.lists(st.tuples(st.sampled_from(list(RelayGesture)), st.sampled_from(list(Side))), max_size=12),
    today=DAYS,
    is_outside=st.booleans(),
)
def test_from_its_sending_a_relay_always_has_a_day_or_has_ended(
    lived: list[tuple[RelayGesture, Side]], today: date, is_outside: bool
) -> None:
    state = RelayState.SENT
    for gesture, side in lived:
        try:
            state = moved(state, gesture, side, is_outside=is_outside)
        except (Conflict, Refused):
            continue
        due = due_after(state, today=today, appointment_on=today, holidays=FRANCE)
        assert (due is not None) == (state in PENDING)
        assert due is None or (due > today and is_working_day(due))
        # However long nobody does anything, the night brings it back.
        assert state not in PENDING or moved(state, RelayGesture.BOUNCE, Side.NIGHT, is_outside=is_outside)
    assert state in PENDING or state in ENDS


def test_every_end_but_a_good_one_gives_her_back() -> None:
    for state in ENDS - {RelayState.CLOSED}:
        assert comes_back(state)
    assert comes_back(RelayState.CLOSED, RelayResult.NOT_ENTERED)
    assert not comes_back(RelayState.CLOSED, RelayResult.ENTERED)
    assert not comes_back(RelayState.CLOSED, RelayResult.FINISHED)
    assert not is_pressing(RelayState.WITHDRAWN) and is_pressing(RelayState.BOUNCED)


def test_what_has_ended_never_begins_again() -> None:
    for state in ENDS:
        assert state not in MOVES
        assert not any(gestures(state, side, is_outside=outside) for side in Side for outside in (True, False))


def test_each_side_has_its_own_gestures() -> None:
    sent = RelayState.SENT
    assert gestures(sent, Side.SENDER, is_outside=False) == {RelayGesture.WITHDRAW}
    assert RelayGesture.ACKNOWLEDGE in gestures(sent, Side.SENDER, is_outside=True)
    assert gestures(sent, Side.LINK, is_outside=True) == {RelayGesture.ACKNOWLEDGE, RelayGesture.REFUSE}
    assert all(gestures(state, Side.PERSON, is_outside=False) == {RelayGesture.WITHDRAW} for state in ANSWERABLE)
    assert gestures(RelayState.ACCEPTED, Side.PERSON, is_outside=False) == frozenset()
    assert gestures(RelayState.DRAFT, Side.RECEIVER, is_outside=False) == frozenset()


@given(today=DAYS)
def test_five_working_days_to_acknowledge_ten_to_answer(today: date) -> None:
    due = due_after(RelayState.SENT, today=today, holidays=FRANCE)
    assert due is not None and working_days_between(today, due) == 5
    answered = due_after(RelayState.ACKNOWLEDGED, today=today, holidays=FRANCE)
    assert answered is not None and working_days_between(today, answered) == 10
    assert working_days_between(today, back_on(today, holidays=FRANCE)) == 2


@given(sent_on=DAYS, after=st.integers(0, 40), state=st.sampled_from(sorted(PENDING)), told=st.booleans())
def test_nothing_comes_back_before_its_day(sent_on: date, after: int, state: RelayState, told: bool) -> None:
    due = due_after(state, today=sent_on, appointment_on=sent_on, holidays=FRANCE)
    assert due is not None
    today = sent_on + timedelta(days=after)
    back = bounces(state, due_on=due, today=today, was_reminded=told)
    assert back == (today > due and (told or state is RelayState.SENT))
    assert next_reminder(today, holidays=FRANCE) > today


@given(today=DAYS, state=st.sampled_from(sorted(PENDING)))
def test_the_receiver_reads_until_its_day_and_no_longer_by_itself(today: date, state: RelayState) -> None:
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    due = due_after(state, today=today, appointment_on=today, holidays=FRANCE)
    assert due is not None
    until = open_until(state, now=now, due_on=due, holidays=FRANCE)
    assert now < until < now + timedelta(days=100)
    assert open_until(RelayState.REFUSED, now=now, due_on=None, holidays=FRANCE) == now
    assert open_until(RelayState.CLOSED, now=now, due_on=None, holidays=FRANCE) == now + timedelta(days=30)


@given(
    chosen=st.sets(st.sampled_from(sorted(RELAYABLE | {"identity", "followup", "alerts", "secrets"}))),
    readable=st.sets(st.sampled_from(sorted(RELAYABLE))),
    is_outside=st.booleans(),
    has_health_basis=st.booleans(),
)
def test_what_leaves_is_never_more_than_the_sender_reads(
    chosen: set[str], readable: set[str], is_outside: bool, has_health_basis: bool
) -> None:
    try:
        left = chosen_sections(chosen, readable=readable, is_outside=is_outside, has_health_basis=has_health_basis)
    except (Invalid, Refused):
        return
    assert left == chosen | {"identity"} and chosen and chosen <= readable & RELAYABLE
    assert "health" not in left or (has_health_basis and not is_outside)


def test_a_first_appointment_lies_ahead() -> None:
    today = date(2026, 11, 20)
    assert check_appointment(today, today=today) == today
    for wrong in (None, date(2026, 11, 19), date(2027, 11, 20)):
        with pytest.raises((Invalid, Refused)):
            check_appointment(wrong, today=today)


def person(name: str, *, active: bool = True, entitled: bool = True) -> Candidate:
    return Candidate(account_id=name, is_active=active, is_entitled=entitled)


def test_who_comes_back_always_has_a_structure() -> None:
    own = holder(sender=person("s"), from_structure="A", referent=person("r"), referent_structure="A")
    assert (own.structure_id, own.owner_id) == ("A", "r")
    other = holder(sender=person("s"), from_structure="A", referent=person("r"), referent_structure="B")
    assert (other.structure_id, other.owner_id) == ("A", "s")
    gone = holder(sender=person("s", active=False), from_structure="A", referent=person("r"), referent_structure="B")
    assert (gone.structure_id, gone.owner_id) == ("B", "r")
    nobody = holder(sender=person("s", entitled=False), from_structure="A", referent=None, referent_structure="")
    assert (nobody.structure_id, nobody.owner_id) == ("A", None)
