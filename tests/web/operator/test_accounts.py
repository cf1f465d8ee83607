import pytest

from pathway.demo.town import Town
from pathway.web.operator import accounts, paging
from tests.casework.enrolments.steps import rows
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.operator.keeping import refused_to_others, said


def test_every_post_is_listed_and_nobody_is_named(town: Town) -> None:
    page = said(signed_in(town, "root"), "/comptes")
    assert f"{town.accounts['bruno'][:8]}… Point Accueil Emploi Centre (pae-centre) Sans date de fin" in page
    for persona in town.cast.values():
        assert persona.last_name not in page and persona.email not in page


def test_those_of_one_structure_are_listed_alone(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = said(client, f"/comptes?structure={sqlite_town.structures['plie']}")
    assert "PLIE du Bassin (plie)" in page and "pae-centre" not in page
    assert client.get("/comptes?structure=inconnue").status_code == 404


def test_a_long_list_is_read_page_by_page(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "PER_PAGE", 5)
    monkeypatch.setattr(accounts, "paging", lambda *asked, **kept: paging.paging(*asked, per_page=5, **kept))
    assert "Page 2 sur" in said(signed_in(sqlite_town, "root"), "/comptes?page=2")


def test_an_account_is_found_by_its_address_which_stands_in_no_log(town: Town) -> None:
    client, email = signed_in(town, "root"), town.cast["bruno"].email
    answer = client.post("/comptes/recherche", data={"email": f" {email.upper()} "})
    assert answer.location == f"/comptes/{town.accounts['bruno']}"
    assert client.get(answer.location).status_code == 200
    assert "bruno@" not in str(rows(town.store, "journal_entry"))


@pytest.mark.parametrize("typed", ["", "personne@exemple.fr", "x" * 5000, "'; --", "\x00"])
def test_an_address_without_account_is_said_and_kept(sqlite_town: Town, typed: str) -> None:
    answer = signed_in(sqlite_town, "root").post("/comptes/recherche", data={"email": typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert ("Aucun compte professionnel" if typed.strip() else "Écrivez l’adresse e-mail.") in page


def test_the_account_of_a_person_is_not_found(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    at_home(sqlite_town, record_id)
    (person,) = [one for one in rows(sqlite_town.store, "account") if one["record_id"] == record_id]
    assert signed_in(sqlite_town, "root").get(f"/comptes/{person['id']}").status_code == 404


def test_nobody_else_reads_them(sqlite_town: Town) -> None:
    refused_to_others(sqlite_town, "/comptes")
    refused_to_others(sqlite_town, "/comptes/recherche", "POST")
