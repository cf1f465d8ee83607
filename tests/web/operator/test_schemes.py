import pytest

from pathway.demo.town import Town
from pathway.web.operator import paging, schemes
from tests.casework.enrolments.steps import enter
from tests.town import signed_in, welcome
from tests.web.operator.keeping import refused_to_others, said


def test_every_scheme_is_listed_with_what_it_asks_and_who_is_in(town: Town) -> None:
    enter(town, welcome(town))
    page = said(signed_in(town, "root"), "/dispositifs")
    assert f"{len(town.schemes)} dispositifs." in page
    assert "Point Accueil Emploi Centre (pae-centre) 15 questions à l’entrée 1 étape en cours" in page
    assert "Toutes les structures" in page


def test_those_of_one_structure_are_listed_alone_and_an_empty_list_teaches(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = said(client, f"/dispositifs?structure={sqlite_town.structures['plie']}")
    assert "1 dispositif." in page and "pae-centre" not in page
    empty = said(client, f"/dispositifs?structure={sqlite_town.structures['coordination']}")
    assert "Aucun dispositif ici." in empty and "Sans lui, aucune entrée" in empty
    assert client.get("/dispositifs?structure=inconnue").status_code == 404


def test_a_long_list_is_read_page_by_page(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemes, "PER_PAGE", 5)
    monkeypatch.setattr(schemes, "paging", lambda *asked, **kept: paging.paging(*asked, per_page=5, **kept))
    assert "Page 2 sur" in said(signed_in(sqlite_town, "root"), "/dispositifs?page=2")


def test_nobody_else_reads_them(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, "/dispositifs")
