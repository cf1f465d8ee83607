from datetime import time, timedelta

import pytest

from pathway.casework.encounters.queries import AppointmentView, coming_appointments, past_appointments
from pathway.casework.encounters.rules import AppointmentState
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.encounters.scenes import plan, seen
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import left, said, valid

SENT = {"day": "24/11/2026", "hour": "14 h 30", "minutes": "30", "way": "phone", "every": "once", "times": "1"}


def coming(town: Town, ref: str) -> list[AppointmentView]:
    with town.acting("bruno", write=False) as tx:
        return coming_appointments(tx, ref)


def test_one_is_planned_in_one_form(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    page = valid(client.get(f"/dossiers/{ref}/rendez-vous"))
    assert "Aucun rendez-vous prévu." in page
    assert f"/dossiers/{ref}/rendez-vous" in said(client.get(f"/dossiers/{ref}"))
    answer = client.post(f"/dossiers/{ref}/rendez-vous", data={**SENT, "subject": "Formation"})
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{ref}/rendez-vous")
    page = valid(client.get(f"/dossiers/{ref}/rendez-vous"))
    assert "Rendez-vous prévu : 24 novembre 2026 à 14 h 30." in page and "mardi 24 novembre à 14 h 30" in page
    (one,) = coming(town, ref)
    assert (one.minutes, one.way.value, one.subject) == (30, "phone", "Formation")
    assert "Formation" in valid(client.get(f"/rendez-vous/{one.id}"))


def test_a_series_and_an_overlap_are_said(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    client.post(f"/dossiers/{ref}/rendez-vous", data={**SENT, "every": "week", "times": "5"})
    assert "5 rendez-vous prévus, jusqu’au 22 décembre 2026." in said(client.get(f"/dossiers/{ref}/rendez-vous"))
    client.post(f"/dossiers/{ref}/rendez-vous", data=SENT)
    assert "déjà prévu au même moment" in said(client.get(f"/dossiers/{ref}/rendez-vous"))
    assert len(coming(sqlite_town, ref)) == 6


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"hour": "25h"}, "Cette heure n’est pas possible."),
        ({"hour": ""}, "Écrivez l’heure du rendez-vous."),
        ({"day": "19/11/2026"}, "dans le passé"),
        ({"minutes": "abc"}, "Écrivez la durée en minutes, en chiffres : 90 par exemple."),
        ({"minutes": "2"}, "de 5 minutes à 8 heures"),
        ({"way": "horse"}, "Ce choix n’existe pas."),
        ({"every": "week", "times": "80"}, "de 2 à 26 rendez-vous"),
        ({"account_id": "a" * 26}, "Choisissez un·e collègue."),
        ({"subject": "x" * 201}, "L’objet est trop long"),
    ],
)
def test_what_is_wrong_is_explained_and_kept(sqlite_town: Town, wrong: dict[str, str], sentence: str) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/rendez-vous", data={**SENT, **wrong})
    assert answer.status_code == 422
    assert sentence in valid(answer) and coming(sqlite_town, ref) == []


def test_it_is_moved_then_called_off(town: Town) -> None:
    ref = welcome(town)
    (one,) = plan(town, ref, days=4).ids
    client = signed_in(town, "bruno")
    asked = {"do": "move", "day": "25/11/2026", "hour": "9h", "minutes": "20", "way": "video"}
    assert client.post(f"/rendez-vous/{one}", data={**asked, "version": "7"}).status_code == 422
    assert client.post(f"/rendez-vous/{one}", data={**asked, "version": "1"}).status_code == 303
    assert "25 novembre 2026 à 9 h 00" in said(client.get(f"/dossiers/{ref}/rendez-vous"))
    assert client.post(f"/rendez-vous/{one}", data={"do": "cancel", "version": "2"}).status_code == 303
    assert seen(town, one).state is AppointmentState.CANCELLED


@pytest.mark.parametrize("what", ["attended", "excused", "missed"])
def test_the_day_says_what_became_of_it_in_one_tap(sqlite_town: Town, clock: FixedClock, what: str) -> None:
    ref = welcome(sqlite_town)
    (one,) = plan(sqlite_town, ref, days=0, hour=time(15)).ids
    client = signed_in(sqlite_town, "bruno")
    assert "Pas venu·e" not in valid(client.get("/aujourd-hui"))
    clock.move(timedelta(hours=8))
    client = signed_in(sqlite_town, "bruno")
    page = valid(client.get("/aujourd-hui"))
    assert "Rendez-vous du jour" in page and "Pas venu·e" in page and "Amina Benkacem" in page
    answer = client.post(f"/rendez-vous/{one}", data={"do": what, "version": "1", "back": "day"})
    assert (answer.status_code, answer.location) == (303, "/aujourd-hui")
    page = valid(client.get("/aujourd-hui"))
    assert "Rendez-vous du jour" not in page
    assert ("Rendez-vous manqués à reprendre" in page) is (what != "attended")
    if what != "attended":
        answer = client.post(
            f"/rendez-vous/{one}", data={"do": "take_up", "next_step": "nothing", "version": "2", "back": "day"}
        )
        assert "Rendez-vous manqués" not in valid(client.get("/aujourd-hui"))


@pytest.mark.parametrize("sent", [{"do": "planned"}, {"do": "horse"}, {}, {"do": "take_up", "next_step": "x"}])
def test_unknown_gestures_change_nothing(sqlite_town: Town, sent: dict[str, str]) -> None:
    ref = welcome(sqlite_town)
    (one,) = plan(sqlite_town, ref, days=0, hour=time(15)).ids
    answer = signed_in(sqlite_town, "bruno").post(f"/rendez-vous/{one}", data={**sent, "version": "1"})
    assert answer.status_code == 422
    assert seen(sqlite_town, one).state is AppointmentState.PLANNED
    with sqlite_town.acting("bruno", write=False) as tx:
        assert past_appointments(tx, ref) == []


def test_planned_from_the_days_list_one_comes_back_to_it(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert 'value="day"' in client.get(f"/dossiers/{ref}/rendez-vous?back=day").get_data(as_text=True)
    typed = {"day": "23/11/2026", "hour": "14 h", "minutes": "45", "way": "phone", "times": "1", "back": "day"}
    answer = client.post(f"/dossiers/{ref}/rendez-vous", data={**typed, "account_id": sqlite_town.accounts["bruno"]})
    assert (answer.status_code, answer.location) == (303, "/aujourd-hui")


def test_what_is_late_comes_before_what_was_missed(sqlite_town: Town, clock: FixedClock) -> None:
    ref, _ = left(sqlite_town, days_ago=8)
    (one,) = plan(sqlite_town, ref, days=0, hour=time(15)).ids
    clock.move(timedelta(hours=8))
    client = signed_in(sqlite_town, "bruno")
    client.post(f"/rendez-vous/{one}", data={"do": "missed", "version": "1", "back": "day"})
    page = said(client.get("/aujourd-hui"))
    assert page.index("<h2>En retard") < page.index("Rendez-vous manqués à reprendre")
