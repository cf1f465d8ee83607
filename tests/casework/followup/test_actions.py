import threading
from datetime import date, timedelta
from typing import Any

import pytest

from pathway.casework.followup.actions import mark_not_done, reassign_points, record_contact
from pathway.casework.followup.queries import (
    contacts,
    point_facts,
    point_seen,
    work_of_the_day,
)
from pathway.casework.followup.rules import Channel, ContactResult, PointState, is_settled
from pathway.casework.sharing.rules import PARTS
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import call, enter, leave, orphans, points, rows, share
from tests.casework.partners.test_actions import leave_post
from tests.town import welcome

TODAY = date(2026, 11, 20)
# From a Friday 20 November: D+7, D+28, D+91, +6 months, D+365 on working days.
DUE = [date(2026, 11, 27), date(2026, 12, 18), date(2027, 2, 19), date(2027, 5, 20), date(2027, 11, 22)]
UNREACHED = [result for result in ContactResult if result not in (ContactResult.REACHED, ContactResult.REFUSED)]


def gone(town: Town, **exit: Any) -> str:
    """Amina, out of her step today; gives her record."""
    amina = welcome(town)
    leave(town, enter(town, amina).enrolment_id, **exit)
    return amina


def on(clock: FixedClock, day: date) -> None:
    clock.move(timedelta(days=(day - clock.now().date()).days))


def not_done(town: Town, point_id: str, by: str = "bruno") -> None:
    with town.acting(by) as tx:
        mark_not_done(tx, point_id=point_id, reason="no_time")


def test_a_contact_closes_the_points_within_ten_days_on_either_side_and_no_other(town: Town, clock: FixedClock) -> None:
    amina = gone(town)
    assert [point.due_on for point in points(town, amina)] == DUE
    on(clock, DUE[1] - timedelta(days=10))
    done = call(town, amina)
    assert (done.closed, done.next_due_on) == (2, DUE[2])
    assert [point.due_on for point in points(town, amina)] == DUE[2:]


def test_a_contact_eleven_days_early_closes_only_what_is_overdue(town: Town, clock: FixedClock) -> None:
    amina = gone(town)
    on(clock, DUE[1] - timedelta(days=11))
    call(town, amina)
    assert [point.due_on for point in points(town, amina)] == DUE[1:]


def test_a_late_contact_closes_the_point_it_was_made_for(town: Town, clock: FixedClock) -> None:
    amina = gone(town)
    on(clock, DUE[0] + timedelta(days=20))
    assert call(town, amina, on=DUE[0] + timedelta(days=11)).closed == 2
    assert [row["state"] for row in rows(town.store, "point", "ORDER BY due_on")][:2] == ["done", "done"]


@pytest.mark.parametrize("result", UNREACHED)
def test_nobody_reached_puts_the_point_off_and_keeps_its_first_date(town: Town, result: ContactResult) -> None:
    amina = gone(town)
    done = call(town, amina, result=result, next_on=date(2026, 12, 5))
    first = points(town, amina)[0]
    assert (done.closed, done.next_due_on) == (0, date(2026, 12, 7))
    assert (first.due_on, first.original_due_on, first.replans) == (date(2026, 12, 7), DUE[0], 1)
    assert len(points(town, amina)) == 5


@pytest.mark.parametrize("next_on", [None, TODAY, TODAY - timedelta(days=1), TODAY + timedelta(days=92)])
def test_trying_again_needs_a_day_to_come_within_three_months(town: Town, next_on: date | None) -> None:
    amina = gone(town)
    with pytest.raises(Refused) as refusal:
        call(town, amina, result=ContactResult.NO_ANSWER, next_on=next_on)
    assert refusal.value.field == "next_on"
    assert rows(town.store, "contact_attempt") == []


def test_the_third_time_a_point_is_put_off_it_goes_to_the_responsable(town: Town, clock: FixedClock) -> None:
    amina = gone(town)
    first = points(town, amina)[0].id
    for number in range(1, 4):
        next_on = clock.now().date() + timedelta(days=14)
        call(town, amina, result=ContactResult.NO_ANSWER, next_on=next_on, point_id=first)
        row = rows(town.store, "point", f"WHERE id = '{first}'")[0]
        assert (row["replans"], bool(row["to_responsable"])) == (number, number == 3)
        clock.move(timedelta(days=14))


def test_each_change_of_a_point_is_kept_as_it_stood(town: Town) -> None:
    amina = gone(town)
    call(town, amina, result=ContactResult.MESSAGE_LEFT, next_on=date(2026, 12, 7))
    call(town, amina, on=TODAY, point_id=points(town, amina)[0].id)
    changes = rows(town.store, "point_change", "ORDER BY point_id, number")
    first = [row for row in changes if row["number"] > 1]
    assert [(row["number"], row["reason"], row["state"]) for row in first] == [
        (2, "message_left", "open"),
        (3, "contact", "done"),
    ]
    assert {row["changed_by"] for row in first} == {town.accounts["bruno"]}


@pytest.mark.parametrize("days", [1, -366])
def test_a_contact_of_an_impossible_day_is_refused(town: Town, days: int) -> None:
    amina = gone(town)
    with pytest.raises(Refused) as refusal:
        call(town, amina, on=TODAY + timedelta(days=days))
    assert refusal.value.field == "made_on"


def test_a_contact_without_any_point_is_kept_all_the_same(town: Town) -> None:
    amina = welcome(town)
    done = call(town, amina, note="Va bien.")
    assert (done.closed, done.next_due_on) == (0, None)
    kept = rows(town.store, "contact_attempt")[0]
    assert b"Va bien" not in bytes(kept["note"])
    with town.acting("bruno", write=False) as tx:
        assert tx.sealing.open_value(amina, "contact_attempt", kept["id"], bytes(kept["note"])) == {"note": "Va bien."}


def test_somebody_joined_early_for_the_last_point_keeps_it(town: Town) -> None:
    amina = gone(town)
    last = points(town, amina)[-1]
    assert call(town, amina, point_id=last.id).closed == 1  # the one of D+7, within ten days
    assert points(town, amina)[-1].id == last.id


def test_an_exit_is_settled_by_a_result_on_its_last_point(town: Town, clock: FixedClock) -> None:
    amina = gone(town)
    plan_id = rows(town.store, "plan")[0]["id"]
    for day in DUE:
        assert not settled(town, plan_id)
        on(clock, day)
        call(town, amina)
    assert settled(town, plan_id)
    assert (points(town, amina), orphans(town)) == ([], [])


def settled(town: Town, plan_id: str) -> bool:
    with town.acting("bruno", write=False) as tx:
        return is_settled(point_facts(tx, plan_id))


def test_not_done_is_an_outcome_and_on_the_last_point_it_opens_another(town: Town) -> None:
    amina = gone(town)
    for point in points(town, amina):
        not_done(town, point.id)
    left = points(town, amina)
    assert [(point.due_on, point.is_last) for point in left] == [(date(2026, 12, 18), True)]
    assert left[0].owner_id == town.accounts["bruno"]
    assert orphans(town) == []
    not_done(town, left[0].id)
    assert len(points(town, amina)) == 1
    assert sum(row["is_last"] for row in rows(town.store, "point")) == 1


def test_a_point_of_another_structure_is_noted_not_done_by_itself_alone(town: Town) -> None:
    amina = gone(town)
    share(town, amina, "mission-locale", sections={"identity", "contact", *PARTS})
    point = points(town, amina, by="elise")[0]
    with pytest.raises(Refused, match="autre structure"):
        not_done(town, point.id, by="elise")
    assert len(points(town, amina)) == 5 and points(town, amina)[0].id == point.id


def test_a_point_is_closed_once(town: Town) -> None:
    amina = gone(town)
    point = points(town, amina)[0]
    not_done(town, point.id)
    with pytest.raises(NotFound, match="déjà fait"):
        not_done(town, point.id)
    with pytest.raises(NotFound, match="déjà fait"):
        call(town, amina, point_id=point.id)


def test_two_hands_on_one_point_at_the_same_time_change_it_once(town: Town) -> None:
    amina = gone(town)
    point = points(town, amina)[0]
    met: list[str] = []

    def second() -> None:
        try:
            not_done(town, point.id, by="denis")
            met.append("done")
        except (Conflict, NotFound) as error:
            met.append(error.code)

    beside = threading.Thread(target=second)
    with town.acting("bruno") as tx:
        mark_not_done(tx, point_id=point.id, reason="no_time")
        beside.start()
        beside.join(0.3)  # it waits for the first one
    beside.join(20)
    assert met in (["conflict"], ["not_found"])
    changes = rows(town.store, "point_change", f"WHERE point_id = '{point.id}' AND number > 1")
    assert [row["changed_by"] for row in changes] == [town.accounts["bruno"]]


def test_points_are_given_to_a_colleague_who_follows_people(town: Town) -> None:
    amina = gone(town)
    with town.acting("denis") as tx:
        assert reassign_points(tx, record_id=amina, owner_id=town.accounts["fatou"]) == 5
    assert {point.owner_id for point in points(town, amina)} == {town.accounts["fatou"]}
    for stranger in ("chloe", "theo"):
        with pytest.raises(Refused) as refusal, town.acting("denis") as tx:
            reassign_points(tx, record_id=amina, owner_id=town.accounts[stranger])
        assert refusal.value.field == "owner_id"


def test_a_structure_gives_only_the_points_it_holds(town: Town) -> None:
    amina = gone(town)
    share(town, amina, "mission-locale", sections={"identity", "pathway", "followup"})
    with town.acting("elise") as tx:
        assert reassign_points(tx, record_id=amina, owner_id=town.accounts["karim"]) == 0
    assert {point.owner_id for point in points(town, amina)} == {town.accounts["bruno"]}


def test_chloe_sees_and_touches_nothing_of_it(town: Town) -> None:
    amina = gone(town)
    point = points(town, amina)[0]
    assert points(town, amina, by="chloe") == []
    with town.acting("chloe", write=False) as tx:
        assert (contacts(tx, amina), work_of_the_day(tx)) == ([], [])
        for asked in (point.id, "z" * 26):
            with pytest.raises(NotFound) as refusal:
                point_seen(tx, asked)
            assert "ou vous n’y avez pas accès" in refusal.value.sentence
    for attempt in (
        lambda: call(town, amina, by="chloe"),
        lambda: not_done(town, point.id, by="chloe"),
        lambda: taken(town, amina, by="chloe"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert len(points(town, amina)) == 5


def taken(town: Town, record_id: str, by: str) -> None:
    with town.acting(by) as tx:
        reassign_points(tx, record_id=record_id, owner_id=town.accounts[by])


def test_the_work_of_the_day_is_mine_and_what_nobody_active_owns(town: Town, clock: FixedClock) -> None:
    mine, orphaned = gone(town), welcome(town, by="fatou")
    leave(town, enter(town, orphaned, by="fatou").enrolment_id, by="fatou")
    assert [line.record_id for line in day_of(town, "bruno")] == [mine]
    leave_post(town, "fatou", TODAY)
    clock.move(timedelta(days=1))
    assert {line.record_id for line in day_of(town, "bruno")} == {mine, orphaned}
    assert {line.record_id for line in day_of(town, "denis")} == {orphaned}


def day_of(town: Town, by: str) -> list[Any]:
    with town.acting(by, write=False) as tx:
        return work_of_the_day(tx)


def test_the_person_is_told_only_of_the_contacts_that_reached_her(town: Town) -> None:
    amina = gone(town)
    call(town, amina, result=ContactResult.WRONG_NUMBER, next_on=date(2026, 12, 7))
    call(town, amina, point_id=points(town, amina)[0].id)
    herself = Actor(role="jobseeker", account_id="j" * 26, record_id=amina)
    with Transaction(town.store, actor=herself, clock=town.clock, door="web", write=False) as tx:
        assert [line.result for line in contacts(tx, amina)] == [ContactResult.REACHED]
    with town.acting("bruno", write=False) as tx:
        assert len(contacts(tx, amina)) == 2


def test_what_the_system_closes_settles_nothing(town: Town) -> None:
    amina = gone(town)
    last = points(town, amina)[-1]
    nobody = Actor(role="counsellor", account_id="", structure_id=town.structures["pae-centre"])
    with Transaction(town.store, actor=nobody, clock=town.clock, door="jobs") as tx:
        record_contact(
            tx,
            record_id=amina,
            channel=Channel.PHONE,
            result=ContactResult.REFUSED,
            made_on=TODAY,
            point_id=last.id,
        )
    plan_id = rows(town.store, "plan")[0]["id"]
    assert {row["state"] for row in rows(town.store, "point") if row["id"] == last.id} == {PointState.DONE}
    assert not settled(town, plan_id)


def test_the_same_contact_sent_again_within_two_minutes_is_refused_then_it_is_another(
    town: Town, clock: FixedClock
) -> None:
    amina = gone(town)
    point_id = points(town, amina)[0].id
    for _ in range(2):
        call(town, amina, result=ContactResult.NO_ANSWER, next_on=date(2026, 12, 7), point_id=point_id)
        with pytest.raises(Conflict, match="double clic"):
            call(town, amina, result=ContactResult.NO_ANSWER, next_on=date(2026, 12, 7), point_id=point_id)
        clock.move(timedelta(minutes=2))
    assert len(rows(town.store, "contact_attempt")) == 2


def test_a_last_point_that_keeps_its_date_takes_one_contact_a_click(town: Town) -> None:
    amina = gone(town)
    last = points(town, amina)[-1].id
    call(town, amina, point_id=last)
    with pytest.raises(Conflict, match="double clic"):
        call(town, amina, point_id=last)
    assert points(town, amina)[-1].id == last


def test_one_call_may_be_noted_at_once_for_two_points_and_by_two_colleagues(town: Town, clock: FixedClock) -> None:
    amina = gone(town)
    on(clock, DUE[2] + timedelta(days=15))
    first, second, third = (point.id for point in points(town, amina)[:3])
    call(town, amina, point_id=first)
    assert call(town, amina, point_id=second).closed == 1
    assert call(town, amina, by="fatou", point_id=third).closed == 1
