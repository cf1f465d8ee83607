import re

from flask.testing import FlaskClient

from pathway.casework.records.actions import NewPerson, create_records, merge_claims
from pathway.casework.records.queries import card_view
from pathway.casework.records.rules import Way
from pathway.demo.town import Town
from tests.town import AMINA, welcome
from tests.web.jobseeker.lives import at_home


def read(client: FlaskClient) -> str:
    answer = client.get("/mes-informations")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True).split("<main", 1)[1]).split())


def test_she_reads_each_answer_with_who_said_it_and_when(town: Town) -> None:
    page = read(at_home(town, welcome(town)))
    assert "Téléphones 06 12 34 56 78 Vous l’avez dit (Point Accueil Emploi Centre), 20 novembre 2026" in page
    assert "Situation En recherche d’emploi" in page


def test_she_reads_the_number_of_her_card_in_groups(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    with sqlite_town.acting("bruno", write=False) as tx:
        number = card_view(tx.sealing.open_many([record_id], "card")[record_id]).card_number
    assert f"{number[:4]} {number[4:8]} {number[8:12]} {number[12:]}" in read(at_home(sqlite_town, record_id))


def test_health_is_shown_as_hers_alone(sqlite_town: Town) -> None:
    person = NewPerson(identity=AMINA, claims={"rqth": True})
    with sqlite_town.acting("bruno") as tx:
        record_id = create_records(tx, [person], way=Way.IMPORTED, referent_id=None)[0]
    page = read(at_home(sqlite_town, record_id))
    assert "Santé et handicap" in page and "visible par vous seule" in page
    assert "Point Accueil Emploi Centre l’a donné" in page


def test_what_needs_her_eyes_comes_first_and_the_rest_is_folded(sqlite_town: Town) -> None:
    record_id = welcome(sqlite_town)
    with sqlite_town.acting("bruno") as tx:
        merge_claims(tx, record_id, {"city": "Saint-Malo"}, way=Way.IMPORTED)
        tx.journal("import_people", records=[record_id])
    page = read(at_home(sqlite_town, record_id))
    first, rest = page.split("Tout votre dossier")
    assert "À regarder d’abord Commune : deux réponses différentes. Choisir la bonne réponse" in first
    assert re.search(r"Coordonnées et contact – \d réponses, 1 à regarder", rest)


def test_a_record_in_order_has_nothing_to_look_at_first(sqlite_town: Town) -> None:
    page = read(at_home(sqlite_town, welcome(sqlite_town)))
    assert "À regarder d’abord" not in page and "Identité – 3 réponses" in page


def test_she_comes_back_to_the_answer_she_put_right(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    page = client.get("/mes-informations?reponse=city").get_data(as_text=True)
    opened = re.findall(r'<details class="details" open>\s*<summary>([^<]+)', page)
    assert [title.split(" – ")[0] for title in opened] == ["Coordonnées et contact"]
    assert 'id="reponse-city"' in page
    assert '<details class="details" open>' not in client.get("/mes-informations?reponse=x").get_data(as_text=True)
