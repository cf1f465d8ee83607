from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from pathway.casework.records.actions import SUPPORT_SECTIONS, NewPerson, create_records, set_referent
from pathway.casework.records.names import Query
from pathway.casework.records.queries import (
    Found,
    certain_match,
    certain_matches,
    found,
    identities,
    people,
    record_opened,
)
from pathway.casework.records.rules import Identity, Section, Way
from pathway.casework.sharing.actions import open_support
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Invalid, NotFound, Sealed
from pathway.store.journal import entries_about
from tests.casework.enrolments.steps import rows, share
from tests.casework.links.pairs import link, two_cards
from tests.casework.records.gold import Pair, asked, pairs
from tests.store.hands import altered
from tests.town import AMINA, welcome

BORN = AMINA.birth_date


def searched(town: Town, query: Query, by: str = "bruno") -> list[Found]:
    with town.acting(by) as tx:
        return found(tx, query)


def crowd(town: Town, count: int, by: str = "bruno") -> list[str]:
    someone = [
        NewPerson(identity=Identity(first_name="Léa", last_name=f"Martin{number}", birth_date=date(1990, 1, 1)))
        for number in range(count)
    ]
    with town.acting(by) as tx:
        return create_records(tx, someone, way=Way.SAID, referent_id=None)


@pytest.mark.parametrize(
    "query",
    [
        Query(last_name="Benkacem", first_name="Amina", birth_date=BORN),
        Query(last_name="BENKASSEM", first_name="Amina", birth_date=BORN),
        Query(last_name="Amina", first_name="Benkacem", birth_date=BORN),
        Query(last_name="Benkacem", birth_date=BORN),
        Query(last_name="Benkacem", first_name="Amina", birth_date=date(1991, 4, 23)),
        Query(last_name="Benkacem", first_name="Amina"),
        Query(phone="06.12.34.56.78"),
        Query(phone="+33 6 12 34 56 78"),
    ],
)
def test_she_is_found_by_what_is_known_of_her(sqlite_town: Town, query: Query) -> None:
    amina = welcome(sqlite_town)
    crowd(sqlite_town, 5)
    hits = searched(sqlite_town, query)
    assert [hit.record_id for hit in hits] == [amina]
    assert hits[0].identity == AMINA and hits[0].why


def test_the_card_number_finds_its_bearer(town: Town) -> None:
    amina = welcome(town)
    with town.acting("bruno") as tx:
        number = record_opened(tx, amina).card.card_number
    assert [hit.record_id for hit in searched(town, Query(card_number=number))] == [amina]


def test_a_birth_date_alone_finds_nobody(town: Town) -> None:
    welcome(town)
    with pytest.raises(Invalid, match="ne suffit pas"):
        searched(town, Query(birth_date=BORN))


def test_a_structure_without_relation_finds_nobody_and_leaves_no_hit(town: Town) -> None:
    amina = welcome(town)
    for query in (Query(last_name="Benkacem", first_name="Amina", birth_date=BORN), Query(phone="0612345678")):
        assert searched(town, query, "chloe") == []
    with town.acting("chloe", write=False) as tx:
        entries = entries_about(tx.connection, amina, limit=50)
        assert town.accounts["chloe"] not in {entry["actor"] for entry in entries}
        assert certain_match(tx, AMINA) is None


def test_a_search_is_journalled_with_its_hits_and_never_with_what_was_typed(town: Town) -> None:
    amina = welcome(town)
    searched(town, Query(last_name="Benkacem", first_name="Amina", birth_date=BORN))
    entry = rows(town.store, "journal_entry", "ORDER BY seq DESC LIMIT 1")[0]
    assert amina.encode() in bytes(entry["payload"]) and b'"search"' in bytes(entry["payload"])
    for typed in (b"Benkacem", b"benkacem", b"1991"):
        assert typed not in bytes(entry["payload"])


def test_at_most_twenty_people_are_shown_nearest_first(town: Town) -> None:
    crowd(town, 25)
    hits = searched(town, Query(first_name="Léa", last_name="Martin", birth_date=date(1990, 1, 1)))
    assert len(hits) <= 20
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_token_that_says_another_name_brings_nobody_under_it(town: Town) -> None:
    amina, other = welcome(town), crowd(town, 1)[0]
    altered(
        town.store,
        "INSERT INTO search_token SELECT kind, token, :to FROM search_token WHERE subject_id = :it",
        it=amina,
        to=other,
    )
    hits = searched(town, Query(last_name="Benkacem", first_name="Amina", birth_date=BORN))
    assert [hit.record_id for hit in hits] == [amina]
    with town.acting("bruno", write=False) as tx, pytest.raises(Sealed):
        record_opened(tx, other)


def test_many_people_are_matched_in_the_order_given(town: Town) -> None:
    amina, people_ids = welcome(town), crowd(town, 250)
    wanted = [
        Identity(first_name="lea", last_name=f"MARTIN{number}", birth_date=date(1990, 1, 1)) for number in range(250)
    ]
    stranger = Identity(first_name="Zoé", last_name="Inconnue", birth_date=BORN)
    with town.acting("denis", write=False) as tx:
        assert certain_matches(tx, [AMINA, stranger, *wanted]) == [amina, None, *people_ids]
        assert certain_matches(tx, []) == []


def test_a_birth_name_is_enough_for_a_certain_match(town: Town) -> None:
    married = Identity(first_name="Amina", last_name="Delaunay", birth_name="Benkacem", birth_date=BORN)
    amina = welcome(town, identity=married)
    with town.acting("bruno", write=False) as tx:
        assert certain_match(tx, AMINA) == amina
        assert certain_match(tx, Identity(first_name="Amina", last_name="Autre", birth_date=BORN)) is None


def test_the_people_of_a_structure_come_in_pages_the_last_one_first(town: Town, clock: FixedClock) -> None:
    first = crowd(town, 3)
    clock.move(timedelta(hours=1))
    amina = welcome(town, by="denis")
    with town.acting("bruno", write=False) as tx:
        lines, total = people(tx, only_mine=False, page=1, per_page=2)
        rest, _ = people(tx, only_mine=False, page=2, per_page=2)
        mine = people(tx, only_mine=True, page=1, per_page=10)
    assert total == 4 and lines[0].record_id == amina and not lines[0].is_mine
    assert sorted(line.record_id for line in [*lines, *rest]) == sorted([amina, *first])
    assert mine == ([], 0)


def test_my_people_are_those_i_am_referent_of(town: Town) -> None:
    amina, _ = welcome(town), welcome(town, by="denis")
    with town.acting("bruno") as tx:
        lines, total = people(tx, only_mine=True, page=1, per_page=10)
        assert ([line.record_id for line in lines], total) == ([amina], 1)
        set_referent(tx, record_id=amina, account_id=town.accounts["fatou"])
        assert people(tx, only_mine=True, page=1, per_page=10) == ([], 0)


def test_only_the_sections_asked_for_are_opened_and_the_journal_says_which(town: Town) -> None:
    amina = welcome(town)
    with town.acting("bruno") as tx:
        record = record_opened(tx, amina, only=frozenset({Section.CONTACT, Section.HEALTH}))
        assert tx.acts[-1].sections == ("contact",)
    assert record.sections == {"contact"} and set(record.facts) == {"phones", "postcode", "city"}


def test_a_record_of_an_ended_grant_is_gone_like_one_that_never_was(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections={"identity"}, until_at=clock.now() + timedelta(hours=1))
    clock.move(timedelta(hours=1))
    for gone in (amina, "z" * 26):
        with town.acting("elise", write=False) as tx, pytest.raises(NotFound) as refusal:
            record_opened(tx, gone)
        assert refusal.value.sentence == NotFound().sentence


def test_identities_are_given_for_the_records_asked(town: Town) -> None:
    amina = welcome(town)
    with town.acting("bruno", write=False) as tx:
        assert identities(tx, [amina, "z" * 26]) == {amina: AMINA}


def test_a_twin_found_first_does_not_hide_the_one_whose_date_was_typed_wrong(sqlite_town: Town) -> None:
    twin = Identity(first_name="Zoé", last_name="Benkacem", birth_date=date(1991, 4, 23))
    welcome(sqlite_town, identity=twin)
    amina = welcome(sqlite_town)
    hits = searched(sqlite_town, Query(last_name="Benkacem", first_name="Amina", birth_date=twin.birth_date))
    assert hits[0].record_id == amina and len(hits) == 2


@pytest.mark.parametrize(
    "typed", ["0612345678", "06 12 34 56 78", "06.12.34.56.78", "+33 6 12 34 56 78", "0033612345678"]
)
def test_a_phone_finds_her_however_it_is_typed_and_says_so(sqlite_town: Town, typed: str) -> None:
    amina = welcome(sqlite_town)
    (hit,) = searched(sqlite_town, Query(phone=typed))
    assert (hit.record_id, hit.why) == (amina, ("même téléphone",))
    named = searched(sqlite_town, Query(phone=typed, last_name="Wojciechowski", first_name="Paul"))
    assert [one.why for one in named] == [("même téléphone", "nom différent", "prénom différent")]


def test_linked_cards_are_found_by_the_tokens_of_each_under_the_one_that_stands(sqlite_town: Town) -> None:
    stands, other = two_cards(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        open_support(tx, record_id=other, structure_id=tx.actor.structure_id, cause_id="", sections=SUPPORT_SECTIONS)
        tx.journal("set_referent", records=[other])
    assert link(sqlite_town, stands, other) == stands
    with sqlite_town.acting("elise", write=False) as tx:
        number = tx.sealing.open_many([other], "card")[other]["card_number"]
    ways = (Query(card_number=number), Query(last_name="Ben Kacem", first_name="Aminah", birth_date=BORN))
    assert [[hit.record_id for hit in searched(sqlite_town, query)] for query in ways] == [[stands]] * 2


def test_whoever_sees_nobody_makes_the_base_do_as_much_whether_she_exists_or_not(sqlite_town: Town) -> None:
    query = Query(last_name="Benkacem", first_name="Amina", birth_date=BORN, phone="0612345678")
    before = statements(sqlite_town, query)
    welcome(sqlite_town)
    assert statements(sqlite_town, query) == before


def statements(town: Town, query: Query) -> list[str]:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("PRAGMA"):  # set only when the connection did something else before
            seen.append(statement)

    event.listen(town.store.readers, "before_cursor_execute", note)
    with town.acting("chloe", write=False) as tx:
        assert found(tx, query) == []
    event.remove(town.store.readers, "before_cursor_execute", note)
    assert seen
    return seen


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pair=st.sampled_from(pairs("same_people")))
def test_no_writing_of_a_name_brings_up_somebody_the_actor_does_not_follow(sqlite_town: Town, pair: Pair) -> None:
    hers = welcome(sqlite_town, by="elise", identity=pair.one)
    for query in (asked(pair.one), asked(pair.other), Query(phone="0612345678")):
        assert hers not in {hit.record_id for hit in searched(sqlite_town, query)}
        assert searched(sqlite_town, query, by="chloe") == []
