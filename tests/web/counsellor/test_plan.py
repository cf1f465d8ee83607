from datetime import timedelta

import pytest

from pathway.casework.action_plan.rules import LineState
from pathway.casework.oversight.queries import own_log
from pathway.casework.records.actions import merge_claims
from pathway.casework.records.rules import Way
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.action_plan.scenes import action, hers, line, obstacle, plan, settle
from tests.casework.agreements.deciding import hide
from tests.casework.enrolments.steps import share
from tests.town import herself, signed_in, welcome
from tests.web.account.doors import FOUND, RESUME, given_back
from tests.web.account.test_sign_in import through
from tests.web.counsellor.scenes import said, valid


def answer(town: Town, ref: str, *choices: str) -> None:
    with town.acting("bruno") as tx:
        merge_claims(tx, ref, {"obstacles": list(choices)}, way=Way.SAID)
        tx.journal("edit_section", records=[ref])


def test_a_difficulty_is_opened_in_two_gestures_and_an_action_in_two(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    page = valid(client.get(f"/dossiers/{ref}/plan"))
    assert "Aucune difficulté ouverte." in page and "Non évalué</strong> : " in page
    sent = client.post(f"/dossiers/{ref}/plan", data={"theme": "mobilite--preparer-un-permis", "text": "Pas de car"})
    assert (sent.status_code, sent.location) == (303, f"/dossiers/{ref}/plan")
    (root,) = plan(town, ref).lines
    assert "Ajouter une action" in said(client.get(sent.location))
    valid(client.get(f"/plan/{root.id}/action"))
    typed = {"action": "Demander le devis", "who": "hers", "due_on": "27/11/2026", "goal": "Passer le permis"}
    assert client.post(f"/plan/{root.id}/action", data=typed).location == f"/dossiers/{ref}/plan"
    page = valid(client.get(f"/dossiers/{ref}/plan"))
    for words in ("Préparer un permis", "Pas de car", "Objectif : Passer le permis", "Demander le devis"):
        assert words in page
    assert "la personne, pour le vendredi 27 novembre" in page


def test_each_gesture_is_in_place_and_can_be_taken_back(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    done = action(sqlite_town, obstacle(sqlite_town, ref))
    client = signed_in(sqlite_town, "bruno")
    sent = client.post(f"/plan/{done}/suite", data={"state": "done", "version": "1"})
    assert sent.location == f"/dossiers/{ref}/plan" and line(sqlite_town, done).state is LineState.DONE
    assert "1 ligne réglée" in valid(client.get(sent.location))
    assert client.post(f"/plan/{done}/annulation", data={"version": "2"}).status_code == 303
    assert line(sqlite_town, done).is_open and "Geste annulé." in said(client.get(sent.location))
    assert client.post(f"/plan/{done}/suite", data={"state": "closed", "version": "3"}).status_code == 422
    assert client.post(f"/plan/{done}/suite", data={"state": "horse", "version": "3"}).status_code == 400


def test_a_gesture_made_in_two_windows_leads_back_to_the_plan_as_it_is(town: Town) -> None:
    ref = welcome(town)
    root = obstacle(town, ref)
    client = signed_in(town, "bruno")
    settled = {"state": "closed", "version": "1"}
    client.post(f"/plan/{root}/suite", data=settled)
    for path, sent in ((f"/plan/{root}/suite", settled), (f"/plan/{root}/annulation", {"version": "1"})):
        late = client.post(path, data=sent)
        assert (late.status_code, late.location) == (303, f"/dossiers/{ref}/plan")
        assert "Cette ligne vient de changer : la voici à jour." in valid(client.get(late.location))
    assert line(town, root).state is LineState.CLOSED


def test_the_notice_of_a_gesture_takes_it_back(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    root = obstacle(sqlite_town, ref)
    client = signed_in(sqlite_town, "bruno")
    page = valid(client.post(f"/plan/{root}/suite", data={"state": "closed", "version": "1"}, follow_redirects=True))
    notice = page.split('class="notices"')[1].split("</form>")[0]
    assert f'action="/plan/{root}/annulation"' in notice and "Annuler" in notice
    assert 'name="version" value="2"' in notice
    client.post(f"/plan/{root}/annulation", data={"version": "2", "back": ""})
    assert line(sqlite_town, root).is_open


def test_a_session_that_ends_loses_no_word_of_a_difficulty(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    client, path = signed_in(town, "bruno"), f"/dossiers/{ref}/plan"
    clock.move(timedelta(minutes=21))
    typed = {"theme": "mobilite", "text": "Pas de car le matin"}
    assert client.post(path, data=typed).location == f"/connexion?suite={RESUME}"
    assert through(client, town, suite=RESUME).location == RESUME
    page = valid(given_back(client))
    assert FOUND in page and "Pas de car le matin" in page
    assert client.post(path, data=typed).status_code == 303
    assert client.get(RESUME).location == "/"


def test_what_she_said_is_proposed_and_not_asked_again(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    answer(sqlite_town, ref, "mobilite", "famille")
    client = signed_in(sqlite_town, "bruno")
    assert "2 difficultés dites ne sont pas encore dans le plan." in said(client.get(f"/dossiers/{ref}"))
    assert "Déjà dit, pas encore dans le plan" in valid(client.get(f"/dossiers/{ref}/plan"))
    client.post(f"/dossiers/{ref}/plan", data={"proposed": ["mobilite", "famille"]})
    assert {one.theme for one in plan(sqlite_town, ref).lines} == {"mobilite", "famille"}
    assert "Déjà dit" not in valid(client.get(f"/dossiers/{ref}/plan"))


def test_none_and_not_assessed_are_two_things(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    assert "Difficultés non évaluées." in said(client.get(f"/dossiers/{ref}"))
    answer(sqlite_town, ref, "none")
    assert "Aucune difficulté, dit avec la personne." in said(client.get(f"/dossiers/{ref}"))
    page = said(client.get(f"/dossiers/{ref}/plan"))
    assert "Aucune difficulté</strong> : " in page and "Non évalué</strong>" not in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"theme": "", "text": "Gardé"}, "Choisissez une difficulté de la liste."),
        ({"theme": "sante", "text": "Gardé"}, "Choisissez une difficulté de la liste."),
        ({"theme": "mobilite", "text": "Gardé"}, "Cette difficulté est déjà ouverte dans le plan."),
    ],
)
def test_what_is_wrong_is_explained_and_kept(sqlite_town: Town, sent: dict[str, str], sentence: str) -> None:
    ref = welcome(sqlite_town)
    obstacle(sqlite_town, ref)
    page = signed_in(sqlite_town, "bruno").post(f"/dossiers/{ref}/plan", data=sent)
    assert page.status_code == 422
    text = valid(page)
    assert sentence in text and "Gardé" in text


def test_the_record_shows_what_is_open_with_what_comes_next(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    root = obstacle(sqlite_town, ref)
    action(sqlite_town, root, "Plus tard", days=9)
    action(sqlite_town, root, "D’abord", owner="bruno", days=2)
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}"))
    assert "D’abord" in page and "Plus tard" not in page and f"/dossiers/{ref}/plan" in page
    hide(sqlite_town, ref, "pae-centre", "obstacles")
    client = signed_in(sqlite_town, "bruno")
    assert "Difficultés et actions" not in valid(client.get(f"/dossiers/{ref}"))
    assert client.get(f"/dossiers/{ref}/plan").status_code == 404
    assert client.get(f"/plan/{root}").status_code == 404


def test_her_own_actions_of_today_are_one_quiet_list(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    done = action(sqlite_town, obstacle(sqlite_town, ref), "Appeler la mairie", owner="bruno", days=0)
    client = signed_in(sqlite_town, "bruno")
    page = valid(client.get("/aujourd-hui"))
    assert "Vos actions dans les plans" in page and "Appeler la mairie" in page and "En retard" not in page
    sent = client.post(f"/plan/{done}/suite", data={"state": "done", "version": "1", "back": "day"})
    assert sent.location == "/aujourd-hui"
    assert "Vos actions dans les plans" not in valid(client.get("/aujourd-hui"))
    assert "Vos actions dans les plans" not in valid(signed_in(sqlite_town, "fatou").get("/aujourd-hui"))


def test_a_partner_acts_under_its_own_name_on_what_it_reads(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    root = obstacle(sqlite_town, ref)
    left = action(sqlite_town, root, "Acheter un vélo")
    settle(sqlite_town, left, LineState.GIVEN_UP)
    share(sqlite_town, ref, "mission-locale", sections={"identity", "obstacles"})
    client = signed_in(sqlite_town, "elise")
    page = valid(client.get(f"/dossiers/{ref}/plan"))
    assert "Agir aussi sur cette difficulté" in page and "Réglée</button" not in page and "vélo" not in page
    sent = client.post(f"/dossiers/{ref}/plan", data={"proposed": "mobilite", "back": "action"})
    own = next(one for one in plan(sqlite_town, ref, "elise").lines if one.id != root)
    assert sent.location == f"/plan/{own.id}/action"
    assert client.get(f"/plan/{root}").status_code == 404
    assert client.post(f"/plan/{root}/suite", data={"state": "closed", "version": "1"}).status_code == 422


def test_her_log_says_who_read_her_plan(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    obstacle(sqlite_town, ref)
    signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/plan")
    with herself(sqlite_town, ref, write=False) as tx:
        from_log = str(own_log(tx))
    assert "read_plan" in from_log and "open_obstacle" in from_log and hers(sqlite_town, ref).lines
