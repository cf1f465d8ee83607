"""Closing a structure or a scheme from the command line, on a small instance."""

from tests.cli.conftest import Desk


def test_a_structure_closes_with_who_takes_over(desk: Desk) -> None:
    done = desk.answer("partners", "close-structure", "--code", "passerelle", "--to", "ccas", "--yes")
    assert done == {"people": 0, "points": 0, "steps": 0, "waiting": 0, "appointments": 0, "relays": 0}
    assert "passerelle" not in {one["code"] for one in desk.answer("partners", "list")}


def test_an_unknown_structure_or_heir_is_said(desk: Desk) -> None:
    said = desk.refusal("partners", "close-structure", "--code", "passerelle", "--to", "paris", "--yes", code=1)
    assert "Cette structure ne peut pas reprendre. Peuvent" in said and "pae-centre" in said
    unknown = desk.refusal("partners", "close-structure", "--code", "paris", "--to", "plie", "--yes", code=1)
    assert "Aucune structure active ne porte ce code" in unknown


def test_a_scheme_closes_once_and_says_what_is_under_way(desk: Desk) -> None:
    assert desk.answer("schemes", "close", "--code", "atelier") == {"code": "atelier", "steps_under_way": 0}
    assert "Aucun dispositif ouvert" in desk.refusal("schemes", "close", "--code", "atelier", code=1)
