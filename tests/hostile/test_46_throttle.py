"""Check 46: failed tries are slowed from anywhere, whatever restarts, and never lock the one they aim at."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.store.transaction import Transaction
from tests.town import code_of_now, web
from tests.web.account.doors import STEP, coded, halfway

EMAIL = "bruno@demo.carte.invalid"


def tried(client: FlaskClient, password: str = "faux", *, address: str = "192.0.2.1") -> int:
    answer = client.post(
        "/connexion", data={"login": EMAIL, "password": password}, environ_base={"REMOTE_ADDR": address}
    )
    return answer.status_code


def test_the_sixth_try_waits_from_whatever_address(town: Town) -> None:
    client = web(town)
    assert [tried(client, address=f"192.0.2.{number}") for number in range(6)] == [422] * 5 + [429]
    assert tried(client, PASSWORD, address="198.51.100.7") == 429


def test_the_count_is_shared_by_workers_and_survives_a_restart(town: Town) -> None:
    workers = [web(town) for _ in range(5)]
    assert [tried(worker, address=f"192.0.2.{number}") for number, worker in enumerate(workers)] == [422] * 5
    town.store.engine.dispose()
    assert tried(web(town), PASSWORD) == 429


def test_the_count_survives_a_rollback(town: Town) -> None:
    client = web(town)
    for _ in range(5):
        tried(client)
        with (
            pytest.raises(ZeroDivisionError),
            Transaction(town.store, actor=town.actor("root"), clock=town.clock, door="web") as tx,
        ):
            tx.journal("something")
            raise ZeroDivisionError
    assert tried(client, PASSWORD) == 429


def test_a_device_she_signed_in_from_is_not_locked_by_strangers(town: Town, clock: FixedClock) -> None:
    hers = halfway(town)
    assert coded(hers, code_of_now(town, "bruno")).status_code == 303
    hers.post("/deconnexion")
    stranger = web(town)
    assert [tried(stranger) for _ in range(6)] == [422] * 5 + [429]
    clock.move(timedelta(seconds=30))
    assert tried(hers, PASSWORD) == 303
    assert coded(hers, code_of_now(town, "bruno")).location == "/aujourd-hui"


def test_her_device_is_slowed_by_its_own_failures_only(sqlite_town: Town) -> None:
    hers = halfway(sqlite_town)
    coded(hers, code_of_now(sqlite_town, "bruno"))
    hers.post("/deconnexion")
    assert [tried(hers) for _ in range(6)] == [422] * 5 + [429]
    assert tried(web(sqlite_town), PASSWORD) == 303


def test_a_device_known_of_one_account_is_unknown_to_another(sqlite_town: Town) -> None:
    denis = halfway(sqlite_town, "denis")
    coded(denis, code_of_now(sqlite_town, "denis"))
    denis.post("/deconnexion")
    stranger = web(sqlite_town)
    assert [tried(stranger) for _ in range(6)][-1] == 429
    assert tried(denis, PASSWORD) == 429


def test_wrong_codes_of_a_stranger_do_not_lock_her_device_either(town: Town, clock: FixedClock) -> None:
    hers = halfway(town)
    coded(hers, code_of_now(town, "bruno"))
    hers.post("/deconnexion")
    thief = halfway(town)
    assert [coded(thief, "000000").status_code for _ in range(6)] == [422] * 5 + [429]
    clock.move(timedelta(seconds=30))
    assert coded(halfway(town, client=hers), code_of_now(town, "bruno")).status_code == 303
    assert coded(halfway(town), code_of_now(town, "bruno", later=1)).status_code == 429


def test_waiting_grows_to_an_hour_and_never_beyond(sqlite_town: Town, clock: FixedClock) -> None:
    client, waits = web(sqlite_town), []
    for number in range(14):
        answer = client.post(
            "/connexion",
            data={"login": EMAIL, "password": "faux"},
            environ_base={"REMOTE_ADDR": f"192.0.2.{number}"},
        )
        if answer.status_code == 429:
            waits.append(round(int(answer.headers["Retry-After"]) / 60))
            clock.move(timedelta(seconds=int(answer.headers["Retry-After"])))
            tried(client, address=f"198.51.100.{number}")
    assert waits[:6] == [1, 2, 4, 8, 16, 32] and max(waits) <= 60


def test_an_address_is_counted_over_ten_minutes(sqlite_town: Town, clock: FixedClock) -> None:
    client = web(sqlite_town)

    def knock(number: int) -> int:
        return client.post("/connexion", data={"login": f"essai{number}@x.fr", "password": "faux"}).status_code

    assert [knock(number) for number in range(31)] == [422] * 30 + [429]
    clock.move(timedelta(minutes=10))
    assert knock(40) == 422


def test_the_second_step_is_slowed_like_the_first(sqlite_town: Town) -> None:
    client = halfway(sqlite_town)
    answers = [client.post(STEP, data={"code": "000000"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) <= 60
