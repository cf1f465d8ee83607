from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.followup.queries import work_of_the_day
from pathway.casework.partners.actions import cancel_absence, declare_absence
from pathway.casework.partners.queries import absences
from pathway.casework.partners.rules import Away, check_absence, stand_ins
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from tests.casework.enrolments.steps import enter, leave, orphans
from tests.town import welcome

TODAY = date(2026, 11, 20)
WHO = st.sampled_from(["bruno", "fatou", "denis"])


@st.composite
def away(draw: st.DrawFn) -> Away:
    start = draw(st.integers(-5, 40))
    return Away(
        account_id=draw(WHO),
        from_on=TODAY + timedelta(days=start),
        until_on=TODAY + timedelta(days=start + draw(st.integers(-1, 20))),
        stand_in_id=draw(st.none() | WHO),
    )


@given(st.lists(away(), max_size=8), st.integers(-5, 60))
def test_nobody_stands_in_while_away_and_nobody_is_away_twice(asked: list[Away], days: int) -> None:
    known: list[Away] = []
    for one in asked:
        try:
            check_absence(one, known, today=TODAY)
            known.append(one)
        except (Invalid, Refused):
            continue
    on = TODAY + timedelta(days=days)
    there = stand_ins(known, on=on)
    assert len(there) == sum(one.from_on <= on <= one.until_on for one in known)
    assert not set(there) & {one for one in there.values() if one}


def declared(town: Town, *, who: str = "bruno", stand_in: str = "fatou", by: str = "bruno", start: int = 0) -> str:
    with town.acting(by) as tx:
        return declare_absence(
            tx,
            account_id=town.accounts[who],
            from_on=tx.today + timedelta(days=start),
            until_on=tx.today + timedelta(days=start + 10),
            stand_in_id=town.accounts[stand_in] if stand_in else None,
        )


def day_of(town: Town, who: str) -> int:
    with town.acting(who, write=False) as tx:
        return len(work_of_the_day(tx))


def late(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    leave(town, enter(town, amina).enrolment_id)
    clock.move(timedelta(days=7))


def test_points_are_the_work_of_the_stand_in_on_those_days_only(town: Town, clock: FixedClock) -> None:
    late(town, clock)
    assert (day_of(town, "bruno"), day_of(town, "fatou")) == (1, 0)
    absence = declared(town)
    assert (day_of(town, "bruno"), day_of(town, "fatou"), orphans(town)) == (1, 1, [])
    with town.acting("bruno") as tx:
        cancel_absence(tx, absence)
    assert day_of(town, "fatou") == 0


def test_without_a_stand_in_the_whole_team_sees_them(town: Town, clock: FixedClock) -> None:
    late(town, clock)
    declared(town, stand_in="")
    assert day_of(town, "fatou") == 1
    assert day_of(town, "elise") == 0


def test_an_absence_to_come_changes_nothing_yet(town: Town, clock: FixedClock) -> None:
    late(town, clock)
    declared(town, start=1)
    assert day_of(town, "fatou") == 0
    clock.move(timedelta(days=1))
    assert day_of(town, "fatou") == 1


def test_one_declares_ones_own_and_a_responsable_anybodys(town: Town) -> None:
    declared(town, by="denis")
    with pytest.raises(NotAllowed):
        declared(town, who="denis", by="fatou", stand_in="")
    with pytest.raises(Refused):
        declared(town, who="elise", by="denis", stand_in="")
    with pytest.raises(NotFound), town.acting("elise") as tx:
        cancel_absence(tx, absences_of(town)[0])


def absences_of(town: Town) -> list[str]:
    with town.acting("bruno", write=False) as tx:
        return [one.id for one in absences(tx)]
