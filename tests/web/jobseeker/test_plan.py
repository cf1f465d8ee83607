from datetime import timedelta

from pathway.casework.action_plan.rules import LineState
from pathway.demo.town import Town
from tests.casework.action_plan.scenes import action, engagement, line, obstacle, settle
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import ZOE, said, valid
from tests.web.jobseeker.lives import at_home


def test_her_own_actions_come_first_and_she_says_what_is_done(town: Town) -> None:
    ref = welcome(town)
    client = at_home(town, ref)
    assert "Aucune difficulté à régler n’est notée." in valid(client.get("/mon-plan"))
    root = obstacle(town, ref, text="Pas de car le matin")
    own = action(town, root, "Demander le devis", is_hers=True, days=7)
    action(town, root, "Appeler la mairie", owner="bruno", goal="Passer le permis")
    page = valid(client.get("/mon-plan"))
    assert page.index("Demander le devis") < page.index("Difficultés à régler") < page.index("Appeler la mairie")
    assert "Pas de car le matin" in page and "Passer le permis" in page and "Bruno" not in page
    assert "Demander le devis" in valid(client.get("/mon-parcours"))
    assert client.post(f"/mon-plan/{own}/fait", data={"version": "1"}).location == "/mon-plan"
    assert line(town, own).state is LineState.DONE
    page = said(client.get("/mon-plan"))
    assert "Bravo, c’est noté." in page and "Ce que j’ai fait" in page
    assert "dit par la personne" in said(signed_in(town, "bruno").get(f"/dossiers/{ref}/plan"))
    client.post(f"/mon-plan/{own}/fait", data={"version": "2"})
    assert line(town, own).is_open


def test_nothing_is_late_and_nothing_is_a_fault(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    root = obstacle(sqlite_town, ref)
    action(sqlite_town, root, "Demander le devis", is_hers=True, days=0)
    settle(sqlite_town, action(sqlite_town, root, "Acheter un vélo"), LineState.GIVEN_UP)
    sqlite_town.clock.move(timedelta(days=40))  # type: ignore[attr-defined]  # tests hold a fixed clock
    page = valid(at_home(sqlite_town, ref).get("/mon-plan"))
    assert not [word for word in ("retard", "abandon", "frein", "échec", "manqué") if word in page.lower()]
    assert "Mis de côté, vous pouvez en reparler" in page


def test_her_contract_is_read_without_hours(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    engagement(sqlite_town, ref)
    page = valid(at_home(sqlite_town, ref).get("/mon-plan"))
    assert "du 1er novembre 2026 au 30 avril 2027" in page and "15 décembre 2026" in page and "heure" not in page


def test_somebody_else_ticks_nothing(sqlite_town: Town) -> None:
    ref, zoe = welcome(sqlite_town), welcome(sqlite_town, identity=ZOE)
    own = action(sqlite_town, obstacle(sqlite_town, ref), is_hers=True)
    other = at_home(sqlite_town, zoe, born="02/03/1985")
    assert other.post(f"/mon-plan/{own}/fait", data={"version": "1"}).status_code == 404
    assert signed_in(sqlite_town, "bruno").post(f"/mon-plan/{own}/fait", data={"version": "1"}).status_code == 403
    assert line(sqlite_town, own).is_open


def test_an_action_that_changed_meanwhile_is_shown_as_it_is(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    own = action(sqlite_town, obstacle(sqlite_town, ref), "Demander le devis", is_hers=True)
    client = at_home(sqlite_town, ref)
    client.post(f"/mon-plan/{own}/fait", data={"version": "1"})
    late = client.post(f"/mon-plan/{own}/fait", data={"version": "1"})
    assert (late.status_code, late.location) == (303, "/mon-plan")
    assert "Cette ligne vient de changer" in valid(client.get("/mon-plan")) and not line(sqlite_town, own).is_open
