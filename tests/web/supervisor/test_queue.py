from flask.testing import FlaskClient

from pathway.demo.town import Town
from tests.casework.placements.test_placements import closed, refusing_heir, waiting
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import ZOE, said, valid


def maud(town: Town) -> FlaskClient:
    return signed_in(town, "maud")


def test_whoever_waits_is_listed_with_what_is_due_and_since_when(sqlite_town: Town) -> None:
    waiting(sqlite_town)
    page = valid(maud(sqlite_town).get("/a-confier"))
    assert "Amina Benkacem" in page and "5 points de suivi" in page
    assert "ici depuis le" in page


def test_the_list_sorts_both_ways_and_a_page_too_far_gives_the_last(sqlite_town: Town) -> None:
    refusing_heir(sqlite_town)
    refusing_heir(sqlite_town, welcome(sqlite_town, identity=ZOE))
    closed(sqlite_town)
    client = maud(sqlite_town)
    for address in ("/a-confier", "/a-confier?tri=arrivee", "/a-confier?page=99"):
        page = said(client.get(address))
        assert "Amina Benkacem" in page and "Zoé" in page


def test_nobody_waiting_is_said(sqlite_town: Town) -> None:
    assert "Personne n’attend." in valid(maud(sqlite_town).get("/a-confier"))


def test_a_person_who_stopped_all_is_a_reference_and_no_name(sqlite_town: Town) -> None:
    amina = refusing_heir(sqlite_town, stopped="")
    closed(sqlite_town)
    client = maud(sqlite_town)
    page = said(client.get("/a-confier"))
    assert "Amina" not in page and amina[-6:].upper() in page
    page = valid(client.get(f"/a-confier/{amina}"))
    assert "a arrêté tout partage" in page and "Confier ce suivi" not in page


def test_the_menu_of_the_territory_alone_leads_there(sqlite_town: Town) -> None:
    assert "À confier" in said(maud(sqlite_town).get("/aujourd-hui"))
    denis = signed_in(sqlite_town, "denis")
    assert "À confier" not in said(denis.get("/aujourd-hui"))
    assert denis.get("/a-confier").status_code == 404
    assert signed_in(sqlite_town, "theo").get("/a-confier").status_code == 403
