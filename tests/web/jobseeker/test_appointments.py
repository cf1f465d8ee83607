from datetime import time, timedelta

from pathway.casework.encounters.actions import cancel_appointment
from pathway.casework.encounters.rules import AppointmentState
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.encounters.scenes import plan, seen, settle
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
