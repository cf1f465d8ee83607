import pytest

from pathway.casework.links import queries
from pathway.casework.links.rules import MatchState
from pathway.demo.town import Town
from tests.casework.links.pairs import compare_all, decide, listed, two_cards
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid, weight


def test_ines_begins_her_day_with_the_cards_to_compare(sqlite_town: Town) -> None:
    two_cards(sqlite_town)
    compare_all(sqlite_town)
    ines = signed_in(sqlite_town, "ines")
    assert ines.get("/").location == "/doublons"
    page = valid(ines.get("/doublons"))
    assert "Comparaison 1" in page
    assert "Nom proche, même prénom" in page or "même date de naissance" in page
    assert weight(ines, ines.get("/doublons")) < 100_000


def test_the_list_names_nobody(sqlite_town: Town) -> None:
    two_cards(sqlite_town)
    compare_all(sqlite_town)
    page = said(signed_in(sqlite_town, "ines").get("/doublons"))
    assert not any(word in page for word in ("Amina", "Benkacem", "Kacem", "1991", "Point Accueil", "Mission locale"))


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/doublons", "Rien à comparer pour le moment."),
        ("/doublons?liste=personne", "Personne n’a de réponse à donner."),
        ("/doublons?liste=reunies", "Aucune carte n’a été réunie."),
        ("/doublons?liste=autre&page=%3Cb%3E", "Rien à comparer pour le moment."),
    ],
)
def test_an_empty_list_says_what_will_come(sqlite_town: Town, address: str, sentence: str) -> None:
    assert sentence in valid(signed_in(sqlite_town, "ines").get(address))


def test_long_lists_are_read_page_by_page(sqlite_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PER_PAGE", 1)
    monkeypatch.setattr("pathway.web.reviewer.duplicates.PER_PAGE", 1)
    two_cards(sqlite_town)
    welcome(sqlite_town, by="karim")
    compare_all(sqlite_town)
    page = valid(signed_in(sqlite_town, "ines").get("/doublons?page=2"))
    assert "Page 2 sur 3" in page
    assert "Comparaison 2" in page


def test_linked_cards_stay_within_reach(sqlite_town: Town) -> None:
    two_cards(sqlite_town)
    compare_all(sqlite_town)
    assert decide(sqlite_town, listed(sqlite_town)[0].id) is MatchState.LINKED
    assert "Comparaison 1" in valid(signed_in(sqlite_town, "ines").get("/doublons?liste=reunies"))


@pytest.mark.parametrize("who", ["bruno", "denis", "theo", "root"])
def test_nobody_else_opens_the_review(sqlite_town: Town, who: str) -> None:
    two_cards(sqlite_town)
    compare_all(sqlite_town)
    client = signed_in(sqlite_town, who)
    assert client.get("/doublons").status_code == 403
    assert client.get(f"/doublons/{listed(sqlite_town)[0].id}").status_code == 403
