from datetime import time, timedelta

import pytest
from icalendar import Calendar, Event
from sqlalchemy import text

from pathway.casework.encounters.actions import cancel_appointment
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.outbox import calendar_mark
from tests.casework.encounters.scenes import plan, seen, settle
from tests.casework.workshops.scenes import workshop
from tests.town import welcome
from tests.web.counsellor.scenes import ZOE, said, valid
from tests.web.jobseeker.lives import at_home


def test_she_reads_the_next_one_and_says_that_she_cannot_come(town: Town) -> None:
    ref = welcome(town)
    (one,) = plan(town, ref, days=3, subject="Formation").ids
    client = at_home(town, ref)
    page = said(client.get("/mon-parcours"))
    assert "Votre prochain rendez-vous" in page and "lundi 23 novembre à 14 h 00" in page and "sur place" in page
    page = valid(client.get("/mes-rendez-vous"))
    assert "Formation" in page and "Je ne pourrai pas venir" in page
    answer = client.post(f"/mes-rendez-vous/{one}/empechement", data={"version": "1"})
    assert (answer.status_code, answer.location) == (303, "/mes-rendez-vous")
    assert seen(town, one).state is AppointmentState.EXCUSED
    assert "Aucun rendez-vous prévu." in valid(client.get("/mes-rendez-vous"))
    client.set_cookie("carte_langue", "en")
    assert "at 14:00: you said that you could not come" in said(client.get("/mes-rendez-vous"))
    client.set_cookie("carte_langue", "fr")
    home = valid(client.get("/mon-parcours"))
    assert 'href="/mes-rendez-vous"' in home and 'href="/mon-compte"' in home
    assert client.post(f"/mes-rendez-vous/{one}/empechement", data={"version": "1"}).status_code == 422


def test_a_missed_one_is_said_without_a_judgement(sqlite_town: Town, clock: FixedClock) -> None:
    ref = welcome(sqlite_town)
    (one,) = plan(sqlite_town, ref, days=0, hour=time(11)).ids
    clock.move(timedelta(hours=5))
    settle(sqlite_town, one, AppointmentState.MISSED)
    page = valid(at_home(sqlite_town, ref).get("/mes-rendez-vous"))
    assert "rendez-vous non tenu" in page


def test_she_sees_and_excuses_nobody_else(sqlite_town: Town) -> None:
    ref, other = welcome(sqlite_town), welcome(sqlite_town, identity=ZOE)
    (one,) = plan(sqlite_town, other).ids
    client = at_home(sqlite_town, ref)
    assert "Aucun rendez-vous prévu." in said(client.get("/mes-rendez-vous"))
    assert client.post(f"/mes-rendez-vous/{one}/empechement", data={"version": "1"}).status_code == 404
    assert seen(sqlite_town, one).state is AppointmentState.PLANNED


def test_one_she_excused_or_that_is_called_off_is_said_in_her_words_and_no_one_is_called_missed(
    sqlite_town: Town,
) -> None:
    ref = welcome(sqlite_town)
    hers, off = plan(sqlite_town, ref).ids[0], plan(sqlite_town, ref, days=3).ids[0]
    client = at_home(sqlite_town, ref)
    client.post(f"/mes-rendez-vous/{hers}/empechement", data={"version": "1"})
    with sqlite_town.acting("bruno") as tx:
        cancel_appointment(tx, appointment_id=off, version=1)
    page = valid(client.get("/mes-rendez-vous"))
    assert "vous avez prévenu" in page and ": annulé" in page
    assert "non tenu" not in page and "excusé" not in page.casefold()


DESK = "12 rue du Vieux-Lavoir, Valmer centre"


def test_she_reads_where_she_goes(town: Town) -> None:
    ref = welcome(town)
    plan(town, ref, days=3)
    client = at_home(town, ref)
    for path in ("/mon-parcours", "/mes-rendez-vous"):
        assert DESK in valid(client.get(path)), path
    with town.store.engine.begin() as connection:
        connection.execute(text("UPDATE structure SET address = ''"))
    for path in ("/mon-parcours", "/mes-rendez-vous"):
        page = valid(client.get(path))
        assert "sur place" in page and "Vieux-Lavoir" not in page and "Adresse" not in page


@pytest.mark.parametrize("way", [AppointmentWay.PHONE, AppointmentWay.VIDEO])
def test_no_place_is_said_of_a_call(sqlite_town: Town, way: AppointmentWay) -> None:
    ref = welcome(sqlite_town)
    plan(sqlite_town, ref, days=3, way=way)
    client = at_home(sqlite_town, ref)
    for path in ("/mon-parcours", "/mes-rendez-vous"):
        assert "Vieux-Lavoir" not in said(client.get(path))


def test_a_sensitive_structure_says_her_no_address(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town, by="solene")
    plan(sqlite_town, ref, days=3, by="solene")
    with sqlite_town.store.engine.begin() as connection:
        connection.execute(text("UPDATE structure SET address = 'ici même'"))
    client = at_home(sqlite_town, ref, by="solene")
    for path in ("/mon-parcours", "/mes-rendez-vous"):
        page = said(client.get(path))
        assert "CSAPA du Port" in page and "ici même" not in page


def test_a_group_session_says_its_own_place_alone(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    workshop(sqlite_town, [ref])
    page = said(at_home(sqlite_town, ref).get("/mes-rendez-vous"))
    assert "(Salle 2)" in page and "Vieux-Lavoir" not in page


def test_she_takes_one_into_her_own_calendar_which_says_neither_with_whom_nor_where(town: Town) -> None:
    ref = welcome(town)
    (one,) = plan(town, ref, days=3, subject="Formation").ids
    client = at_home(town, ref)
    path = f"/mes-rendez-vous/{one}/agenda"
    for page in ("/mon-parcours", "/mes-rendez-vous"):
        assert f'href="{path}"' in valid(client.get(page)), page
    answer = client.get(path)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rendez-vous.ics"'
    assert answer.mimetype == "text/calendar" and "no-store" in answer.headers["Cache-Control"]
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert isinstance(event, Event)
    assert set(event) == {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "URL"}
    assert event.start == seen(town, one).starts_at and event["SUMMARY"] == "Rendez-vous"
    with town.acting("bruno", write=False) as tx:  # as letters name it: the file of a letter replaces this one
        assert str(event["UID"]).startswith(calendar_mark(tx, one))


def test_she_takes_nobody_else_s_and_none_that_is_over_or_called_off(sqlite_town: Town, clock: FixedClock) -> None:
    ref, other = welcome(sqlite_town), welcome(sqlite_town, identity=ZOE)
    theirs, off = plan(sqlite_town, other).ids[0], plan(sqlite_town, ref, days=3).ids[0]
    over = plan(sqlite_town, ref, days=0, hour=time(11)).ids[0]
    with sqlite_town.acting("bruno") as tx:
        cancel_appointment(tx, appointment_id=off, version=1)
    clock.move(timedelta(hours=5))
    client = at_home(sqlite_town, ref)
    for one in (theirs, off, over, "a" * 26):
        assert client.get(f"/mes-rendez-vous/{one}/agenda").status_code == 404
