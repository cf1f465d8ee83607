import pytest

from pathway.demo.town import Town
from tests.casework.agreements.deciding import agree, hide, sharing
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.jobseeker.test_access import read


def test_she_hides_one_answer_then_shows_it_again(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact")
    home, elise = at_home(town, amina), signed_in(town, "elise")
    where = f"/qui-voit-quoi/{town.structures['mission-locale']}"
    second = home.post(f"{where}/cacher", data={"section": "contact"}).get_data(as_text=True)
    assert "Toute cette partie" in second and "Téléphones" in second
    assert "06 12 34 56 78" in elise.get(f"/dossiers/{amina}").get_data(as_text=True)
    typed = {"section": "contact", "step": "what", "what": ".phones"}
    assert home.post(f"{where}/cacher", data=typed).status_code == 303
    assert "06 12 34 56 78" not in elise.get(f"/dossiers/{amina}").get_data(as_text=True)
    assert "Caché : Téléphones (Coordonnées et contact)" in read(home)
    home.post(f"{where}/montrer", data={"what": "contact.phones"})
    assert "06 12 34 56 78" in elise.get(f"/dossiers/{amina}").get_data(as_text=True)
    assert "Caché" not in read(home)


def test_she_hides_a_whole_part_from_one_structure_alone(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    agree(sqlite_town, amina, "mission-locale", "contact", "situation")
    where = f"/qui-voit-quoi/{sqlite_town.structures['mission-locale']}/cacher"
    typed = {"section": "situation", "step": "what", "what": "situation"}
    # « situation » is a section and an answer of it: the code of the section means the whole.
    at_home(sqlite_town, amina).post(where, data=typed)
    told = sharing(sqlite_town, amina)
    assert told["Mission locale du Bassin"].hidden == (("situation", ""),)
    assert told["Point Accueil Emploi Centre"].hidden == ()


def test_an_answer_of_the_same_name_as_its_part_can_be_hidden_alone(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    where = f"/qui-voit-quoi/{sqlite_town.structures['pae-centre']}/cacher"
    typed = {"section": "situation", "step": "what", "what": ".situation"}
    at_home(sqlite_town, amina).post(where, data=typed)
    assert sharing(sqlite_town, amina)["Point Accueil Emploi Centre"].hidden == (("situation", "situation"),)


def test_who_she_is_is_never_offered(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    home = at_home(sqlite_town, amina)
    where = f"/qui-voit-quoi/{sqlite_town.structures['pae-centre']}/cacher"
    assert "ne saurait pas de qui elle parle" in read(home, where)
    page = home.post(where, data={"section": "identity"}).get_data(as_text=True)
    assert "Lieu de naissance" in page and "Prénom" not in page and "Toute cette partie" not in page


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"section": "pathway"},
        {"section": "identity", "step": "what", "what": ".first_name"},
        {"section": "contact", "step": "what", "what": ".housing"},
        {"section": "contact", "step": "what"},
        {"section": "health", "step": "what", "what": "health"},
    ],
)
def test_what_is_not_offered_hides_nothing(sqlite_town: Town, typed: dict[str, str]) -> None:
    amina = welcome(sqlite_town)
    where = f"/qui-voit-quoi/{sqlite_town.structures['pae-centre']}/cacher"
    assert at_home(sqlite_town, amina).post(where, data=typed).status_code in (303, 422)
    assert sharing(sqlite_town, amina)["Point Accueil Emploi Centre"].hidden == ()


def test_what_is_hidden_already_stays_hidden_once(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    for _ in range(2):
        hide(sqlite_town, amina, "pae-centre", "household")
    assert read(at_home(sqlite_town, amina)).count("Caché : Foyer et logement") == 1
