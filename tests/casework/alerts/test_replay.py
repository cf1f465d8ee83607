"""Any past night can be looked at again and says what it said, whatever was written since."""

from dataclasses import fields
from datetime import timedelta

import pytest

from pathway.casework.alerts.actions import dismiss_alert, publish_policy
from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.queries import open_alerts
from pathway.casework.alerts.replay import Replay, cutoff_of, replay
from pathway.casework.alerts.vocabulary import DismissReason, RuleId
from pathway.casework.followup.actions import undo_contact
from pathway.casework.followup.callbacks import ask_callback
from pathway.casework.followup.queries import contacts
from pathway.casework.lifecycle.changes import rewrite_scheme
from pathway.casework.links.actions import link_cards
from pathway.casework.schemes.queries import scheme_seen
from pathway.casework.schemes.rules import Intensity, SchemeDraft
from pathway.demo.town import Town
from pathway.jobs.nightly import run_night
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotFound, Refused
from tests.casework.enrolments.steps import call, enter, leave, rows, system
from tests.casework.links.pairs import TWIN
from tests.store.hands import altered
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE


def night(town: Town, clock: FixedClock) -> None:
    run_night(town.store, clock, report=lambda *_: None)


def replayed(town: Town, clock: FixedClock, days_ago: int, record_id: str = "") -> Replay:
    with system(town.store, clock, write=False) as tx:
        on = tx.today - timedelta(days=days_ago)
        found = Replay(on=on, cutoff_at=cutoff_of(tx, on))
        for _ in replay(tx, found, record_id=record_id):
            pass
    return found


def lived(town: Town, clock: FixedClock, days: int) -> None:
    """Those days pass; the last two nights are lived."""
    clock.move(timedelta(days=max(days - 2, 0)))
    for _ in range(min(days, 2)):
        clock.move(timedelta(days=1))
        night(town, clock)
    clock.move(timedelta(seconds=1))


def test_past_nights_say_again_what_they_said(town: Town, clock: FixedClock) -> None:
    amina, twin = welcome(town), welcome(town, by="karim", identity=TWIN)
    step = enter(town, amina).enrolment_id
    enter(town, twin, by="karim", scheme="cej")
    lived(town, clock, 33)
    call(town, amina)
    lived(town, clock, 2)
    leave(town, step, on=clock.now().date(), reason="abandoned")
    with system(town.store, clock) as tx:
        link_cards(tx, record_id=amina, other_id=twin)
    lived(town, clock, 2)
    nights = [replayed(town, clock, ago) for ago in (0, 1, 2, 3, 4, 5)]
    assert [(one.missing, one.unexpected) for one in nights] == [([], [])] * 6
    told = {alert["rule"] for one in nights for alert in one.alerts}
    assert told >= {RuleId.R03.value, RuleId.R08.value}
    assert [nights[ago].people for ago in (5, 0)] == [2, 1]


def test_a_contact_taken_back_as_a_mistake_changes_no_night_that_knew_of_it(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    enter(town, amina)
    lived(town, clock, 29)
    call(town, amina, note="Elle a une piste.")
    said_at = clock.now()
    lived(town, clock, 2)
    assert open_rules(town) == []
    with town.acting("bruno") as tx:
        undo_contact(tx, record_id=amina, account_id=tx.actor.account_id, recorded_at=said_at)
        tx.journal("undo_contact", records=[amina])
    lived(town, clock, 2)
    assert open_rules(town) == [RuleId.R03.value]
    assert [(len(one.alerts), one.is_same) for one in (replayed(town, clock, ago) for ago in (3, 2, 1, 0))] == [
        (0, True),
        (0, True),
        (1, True),
        (1, True),
    ]
    (kept,) = rows(town.store, "contact_attempt")
    assert kept["undone_at"] is not None and kept["note"] is None
    with town.acting("bruno", write=False) as tx:
        assert contacts(tx, amina) == []


def test_a_call_she_asks_for_on_another_day_changes_no_night_that_found_it_late(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    enter(town, amina)
    asked(town, clock, amina)
    lived(town, clock, 11)
    assert RuleId.R02.value in open_rules(town)
    asked(town, clock, amina)
    lived(town, clock, 2)
    assert RuleId.R02.value not in open_rules(town)
    lived(town, clock, 9)
    nights = [replayed(town, clock, ago) for ago in (0, 1, 9, 10, 11, 12)]
    assert all(one.is_same for one in nights)
    assert [bool(one.alerts) for one in nights] == [True, True, False, False, True, True]


def asked(town: Town, clock: FixedClock, record_id: str) -> None:
    """She asks to be called tomorrow."""
    with town.acting("bruno") as tx:
        ask_callback(tx, record_id=record_id, on=clock.now().date() + timedelta(days=1))


def open_rules(town: Town) -> list[str]:
    with town.acting("denis", write=False) as tx:
        return [one.rule.value for one in open_alerts(tx)]


def test_what_is_recorded_later_about_then_changes_no_past_night(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    step = enter(town, amina).enrolment_id
    lived(town, clock, 32)
    before = replayed(town, clock, 0)
    assert [one["rule"] for one in before.alerts] == [RuleId.R03.value]
    clock.move(timedelta(hours=1))
    call(town, amina, on=clock.now().date() - timedelta(days=20))
    leave(town, step, on=clock.now().date() - timedelta(days=10))
    with town.acting("denis") as tx:
        dismiss_alert(tx, alert_id=open_alerts(tx)[0].id, reason=DismissReason.HANDLED)
    again = replayed(town, clock, 0)
    assert (again.alerts, again.is_same) == (before.alerts, True)


def test_a_replay_is_of_one_person_when_asked_and_writes_nothing(sqlite_town: Town, clock: FixedClock) -> None:
    amina, other = welcome(sqlite_town), welcome(sqlite_town)
    for one in (amina, other):
        enter(sqlite_town, one)
    lived(sqlite_town, clock, 32)
    before = rows(sqlite_town.store, "journal_entry")
    found = replayed(sqlite_town, clock, 0, record_id=amina)
    assert [one["person"] for one in found.alerts] == [amina]
    assert rows(sqlite_town.store, "journal_entry") == before


def test_an_alert_changed_by_hand_in_the_base_is_seen(sqlite_town: Town, clock: FixedClock) -> None:
    enter(sqlite_town, welcome(sqlite_town))
    lived(sqlite_town, clock, 32)
    with sqlite_town.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alert_change SET facts = replace(facts, 'R03', 'R02')")
        connection.exec_driver_sql("UPDATE alert_change SET facts = replace(facts, 'medium', 'high')")
    found = replayed(sqlite_town, clock, 0)
    assert (len(found.missing), len(found.unexpected)) == (1, 1)


def test_a_night_that_was_not_lived_cannot_be_replayed(sqlite_town: Town, clock: FixedClock) -> None:
    with pytest.raises(NotFound, match="n’a pas été faite"):
        replayed(sqlite_town, clock, 0)


def test_new_thresholds_count_from_their_day_and_not_before(town: Town, clock: FixedClock) -> None:
    enter(town, welcome(town))
    lived(town, clock, 9)
    with system(town.store, clock) as tx:
        policy = publish_policy(tx, {"silent_standard_days": 5}, from_on=tx.today + timedelta(days=3))
    lived(town, clock, 3)
    assert [len(replayed(town, clock, ago).alerts) for ago in (0, 1)] == [1, 0]
    assert replayed(town, clock, 0).alerts[0]["policy"] == policy.version
    assert all(replayed(town, clock, ago).is_same for ago in (0, 1, 3, 4))
    with pytest.raises(Refused, match="nuits passées"), system(town.store, clock) as tx:
        publish_policy(tx, {"gap_days": 5}, from_on=tx.today - timedelta(days=1))


def test_of_thresholds_published_at_one_instant_the_last_hold(town: Town) -> None:
    with town.acting("root") as tx:
        for days in range(20, 31):
            publish_policy(tx, {"gap_days": days}, from_on=tx.today)
        assert policy_on(tx, tx.today).gap_days == 30


def test_a_record_that_no_longer_opens_is_counted_and_hides_no_other(sqlite_town: Town, clock: FixedClock) -> None:
    amina, zoe = welcome(sqlite_town), welcome(sqlite_town, identity=ZOE)
    for _ in range(2):  # exact reasons are opened for those with several exits
        leave(sqlite_town, enter(sqlite_town, amina).enrolment_id, reason="abandoned")
        clock.move(timedelta(days=1))
    enter(sqlite_town, zoe)
    lived(sqlite_town, clock, 33)
    altered(sqlite_town.store, "UPDATE scheme_exit SET reason = :other", other=bytes(60))
    found = replayed(sqlite_town, clock, 0)
    assert (found.people, found.unreadable, found.is_same) == (2, 1, False)
    assert {alert["person"] for alert in found.alerts} == {zoe}


def test_a_scheme_followed_otherwise_since_changes_no_night_before(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    enter(town, amina)
    lived(town, clock, 33)
    assert RuleId.R03.value in open_rules(town)
    followed(town, Intensity.LIGHT)
    lived(town, clock, 2)
    assert open_rules(town) == []
    followed(town, Intensity.INTENSIVE)
    lived(town, clock, 1)
    nights = [replayed(town, clock, ago) for ago in (0, 1, 2, 3)]
    assert all(one.is_same for one in nights)
    assert [bool(one.alerts) for one in nights] == [True, False, False, True]


def followed(town: Town, intensity: Intensity) -> None:
    """The operator changes how closely the scheme asks to follow people."""
    with town.acting("root") as tx:
        before = scheme_seen(tx, town.schemes["pae"])
        kept = {one.name: getattr(before, one.name) for one in fields(SchemeDraft)}
        rewrite_scheme(tx, before.id, draft=SchemeDraft(**kept | {"intensity": intensity}), seen=before.mark)
