import pytest

from pathway.demo.town import Town
from pathway.web.operator import paging, structures
from tests.town import signed_in
from tests.web.operator.keeping import refused_to_others, said


def test_every_structure_is_listed_with_who_works_there(town: Town) -> None:
    page = said(signed_in(town, "root"), "/structures")
    assert "9 structures dans ce territoire." in page
    assert "Point Accueil Emploi Centre pae-centre Point Accueil Emploi 3 professionnel·les" in page


def test_a_sensitive_one_shows_its_code_alone(sqlite_town: Town) -> None:
    page = said(signed_in(sqlite_town, "root"), "/structures")
    assert "Une structure partenaire quai-neuf sensible" in page and "CSAPA" not in page


def test_a_long_list_is_read_page_by_page(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structures, "PER_PAGE", 5)
    monkeypatch.setattr(structures, "paging", lambda count, name: paging.paging(count, name, per_page=5))
    client = signed_in(sqlite_town, "root")
    assert "Page 1 sur 2" in said(client, "/structures")
    for odd in ("2", "99", "999999"):
        assert "Page 2 sur 2" in said(client, f"/structures?page={odd}")
    for odd in ("0", "-1", "x", "9" * 30, "²"):
        assert "Page 1 sur 2" in said(client, f"/structures?page={odd}")


def test_nobody_else_reads_it(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, "/structures")
