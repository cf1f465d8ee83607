"""Check 41: no secret known before a stage of signing in is worth anything after it."""

from datetime import timedelta

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.town import code_of_now, signed_in, web
from tests.web.account.doors import STEP, coded, halfway, secret_of

PLANTED = "a" * 43


def holds(town: Town, secret: str) -> bool:
    """Whether a browser with that cookie is let in, or is waited for at the second step."""
    thief = web(town)
    thief.set_cookie("carte", secret)
    return thief.get("/mon-compte").status_code == 200 or thief.get(STEP).status_code == 200


def test_a_planted_cookie_never_becomes_a_session(town: Town) -> None:
    client = web(town)
    client.set_cookie("carte", PLANTED)
    halfway(town, client=client)
    assert secret_of(client) != PLANTED and not holds(town, PLANTED)
    coded(client, code_of_now(town, "bruno"))
    assert not holds(town, PLANTED)


def test_each_stage_has_its_own_secret_and_ends_the_one_before(town: Town) -> None:
    client = halfway(town)
    half = secret_of(client)
    assert holds(town, half)
    coded(client, code_of_now(town, "bruno"))
    opened = secret_of(client)
    assert opened not in (half, "") and not holds(town, half) and holds(town, opened)


def test_proving_it_again_changes_the_secret(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "bruno")
    before = secret_of(client)
    clock.move(timedelta(minutes=11))
    client.post("/mon-compte/confirmer", data={"code": code_of_now(sqlite_town, "bruno")})
    assert not holds(sqlite_town, before) and holds(sqlite_town, secret_of(client))


def test_signing_in_over_an_open_session_ends_it(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "denis")
    before = secret_of(client)
    halfway(sqlite_town, client=client)
    assert not holds(sqlite_town, before)


def test_a_planted_device_cookie_is_replaced(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    client.set_cookie("carte_appareil", PLANTED)
    coded(halfway(sqlite_town, client=client), code_of_now(sqlite_town, "bruno"))
    device = client.get_cookie("carte_appareil")
    assert device and device.value != PLANTED and len(device.value) == len(PLANTED)


def test_form_tokens_of_before_are_not_those_of_after(sqlite_town: Town) -> None:
    client = web(sqlite_town)
    for stage in (
        lambda: halfway(sqlite_town, client=client),
        lambda: coded(client, code_of_now(sqlite_town, "bruno")),
    ):
        with client.session_transaction() as kept:
            kept["csrf_token"] = "planted"
        stage()
        with client.session_transaction() as kept:
            assert kept.get("csrf_token") != "planted"
