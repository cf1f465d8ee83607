"""Every screen of the guides has something to show on the day of the seed."""

from sqlalchemy import text

from pathway.casework.agreements.queries import sharing_of
from pathway.casework.cards.queries import on_paper
from pathway.casework.links.queries import matches_in, my_matches
from pathway.casework.links.rules import MatchState
from pathway.casework.oversight.queries import (
    contests_settled,
    contests_to_answer,
    exceptional_of_structure,
    exceptional_to_review,
    own_contests,
    own_exceptional,
)
from pathway.casework.oversight.rules import ContestState, Outcome
from pathway.casework.records.queries import record_opened
from pathway.casework.resets.queries import requests_to_confirm
from pathway.demo.people import PEOPLE
from pathway.demo.seed import Seeded
from pathway.kernel.calendar import is_working_day
from pathway.kernel.clock import PARIS, local_day
from pathway.store.transaction import Transaction
from tests.town import FRIDAY, herself


def amina(seeded: Seeded) -> str:
    return seeded.lives[PEOPLE[0].code].record_id


def reading(seeded: Seeded, who: str) -> Transaction:
    return seeded.town.acting(who, write=False)


def test_amina_reads_one_answer_and_waits_for_another(lived: Seeded) -> None:
    with herself(lived.town, amina(lived), write=False) as tx:
        asked = own_contests(tx)
    assert [one.state for one in asked] == [ContestState.OPEN, ContestState.ANSWERED]
    assert all(one.message for one in asked)


def test_denis_has_an_access_to_explain_and_one_explained(lived: Seeded) -> None:
    with reading(lived, "denis") as tx:
        assert len(contests_to_answer(tx)) == len(contests_settled(tx)) == 1
        assert [one.outcome for one in exceptional_of_structure(tx)] == [None]


def test_one_exceptional_access_was_found_justified_and_one_waits_for_ines(lived: Seeded) -> None:
    with herself(lived.town, amina(lived), write=False) as tx:
        assert [one.outcome for one in own_exceptional(tx)] == [Outcome.JUSTIFIED]
    with reading(lived, "ines") as tx:
        waiting = exceptional_to_review(tx)
        assert len(waiting) == 1
        assert waiting[0].review_due_on >= tx.today


def test_ines_has_a_few_pairs_to_compare_one_asked_and_one_linked(lived: Seeded) -> None:
    with reading(lived, "ines") as tx:
        found = {state: matches_in(tx, state, page=1)[1] for state in MatchState}
    assert found[MatchState.OPEN] == 4
    assert found[MatchState.ASKED] == found[MatchState.LINKED] == 1


def test_amina_is_asked_whether_the_other_card_is_hers(lived: Seeded) -> None:
    with herself(lived.town, amina(lived), write=False) as tx:
        assert [one.is_linked for one in my_matches(tx)] == [False]


def test_a_second_factor_waits_for_an_operator(lived: Seeded) -> None:
    with reading(lived, "root") as tx:
        waiting = requests_to_confirm(tx)
    assert [(one.name, one.asked_by_name) for one in waiting] == [("Fatou Diallo", "Denis Carpentier")]


def test_amina_shares_until_a_day_hides_an_answer_stops_one_and_has_a_paper_card(lived: Seeded) -> None:
    town, record_id = lived.town, amina(lived)
    with herself(town, record_id, write=False) as tx:
        told = {one.structure_id: one for one in sharing_of(tx, record_id)}
        assert on_paper(tx, record_id) is not None
    ccas = told[town.structures["ccas"]]
    assert ccas.hidden == (("situation", "last_job_ended_on"),)
    assert all(one.until_at and one.until_at > FRIDAY for one in ccas.in_force)
    assert told[town.structures["ateliers-canal"]].is_stopped


def test_two_structures_disagree_on_her_address(lived: Seeded) -> None:
    with reading(lived, "bruno") as tx:
        assert record_opened(tx, amina(lived)).facts["address"].rivals


def test_all_of_it_was_done_on_working_days_before_today(lived: Seeded) -> None:
    dated = {"contest": "opened_at", "exceptional_access": "opened_at", "agreement": "recorded_at"}
    with reading(lived, "root") as tx:
        for table, column in dated.items():
            for (at,) in tx.execute(text(f"SELECT {column} || '+00:00' FROM {table}")):
                local = FRIDAY.fromisoformat(at).astimezone(PARIS)
                assert is_working_day(local.date()) and 9 <= local.hour < 18, (table, at)
                assert local.date() < local_day(FRIDAY), (table, at)
