"""The head of a record says the next appointment, unless a point de suivi comes before it."""

from datetime import timedelta

from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.encounters.scenes import plan, settle
from tests.town import signed_in
from tests.web.counsellor.scenes import entered, left, valid


def head(town: Town, ref: str, who: str = "bruno") -> str:
    """What stands in the band « Prochaine étape »."""
    page = valid(signed_in(town, who).get(f"/dossiers/{ref}"))
    return page.partition("next-step-label")[2].partition("</section>")[0]


def test_the_next_appointment_leads_with_its_day_and_whom(sqlite_town: Town) -> None:
    ref, _step = entered(sqlite_town)
    meeting = plan(sqlite_town, ref, days=3, subject="Préparer l’entretien").ids[0]
    told = head(sqlite_town, ref)
    assert "Rendez-vous" in told and "Préparer l’entretien" in told and "Bruno Lemaire" in told
    assert f"/rendez-vous/{meeting}" in told


def test_a_point_that_comes_before_leads_and_the_appointment_stands_aside(sqlite_town: Town, clock: FixedClock) -> None:
    ref, _step = left(sqlite_town, days_ago=30)
    meeting = plan(sqlite_town, ref, days=5).ids[0]
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert "Rendez-vous" not in head(sqlite_town, ref) and f"/rendez-vous/{meeting}" in page


def test_an_appointment_that_is_over_leads_no_more(sqlite_town: Town, clock: FixedClock) -> None:
    ref, _step = entered(sqlite_town)
    meeting = plan(sqlite_town, ref, days=3).ids[0]
    clock.move(timedelta(days=4))
    assert meeting not in head(sqlite_town, ref)
    settle(sqlite_town, meeting, AppointmentState.ATTENDED)
    assert meeting not in head(sqlite_town, ref)
