from datetime import timedelta

import pytest

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import enter, rows
from tests.casework.lifecycle.test_actions import membership
from tests.town import signed_in, welcome
from tests.web.operator.keeping import refused_to_others, said


def path(town: Town, who: str = "bruno") -> str:
    return f"/comptes/{town.accounts[who]}"


def post(town: Town, who: str, end: str) -> str:
    return f"/habilitations/{membership(town, who)}/{end}"


def test_an_account_is_shut_at_once_and_given_back(town: Town) -> None:
    client, bruno = signed_in(town, "root"), signed_in(town, "bruno")
    page = said(client, path(town))
    assert "peut se connecter" in page and "Bruno" not in page and "Lemaire" not in page
    assert client.post(f"{path(town)}/fermeture", data={"is_sure": "y"}).location == path(town)
    assert bruno.get("/aujourd-hui").status_code == 302
    assert "compte fermé" in said(client, path(town))
    assert client.post(f"{path(town)}/reouverture", data={"is_sure": "y"}).status_code == 303
    assert signed_in(town, "bruno").get("/aujourd-hui").status_code == 200


def test_a_box_left_empty_shuts_nothing(sqlite_town: Town) -> None:
    answer = signed_in(sqlite_town, "root").post(f"{path(sqlite_town)}/fermeture")
    assert answer.status_code == 422 and "Cochez la case pour confirmer." in answer.get_data(as_text=True)
    assert signed_in(sqlite_town, "bruno").get("/aujourd-hui").status_code == 200


def test_a_habilitation_ends_at_once_and_what_it_held_changes_hands(town: Town) -> None:
    enter(town, welcome(town))
    client, bruno = signed_in(town, "root"), signed_in(town, "bruno")
    assert client.post(post(town, "bruno", "fin"), data={"when": "now"}).location == path(town)
    assert bruno.get("/aujourd-hui").status_code == 302
    held = rows(town.store, "referent", "WHERE until_at IS NULL")
    assert [one["account_id"] for one in held] == [town.accounts["denis"]]
    assert "Aucune habilitation" in said(client, path(town))


def test_a_habilitation_is_prolonged_or_ends_on_a_day(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    assert client.post(post(sqlite_town, "bruno", "prolongation"), data={"until_on": "20/11/2027"}).status_code == 303
    assert "20 novembre 2027" in said(client, path(sqlite_town))
    sent = {"when": "later", "last_on": "28/11/2026"}
    assert client.post(post(sqlite_town, "bruno", "fin"), data=sent).status_code == 303
    assert "28 novembre 2026" in said(client, path(sqlite_town))


@pytest.mark.parametrize(
    ("who", "end", "typed", "sentence"),
    [
        ("bruno", "fin", {}, "Choisissez quand l’habilitation se termine."),
        ("bruno", "fin", {"when": "later"}, "Écrivez le dernier jour de l’habilitation."),
        ("bruno", "fin", {"when": "later", "last_on": "19/11/2026"}, "Cette date est passée."),
        ("bruno", "fin", {"when": "later", "last_on": "31/02/2027"}, "31/02/2027"),
        ("bruno", "prolongation", {"until_on": ""}, "Écrivez le nouveau dernier jour."),
        ("bruno", "prolongation", {"until_on": "21/11/2029"}, "trois ans au plus"),
        ("theo", "prolongation", {"until_on": "20/11/2027"}, "se prolonge sur le serveur"),
        ("root", "fin", {"when": "now"}, "Personne ne décide de sa propre habilitation."),
    ],
)
def test_what_cannot_be_says_why_and_changes_nothing(
    sqlite_town: Town, who: str, end: str, typed: dict[str, str], sentence: str
) -> None:
    before = rows(sqlite_town.store, "membership")
    answer = signed_in(sqlite_town, "root").post(post(sqlite_town, who, end), data=typed)
    assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)
    assert rows(sqlite_town.store, "membership") == before


def test_ones_own_account_has_no_gesture(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = said(client, path(sqlite_town, "root"))
    assert "C’est votre compte" in page and "Mettre fin" not in page and "Fermer le compte" not in page
    answer = client.post(f"{path(sqlite_town, 'root')}/fermeture", data={"is_sure": "y"})
    assert answer.status_code == 422 and client.get("/comptes").status_code == 200


def test_only_an_operator_who_has_just_proved_who_she_is_gets_there(sqlite_town: Town, clock: FixedClock) -> None:
    refused_to_others(sqlite_town, path(sqlite_town))
    doors = (
        f"{path(sqlite_town)}/fermeture",
        f"{path(sqlite_town)}/reouverture",
        post(sqlite_town, "bruno", "fin"),
        post(sqlite_town, "bruno", "prolongation"),
    )
    client = signed_in(sqlite_town, "root")
    assert client.post(f"/habilitations/{'a' * 26}/fin", data={"when": "now"}).status_code == 404
    clock.move(timedelta(minutes=11))
    for door in doors:
        refused_to_others(sqlite_town, door, "POST")
        assert "/mon-compte/confirmer" in str(client.post(door, data={"is_sure": "y", "when": "now"}).location)
