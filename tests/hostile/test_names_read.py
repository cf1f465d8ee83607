"""Whoever's name is on a page is named in the journal entry of that page: she will know that it was read."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from pathway.casework.alerts.actions import give_alert, sweep
from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows, system
from tests.town import signed_in
from tests.web.counsellor.scenes import ZOE, entered, left, points, reads_of, said

PREVIEW = {"preview": "1", "reason": "end_of_scheme", "event_on": "20/11/2026"}


def scene(town: Town) -> dict[str, str]:
    """Amina left 20 days ago, her late point was given to Bruno; Zoé is in a step. Gives the addresses' references."""
    amina, amina_step = left(town, days_ago=20)
    zoe, zoe_step = entered(town, identity=ZOE)
    with system(town.store, town.clock) as tx:
        sweep(tx, [amina], on=tx.today)
        tx.journal("sweep")
    alert = rows(town.store, "alert")[0]["id"]
    with town.acting("denis") as tx:
        give_alert(tx, alert_id=alert, account_id=town.accounts["bruno"])
    point = points(town, amina)[0].id
    return {"amina": amina, "zoe": zoe, "left": amina_step, "open": zoe_step, "point": point, "alert": alert}


def opened(client: FlaskClient, path: str, data: dict[str, str] | None) -> str:
    return said(client.get(path) if data is None else client.post(path, data=data))


@pytest.mark.parametrize(
    ("persona", "path", "data"),
    [
        ("denis", "/alertes", None),
        ("denis", "/alertes/{alert}/confier", {"account_id": "nobody"}),
        ("bruno", "/aujourd-hui", None),
        ("bruno", "/dossiers", None),
        ("bruno", "/dossiers?filtre=tous", None),
        ("bruno", "/recherche", {"last_name": "Benkacem", "first_name": "Amina"}),
        ("bruno", "/dossiers/{amina}", None),
        ("bruno", "/dossiers/{amina}/contact", None),
        ("bruno", "/dossiers/{amina}/contact", {"channel": "pigeon"}),
        ("bruno", "/dossiers/{amina}/entree", None),
        ("bruno", "/dossiers/{amina}/referent", None),
        ("bruno", "/dossiers/{amina}/activation", None),
        ("bruno", "/dossiers/{amina}/informations/contact", None),
        ("bruno", "/etapes/{open}/sortie", None),
        ("bruno", "/etapes/{open}/sortie", PREVIEW),
        ("bruno", "/etapes/{left}/sortie-annulee", None),
        ("bruno", "/etapes/{left}/sortie-annulee", {"reason": "none"}),
        ("bruno", "/points/{point}/non-fait", None),
        ("bruno", "/points/{point}/non-fait", {"reason": "none"}),
    ],
)
def test_each_name_on_a_page_is_in_its_journal_entry(
    sqlite_town: Town, persona: str, path: str, data: dict[str, Any] | None
) -> None:
    known = scene(sqlite_town)
    client = signed_in(sqlite_town, persona)
    before = {name: reads_of(sqlite_town, known[name]) for name in ("amina", "zoe")}
    page = opened(client, path.format(**known), data)
    shown = {name for name, word in (("amina", "Amina"), ("zoe", "Zoé")) if word in page}
    assert shown
    assert all(reads_of(sqlite_town, known[name]) == before[name] + 1 for name in shown)
