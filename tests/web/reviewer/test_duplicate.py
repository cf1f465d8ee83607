import re

import pytest

from pathway.casework.links.rules import MatchState
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.casework.links.pairs import compare_all, decide, listed, open_account, two_cards
from tests.town import signed_in
from tests.web.counsellor.scenes import UNKNOWN, said, valid

SAME = {"verdict": "same", "reason": "misspelt", "version": "2"}


def pair(town: Town) -> str:
    two_cards(town)
    compare_all(town)
    return listed(town)[0].id


def test_the_two_identities_stand_side_by_side_and_nothing_else_does(town: Town) -> None:
    ref = pair(town)
    page = valid(signed_in(town, "ines").get(f"/doublons/{ref}"))
    for word in ("Amina", "Aminah", "Benkacem", "Ben Kacem", "22 avril 1991", "Différent", "Identique"):
        assert word in page
    for hidden in ("06 12 34 56 78", "Rennes", "Point Accueil Emploi Centre", "Mission locale", "Bruno", "Élise"):
        assert hidden not in page
    assert not re.search(r"\d{4} \d{4} \d{4} \d{2}", page)


def test_the_verdict_links_the_cards_and_leads_back_to_the_list(town: Town) -> None:
    ref = pair(town)
    ines = signed_in(town, "ines")
    answer = ines.post(f"/doublons/{ref}", data={**SAME, "version": version(town)})
    assert (answer.status_code, answer.location) == (303, "/doublons")
    assert "Les deux cartes sont réunies." in said(ines.get("/doublons"))
    assert len({row["canonical_id"] for row in rows(town.store, "record")}) == 1


def version(town: Town) -> str:
    return str(rows(town.store, "possible_match")[0]["version"])


@pytest.mark.parametrize(
    ("verdict", "reason", "sentence"),
    [
        ("different", "namesakes", "ce sont deux personnes"),
        ("unsure", "not_enough", "La comparaison reviendra si une des deux cartes change."),
    ],
)
def test_other_verdicts_leave_the_cards_apart(sqlite_town: Town, verdict: str, reason: str, sentence: str) -> None:
    ref = pair(sqlite_town)
    ines = signed_in(sqlite_town, "ines")
    typed = {"verdict": verdict, "reason": reason, "version": version(sqlite_town)}
    assert ines.post(f"/doublons/{ref}", data=typed).status_code == 303
    assert sentence in said(ines.get("/doublons"))
    assert len({row["canonical_id"] for row in rows(sqlite_town.store, "record")}) == 2


def test_a_person_with_an_account_is_waited_for(sqlite_town: Town) -> None:
    amina, _ = two_cards(sqlite_town)
    open_account(sqlite_town, amina)
    compare_all(sqlite_town)
    ines = signed_in(sqlite_town, "ines")
    ines.post(f"/doublons/{listed(sqlite_town)[0].id}", data={**SAME, "version": version(sqlite_town)})
    assert "si elle dit oui" in said(ines.get("/doublons"))
    assert "Comparaison 1" in said(ines.get("/doublons?liste=personne"))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"reason": ""}, "Dites pourquoi"),
        ({"reason": "namesakes"}, "Cette raison ne va pas avec « C’est la même personne »."),
        ({"verdict": "perhaps"}, "Ce choix n’existe pas."),
        ({"version": "x"}, "Cette comparaison vient d’être modifiée"),
    ],
)
def test_a_verdict_that_does_not_hold_is_explained(sqlite_town: Town, changed: dict[str, str], sentence: str) -> None:
    ref = pair(sqlite_town)
    typed = {**SAME, "version": version(sqlite_town), **changed}
    answer = signed_in(sqlite_town, "ines").post(f"/doublons/{ref}", data=typed)
    assert answer.status_code == 422
    assert sentence in valid(answer)
    assert [row["state"] for row in rows(sqlite_town.store, "possible_match")] == ["open"]


def test_cards_linked_by_mistake_are_taken_apart_from_the_same_page(sqlite_town: Town) -> None:
    ref = pair(sqlite_town)
    assert decide(sqlite_town, ref) is MatchState.LINKED
    ines = signed_in(sqlite_town, "ines")
    page = valid(ines.get(f"/doublons/{ref}"))
    assert "Si c’est une erreur, séparez-les" in page
    assert "C’est la même personne" not in page
    typed = {"verdict": "different", "reason": "relatives", "version": version(sqlite_town)}
    assert ines.post(f"/doublons/{ref}", data=typed).status_code == 303
    assert len({row["canonical_id"] for row in rows(sqlite_town.store, "record")}) == 2


def test_a_comparison_that_does_not_exist_is_not_found(sqlite_town: Town) -> None:
    ines = signed_in(sqlite_town, "ines")
    assert ines.get(f"/doublons/{UNKNOWN}").status_code == 404
    assert ines.post(f"/doublons/{UNKNOWN}", data=SAME).status_code == 404
