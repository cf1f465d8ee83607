"""Good Friday is worked in France and not in Alsace: whatever is put on a day asks the rules it stands on."""

from datetime import date, timedelta

from pathway.casework.followup.actions import ask_callback, choose_rhythm, mark_not_done, record_contact, replan_point
from pathway.casework.followup.rules import Channel, ContactResult, PointKind, ReplanReason, Rhythm
from pathway.casework.relays.actions import refuse_relay
from pathway.casework.relays.rules import RefusalReason
from pathway.demo.town import Town
from pathway.kernel.clock import local_day
from tests.casework.enrolments.steps import enter, leave, points, rows
from tests.casework.policies.policies import ALSACE
from tests.casework.policies.test_versions import published
from tests.casework.relays.scenes import answer, seen, send, to_call
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE, move

MONDAY, GOOD_FRIDAY, TUESDAY = date(2027, 3, 22), date(2027, 3, 26), date(2027, 3, 30)


def left_today(town: Town, **who: object) -> str:
    record_id = welcome(town, **who)  # type: ignore[arg-type]  # an identity or nothing
    leave(town, enter(town, record_id).enrolment_id)
    return record_id


def it_is(town: Town, day: date) -> None:
    move(town, (day - local_day(town.clock.now())).days)


def put_off(town: Town, record_id: str) -> date:
    point = points(town, record_id)[0]
    with town.acting("bruno") as tx:
        return replan_point(tx, point_id=point.id, on=GOOD_FRIDAY, reason=ReplanReason.NO_TIME, version=point.version)


def test_a_point_is_put_off_by_the_rules_its_plan_was_born_with(town: Town) -> None:
    it_is(town, date(2027, 3, 12))
    before = left_today(town)
    published(town, ALSACE)
    after = left_today(town, identity=ZOE)
    assert (put_off(town, before), put_off(town, after)) == (GOOD_FRIDAY, TUESDAY)


def test_the_next_try_and_what_follows_a_silence_lie_on_days_worked_there(town: Town) -> None:
    published(town, ALSACE)
    it_is(town, GOOD_FRIDAY - timedelta(days=28))
    record_id = left_today(town)
    last = points(town, record_id)[-1]
    with town.acting("bruno") as tx:
        mark_not_done(tx, point_id=last.id, reason="no_time")
    assert [one.due_on for one in points(town, record_id) if one.is_last] == [TUESDAY]
    it_is(town, date(2027, 3, 12))
    point = points(town, record_id)[0]
    asked = {"channel": Channel.PHONE, "result": ContactResult.NO_ANSWER, "next_on": GOOD_FRIDAY}
    with town.acting("bruno") as tx:
        record_contact(tx, record_id=record_id, made_on=tx.today, point_id=point.id, **asked)  # type: ignore[arg-type]
    assert {one.id: one.due_on for one in points(town, record_id)}[point.id] == TUESDAY


def test_an_asked_call_and_her_rhythm_follow_the_structure_that_calls(town: Town) -> None:
    published(town, ALSACE)
    it_is(town, date(2027, 3, 12))
    record_id, other = welcome(town), welcome(town, identity=ZOE)
    with town.acting("bruno") as tx:
        assert ask_callback(tx, record_id=record_id, on=GOOD_FRIDAY) == TUESDAY
        assert choose_rhythm(tx, record_id=other, rhythm=Rhythm.TWO_WEEKS) == TUESDAY
    assert [(one.kind, one.due_on) for one in points(town, other)] == [(PointKind.CALLBACK, TUESDAY)]


def test_a_relay_is_answered_on_the_days_of_its_receiver_and_comes_back_on_those_of_its_sender(town: Town) -> None:
    published(town, ALSACE, by="sylvie")
    it_is(town, MONDAY)
    record_id = welcome(town)
    relay = send(town, record_id)
    assert seen(town, relay).due_on == date(2027, 3, 31), "the Mission locale is closed on Good Friday"
    assert seen(town, send(town, record_id, "ccas")).due_on == TUESDAY
    move(town, 2)
    answer(town, refuse_relay, relay, reason=RefusalReason.NO_PLACE)
    assert [one.due_on for one in to_call(town, record_id)] == [GOOD_FRIDAY], "Bruno works that day"


def test_what_comes_back_names_the_rules_of_whoever_holds_it(town: Town) -> None:
    version = published(town, ALSACE)
    it_is(town, MONDAY)
    relay = send(town, welcome(town))
    move(town, 2)
    answer(town, refuse_relay, relay, reason=RefusalReason.NO_PLACE)
    (point,) = to_call(town, seen(town, relay).record_id)
    kept = {row["id"]: row["policy_version"] for row in rows(town.store, "plan")}
    assert (point.due_on, kept[point.plan_id]) == (TUESDAY, version)
