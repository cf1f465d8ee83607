from typing import Any

from flask.testing import FlaskClient

from pathway.casework.links.rules import MatchState
from pathway.demo.town import Town
from tests.casework.agreements.deciding import seen
from tests.casework.enrolments.steps import rows
from tests.casework.links.pairs import compare_all, decide, listed, two_cards
from tests.town import signed_in
from tests.web.counsellor.scenes import UNKNOWN, said, valid
from tests.web.jobseeker.lives import at_home, enter


def asked(town: Town) -> tuple[FlaskClient, str]:
    """Amina at home, asked about a second card."""
    amina, other = two_cards(town)
    enter(town, other, by="elise", scheme="cej")
    client = at_home(town, amina)
    compare_all(town)
    match_id = listed(town)[0].id
    assert decide(town, match_id) is MatchState.ASKED
    return client, match_id


def answer(client: FlaskClient, town: Town, match_id: str, said_so: str, **more: Any) -> Any:
    version = rows(town.store, "possible_match")[0]["version"]
    return client.post(f"/est-ce-vous/{match_id}", data={"reponse": said_so, "version": version, **more})


def test_she_is_asked_without_a_word_of_any_structure_or_step(town: Town) -> None:
    client, _ = asked(town)
    assert "Une autre carte porte peut-être votre nom." in said(client.get("/mon-parcours"))
    page = valid(client.get("/est-ce-vous"))
    assert "Elle a été faite le 20 novembre 2026." in page
    for hidden in ("Mission locale", "Élise", "Contrat d’engagement", "Kacem", "Aminah"):
        assert hidden not in page


def test_her_yes_puts_her_two_pathways_together(town: Town) -> None:
    client, match_id = asked(town)
    assert "Contrat d’engagement jeune" not in said(client.get("/mon-parcours"))
    assert answer(client, town, match_id, "oui").status_code == 303
    page = valid(client.get("/est-ce-vous"))
    assert "Vos deux cartes sont réunies" in page
    assert "Une carte faite le 20 novembre 2026 est réunie avec la vôtre." in page
    assert "Contrat d’engagement jeune" in said(client.get("/mon-parcours"))
    assert "Une autre carte porte" not in said(client.get("/mon-parcours"))


def test_her_no_leaves_them_apart(sqlite_town: Town) -> None:
    client, match_id = asked(sqlite_town)
    assert answer(client, sqlite_town, match_id, "non").status_code == 303
    assert "elle n’est pas réunie avec la vôtre" in said(client.get("/est-ce-vous"))
    assert "Vous avez une seule carte." in valid(client.get("/est-ce-vous"))
    assert len({row["canonical_id"] for row in rows(sqlite_town.store, "record")}) == 2


def test_she_takes_apart_cards_that_were_put_together(sqlite_town: Town) -> None:
    client, match_id = asked(sqlite_town)
    answer(client, sqlite_town, match_id, "oui")
    assert answer(client, sqlite_town, match_id, "non").status_code == 303
    assert "Contrat d’engagement jeune" not in said(client.get("/mon-parcours"))


def test_what_she_stops_while_they_are_together_stays_stopped_on_both(town: Town) -> None:
    client, match_id = asked(town)
    answer(client, town, match_id, "oui")
    for place in ("pae-centre", "mission-locale"):
        assert client.post(f"/qui-voit-quoi/{town.structures[place]}/arreter").status_code == 303
    answer(client, town, match_id, "non")
    cards = rows(town.store, "record", "ORDER BY recorded_at")
    for card, by in zip(cards, ("bruno", "elise"), strict=True):
        page = said(signed_in(town, by).get(f"/dossiers/{card['id']}"))
        assert "06 12 34 56 78" in page  # what it wrote itself
        access = seen(town, card["id"], by)
        assert access and access.is_own_only


def test_an_answer_to_an_old_question_is_refused(sqlite_town: Town) -> None:
    client, match_id = asked(sqlite_town)
    late = answer(client, sqlite_town, match_id, "oui", version="1")
    assert late.status_code == 422
    assert "Rechargez la page" in valid(late)


def test_a_question_that_is_not_hers_does_not_exist(sqlite_town: Town) -> None:
    client, _ = asked(sqlite_town)
    assert client.post(f"/est-ce-vous/{UNKNOWN}", data={"reponse": "oui", "version": "1"}).status_code == 404


def test_her_log_says_that_cards_were_put_together(sqlite_town: Town) -> None:
    client, match_id = asked(sqlite_town)
    answer(client, sqlite_town, match_id, "oui")
    assert "a vérifié votre identité" in said(client.get("/qui-a-regarde"))
