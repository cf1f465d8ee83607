"""What she limits is kept and used by nobody: pages, lists, search, reuse; from the next request until it ends."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pathway.casework.agreements.queries import restricted_parts
from pathway.casework.agreements.rules import WHO_SHE_IS
from pathway.casework.oversight.queries import own_log
from pathway.casework.records.actions import merge_claims
from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS
from pathway.casework.records.names import Query
from pathway.casework.records.queries import facts_of_many, found, record_opened
from pathway.casework.records.rules import Requirement, ReuseState, Section, Way, reuse
from pathway.casework.rights.actions import withdraw_request
from pathway.casework.rights.rules import RequestState
from pathway.casework.sharing.queries import access_of, accesses_of, seen_in, sight
from pathway.casework.sharing.rules import PARTS
from pathway.casework.sharing.tables import Record
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict
from pathway.store.columns import table_of
from tests.casework.agreements.deciding import agree, hide, seen, sharing
from tests.casework.links.pairs import link, two_cards
from tests.casework.resets.letters import proved, told
from tests.casework.rights.asking import answer, limit, mine
from tests.town import herself, welcome
from tests.web.jobseeker.lives import at_home

PHONE = Query(phone="06 12 34 56 78")


def keys_seen(town: Town, record_id: str, by: str = "bruno") -> set[str]:
    with town.acting(by, write=False) as tx:
        return set(record_opened(tx, record_id).facts)


def hits(town: Town, by: str = "bruno") -> int:
    with town.acting(by, write=False) as tx:
        return len(found(tx, PHONE))


def test_a_limited_answer_is_used_by_no_structure_not_even_its_author(town: Town) -> None:
    record_id = welcome(town)
    agree(town, record_id, "mission-locale", "contact")
    limit(town, record_id, "contact", "city")
    for persona in ("bruno", "denis", "elise"):
        assert "city" not in keys_seen(town, record_id, persona) and "phones" in keys_seen(town, record_id, persona)
    with herself(town, record_id, write=False) as tx:
        assert record_opened(tx, record_id).facts["city"].value == "Rennes"
        assert restricted_parts(tx, record_id) == (("contact", "city"),)


def test_a_limited_section_leaves_lists_and_search_at_once(town: Town) -> None:
    record_id = welcome(town)
    assert hits(town) == 1
    limit(town, record_id, "contact")
    assert hits(town) == 0
    with town.acting("bruno", write=False) as tx:
        assert facts_of_many(tx, accesses_of(tx, [record_id]), Section.CONTACT) == {}
        assert not access_of(tx, record_id).opens("contact") and not accesses_of(tx, [record_id])[record_id].opens(
            "contact"
        )
        table = table_of(Record)
        column = table.c.id
        assert not tx.execute(select(column).where(seen_in(column, "contact")), sight(tx)).all()
        assert len(tx.execute(select(column).where(seen_in(column)), sight(tx)).all()) == 1


def test_one_limited_phone_finds_nobody(town: Town) -> None:
    record_id = welcome(town)
    limit(town, record_id, "contact", "phones")
    assert hits(town) == 0
    with town.acting("bruno", write=False) as tx:
        facts = facts_of_many(tx, accesses_of(tx, [record_id]), Section.CONTACT)
        assert facts[record_id].keys() == {"postcode", "city"}


def test_what_is_limited_is_never_proposed_again(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    limit(sqlite_town, record_id, "situation", "situation")
    with sqlite_town.acting("bruno", write=False) as tx:
        record = record_opened(tx, record_id)
        wanted = [Requirement(key="situation", is_required=True, why="")]
        sections = frozenset(record.sections)
        (proposal,) = reuse(wanted, record.facts, visible_sections=sections, on=tx.today)
    assert proposal.state is ReuseState.MISSING and proposal.fact is None


def test_an_answer_to_what_is_limited_stands_beside_it(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    limit(sqlite_town, record_id, "contact", "city")
    with sqlite_town.acting("bruno") as tx:
        merge_claims(tx, record_id, {"city": "Brest"}, way=Way.SAID)
        tx.journal("edit_section", records=[record_id])
    assert "city" not in keys_seen(sqlite_town, record_id)
    with herself(sqlite_town, record_id, write=False) as tx:
        fact = record_opened(tx, record_id).facts["city"]
    assert fact.value == "Rennes" and [one.value for one in fact.rivals] == ["Brest"]


def test_it_ends_when_she_lifts_it(town: Town) -> None:
    record_id = welcome(town)
    request_id = limit(town, record_id, "contact")
    with herself(town, record_id) as tx:
        withdraw_request(tx, request_id=request_id, version=1)
    assert "phones" in keys_seen(town, record_id) and hits(town) == 1
    assert mine(town, record_id)[0].state is RequestState.WITHDRAWN
    limit(town, record_id, "contact")  # and she may begin again
    assert hits(town) == 0


@pytest.mark.parametrize("granted", [True, False])
def test_it_ends_seven_days_after_the_answer_she_is_told_of(town: Town, clock: FixedClock, granted: bool) -> None:
    record_id = welcome(town)
    answer(town, limit(town, record_id, "contact"), granted=granted)
    clock.move(timedelta(days=7) - timedelta(seconds=1))
    assert "phones" not in keys_seen(town, record_id) and hits(town) == 0
    with herself(town, record_id, write=False) as tx:
        assert restricted_parts(tx, record_id) == (("contact", ""),)
    clock.move(timedelta(seconds=1))
    assert "phones" in keys_seen(town, record_id) and hits(town) == 1
    assert not mine(town, record_id)[0].limits


def test_she_is_told_before_a_limit_is_lifted_without_her(town: Town) -> None:
    record_id = welcome(town)
    at_home(town, record_id)
    email = proved(town, record_id)
    answer(town, limit(town, record_id, "contact"), granted=False)
    assert told(town, "rights_answered") == [email]
    with herself(town, record_id, write=False) as tx:
        assert "restriction_ending" in {line.action for line in own_log(tx)}
    (one,) = mine(town, record_id)
    assert one.limits and one.limit_ends == town.clock.now() + timedelta(days=7)


def test_she_lifts_an_answered_limit_herself_at_once_and_once(town: Town) -> None:
    record_id = welcome(town)
    request_id = limit(town, record_id, "contact")
    answer(town, request_id, granted=False)
    with herself(town, record_id) as tx:
        withdraw_request(tx, request_id=request_id, version=2)
    assert "phones" in keys_seen(town, record_id) and mine(town, record_id)[0].state is RequestState.REFUSED
    with pytest.raises(Conflict), herself(town, record_id) as tx:
        withdraw_request(tx, request_id=request_id, version=2)


def test_asked_again_before_its_end_a_limit_holds_on(town: Town, clock: FixedClock) -> None:
    record_id = welcome(town)
    answer(town, limit(town, record_id, "contact"), granted=False)
    clock.move(timedelta(days=1))
    limit(town, record_id, "contact")
    clock.move(timedelta(days=30))
    assert "phones" not in keys_seen(town, record_id)


def test_what_she_hid_stays_hidden_when_a_limit_ends(town: Town, clock: FixedClock) -> None:
    record_id = welcome(town)
    agree(town, record_id, "mission-locale", "contact")
    hide(town, record_id, "mission-locale", "contact", "city")
    answer(town, limit(town, record_id, "contact", "city"))
    clock.move(timedelta(days=7))
    assert "city" in keys_seen(town, record_id) and "city" not in keys_seen(town, record_id, "elise")


def test_her_pages_say_what_each_structure_still_sees(town: Town) -> None:
    record_id = welcome(town)
    limit(town, record_id, "contact")
    (one,) = sharing(town, record_id).values()
    assert one.restricted == (("contact", ""),) and one.hidden == ()
    assert one.access is not None and not one.access.opens("contact")
    assert one.if_shared is not None and not one.if_shared.opens("contact")


def test_nobody_elses_record_moves(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    other = welcome(sqlite_town, "elise")
    limit(sqlite_town, record_id, "contact")
    assert "phones" in keys_seen(sqlite_town, other, "elise")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(set(CATALOGUE) - WHO_SHE_IS - CAUTIONS.keys())))
def test_a_limit_takes_that_answer_from_everybody_and_nothing_else(sqlite_town: Town, item: str) -> None:
    record_id = welcome(sqlite_town)
    before = seen(sqlite_town, record_id, "bruno")
    limit(sqlite_town, record_id, CATALOGUE[item].section.value, item)
    after = seen(sqlite_town, record_id, "bruno")
    assert before is not None and after is not None
    assert after.hidden_items == before.hidden_items | {item}
    assert after.sections == before.sections and after.sections >= PARTS


def test_a_part_limited_on_two_cards_is_used_again_when_both_requests_are_over(
    sqlite_town: Town, clock: FixedClock
) -> None:
    one, other = two_cards(sqlite_town)
    requests = [limit(sqlite_town, card, "contact", "phones") for card in (one, other)]
    clock.move(timedelta(minutes=1))
    link(sqlite_town, one, other)
    for number, request_id in enumerate(requests, start=1):
        with herself(sqlite_town, one) as tx:
            withdraw_request(tx, request_id=request_id, version=1)
        assert ("phones" in keys_seen(sqlite_town, one)) is (number == 2)
