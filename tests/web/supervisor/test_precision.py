import csv
import io
from datetime import timedelta

import pytest

from pathway.casework.usage.rules import Budgets
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.web.supervisor.precision import COUNTS
from tests.casework.alerts.test_outcomes import lived
from tests.town import signed_in
from tests.web.counsellor.scenes import said, valid
from tests.web.supervisor.test_alerts import words
from tests.web.test_quota import acts


def test_the_responsable_reads_how_right_each_rule_was(town: Town, clock: FixedClock) -> None:
    lived(town, clock)
    answer = signed_in(town, "denis").get("/alertes/precision")
    page = words(answer.get_data(as_text=True))
    assert "<title" in valid(answer)
    assert "9 alertes ouvertes dans votre structure depuis juillet 2026." in page
    assert "Sans contact 9 3 sur 9 2 sur 9 1 sur 9 3 sur 9" in in_columns(page)
    assert "Sans contact : 2 alertes sur 9 n’étaient pas pertinentes." in page.replace("\u00a0", " ")
    said_of_it = (
        "Avec 36 jours au lieu de 30 au seuil « Jours sans contact, accompagnement régulier », 7 alertes seraient"
    )
    assert said_of_it in page.replace("\u00a0", " ")
    assert "Fatou" not in page and "Amina" not in page


def test_who_changes_a_threshold_is_said_by_its_screen_and_never_by_a_command(
    sqlite_town: Town, clock: FixedClock
) -> None:
    lived(sqlite_town, clock)
    page = words(signed_in(sqlite_town, "denis").get("/alertes/precision").get_data(as_text=True))
    assert "la personne qui exploite le service le change sur son écran « Seuils d’alerte »" in page.replace(
        "\u00a0", " "
    )
    assert "./carte" not in page and "silent_" not in page and "R03" not in page


def in_columns(page: str) -> str:
    """The tables as a wide screen shows them: the name of a column at its head only."""
    _, head, rows = page.partition("Règle " + " ".join(COUNTS))
    for name in COUNTS:
        rows = rows.replace(f"{name} ", "")
    return head + rows


def test_on_a_phone_each_number_stands_beside_the_name_of_its_column(sqlite_town: Town, clock: FixedClock) -> None:
    lived(sqlite_town, clock)
    page = words(signed_in(sqlite_town, "denis").get("/alertes/precision").get_data(as_text=True))
    assert "Sans contact Ouvertes 9 Suivies d’un geste en 7 jours 3 sur 9 Pas pertinentes 2 sur 9" in page


def test_a_period_is_chosen_and_an_empty_one_says_what_will_come(sqlite_town: Town, clock: FixedClock) -> None:
    lived(sqlite_town, clock)
    clock.move(timedelta(days=100))
    client = signed_in(sqlite_town, "denis")
    empty = said(client.get("/alertes/precision?mois=3"))
    assert "Aucune alerte ouverte depuis février 2027." in empty and "on voit ici ce qu’elles deviennent" in empty
    assert "9 alertes ouvertes" in said(client.get("/alertes/precision?mois=6"))
    other, usual = (client.get(f"/alertes/precision{query}").get_data(as_text=True) for query in ("?mois=7", ""))
    assert words(other) == words(usual)
    assert "Aucune alerte ouverte" in said(signed_in(sqlite_town, "sylvie").get("/alertes/precision?mois=12"))
    assert signed_in(sqlite_town, "bruno").get("/alertes/precision").status_code == 403


def test_the_file_adds_up_and_is_journalled(town: Town, clock: FixedClock) -> None:
    lived(town, clock)
    client = signed_in(town, "denis")
    assert client.get("/alertes/precision/fichier").status_code == 303
    answer = client.post("/alertes/precision/fichier", data={"mois": "3"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="justesse-des-alertes-2026-12-30.csv"'
    (line,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";")
    assert (line["Mois"], line["Code"], line["Ouvertes"]) == ("2026-12", "R03", "9")
    parts = ("Suivies d’un geste en 7 jours", "Pas pertinentes", "Effacées d’elles-mêmes", "Autres")
    assert [int(line[name]) for name in parts] == [3, 2, 1, 3]
    assert [act["rows"] for act in acts(town, "export_precision")] == [1]


@pytest.mark.parametrize("minutes", [0, 11])
def test_the_file_asks_again_who_she_is_and_counts_its_rows(sqlite_town: Town, clock: FixedClock, minutes: int) -> None:
    lived(sqlite_town, clock)
    client = signed_in(sqlite_town, "denis")
    client.application.extensions["carte_budgets"] = Budgets(rows_day=0)
    clock.move(timedelta(minutes=minutes))
    answer = client.post("/alertes/precision/fichier")
    assert (answer.status_code, "confirm" in (answer.location or "")) == ((303, True) if minutes else (429, False))
