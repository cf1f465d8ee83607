from datetime import timedelta

import pytest

from pathway.casework.lifecycle.changes import open_structure
from pathway.casework.partners.rules import StructureKind
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.web.operator import structure_close
from tests.casework.enrolments.steps import enter, rows
from tests.town import signed_in, welcome
from tests.web.operator.keeping import refused_to_others, said


def states(town: Town) -> dict[str, str]:
    return {one["code"]: one["state"] for one in rows(town.store, "structure")}


def test_one_sees_what_changes_hands_then_types_the_code_and_it_is_closed(town: Town) -> None:
    enter(town, welcome(town))
    client, heir = signed_in(town, "root"), town.structures["ccas"]
    path = f"/structures/{town.structures['pae-centre']}/fermeture"
    assert "Personnes reprises" not in said(client, path)
    page = said(client, f"{path}?reprise={heir}")
    assert "Personnes reprises 1" in page and "Étapes en cours reprises 1" in page and "Amina" not in page
    answer = client.post(path, data={"heir": heir, "code": " pae-centre "})
    assert answer.location == "/structures" and states(town)["pae-centre"] == "closed"
    after = said(client, "/structures")
    assert "fermée" in after
    assert "Elle ne rouvre pas" in said(client, path.removesuffix("/fermeture"))
    assert client.get(path).status_code == 404
    assert signed_in(town, "bruno").get("/aujourd-hui").status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"code": "autre"}, "Ce n’est pas le code de la structure qui ferme."),
        ({"code": ""}, "Recopiez le code de la structure."),
        ({"heir": ""}, "Choisissez d’abord la structure qui reprend"),
        ({"heir": "coordination"}, "Choisissez d’abord la structure qui reprend"),
        ({"heir": "quai-neuf"}, "Choisissez d’abord la structure qui reprend"),
        ({"heir": "passerelle"}, "Choisissez d’abord la structure qui reprend"),
    ],
)
def test_a_closing_one_is_not_sure_of_changes_nothing(sqlite_town: Town, typed: dict[str, str], sentence: str) -> None:
    sent = {"heir": "ccas", "code": "passerelle", **typed}
    sent["heir"] = sqlite_town.structures.get(sent["heir"], "")
    path = f"/structures/{sqlite_town.structures['passerelle']}/fermeture"
    answer = signed_in(sqlite_town, "root").post(path, data=sent)
    assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)
    assert set(states(sqlite_town).values()) == {"active"}


def test_seeing_what_will_happen_without_saying_who_takes_over_says_what_is_missing(sqlite_town: Town) -> None:
    path = f"/structures/{sqlite_town.structures['passerelle']}/fermeture"
    client, missing = signed_in(sqlite_town, "root"), "Choisissez d’abord la structure qui reprend"
    assert missing not in said(client, path)
    answer = client.get(f"{path}?reprise=")
    assert answer.status_code == 422 and missing in answer.get_data(as_text=True)


def test_what_is_too_long_for_a_page_is_left_to_the_command(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure_close, "MOST_PEOPLE", 0)
    enter(sqlite_town, welcome(sqlite_town))
    path = f"/structures/{sqlite_town.structures['pae-centre']}/fermeture"
    client = signed_in(sqlite_town, "root")
    assert "close-structure" in said(client, path)
    sent = {"heir": sqlite_town.structures["ccas"], "code": "pae-centre"}
    assert client.post(path, data=sent).status_code == 422
    assert states(sqlite_town)["pae-centre"] == "active"


def test_a_structure_without_its_like_is_told_so_and_the_coordination_closes_never(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = said(client, f"/structures/{sqlite_town.structures['quai-neuf']}/fermeture")
    assert "Aucune structure ne peut reprendre celle-ci." in page
    assert client.get(f"/structures/{sqlite_town.structures['coordination']}/fermeture").status_code == 404


def test_an_empty_structure_closes_without_a_taker(town: Town) -> None:
    with town.acting("root") as tx:
        opened = open_structure(tx, code="erreur", name="Maison", kind=StructureKind.ASSOCIATION)
    client, path = signed_in(town, "root"), f"/structures/{opened}/fermeture"
    page = said(client, path)
    assert "Qui reprend" not in page and "aucune structure n’a à reprendre" in page
    assert client.post(path, data={"code": "autre"}).status_code == 422
    assert client.post(path, data={"code": "erreur"}).location == "/structures"
    assert states(town)["erreur"] == "closed"
    assert "Elle ne rouvre pas" in said(client, path.removesuffix("/fermeture"))


def test_only_an_operator_who_has_just_proved_who_she_is_closes_one(sqlite_town: Town, clock: FixedClock) -> None:
    path = f"/structures/{sqlite_town.structures['passerelle']}/fermeture"
    refused_to_others(sqlite_town, path, "GET", "POST")
    client = signed_in(sqlite_town, "root")
    clock.move(timedelta(minutes=11))
    sent = {"heir": sqlite_town.structures["ccas"], "code": "passerelle"}
    assert str(client.post(path, data=sent).location).startswith("/mon-compte/confirmer")
    assert states(sqlite_town)["passerelle"] == "active"
