"""A sensitive structure follows people without the others ever reading its name or its steps."""

import pytest
from sqlalchemy import text

from pathway.casework.enrolments.queries import steps
from pathway.casework.followup.queries import contacts, open_points
from pathway.casework.partners.actions import add_sensitive_structure, change_structure
from pathway.casework.partners.queries import (
    NEUTRAL_NAME,
    every_structure,
    known_structure,
    posts,
    structure_addresses,
    structure_names,
    structures,
)
from pathway.casework.partners.rules import SensitiveKind
from pathway.casework.records.actions import save_answers, set_referent
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Answer, Gesture, Way
from pathway.casework.sharing.queries import structures_that_see
from pathway.casework.sharing.rules import PARTS
from pathway.demo.town import Town
from pathway.kernel.errors import Refused
from tests.casework.enrolments.steps import call, enter, leave, share, system
from tests.town import herself, welcome

TRUE_NAME = "CSAPA du Port"


def followed_there(town: Town) -> str:
    """Amina, followed by the desk and by the sensitive structure, where she entered and left. Gives her record."""
    amina = welcome(town)
    share(town, amina, "quai-neuf", sections={"identity", "contact", *PARTS})
    there = enter(town, amina, scheme="quai-neuf", by="solene")
    call(town, amina, by="solene")
    leave(town, there.enrolment_id, by="solene")
    return amina


def test_its_name_is_told_to_its_own_and_to_the_person_only(town: Town) -> None:
    there = town.structures["quai-neuf"]
    with town.acting("solene", write=False) as tx:
        assert structure_names(tx)[there] == TRUE_NAME
        assert posts(tx, town.accounts["solene"])[0].structure_name == TRUE_NAME
    with town.acting("bruno", write=False) as tx:
        assert structure_names(tx)[there] == NEUTRAL_NAME
        assert there not in [one.id for one in structures(tx)]
    with herself(town, welcome(town), write=False) as tx:
        assert structure_names(tx)[there] == TRUE_NAME


def test_its_address_is_refused_and_never_told(town: Town) -> None:
    there = town.structures["quai-neuf"]
    with pytest.raises(Refused), town.acting("root") as tx:
        change_structure(tx, there, name=TRUE_NAME, address="4 quai des Brumes")
    with town.store.engine.begin() as connection:  # written by whatever means
        connection.execute(text("UPDATE structure SET address = 'ici' WHERE id = :id"), {"id": there})
    with town.acting("solene", write=False) as tx:
        assert there not in structure_addresses(tx)
    with herself(town, welcome(town), write=False) as tx:
        assert there not in structure_addresses(tx)
    with town.acting("root", write=False) as tx:
        assert known_structure(tx, there).address == ""


def test_the_operator_knows_it_by_its_code_alone(town: Town) -> None:
    with system(town.store, town.clock, write=False) as tx:
        line = next(one for one in every_structure(tx) if one.code == "quai-neuf")
    assert line.name == NEUTRAL_NAME


def test_its_steps_contacts_and_points_are_invisible_to_the_others(town: Town) -> None:
    amina = followed_there(town)
    with town.acting("bruno", write=False) as tx:
        assert steps(tx, amina) == [] and contacts(tx, amina) == []
        assert town.structures["quai-neuf"] not in {point.structure_id for point in open_points(tx, amina)}
        assert TRUE_NAME not in str(structures_that_see(tx, amina))
        assert town.structures["quai-neuf"] not in {one.structure_id for one in structures_that_see(tx, amina)}
    with town.acting("solene", write=False) as tx:
        assert len(steps(tx, amina)) == 1 and len(contacts(tx, amina)) == 1


def test_the_person_sees_them(town: Town) -> None:
    amina = followed_there(town)
    with herself(town, amina, write=False) as tx:
        assert [step.structure_id for step in steps(tx, amina)] == [town.structures["quai-neuf"]]
        assert town.structures["quai-neuf"] in {one.structure_id for one in structures_that_see(tx, amina)}


def test_what_it_recorded_is_read_without_its_name(town: Town) -> None:
    amina = welcome(town)
    share(town, amina, "quai-neuf", sections={"identity", "contact", *PARTS})
    said = Answer(key="contact_channel", value="sms", gesture=Gesture.ANSWERED)
    with town.acting("solene") as tx:
        save_answers(tx, record_opened(tx, amina), [said], way=Way.SAID)
    with town.acting("bruno") as tx:
        fact = record_opened(tx, amina).facts["contact_channel"]
        assert structure_names(tx)[fact.provenance.structure_id] == NEUTRAL_NAME


def test_its_professionals_are_nobodys_referent(town: Town) -> None:
    amina = followed_there(town)
    with pytest.raises(Refused), town.acting("solene") as tx:
        set_referent(tx, record_id=amina, account_id=town.accounts["solene"])
    with town.acting("solene") as tx:
        referent = record_opened(tx, amina).referent
    assert referent is not None and referent.account_id == town.accounts["bruno"]


def test_its_name_stands_nowhere_in_clear(town: Town) -> None:
    with system(town.store, town.clock) as tx:
        add_sensitive_structure(tx, code="a-17", name="Foyer des Tilleuls", kind=SensitiveKind.SHELTER)
    with town.store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT code, name, kind FROM structure").all()
    assert not [row for row in rows if "Tilleuls" in str(row) or "shelter" in str(row) or "CSAPA" in str(row)]
