import pytest

from pathway.casework.lifecycle.actions import close_structure
from pathway.casework.lifecycle.expiring import erase_person
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.demo.town import Town
from pathway.kernel.errors import NotFound
from tests.casework.enrolments.steps import enter
from tests.town import signed_in, welcome
from tests.web.operator.keeping import refused_to_others, said


def test_a_scheme_says_what_it_asks_why_and_what_follows(sqlite_town: Town) -> None:
    page = said(signed_in(sqlite_town, "root"), f"/dispositifs/{sqlite_town.schemes['pae']}")
    assert "Téléphones obligatoire Pour prendre de vos nouvelles" in page
    assert "Celles qui sont fournies avec la carte" in page and "Les motifs de sortie" in page


def test_a_scheme_closes_to_entries_and_opens_again(town: Town) -> None:
    record_id = welcome(town)
    client, path = signed_in(town, "root"), f"/dispositifs/{town.schemes['pae']}"
    refused = client.post(f"{path}/fermeture")
    assert refused.status_code == 422 and "Cochez la case" in refused.get_data(as_text=True)
    assert client.post(f"{path}/fermeture", data={"is_sure": "y"}).location == path
    assert "fermé aux entrées" in said(client, path)
    with pytest.raises(NotFound):
        enter(town, record_id)
    assert client.post(f"{path}/fermeture", data={"is_sure": "y"}).status_code == 404
    assert client.post(f"{path}/reouverture").location == path
    enter(town, record_id)


def test_a_scheme_of_a_closed_structure_stays_as_it_was(sqlite_town: Town) -> None:
    with sqlite_town.acting("root") as tx:
        close_structure(tx, structure_id=sqlite_town.structures["plie"], heir_id=sqlite_town.structures["ccas"])
    client, path = signed_in(sqlite_town, "root"), f"/dispositifs/{sqlite_town.schemes['clause']}"
    page = said(client, path)
    assert "Il ne change plus." in page and "Rouvrir aux entrées" not in page
    refused = client.post(f"{path}/reouverture")
    assert refused.status_code == 422 and "est fermée" in refused.get_data(as_text=True)


def test_nobody_else_gets_there_and_nothing_is_nowhere(sqlite_town: Town) -> None:
    path = f"/dispositifs/{sqlite_town.schemes['pae']}"
    refused_to_others(sqlite_town, path)
    for end in ("fermeture", "reouverture", "preuves"):
        refused_to_others(sqlite_town, f"{path}/{end}", "POST")
    assert signed_in(sqlite_town, "root").get(f"/dispositifs/{'a' * 26}").status_code == 404


def test_a_scheme_keeps_its_evidence_until_a_day(town: Town) -> None:
    client, path = signed_in(town, "root"), f"/dispositifs/{town.schemes['plie']}"
    assert "Aucune étape n’est encore gardée à part." in said(client, path)
    assert client.post(f"{path}/preuves", data={"until_on": "31/12/2032"}).location == path
    page = client.get(path).get_data(as_text=True)
    assert "Preuves gardées jusqu’au 31" in page and 'value="31/12/2032"' in page
    for typed, told in (("31/12/2020", "Donnez une date à venir."), ("demain", "demain")):
        refused = client.post(f"{path}/preuves", data={"until_on": typed})
        assert refused.status_code == 422 and told in refused.get_data(as_text=True)
        assert f'value="{typed}"' in refused.get_data(as_text=True)
    assert client.post(f"{path}/preuves", data={"until_on": ""}).location == path
    assert "Plus aucune preuve" in said(client, path)


def test_what_is_kept_of_people_forgotten_is_counted_with_its_end(town: Town) -> None:
    record_id = welcome(town)
    enter(town, record_id)
    client, path = signed_in(town, "root"), f"/dispositifs/{town.schemes['pae']}"
    client.post(f"{path}/preuves", data={"until_on": "31/12/2032"})
    with town.acting("root") as tx:
        erase_person(tx, record_id, reason=ForgetReason.ASKED, copies_days=90)
    assert "1 étape gardée, jusqu’au 31 décembre 2032." in said(client, path)
