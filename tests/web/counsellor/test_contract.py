from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from pathway.casework.action_plan.queries import engagements_of
from pathway.casework.action_plan.rules import EngagementState
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.action_plan.scenes import engagement
from tests.casework.agreements.deciding import hide
from tests.casework.enrolments.steps import share
from tests.town import signed_in, welcome
from tests.web.account.doors import FOUND, RESUME, given_back
from tests.web.account.test_sign_in import through
from tests.web.counsellor.scenes import said, valid

SENT = {
    "from_on": "01/11/2026",
    "until_on": "30/04/2027",
    "review_on": "15/12/2026",
    "reference": "CE-7",
    "objectives": "Passer le permis\nTrouver une garde",
}


def states(town: Town, ref: str) -> list[EngagementState]:
    with town.acting("bruno", write=False) as tx:
        return [one.state for one in engagements_of(tx, ref)]


def test_a_contract_is_noted_changed_printed_and_ended(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    assert "Noter un contrat" in valid(client.get(f"/dossiers/{ref}/contrat"))
    assert client.post(f"/dossiers/{ref}/contrat", data=SENT).location == f"/dossiers/{ref}/contrat"
    with town.acting("bruno", write=False) as tx:
        (one,) = engagements_of(tx, ref)
    assert "jusqu’au 30 avril 2027, prochaine revue le 15 décembre 2026" in said(client.get(f"/dossiers/{ref}"))
    client.post(f"/dossiers/{ref}/contrat", data={**SENT, "objectives": "Lire", "version": "1"})
    paper = valid(client.get(f"/contrats/{one.id}"))
    for words in ("Amina Benkacem", "22 avril 1991", "CE-7", "Du 1er novembre 2026 au 30 avril 2027", "Lire"):
        assert words in paper
    client.post(f"/contrats/{one.id}/suite", data={"state": "ended", "version": "2"})
    assert states(town, ref) == [EngagementState.ENDED]
    assert "Reprendre ce contrat" in valid(client.get(f"/dossiers/{ref}/contrat"))
    client.post(f"/contrats/{one.id}/suite", data={"state": "current", "version": "3"})
    client.post(f"/contrats/{one.id}/suite", data={"state": "cancelled", "version": "4"})
    assert states(town, ref) == []


def settled(client: FlaskClient, one: str, state: str, version: int) -> str:
    sent = client.post(f"/contrats/{one}/suite", data={"state": state, "version": str(version)})
    assert sent.status_code == 303
    return valid(client.get(sent.location))


def test_a_contract_cancelled_by_mistake_is_put_back_within_a_day(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    one, client = engagement(town, ref), signed_in(town, "bruno")
    page = settled(client, one, "cancelled", 1)
    notice, shown = page.split('class="notices"')[1].split("</form>")[0], page.split('id="others"')[1]
    assert "Pendant 24 heures" in notice and "Remettre" in notice and 'name="version" value="2"' in notice
    assert "Remettre" in shown and "Saisi par erreur" in shown and "Passer le permis" in shown
    assert client.get(f"/contrats/{one}").status_code == 404  # no paper of a mistake
    settled(client, one, "current", 2)
    assert states(town, ref) == [EngagementState.CURRENT]
    settled(client, one, "cancelled", 3)
    clock.move(timedelta(hours=25))
    client = signed_in(town, "bruno")
    assert "Remettre" not in valid(client.get(f"/dossiers/{ref}/contrat"))
    assert "depuis plus de 24 heures" in settled(client, one, "current", 4) and states(town, ref) == []


def test_a_cancelled_contract_is_shown_to_its_structure_alone(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    one = engagement(sqlite_town, ref)
    share(sqlite_town, ref, "mission-locale", sections={"identity", "situation"})
    settled(signed_in(sqlite_town, "bruno"), one, "cancelled", 1)
    client = signed_in(sqlite_town, "elise")
    assert "Remettre" not in valid(client.get(f"/dossiers/{ref}/contrat"))
    assert client.post(f"/contrats/{one}/suite", data={"state": "current", "version": "2"}).status_code == 404
    assert "Remettre" in valid(signed_in(sqlite_town, "fatou").get(f"/dossiers/{ref}/contrat"))


def test_a_contract_is_not_put_back_beside_another(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    one, client = engagement(sqlite_town, ref), signed_in(sqlite_town, "bruno")
    settled(client, one, "cancelled", 1)
    engagement(sqlite_town, ref, objectives="Trouver une garde")
    page = valid(client.get(f"/dossiers/{ref}/contrat"))
    assert "Remettre" not in page.split('id="others"')[1] and "terminez-le d’abord" in page
    assert "Un contrat est déjà en cours" in settled(client, one, "current", 2)


def test_a_gesture_made_in_two_windows_leads_back_to_the_contract_as_it_is(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    one, client = engagement(sqlite_town, ref), signed_in(sqlite_town, "bruno")
    settled(client, one, "ended", 1)
    assert "Ce contrat vient de changer : le voici à jour." in settled(client, one, "ended", 1)


def test_a_contract_changed_meanwhile_is_shown_beside_what_was_typed(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    engagement(sqlite_town, ref)
    client, path = signed_in(sqlite_town, "bruno"), f"/dossiers/{ref}/contrat"
    late = client.post(path, data={**SENT, "objectives": "Lire", "version": "7"})
    page = valid(late)
    assert late.status_code == 422 and "Passer le permis" in page and "Lire" in page
    assert 'name="version" type="hidden" value="1"' in page
    assert client.post(path, data={**SENT, "version": "1"}).status_code == 303


def test_a_contract_that_has_not_begun_is_said_to_come(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client, path = signed_in(sqlite_town, "bruno"), f"/dossiers/{ref}/contrat"
    client.post(path, data={**SENT, "from_on": "01/12/2026"})
    page = valid(client.get(path))
    assert "Le contrat à venir de votre structure" in page and "Le contrat en cours" not in page


def test_a_session_that_ends_loses_no_word_of_a_contract(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    client, path = signed_in(town, "bruno"), f"/dossiers/{ref}/contrat"
    clock.move(timedelta(minutes=21))
    assert client.post(path, data=SENT).location == f"/connexion?suite={RESUME}"
    assert states(town, ref) == [] and through(client, town, suite=RESUME).location == RESUME
    page = valid(given_back(client))
    for words in (FOUND, "Trouver une garde", "30/04/2027", "CE-7"):
        assert words in page
    assert client.post(path, data=SENT).status_code == 303
    assert client.get(RESUME).location == "/"


def test_no_hour_is_asked_nor_shown(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    engagement(sqlite_town, ref)
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/contrat"))
    assert "heure" not in page.lower()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"from_on": ""}, "Écrivez le jour où le contrat commence."),
        ({"until_on": "31/10/2026"}, "La fin vient avant le début."),
        ({"objectives": " "}, "Écrivez au moins un objectif"),
        ({"reference": "x" * 61}, "Cette référence est trop longue"),
    ],
)
def test_what_is_wrong_is_explained_and_kept(sqlite_town: Town, wrong: dict[str, str], sentence: str) -> None:
    ref = welcome(sqlite_town)
    answer = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/contrat", data={**SENT, **wrong})
    assert answer.status_code == 422 and sentence in valid(answer) and states(sqlite_town, ref) == []


def test_a_partner_reads_the_contract_without_changing_it(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    one = engagement(sqlite_town, ref)
    share(sqlite_town, ref, "mission-locale", sections={"identity", "situation"})
    client = signed_in(sqlite_town, "elise")
    assert "Passer le permis" in valid(client.get(f"/dossiers/{ref}/contrat"))
    assert client.post(f"/contrats/{one}/suite", data={"state": "ended", "version": "1"}).status_code == 404
    hide(sqlite_town, ref, "mission-locale", "situation")
    for path in (f"/dossiers/{ref}/contrat", f"/contrats/{one}"):
        assert client.get(path).status_code == 404
