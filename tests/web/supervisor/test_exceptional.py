from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from pathway.casework.oversight.rules import ExceptionalReason
from pathway.casework.sharing.actions import end_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.ids import new_card_number
from tests.casework.oversight.scenes import card_number
from tests.casework.oversight.test_exceptional import gone
from tests.town import signed_in, welcome
from tests.web.jobseeker.lives import at_home
from tests.web.jobseeker.test_visits import read
from tests.web.supervisor.test_alerts import words

PATH = "/acces-exceptionnel"


def typed(town: Town, record_id: str, **other: str) -> dict[str, str]:
    whole = {
        "card_number": card_number(town, record_id),
        "birth_date": "22/04/1991",
        "reason": ExceptionalReason.DEADLINE.value,
        "note": "Son contrat se termine mardi.",
    }
    return {**whole, **other}


def scene(town: Town) -> tuple[FlaskClient, str]:
    record_id = gone(town)
    return signed_in(town, "denis"), record_id


def test_the_screen_says_what_will_happen_before(sqlite_town: Town) -> None:
    page = words(signed_in(sqlite_town, "denis").get(PATH).get_data(as_text=True))
    assert "60 minutes, en lecture seulement" in page and "prévenue tout de suite" in page
    assert "Si la personne a retiré son partage, l’accès ne s’ouvre pas." in page
    assert "5 jours ouvrés" in page and "Aucun accès exceptionnel." in page


def test_it_leads_to_the_record_for_an_hour_and_no_gesture_is_offered(town: Town, clock: FixedClock) -> None:
    client, record_id = scene(town)
    answer = client.post(PATH, data=typed(town, record_id))
    assert (answer.status_code, answer.location) == (303, f"/dossiers/{record_id}")
    page = client.get(f"/dossiers/{record_id}").get_data(as_text=True)
    assert "Accès ouvert jusqu’à 11\u00a0h\u00a001, en lecture. La personne en est informée." in page
    assert (
        client.post(f"/dossiers/{record_id}/contact", data={"channel": "phone", "result": "reached"}).status_code >= 400
    )
    assert "Ouvrir le dossier" in words(client.get(PATH).get_data(as_text=True))
    clock.move(timedelta(minutes=60))
    assert signed_in(town, "denis").get(f"/dossiers/{record_id}").status_code == 404


def test_she_reads_it_on_her_first_page_and_in_her_log(town: Town) -> None:
    record_id = welcome(town)
    hers = at_home(town, record_id)
    client, record_id = scene_of(town, record_id)
    client.post(PATH, data=typed(town, record_id))
    for path in ("/mon-parcours", "/qui-a-regarde"):
        page = read(hers, path)
        assert "Accès exceptionnel : le 20 novembre 2026 à 10 h 00" in page
        assert "Point Accueil Emploi Centre a ouvert votre dossier pour une heure." in page
        assert "une échéance ne peut pas attendre" in page and "« Son contrat se termine mardi. »" in page
        assert "va vérifier si cet accès était justifié" in page
    assert "a ouvert un accès exceptionnel à votre dossier, pour une heure" in read(hers, "/qui-a-regarde")


def scene_of(town: Town, record_id: str) -> tuple[FlaskClient, str]:
    """The support of that person ends, and Denis signs in."""
    with town.acting("bruno") as tx:
        here = {"record_id": record_id, "structure_id": town.structures["pae-centre"]}
        end_grants(tx, **here, cause=Cause.SUPPORT, until_at=tx.now)
        tx.journal("end")
    return signed_in(town, "denis"), record_id


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("card_number", "", "Écrivez le numéro de la carte"),
        ("card_number", "1234 5678 9012 34", "Ce numéro de carte n’est pas exact"),
        ("birth_date", "", "Écrivez la date de naissance"),
        ("birth_date", "31/02/1991", "31"),
        ("reason", "", "Choisissez la raison de cet accès"),
        ("reason", "curious", "À corriger"),
        ("note", "é" * 1001, "1000 caractères au plus"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(sqlite_town: Town, field: str, value: str, said: str) -> None:
    client, record_id = scene(sqlite_town)
    answer = client.post(PATH, data=typed(sqlite_town, record_id, **{field: value}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and said in page
    assert "Son contrat se termine mardi." in page or field == "note"
    assert client.get(f"/dossiers/{record_id}").status_code == 404


def test_after_five_failed_tries_one_waits(sqlite_town: Town, clock: FixedClock) -> None:
    client, record_id = scene(sqlite_town)
    wrong = typed(sqlite_town, record_id, card_number=new_card_number())
    for _ in range(5):
        assert client.post(PATH, data=wrong).status_code == 422
    answer = client.post(PATH, data=typed(sqlite_town, record_id))
    assert answer.status_code == 429 and answer.headers["Retry-After"] == "60"
    assert "Réessayez dans 1 minute." in answer.get_data(as_text=True)
    clock.move(timedelta(seconds=61))
    assert client.post(PATH, data=typed(sqlite_town, record_id)).status_code == 303


def test_an_old_session_proves_again_who_it_is(sqlite_town: Town, clock: FixedClock) -> None:
    client, record_id = scene(sqlite_town)
    clock.move(timedelta(minutes=11))
    answer = client.post(PATH, data=typed(sqlite_town, record_id))
    assert answer.status_code == 303 and "suite=/reprendre" in answer.location
    assert client.get(f"/dossiers/{record_id}").status_code == 404
