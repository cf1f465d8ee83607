import re

from pathway.casework.accounts.actions import record_behind_code
from pathway.casework.accounts.rules import normal_code
from pathway.demo.town import Town
from tests.casework.links.pairs import link, two_cards
from tests.town import signed_in, welcome
from tests.web.counsellor.scenes import said, valid
from tests.web.jobseeker.lives import at_home


def _code(page: str) -> str:
    found = re.search(r'given-code-value number">([A-Z0-9 ]+)<', page)
    assert found
    return found[1]


def test_the_code_is_shown_once_with_the_card_number(town: Town) -> None:
    ref = welcome(town)
    client = signed_in(town, "bruno")
    page = valid(client.post(f"/dossiers/{ref}/activation"))
    code = normal_code(_code(page))
    assert len(code) == 8
    assert "valable 10 minutes" in page
    assert re.search(r"\b\d{4} \d{4} \d{4} \d{2}\b", page)
    with town.acting("bruno") as tx:
        behind = record_behind_code(tx, code)
        tx.journal("test")
    assert behind is not None and behind[1] == ref
    assert "given-code" not in said(client.get(f"/dossiers/{ref}/activation"))


def test_the_page_says_what_to_read_to_the_person_before_any_code(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    page = valid(signed_in(sqlite_town, "bruno").get(f"/dossiers/{ref}/activation"))
    assert "À lire à la personne" in page
    assert "Donner un code" in page


def test_a_second_code_ends_the_first(sqlite_town: Town) -> None:
    ref = welcome(sqlite_town)
    client = signed_in(sqlite_town, "bruno")
    first, second = (normal_code(_code(said(client.post(f"/dossiers/{ref}/activation")))) for _ in range(2))
    with sqlite_town.acting("bruno") as tx:
        assert record_behind_code(tx, first) is None
        assert record_behind_code(tx, second) is not None
        tx.journal("test")


def test_another_card_of_hers_opens_no_second_account(town: Town) -> None:
    amina, other = two_cards(town)
    at_home(town, amina)
    link(town, amina, other)
    page = said(signed_in(town, "elise").post(f"/dossiers/{other}/activation"))
    assert "a déjà ouvert son compte" in page and "given-code" not in page
