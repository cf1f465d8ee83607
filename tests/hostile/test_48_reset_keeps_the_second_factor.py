"""Check 48: whoever holds the mailbox or the code given in person still has to prove the second factor."""

import pytest

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.factors.actions import make_recovery_codes
from pathway.casework.factors.queries import factors_of
from pathway.demo.town import Town
from tests.casework.enrolments.steps import system
from tests.casework.resets.test_actions import coded as code_given
from tests.town import code_of_now, web, welcome
from tests.web.account.doors import STEP, coded
from tests.web.account.test_reset import BRUNO, NEW, chosen, link
from tests.web.jobseeker.lives import at_home

SHUT = ("/aujourd-hui", "/dossiers", "/mon-compte", "/mon-compte/securite", "/connexion/protection", "/equipe")


def test_a_stolen_mailbox_opens_nothing_of_a_professional(town: Town) -> None:
    thief = web(town)
    assert chosen(thief, link(town)).location == "/connexion"
    assert all(thief.get(path).status_code == 302 for path in SHUT)
    half = thief.post("/connexion", data={"login": BRUNO, "password": NEW})
    assert half.location == STEP
    assert all(thief.get(path).status_code == 302 for path in SHUT)
    assert coded(thief, "000000").status_code == 422
    assert coded(thief, code_of_now(town, "bruno")).location == "/aujourd-hui"


def test_a_reset_in_the_middle_of_signing_in_ends_the_half_way_too(town: Town) -> None:
    path = link(town)
    half = web(town)
    half.post("/connexion", data={"login": BRUNO, "password": "quatre-lapins-verts-dansent"})
    chosen(web(town), path)
    assert coded(half, code_of_now(town, "bruno")).location == "/connexion"


def test_a_code_given_in_person_keeps_her_printed_codes(town: Town) -> None:
    record_id = welcome(town)
    at_home(town, record_id)
    with system(town.store, town.clock) as tx:
        account_id = account_of_record(tx, record_id) or ""
        make_recovery_codes(tx, account_id)
        before = factors_of(tx, account_id)
    typed = {"birth_date": "22/04/1991", "password": NEW, "again": NEW}
    client = web(town)
    code = code_given(town, record_id)
    assert client.post("/mot-de-passe-oublie/code", data={**typed, "code": code}).location == "/connexion"
    with system(town.store, town.clock, write=False) as tx:
        assert factors_of(tx, account_id) == before and before.has_any
    assert client.get("/mon-parcours").status_code == 302


@pytest.mark.parametrize("gesture", ["application/debut", "codes", "application/retrait"])
def test_nothing_of_the_second_factor_is_changed_from_a_reset(sqlite_town: Town, gesture: str) -> None:
    thief = web(sqlite_town)
    chosen(thief, link(sqlite_town))
    thief.post("/connexion", data={"login": BRUNO, "password": NEW})
    with system(sqlite_town.store, sqlite_town.clock, write=False) as tx:
        before = factors_of(tx, sqlite_town.accounts["bruno"])
    assert thief.post(f"/mon-compte/securite/{gesture}").status_code in (302, 303)
    with system(sqlite_town.store, sqlite_town.clock, write=False) as tx:
        assert factors_of(tx, sqlite_town.accounts["bruno"]) == before
