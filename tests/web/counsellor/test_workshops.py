from datetime import timedelta

import pytest

from pathway.casework.encounters.rules import AppointmentState
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.workshops.scenes import group, tell, together, workshop
from tests.town import signed_in
from tests.web.counsellor.scenes import first_button, said, valid
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
        ({"minutes": "abc"}, "Écrivez la durée en minutes, en chiffres : 90 par exemple."),
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


def test_enter_plans_the_session_unless_a_name_waits_to_be_found(town: Town) -> None:
    people = group(town)
    client = signed_in(town, "bruno")
    assert first_button(said(client.get("/ateliers/nouveau")), "/ateliers/nouveau") == ("do", "enter")
    sent = {**SENT, "people": people[:1], "do": "enter"}
    page = valid(client.post("/ateliers/nouveau", data={**sent, "quick": "Zoé Martin"}))
    assert page.count("checked") == 2 and 'name="looked" type="hidden" value="Zoé Martin"' in page
    assert "Atelier CV" not in said(client.get("/ateliers"))
    answer = client.post("/ateliers/nouveau", data={**sent, "quick": "Zoé Martin", "looked": "Zoé Martin"})
    assert answer.status_code == 303
    page = said(client.get(f"{answer.location}/personnes"))
    assert first_button(page, f"{answer.location}/personnes") == ("do", "enter")
    joined = client.post(f"{answer.location}/personnes", data={"people": people[1:2], "do": "enter"})
    assert (joined.status_code, joined.location) == (303, answer.location)


def test_looking_for_nobody_says_what_to_write_and_never_empties_a_form_begun(sqlite_town: Town) -> None:
    people = group(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    answer = client.post("/ateliers/nouveau", data={"do": "search", "quick": " "})
    assert answer.status_code == 422 and "Écrivez un nom et un prénom, un téléphone" in valid(answer)
    answer = client.post("/ateliers/nouveau", data={**SENT, "people": people[:1], "do": "search"})
    page = valid(answer)
    assert answer.status_code == 200 and page.count("checked") == 1 and 'value="Atelier CV"' in page
    answer = client.post("/ateliers/nouveau", data={"do": "search", "quick": "Zoé Martin"})
    assert answer.status_code == 200 and "1 personne trouvée" in valid(answer)


def test_the_same_session_sent_twice_is_shown_once(town: Town) -> None:
    people = group(town)
    client = signed_in(town, "bruno")
    first = client.post("/ateliers/nouveau", data={**SENT, "people": people})
    again = client.post("/ateliers/nouveau", data={**SENT, "people": people})
    assert (again.status_code, again.location) == (303, first.location)
    assert "Cet atelier est déjà prévu" in said(client.get(again.location))
    answer = client.post("/ateliers/nouveau", data={**SENT, "title": "Ma lettre", "people": people})
    page = valid(answer)
    assert answer.status_code == 422 and "Déjà en rendez-vous à ce moment" in page
    assert page.count("checked") == 3 and 'value="Ma lettre"' in page


def test_before_the_hour_only_absences_are_noted_and_each_is_taken_back_alone(town: Town) -> None:
    people = group(town)
    session = workshop(town, people, days=0)
    client = signed_in(town, "bruno")
    page = valid(client.get(f"/ateliers/{session}"))
    assert "Enregistrer les absences" in page and "Venu·e" not in page.split("<h2>")[1].split("</form>")[0]
    assert "Tous venus" not in page and "Voir qui vient" in said(client.get("/aujourd-hui"))
    lines = together(town, session)
    sent = {f"version-{one.id}": "1" for one in lines.values()} | {"do": "save"}
    client.post(f"/ateliers/{session}", data={**sent, **{lines[one].id: "excused" for one in people[:2]}})
    page = valid(client.get(f"/ateliers/{session}"))
    assert "2 absences notées." in page and page.count("Attendu·e</label>") == 2
    client.post(
        f"/ateliers/{session}", data={**sent, f"version-{lines[people[0]].id}": "2", lines[people[0]].id: "planned"}
    )
    assert "1 personne de nouveau attendue." in said(client.get(f"/ateliers/{session}"))
    assert together(town, session)[people[1]].state is AppointmentState.EXCUSED
    page = valid(client.get(f"/rendez-vous/{lines[people[2]].id}"))
    assert "Venu·e" not in page and "Noter son absence excusée" in page
    answer = client.post(f"/ateliers/{session}", data={**sent, "do": "all"})
    assert answer.status_code == 422 and "n’a pas commencé" in valid(answer)


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
    assert "Effacer 2 lignes" not in said(client.get(f"/ateliers/{session}"))
    assert "Effacer 2 lignes" in valid(client.get(f"/ateliers/{session}?effacer=oui"))
    assert client.post(f"/ateliers/{session}", data={"do": "forget", "number": "1"}).status_code == 422
    assert client.post(f"/ateliers/{session}", data={"do": "forget", "number": "2"}).status_code == 303
    page = valid(client.get(f"/ateliers/{session}"))
    assert "C’est effacé : plus rien n’est noté pour 2 personnes." in page and "checked" not in page


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
