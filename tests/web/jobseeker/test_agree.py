import pytest

from pathway.demo.town import Town
from tests.casework.agreements.deciding import agree, stop
from tests.casework.enrolments.steps import rows
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.jobseeker.test_access import read


def test_she_shares_two_parts_for_three_months_and_the_structure_reads_them_at_once(town: Town) -> None:
    amina = welcome(town)
    home, elise = at_home(town, amina), signed_in(town, "elise")
    assert elise.get(f"/dossiers/{amina}").status_code == 404
    mission = town.structures["mission-locale"]
    assert "Mission locale du Bassin" in read(home, "/qui-voit-quoi/accord")
    assert "jusqu’au 20 février 2027" in read(home, f"/qui-voit-quoi/accord/{mission}")
    typed = {"sections": ["contact", "project"], "months": "3"}
    answer = home.post(f"/qui-voit-quoi/accord/{mission}", data=typed)
    assert answer.status_code == 303
    page = read(home)
    assert "Mission locale du Bassin Ces parties : identité, coordonnées et contact, projet professionnel" in page
    assert "Avec votre accord, depuis le 20 novembre 2026." in page and "jusqu’au 20 février 2027" in page
    assert elise.get(f"/dossiers/{amina}").status_code == 200


@pytest.mark.parametrize(
    "typed", [{"months": "3"}, {"sections": ["alerts"]}, {"sections": ["contact"], "months": "24"}]
)
def test_an_agreement_on_nothing_or_on_what_is_not_offered_is_refused(
    sqlite_town: Town, typed: dict[str, object]
) -> None:
    amina = welcome(sqlite_town)
    where = f"/qui-voit-quoi/accord/{sqlite_town.structures['plie']}"
    assert at_home(sqlite_town, amina).post(where, data=typed).status_code == 422
    assert rows(sqlite_town.store, "agreement") == []


def test_health_is_offered_only_where_the_structure_has_a_ground(sqlite_town: Town) -> None:
    home = at_home(sqlite_town, welcome(sqlite_town))
    assert "Santé et handicap" in read(home, f"/qui-voit-quoi/accord/{sqlite_town.structures['ccas']}")
    where = f"/qui-voit-quoi/accord/{sqlite_town.structures['plie']}"
    assert "Santé et handicap" not in read(home, where)
    assert home.post(where, data={"sections": ["health"], "months": "12"}).status_code == 422


def test_she_is_told_that_a_newer_agreement_replaces_and_resumes(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    home = at_home(sqlite_town, amina)
    where = f"/qui-voit-quoi/accord/{sqlite_town.structures['plie']}"
    agree(sqlite_town, amina, "plie", "contact")
    assert "Celui-ci le remplace." in read(home, where)
    stop(sqlite_town, amina, "plie")
    assert "Votre accord le reprend." in read(home, where)


def test_a_sensitive_or_unknown_structure_is_not_offered(sqlite_town: Town) -> None:
    home = at_home(sqlite_town, welcome(sqlite_town))
    (hidden,) = [row["id"] for row in rows(sqlite_town.store, "structure", "WHERE is_sensitive")]
    for name in (hidden, sqlite_town.structures["coordination"], "z" * 26):
        assert home.get(f"/qui-voit-quoi/accord/{name}").status_code == 404
        assert name not in home.get("/qui-voit-quoi/accord").get_data(as_text=True)


def test_the_rights_are_told_to_whoever_is_signed_in(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    for client in (at_home(sqlite_town, amina), signed_in(sqlite_town, "bruno"), signed_in(sqlite_town, "root")):
        page = read(client, "/vos-droits")
        assert "mission d’intérêt public" in page and "Vous opposer" in page and "aucun secret professionnel" in page
