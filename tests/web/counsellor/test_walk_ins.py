from datetime import timedelta

import pytest

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.walk_ins.scenes import STREET, met, register
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import first_button, said, valid

SENT = {"outcome": "informed", "kind": "desk", "day": "", "number": "1"}


def test_somebody_who_came_by_is_noted_in_two_gestures(town: Town) -> None:
    client = signed_in(town, "bruno")
    page = valid(client.get("/passages"))
    assert "Rien n’est noté cette semaine." in page and 'name="last_name"' not in page
    answer = client.post("/passages", data={"outcome": "oriented", "kind": "desk"})
    assert (answer.status_code, answer.location) == (303, "/passages")
    client.post("/passages", data={"outcome": "nothing", "kind": "street", "number": "4", "place": "Marché"})
    page = valid(client.get("/passages"))
    assert "1 passage, 4 aller-vers" in page and "Orientation vers une structure" in page and "Marché" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"outcome": ""}, "Choisissez ce que cela a donné."),
        ({"kind": "horse"}, "Ce choix n’existe pas."),
        ({"day": "31/02/2026"}, "n’existe pas"),
        ({"day": "21/11/2026"}, "dans le futur"),
        ({"number": "0"}, "de 1 à 99"),
        ({"place": "x" * 121}, "trop long"),
    ],
)
def test_what_is_wrong_is_explained_and_kept(sqlite_town: Town, wrong: dict[str, str], sentence: str) -> None:
    answer = signed_in(sqlite_town, "bruno").post("/passages", data={**SENT, "place": "Gare", **wrong})
    page = valid(answer)
    assert answer.status_code == 422 and sentence in page and register(sqlite_town) == []
    assert 'value="Gare"' in page or "place" in wrong


def test_a_record_is_found_and_the_meeting_is_in_her_timeline(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    page = valid(client.post("/passages", data={**SENT, "quick": "Benkacem Amina", "do": "search"}))
    assert f'value="{ref}" checked' in page and register(town) == []
    for _ in range(2):
        assert client.post("/passages", data={**SENT, "who": ref}).status_code == 303
    assert len(register(town)) == 1
    assert "Amina Benkacem" in valid(client.get("/passages"))
    assert "– rencontre" in said(client.get(f"/dossiers/{ref}"))
    page = valid(client.post("/passages", data={**SENT, "quick": "Zzyzx Oo", "do": "search"}))
    assert "Aucune personne trouvée" in page
    assert signed_in(town, "chloe").post("/passages", data={**SENT, "who": ref}).status_code == 404


def test_enter_notes_a_passage_unless_a_name_waits_to_be_found(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    assert first_button(said(client.get("/passages")), "/passages") == ("do", "enter")
    sent = {"outcome": "informed", "do": "enter"}
    assert client.post("/passages", data={**sent, "number": "2"}).status_code == 303
    page = valid(client.post("/passages", data={**sent, "quick": "Benkacem Amina"}))
    assert f'value="{ref}" checked' in page and len(register(town)) == 1
    found = {"quick": "Benkacem Amina", "looked": "Benkacem Amina", "who": ref}
    assert client.post("/passages", data={**sent, **found}).status_code == 303
    assert {one.record_id for one in register(town)} == {ref, None} and len(register(town)) == 2
    page = valid(client.post("/passages", data={**sent, **found, "quick": "Zzyzx Oo"}))
    assert "Aucune personne trouvée" in page and len(register(town)) == 2


def test_looking_for_nobody_is_no_mistake_once_something_is_chosen(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    answer = client.post("/passages", data={"do": "search"})
    assert answer.status_code == 422 and "Écrivez un nom et un prénom, un téléphone" in valid(answer)
    answer = client.post("/passages", data={"outcome": "informed", "do": "search"})
    page = valid(answer)
    assert answer.status_code == 200 and 'value="informed" checked' in page and "error-summary" not in page


def test_the_same_line_sent_twice_is_asked_about_and_nothing_is_lost(town: Town, clock: FixedClock) -> None:
    client = signed_in(town, "bruno")
    sent = {**SENT, "place": "Gare"}
    assert client.post("/passages", data=sent).status_code == 303
    answer = client.post("/passages", data=sent)
    page = valid(answer)
    assert answer.status_code == 422 and "C’est une autre personne" in page and 'value="Gare"' in page
    assert len(register(town)) == 1
    assert client.post("/passages", data={**sent, "again": "y"}).status_code == 303
    clock.move(timedelta(minutes=3))
    assert client.post("/passages", data=sent).status_code == 303 and len(register(town)) == 3
    assert "y compte deux fois" in said(client.get("/passages"))


def test_the_register_goes_by_week_by_half_and_by_page(sqlite_town: Town) -> None:
    for _ in range(31):
        met(sqlite_town)
    met(sqlite_town, kind=STREET)
    met(sqlite_town, days_ago=7)
    client = signed_in(sqlite_town, "bruno")
    page = valid(client.get("/passages"))
    assert "31 passages, 1 aller-vers" in page and "Page 1 sur 2" in page and "Semaine d’après" not in page
    assert "Page 1 sur 2" not in valid(client.get("/passages?nature=aller-vers"))
    page = valid(client.get("/passages?semaine=2026-11-11"))
    assert "Semaine du 9 novembre 2026" in page and "1 passage, 0 aller-vers" in page and "Semaine d’après" in page
    for odd in ("semaine=zz", "semaine=9999-12-31", "semaine=0001-01-01", "page=-1", "nature=zz"):
        assert "Semaine du 16 novembre 2026" in valid(client.get(f"/passages?{odd}"))


def test_ones_own_line_is_corrected_or_taken_away(sqlite_town: Town, clock: FixedClock) -> None:
    line = met(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert f"/passages/{line}" in said(client.get("/passages"))
    valid(client.get(f"/passages/{line}"))
    sent = {**SENT, "kind": "event", "day": "20/11/2026", "version": "1"}
    assert client.post(f"/passages/{line}", data={**sent, "version": "4"}).status_code == 422
    assert client.post(f"/passages/{line}", data={**sent, "number": "0"}).status_code == 422
    assert client.post(f"/passages/{line}", data=sent).status_code == 303
    assert "Ligne corrigée." in said(client.get("/passages"))
    assert signed_in(sqlite_town, "chloe").get(f"/passages/{line}").status_code == 404
    assert "Corriger" not in said(signed_in(sqlite_town, "fatou").get("/passages"))
    assert client.post(f"/passages/{line}", data={"do": "remove", "version": "2"}).status_code == 303
    assert register(sqlite_town) == []
    met(sqlite_town)
    clock.move(timedelta(hours=25))
    assert "Corriger" not in said(signed_in(sqlite_town, "bruno").get("/passages"))


def test_the_figures_leave_without_anybody(town: Town) -> None:
    met(town, welcome(town), place="Devant la gare")
    met(town, kind=STREET, number=4)
    client = signed_in(town, "bruno")
    assert client.get("/passages/chiffres").location == "/passages"
    answer = client.post("/passages/chiffres")
    told = answer.get_data(as_text=True)
    assert answer.mimetype == "text/csv" and '"16/11/2026";"Passage";"Information donnée";"1"' in told
    assert '"Aller-vers : dans la rue";"Information donnée";"4"' in told and len(told.splitlines()) == 3
    assert "Amina" not in told and "gare" not in told
