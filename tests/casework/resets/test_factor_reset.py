"""Taking a second factor away: two people, neither of them its owner, each in her own place."""

from datetime import timedelta

import pytest

from pathway.casework.accounts.queries import account_of_record, has_password, live_session
from pathway.casework.accounts.sessions import session_id
from pathway.casework.factors.actions import make_recovery_codes
from pathway.casework.factors.queries import factors_of
from pathway.casework.resets.actions import (
    ask_factor_reset,
    ask_factor_reset_of_person,
    confirm_factor_reset,
    give_reset_code,
    refuse_factor_reset,
)
from pathway.casework.resets.queries import chance_of_code, request_about, requests_to_confirm
from pathway.casework.resets.rules import FactorReason
from pathway.casework.team.actions import end_habilitation
from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotAllowed, NotFound, Refused
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import rows, system
from tests.casework.resets.letters import letters
from tests.casework.team.scenes import member_of
from tests.town import signed_in, web, welcome
from tests.web.account.doors import secret_of
from tests.web.jobseeker.lives import at_home

BRUNO = "bruno@demo.carte.invalid"
NEW = "quatre girafes bleues nagent"


def asked(town: Town, persona: str = "bruno", by: str = "denis") -> str:
    """The responsable asks; gives the request's id."""
    member = member_of(town, persona, by)
    with town.acting(by) as tx:
        ask_factor_reset(tx, member.membership_id, reason=FactorReason.LOST)
    return str(rows(town.store, "factor_reset")[-1]["id"])


def confirmed(town: Town, request_id: str, by: str = "root") -> None:
    with town.acting(by) as tx:
        confirm_factor_reset(tx, request_id)


def is_protected(town: Town, account_id: str) -> bool:
    with system(town.store, town.clock, write=False) as tx:
        return factors_of(tx, account_id).has_any


def protected_person(town: Town) -> tuple[str, str]:
    """Amina with a printed list of codes: her record and her account."""
    record_id = welcome(town)
    at_home(town, record_id)
    with system(town.store, town.clock) as tx:
        account_id = account_of_record(tx, record_id) or ""
        make_recovery_codes(tx, account_id)
    return record_id, account_id


def asked_for_her(town: Town, record_id: str, by: str = "bruno") -> str:
    with town.acting(by) as tx:
        ask_factor_reset_of_person(tx, record_id, reason=FactorReason.CHANGED)
    return str(rows(town.store, "factor_reset")[-1]["id"])


def test_asked_by_the_responsable_and_confirmed_by_the_operator_it_is_done_and_told_twice(town: Town) -> None:
    session = session_id(secret_of(signed_in(town, "bruno")))
    request_id = asked(town)
    assert is_protected(town, town.accounts["bruno"])
    assert [one.to for one in letters(town, "second_factor_asked")] == [BRUNO]
    with town.acting("root", write=False) as tx:
        (line,) = requests_to_confirm(tx)
    assert (line.name, line.asked_by_name, line.reason) == ("Bruno Lemaire", "Denis Carpentier", FactorReason.LOST)
    confirmed(town, request_id)
    assert not is_protected(town, town.accounts["bruno"])
    with system(town.store, town.clock, write=False) as tx:
        assert live_session(tx, session) is None
    assert [one.to for one in letters(town, "second_factor_reset")] == [BRUNO]


def test_whoever_stole_the_password_installs_no_factor_first(town: Town) -> None:
    request_id = asked(town)
    thief = {"login": BRUNO, "password": PASSWORD}
    confirmed(town, request_id)
    assert web(town).post("/connexion", data=thief).status_code == 422
    assert web(town).post("/connexion", data={**thief, "password": "nobody has this password"}).status_code == 422
    (letter,) = letters(town, "second_factor_reset")
    assert letter.valid_for == "30 minutes" and letter.path.startswith("/mot-de-passe/")
    new = {"password": NEW, "again": NEW}
    assert web(town).post(letter.path, data=new).location == "/connexion"
    assert web(town).post(letter.path, data=new).status_code == 410
    assert web(town).post("/connexion", data=thief).status_code == 422
    assert web(town).post("/connexion", data={"login": BRUNO, "password": NEW}).location == "/connexion/protection"


def test_a_link_or_code_asked_for_before_serves_no_more_and_another_does(town: Town) -> None:
    record_id, _ = protected_person(town)
    with town.acting("bruno") as tx:
        early = give_reset_code(tx, record_id)
    confirmed(town, asked_for_her(town, record_id), "fatou")
    with town.acting("bruno") as tx:
        late = give_reset_code(tx, record_id)
    with system(town.store, town.clock, write=False) as tx:
        assert chance_of_code(tx, early) is None and chance_of_code(tx, late)


def test_a_person_without_address_chooses_another_password_with_a_code_given_in_person(town: Town) -> None:
    record_id, account_id = protected_person(town)
    confirmed(town, asked_for_her(town, record_id), "fatou")
    assert letters(town, "second_factor_reset") == []
    with town.acting("bruno") as tx:
        assert not has_password(tx, account_id)
        code = give_reset_code(tx, record_id)
    typed = {"code": code, "birth_date": "22/04/1991", "password": NEW, "again": NEW}
    assert web(town).post("/mot-de-passe-oublie/code", data=typed).location == "/connexion"
    with system(town.store, town.clock, write=False) as tx:
        assert has_password(tx, account_id)


@pytest.mark.parametrize("alone", ["denis", "bruno", "fatou", "sylvie"])
def test_nobody_but_an_operator_confirms_a_professionals(town: Town, alone: str) -> None:
    request_id = asked(town)
    with pytest.raises(NotFound):
        confirmed(town, request_id, alone)
    assert is_protected(town, town.accounts["bruno"])


def test_an_operator_alone_has_nothing_to_confirm_and_may_not_ask(town: Town) -> None:
    bruno = member_of(town, "bruno")
    with pytest.raises(NotAllowed), town.acting("root") as tx:
        ask_factor_reset(tx, bruno.membership_id, reason=FactorReason.LOST)
    with pytest.raises(NotFound):
        confirmed(town, "a" * 26)


@pytest.mark.parametrize("by", ["sylvie", "yvan"])
def test_the_responsable_of_another_structure_does_not_find_him(town: Town, by: str) -> None:
    bruno = member_of(town, "bruno")
    with pytest.raises(NotFound), town.acting(by) as tx:
        ask_factor_reset(tx, bruno.membership_id, reason=FactorReason.LOST)


def test_one_person_with_both_roles_is_still_one_person(town: Town) -> None:
    request_id = asked(town)
    for account in ("denis", "bruno"):
        both = Actor(role="operator", account_id=town.accounts[account], structure_id=town.structures["coordination"])
        with (
            pytest.raises(Refused),
            Transaction(town.store, actor=both, clock=town.clock, door="web") as tx,
        ):
            confirm_factor_reset(tx, request_id)
    nobody = Actor(role="operator")
    with pytest.raises(NotFound), Transaction(town.store, actor=nobody, clock=town.clock, door="cli") as tx:
        confirm_factor_reset(tx, request_id)
    assert is_protected(town, town.accounts["bruno"])


def test_a_responsable_does_not_ask_for_herself_nor_twice_for_another(town: Town) -> None:
    with pytest.raises(Refused):
        asked(town, "denis")
    asked(town)
    with pytest.raises(Refused, match="attend déjà"):
        asked(town)


def test_a_request_expires_after_seven_days(town: Town, clock: FixedClock) -> None:
    request_id = asked(town)
    clock.move(timedelta(days=7))
    with pytest.raises(NotFound):
        confirmed(town, request_id)
    asked(town)


def test_a_settled_request_serves_no_more(town: Town) -> None:
    request_id = asked(town)
    with town.acting("root") as tx:
        refuse_factor_reset(tx, request_id)
    with pytest.raises(NotFound):
        confirmed(town, request_id)
    assert is_protected(town, town.accounts["bruno"])


def test_a_request_falls_with_the_habilitation_of_whoever_made_it(town: Town) -> None:
    request_id, denis = asked(town), member_of(town, "denis")
    operator = Actor(role="operator", structure_id=town.structures["pae-centre"])
    with Transaction(town.store, actor=operator, clock=town.clock, door="cli") as tx:
        end_habilitation(tx, denis.membership_id, last_on=None)
    with pytest.raises(Refused):
        confirmed(town, request_id)


def test_for_a_person_a_colleague_confirms(town: Town) -> None:
    record_id, account_id = protected_person(town)
    request_id = asked_for_her(town, record_id)
    with pytest.raises(Refused):
        confirmed(town, request_id, "bruno")
    assert is_protected(town, account_id)
    confirmed(town, request_id, "fatou")
    assert not is_protected(town, account_id)


@pytest.mark.parametrize("other", ["chloe", "elise", "sylvie", "root"])
def test_for_a_person_nobody_outside_the_structure_confirms(town: Town, other: str) -> None:
    record_id, account_id = protected_person(town)
    request_id = asked_for_her(town, record_id)
    with pytest.raises((NotFound, NotAllowed)):
        confirmed(town, request_id, other)
    with town.acting("root", write=False) as tx:
        assert requests_to_confirm(tx) == []
    assert is_protected(town, account_id)


def test_a_person_neither_asks_nor_confirms_for_herself(town: Town) -> None:
    record_id, account_id = protected_person(town)
    request_id = asked_for_her(town, record_id)
    herself = Actor(role="jobseeker", account_id=account_id, record_id=record_id)
    with pytest.raises(NotFound), Transaction(town.store, actor=herself, clock=town.clock, door="web") as tx:
        confirm_factor_reset(tx, request_id)
    assert is_protected(town, account_id)


def test_whoever_does_not_support_her_asks_nothing(town: Town) -> None:
    record_id, _ = protected_person(town)
    with pytest.raises((NotFound, NotAllowed)):
        asked_for_her(town, record_id, "chloe")
    with town.acting("chloe", write=False) as tx:
        assert request_about(tx, account_of_record(tx, record_id) or "") is None


def test_what_is_not_there_is_not_taken_away(town: Town) -> None:
    record_id = welcome(town)
    at_home(town, record_id)
    with pytest.raises(Refused, match="pas de deuxième protection"):
        asked_for_her(town, record_id)
