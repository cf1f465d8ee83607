import pytest

from pathway.casework.lifecycle.actions import close_structure
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
    for end in ("fermeture", "reouverture"):
        refused_to_others(sqlite_town, f"{path}/{end}", "POST")
    assert signed_in(sqlite_town, "root").get(f"/dispositifs/{'a' * 26}").status_code == 404
