"""Check 50: where a request says it comes from, and for which host, is believed only as far as the operator said."""

import pytest
from flask.testing import FlaskClient
from sqlmodel import SQLModel

from pathway.demo.town import Town
from pathway.kernel.settings import Settings
from pathway.web.application import build
from tests.casework.enrolments.steps import rows
from tests.hostile.walk import browsers, lively, methods, rules, walk
from tests.town import web

EVIL = "evil.example"
HOSTS = (EVIL, "localhost.evil.example", "localhost@evil.example", "evil.example#localhost", "evil.example:80", "[::1]")
UNKNOWN = {"login": "personne@exemple.fr", "password": "faux"}


def knocking(town: Town, hops: int) -> FlaskClient:
    settings = Settings.model_validate({"CARTE_TERRITORY": "valmer", "CARTE_PROXY_HOPS": hops})
    app = build(settings, town.store)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.extensions["carte_clock"] = town.clock
    return app.test_client()


def tries(client: FlaskClient, times: int, *, said: str) -> list[int]:
    """Failed sign-ins, each with another login and another claimed address."""
    return [
        client.post(
            "/connexion",
            data={**UNKNOWN, "login": f"personne{number}@exemple.fr"},
            headers={
                "X-Forwarded-For": said.format(number),
                "X-Real-IP": f"10.1.0.{number}",
                "Forwarded": "for=9.9.9.9",
            },
        ).status_code
        for number in range(times)
    ]


def test_without_a_proxy_a_claimed_address_changes_nothing(town: Town) -> None:
    statuses = tries(knocking(town, 0), 32, said="203.0.113.{}")
    assert statuses[:30] == [422] * 30 and statuses[30:] == [429, 429]


@pytest.mark.parametrize("said", ["203.0.113.{}, 198.51.100.7", "{}.{{}}, garbage, 198.51.100.7"])
def test_behind_one_proxy_only_what_that_proxy_added_counts(sqlite_town: Town, said: str) -> None:
    said = said.replace("{}.{{}}", "203.0.113.{}")
    statuses = tries(knocking(sqlite_town, 1), 32, said=said)
    assert statuses[:30] == [422] * 30 and statuses[30:] == [429, 429]


def test_behind_one_proxy_two_networks_do_not_wait_for_each_other(sqlite_town: Town) -> None:
    client = knocking(sqlite_town, 1)
    assert tries(client, 31, said="198.51.100.7")[-1] == 429
    assert tries(client, 1, said="198.51.100.8") == [422]


def test_one_login_waits_wherever_the_tries_come_from(sqlite_town: Town) -> None:
    client = knocking(sqlite_town, 1)
    statuses = [
        client.post("/connexion", data=UNKNOWN, headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(6)
    ]
    assert statuses == [422] * 5 + [429]


def test_no_address_is_kept_in_clear(town: Town) -> None:
    tries(knocking(town, 1), 3, said="203.0.113.77")
    kept = "".join(str(rows(town.store, table)) for table in SQLModel.metadata.tables)
    assert "203.0.113" not in kept and "personne0" not in kept


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_not_ours_is_refused_before_anything(sqlite_town: Town, host: str) -> None:
    settings = Settings.model_validate({"CARTE_TERRITORY": "valmer", "CARTE_TRUSTED_HOSTS": "carte.example localhost"})
    client = build(settings, sqlite_town.store).test_client()
    for rule in rules(client.application):
        if "GET" in methods(rule) and not rule.arguments:
            answer = client.get(rule.rule, headers={"Host": host})
            assert answer.status_code == 400, rule
            assert "evil" not in answer.get_data(as_text=True) + str(answer.headers), rule


def test_with_no_list_of_hosts_the_claimed_one_is_never_repeated(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["bruno"])
    headers = {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "gopher", "X-Host": EVIL, "X-Forwarded-Server": EVIL}
    stranger = web(sqlite_town)
    for path in [page.path for page in walk(client).shown] + ["/", "/rien"]:
        for one in (client, stranger):
            answer = one.get(path, headers=headers)
            assert b"evil" not in answer.data + str(answer.headers).encode(), path
            forged = one.get(path, headers={**headers, "Host": EVIL})
            assert "evil" not in forged.get_data(as_text=True) + str(forged.headers), path


def test_nothing_that_leaves_by_itself_takes_its_host_from_a_request(sqlite_town: Town) -> None:
    ((_, client),) = browsers(sqlite_town, lively(sqlite_town), ["denis"])
    walk(client)
    kept = "".join(str(rows(sqlite_town.store, name)) for name in ("journal_entry", "mark", "web_session"))
    assert "localhost" not in kept
