from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from pathway.demo.town import Town
from tests.casework.enrolments.steps import rows
from tests.town import code_of_now, signed_in
from tests.web.account.authenticator import Authenticator
from tests.web.account.doors import SAFE, STEP, coded, halfway, page_of, secret_of, unprotected

ADD = f"{SAFE}/cle"


def added(client: FlaskClient, device: Authenticator, name: str = "téléphone") -> TestResponse:
    options = page_of(client.post(f"{ADD}/demande"))
    return client.post(ADD, data={"name": name, "credential": device.create(options)})


def proved(client: FlaskClient, device: Authenticator) -> TestResponse:
    return client.post(STEP, data={"credential": device.prove(page_of(client.post(f"{STEP}/cle")))})


def test_a_passkey_is_added_then_signs_in(town: Town) -> None:
    device = Authenticator()
    assert added(signed_in(town, "bruno"), device).status_code == 200
    client = halfway(town)
    answer = proved(client, device)
    assert (answer.status_code, answer.location) == (303, "/aujourd-hui")
    assert rows(town.store, "passkey")[0]["sign_count"] == 1


def test_a_professional_may_begin_with_a_passkey(sqlite_town: Town) -> None:
    unprotected(sqlite_town)
    client = halfway(sqlite_town)
    assert "Mes codes de secours" in page_of(added(client, Authenticator()))
    assert client.get("/aujourd-hui").status_code == 200


def test_its_name_is_sealed_and_shown(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    added(client, Authenticator(), "téléphone de Bruno")
    assert "téléphone de Bruno" in page_of(client.get(SAFE))
    assert "téléphone de Bruno" not in str(rows(sqlite_town.store, "passkey"))


@pytest.mark.parametrize("device", [Authenticator(origin="http://evil.example"), Authenticator(verifies=False)])
def test_a_passkey_of_another_site_or_that_verified_nobody_is_refused(sqlite_town: Town, device: Authenticator) -> None:
    client = signed_in(sqlite_town, "bruno")
    assert added(client, device).status_code == 422
    assert rows(sqlite_town.store, "passkey") == []


@pytest.mark.parametrize("lie", [{"origin": "http://evil.example"}, {"verifies": False}, {"count": -1}])
def test_a_proof_of_another_site_unverified_or_of_a_copied_key_is_refused(
    sqlite_town: Town, lie: dict[str, object]
) -> None:
    device = Authenticator(count=4)
    added(signed_in(sqlite_town, "bruno"), device)
    liar = replace(device, **lie)  # type: ignore[arg-type]  # one field of those above
    assert proved(halfway(sqlite_town), liar).status_code == 422


def test_an_answer_serves_once_and_for_one_browser(sqlite_town: Town) -> None:
    device = Authenticator()
    added(signed_in(sqlite_town, "bruno"), device)
    client, other = halfway(sqlite_town), halfway(sqlite_town)
    answer = device.prove(page_of(client.post(f"{STEP}/cle")))
    other.post(f"{STEP}/cle")
    assert other.post(STEP, data={"credential": answer}).status_code == 422
    assert client.post(STEP, data={"credential": answer}).status_code == 303
    third = halfway(sqlite_town)
    assert third.post(STEP, data={"credential": answer}).status_code == 422


def test_a_failure_uses_its_challenge_up(sqlite_town: Town) -> None:
    device = Authenticator()
    added(signed_in(sqlite_town, "bruno"), device)
    client = halfway(sqlite_town)
    answer = device.prove(page_of(client.post(f"{STEP}/cle")))
    assert client.post(STEP, data={"credential": "{}"}).status_code == 422
    assert client.post(STEP, data={"credential": answer}).status_code == 422


@pytest.mark.parametrize("forged", ["{", "[]", '{"rawId": 3}', '{"rawId": "é"}', "x" * 30_000])
def test_a_forged_answer_is_a_wrong_code(sqlite_town: Town, forged: str) -> None:
    client = halfway(sqlite_town)
    client.post(f"{STEP}/cle")
    assert client.post(STEP, data={"credential": forged}).status_code == 422


def test_a_passkey_is_taken_away_and_opens_nothing_any_more(sqlite_town: Town) -> None:
    client, device = signed_in(sqlite_town, "bruno"), Authenticator()
    added(client, device)
    key = rows(sqlite_town.store, "passkey")[0]["id"]
    signed_in(sqlite_town, "denis").post(f"{ADD}/retrait", data={"cle": key})
    assert rows(sqlite_town.store, "passkey")
    client.post(f"{ADD}/retrait", data={"cle": key})
    assert rows(sqlite_town.store, "passkey") == []
    half = halfway(sqlite_town)
    assert proved(half, device).status_code == 422
    assert coded(half, code_of_now(sqlite_town, "bruno")).status_code == 303


def test_a_bare_address_has_no_passkeys(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    client.set_cookie("carte", secret_of(client), domain="127.0.0.1")
    assert "demandent que le service ait un nom" in page_of(client.get(ADD, base_url="http://127.0.0.1"))
