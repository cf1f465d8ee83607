import re
from datetime import timedelta

import pytest

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.action_plan.scenes import action, line, obstacle, plan
from tests.town import signed_in, welcome
from tests.web.account.doors import FOUND, RESUME, given_back
from tests.web.account.test_sign_in import through
from tests.web.counsellor.scenes import said, valid


def test_a_line_is_changed_and_its_history_is_told(town: Town) -> None:
    ref = welcome(town)
    done = action(town, obstacle(town, ref), owner="fatou", days=5)
    client = signed_in(town, "bruno")
    page = valid(client.get(f"/plan/{done}"))
    assert "Voir l’auto-école" in page and "Fatou Diallo" in page
    typed = {"text": "Voir la mairie", "who": town.accounts["bruno"], "due_on": "", "version": "1"}
    assert client.post(f"/plan/{done}", data=typed).location == f"/dossiers/{ref}/plan"
    found = line(town, done)
    assert (found.text, found.owner_id, found.due_on) == ("Voir la mairie", town.accounts["bruno"], None)
    page = said(client.get(f"/plan/{done}"))
    assert "Voir l’auto-école" in page and "Voir la mairie" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"action": ""}, "Écrivez l’action en quelques mots."),
        ({"due_on": "19/11/2026"}, "Ce jour est passé."),
        ({"due_on": "demain"}, ""),
        ({"who": "a" * 26}, "Choisissez un·e collègue."),
        ({"goal_id": "a" * 26}, ""),
    ],
)
def test_what_is_wrong_is_explained_and_kept(sqlite_town: Town, wrong: dict[str, str], sentence: str) -> None:
    ref = welcome(sqlite_town)
    root = obstacle(sqlite_town, ref)
    sent = {"action": "Demander le devis", "who": "", "due_on": "27/11/2026", "goal": "", "goal_id": "", **wrong}
    answer = signed_in(sqlite_town, "bruno").post(f"/plan/{root}/action", data=sent)
    assert answer.status_code in (404, 422) and sentence in said(answer)
    assert len(plan(sqlite_town, ref).lines) == 1


def test_a_goal_is_reused_or_written_alone(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    root = obstacle(sqlite_town, ref)
    client = signed_in(sqlite_town, "bruno")
    client.post(f"/plan/{root}/action", data={"action": "", "goal": "Passer le permis"})
    goal = next(one for one in plan(sqlite_town, ref).lines if one.id != root)
    assert "Passer le permis" in valid(client.get(f"/plan/{root}/action"))
    client.post(f"/plan/{root}/action", data={"action": "Demander le devis", "goal_id": goal.id})
    assert [one.parent_id for one in plan(sqlite_town, ref).lines if one.text == "Demander le devis"] == [goal.id]


def test_an_action_is_added_under_a_difficulty_only(sqlite_town: Town) -> None:
    done = action(sqlite_town, obstacle(sqlite_town, welcome(sqlite_town)))
    assert signed_in(sqlite_town, "bruno").get(f"/plan/{done}/action").status_code == 404


def test_somebody_else_s_change_in_between_is_said(sqlite_town: Town) -> None:
    done = action(sqlite_town, obstacle(sqlite_town, welcome(sqlite_town)))
    sent = {"text": "Mon mot", "who": "", "due_on": "", "version": "7"}
    answer = signed_in(sqlite_town, "bruno").post(f"/plan/{done}", data=sent)
    page = valid(answer)
    assert answer.status_code == 422 and "Mon mot" in page and "dans une autre fenêtre" in page
    assert 'name="version" type="hidden" value="1"' in page  # what she sends next is meant
    assert signed_in(sqlite_town, "bruno").post(f"/plan/{done}", data={**sent, "version": "1"}).status_code == 303


def test_a_double_click_adds_one_action(town: Town, clock: FixedClock) -> None:
    ref = welcome(town)
    root, client = obstacle(town, ref), signed_in(town, "bruno")
    typed = {"action": "Demander le devis", "who": "hers", "due_on": "27/11/2026", "goal": "Passer le permis"}
    assert client.post(f"/plan/{root}/action", data=typed).status_code == 303
    again = client.post(f"/plan/{root}/action", data=typed)
    assert again.status_code == 422 and "double clic" in valid(again)
    assert len(plan(town, ref).lines) == 3
    for other in ({**typed, "who": ""}, {**typed, "action": "Choisir l’auto-école"}, {**typed, "goal": ""}):
        assert client.post(f"/plan/{root}/action", data=other).status_code == 303
    assert signed_in(town, "fatou").post(f"/plan/{root}/action", data=typed).status_code == 303
    clock.move(timedelta(minutes=3))
    assert client.post(f"/plan/{root}/action", data=typed).status_code == 303


def test_a_double_click_adds_one_goal(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    root, client = obstacle(sqlite_town, ref), signed_in(sqlite_town, "bruno")
    for status in (303, 422):
        sent = client.post(f"/plan/{root}/action", data={"action": "", "goal": "Passer le permis"})
        assert sent.status_code == status
    assert len(plan(sqlite_town, ref).lines) == 2


def test_a_session_that_ends_loses_no_word_of_an_action(sqlite_town: Town, clock: FixedClock) -> None:
    root = obstacle(sqlite_town, welcome(sqlite_town))
    done = action(sqlite_town, root)
    client = signed_in(sqlite_town, "bruno")
    for path, typed, shown in (
        (f"/plan/{root}/action", {"action": "Demander le devis", "due_on": "27/11/2026"}, "27/11/2026"),
        (f"/plan/{done}", {"text": "Voir la mairie", "who": "hers", "version": "1"}, 'selected value="hers"'),
    ):
        clock.move(timedelta(minutes=21))
        assert client.post(path, data=typed).location == f"/connexion?suite={RESUME}"
        through(client, sqlite_town, suite=RESUME)
        page = valid(given_back(client))
        assert typed.get("action", typed.get("text", "")) in page and shown in page and FOUND in page


def test_the_menu_says_that_a_line_of_a_plan_belongs_to_a_record(sqlite_town: Town) -> None:
    done = action(sqlite_town, obstacle(sqlite_town, welcome(sqlite_town)), owner="bruno", days=5)
    page = said(signed_in(sqlite_town, "bruno").get(f"/plan/{done}"))
    assert re.search(r'<a [^>]*href="/dossiers"[^>]*aria-current="[a-z]+"', page)
