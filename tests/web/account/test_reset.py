from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.resets.letters import last_link, letters, posted
from tests.town import signed_in, web
from tests.web.account.doors import page_of

BRUNO = "bruno@demo.carte.invalid"
NEW = "quatre girafes bleues nagent"


def link(town: Town, login: str = BRUNO) -> str:
    """The link Bruno finds in his mailbox."""
    web(town).post("/mot-de-passe-oublie", data={"login": login})
    posted(town)
    return last_link(town, "password_reset")


def chosen(client: FlaskClient, path: str, password: str = NEW, again: str | None = None) -> TestResponse:
    return client.post(path, data={"password": password, "again": password if again is None else again})


def signs_in(town: Town, password: str) -> bool:
    return web(town).post("/connexion", data={"login": BRUNO, "password": password}).status_code == 303


def test_the_link_changes_the_password_once_and_ends_every_session(town: Town) -> None:
    old = signed_in(town, "bruno")
    path = link(town)
    assert web(town).get(path).status_code == 200
    assert signs_in(town, PASSWORD)  # opening the link changes nothing
    answer = chosen(web(town), path)
    assert answer.location == "/connexion"
    assert not signs_in(town, PASSWORD) and signs_in(town, NEW)
    assert old.get("/aujourd-hui").status_code == 302
    assert chosen(web(town), path).status_code == 410
    assert [one.to for one in letters(town, "sign_in_notice")] == [BRUNO]


def test_unknown_spent_and_old_links_give_one_page(town: Town, clock: FixedClock) -> None:
    spent, pages = link(town), []
    chosen(web(town), spent)
    old = link(town)
    clock.move(timedelta(minutes=30))
    for path in (spent, old, "/mot-de-passe/" + "x" * 43, "/mot-de-passe/x"):
        answer = web(town).get(path)
        assert answer.status_code == chosen(web(town), path).status_code == 410
        pages.append(page_of(answer))
    assert len(set(pages)) == 1 and "Ce lien ne fonctionne plus" in pages[0]


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("court", "court", "de 12 à 128 caractères"),
        ("lemaire-travaille-ici", "lemaire-travaille-ici", "ne doit pas contenir votre nom"),
        (NEW, "autre chose", "Les deux mots de passe sont différents"),
    ],
)
def test_a_refused_password_is_explained_and_the_link_still_holds(
    sqlite_town: Town, password: str, again: str, sentence: str
) -> None:
    path = link(sqlite_town)
    answer = chosen(web(sqlite_town), path, password, again)
    assert answer.status_code == 422 and sentence in page_of(answer) and password not in page_of(answer)
    assert chosen(web(sqlite_town), path).status_code == 303


def test_the_secret_is_in_no_page_header_nor_cookie_that_leaves(sqlite_town: Town) -> None:
    path = link(sqlite_town)
    answer = chosen(web(sqlite_town), path)
    secret = path.rpartition("/")[2]
    assert secret not in str(answer.headers) and answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
