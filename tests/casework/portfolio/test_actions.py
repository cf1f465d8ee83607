from datetime import date, timedelta

import pytest

from pathway.casework.portfolio.actions import take_out
from pathway.casework.portfolio.rules import PersonRow
from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Identity, Way
from pathway.casework.sharing.actions import end_grants
from pathway.casework.sharing.rules import Cause
from pathway.casework.usage import actions as usage
from pathway.casework.usage.queries import room_for_rows, rows_reading
from pathway.casework.usage.rules import Budgets, QuotaReached
from pathway.demo.town import Town
from tests.casework.agreements.deciding import agree, hide, stop
from tests.casework.cards.counter import presented, shown
from tests.casework.records.test_settling import says, support
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE, entered
from tests.web.test_quota import acts


def taken(town: Town, by: str, *, only_mine: bool = True) -> list[PersonRow]:
    with town.acting(by) as tx:
        return take_out(tx, only_mine=only_mine)


def test_the_file_holds_ones_own_people_by_name(town: Town) -> None:
    welcome(town, identity=ZOE)
    record_id, _ = entered(town)
    rows = taken(town, "bruno")
    assert [row.identity.last_name for row in rows] == ["Benkacem", "Martin"]
    amina = rows[0]
    assert (amina.record_id, amina.phones, amina.city) == (record_id, "06 12 34 56 78", "Rennes")
    assert amina.schemes == ("Accompagnement Point Accueil Emploi",) and amina.next_due_on is None


def test_a_colleague_s_people_are_not_mine_and_are_of_my_structure(town: Town) -> None:
    welcome(town, "fatou", ZOE)
    assert taken(town, "bruno") == []
    assert [row.identity.first_name for row in taken(town, "denis", only_mine=False)] == ["Zoé"]


def test_a_visit_or_an_agreement_puts_nobody_in_a_file(town: Town) -> None:
    record_id = welcome(town)
    presented(town, shown(town, record_id))
    assert taken(town, "elise", only_mine=False) == []
    agree(town, record_id, "mission-locale", "contact")
    assert taken(town, "elise", only_mine=False) == []


def test_a_protected_address_said_elsewhere_does_not_leave_with_a_structure_she_stopped(town: Town) -> None:
    record_id = welcome(town)
    support(town, record_id)
    says(town, "elise", record_id, "address_is_protected", True)
    stop(town, record_id, "pae-centre")
    (row,) = taken(town, "bruno")
    assert (row.phones, row.postcode, row.city) == ("06 12 34 56 78", "", "")


def test_another_structure_takes_nobody(town: Town) -> None:
    welcome(town)
    assert taken(town, "chloe", only_mine=False) == []


def test_what_she_hides_or_stopped_is_not_in_the_file(town: Town) -> None:
    record_id = welcome(town)
    hide(town, record_id, "pae-centre", "contact", "phones")
    assert (taken(town, "bruno")[0].phones, taken(town, "bruno")[0].city) == ("", "Rennes")
    hide(town, record_id, "pae-centre", "contact")
    assert taken(town, "bruno")[0].city == ""
    stop(town, record_id, "pae-centre")
    assert taken(town, "bruno")[0].phones == ""


def test_a_protected_address_never_leaves(town: Town) -> None:
    claims = {"phones": ["+33612345678"], "postcode": "35000", "city": "Rennes", "address_is_protected": True}
    with town.acting("bruno") as tx:
        person = _person(claims)
        create_records(tx, [person], way=Way.SAID, referent_id=tx.actor.account_id)
    row = taken(town, "bruno")[0]
    assert (row.postcode, row.city, row.phones) == ("", "", "06 12 34 56 78")


def test_each_person_is_told_and_the_lines_are_charged(town: Town) -> None:
    records = {welcome(town), welcome(town, identity=ZOE)}
    taken(town, "bruno")
    (act,) = acts(town, "export_people")
    told = act["on"]
    assert isinstance(told, list) and set(told) == records and act["rows"] == 2
    with town.acting("bruno", write=False) as tx:
        assert room_for_rows(tx) == Budgets().rows_day - 2


def test_beyond_the_budget_nothing_is_opened(town: Town) -> None:
    welcome(town)
    welcome(town, identity=ZOE)
    with pytest.raises(QuotaReached), town.acting("bruno") as tx:
        try:
            take_out(tx, only_mine=True, budgets=Budgets(rows_day=1))
        finally:
            assert tx.acts == []


def test_the_thirty_days_of_reading_are_no_support(town: Town) -> None:
    record_id = welcome(town)
    _end_support(town, record_id)
    assert taken(town, "bruno", only_mine=False) == []


def _person(claims: dict[str, object]) -> NewPerson:
    return NewPerson(identity=Identity(first_name="Lou", last_name="Petit", birth_date=date(1990, 5, 6)), claims=claims)


def _end_support(town: Town, record_id: str) -> None:
    with town.acting("bruno") as tx:
        end_grants(
            tx,
            record_id=record_id,
            structure_id=tx.actor.structure_id,
            cause=Cause.SUPPORT,
            until_at=tx.now + timedelta(days=30),
        )
        tx.journal("end_finished_supports", records=[record_id])


def test_one_structure_that_says_protected_is_enough(sqlite_town: Town) -> None:
    claims = {"postcode": "35000", "city": "Rennes", "address_is_protected": False}
    with sqlite_town.acting("bruno") as tx:
        record_id = create_records(tx, [_person(claims)], way=Way.SAID, referent_id=tx.actor.account_id)[0]
    support(sqlite_town, record_id)
    says(sqlite_town, "elise", record_id, "address_is_protected", True)
    row = taken(sqlite_town, "bruno")[0]
    assert (row.postcode, row.city) == ("", "")


def test_two_files_at_once_do_not_pass_the_budget_together(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    welcome(town)
    budgets, sights = Budgets(rows_day=1), iter([None])
    with town.acting("bruno") as tx:
        take_out(tx, only_mine=True, budgets=budgets)
    # What the second one saw before the first was kept: room.
    monkeypatch.setattr(usage, "rows_reading", lambda *given: next(sights) if given[1] else rows_reading(*given))
    with pytest.raises(QuotaReached), town.acting("bruno") as tx:
        take_out(tx, only_mine=True, budgets=budgets)
