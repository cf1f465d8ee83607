from pathway.casework.rights.rules import RequestKind
from pathway.demo.town import Town
from tests.casework.agreements.deciding import agree, seen
from tests.casework.rights.asking import mine, waiting
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import UNKNOWN, said, valid
from tests.web.jobseeker.lives import at_home


def test_objecting_stops_at_once_and_its_responsable_must_answer(town: Town) -> None:
    record_id = welcome(town)
    agree(town, record_id, "mission-locale", "contact")
    client, path = at_home(town, record_id), f"/qui-voit-quoi/{town.structures['mission-locale']}/opposition"
    assert path in said(client.get("/qui-voit-quoi"))
    page = valid(client.get(path))
    assert "reçoit votre demande, avec votre nom" in page
    assert "M’opposer au partage avec : Mission locale du Bassin" in page
    done = client.post(path, data={"text": "Je n’y vais plus."})
    assert (done.status_code, done.location) == (303, "/mes-demandes")
    assert seen(town, record_id, "elise") is None
    assert [one.message for one in waiting(town, "sylvie")] == ["Je n’y vais plus."] and not waiting(town)
    assert mine(town, record_id)[0].kind is RequestKind.OBJECTION


def test_the_responsable_learns_who_and_opens_nothing(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    agree(sqlite_town, record_id, "mission-locale", "contact")
    client = at_home(sqlite_town, record_id)
    client.post(f"/qui-voit-quoi/{sqlite_town.structures['mission-locale']}/opposition", data={})
    sylvie = signed_in(sqlite_town, "sylvie")
    page = said(sylvie.get("/droits-des-personnes"))
    assert "Amina Benkacem" in page and record_id not in page and "06 12 34 56 78" not in page
    assert sylvie.get(f"/dossiers/{record_id}").status_code == 404
    assert "a lu votre demande sur vos droits" in said(client.get("/qui-a-regarde"))


def test_a_structure_that_holds_nothing_is_not_found(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    for ref in (UNKNOWN, sqlite_town.structures["horizon"]):
        assert client.get(f"/qui-voit-quoi/{ref}/opposition").status_code == 404
        assert client.post(f"/qui-voit-quoi/{ref}/opposition", data={}).status_code == 404
