"""The smallest and the largest that a scheme may hold, and what is said, of which field, just beyond."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.rules import (
    OwnQuestion,
    SchemeDraft,
    SchemeKind,
    Stage,
    check_change,
    check_draft,
    check_stages_left,
    stood_in,
    with_facts,
)
from pathway.kernel.errors import Invalid, PathwayError, Refused
from tests.casework.schemes import test_rules as ordinary

PHONES = replace(ordinary.PHONES, is_required=False)
GOAL, IDEA = ordinary.GOAL, ordinary.IDEA
DRAFT = replace(ordinary.DRAFT, requirements=(PHONES,), stages=(IDEA,))
DAYS = "La durée prévue va de 1 à 3650 jours. Laissez vide s’il n’y en a pas."
MANY = "Un formulaire a 60 données et 20 questions au plus. Retirez-en."
TWICE = "Cette question est déjà dans le formulaire. Retirez l’une des deux."
STAGE_TWICE = "Cette phase est déjà dans la liste. Retirez l’une des deux."
WHY = "Dites pourquoi, en 200 caractères au plus : la personne le lit."
QUESTION = "Écrivez la question, en 200 caractères au plus."
STAGE = "Écrivez le nom de la phase, en 40 caractères au plus."


def changed(**changes: Any) -> SchemeDraft:
    return replace(DRAFT, **changes)


def asked(number: int) -> tuple[OwnQuestion, ...]:
    return tuple(replace(GOAL, key=f"q{one}") for one in range(number))


def refused(check: Callable[[], None], kind: type[PathwayError]) -> tuple[str, str]:
    """The field that is named, and the sentence."""
    with pytest.raises(kind) as refusal:
        check()
    return getattr(refusal.value, "field", ""), refusal.value.sentence


@pytest.mark.parametrize(
    "changes",
    [
        {"planned_days": None},
        {"planned_days": 1},
        {"planned_days": 3650},
        {"requirements": tuple(replace(PHONES, key=key) for key in CATALOGUE)},  # all of the dictionary
        {"questions": asked(20)},
        {"requirements": (replace(PHONES, why="x"),)},
        {"requirements": (replace(PHONES, why="x" * 200),)},
        {"questions": (replace(GOAL, label="x"),)},
        {"questions": (replace(GOAL, label="x" * 200),)},
        {"questions": (replace(GOAL, key="k" * 40),)},
        {"stages": (replace(IDEA, name="x"),)},
        {"stages": (replace(IDEA, name="x" * 40),)},
        {"stages": ()},
    ],
)
def test_a_draft_may_hold_exactly_so_much(changes: dict[str, object]) -> None:
    check_draft(changed(**changes))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"planned_days": 0}, "planned_days", DAYS),
        ({"planned_days": 3651}, "planned_days", DAYS),
        ({"requirements": (PHONES,) * 60}, "requirements-1", TWICE),
        ({"requirements": (PHONES,) * 61}, "", MANY),
        ({"questions": asked(21)}, "", MANY),
        (
            {"requirements": (PHONES, replace(PHONES, key="shoe_size"))},
            "requirements-1",
            "Cette donnée n’est pas dans le dictionnaire. Retirez-la.",
        ),
        ({"requirements": (PHONES, PHONES)}, "requirements-1", TWICE),
        ({"requirements": (replace(PHONES, why=""),)}, "requirements-0", WHY),
        ({"requirements": (replace(PHONES, why="x" * 201),)}, "requirements-0", WHY),
        ({"questions": (GOAL, GOAL)}, "questions-1", TWICE),
        ({"questions": (replace(GOAL, key="k" * 41),)}, "questions-0", TWICE),
        ({"questions": (replace(GOAL, label=""),)}, "questions-0", QUESTION),
        ({"questions": (replace(GOAL, label="x" * 201),)}, "questions-0", QUESTION),
        (
            {"stages": tuple(Stage(key=f"s{one}", name=f"Phase {one}") for one in range(9))},
            "",
            "Un dispositif a 8 phases au plus. Retirez-en.",
        ),
        ({"stages": (replace(IDEA, name=""),)}, "stages-0", STAGE),
        ({"stages": (replace(IDEA, name="x" * 41),)}, "stages-0", STAGE),
        ({"stages": (IDEA, replace(IDEA, name="Projet"))}, "stages-1", STAGE_TWICE),
        ({"stages": (IDEA, Stage(key="other", name="IDÉE"))}, "stages-1", STAGE_TWICE),
    ],
)
def test_just_beyond_a_draft_is_refused_where_it_stands(changes: dict[str, object], field: str, sentence: str) -> None:
    assert refused(lambda: check_draft(changed(**changes)), Invalid) == (field, sentence)


@pytest.mark.parametrize("is_used", [False, True])
def test_another_kind_is_another_scheme(is_used: bool) -> None:
    assert refused(lambda: check_change(DRAFT, changed(kind=SchemeKind.CEJ), is_used=is_used), Refused) == (
        "kind",
        "Le genre d’un dispositif ne change pas. Fermez celui-ci, puis ajoutez-en un autre.",
    )


@pytest.mark.parametrize("structure", [None, "b"])
def test_where_somebody_entered_the_structure_stays(structure: str | None) -> None:
    moved = changed(structure_id=structure)
    sentence = "Des personnes y sont entrées : la structure ne change plus."
    assert refused(lambda: check_change(DRAFT, moved, is_used=True), Refused) == ("structure_id", sentence)
    check_change(DRAFT, moved, is_used=False)


def test_where_somebody_entered_questions_come_and_go_but_keep_their_words() -> None:
    added = OwnQuestion(key="why", label="Pourquoi")
    check_change(DRAFT, changed(questions=(added, GOAL)), is_used=True)
    check_change(DRAFT, changed(questions=(added,)), is_used=True)
    check_change(DRAFT, changed(questions=(replace(GOAL, is_required=True),)), is_used=True)
    reworded = changed(questions=(added, replace(GOAL, label="Votre projet")))
    assert refused(lambda: check_change(DRAFT, reworded, is_used=True), Refused) == (
        "questions-1",
        "Des personnes ont répondu à cette question : ses mots ne changent plus. Retirez-la, puis ajoutez la nouvelle.",
    )


def test_one_person_is_enough_to_keep_a_stage() -> None:
    sentence = "1 personne est dans la phase « Idée » : elle ne peut pas être retirée. Changez son nom, ou gardez-la."
    assert stood_in("Idée", 1) == sentence
    assert stood_in("Idée", 2) == sentence.replace("1 personne est", "2 personnes sont")
    assert refused(lambda: check_stages_left(DRAFT, changed(stages=()), standing={"idea": 1}), Refused) == (
        "",
        sentence,
    )
    check_stages_left(DRAFT, changed(stages=()), standing={"idea": 0, "other": 1})


def test_a_question_the_dictionary_knows_becomes_a_fact_asked_in_its_own_words() -> None:
    city = OwnQuestion(key="city", label="Où habitez-vous ?", is_required=True)
    why = "Question de ce dispositif : « Où habitez-vous ? »"
    assert with_facts((PHONES,), (city, GOAL)) == (
        (PHONES, Requirement(key="city", is_required=True, why=why)),
        (GOAL,),
    )
    assert not with_facts((), (replace(city, is_required=False),))[0][0].is_required


@pytest.mark.parametrize(
    ("already", "again", "either"),
    [(False, False, False), (True, False, True), (False, True, True), (True, True, True)],
)
def test_an_item_asked_twice_keeps_its_reason_and_is_required_if_either_says_so(
    already: bool, again: bool, either: bool
) -> None:
    known = replace(PHONES, is_required=already)
    question = OwnQuestion(key="phones", label="Vos numéros", is_required=again)
    assert with_facts((known,), (question,)) == ((replace(PHONES, is_required=either),), ())
