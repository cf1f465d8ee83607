"""What the linked cards of one person say and do together, and that nothing of it stays once they are apart."""

from datetime import timedelta
from typing import Any

import pytest

from pathway.casework.alerts.actions import settle_cards, sweep
from pathway.casework.alerts.candidates import candidates
from pathway.casework.alerts.queries import alerts_about
from pathway.casework.enrolments.queries import steps
from pathway.casework.followup.actions import reassign_points
from pathway.casework.followup.queries import caseload, caseload_counts, contacts, open_points, work_of_the_day
from pathway.casework.journey.queries import journey_of
from pathway.casework.records.actions import create_person, edit_section, merge_claims
from pathway.casework.records.names import Query
from pathway.casework.records.queries import (
    certain_match,
    facts_of_many,
    found,
    people,
    record_opened,
    referents,
)
from pathway.casework.records.rules import Section, Way
from pathway.casework.sharing.queries import accesses_of, is_visible
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict
from tests.casework.enrolments.steps import call, enter, leave, orphans, points, rows, share, system
from tests.casework.links.pairs import TWIN, link, two_cards, unlink
from tests.town import AMINA, herself, welcome


def say(town: Town, card: str, by: str, section: Section = Section.CONTACT, **said: Any) -> None:
    with town.acting(by) as tx:
        seq = record_opened(tx, card, only=frozenset({section})).seqs[section.value]
        edit_section(tx, record_id=card, section=section, values=said, seq=seq, way=Way.SAID)


def told(town: Town, card: str, by: str, key: str) -> list[Any]:
    with town.acting(by, write=False) as tx:
        fact = record_opened(tx, card).facts[key]
    return [fact.value, *(one.value for one in fact.rivals)]


def test_the_cards_of_a_person_open_as_one_record_under_the_one_that_stands(town: Town) -> None:
    amina, other = two_cards(town)
    say(town, other, "elise", Section.PROJECT, work_experience="from_1_to_5_years")
    link(town, amina, other)
    for by in ("bruno", "elise"):
        for card in (amina, other):
            with town.acting(by, write=False) as tx:
                record = record_opened(tx, card)
                assert set(tx.acts[0].records) == {amina, other}
            assert (record.id, record.card.identity) == (amina, AMINA)
            assert record.own_id == (amina if by == "bruno" else other)
            assert record.facts["work_experience"].value == "from_1_to_5_years"


def test_two_cards_that_disagree_show_both_answers_and_the_last_stands(town: Town, clock: FixedClock) -> None:
    amina, other = two_cards(town)
    clock.move(timedelta(days=1))
    say(town, other, "elise", city="Angers")
    link(town, amina, other)
    assert told(town, amina, "bruno", "city") == ["Angers", "Rennes"]
    assert told(town, other, "elise", "last_name")[0] in (AMINA.last_name, TWIN.last_name)


@pytest.mark.parametrize("by", ["bruno", "elise"])
def test_a_decision_with_both_answers_in_sight_settles_them_under_ones_own_card(town: Town, by: str) -> None:
    amina, other = two_cards(town)
    say(town, other, "elise", city="Angers")
    link(town, amina, other)
    say(town, amina, by, city="Angers")
    assert told(town, amina, "bruno", "city") == ["Angers"]
    unlink(town, amina, other)
    assert told(town, other, "elise", "city") == ["Angers"]
    assert told(town, amina, "bruno", "city") == (["Angers"] if by == "bruno" else ["Rennes"])


def test_a_file_never_overwrites_what_another_card_says(sqlite_town: Town, clock: FixedClock) -> None:
    amina, other = two_cards(sqlite_town)
    say(sqlite_town, amina, "bruno", Section.PROJECT, work_experience="none")
    link(sqlite_town, amina, other)
    clock.move(timedelta(days=3))
    with sqlite_town.acting("elise") as tx:
        merge_claims(tx, amina, {"work_experience": "from_1_to_5_years"}, way=Way.IMPORTED)
        tx.journal("import_lot")
    assert told(sqlite_town, amina, "bruno", "work_experience") == ["from_1_to_5_years", "none"]


def test_an_answer_written_on_a_stale_reading_is_refused(sqlite_town: Town) -> None:
    amina, other = two_cards(sqlite_town)
    link(sqlite_town, amina, other)
    with sqlite_town.acting("elise", write=False) as tx:
        seq = record_opened(tx, amina).seqs["contact"]
    say(sqlite_town, amina, "elise", city="Angers")
    with sqlite_town.acting("elise") as tx, pytest.raises(Conflict):
        edit_section(tx, record_id=amina, section=Section.CONTACT, values={"city": "Nantes"}, seq=seq, way=Way.SAID)


def test_search_and_lists_show_a_person_once_under_the_card_that_stands(town: Town) -> None:
    amina, other = two_cards(town)
    share(town, amina, "mission-locale", sections={"contact", "followup"})
    link(town, amina, other)
    for by in ("bruno", "elise"):
        with town.acting(by, write=False) as tx:
            for identity in (AMINA, TWIN):
                query = Query(
                    last_name=identity.last_name, first_name=identity.first_name, birth_date=identity.birth_date
                )
                assert [(hit.record_id, hit.score) for hit in found(tx, query)] == [(amina, 100)]
                assert certain_match(tx, identity) == amina
            assert [line.record_id for line in caseload(tx, only_mine=False, page=1, per_page=9)] == [amina]
            assert [line.record_id for line in people(tx, only_mine=False, page=1, per_page=9)[0]] == [amina]
            assert referents(tx, [amina]) == {amina: town.accounts["bruno"]}
            assert caseload_counts(tx) == (1 if by == "bruno" else 0, 1)


def test_creating_her_again_by_the_name_of_either_card_opens_her_record(sqlite_town: Town) -> None:
    amina, other = two_cards(sqlite_town)
    link(sqlite_town, amina, other)
    with sqlite_town.acting("bruno") as tx:
        assert create_person(tx, identity=TWIN, claims={}) == (amina, False)


def test_a_person_without_referent_on_the_card_that_stands_has_the_other_cards(sqlite_town: Town) -> None:
    amina, other = two_cards(sqlite_town)
    with sqlite_town.store.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM referent WHERE record_id = '{amina}'")
    link(sqlite_town, amina, other)
    with sqlite_town.acting("elise", write=False) as tx:
        assert referents(tx, [amina]) == {amina: sqlite_town.accounts["elise"]}
        assert caseload(tx, only_mine=True, page=1, per_page=9)[0].record_id == amina
        record = record_opened(tx, amina)
    assert record.referent is not None
    assert record.referent.account_id == sqlite_town.accounts["elise"]


def test_one_contact_answers_the_points_of_every_card(town: Town, clock: FixedClock) -> None:
    amina, other = two_cards(town)
    for card, by, scheme in ((amina, "bruno", "pae"), (other, "elise", "cej")):
        leave(town, enter(town, card, by=by, scheme=scheme).enrolment_id, by=by)
    link(town, amina, other)
    clock.move(timedelta(days=7))
    assert {one.record_id for one in points(town, other, by="elise")} == {amina}
    assert call(town, amina, by="elise").closed == 2
    assert [row["record_id"] for row in rows(town.store, "contact_attempt")] == [other]
    with town.acting("bruno", write=False) as tx:
        assert len(contacts(tx, amina)) == 1
    with pytest.raises(Conflict, match="double clic"):
        call(town, other, by="elise")
    assert orphans(town) == []


def test_points_go_only_to_who_supports_the_very_card(town: Town) -> None:
    amina, other = two_cards(town)
    step = enter(town, other, by="elise", scheme="cej").enrolment_id
    link(town, amina, other)
    left = leave(town, step, by="elise")
    assert left.owner_id == town.accounts["elise"]
    unlink(town, amina, other)
    assert points(town, amina) == []
    assert len(points(town, other, by="elise")) == 4 + 1
    with town.acting("elise") as tx:
        assert reassign_points(tx, record_id=other, owner_id=town.accounts["elise"]) == 5


def test_a_person_in_a_scheme_on_one_card_is_in_it_on_the_other(sqlite_town: Town) -> None:
    amina, other = two_cards(sqlite_town)
    share(sqlite_town, other, "pae-centre", sections={"identity", "contact", "pathway"})
    enter(sqlite_town, amina)
    link(sqlite_town, amina, other)
    with pytest.raises(Conflict, match="déjà dans ce dispositif"):
        enter(sqlite_town, other)


def test_what_a_structure_does_while_linked_stays_under_a_card_of_its_own(town: Town) -> None:
    amina, other = two_cards(town)
    link(town, amina, other)
    enter(town, amina, by="elise", scheme="cej")
    assert {row["record_id"] for row in rows(town.store, "enrolment")} == {other}
    unlink(town, amina, other)
    with town.acting("bruno", write=False) as tx:
        assert steps(tx, amina) == []
        assert not is_visible(tx, other)
    with town.acting("elise", write=False) as tx:
        assert len(steps(tx, other)) == 1
        assert not is_visible(tx, amina)


def test_the_day_and_the_contact_of_lists_speak_of_the_person(sqlite_town: Town, clock: FixedClock) -> None:
    amina, other = two_cards(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, other, by="elise", scheme="cej").enrolment_id, by="elise")
    say(sqlite_town, other, "elise", contact_hours="morning")
    link(sqlite_town, amina, other)
    clock.move(timedelta(days=6))
    with sqlite_town.acting("elise", write=False) as tx:
        assert {line.record_id for line in work_of_the_day(tx)} == {amina}
        assert caseload(tx, only_mine=False, page=1, per_page=9)[0].next_due_on is not None
        facts = facts_of_many(tx, accesses_of(tx, [amina]), Section.CONTACT)[amina]
    assert {"city", "contact_hours"} <= set(facts)


def swept(town: Town) -> list[dict[str, Any]]:
    with system(town.store, town.clock) as tx:
        sweep(tx, candidates(tx, on=tx.today), on=tx.today)
        tx.journal("nightly_alerts")
    return rows(town.store, "alert", "WHERE state = 'open' ORDER BY record_id, rule")


def test_of_two_alerts_about_one_person_the_night_keeps_one(town: Town, clock: FixedClock) -> None:
    amina, other = two_cards(town)
    enter(town, amina)
    enter(town, other, by="elise", scheme="cej")
    clock.move(timedelta(days=40))
    assert [row["rule"] for row in swept(town)] == ["R03", "R03"]
    link(town, amina, other)
    assert [row["rule"] for row in swept(town)] == ["R03"]
    with town.acting("elise", write=False) as tx:
        assert [one.record_id for one in alerts_about(tx, other)] == [amina]
    call(town, other, by="elise")
    assert swept(town) == []


def test_taken_apart_no_alert_speaks_of_the_other_card_any_more(sqlite_town: Town, clock: FixedClock) -> None:
    amina, other = two_cards(sqlite_town)
    enter(sqlite_town, other, by="elise", scheme="cej")
    link(sqlite_town, amina, other)
    clock.move(timedelta(days=40))
    assert [row["record_id"] for row in swept(sqlite_town)] == [amina]
    with system(sqlite_town.store, clock) as tx:
        tx.journal("unlink")
    unlink(sqlite_town, amina, other)
    with system(sqlite_town.store, clock) as tx:
        settle_cards(tx, [amina, other])
        tx.journal("settle")
    with sqlite_town.acting("bruno", write=False) as tx:
        assert alerts_about(tx, amina) == []
    with sqlite_town.acting("elise", write=False) as tx:
        assert [one.card_id for one in alerts_about(tx, other)] == [other]


def test_she_reads_her_whole_pathway_with_either_card(town: Town) -> None:
    amina, other = two_cards(town)
    enter(town, amina)
    enter(town, other, by="elise", scheme="cej")
    link(town, amina, other)
    for card in (amina, other):
        with herself(town, card, write=False) as tx:
            assert len(journey_of(tx, card).open_steps) == 2
            assert record_opened(tx, card).card.identity == AMINA
            assert open_points(tx, card) == []


def test_a_stranger_learns_of_neither_card(sqlite_town: Town) -> None:
    amina, other = two_cards(sqlite_town)
    welcome(sqlite_town, by="chloe")
    link(sqlite_town, amina, other)
    with sqlite_town.acting("chloe", write=False) as tx:
        assert not is_visible(tx, amina)
        assert not is_visible(tx, other)
