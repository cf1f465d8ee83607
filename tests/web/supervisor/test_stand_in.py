"""The queue of alerts is lent to whoever replaces the responsable, for those days and no other."""

from datetime import timedelta

import pytest

from pathway.casework.accounts.rules import AccountState
from pathway.casework.partners.actions import add_membership, cancel_absence, declare_absence
from pathway.casework.partners.rules import Role
from pathway.casework.team.actions import set_account_state
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock, local_day
from pathway.store.journal import entries_about
from tests.casework.enrolments.steps import system
from tests.town import signed_in, web
from tests.web.account.test_sign_in import through
from tests.web.supervisor.test_alerts import alerted, words


def away(town: Town, *, days: int = 4, stand_in: str | None = "fatou") -> str:
    """Denis is away from today on; gives the absence."""
    with town.acting("denis") as tx:
        until_on = tx.today + timedelta(days=days)
        stand_in_id = town.accounts[stand_in] if stand_in else None
        me = tx.actor.account_id
        return declare_absence(tx, account_id=me, from_on=tx.today, until_on=until_on, stand_in_id=stand_in_id)


def status(town: Town, who: str, path: str = "/alertes") -> int:
    return signed_in(town, who).get(path).status_code


def test_whoever_replaces_the_responsable_settles_the_queue(town: Town) -> None:
    record_id, alert_id = alerted(town)
    away(town)
    client = signed_in(town, "fatou")
    assert 'href="/alertes"' in client.get("/aujourd-hui").get_data(as_text=True)
    page = words(client.get("/alertes").get_data(as_text=True))
    assert "Vous remplacez Denis Carpentier jusqu’au 9 décembre 2026." in page.replace("\u00a0", " ")
    assert "Vous remplacez" in words(client.get(f"/alertes/{alert_id}").get_data(as_text=True))
    typed = {"alerts": alert_id, "gesture": "give", "account_id": town.accounts["fatou"]}
    assert client.post("/alertes/ensemble", data=typed).status_code == 303
    with system(town.store, town.clock, write=False) as tx:
        newest = entries_about(tx.connection, record_id, limit=9)
    given = next(entry for entry in newest if any(act["do"] == "give_alert" for act in entry["acts"]))
    assert (given["actor"], given["role"]) == (town.accounts["fatou"], "counsellor")


@pytest.mark.parametrize(
    ("stand_in", "asked", "where"),
    [
        ("fatou", "/alertes", "/aujourd-hui"),
        ("bruno", "/alertes", "/alertes"),
        (None, "/alertes", "/alertes"),
        ("bruno", "/equipe", "/aujourd-hui"),
    ],
)
def test_the_letter_of_the_day_leads_to_the_queue_whoever_it_is_lent_to(
    town: Town, stand_in: str | None, asked: str, where: str
) -> None:
    away(town, stand_in=stand_in)
    assert through(web(town), town, asked).location == where


def test_it_is_closed_again_on_the_day_the_responsable_is_back(town: Town, clock: FixedClock) -> None:
    away(town, days=4)
    assert status(town, "fatou") == 200
    clock.move(timedelta(days=4))
    assert status(town, "fatou") == 200
    clock.move(timedelta(days=1))
    client = signed_in(town, "fatou")
    assert client.get("/alertes").status_code == 403
    assert 'href="/alertes"' not in client.get("/aujourd-hui").get_data(as_text=True)


def test_it_is_lent_to_nobody_else_and_nothing_else_is(sqlite_town: Town) -> None:
    away(sqlite_town)
    assert [status(sqlite_town, who) for who in ("bruno", "elise", "theo")] == [403, 403, 403]
    for path in ("/alertes/precision", "/equipe", "/dites-le-une-fois", "/regles-de-suivi", "/acces-a-expliquer"):
        assert status(sqlite_town, "fatou", path) == 403, path
    volume = signed_in(sqlite_town, "fatou").post(f"/alertes/volumes/{'a' * 26}/verifie", data={"reason": "expected"})
    assert volume.status_code == 403


def test_when_nobody_was_named_all_the_team_settles_the_queue(town: Town, clock: FixedClock) -> None:
    _, alert_id = alerted(town)
    absence = away(town, stand_in=None)
    assert [status(town, who) for who in ("bruno", "fatou", "elise", "theo")] == [200, 200, 403, 403]
    page = words(signed_in(town, "bruno").get("/alertes").get_data(as_text=True)).replace("\u00a0", " ")
    assert "Aucun·e responsable n’est là jusqu’au 9 décembre 2026 (Denis Carpentier) : toute l’équipe" in page
    typed = {"alerts": alert_id, "gesture": "give", "account_id": town.accounts["bruno"]}
    assert signed_in(town, "fatou").post("/alertes/ensemble", data=typed).status_code == 303
    assert status(town, "bruno", "/alertes/precision") == status(town, "bruno", "/equipe") == 403
    with town.acting("denis") as tx:
        cancel_absence(tx, absence)
    assert status(town, "bruno") == 403


def test_all_the_team_settles_it_too_when_whoever_was_named_works_there_no_more(town: Town) -> None:
    away(town, stand_in="fatou")
    assert [status(town, who) for who in ("fatou", "bruno")] == [200, 403]
    with system(town.store, town.clock) as tx:
        set_account_state(tx, town.accounts["fatou"], AccountState.DISABLED)
    assert status(town, "bruno") == 200


def test_nothing_is_lent_while_a_responsable_is_there(sqlite_town: Town) -> None:
    away(sqlite_town)
    assert status(sqlite_town, "fatou") == 200
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        here = sqlite_town.structures["pae-centre"]
        today = local_day(sqlite_town.clock.now())
        add_membership(
            tx, account_id=sqlite_town.accounts["karim"], structure_id=here, role=Role.SUPERVISOR, from_on=today
        )
    assert status(sqlite_town, "fatou") == 403


def test_an_absence_taken_back_closes_it_at_once(sqlite_town: Town) -> None:
    absence = away(sqlite_town)
    client = signed_in(sqlite_town, "fatou")
    assert client.get("/alertes").status_code == 200
    with sqlite_town.acting("denis") as tx:
        cancel_absence(tx, absence)
    assert client.get("/alertes").status_code == 403
