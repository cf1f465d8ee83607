import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import update

from pathway.casework.cockpit.queries import MaskedSpreads
from pathway.casework.cockpit.vocabulary import Towards
from pathway.casework.records.tables import Referent
from pathway.casework.reports.rules import Hidden, MaskedTable, mask_table
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.columns import table_of
from pathway.web.supervisor import territory
from pathway.web.supervisor.cockpit_list import PER_PAGE
from tests.casework.alerts.test_outcomes import lived
from tests.casework.cockpit.test_queries import both, left, lively
from tests.casework.links.pairs import TWIN
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import evaluate

_LINK = re.compile(r'<a href="(/pilotage/[^"]+)"[^>]*>(?:<[^>]+>)?\s*(\d+)')


def test_the_responsable_reads_who_risks_a_break_and_what_waits(town: Town, clock: FixedClock) -> None:
    for one in left(town, clock, 2):
        evaluate(town, one)
    page = valid(signed_in(town, "denis").get("/pilotage"))
    assert "2 parcours risquent une rupture" in page and "30 jours sans accompagnement" in page
    assert re.search(r"2</strong> sur 2</span> <a [^>]+>sorties suivies, avec un point en retard", page)
    assert "0</strong> sur 2</span> <span>sorties suivies, sans plus aucun point" in page
    assert "la vitesse de personne n’est mesurée" in page
    assert page.index("Bruno Lemaire</th>") < page.index("Denis Carpentier</th>") < page.index("Fatou Diallo</th>")


def test_every_number_opens_a_list_of_as_many(town: Town, clock: FixedClock) -> None:
    lively(town, clock)
    client = signed_in(town, "denis")
    html = client.get("/pilotage").get_data(as_text=True)
    numbers = {href.replace("&amp;", "&"): int(number) for href, number in _LINK.findall(html)}
    assert {urlsplit(href).path.rsplit("/", 1)[1] for href in numbers} >= {
        "points",
        "relais",
        "interruptions",
        "equipe",
    }
    for href, number in numbers.items():
        page = client.get(href).get_data(as_text=True)
        assert page.count('<li class="people-line">') == min(number, PER_PAGE), href
        assert re.search(rf"(?:: |&nbsp;: |\u00a0: ){number} [a-z]+\.</p>", page), href
        assert all(len(values) == 1 for values in parse_qs(urlsplit(href).query).values())


def test_the_load_leads_to_where_people_and_points_are_handed_over(town: Town, clock: FixedClock) -> None:
    lively(town, clock)
    client = signed_in(town, "denis")
    html = client.get("/pilotage").get_data(as_text=True)
    ways = re.findall(r'<a href="(/equipe/\w+/personnes)">Répartir<', html)
    assert ways and all(client.get(one).status_code == 200 for one in ways)
    bruno = client.get(f"/pilotage/equipe?quoi=personnes&qui={town.accounts['bruno']}").get_data(as_text=True)
    assert any(one in bruno for one in ways) and "Répartir ses personnes" in bruno


def test_what_nobody_of_the_team_has_is_said_so_and_taken_up_from_its_list(town: Town, clock: FixedClock) -> None:
    record_id = welcome(town)
    referent = table_of(Referent)
    with town.acting("root") as tx:
        tx.execute(update(referent).values(until_at=tx.now))
        tx.journal("change_member")
    client = signed_in(town, "denis")
    page = valid(client.get("/pilotage"))
    assert "Sans personne en charge" in page and "Personne de l’équipe" not in page
    listed = valid(client.get("/pilotage/equipe?quoi=personnes&qui=personne"))
    assert "Sans référent dans l’équipe. Personnes suivies" in listed
    assert f'<a href="/dossiers/{record_id}/referent">Confier<' in listed
    assert client.get(f"/dossiers/{record_id}/referent").status_code == 200


def test_the_bars_open_the_same_lists_as_the_table(sqlite_town: Town, clock: FixedClock) -> None:
    left(sqlite_town, clock, 1)
    client = signed_in(sqlite_town, "denis")
    html = client.get("/pilotage").get_data(as_text=True)
    bars = [one.replace("&amp;", "&") for one in re.findall(r'<a href="([^"]+)" tabindex="-1"', html)]
    assert len(bars) == 24
    assert sum(client.get(one).get_data(as_text=True).count("people-line") for one in bars) == 2


def test_an_empty_structure_is_told_what_will_come(sqlite_town: Town) -> None:
    page = valid(signed_in(sqlite_town, "denis").get("/pilotage"))
    assert "Aucun parcours ne risque une rupture." in page
    assert "Aucun relais envoyé depuis douze mois." in page
    assert "Aucun point de suivi n’était prévu ces douze dernières semaines." in page


def test_the_page_gives_the_headline_of_the_precision_of_alerts(sqlite_town: Town, clock: FixedClock) -> None:
    lived(sqlite_town, clock)
    page = said(signed_in(sqlite_town, "denis").get("/pilotage"))
    assert "Depuis juillet 2026, 2 alertes sur 9 n’étaient pas pertinentes." in page


def test_nobody_of_another_structure_shows_and_no_other_role_enters(sqlite_town: Town, clock: FixedClock) -> None:
    evaluate(sqlite_town, left(sqlite_town, clock, 1)[0])
    welcome(sqlite_town, by="chloe", identity=TWIN)
    page = said(signed_in(sqlite_town, "yvan").get("/pilotage"))
    assert "Amina" not in page and "Bruno" not in page
    for persona in ("bruno", "theo", "ines", "root"):
        assert signed_in(sqlite_town, persona).get("/pilotage").status_code == 403


def test_the_coordinator_reads_the_same_masked_and_without_a_list(town: Town, clock: FixedClock) -> None:
    both(town, clock)
    answer = signed_in(town, "theo").get("/territoire")
    page = valid(answer).split("<main", 1)[1]
    assert "6 sur 12</strong>" in page and "sorties encore suivies ont un point en retard" in page
    assert "Il y a trop peu de relais depuis douze mois pour donner leurs délais." in page
    assert "Amina" not in page and "Benkacem" not in page and "/pilotage" not in page and "/dossiers" not in page


def test_counts_large_enough_are_drawn_for_the_coordinator(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    week = mask_table([30, 20, 12, 9])
    hidden = MaskedTable(cells=(Hidden.WITH_IT,) * 4, total=Hidden.WITH_IT)
    shown = MaskedSpreads(
        exits=mask_table([8, 40]),
        weeks={date(2026, 11, 9): week, date(2026, 11, 16): mask_table([1, 0, 0, 0]), date(2026, 11, 2): hidden},
        relays={towards: mask_table([9, 8, 7, 6, 5, 5]) for towards in Towards},
        gaps=mask_table([11, 12, 13, 14]),
        unheld=(("PLIE du Bassin", 7),),
        unheld_total=7,
    )
    monkeypatch.setattr(territory, "masked_cockpit", lambda _tx: shown)
    page = valid(signed_in(sqlite_town, "theo").get("/territoire")).split("<main", 1)[1]
    assert "30</td>" in page and "71</td>" in page and "1 semaine avec moins de 5." in page
    assert "9 novembre 2026</th>" in page and "2 novembre 2026</th>" in page and "16 novembre 2026" not in page
    assert "11 sur 50" in page and "9 sur 40" in page and "PLIE du Bassin</th>" in page
    assert page.count('<rect class="chart-second"') == 3
