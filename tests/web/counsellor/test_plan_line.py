import pytest

from pathway.demo.town import Town
from tests.casework.action_plan.scenes import action, line, obstacle, plan
from tests.town import signed_in, welcome
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
    assert answer.status_code == 422 and "Mon mot" in valid(answer)
