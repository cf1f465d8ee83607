from pathway.demo.town import Town
from tests.town import welcome
from tests.web.counsellor.scenes import points, said, valid
from tests.web.jobseeker.lives import at_home


def test_she_asks_to_be_called_and_reads_when(town: Town) -> None:
    ref = welcome(town)
    client = at_home(town, ref)
    assert "Choisir quand être appelé·e" in said(client.get("/mon-parcours"))
    valid(client.get("/mon-parcours/rappel"))
    answer = client.post("/mon-parcours/rappel", data={"do": "call", "on": "07/12/2026"})
    assert (answer.status_code, answer.location) == (303, "/mon-parcours")
    page = said(client.get("/mon-parcours"))
    assert "C’est noté : nous vous appelons lundi 7 décembre." in page
    assert "Nous vous appelons, comme vous l’avez demandé" in page
    assert len(points(town, ref)) == 1


def test_she_chooses_how_often(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = at_home(sqlite_town, ref)
    assert client.post("/mon-parcours/rappel", data={"do": "rhythm", "rhythm": "two_weeks"}).status_code == 303
    assert "Vous avez demandé un appel toutes les deux semaines." in said(client.get("/mon-parcours"))
    assert [one.due_on.isoformat() for one in points(sqlite_town, ref)] == ["2026-12-04"]
    client.post("/mon-parcours/rappel", data={"do": "rhythm", "rhythm": "planned"})
    assert points(sqlite_town, ref) == []


def test_what_she_typed_is_kept_and_explained(sqlite_town: Town) -> None:
    client = at_home(sqlite_town, welcome(sqlite_town))
    answer = client.post("/mon-parcours/rappel", data={"do": "call", "on": "19/11/2026"})
    assert answer.status_code == 422
    page = valid(answer)
    assert "19/11/2026" in page and "entre demain et le 19 février 2027" in page
