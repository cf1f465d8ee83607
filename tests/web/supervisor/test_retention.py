import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from pathway.casework.retention.actions import hold_ours
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import enter, leave, rows
from tests.casework.retention.test_kept_lists import warned
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import UNKNOWN, ZOE, entered, reads_of, said, valid

PATH = "/conservation-des-dossiers"


def denis(town: Town) -> FlaskClient:
    return signed_in(town, "denis")


@pytest.mark.parametrize(
    ("which", "nothing"),
    [
        ("archives", "Aucun dossier bientôt archivé."),
        ("ouverts", "Rien n’est resté ouvert."),
        ("effaces", "Personne n’est prévenu d’un effacement."),
        ("litiges", "Aucun dossier gardé pour un litige."),
    ],
)
def test_an_empty_list_teaches_what_comes_there(sqlite_town: Town, which: str, nothing: str) -> None:
    assert nothing in valid(denis(sqlite_town).get(f"{PATH}?liste={which}"))


def test_whoever_is_archived_soon_is_named_and_told_that_she_was_read(town: Town, clock: FixedClock) -> None:
    amina = welcome(town)
    clock.move(timedelta(days=700))
    client = denis(town)
    page = valid(client.get(PATH))
    assert "Amina Benkacem" in page and "Sera archivé le 20 novembre 2028" in page
    assert f"/dossiers/{amina}" in page and "Dernier contact le 20 novembre 2026" in page
    assert reads_of(town, amina)
    clock.move(timedelta(days=60))
    assert "À archiver depuis le 20 novembre 2028" in said(denis(town).get(PATH))
    assert "Amina" not in said(signed_in(town, "yvan").get(PATH))


def test_what_keeps_a_record_open_is_said_with_the_way_to_it(sqlite_town: Town, clock: FixedClock) -> None:
    amina, _ = entered(sqlite_town)
    clock.move(timedelta(days=760))
    client = denis(sqlite_town)
    assert "Aucun dossier bientôt archivé." in said(client.get(PATH))
    page = valid(client.get(f"{PATH}?liste=ouverts"))
    assert "Devait être archivé le 20 novembre 2028" in page and "Étape en cours depuis le 20 novembre 2026" in page
    assert f'href="/dossiers/{amina}"' in page


def test_several_things_open_of_one_kind_are_counted(sqlite_town: Town, clock: FixedClock) -> None:
    amina = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, amina).enrolment_id)
    clock.move(timedelta(days=760))
    page = valid(denis(sqlite_town).get(f"{PATH}?liste=ouverts"))
    assert re.search(r"Point de suivi du \d+ \w+ 20\d\d et \d de plus", page)


def test_an_erasure_is_dated_and_the_record_stays_shut(sqlite_town: Town, clock: FixedClock) -> None:
    amina, _ = warned(sqlite_town, clock)
    client = denis(sqlite_town)
    page = valid(client.get(f"{PATH}?liste=effaces"))
    assert "Amina Benkacem" in page and "Sera effacé le 20 novembre 2030" in page
    assert f'href="/dossiers/{amina}"' not in page and client.get(f"/dossiers/{amina}").status_code == 404
    with sqlite_town.acting("denis") as tx:
        hold_ours(tx, record_id=amina, until_on=tx.today + timedelta(days=90), reason="Recours")
    assert "Gardé pour un litige jusqu’au" in said(client.get(f"{PATH}?liste=effaces"))


def test_a_hold_is_listed_with_its_reason_and_ends_by_a_button(town: Town) -> None:
    amina = welcome(town)
    with town.acting("denis") as tx:
        hold = hold_ours(tx, record_id=amina, until_on=tx.today + timedelta(days=30), reason="Recours au tribunal")
    client = denis(town)
    page = valid(client.get(f"{PATH}?liste=litiges"))
    assert "Gardé jusqu’au 20 décembre 2026, par Denis" in page and "« Recours au tribunal »" in page
    assert client.post(f"{PATH}/{hold}/fin").location == f"{PATH}?liste=litiges"
    assert "Aucun dossier gardé" in said(client.get(f"{PATH}?liste=litiges"))
    again = client.post(f"{PATH}/{hold}/fin")
    assert again.status_code == 422 and "déjà terminée" in said(again)


def test_the_reason_lies_sealed(town: Town) -> None:
    amina = welcome(town)
    with town.acting("denis") as tx:
        hold_ours(tx, record_id=amina, until_on=tx.today + timedelta(days=30), reason="Recours au tribunal")
    (row,) = rows(town.store, "retention_hold")
    assert b"tribunal" not in bytes(row["reason"])


def test_twenty_a_page_and_a_page_too_far_gives_the_last(sqlite_town: Town, clock: FixedClock) -> None:
    for number in range(21):
        welcome(sqlite_town, identity=replace(ZOE, first_name=f"Zoé-{chr(97 + number)}"))
    clock.move(timedelta(days=740))
    client = denis(sqlite_town)
    assert valid(client.get(PATH)).count("Zoé-") == 2 * 20
    for far in ("2", "99", "x"):
        assert "Page" in said(client.get(f"{PATH}?page={far}"))
    assert said(client.get(f"{PATH}?page=99")).count('class="people-name"') == 1


def test_only_a_responsable_comes_here_and_ends_her_own_holds(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    leave(sqlite_town, enter(sqlite_town, amina).enrolment_id)
    with sqlite_town.acting("denis") as tx:
        hold = hold_ours(tx, record_id=amina, until_on=tx.today + timedelta(days=30), reason="Recours")
    for who in ("bruno", "theo", "ines", "root"):
        assert signed_in(sqlite_town, who).get(PATH).status_code == 403
    yvan = signed_in(sqlite_town, "yvan")
    assert yvan.post(f"{PATH}/{hold}/fin").status_code == 404 == yvan.post(f"{PATH}/{UNKNOWN}/fin").status_code
    assert "Amina" not in said(yvan.get(f"{PATH}?liste=litiges"))


def test_the_menu_of_the_structure_leads_there(sqlite_town: Town) -> None:
    assert "Conservation des dossiers" in said(denis(sqlite_town).get("/equipe"))
    assert "Conservation des dossiers" not in said(signed_in(sqlite_town, "bruno").get("/dossiers"))
