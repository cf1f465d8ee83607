from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.partners.rules import read_code, read_name
from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.rules import (
    Intensity,
    OwnQuestion,
    SchemeDraft,
    SchemeKind,
    Stage,
    check_change,
    check_draft,
    check_stages_left,
)
from pathway.casework.schemes.standards import STANDARDS
from pathway.kernel.errors import Invalid, Refused

PHONES = Requirement(key="phones", is_required=True, why="Pour vous joindre")
GOAL = OwnQuestion(key="goal", label="Votre but")
IDEA, PROJECT = Stage(key="idea", name="Idée"), Stage(key="project", name="Projet")
DRAFT = SchemeDraft(
    name="Parcours",
    kind=SchemeKind.PLIE,
    structure_id="a",
    intensity=Intensity.STANDARD,
    planned_days=730,
    is_short_activity=False,
    asks_results=False,
    requirements=(PHONES,),
    questions=(GOAL,),
)


@given(st.sampled_from(SchemeKind), st.none() | st.integers(1, 3650))
def test_what_each_kind_begins_with_is_a_good_draft(kind: SchemeKind, days: int | None) -> None:
    check_draft(replace(DRAFT, kind=kind, planned_days=days, requirements=STANDARDS[kind]))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"planned_days": 0}, "planned_days"),
        ({"planned_days": 3651}, "planned_days"),
        ({"requirements": (PHONES, PHONES)}, "requirements-1"),
        ({"requirements": (replace(PHONES, key="shoe_size"),)}, "requirements-0"),
        ({"requirements": (replace(PHONES, why=""),)}, "requirements-0"),
        ({"requirements": (replace(PHONES, why="x" * 201),)}, "requirements-0"),
        ({"questions": (GOAL, GOAL)}, "questions-1"),
        ({"questions": (replace(GOAL, key="A b"),)}, "questions-0"),
        ({"questions": (replace(GOAL, label=""),)}, "questions-0"),
        ({"questions": tuple(replace(GOAL, key=f"q{one}") for one in range(21))}, ""),
        ({"stages": (IDEA, replace(PROJECT, key="idea"))}, "stages-1"),
        ({"stages": (IDEA, replace(PROJECT, name="IDÉE"))}, "stages-1"),
        ({"stages": (IDEA, replace(PROJECT, name=""))}, "stages-1"),
        ({"stages": (replace(IDEA, name="x" * 41),)}, "stages-0"),
        ({"stages": (replace(IDEA, key="A b"),)}, "stages-0"),
        ({"stages": tuple(Stage(key=f"s{one}", name=f"Phase {one}") for one in range(9))}, ""),
    ],
)
def test_a_wrong_draft_says_where(change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_draft(replace(DRAFT, **change))  # type: ignore[arg-type]  # one wrong value at a time
    assert refusal.value.field == field


@given(st.permutations([one for one in CATALOGUE if one != "phones"]))
def test_the_mark_of_a_draft_changes_with_any_of_it_and_with_nothing_else(keys: list[str]) -> None:
    asked = tuple(replace(PHONES, key=key) for key in keys[:3])
    other = replace(DRAFT, requirements=asked)
    assert other.mark == replace(DRAFT, requirements=asked).mark != DRAFT.mark
    assert replace(other, requirements=asked[::-1]).mark != other.mark


@pytest.mark.parametrize("is_used", [True, False])
def test_the_kind_never_changes_the_rest_does_until_somebody_entered(is_used: bool) -> None:
    check_change(DRAFT, replace(DRAFT, name="Autre", questions=(), requirements=()), is_used=is_used)
    with pytest.raises(Refused, match="genre"):
        check_change(DRAFT, replace(DRAFT, kind=SchemeKind.CEJ), is_used=is_used)
    for change in ({"structure_id": None}, {"questions": (replace(GOAL, label="Autre"),)}):
        if is_used:
            with pytest.raises(Refused):
                check_change(DRAFT, replace(DRAFT, **change), is_used=True)
        else:
            check_change(DRAFT, replace(DRAFT, **change), is_used=False)


@given(st.permutations([Stage(key=f"s{one}", name=f"Phase {one}") for one in range(8)]), st.integers(0, 8))
def test_up_to_eight_stages_in_any_order_make_a_good_draft(stages: list[Stage], count: int) -> None:
    check_draft(replace(DRAFT, stages=tuple(stages[:count])))


def test_a_stage_is_taken_away_once_nobody_stands_in_it() -> None:
    before = replace(DRAFT, stages=(IDEA, PROJECT))
    check_stages_left(before, replace(DRAFT, stages=(PROJECT,)), standing={"project": 2})
    check_stages_left(before, replace(DRAFT, stages=(replace(PROJECT, name="Étude"), IDEA)), standing={"project": 2})
    with pytest.raises(Refused, match="2 personnes sont dans la phase « Projet »"):
        check_stages_left(before, replace(DRAFT, stages=(IDEA,)), standing={"project": 2})


@given(st.text(max_size=60))
def test_a_code_is_small_letters_figures_and_dashes_or_is_refused(typed: str) -> None:
    try:
        code = read_code(typed)
    except Invalid as refusal:
        assert refusal.field == "code"
    else:
        assert 0 < len(code) <= 40 and set(code) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(st.text(max_size=200))
def test_a_name_has_one_to_120_characters_and_no_odd_spaces(typed: str) -> None:
    try:
        name = read_name(typed)
    except Invalid as refusal:
        assert refusal.field == "name"
    else:
        assert 0 < len(name) <= 120 and name == " ".join(name.split())
