from datetime import timedelta

import pytest

from pathway.casework.encounters.rules import AppointmentState
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.workshops.scenes import group, tell, together, workshop
from tests.town import signed_in
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home

SENT = {"title": "Atelier CV", "day": "24/11/2026", "hour": "14 h", "minutes": "90", "place": "Salle 2", "do": "plan"}
MISSED = AppointmentState.MISSED


def test_a_session_and_its_people_are_planned_in_one_form(town: Town) -> None:
    people = group(town)
    client = signed_in(town, "bruno")
    assert "Aucun atelier prévu." in valid(client.get("/ateliers"))
    page = valid(client.get("/ateliers/nouveau"))
    assert page.count('name="people"') == 3 and "checked" not in page
    answer = client.post("/ateliers/nouveau", data={**SENT, "people": people[:2]})
    assert answer.status_code == 303
    page = valid(client.get(answer.location))
    assert "Atelier prévu : 24 novembre 2026 à 14 h 00, 2 personnes." in page
    assert "mardi 24 novembre, de 14 h 00 à 15 h 30" in page and "Amina Benkacem" in page
    assert "2 personnes" in valid(client.get("/ateliers"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "Donnez un nom à cet atelier."),
        ({"title": "x" * 101}, "trop long"),
        ({"place": "x" * 81}, "trop long"),
        ({"hour": "25h"}, "Cette heure n’est pas possible."),
        ({"day": "19/11/2026"}, "dans le passé"),
        ({"minutes": "2"}, "de 5 minutes à 8 heures"),
    ],
)
def test_what_is_wrong_is_explained_and_the_ticks_are_kept(
    sqlite_town: Town, wrong: dict[str, str], sentence: str
) -> None:
    people = group(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post("/ateliers/nouveau", data={**SENT, "people": people[:1], **wrong})
    page = valid(answer)
    assert answer.status_code == 422 and sentence in page and page.count("checked") == 1


def test_somebody_else_is_found_by_a_search_and_the_form_is_kept(sqlite_town: Town) -> None:
    mine, (hers,) = group(sqlite_town, 2), group(sqlite_town, 5, by="fatou")[4:]
    client = signed_in(sqlite_town, "bruno")
    sent = {**SENT, "people": mine[:1], "quick": "Blanc Marie", "do": "search"}
    page = valid(client.post("/ateliers/nouveau", data=sent))
    assert "1 personne trouvée" in page and page.count("checked") == 2 and 'value="Atelier CV"' in page
    assert "Aucune personne trouvée" in valid(client.post("/ateliers/nouveau", data={**sent, "quick": "Zzyzx Oo"}))
    answer = client.post("/ateliers/nouveau", data={**SENT, "people": [*mine[:1], hers]})
    assert "Marie Blanc" in said(client.get(answer.location))


def test_twelve_people_are_told_of_in_one_screen_and_two_presses(town: Town, clock: FixedClock) -> None:
    people = group(town, 5)
    session = workshop(town, people, days=0)
    client = signed_in(town, "bruno")
    assert "Pas venu·e" not in valid(client.get(f"/ateliers/{session}"))
    clock.move(timedelta(hours=6))
    client = signed_in(town, "bruno")
    page = valid(client.get("/aujourd-hui"))
    assert "Ateliers du jour" in page and "Rendez-vous du jour" not in page and "Faire l’appel" in page
    page = valid(client.get(f"/ateliers/{session}"))
    assert page.count('type="radio"') == 15 and "checked" not in page
    lines = together(town, session)
    sent = {f"version-{one.id}": str(one.version) for one in lines.values()}
    answer = client.post(f"/ateliers/{session}", data={**sent, lines[people[0]].id: "missed", "do": "all"})
    assert answer.status_code == 303
    page = valid(client.get(f"/ateliers/{session}"))
    assert "Appel enregistré : 5 personnes notées." in page and page.count("checked") == 5
    assert "5 personnes : 4 venues et 1 pas venue" in page
    assert "Ateliers du jour" not in valid(client.get("/aujourd-hui"))


def test_a_mistake_is_corrected_or_all_of_it_taken_back(sqlite_town: Town, clock: FixedClock) -> None:
    people = group(sqlite_town, 2)
    session = workshop(sqlite_town, people, days=0)
    clock.move(timedelta(hours=6))
    tell(sqlite_town, session, rest=True)
    client = signed_in(sqlite_town, "bruno")
    lines = together(sqlite_town, session)
    sent = {f"version-{one.id}": str(one.version) for one in lines.values()}
    answer = client.post(f"/ateliers/{session}", data={**sent, lines[people[0]].id: "missed", "do": "save"})
    assert answer.status_code == 303 and together(sqlite_town, session)[people[0]].state is MISSED
    assert client.post(f"/ateliers/{session}", data={"do": "forget"}).status_code == 303
    page = valid(client.get(f"/ateliers/{session}"))
    assert "L’appel est effacé" in page and "checked" not in page


def test_an_old_page_is_refused_beside_the_person(sqlite_town: Town, clock: FixedClock) -> None:
    people = group(sqlite_town, 2)
    session = workshop(sqlite_town, people, days=0)
    clock.move(timedelta(hours=6))
    old = together(sqlite_town, session)[people[0]]
    tell(sqlite_town, session, {people[0]: MISSED})
    client = signed_in(sqlite_town, "bruno")
    answer = client.post(f"/ateliers/{session}", data={f"version-{old.id}": "1", old.id: "attended", "do": "save"})
    assert answer.status_code == 422 and "vient d’être modifié" in valid(answer)
    assert client.post(f"/ateliers/{session}", data={"do": "save"}).status_code == 422
    assert client.post(f"/ateliers/{session}", data={old.id: "horse", "do": "save"}).status_code == 422


def test_people_are_added_and_one_is_taken_off_after_a_question(town: Town) -> None:
    people = group(town)
    session = workshop(town, people[:1])
    client = signed_in(town, "bruno")
    page = valid(client.get(f"/ateliers/{session}/personnes"))
    assert page.count('name="people"') == 2
    assert client.post(f"/ateliers/{session}/personnes", data={"do": "add"}).status_code == 422
    answer = client.post(f"/ateliers/{session}/personnes", data={"people": people, "do": "add"})
    assert answer.status_code == 303 and "2 personnes ajoutées" in said(client.get(f"/ateliers/{session}"))
    one = together(town, session)[people[0]]
    assert "Retirer Amina Benkacem de cet atelier" in valid(client.get(f"/ateliers/{session}?retirer={one.id}"))
    sent = {"appointment": one.id, "version": str(one.version), "do": "remove"}
    assert client.post(f"/ateliers/{session}", data={**sent, "version": "9"}).status_code == 422
    assert client.post(f"/ateliers/{session}", data=sent).status_code == 303
    assert set(together(town, session)) == set(people[1:])


def test_calling_it_off_asks_first(sqlite_town: Town) -> None:
    session = workshop(sqlite_town, group(sqlite_town))
    client = signed_in(sqlite_town, "bruno")
    assert "Les rendez-vous de 3 personnes sont annulés" in valid(client.get(f"/ateliers/{session}/annulation"))
    answer = client.post(f"/ateliers/{session}/annulation")
    assert (answer.status_code, answer.location) == (303, "/ateliers")
    assert "Cet atelier est annulé" in valid(client.get(f"/ateliers/{session}"))
    assert client.post(f"/ateliers/{session}/annulation").status_code == 422
    assert client.get(f"/ateliers/{session}/personnes").status_code in (409, 422)


def test_the_sign_in_sheet_holds_names_and_each_person_reads_that_it_was_printed(sqlite_town: Town) -> None:
    people = group(sqlite_town)
    session = workshop(sqlite_town, people, title="Mon CV")
    page = valid(signed_in(sqlite_town, "bruno").get(f"/ateliers/{session}/feuille"))
    assert "Mon CV" in page and "Signature" in page
    assert page.index("Benkacem") < page.index("Zoé Martin") < page.index("Lina Sall") and "1990" not in page


def test_the_lists_are_paged_and_those_past_come_back(sqlite_town: Town, clock: FixedClock) -> None:
    for number in range(21):
        workshop(sqlite_town, [], title=f"Atelier {number}")
    client = signed_in(sqlite_town, "bruno")
    assert "Page 1 sur 2" in valid(client.get("/ateliers"))
    assert valid(client.get("/ateliers?page=2")).count("people-line") == 1
    assert "Aucun atelier passé." in valid(client.get("/ateliers?liste=passes"))
    clock.move(timedelta(days=2))
    client = signed_in(sqlite_town, "bruno")
    assert "Page 1 sur 2" in valid(client.get("/ateliers?liste=passes&page=zz"))


def test_another_structure_finds_nothing_there(sqlite_town: Town) -> None:
    session = workshop(sqlite_town, group(sqlite_town))
    client = signed_in(sqlite_town, "chloe")
    for path in ("", "/personnes", "/annulation", "/feuille"):
        assert client.get(f"/ateliers/{session}{path}").status_code == 404
    assert "Aucun atelier prévu." in said(client.get("/ateliers"))


def test_she_reads_her_own_hour_and_nobody_else_s_name(sqlite_town: Town) -> None:
    people = group(sqlite_town)
    workshop(sqlite_town, people, title="Mon CV")
    page = valid(at_home(sqlite_town, people[0], born="01/01/1990").get("/mes-rendez-vous"))
    assert "Mon CV (Salle 2)" in page and "Martin" not in page and "Sall" not in page.replace("Salle", "")
