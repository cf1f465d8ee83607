import re
from datetime import date

from pathway.casework.records.actions import NewPerson, create_records
from pathway.casework.records.rules import Identity, Way
from pathway.demo.town import Town
from tests.town import AMINA_CLAIMS, signed_in, welcome
from tests.web.jobseeker.lives import enter, leave


def read(town: Town) -> str:
    answer = signed_in(town, "theo").get("/territoire")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def crowd(town: Town, count: int) -> list[str]:
    people = [
        NewPerson(
            identity=Identity(first_name="Ana", last_name=f"Nom {chr(97 + n)}", birth_date=date(1990, 1, 1 + n)),
            claims=AMINA_CLAIMS,
        )
        for n in range(count)
    ]
    with town.acting("bruno") as tx:
        return create_records(tx, people, way=Way.SAID, referent_id=tx.actor.account_id)


def test_a_small_territory_shows_no_small_count(town: Town) -> None:
    record_id = welcome(town)
    leave(town, enter(town, record_id))
    page = read(town)
    assert "moins de 5 personnes ont une carte" in page
    assert "Fin sans solution moins de 5" in page
    assert not re.search(r" [1-4] ", page.split("n’est pas donné", 1)[1])


def test_counts_from_five_on_are_shown_with_a_total_that_betrays_no_small_one(sqlite_town: Town) -> None:
    for record_id in crowd(sqlite_town, 7):
        leave(sqlite_town, enter(sqlite_town, record_id, scheme="atelier"), reason="cdi")
    page = read(sqlite_town)
    assert "7 personnes ont une carte" in page
    assert "En retard moins de 5 À venir non affiché" in page


def test_nobody_is_named(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    page = read(sqlite_town)
    assert "Amina" not in page and "Benkacem" not in page and record_id not in page


def test_no_other_role_reads_the_territory(sqlite_town: Town) -> None:
    for persona in ("bruno", "denis", "ines", "root"):
        assert signed_in(sqlite_town, persona).get("/territoire").status_code == 403


def test_the_coordinator_opens_no_record(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    client = signed_in(sqlite_town, "theo")
    assert client.get(f"/dossiers/{record_id}").status_code == 403
