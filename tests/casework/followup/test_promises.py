"""What follow-up promises beyond the plan of an exit: asked calls, rhythms, put-offs, tries, questions, a return."""

from datetime import date, timedelta
from typing import Any

import pytest

from pathway.casework.followup.actions import (
    answer_questions,
    ask_callback,
    change_referent,
    choose_rhythm,
    mark_not_done,
    record_contact,
    replan_point,
)
from pathway.casework.followup.queries import PointLine, point_history, work_of_the_day
from pathway.casework.followup.reading import closed_points, lost_from_sight
from pathway.casework.followup.rules import Channel, ContactResult, PointKind, PointState, ReplanReason, Rhythm
from pathway.casework.partners.actions import declare_absence
from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.queries import accesses_of
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, Refused
from tests.casework.enrolments.steps import call, enter, leave, orphans, points, rows, share
from tests.casework.followup.test_actions import DUE, TODAY, gone, on
from tests.town import herself, welcome


def asks(town: Town, amina: str, day: date) -> None:
    with herself(town, amina) as tx:
        ask_callback(tx, record_id=amina, on=day)


def tries(town: Town, amina: str, channel: Channel, **more: Any) -> Any:
    with town.acting("bruno") as tx:
        return record_contact(
            tx, record_id=amina, channel=channel, result=ContactResult.NO_ANSWER, made_on=tx.today, **more
        )


def kinds(town: Town, amina: str, by: str = "bruno") -> list[PointKind]:
    return [one.kind for one in points(town, amina, by=by)]


def test_an_asked_call_is_one_point_of_her_referent_and_moves_when_asked_again(town: Town) -> None:
    amina = welcome(town)
    asks(town, amina, date(2026, 12, 5))  # a Saturday
    asks(town, amina, date(2027, 1, 12))
    (one,) = points(town, amina)
    assert (one.kind, one.due_on, one.owner_id) == (PointKind.CALLBACK, date(2027, 1, 12), town.accounts["bruno"])
    assert one.replans == 0 and not rows(town.store, "scheme_exit")
    with town.acting("bruno", write=False) as tx:
        told = [(line.reason, line.due_on) for line in point_history(tx, one.id)]
    assert told == [("opened", date(2026, 12, 7)), ("asked_again", date(2027, 1, 12))]


def test_nobody_who_supports_her_no_call_is_promised(town: Town) -> None:
    amina = welcome(town)
    with town.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE access_grant SET until_at = '2027-01-01 00:00:00+00:00'")
    with pytest.raises(Refused, match="personne ne pourrait rappeler"):
        asks(town, amina, TODAY + timedelta(days=3))


def test_an_asked_call_not_made_is_followed_by_another(town: Town) -> None:
    amina = welcome(town)
    asks(town, amina, TODAY + timedelta(days=3))
    with town.acting("bruno") as tx:
        mark_not_done(tx, point_id=work_of_the_day(tx)[0].id, reason="no_time")
    assert kinds(town, amina) == [PointKind.CALLBACK]


def test_her_rhythm_opens_a_call_after_each_contact_unless_one_lies_nearer(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    with herself(town, amina) as tx:
        choose_rhythm(tx, record_id=amina, rhythm=Rhythm.MONTHLY)
    assert [one.due_on for one in points(town, amina)] == [date(2026, 12, 21)]
    on(clock, date(2026, 12, 21))
    call(town, amina)
    assert [one.due_on for one in points(town, amina)] == [date(2027, 1, 21)]
    with herself(town, amina) as tx:
        choose_rhythm(tx, record_id=amina, rhythm=Rhythm.PLANNED)
    assert points(town, amina) == []
    assert [row["rhythm"] for row in rows(town.store, "followup_wish", "ORDER BY from_at")] == ["monthly", "planned"]


def test_a_point_that_lies_nearer_is_enough(town: Town) -> None:
    amina = gone(town)
    with town.acting("bruno") as tx:
        choose_rhythm(tx, record_id=amina, rhythm=Rhythm.TWO_MONTHS)
    assert PointKind.CALLBACK not in kinds(town, amina)


def test_a_point_put_off_keeps_its_first_day_and_the_third_time_is_told(town: Town) -> None:
    amina = gone(town)
    for number, days in enumerate((10, 20, 30), 1):
        first = min(points(town, amina), key=lambda one: one.original_due_on)
        with town.acting("bruno") as tx:
            replan_point(
                tx,
                point_id=first.id,
                on=TODAY + timedelta(days=days),
                reason=ReplanReason.PERSON_AWAY,
                version=first.version,
            )
        moved = next(one for one in points(town, amina) if one.id == first.id)
        assert (moved.replans, moved.original_due_on, moved.to_responsable) == (number, DUE[0], number == 3)


def test_two_who_put_off_the_same_point_do_not_write_over_each_other(town: Town) -> None:
    amina = gone(town)
    first = points(town, amina)[0]
    said: dict[str, Any] = {"point_id": first.id, "reason": ReplanReason.NO_TIME, "version": first.version}
    with town.acting("bruno") as tx:
        replan_point(tx, on=TODAY + timedelta(days=10), **said)
    with pytest.raises(Conflict), town.acting("fatou") as tx:
        replan_point(tx, on=TODAY + timedelta(days=12), **said)


def test_attempts_are_done_by_trying_on_two_channels_then_she_is_lost_from_sight(town: Town, clock: FixedClock) -> None:
    amina = gone(town, reason="no_news")
    assert kinds(town, amina)[:3] == [PointKind.ATTEMPT] * 3
    for day in (date(2026, 11, 23), date(2026, 11, 27)):
        on(clock, day)
        assert tries(town, amina, Channel.PHONE).closed == 1
    on(clock, date(2026, 12, 4))
    with pytest.raises(Refused, match="un autre moyen"):
        tries(town, amina, Channel.PHONE)
    done = tries(town, amina, Channel.PHONE, next_on=date(2026, 12, 8))
    assert (done.closed, done.other_way, done.is_lost) == (0, True, False)
    on(clock, date(2026, 12, 8))
    done = tries(town, amina, Channel.EMAIL)
    assert (done.closed, done.is_lost) == (1, True)
    left = points(town, amina)
    assert [one.kind for one in left] == [PointKind.CONTACT, PointKind.CONTACT]
    assert [one.to_responsable for one in left] == [True, False]
    assert orphans(town) == []


def test_only_the_structure_that_tried_is_told_and_any_answer_ends_it(town: Town, clock: FixedClock) -> None:
    amina = gone(town, reason="no_news")
    for channel, day in ((Channel.PHONE, 23), (Channel.EMAIL, 27), (Channel.PHONE, 30)):
        on(clock, date(2026, 11, day))
        tries(town, amina, channel, next_on=date(2026, 12, 10))
    with town.acting("fatou", write=False) as tx:
        assert lost_from_sight(tx, accesses_of(tx, [amina])) == {amina}
    on(clock, date(2026, 12, 1))
    call(town, amina)
    with town.acting("fatou", write=False) as tx:
        assert lost_from_sight(tx, accesses_of(tx, [amina])) == frozenset()


def test_success_closes_the_attempts_still_to_come(town: Town) -> None:
    amina = gone(town, reason="no_news")
    call(town, amina)
    assert PointKind.ATTEMPT not in kinds(town, amina)


def test_nobody_reached_21_days_after_an_exit_without_solution_is_told_to_the_responsable(
    town: Town, clock: FixedClock
) -> None:
    amina = gone(town, reason="abandoned")
    for days, told in ((20, False), (21, True)):
        on(clock, TODAY + timedelta(days=days))
        with town.acting("denis", write=False) as tx:
            assert any(one.to_responsable for one in work_of_the_day(tx)) is told
        with town.acting("fatou", write=False) as tx:
            assert work_of_the_day(tx) == []
    call(town, amina)
    with town.acting("denis", write=False) as tx:
        assert work_of_the_day(tx) == []


def test_what_is_told_to_the_responsable_is_told_to_whoever_stands_in(town: Town, clock: FixedClock) -> None:
    gone(town, reason="abandoned")
    on(clock, TODAY + timedelta(days=21))
    with town.acting("denis") as tx:
        week = {"from_on": tx.today, "until_on": tx.today + timedelta(days=6)}
        declare_absence(tx, account_id=tx.actor.account_id, stand_in_id=town.accounts["fatou"], **week)
    with town.acting("fatou", write=False) as tx:
        assert any(one.to_responsable for one in work_of_the_day(tx))
    on(clock, TODAY + timedelta(days=28))
    with town.acting("fatou", write=False) as tx:
        assert work_of_the_day(tx) == []


def test_coming_back_takes_over_the_near_points_and_keeps_the_last_ones(town: Town) -> None:
    amina = gone(town)
    assert enter(town, amina).resumed == 3
    assert [one.due_on for one in points(town, amina)] == DUE[3:]
    with town.acting("bruno", write=False) as tx:
        assert {one.state for one in closed_points(tx, amina)} == {PointState.RESUMED}
    assert orphans(town) == []


def test_a_workshop_is_no_return(town: Town) -> None:
    amina = gone(town)
    assert enter(town, amina, scheme="atelier").resumed == 0
    assert len(points(town, amina)) == 5


def test_an_asked_call_is_kept_when_she_comes_back(town: Town) -> None:
    amina = gone(town)
    asks(town, amina, TODAY + timedelta(days=5))
    enter(town, amina)
    assert PointKind.CALLBACK in kinds(town, amina)


def plie_gone(town: Town) -> tuple[str, list[PointLine]]:
    """Amina, whom Bruno follows, out of the step that Lucie's structure carries; and the questions it must ask."""
    amina = welcome(town)
    share(town, amina, "plie", sections=SUPPORT_SECTIONS)
    leave(town, enter(town, amina, by="lucie", scheme="plie").enrolment_id, by="lucie")
    asked = [one for one in points(town, amina, by="lucie") if one.kind.value.endswith("_questions")]
    return amina, asked


def test_questions_on_results_stay_with_the_structure_of_the_operation(town: Town) -> None:
    _amina, asked = plie_gone(town)
    assert [(one.kind, one.due_on) for one in asked] == [
        (PointKind.EXIT_QUESTIONS, date(2026, 12, 4)),
        (PointKind.LATER_QUESTIONS, date(2027, 5, 20)),
    ]
    assert {(one.structure_id, one.owner_id) for one in asked} == {(town.structures["plie"], town.accounts["lucie"])}
    assert not any(one.is_last for one in asked)


def test_only_answers_close_them_and_become_facts(town: Town, clock: FixedClock) -> None:
    amina, asked = plie_gone(town)
    on(clock, asked[0].due_on)
    call(town, amina, by="lucie")
    assert PointKind.EXIT_QUESTIONS in kinds(town, amina, by="lucie")
    with pytest.raises(Refused), town.acting("lucie") as tx:
        mark_not_done(tx, point_id=asked[0].id, reason="no_time")
    values = {"situation": "employed", "france_travail_registration": "non"}
    with pytest.raises(Invalid) as missing, town.acting("lucie") as tx:
        answer_questions(tx, point_id=asked[0].id, values=values, declined=False)
    assert missing.value.field == "education_level"
    with town.acting("lucie") as tx:
        answer_questions(tx, point_id=asked[0].id, values=values, declined=True)
    assert PointKind.EXIT_QUESTIONS not in kinds(town, amina, by="lucie")
    with town.acting("lucie", write=False) as tx:
        fact = record_opened(tx, amina).facts["situation"]
    assert (fact.value, fact.provenance.on) == ("employed", asked[0].due_on)
    assert orphans(town) == []


def test_another_structure_neither_answers_nor_moves_them(town: Town) -> None:
    _, asked = plie_gone(town)
    with pytest.raises(Refused, match="porte l’opération"), town.acting("bruno") as tx:
        answer_questions(tx, point_id=asked[0].id, values={}, declined=True)


def test_the_points_of_the_former_referent_go_to_the_new_one(town: Town) -> None:
    amina = gone(town)
    with town.acting("bruno") as tx:
        change_referent(tx, record_id=amina, account_id=town.accounts["fatou"])
    assert {one.owner_id for one in points(town, amina)} == {town.accounts["fatou"]}
    with town.acting("fatou", write=False) as tx:
        assert point_history(tx, points(town, amina)[0].id)[-1].reason == "referent_changed"
