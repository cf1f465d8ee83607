import csv
import io

from pathway.casework.intake.writing import LOT
from pathway.demo.town import Town
from pathway.jobs.imports import carry_imports_on
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows
from tests.store.hands import broken
from tests.town import signed_in
from tests.web.operator.importing import PEOPLE, brought, checked
from tests.web.operator.keeping import refused_to_others, said
from tests.web.supervisor.test_alerts import words


def records(town: Town) -> int:
    return len(rows(town.store, "record"))


def test_what_would_happen_is_read_before_anybody_is_written(town: Town) -> None:
    client, before = signed_in(town, "root"), records(town)
    page = said(client, checked(client, town))
    assert "Rien n’est encore écrit 2 personnes à créer" in page and "1 ligne refusée" in page
    assert "Le nom manque." in page and "Ligne 4" in page and "Importer 2 personnes" in page
    assert "Cette colonne n’est pas reprise" in page and "Ndiaye" not in page and "mardi" not in page
    assert records(town) == before


def test_people_are_brought_in_once_however_often_the_button_is_pressed(town: Town) -> None:
    client, before = signed_in(town, "root"), records(town)
    page = brought(client, town)
    assert "Ce qui est fait 2 personnes créées" in said(client, page)
    assert client.post(f"{page}/lancement", follow_redirects=True).status_code == 200
    again = brought(client, town)
    assert "0 personne créée 2 déjà connues" in said(client, again)
    assert records(town) == before + 2 and broken(town.store) == []


def test_the_refused_rows_are_a_file_without_formula_nor_social_security_number(town: Town) -> None:
    client = signed_in(town, "root")
    answer = client.get(f"{brought(client, town)}/lignes-refusees")
    head, row = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lignes-refusees.csv"'
    assert head[:4] == ["Ligne", "Colonne à corriger", "Pourquoi", "Prénom"]
    assert row[:4] == ["4", "Nom", "Le nom manque.", "Chloé"]
    assert row[-2:] == ["'=secret à mendre", ""] and "2910475" not in str(row)


def test_nothing_of_the_file_is_in_clear_in_the_base(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = brought(client, sqlite_town)
    kept = str([rows(sqlite_town.store, name) for name in ("import_batch", "import_row", "journal_entry")])
    assert "Ndiaye" not in kept and "mendre" not in kept and "personnes.csv" not in kept
    assert rows(sqlite_town.store, "import_piece") == [] and "secret" not in said(client, page)


def test_a_long_file_is_carried_on_by_the_worker_and_the_page_shows_how_far(town: Town, clock: FixedClock) -> None:
    client = signed_in(town, "root")
    many = "".join(f"Prenom{number};Nom{number};01/01/1990;;;\n" for number in range(4 * LOT))
    page = checked(client, town, "Prénom;Nom;Né le;Téléphone;Remarque;NIR\n" + many)
    answer = client.get(page)
    assert answer.headers["Refresh"] == "3" and "attend son tour" in words(answer.get_data(as_text=True))
    assert carry_imports_on(town.store, clock) == 1
    assert f"{4 * LOT} personnes à créer" in said(client, page)
    client.post(f"{page}/lancement")
    calls = iter([False, False, True, True, True])
    carry_imports_on(town.store, clock, is_stopping=lambda: next(calls))
    half = client.get(page).get_data(as_text=True)
    assert f'<progress id="progress" value="{LOT}" max="{4 * LOT}">' in half
    assert carry_imports_on(town.store, clock) == 1
    assert f"{4 * LOT} personnes créées" in said(client, page) and "Refresh" not in client.get(page).headers


def test_a_file_given_up_leaves_nothing(town: Town) -> None:
    client, before = signed_in(town, "root"), records(town)
    page = checked(client, town)
    answer = client.post(f"{page}/abandon", follow_redirects=True)
    assert "rien n’a été importé" in words(answer.get_data(as_text=True)) and records(town) == before
    assert rows(town.store, "import_batch") == rows(town.store, "import_piece") == []
    assert client.get(page).status_code == 404


def test_an_import_begun_is_not_given_up(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = brought(client, sqlite_town)
    answer = client.post(f"{page}/abandon", follow_redirects=True)
    assert "il ne s’abandonne plus" in words(answer.get_data(as_text=True))
    assert len(rows(sqlite_town.store, "import_batch")) == 1


def test_nobody_else_gets_there(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = brought(client, sqlite_town, PEOPLE)
    refused_to_others(sqlite_town, page)
    refused_to_others(sqlite_town, f"{page}/lignes-refusees")
    for gesture in ("lancement", "reprise", "abandon"):
        refused_to_others(sqlite_town, f"{page}/{gesture}", "POST")
