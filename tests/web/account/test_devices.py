from datetime import timedelta

import pytest

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.web.account.devices import device_words
from tests.casework.enrolments.steps import rows
from tests.town import code_of_now, web
from tests.web.account.doors import coded, halfway

AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox, Windows",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0": "Edge, Windows",
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36": "Chrome, Android",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605.1": "Safari, Mac",
    "": "Navigateur",
    "<script>alert(1)</script>": "Navigateur",
}


@pytest.mark.parametrize(("agent", "words"), list(AGENTS.items()))
def test_a_device_is_said_in_our_words(sqlite_town: Town, agent: str, words: str) -> None:
    with web(sqlite_town).application.test_request_context(headers={"User-Agent": agent}):
        assert device_words() == words


def test_a_device_is_kept_as_a_hash_and_known_of_each_account(town: Town) -> None:
    client = halfway(town)
    coded(client, code_of_now(town, "bruno"))
    client.post("/deconnexion")
    coded(halfway(town, "denis", client=client), code_of_now(town, "denis"))
    kept = rows(town.store, "known_device")
    cookie = client.get_cookie("carte_appareil")
    assert {row["account_id"] for row in kept} == {town.accounts["bruno"], town.accounts["denis"]}
    assert len({row["id"] for row in kept}) == 1 and cookie and cookie.value not in str(kept)


def test_a_device_is_forgotten_after_six_months(sqlite_town: Town, clock: FixedClock) -> None:
    client = halfway(sqlite_town)
    coded(client, code_of_now(sqlite_town, "bruno"))
    cookie = client.get_cookie("carte_appareil")
    assert cookie and cookie.max_age == timedelta(days=180).total_seconds()
    assert cookie.http_only and cookie.same_site == "Lax"
