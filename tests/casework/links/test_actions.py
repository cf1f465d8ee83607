import pytest

from pathway.casework.links.actions import answer_match, decide_match, link_cards, unlink_cards
from pathway.casework.links.queries import my_matches
from pathway.casework.links.rules import MatchState, Reason, Verdict
from pathway.casework.partners.rules import Role
from pathway.casework.records.actions import NewPerson, create_records, set_referent
from pathway.casework.records.queries import record_opened, referent_of
from pathway.casework.records.rules import Way
from pathway.casework.sharing.queries import same_person
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, NotFound, Refused
from tests.casework.enrolments.steps import rows, system
from tests.casework.links.pairs import TWIN, answer, compare_all, decide, link, listed, open_account, two_cards, unlink
from tests.casework.oversight.scenes import acting_as
from tests.town import herself, welcome


def group(town: Town, card: str) -> list[str]:
    with system(town.store, town.clock, write=False) as tx:
        return same_person(tx, card)


def asked(town: Town) -> tuple[str, str, str]:
    """Amina has an account on her first card; the reviewer takes the other card for hers."""
    amina, other = two_cards(town)
    open_account(town, amina)
    compare_all(town)
    match_id = listed(town)[0].id
    assert decide(town, match_id) is MatchState.ASKED
    return amina, other, match_id


def test_linking_moves_nothing_but_which_card_stands(town: Town) -> None:
    amina, other = two_cards(town)
    before = {name: rows(town.store, name, "ORDER BY 1, 2") for name in ("sealed_section", "data_key", "access_grant")}
    assert link(town, other, amina) == amina
    assert group(town, other) == group(town, amina) == [amina, other]
    after = {name: rows(town.store, name, "ORDER BY 1, 2") for name in before}
    assert after == before


def test_taken_apart_each_card_stands_by_itself_again(town: Town) -> None:
    cards = two_cards(town)
    before = rows(town.store, "record", "ORDER BY id")
    link(town, *cards)
    unlink(town, *cards)
    assert rows(town.store, "record", "ORDER BY id") == before
    assert [row["ended_at"] is None for row in rows(town.store, "card_link")] == [False]


def test_a_card_with_an_account_stands_even_when_it_is_younger(town: Town) -> None:
    amina, other = two_cards(town)
    open_account(town, other)
    assert link(town, amina, other) == other


def test_of_three_cards_the_link_that_was_wrong_is_undone_alone(town: Town) -> None:
    one, two = two_cards(town)
    three = welcome(town, by="karim")
    link(town, one, two)
    link(town, two, three)
    assert set(group(town, three)) == {one, two, three}
    unlink(town, one, two)
    assert group(town, one) == [one]
    assert set(group(town, three)) == {two, three}


def test_cards_already_linked_or_never_linked_are_refused(sqlite_town: Town) -> None:
    one, two = two_cards(sqlite_town)
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        with pytest.raises(Refused, match="ne sont pas réunies"):
            unlink_cards(tx, record_id=one, other_id=two)
        link_cards(tx, record_id=one, other_id=two)
        with pytest.raises(Refused, match="déjà réunies"):
            link_cards(tx, record_id=two, other_id=one)


def test_without_any_account_the_reviewer_links_at_once(town: Town) -> None:
    one, two = two_cards(town)
    compare_all(town)
    assert decide(town, listed(town)[0].id) is MatchState.LINKED
    assert group(town, one) == [one, two]
    change = rows(town.store, "match_change", "ORDER BY version DESC")[0]
    assert (change["state"], change["reason"], change["decided_by"]) == ("linked", "misspelt", town.accounts["ines"])


def test_whoever_has_an_account_is_asked_before_anything_is_linked(town: Town) -> None:
    amina, other, match_id = asked(town)
    assert group(town, other) == [other]
    assert answer(town, amina, match_id, is_me=True) is MatchState.LINKED
    assert group(town, other) == [amina, other]


def test_her_no_links_nothing_and_is_not_asked_again(town: Town) -> None:
    amina, other, match_id = asked(town)
    assert answer(town, amina, match_id, is_me=False) is MatchState.DIFFERENT
    assert group(town, other) == [other]
    assert compare_all(town) == 0
    with herself(town, amina, write=False) as tx:
        assert my_matches(tx) == []


def test_two_accounts_must_both_say_yes(sqlite_town: Town) -> None:
    amina, other = two_cards(sqlite_town)
    for card in (amina, other):
        open_account(sqlite_town, card)
    compare_all(sqlite_town)
    match_id = listed(sqlite_town)[0].id
    decide(sqlite_town, match_id)
    assert answer(sqlite_town, other, match_id, is_me=True) is MatchState.ASKED
    with herself(sqlite_town, other, write=False) as tx:
        assert my_matches(tx) == []
    assert answer(sqlite_town, amina, match_id, is_me=True) is MatchState.LINKED


def test_the_person_undoes_a_link_whichever_card_she_signs_in_with(sqlite_town: Town) -> None:
    amina, other = two_cards(sqlite_town)
    compare_all(sqlite_town)
    match_id = listed(sqlite_town)[0].id
    decide(sqlite_town, match_id)
    assert answer(sqlite_town, other, match_id, is_me=False) is MatchState.DIFFERENT
    assert group(sqlite_town, amina) == [amina]


def test_the_reviewer_takes_apart_what_she_linked_by_mistake(sqlite_town: Town) -> None:
    amina, _ = two_cards(sqlite_town)
    compare_all(sqlite_town)
    match_id = listed(sqlite_town)[0].id
    decide(sqlite_town, match_id)
    with pytest.raises(Refused, match="déjà réunies"):
        decide(sqlite_town, match_id)
    assert decide(sqlite_town, match_id, Verdict.DIFFERENT, Reason.RELATIVES) is MatchState.DIFFERENT
    assert group(sqlite_town, amina) == [amina]


def test_somebody_who_was_not_asked_cannot_answer(sqlite_town: Town) -> None:
    amina, _ = two_cards(sqlite_town)
    stranger = welcome(sqlite_town, by="chloe")
    compare_all(sqlite_town)
    match_id = next(row["id"] for row in rows(sqlite_town.store, "possible_match") if stranger not in row.values())
    for card in (stranger, amina):
        with herself(sqlite_town, card) as tx:
            tx.journal("try")
            with pytest.raises(NotFound):
                answer_match(tx, match_id=match_id, is_me=True, version=1)


def test_two_reviewers_at_once_decide_once(sqlite_town: Town) -> None:
    two_cards(sqlite_town)
    compare_all(sqlite_town)
    match_id = listed(sqlite_town)[0].id
    decide(sqlite_town, match_id, Verdict.UNSURE, Reason.NOT_ENOUGH)
    with sqlite_town.acting("ines") as tx:
        tx.journal("try")
        with pytest.raises(Conflict, match="Rechargez"):
            decide_match(tx, match_id=match_id, verdict=Verdict.SAME, reason=Reason.IDENTICAL, version=1)


def test_the_referent_of_the_card_that_stands_answers_for_the_person(town: Town) -> None:
    amina, other = two_cards(town)
    link(town, amina, other)
    with town.acting("elise", write=False) as tx:
        for card in (amina, other):
            found = referent_of(tx, card)
            assert found is not None
            assert found.account_id == town.accounts["bruno"]


def test_a_referent_changed_while_linked_is_given_back_when_taken_apart(town: Town) -> None:
    amina, other = two_cards(town)
    link(town, amina, other)
    with town.acting("elise") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["elise"])
    with town.acting("elise", write=False) as tx:
        assert record_opened(tx, amina).referent == referent_of(tx, other)
    unlink(town, amina, other)
    with town.acting("bruno", write=False) as tx:
        found = record_opened(tx, amina).referent
    assert found is not None
    assert found.account_id == town.accounts["bruno"]


def test_whoever_made_a_card_does_not_link_it_to_another_by_herself(town: Town) -> None:
    amina = welcome(town)
    with acting_as(town, "ines", Role.COUNSELLOR, "mission-locale") as tx:
        person = NewPerson(identity=TWIN)
        (made,) = create_records(tx, [person], way=Way.SAID, referent_id=None)
    compare_all(town)
    with pytest.raises(Refused):
        decide(town, listed(town)[0].id)
    assert group(town, amina) == [amina] and group(town, made) == [made]
