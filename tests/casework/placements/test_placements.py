import pytest

from pathway.casework.followup.queries import work_of_the_day
from pathway.casework.lifecycle.actions import close_structure
from pathway.casework.oversight.queries import own_log
from pathway.casework.partners.rules import Role
from pathway.casework.placements.actions import place
from pathway.casework.placements.queries import Order, waiting_count, waiting_lines, waiting_person
from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.records.rules import Identity
from pathway.casework.relays.rules import AgreedWay
from pathway.casework.sharing.actions import restrict, withdraw
from pathway.casework.sharing.queries import access_of, is_visible
from pathway.demo.town import Town
from pathway.kernel.errors import Invalid, NotFound, Refused
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import enter, orphans, points, rows, share
from tests.casework.enrolments.steps import leave as exits
from tests.store.hands import broken
from tests.town import AMINA, herself, welcome

_BORN = AMINA.birth_date


def coordinating(town: Town, *, write: bool = True, role: Role = Role.SUPERVISOR) -> Transaction:
    """The responsable of the structure that coordinates the territory."""
    actor = Actor(role=role.value, account_id=town.accounts["theo"], structure_id=town.structures["coordination"])
    return Transaction(town.store, actor=actor, clock=town.clock, door="web", write=write)


def refusing_heir(town: Town, record_id: str = "", *, stopped: str = "plie") -> str:
    """Bruno's structure closes; she had stopped sharing with the one that takes over: her points wait."""
    amina = record_id or welcome(town)
    exits(town, enter(town, amina).enrolment_id)
    with herself(town, amina) as tx:
        withdraw(tx, record_id=amina, structure_id=town.structures[stopped] if stopped else "")
        tx.journal("agreement_withdrawn", records=[amina], structure="")
    return amina


def closed(town: Town) -> None:
    operator = Actor(role=Role.OPERATOR.value)
    with Transaction(town.store, actor=operator, clock=town.clock, door="cli") as tx:
        close_structure(tx, structure_id=town.structures["pae-centre"], heir_id=town.structures["plie"])


def waiting(town: Town) -> str:
    amina = refusing_heir(town)
    closed(town)
    return amina


def placed(town: Town, record_id: str, code: str, way: AgreedWay | None = None) -> int:
    with coordinating(town) as tx:
        return place(tx, record_id=record_id, structure_id=town.structures[code], agreed_way=way)


def test_who_refused_the_heir_waits_in_the_queue_under_her_name(town: Town) -> None:
    amina = waiting(town)
    with coordinating(town, write=False) as tx:
        assert waiting_count(tx) == 1
        for order in Order:
            [line] = waiting_lines(tx, order, page=1, per_page=20)
            assert (line.record_id, line.points, line.since) == (amina, 5, tx.today)
            assert line.identity is not None and line.identity.first_name == "Amina"
        assert waiting_lines(tx, Order.DUE, page=2, per_page=20) == []


def test_the_page_gives_her_telephone_and_who_held_her_and_no_access_to_her_record(town: Town) -> None:
    amina = waiting(town)
    with coordinating(town, write=False) as tx:
        one = waiting_person(tx, amina)
        assert one.phones == ("+33612345678",) and not one.cautions.are_known
        assert {point.from_structure for point in one.points} == {"Point Accueil Emploi Centre"}
        assert not is_visible(tx, amina)
        offered = {taker.name for taker in one.takers}
    assert "CCAS de Valmer" in offered
    assert not offered & {"PLIE du Bassin", "Point Accueil Emploi Centre", "CSAPA du Port"}


def test_another_structure_takes_her_with_her_yes_and_no_exit_is_orphan(town: Town) -> None:
    amina = waiting(town)
    with pytest.raises(Invalid, match="accord"):
        placed(town, amina, "ccas")
    assert placed(town, amina, "ccas", AgreedWay.PHONE) == 5
    assert {one.structure_id for one in points(town, amina, by="nadia")} == {town.structures["ccas"]}
    with town.acting("nadia", write=False) as tx:
        assert access_of(tx, amina).is_lasting_support
        assert [one.owner_id for one in work_of_the_day(tx)] == [None]
    with coordinating(town, write=False) as tx:
        assert waiting_count(tx) == 0
    assert orphans(town) == [] and broken(town.store) == []


def test_who_follows_her_already_takes_her_without_a_new_yes(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "mission-locale", sections=SUPPORT_SECTIONS)
    enter(town, amina, scheme="cej", by="elise")
    refusing_heir(town, amina)
    closed(town)
    with coordinating(town, write=False) as tx:
        assert [one.name for one in waiting_person(tx, amina).takers if one.follows] == ["Mission locale du Bassin"]
    assert placed(town, amina, "mission-locale") == 5


@pytest.mark.parametrize("code", ["plie", "pae-centre", "coordination", "quai-neuf"])
def test_nobody_she_stopped_nor_closed_nor_hidden_is_given_her(sqlite_town: Town, code: str) -> None:
    amina = waiting(sqlite_town)
    with pytest.raises(Refused, match="ne peut pas la suivre"):
        placed(sqlite_town, amina, code, AgreedWay.PHONE)


def test_who_stopped_all_is_not_named_and_goes_nowhere(town: Town) -> None:
    amina = refusing_heir(town, stopped="")
    closed(town)
    with coordinating(town, write=False) as tx:
        [line] = waiting_lines(tx, Order.DUE, page=1, per_page=20)
        one = waiting_person(tx, amina)
    assert line.identity is None and one.identity is None
    assert (one.phones, one.takers) == ((), ())
    with pytest.raises(Refused):
        placed(town, amina, "ccas", AgreedWay.IN_PERSON)
    assert orphans(town) == []


def test_a_limited_telephone_is_not_read(sqlite_town: Town) -> None:
    amina = waiting(sqlite_town)
    with herself(sqlite_town, amina) as tx:
        restrict(tx, record_id=amina, section="contact", item_key="phones")
        tx.journal("part_restricted", records=[amina])
    with coordinating(sqlite_town, write=False) as tx:
        assert waiting_person(tx, amina).phones == ()


def test_only_the_responsable_of_the_territory_reads_the_queue(sqlite_town: Town) -> None:
    amina = waiting(sqlite_town)
    for role in (Role.COORDINATOR, Role.REVIEWER, Role.COUNSELLOR):
        with coordinating(sqlite_town, write=False, role=role) as tx, pytest.raises(NotFound):
            waiting_count(tx)
    with sqlite_town.acting("sylvie", write=False) as tx, pytest.raises(NotFound):
        waiting_person(tx, amina)


def test_somebody_who_does_not_wait_is_not_opened_here(sqlite_town: Town) -> None:
    waiting(sqlite_town)
    zoe = welcome(sqlite_town, "nadia", Identity(first_name="Zoé", last_name="Le Gall", birth_date=_BORN))
    with coordinating(sqlite_town, write=False) as tx, pytest.raises(NotFound):
        waiting_person(tx, zoe)


def test_she_reads_who_saw_her_name_and_that_she_was_placed(sqlite_town: Town) -> None:
    amina = waiting(sqlite_town)
    with coordinating(sqlite_town) as tx:
        waiting_lines(tx, Order.DUE, page=1, per_page=20)
        waiting_person(tx, amina)
    placed(sqlite_town, amina, "ccas", AgreedWay.PHONE)
    with herself(sqlite_town, amina, write=False) as tx:
        said = {one.action for one in own_log(tx)}
    assert {"read_territory_queue", "read_to_place", "place_person"} <= said
    assert len(rows(sqlite_town.store, "point_change", "WHERE reason = 'placed'")) == 5
