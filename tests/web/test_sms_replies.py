from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

from pathway.demo.town import Town
from pathway.kernel.settings import Settings
from pathway.store.stops import is_stopped
from pathway.web.application import build
from pathway.web.sms_replies import PATH
from tests.casework.enrolments.steps import rows, system
from tests.town import web

TOKEN = "un-jeton-que-seul-le-fournisseur-connait"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
STOP = {"from": "33612345678", "text": "STOP"}


def opened(town: Town, **other: str) -> FlaskClient:
    """A caller from outside: no cookie, and forms guarded as in the program."""
    app = build(Settings.model_validate({"CARTE_SMS_REPLY_TOKEN": TOKEN, **other}), town.store)
    app.config.update(TESTING=True)
    app.extensions["carte_clock"] = town.clock
    return app.test_client()


def stopped(town: Town, number: str = "+33612345678") -> bool:
    with system(town.store, town.clock, write=False) as tx:
        return is_stopped(tx, number)


@pytest.mark.parametrize("sent", [{"json": STOP}, {"data": STOP}])
def test_a_stop_is_obeyed_and_taken_back(town: Town, sent: dict[str, Any]) -> None:
    client = opened(town)
    answer = client.post(PATH, headers=RIGHT, **sent)
    assert (answer.status_code, answer.data) == (204, b"") and stopped(town)
    client.post(PATH, headers=RIGHT, json={**STOP, "text": "REPRENDRE"})
    assert not stopped(town)


def test_the_password_of_a_basic_sign_in_is_the_secret_too_and_names_are_chosen(sqlite_town: Town) -> None:
    client = opened(sqlite_town, CARTE_SMS_REPLY_FIELDS="From,Body")
    basic = {"Authorization": f"Basic {b64encode(f'sms:{TOKEN}'.encode()).decode()}"}
    assert client.post(PATH, headers=basic, data={"From": "+33612345678", "Body": "stop"}).status_code == 204
    assert stopped(sqlite_town)


def test_without_the_setting_there_is_no_such_door(sqlite_town: Town) -> None:
    assert web(sqlite_town).post(PATH, headers=RIGHT, json=STOP).status_code == 404
    assert not stopped(sqlite_town)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer un-autre"}, {"Authorization": f"Token {TOKEN}x"}],
)
def test_without_the_secret_it_answers_as_where_there_is_none(sqlite_town: Town, headers: dict[str, str]) -> None:
    client = opened(sqlite_town)
    refused = client.post(PATH, headers=headers, json=STOP)
    assert refused.status_code == 404 and refused.data == client.post("/sms/ailleurs", json=STOP).data
    assert not stopped(sqlite_town)


def test_wrong_secrets_from_the_same_network_hold_no_stop_back_and_fill_no_journal(town: Town) -> None:
    client = opened(town)
    for _ in range(8):
        assert client.post(PATH, headers={"Authorization": "Bearer un-autre"}, json=STOP).status_code == 404
    counted = [row for row in rows(town.store, "journal_entry") if b"refuse_reply" in bytes(row["payload"])]
    assert len(counted) == 5
    assert client.post(PATH, headers=RIGHT, json=STOP).status_code == 204 and stopped(town)


@pytest.mark.parametrize(
    "sent",
    [
        {"data": "[" * 16_000, "content_type": "application/json"},
        {"json": {"from": "33612345678", "text": "Bonjour"}},
        {"json": {"from": "SFR", "text": "STOP"}},
        {"json": ["STOP"]},
        {"json": {"from": {"a": 1}, "text": ["STOP"]}},
        {"data": b"{", "content_type": "application/json"},
        {"data": b"\xff\xfe", "content_type": "text/plain"},
        {},
    ],
)
def test_whatever_is_said_the_answer_is_the_same_and_nothing_is_kept(sqlite_town: Town, sent: dict[str, Any]) -> None:
    answer = opened(sqlite_town).post(PATH, headers=RIGHT, **sent)
    assert (answer.status_code, answer.data) == (204, b"")
    assert rows(sqlite_town.store, "sms_stop") == []


def test_a_stop_never_says_whose_number_it_is(sqlite_town: Town) -> None:
    opened(sqlite_town).post(PATH, headers=RIGHT, json=STOP)
    (kept,) = rows(sqlite_town.store, "sms_stop")
    assert set(kept) == {"token", "since_at"} and "612345678" not in str(kept["token"])
    with sqlite_town.store.engine.connect() as connection:
        journal = connection.exec_driver_sql("SELECT payload FROM journal_entry ORDER BY seq DESC LIMIT 1").scalar_one()
    assert b"stop_messages" in journal and b"612345678" not in journal


def test_a_page_of_another_site_cannot_speak_for_the_provider(sqlite_town: Town) -> None:
    client = opened(sqlite_town)
    assert client.post(PATH, data=STOP, headers={"Origin": "https://evil.example"}).status_code == 404
    assert (
        client.post("/connexion", data={"login": "x", "password": "y"}).status_code == 400
    )  # other doors stay guarded
