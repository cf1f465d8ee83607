"""She reads in her language: chosen with one gesture, kept on her account, never forced upon professionals."""

import pytest

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.sharing.actions import tell_her
from pathway.demo.town import Town
from pathway.kernel.languages import NAMES, direction, spoken
from pathway.store.letter_kinds import LetterKind
from tests.casework.enrolments.steps import rows, system
from tests.casework.resets.letters import letters
from tests.town import signed_in, web, welcome
from tests.web.counsellor.scenes import valid
from tests.web.jobseeker.lives import at_home


@pytest.mark.parametrize("language", list(NAMES))
def test_a_page_says_its_language_and_its_direction(sqlite_town: Town, language: str) -> None:
    client = web(sqlite_town)
    answer = client.post("/langue", data={"langue": language, "retour": "/connexion"})
    assert (answer.status_code, answer.location) == (303, "/connexion")
    page = client.get("/connexion")
    assert f'<html lang="{language}" dir="{direction(language)}"' in page.get_data(as_text=True)
    assert page.headers["Content-Language"] == language
    assert valid(page)


@pytest.mark.parametrize(
    ("asked", "language"), [("uk-UA,uk;q=0.9,en;q=0.5", "uk"), ("ar-SY", "ar"), ("de-DE", "fr"), ("", "fr")]
)
def test_before_she_chooses_the_browser_is_followed(sqlite_town: Town, asked: str, language: str) -> None:
    page = web(sqlite_town).get("/connexion", headers={"Accept-Language": asked} if asked else {})
    assert page.headers["Content-Language"] == language
    assert "Accept-Language" in page.headers["Vary"]


def test_her_choice_follows_her_account(town: Town) -> None:
    her = at_home(town, welcome(town))
    her.post("/langue", data={"langue": "ar", "retour": "/mon-parcours"})
    assert rows(town.store, "account", "WHERE language IS NOT NULL")[0]["language"] == "ar"
    her.delete_cookie("carte_langue")  # another browser, the same account
    assert her.get("/mon-parcours").headers["Content-Language"] == "ar"


@pytest.mark.parametrize("language", ["fr", "uk"])
def test_letters_to_her_are_written_in_the_language_she_chose(town: Town, language: str) -> None:
    amina = welcome(town)
    at_home(town, amina).post("/langue", data={"langue": language, "retour": "/mon-parcours"})
    with system(town.store, town.clock) as tx:
        account = account_of_record(tx, amina)
        assert account
        profile = tx.sealing.open(account, ["profile"])["profile"]
        tx.sealing.write(account, "profile", {**profile.payload, "email": "amina@courriel.example"}, seq=profile.seq)
        tx.journal("prove")
    with town.acting("bruno") as tx:
        tell_her(tx, amina, LetterKind.NEW_SUPPORT, "/qui-me-suit")
    assert [one.language for one in letters(town, "new_support")] == [language]


def test_professionals_read_french_whatever_their_browser_asks(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    client.set_cookie("carte_langue", "en")
    page = client.get("/aujourd-hui", headers={"Accept-Language": "en"})
    assert page.headers["Content-Language"] == "fr"
    assert 'class="languages"' not in page.get_data(as_text=True)
    client.post("/langue", data={"langue": "en", "retour": "/aujourd-hui"})
    assert rows(sqlite_town.store, "account", "WHERE language IS NOT NULL") == []


@pytest.mark.parametrize(
    ("suite", "back"),
    [
        ("/mon-parcours", "/mon-parcours"),
        ("/invitation/Ab_c-9", "/invitation/Ab_c-9"),
        ("//ailleurs.example", "/"),
        ("https://ailleurs.example", "/"),
        ("/n-existe-pas", "/"),
        ("/deconnexion", "/"),  # it only answers a form
        ("", "/"),
    ],
)
def test_she_comes_back_to_a_page_of_ours(sqlite_town: Town, suite: str, back: str) -> None:
    answer = web(sqlite_town).post("/langue", data={"langue": "en", "retour": suite})
    assert answer.location == back


def test_a_language_that_is_not_offered_is_refused(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    assert client.post("/langue", data={"langue": "xx"}).status_code == 404
    client.set_cookie("carte_langue", "xx")
    assert client.get("/connexion").headers["Content-Language"] == "fr"


def test_the_next_request_is_not_said_in_the_language_of_the_last(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    client.set_cookie("carte_langue", "ar")
    client.get("/connexion")
    assert spoken() == "fr"


def test_refusals_are_said_in_her_language(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    client.set_cookie("carte_langue", "en")
    page = client.get("/nulle-part")
    assert page.status_code == 404
    assert page.headers["Content-Language"] == "en"
    assert "Page introuvable" not in page.get_data(as_text=True)
