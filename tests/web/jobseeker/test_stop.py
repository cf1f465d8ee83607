from pathway.demo.town import Town
from tests.casework.agreements.deciding import agree, seen, stop
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home, enter
from tests.web.jobseeker.test_access import read


def test_what_she_stops_is_closed_at_the_next_request(town: Town) -> None:
    amina = welcome(town)
    agree(town, amina, "mission-locale", "contact")
    home, elise = at_home(town, amina), signed_in(town, "elise")
    assert elise.get(f"/dossiers/{amina}").status_code == 200
    where = f"/qui-voit-quoi/{town.structures['mission-locale']}/arreter"
    assert "Cette structure ne verra plus rien de votre dossier." in read(home, where)
    assert home.post(where).status_code == 303
    assert elise.get(f"/dossiers/{amina}").status_code == 404
    assert "Mission locale du Bassin Plus rien : vous avez arrêté le partage" in read(home)


def test_a_structure_that_supports_her_keeps_what_it_wrote_and_she_is_told_before(town: Town) -> None:
    amina = welcome(town)
    enter(town, amina)
    home, bruno = at_home(town, amina), signed_in(town, "bruno")
    where = f"/qui-voit-quoi/{town.structures['pae-centre']}/arreter"
    assert "elle garde ce qu’elle a écrit elle-même. Votre accompagnement continue." in read(home, where)
    home.post(where)
    page = bruno.get(f"/dossiers/{amina}").get_data(as_text=True)
    assert "Accompagnement Point Accueil Emploi" in page
    assert "Seulement ce qu’elle a écrit elle-même" in read(home)


def test_she_stops_everybody_at_once(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    agree(sqlite_town, amina, "mission-locale", "contact")
    home = at_home(sqlite_town, amina)
    assert "Arrêter tous les partages" in read(home)
    page = read(home, "/qui-voit-quoi/arreter")
    assert "Point Accueil Emploi Centre : elle vous accompagne" in page and "Mission locale du Bassin" in page
    home.post("/qui-voit-quoi/arreter")
    access = seen(sqlite_town, amina, "bruno")
    assert access and access.is_own_only and seen(sqlite_town, amina, "elise") is None


def test_she_shares_again_and_reads_before_what_opens(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    home = at_home(sqlite_town, amina)
    stop(sqlite_town, amina, "pae-centre")
    where = f"/qui-voit-quoi/{sqlite_town.structures['pae-centre']}/reprendre"
    assert "Votre dossier, sauf la partie santé" in read(home, where)
    home.post(where)
    home.post(where)  # a double click changes nothing
    access = seen(sqlite_town, amina, "bruno")
    assert access and not access.is_own_only


def test_an_agreement_that_ended_is_given_anew_rather_than_resumed(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    agree(sqlite_town, amina, "plie", "contact")
    stop(sqlite_town, amina, "plie")
    page = read(at_home(sqlite_town, amina), f"/qui-voit-quoi/{sqlite_town.structures['plie']}/reprendre")
    assert "donnez un nouvel accord" in page


def test_a_structure_she_does_not_know_is_not_found(sqlite_town: Town) -> None:
    home = at_home(sqlite_town, welcome(sqlite_town))
    for act in ("arreter", "reprendre", "cacher"):
        assert home.get(f"/qui-voit-quoi/{sqlite_town.structures['ccas']}/{act}").status_code == 404
        assert home.post(f"/qui-voit-quoi/{sqlite_town.structures['ccas']}/{act}").status_code == 404


def test_nobody_else_decides_in_her_place(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    for persona in ("bruno", "denis", "ines", "theo", "root"):
        client = signed_in(sqlite_town, persona)
        for path in ("arreter", f"{sqlite_town.structures['pae-centre']}/cacher", "accord"):
            assert client.get(f"/qui-voit-quoi/{path}").status_code == 403
    access = seen(sqlite_town, amina, "bruno")
    assert access and not access.is_own_only
