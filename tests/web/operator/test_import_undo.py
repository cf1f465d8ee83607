from datetime import timedelta

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows
from tests.town import signed_in
from tests.web.operator.importing import brought
from tests.web.operator.keeping import refused_to_others, said


def test_undoing_says_what_goes_and_what_stays_then_does_it(town: Town) -> None:
    client, before = signed_in(town, "root"), len(rows(town.store, "record"))
    page = brought(client, town)
    asked = said(client, f"{page}/annulation")
    assert "2 personnes créées par cet import seront supprimées" in asked and "Supprimer 2 personnes" in asked
    assert len(rows(town.store, "record")) == before + 2
    assert client.post(f"{page}/annulation").status_code == 303
    assert "2 personnes créées par cet import ont été supprimées" in said(client, page)
    assert len(rows(town.store, "record")) == before and rows(town.store, "import_row") == []
    assert "2 personnes retirées" in said(client, "/imports")
    assert client.get(f"{page}/annulation").status_code == 303
    assert client.post(f"{page}/annulation").status_code == 422


def test_after_seven_days_it_is_no_longer_offered(sqlite_town: Town, clock: FixedClock) -> None:
    page = brought(signed_in(sqlite_town, "root"), sqlite_town)
    clock.move(timedelta(days=7))
    client = signed_in(sqlite_town, "root")
    assert "Annuler cet import" not in said(client, page)
    assert client.post(f"{page}/annulation").status_code == 422


def test_nobody_else_gets_there(sqlite_town: Town) -> None:
    page = brought(signed_in(sqlite_town, "root"), sqlite_town)
    refused_to_others(sqlite_town, f"{page}/annulation", "GET", "POST")
