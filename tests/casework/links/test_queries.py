from datetime import date, timedelta
from typing import Any

import pytest

from pathway.casework.links import queries
from pathway.casework.links.queries import cards_to_compare, identities_compared, matches_in, my_matches
from pathway.casework.links.rules import Likeness, MatchState, Reason, Verdict
from pathway.casework.records.actions import edit_section
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Identity, Section, Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotFound
from tests.casework.enrolments.steps import rows, system
from tests.casework.links.pairs import TWIN, compare_all, decide, link, listed, two_cards
from tests.town import AMINA, herself, welcome

ZOE = Identity(first_name="Zoé", last_name="Martin", birth_date=date(1985, 3, 2))


def rename(town: Town, record_id: str, by: str, **said: Any) -> None:
    with town.acting(by) as tx:
        seq = record_opened(tx, record_id, only=frozenset({Section.IDENTITY})).seqs["identity"]
        edit_section(tx, record_id=record_id, section=Section.IDENTITY, values=said, seq=seq, way=Way.SAID)


def test_the_night_proposes_cards_that_look_alike_across_structures(town: Town) -> None:
    low, high = sorted(two_cards(town))
    welcome(town, by="karim", identity=ZOE)
    assert compare_all(town) == 1
    assert [(row["low_id"], row["high_id"]) for row in rows(town.store, "possible_match")] == [(low, high)]
    (line,) = listed(town)
    assert Likeness.SAME_DATE in line.why
    assert Likeness.SAME_CONTACT in line.why


def test_a_night_run_twice_proposes_nothing_more(town: Town) -> None:
    two_cards(town)
    compare_all(town)
    with system(town.store, town.clock, write=False) as tx:
        assert cards_to_compare(tx) == []
    assert compare_all(town) == 0
    assert len(listed(town)) == 1


def test_a_card_is_compared_again_once_it_was_written(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    other = welcome(sqlite_town, by="elise", identity=ZOE)
    assert compare_all(sqlite_town) == 0
    rename(sqlite_town, other, "elise", first_name="Amina", last_name="Benkacem", birth_date="1991-04-22")
    with system(sqlite_town.store, sqlite_town.clock, write=False) as tx:
        assert cards_to_compare(tx) == [other]
    assert compare_all(sqlite_town) == 1
    assert amina in {value for row in rows(sqlite_town.store, "possible_match") for value in row.values()}


def test_two_persons_stay_two_until_a_card_changes(sqlite_town: Town) -> None:
    _, other = two_cards(sqlite_town)
    compare_all(sqlite_town)
    decide(sqlite_town, listed(sqlite_town)[0].id, Verdict.DIFFERENT, Reason.NAMESAKES)
    with sqlite_town.acting("elise") as tx:
        seq = record_opened(tx, other, only=frozenset({Section.CONTACT})).seqs["contact"]
        said = {"city": "Angers"}
        edit_section(tx, record_id=other, section=Section.CONTACT, values=said, seq=seq, way=Way.SAID)
    assert compare_all(sqlite_town) == 0
    rename(sqlite_town, other, "elise", first_name="Amina")
    assert compare_all(sqlite_town) == 1


def test_a_corrected_name_takes_the_pair_off_the_list(sqlite_town: Town) -> None:
    _, other = two_cards(sqlite_town)
    compare_all(sqlite_town)
    rename(sqlite_town, other, "elise", first_name="Zoé", last_name="Martin", birth_date="1985-03-02")
    compare_all(sqlite_town)
    assert listed(sqlite_town) == []
    assert [row["state"] for row in rows(sqlite_town.store, "possible_match")] == [MatchState.GONE]


def test_a_phone_that_a_whole_shelter_gives_joins_nobody(sqlite_town: Town) -> None:
    for number in range(120):
        born = date(1950, 1, 1) + timedelta(days=137 * number)
        last = f"Martin{'abcdefghij'[number % 10] * 9}"
        welcome(sqlite_town, identity=Identity(first_name="Zoé", last_name=last, birth_date=born))
    two_cards(sqlite_town)
    compare_all(sqlite_town)
    assert all(Likeness.SAME_CONTACT.value not in row["why"] for row in rows(sqlite_town.store, "possible_match"))


def test_the_list_is_given_page_by_page_the_oldest_first(
    sqlite_town: Town, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PER_PAGE", 2)
    for last in ("Benkacem", "Martin", "Diop"):
        for by in ("bruno", "elise"):
            born = date(1970, 1, len(last))
            welcome(sqlite_town, by=by, identity=Identity(first_name=last[::-1], last_name=last, birth_date=born))
        compare_all(sqlite_town)
        clock.move(timedelta(minutes=1))
    with sqlite_town.acting("ines", write=False) as tx:
        first, total = matches_in(tx, MatchState.OPEN, page=1)
        second, _ = matches_in(tx, MatchState.OPEN, page=2)
    assert (len(first), len(second), total) == (2, 1, 3)
    found = [line.found_at for line in (*first, *second)]
    assert found == sorted(found)


@pytest.mark.parametrize("who", ["bruno", "denis", "theo", "root", "chloe"])
def test_nobody_but_a_reviewer_sees_pairs_or_identities(sqlite_town: Town, who: str) -> None:
    two_cards(sqlite_town)
    compare_all(sqlite_town)
    match_id = listed(sqlite_town)[0].id
    with sqlite_town.acting(who, write=False) as tx:
        assert matches_in(tx, MatchState.OPEN, page=1) == ([], 0)
        with pytest.raises(NotFound):
            identities_compared(tx, match_id)


def test_the_reviewer_reads_two_identities_and_both_persons_can_read_that_she_did(sqlite_town: Town) -> None:
    cards = two_cards(sqlite_town)
    compare_all(sqlite_town)
    with sqlite_town.acting("ines", write=False) as tx:
        compared = identities_compared(tx, listed(sqlite_town)[0].id)
        (act,) = tx.acts
    assert {compared.first, compared.second} == {AMINA, TWIN}
    assert (act.action, set(act.records)) == ("compare_identities", set(cards))


def test_a_person_is_told_nothing_before_a_reviewer_has_spoken(sqlite_town: Town) -> None:
    amina, _ = two_cards(sqlite_town)
    compare_all(sqlite_town)
    with herself(sqlite_town, amina, write=False) as tx:
        assert my_matches(tx) == []


def test_cards_linked_through_a_third_are_no_longer_to_compare(sqlite_town: Town) -> None:
    cards = [*two_cards(sqlite_town), welcome(sqlite_town, by="karim")]
    assert compare_all(sqlite_town) == 3
    link(sqlite_town, cards[0], cards[1])
    assert len(listed(sqlite_town)) == 2
    link(sqlite_town, cards[1], cards[2])
    assert listed(sqlite_town) == []
