from datetime import timedelta

import pytest

from pathway.casework.accounts.rules import AccountState
from pathway.casework.followup.queries import work_of_the_day
from pathway.casework.lifecycle.actions import close_scheme, close_structure, give_people, leave, pass_on_left
from pathway.casework.lifecycle.queries import holdings
from pathway.casework.partners.rules import Role
from pathway.casework.records.actions import set_referent
from pathway.casework.records.queries import referent_of
from pathway.casework.sharing.actions import withdraw
from pathway.casework.team.actions import set_account_state
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotFound, Refused
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import enter, orphans, points, rows, share, system
from tests.casework.enrolments.steps import leave as exits
from tests.store.hands import broken
from tests.town import welcome


def membership(town: Town, who: str) -> str:
    found = rows(town.store, "membership", f"WHERE account_id = '{town.accounts[who]}'")
    return str(found[0]["id"])


def gone(town: Town, who: str, heir: str = "", *, days: int | None = None) -> None:
    held = membership(town, who)
    with town.acting("denis") as tx:
        last_on = None if days is None else tx.today + timedelta(days=days)
        leave(tx, held, last_on=last_on, heir_id=town.accounts[heir] if heir else None)


def referent(town: Town, record_id: str) -> str:
    with system(town.store, town.clock, write=False) as tx:
        found = referent_of(tx, record_id)
    assert found is not None
    return next(name for name, account in town.accounts.items() if account == found.account_id)


def exited(town: Town) -> str:
    amina = welcome(town)
    exits(town, enter(town, amina).enrolment_id)
    return amina


def operating(town: Town) -> Transaction:
    return Transaction(town.store, actor=Actor(role=Role.OPERATOR.value), clock=town.clock, door="cli")


def test_who_leaves_passes_people_and_points_on_to_the_heir(town: Town) -> None:
    amina = exited(town)
    gone(town, "bruno", "fatou")
    assert referent(town, amina) == "fatou"
    assert {one.owner_id for one in points(town, amina, by="denis")} == {town.accounts["fatou"]}
    assert orphans(town) == [] and broken(town.store) == []


def test_without_an_heir_points_wait_in_the_queue_and_the_responsable_answers(town: Town) -> None:
    amina = exited(town)
    gone(town, "bruno")
    assert referent(town, amina) == "denis"
    assert {one.owner_id for one in points(town, amina, by="denis")} == {None}


def test_a_departure_to_come_changes_hands_in_the_night_after_the_last_day(town: Town, clock: FixedClock) -> None:
    amina = exited(town)
    gone(town, "bruno", "fatou", days=3)
    clock.move(timedelta(days=3))
    with system(town.store, clock) as tx:
        pass_on_left(tx)
    assert referent(town, amina) == "bruno"
    clock.move(timedelta(days=1))
    for _ in range(2):
        with system(town.store, clock) as tx:
            pass_on_left(tx)
    assert referent(town, amina) == "fatou"
    assert {one.owner_id for one in points(town, amina, by="denis")} == {town.accounts["fatou"]}


def test_a_shut_account_leaves_nothing_behind(town: Town) -> None:
    amina = exited(town)
    with operating(town) as tx:
        set_account_state(tx, town.accounts["bruno"], AccountState.DISABLED)
    with system(town.store, town.clock) as tx:
        passed = pass_on_left(tx)
    assert (passed.people, passed.points) == (1, 5)
    assert referent(town, amina) == "denis"


def test_an_heir_of_another_structure_is_refused_and_nothing_ends(town: Town) -> None:
    amina = exited(town)
    with pytest.raises(Refused):
        gone(town, "bruno", "elise")
    assert referent(town, amina) == "bruno"


def test_chosen_people_are_given_and_the_others_kept(town: Town) -> None:
    amina, zoe = exited(town), welcome(town, by="chloe")
    with town.acting("denis") as tx:
        given = give_people(
            tx,
            record_ids=[amina, zoe],
            from_id=town.accounts["bruno"],
            to_id=town.accounts["fatou"],
        )
    assert given == (1, 1)
    assert (referent(town, amina), referent(town, zoe)) == ("fatou", "chloe")
    with town.acting("denis", write=False) as tx:
        assert (holdings(tx, town.accounts["fatou"]).people, holdings(tx, town.accounts["fatou"]).points) == (1, 5)


def test_a_closed_structure_leaves_its_people_to_the_one_that_takes_over(town: Town) -> None:
    amina = exited(town)
    enter(town, amina, scheme="plie")
    with operating(town) as tx:
        done = close_structure(tx, structure_id=town.structures["pae-centre"], heir_id=town.structures["ccas"])
    assert (done.people, done.points, done.steps, done.waiting) == (1, len(points(town, amina, by="nadia")), 1, 0)
    assert orphans(town) == [] and broken(town.store) == []
    with town.acting("bruno", write=False) as tx:
        assert work_of_the_day(tx) == []


def test_who_stopped_sharing_with_the_heir_waits_in_the_queue_of_the_territory(town: Town) -> None:
    amina = exited(town)
    with system(town.store, town.clock) as tx:
        withdraw(tx, record_id=amina, structure_id=town.structures["ccas"])
        tx.journal("test")
    with operating(town) as tx:
        done = close_structure(tx, structure_id=town.structures["pae-centre"], heir_id=town.structures["ccas"])
    assert (done.people, done.waiting) == (0, 1)
    held = {row["structure_id"] for row in rows(town.store, "point", "WHERE state = 'open'")}
    assert held == {town.structures["coordination"]}
    assert orphans(town) == [] and points(town, amina, by="nadia") == []


def test_a_step_that_cannot_go_on_ends_with_its_points(town: Town) -> None:
    amina = welcome(town)
    enter(town, amina, scheme="plie")
    share(town, amina, "mission-locale", sections=["*"])
    enter(town, amina, by="elise", scheme="plie")
    with operating(town) as tx:
        done = close_structure(
            tx, structure_id=town.structures["pae-centre"], heir_id=town.structures["mission-locale"]
        )
    assert (done.people, done.steps) == (1, 0)
    open_steps = rows(town.store, "enrolment", "WHERE exited_at IS NULL")
    assert [row["structure_id"] for row in open_steps] == [town.structures["mission-locale"]]
    assert {one.structure_id for one in points(town, amina, by="elise")} == {town.structures["mission-locale"]}
    assert orphans(town) == []


@pytest.mark.parametrize("heir", ["pae-centre", "quai-neuf", "coordination"])
def test_an_heir_that_cannot_take_over_is_refused_and_nothing_closes(town: Town, heir: str) -> None:
    exited(town)
    with pytest.raises(Refused), operating(town) as tx:
        close_structure(tx, structure_id=town.structures["pae-centre"], heir_id=town.structures[heir])
    assert {row["state"] for row in rows(town.store, "structure")} == {"active"}


def test_nobody_enters_a_closed_scheme_and_nobody_is_put_out(town: Town) -> None:
    amina = welcome(town)
    step = enter(town, amina).enrolment_id
    with operating(town) as tx:
        assert close_scheme(tx, town.schemes["pae"]) == 1
    with pytest.raises(NotFound):
        enter(town, welcome(town, by="bruno"), scheme="pae")
    exits(town, step)
    assert len(points(town, amina)) == 5
    with pytest.raises(NotFound), operating(town) as tx:
        close_scheme(tx, town.schemes["pae"])


def test_a_new_referent_is_kept_when_the_former_one_leaves(town: Town) -> None:
    amina = exited(town)
    with town.acting("denis") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["fatou"])
    gone(town, "bruno")
    assert referent(town, amina) == "fatou"
