"""A calendar reads times by a secret address: no name ever, and nothing once it is revoked."""

import re
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import update

from pathway.casework.accounts.rules import AccountState
from pathway.casework.accounts.tables import Account
from pathway.demo.town import Town
from pathway.store.columns import table_of
from tests.casework.encounters.scenes import plan
from tests.town import signed_in, web, welcome
from tests.web.counsellor.scenes import said, shape, valid


def made(client: FlaskClient) -> str:
    """The path of a fresh address."""
    page = valid(client.post("/mon-compte/agenda", data={"do": "make"}))
    found = re.search(r"https?://\S+/agenda/[\w-]{43}\.ics", page)
    assert found
    return urlsplit(found[0]).path


def test_it_gives_times_and_a_link_and_never_a_name(town: Town) -> None:
    ref = welcome(town)
    (one,) = plan(town, ref, subject="Santé d’Amina").ids
    client = signed_in(town, "bruno")
    assert "Mes rendez-vous dans mon agenda" in said(client.get("/mon-compte"))
    answer = web(town).get(made(client))
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert set(event) == {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "URL"}
    assert (str(event["SUMMARY"]), str(event["UID"])) == ("Rendez-vous", one)
    assert str(event["URL"]).endswith(f"/rendez-vous/{one}")
    for word in (b"Amina", b"Benkacem", b"Sant", b"Bruno", b"Point", ref.encode()):
        assert word not in answer.data, word


def test_what_does_not_hold_answers_like_what_never_was(town: Town) -> None:
    plan(town, welcome(town))
    client = signed_in(town, "bruno")
    first = made(client)
    second = made(client)
    forged = shape(web(town).get(f"/agenda/{'a' * 43}.ics"))
    assert forged[0] == 404
    assert shape(web(town).get(first)) == forged
    assert web(town).get(second).status_code == 200
    assert client.post("/mon-compte/agenda", data={"do": "revoke"}).status_code == 200
    assert shape(web(town).get(second)) == forged
    assert "Aucun agenda ne suit" in valid(client.get("/mon-compte/agenda"))


def test_a_closed_account_is_followed_no_more(sqlite_town: Town) -> None:
    plan(sqlite_town, welcome(sqlite_town))
    path = made(signed_in(sqlite_town, "bruno"))
    account = table_of(Account)
    with sqlite_town.acting("root") as tx:
        who = account.c.id == sqlite_town.actor("bruno").account_id
        tx.execute(update(account).where(who).values(state=AccountState.DISABLED.value))
        tx.journal("suspend_account")
    assert web(sqlite_town).get(path).status_code == 404


def test_it_is_for_professionals(sqlite_town: Town) -> None:
    assert signed_in(sqlite_town, "theo").get("/mon-compte/agenda").status_code == 403
    assert web(sqlite_town).get("/mon-compte/agenda").status_code in (302, 303, 401)
