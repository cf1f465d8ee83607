from datetime import date

import pytest
from sqlalchemy import event

from pathway.casework.records.rules import Identity
from pathway.demo.town import Town
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import ZOE, left, said, shape, valid, weight

BORN = date(1985, 3, 1)


def test_the_next_due_comes_first(town: Town) -> None:
    left(town, days_ago=8)
    welcome(town, identity=ZOE)
    page = valid(signed_in(town, "bruno").get("/dossiers"))
    assert page.index("Amina Benkacem") < page.index("Zoé Martin")
    assert "En retard" in page
    assert "Aucun point ouvert" in page


def test_mine_and_all_are_counted_apart(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    welcome(sqlite_town, "fatou", ZOE)
    client = signed_in(sqlite_town, "bruno")
    mine, whole = said(client.get("/dossiers")), said(client.get("/dossiers?filtre=tous"))
    assert "Zoé Martin" not in mine
    assert "Zoé Martin" in whole
    assert "Référent de parcours : Fatou Diallo" in whole


def test_twenty_people_a_page(sqlite_town: Town) -> None:
    for number in range(23):
        who = Identity(first_name="Zoé", last_name=f"Martin{number}", birth_date=date(1985, 3, 1 + number))
        welcome(sqlite_town, identity=who)
    client = signed_in(sqlite_town, "bruno")
    first, second = client.get("/dossiers"), client.get("/dossiers?page=2")
    assert first.get_data(as_text=True).count("people-name") == 20
    assert second.get_data(as_text=True).count("people-name") == 3
    assert "Page 2 sur 2" in valid(second)
    assert weight(client, first) < 100_000


def test_a_page_number_that_is_none_shows_the_nearest(sqlite_town: Town) -> None:
    welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    for typed in ("99999", "0", "-1", "deux", "٣"):
        answer = client.get("/dossiers", query_string={"page": typed})
        assert "Amina Benkacem" in said(answer)


@pytest.mark.parametrize(("asked", "most"), [("/dossiers", 12), ("/dossiers?filtre=tous", 14)])
def test_the_list_asks_the_base_as_often_whatever_its_length(sqlite_town: Town, asked: str, most: int) -> None:
    client = signed_in(sqlite_town, "bruno")
    seen: list[str] = []
    event.listen(sqlite_town.store.readers, "before_cursor_execute", lambda *said: seen.append(said[2]))
    counts = []
    for number in range(3):
        welcome(sqlite_town, identity=Identity(first_name="Zoé", last_name=f"Martin{number}", birth_date=BORN))
        welcome(sqlite_town, "fatou", Identity(first_name="Lou", last_name=f"Durand{number}", birth_date=BORN))
        seen.clear()
        valid(client.get(asked))
        counts.append(len([one for one in seen if one.startswith("SELECT")]))
    assert counts[0] == counts[1] == counts[2] <= most


def test_nobody_of_another_structure_is_listed_or_counted(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "chloe")
    before = shape(client.get("/dossiers?filtre=tous"))
    welcome(sqlite_town)
    assert shape(client.get("/dossiers?filtre=tous")) == before
    assert "Votre structure ne suit encore personne." in said(client.get("/dossiers?filtre=tous"))
