"""The register counts people without a name; a line linked to a record is a meeting of hers, written once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pathway.casework.followup.actions import record_contact
from pathway.casework.followup.queries import contacts
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import PARTS, Cause
from pathway.casework.walk_ins.actions import Met, correct_walk_in, note_walk_in, remove_walk_in
from pathway.casework.walk_ins.queries import counts_by_week, own_walk_ins, walk_in_seen
from pathway.casework.walk_ins.rules import Side, WalkInKind, WalkInOutcome, monday_of
from pathway.casework.walk_ins.tables import WalkIn
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from pathway.store.columns import table_of
from pathway.store.tables import JournalSubject
from tests.casework.enrolments.steps import system
from tests.casework.walk_ins.scenes import DESK, STREET, met, register
from tests.town import herself, welcome
from tests.web.counsellor.scenes import left, points


def subjects(town: Town) -> int:
    with town.acting("bruno", write=False) as tx:
        return len(tx.execute(select(table_of(JournalSubject))).all())


def meetings(town: Town, ref: str) -> int:
    with town.acting("bruno", write=False) as tx:
        return sum(one.channel is Channel.VISIT for one in contacts(tx, ref))


def test_somebody_is_counted_without_a_name(town: Town) -> None:
    welcome(town)
    before = subjects(town)
    met(town, number=3, place="Marché Saint-Michel", kind=STREET)
    (one,) = register(town)
    assert (one.number, one.place, one.is_linked, one.record_id) == (3, "Marché Saint-Michel", False, None)
    with town.acting("bruno", write=False) as tx:
        row = tx.execute(select(table_of(WalkIn))).one()
    assert row.record_id is None and b"Saint-Michel" not in row.place and subjects(town) == before


def test_the_weeks_are_counted_by_half_and_outcome(town: Town) -> None:
    for kind, number, ago in ((DESK, 2, 0), (DESK, 1, 0), (STREET, 5, 0), (DESK, 1, 7)):
        met(town, kind=kind, number=number, days_ago=ago)
    met(town, by="chloe")
    with town.acting("bruno", write=False) as tx:
        before, now = counts_by_week(tx, monday=monday_of(tx.today) - timedelta(weeks=1), weeks=2)
    assert (now.of(Side.PASSAGES), now.of(Side.OUTREACH), before.of(Side.PASSAGES)) == (3, 5, 1)
    assert now.outcomes[DESK, WalkInOutcome.INFORMED] == 3 and now.lines[DESK] == 2


def test_a_line_linked_to_a_record_is_a_meeting_of_hers_that_closes_points(town: Town) -> None:
    ref, _ = left(town, days_ago=28)
    before = points(town, ref)
    met(town, ref)
    assert meetings(town, ref) == 1 and len(points(town, ref)) < len(before)
    assert register(town)[0].record_id == ref
    with herself(town, ref, write=False) as tx:
        assert [one.kind for one in own_walk_ins(tx)] == [DESK]


def test_a_meeting_already_in_her_timeline_is_not_written_twice(town: Town) -> None:
    ref = welcome(town)
    with town.acting("bruno") as tx:
        record_contact(tx, record_id=ref, channel=Channel.VISIT, result=ContactResult.REACHED, made_on=tx.today)
    line = met(town, ref, by="fatou")
    assert meetings(town, ref) == 1
    with town.acting("fatou") as tx:
        remove_walk_in(tx, walk_in_id=line, version=1)
    assert meetings(town, ref) == 1 and register(town) == []


def test_the_same_line_about_her_sent_twice_is_one_line(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    with town.acting("bruno", write=False) as tx:
        said = Met(kind=DESK, outcome=WalkInOutcome.INFORMED, day=tx.today)
    with town.acting("bruno") as tx:
        line = note_walk_in(tx, said, record_id=ref)
    with town.acting("bruno") as tx:
        assert note_walk_in(tx, said, record_id=ref) == line
        assert note_walk_in(tx, said) != line
    with town.acting("fatou") as tx:
        assert note_walk_in(tx, said, record_id=ref) != line
    with pytest.raises(Refused) as refusal, town.acting("bruno") as tx:
        note_walk_in(tx, said)
    assert refusal.value.field == "again" and len(register(town)) == 3
    clock.move(timedelta(minutes=3))
    with town.acting("bruno") as tx:
        assert note_walk_in(tx, said, record_id=ref) != line


def test_taking_a_line_away_takes_its_meeting_and_opens_the_points_again(town: Town) -> None:
    ref, _ = left(town, days_ago=28)
    before = [one.id for one in points(town, ref)]
    line = met(town, ref)
    with town.acting("bruno") as tx:
        remove_walk_in(tx, walk_in_id=line, version=1)
    assert meetings(town, ref) == 0 and [one.id for one in points(town, ref)] == before


def test_a_line_is_corrected_by_its_author_for_24_hours(town: Town, clock: FixedClock) -> None:
    line = met(town)
    with town.acting("bruno") as tx:
        said = Met(kind=WalkInKind.EVENT, outcome=WalkInOutcome.NOTHING, day=tx.today, number=2, place="Forum")
        correct_walk_in(tx, said, walk_in_id=line, version=1)
    (one,) = register(town)
    assert (one.kind, one.number, one.place, one.version) == (WalkInKind.EVENT, 2, "Forum", 2)
    with pytest.raises(Conflict), town.acting("bruno") as tx:
        correct_walk_in(tx, said, walk_in_id=line, version=1)
    with pytest.raises(Refused), town.acting("fatou") as tx:
        correct_walk_in(tx, said, walk_in_id=line, version=2)
    clock.move(timedelta(hours=25))
    with pytest.raises(Refused), town.acting("bruno") as tx:
        remove_walk_in(tx, walk_in_id=line, version=2)


def test_the_day_of_a_meeting_of_hers_does_not_move(town: Town) -> None:
    line = met(town, welcome(town))
    with pytest.raises(Refused), town.acting("bruno") as tx:
        said = Met(kind=DESK, outcome=WalkInOutcome.NOTHING, day=tx.today - timedelta(days=1))
        correct_walk_in(tx, said, walk_in_id=line, version=1)


@pytest.mark.parametrize("days_ago", [-1, 32])
def test_a_day_to_come_or_long_past_is_refused(sqlite_town: Town, days_ago: int) -> None:
    with pytest.raises(Refused):
        met(sqlite_town, days_ago=days_ago)


def test_a_line_counts_from_1_to_99_and_a_record_alone(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    for number, linked in ((0, ""), (100, ""), (2, ref)):
        with pytest.raises(Invalid):
            met(sqlite_town, linked, number=number)
    with pytest.raises(Invalid):
        met(sqlite_town, place="x" * 121)


def test_a_stranger_links_nothing_and_reads_nothing(town: Town) -> None:
    ref = welcome(town)
    with pytest.raises(NotFound):
        met(town, ref, by="chloe")
    line = met(town, ref)
    assert register(town, by="chloe") == []
    with pytest.raises(NotFound), town.acting("chloe", write=False) as tx:
        walk_in_seen(tx, line)
    with pytest.raises(NotAllowed), town.acting("bruno", write=False) as tx:
        own_walk_ins(tx)


def test_her_name_and_the_place_go_with_the_access(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    _card_shown(town, ref, "horizon", hours=8)
    line = met(town, ref, place="Devant la gare", by="hugo")
    assert register(town, by="hugo")[0].record_id == ref
    clock.move(timedelta(hours=10))
    (one,) = register(town, by="hugo")
    assert (one.record_id, one.place, one.is_linked) == (None, "", True)
    with pytest.raises(Refused), town.acting("hugo") as tx:
        remove_walk_in(tx, walk_in_id=line, version=1)


def _card_shown(town: Town, ref: str, structure: str, *, hours: int) -> None:
    with system(town.store, town.clock) as tx:
        open_grants(
            tx,
            record_ids=[ref],
            structure_id=town.structures[structure],
            cause=Cause.PRESENTED_CARD,
            cause_id="",
            sections=frozenset({"identity"}) | PARTS,
            until_at=tx.now + timedelta(hours=hours),
        )
        tx.journal("share", records=[ref])
