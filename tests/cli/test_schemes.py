import json
from pathlib import Path
from typing import Any

import pytest

from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.exit_reasons import ALWAYS_OFFERED
from pathway.casework.schemes.queries import has_scheme, scheme_seen, schemes_by_id
from pathway.casework.schemes.rules import SchemeKind
from pathway.casework.schemes.standards import STANDARDS
from pathway.cli.opening import opened, operating
from tests.casework.enrolments.steps import rows
from tests.cli.conftest import Desk

SCHEME: dict[str, Any] = {
    "code": "plie-nord",
    "name": "Parcours PLIE Nord",
    "kind": "plie",
    "structure": "plie",
    "planned_days": 730,
    "asks": [{"key": "phones", "mandatory": True, "why": "Pour prendre de vos nouvelles"}],
    "questions": [{"key": "goal", "label": "Premier objectif"}],
}


def written(tmp_path: Path, **more: Any) -> Path:
    file = tmp_path / "scheme.json"
    file.write_text(json.dumps({**SCHEME, **more}))
    return file


def test_a_scheme_described_in_a_file_joins_the_catalogue(desk: Desk, tmp_path: Path) -> None:
    assert desk.answer("schemes", "add", written(tmp_path))["code"] == "plie-nord"
    with opened() as store, operating(store) as tx:
        assert has_scheme(tx, "plie-nord")
    assert "porte déjà ce code" in desk.refusal("schemes", "add", written(tmp_path), code=1)


@pytest.mark.parametrize(("asks", "asked"), [(None, STANDARDS[SchemeKind.FORUM]), ((), ())])
def test_a_scheme_that_lists_nothing_asks_what_its_kind_needs(
    desk: Desk, tmp_path: Path, asks: tuple[()] | None, asked: tuple[Requirement, ...]
) -> None:
    desk.answer("schemes", "add", written(tmp_path, kind="forum", asks=asks))
    with opened() as store, operating(store) as tx:
        (found,) = [
            one
            for one in schemes_by_id(tx, [one["id"] for one in rows(store, "scheme")]).values()
            if one.code == "plie-nord"
        ]
    assert found.requirements == asked


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"kind": "magie"}, "« kind »"),
        ({"planned_days": 0}, "« planned_days »"),
        ({"surprise": 1}, "« surprise »"),
        ({"asks": [{"key": "phones", "why": ""}]}, "« asks.0.why »"),
        ({"asks": [{"key": "shoe_size", "why": "Par curiosité"}]}, "n’est pas dans le dictionnaire"),
        ({"structure": "nulle-part"}, "Aucune structure active"),
    ],
)
def test_a_refused_description_names_the_place(desk: Desk, tmp_path: Path, more: dict[str, Any], said: str) -> None:
    assert said in desk.refusal("schemes", "add", written(tmp_path, **more), code=1)


def test_a_file_that_is_no_json_is_refused(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "scheme.json"
    file.write_bytes(b"\xff not json")
    assert "ne décrit pas un dispositif" in desk.refusal("schemes", "add", file, code=1)


def test_a_file_gives_the_stages_and_the_exit_reasons_with_the_checks_of_the_screen(desk: Desk, tmp_path: Path) -> None:
    stages = [{"key": "project", "name": "Projet"}, {"key": "work", "name": "Emploi"}]
    codes = ["cdi", *ALWAYS_OFFERED]
    made = desk.answer("schemes", "add", written(tmp_path, stages=stages, exit_reasons=codes))
    with opened() as store, operating(store) as tx:
        found = scheme_seen(tx, made["scheme"])
    assert [one.name for one in found.stages] == ["Projet", "Emploi"] and found.exit_reasons == tuple(codes)
    twice = [stages[0], {"key": "again", "name": "projet"}]
    assert "déjà dans la liste" in desk.refusal("schemes", "add", written(tmp_path, code="b", stages=twice), code=1)
    few = written(tmp_path, code="b", exit_reasons=["cdi"])
    assert "restent toujours proposés" in desk.refusal("schemes", "add", few, code=1)
