from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import SQLModel

from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.actions import add_scheme
from pathway.casework.schemes.exit_reasons import REASONS, exit_reason, grouped_reasons
from pathway.casework.schemes.queries import open_schemes, scheme_for_entry, schemes_by_id
from pathway.casework.schemes.rules import Intensity, OwnQuestion, SchemeKind
from pathway.demo.town import Town
from pathway.kernel.errors import Conflict, Invalid, NotFound
from tests.casework.enrolments.steps import enter, rows, system
from tests.town import welcome

ASKED = Requirement(key="phones", is_required=True, why="Pour vous joindre")
LIGHT: dict[str, Any] = {
    "code": "new",
    "name": "Nouveau",
    "kind": SchemeKind.SOCIAL_SUPPORT,
    "structure_id": None,
    "intensity": Intensity.LIGHT,
}
SCHEMES = SQLModel.metadata.tables["scheme"]
OWN = OwnQuestion(key="goal", label="Votre but", is_required=True)


def test_a_scheme_comes_back_with_all_it_asks(town: Town) -> None:
    with system(town.store, town.clock) as tx:
        scheme_id = add_scheme(
            tx,
            code="new",
            name="Nouveau",
            kind=SchemeKind.CEJ,
            structure_id=None,
            intensity=Intensity.INTENSIVE,
            planned_days=90,
            requirements=[ASKED],
            questions=[OWN],
        )
    with town.acting("chloe", write=False) as tx:
        found = scheme_for_entry(tx, scheme_id)
    assert (found.code, found.kind, found.planned_days) == ("new", SchemeKind.CEJ, 90)
    assert (found.requirements, found.questions) == ((ASKED,), (OWN,))


def test_a_scheme_asks_nothing_outside_the_dictionary(town: Town) -> None:
    nonsense = Requirement(key="shoe_size", is_required=True, why="Pour rien")
    with pytest.raises(Invalid), system(town.store, town.clock) as tx:
        add_scheme(
            tx,
            code="odd",
            name="Odd",
            kind=SchemeKind.CEJ,
            structure_id=None,
            intensity=Intensity.LIGHT,
            requirements=[nonsense],
        )
    assert rows(town.store, "scheme", "WHERE code = 'odd'") == []


def test_a_question_of_its_own_that_the_dictionary_knows_is_a_requirement(town: Town) -> None:
    known = OwnQuestion(key="housing", label="Où dormez-vous ?", is_required=True)
    again = OwnQuestion(key="phones", label="Votre numéro")
    with system(town.store, town.clock) as tx:
        scheme_id = add_scheme(tx, requirements=[ASKED], questions=[known, OWN, again], **LIGHT)
    with town.acting("chloe", write=False) as tx:
        found = scheme_for_entry(tx, scheme_id)
    why = "Question de ce dispositif : « Où dormez-vous ? »"
    assert found.requirements == (ASKED, Requirement(key="housing", is_required=True, why=why))
    assert found.questions == (OWN,)


def test_a_scheme_stored_before_asks_its_known_question_as_a_fact_too(town: Town) -> None:
    amina = welcome(town)
    kept = '[{"key": "housing", "label": "Où dormez-vous ?", "required": true}]'
    with town.store.engine.begin() as connection:
        connection.execute(update(SCHEMES).where(SCHEMES.c.code == "atelier").values(questions=kept))
    entered = enter(town, amina, scheme="atelier")
    assert (entered.meter.needed, entered.meter.asked) == (3, 1)
    with town.acting("bruno", write=False) as tx:
        assert record_opened(tx, amina).facts["housing"].value == "tenant"


def test_an_item_that_left_the_dictionary_is_asked_no_more(town: Town) -> None:
    kept = '[{"key": "shoe_size", "required": true, "why": "Pour les chaussures"}]'
    with town.store.engine.begin() as connection:
        connection.execute(update(SCHEMES).where(SCHEMES.c.code == "pae").values(requirements=kept))
    with town.acting("bruno", write=False) as tx:
        assert scheme_for_entry(tx, town.schemes["pae"]).requirements == ()


def test_health_is_asked_only_where_its_ground_is_recorded(town: Town) -> None:
    asked = [Requirement(key="aah", is_required=False, why="Pour vérifier vos droits"), ASKED]
    with system(town.store, town.clock) as tx:
        scheme_id = add_scheme(tx, requirements=asked, **LIGHT)
    seen = {}
    for by in ("nadia", "chloe"):  # the CCAS has a ground for health, the association has none
        with town.acting(by, write=False) as tx:
            seen[by] = [one.key for one in scheme_for_entry(tx, scheme_id).requirements]
    assert seen == {"nadia": ["aah", "phones"], "chloe": ["phones"]}


def test_a_code_already_taken_is_a_conflict(town: Town) -> None:
    with pytest.raises(Conflict), system(town.store, town.clock) as tx:
        add_scheme(tx, code="pae", name="Twice", kind=SchemeKind.CEJ, structure_id=None, intensity=Intensity.LIGHT)


def test_a_structure_is_offered_its_own_schemes_and_the_common_ones(town: Town) -> None:
    with town.acting("bruno", write=False) as tx:
        assert {one.code for one in open_schemes(tx)} == {"pae", "plie", "atelier", "immersion"}
        with pytest.raises(NotFound):
            scheme_for_entry(tx, town.schemes["cej"])


def test_a_closed_scheme_takes_nobody_but_stays_readable(town: Town) -> None:
    with town.store.engine.begin() as connection:
        connection.execute(update(SQLModel.metadata.tables["scheme"]).where(text("code = 'pae'")).values(is_open=False))
    with town.acting("bruno", write=False) as tx:
        with pytest.raises(NotFound):
            scheme_for_entry(tx, town.schemes["pae"])
        assert schemes_by_id(tx, [town.schemes["pae"]])[town.schemes["pae"]].code == "pae"


def test_nothing_is_asked_of_the_base_for_no_scheme(town: Town) -> None:
    with town.acting("bruno", write=False) as tx:
        assert schemes_by_id(tx, []) == {}


def test_every_reason_is_found_by_its_code_and_shown_once() -> None:
    shown = [reason for _, reasons in grouped_reasons() for reason in reasons]
    assert sorted(reason.code for reason in shown) == sorted(reason.code for reason in REASONS)
    assert all(exit_reason(reason.code) is reason for reason in REASONS)


def test_an_unknown_reason_is_refused_beside_its_field() -> None:
    with pytest.raises(Invalid) as refusal:
        exit_reason("prison")
    assert refusal.value.field == "reason"
