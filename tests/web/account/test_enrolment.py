import re

from flask.testing import FlaskClient

from pathway.casework.factors.one_time import code_of, step_at
from pathway.casework.factors.rules import LAST_FACTOR
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.casework.enrolments.steps import rows
from tests.town import signed_in
from tests.web.account.doors import SAFE, coded, halfway, page_of, secret_of, unprotected


def seed_on(client: FlaskClient) -> str:
    """The key the page shows, after the installation is begun."""
    client.post(f"{SAFE}/application/debut")
    found = re.search(r'class="number seed">([A-Z2-7 ]+)<', page_of(client.get(f"{SAFE}/application")))
    assert found
    return found[1].replace(" ", "")


def test_installing_codes_opens_the_session_and_gives_recovery_codes(town: Town, clock: FixedClock) -> None:
    unprotected(town)
    client = halfway(town)
    before, seed = secret_of(client), seed_on(client)
    answer = client.post(f"{SAFE}/application", data={"code": code_of(seed, step_at(clock.now()))})
    codes = re.findall(r"<li>([A-Z2-9]{5} [A-Z2-9]{5})</li>", page_of(answer))
    assert len(set(codes)) == 10 and secret_of(client) != before
    assert client.get("/aujourd-hui").status_code == 200
    assert coded(halfway(town), codes[3]).status_code == 303


def test_the_seed_and_the_codes_are_readable_nowhere_in_the_base(town: Town, clock: FixedClock) -> None:
    unprotected(town)
    client = halfway(town)
    seed = seed_on(client)
    answer = client.post(f"{SAFE}/application", data={"code": code_of(seed, step_at(clock.now()))})
    code = re.findall(r"<li>([A-Z2-9]{5} [A-Z2-9]{5})</li>", page_of(answer))[0].replace(" ", "")
    for table in ("sealed_section", "recovery_code", "journal_entry", "account_event", "web_session"):
        kept = str(rows(town.store, table))
        assert seed not in kept and code not in kept, table


def test_the_drawing_needs_no_style_script_or_data(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    client.post(f"{SAFE}/application/debut")
    page = page_of(client.get(f"{SAFE}/application"))
    svg = page[page.index('<svg class="qr"') :].split("</svg>")[0]
    assert "style" not in svg and "data:" not in page and "<image" not in svg


def test_a_wrong_first_code_installs_nothing(sqlite_town: Town) -> None:
    unprotected(sqlite_town)
    client = halfway(sqlite_town)
    seed_on(client)
    answer = client.post(f"{SAFE}/application", data={"code": "000000"})
    assert answer.status_code == 422 and "pas le bon" in page_of(answer)
    assert client.get("/aujourd-hui").location == "/connexion/protection"


def test_a_seed_holds_fifteen_minutes(sqlite_town: Town, clock: FixedClock) -> None:
    unprotected(sqlite_town)
    client = halfway(sqlite_town)
    seed = seed_on(client)
    clock.at = clock.at.replace(minute=15)
    answer = client.post(f"{SAFE}/application", data={"code": code_of(seed, step_at(clock.now()))})
    assert answer.status_code == 422 and "plus valable" in page_of(answer)


def test_a_new_telephone_replaces_the_earlier_one(sqlite_town: Town, clock: FixedClock) -> None:
    client = signed_in(sqlite_town, "bruno")
    seed = seed_on(client)
    assert client.post(f"{SAFE}/application", data={"code": code_of(seed, step_at(clock.now()))}).status_code == 200
    other = halfway(sqlite_town)
    assert coded(other, code_of(sqlite_town.cast["bruno"].totp_secret, step_at(clock.now()))).status_code == 422
    assert coded(other, code_of(seed, step_at(clock.now()) + 1)).status_code == 303


def test_a_professional_keeps_her_last_protection(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    page = page_of(client.post(f"{SAFE}/application/retrait", follow_redirects=True))
    assert LAST_FACTOR in page and "Installée" in page
    assert "Un compte professionnel garde" in page_of(client.post(f"{SAFE}/codes/retrait", follow_redirects=True))


def test_its_owner_is_written_to_when_a_protection_changes(sqlite_town: Town) -> None:
    client = signed_in(sqlite_town, "bruno")
    client.post(f"{SAFE}/codes")
    assert [row["kind"] for row in rows(sqlite_town.store, "letter")] == ["sign_in_notice"]


def test_a_browser_that_waited_installs_nothing_once_its_owner_is_protected(town: Town, clock: FixedClock) -> None:
    unprotected(town)
    thief, owner = halfway(town), halfway(town)
    seed = seed_on(owner)
    owner.post(f"{SAFE}/application", data={"code": code_of(seed, step_at(clock.now()))})
    assert owner.get("/aujourd-hui").status_code == 200
    own = seed_on(thief)
    answer = thief.post(f"{SAFE}/application", data={"code": code_of(own, step_at(clock.now()))})
    assert answer.status_code == 422 and "déjà une double vérification" in page_of(answer)
    assert thief.get("/aujourd-hui").location == "/connexion/protection"
    assert coded(halfway(town), code_of(seed, step_at(clock.now()) + 1)).status_code == 303
