import csv
import io
from datetime import UTC, timedelta

from sqlalchemy import text

from pathway.casework.intake.writing import LOT
from pathway.demo.town import Town
from pathway.jobs.imports import carry_imports_on
from pathway.kernel.clock import PARIS, FixedClock, local_day
from pathway.kernel.wording import said_weekday
from tests.casework.enrolments.steps import rows
from tests.store.hands import altered, broken
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
    assert "Le nom manque." in page and "Ligne 4" in page and "Importer 2 lignes" in page
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


def test_the_refused_rows_are_for_whoever_gave_the_file(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = brought(client, sqlite_town)
    altered(sqlite_town.store, "UPDATE import_batch SET account_id = :other", other=sqlite_town.accounts["bruno"])
    assert client.get(f"{page}/lignes-refusees").status_code == 404
    told = said(client, page)
    assert "seule la personne qui a donné ce fichier" in told and "Télécharger les lignes refusées" not in told


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
    assert answer.headers["Refresh"] == f"3; url={page}?retour=1" and "attend son tour" in words(
        answer.get_data(as_text=True)
    )
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


def test_an_import_is_of_the_day_of_france_not_of_greenwich(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    local = sqlite_town.clock.now().astimezone(PARIS)
    to_midnight = timedelta(hours=24 - local.hour, minutes=5 - local.minute)
    sqlite_town.clock.move(to_midnight)  # type: ignore[attr-defined]  # the tests' clock moves
    client = signed_in(sqlite_town, "root")
    page = brought(client, sqlite_town)
    day = said_weekday(local_day(sqlite_town.clock.now()), today=local_day(sqlite_town.clock.now()))
    day = day.replace("\N{NO-BREAK SPACE}", " ")
    assert local_day(sqlite_town.clock.now()) != sqlite_town.clock.now().astimezone(UTC).date()
    assert f"Import du {day}" in said(client, page) and day in said(client, "/imports")
    assert f"Import du {day}" in said(client, f"{page}/annulation")


def test_a_file_nobody_can_be_read_in_says_so(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    page = said(client, checked(client, sqlite_town, "Prénom;Nom;Né le\nAmina;;22/04/1991\n"))
    assert "Personne ne peut être importé." in page and "Changer les colonnes" in page and "Importer 0" not in page


def test_a_file_that_waits_to_be_checked_may_be_given_up(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "root")
    many = "".join(f"Prenom{number};Nom{number};01/01/1990;;;\n" for number in range(4 * LOT))
    page = checked(client, sqlite_town, "Prénom;Nom;Né le;Téléphone;Remarque;NIR\n" + many)
    assert "Abandonner ce fichier" in said(client, page)
    assert client.post(f"{page}/abandon").status_code == 303
    assert rows(sqlite_town.store, "import_batch") == [] and carry_imports_on(sqlite_town.store, clock) == 0


def test_nobody_is_brought_into_a_structure_that_has_closed_meanwhile(sqlite_town: Town) -> None:
    client, before = signed_in(sqlite_town, "root"), records(sqlite_town)
    page = checked(client, sqlite_town)
    with sqlite_town.store.engine.begin() as connection:
        here = {"id": sqlite_town.structures["pae-centre"]}
        connection.execute(text("UPDATE structure SET state = 'closed' WHERE id = :id"), here)
    answer = client.post(f"{page}/lancement", follow_redirects=True)
    assert "Cette structure a fermé entre-temps" in words(answer.get_data(as_text=True))
    assert records(sqlite_town) == before


def test_a_page_that_comes_back_by_itself_does_not_keep_a_forgotten_session_open(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    many = "".join(f"Prenom{number};Nom{number};01/01/1990;;;\n" for number in range(4 * LOT))
    page = checked(client, sqlite_town, "Prénom;Nom;Né le;Téléphone;Remarque;NIR\n" + many)
    assert client.get(f"{page}?retour=199").headers["Refresh"] == f"3; url={page}?retour=200"
    for typed in ("200", "-1", "x", "9999"):
        answer = client.get(f"{page}?retour={typed}")
        assert "Refresh" not in answer.headers, typed
        assert "La page ne se met plus à jour toute seule." in words(answer.get_data(as_text=True))


def test_the_button_counts_lines_since_a_double_is_two_lines_of_one_person(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "root")
    twice = PEOPLE + "Bilal;Ndiaye;03/02/1988;;;\n"
    page = said(client, checked(client, sqlite_town, twice))
    assert "2 personnes à créer" in page and "lue plus haut dans le fichier" in page
    assert "Importer 3 lignes" in page and "Importer 3 personnes" not in page
