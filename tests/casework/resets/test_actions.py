from datetime import timedelta

import pytest

from pathway.casework.accounts import passwords
from pathway.casework.accounts.actions import count_failure, tries_names
from pathway.casework.accounts.queries import account_by_id, account_of_record, blocked_until, live_session
from pathway.casework.accounts.sessions import session_id
from pathway.casework.factors.queries import factors_of
from pathway.casework.resets.actions import (
    ask_email_check,
    ask_reset,
    choose_password,
    count_wrong_birth_date,
    forget_old_resets,
    give_reset_code,
    prove_email,
)
from pathway.casework.resets.queries import Chance, chance_of_code, chance_of_letter
from pathway.casework.sharing.actions import end_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotAllowed, NotFound, Refused
from tests.casework.enrolments.steps import rows, share, system
from tests.casework.resets.letters import last_link, letters, posted
from tests.town import signed_in, welcome
from tests.web.account.doors import secret_of
from tests.web.jobseeker.lives import at_home

BRUNO = "bruno@demo.carte.invalid"
NEW = "quatre girafes bleues nagent"


def forgotten(town: Town, typed: str = BRUNO) -> int:
    """Somebody forgot her password, and the worker looked; gives how many letters that made."""
    with system(town.store, town.clock) as tx:
        ask_reset(tx, typed)
    return posted(town)


def letter_chance(town: Town, secret: str) -> Chance | None:
    with system(town.store, town.clock, write=False) as tx:
        return chance_of_letter(tx, secret)


def last_secret(town: Town) -> str:
    return last_link(town, "password_reset").rpartition("/")[2]


def chosen(town: Town, chance: Chance) -> None:
    with system(town.store, town.clock) as tx:
        choose_password(tx, chance, password_hash=passwords.hash_password(NEW))


def test_a_known_login_gets_a_letter_and_an_unknown_one_none(town: Town) -> None:
    assert forgotten(town, "inconnue@exemple.fr") == 0
    assert forgotten(town, " Bruno@Demo.Carte.Invalid ") == 1
    (letter,) = letters(town, "password_reset")
    assert (letter.to, letter.valid_for) == (BRUNO, "30 minutes")
    assert rows(town.store, "reset_request") == []


def test_neither_what_was_typed_nor_the_secret_is_in_clear(town: Town) -> None:
    with system(town.store, town.clock) as tx:
        ask_reset(tx, "inconnue@exemple.fr")
    assert "inconnue" not in str(rows(town.store, "reset_request")) + str(rows(town.store, "journal_entry"))
    forgotten(town)
    for table in ("password_reset", "letter", "journal_entry", "sealed_section"):
        assert last_secret(town) not in str(rows(town.store, table)), table


def test_asked_twice_at_once_one_letter_leaves(town: Town) -> None:
    with system(town.store, town.clock) as tx:
        ask_reset(tx, BRUNO)
        ask_reset(tx, BRUNO.upper())
    assert posted(town) == 1


def test_an_account_without_a_proved_address_gets_no_letter(town: Town) -> None:
    record_id = welcome(town)
    at_home(town, record_id)
    with system(town.store, town.clock) as tx:
        account_id = account_of_record(tx, record_id) or ""
        ask_email_check(tx, account_id, "amina@exemple.fr")
    assert forgotten(town, "amina@exemple.fr") == 0
    secret = last_link(town, "check_email").rpartition("/")[2]
    with system(town.store, town.clock) as tx:
        prove_email(tx, secret)
    assert forgotten(town, "amina@exemple.fr") == 1


def test_a_link_holds_thirty_minutes_once_and_only_the_newest(town: Town, clock: FixedClock) -> None:
    forgotten(town)
    first = last_secret(town)
    forgotten(town)
    second = last_secret(town)
    assert letter_chance(town, first) is None and letter_chance(town, "x" * 43) is None
    chance = letter_chance(town, second)
    assert chance is not None
    chosen(town, chance)
    assert letter_chance(town, second) is None
    with pytest.raises(Refused):
        chosen(town, chance)
    forgotten(town)
    clock.move(timedelta(minutes=30))
    assert letter_chance(town, last_secret(town)) is None


def test_a_new_password_ends_every_session_keeps_the_factor_and_warns(town: Town) -> None:
    session = session_id(secret_of(signed_in(town, "bruno")))
    forgotten(town)
    chance = letter_chance(town, last_secret(town))
    assert chance is not None
    with system(town.store, town.clock, write=False) as tx:
        before = factors_of(tx, chance.account_id)
    chosen(town, chance)
    with system(town.store, town.clock, write=False) as tx:
        account = account_by_id(tx, chance.account_id)
        assert account is not None and passwords.check(account.password_hash, NEW)
        assert factors_of(tx, chance.account_id) == before and before.totp_since
        assert live_session(tx, session) is None
    assert [letter.to for letter in letters(town, "sign_in_notice")] == [BRUNO]


def test_whoever_chose_a_new_password_waits_no_more(town: Town) -> None:
    with system(town.store, town.clock) as tx:
        who = tries_names(tx, typed=BRUNO, address="192.0.2.7")[:1]
        for _ in range(7):
            count_failure(tx, who=who)
    forgotten(town)
    chance = letter_chance(town, last_secret(town))
    assert chance is not None
    chosen(town, chance)
    with system(town.store, town.clock, write=False) as tx:
        assert blocked_until(tx, who) is None


def coded(town: Town, record_id: str, by: str = "bruno") -> str:
    with town.acting(by) as tx:
        return give_reset_code(tx, record_id)


def code_chance(town: Town, code: str) -> Chance | None:
    with system(town.store, town.clock, write=False) as tx:
        return chance_of_code(tx, code)


def test_a_code_given_in_person_holds_ten_minutes_and_five_tries(town: Town, clock: FixedClock) -> None:
    record_id = welcome(town)
    at_home(town, record_id)
    code = coded(town, record_id)
    chance = code_chance(town, f" {code[:4].lower()}-{code[4:]}")
    assert chance is not None and chance.record_id == record_id
    for _ in range(5):
        assert code_chance(town, code)
        with system(town.store, town.clock) as tx:
            count_wrong_birth_date(tx, chance.reset_id)
    assert code_chance(town, code) is None
    other = coded(town, record_id)
    clock.move(timedelta(minutes=10))
    assert code_chance(town, other) is None


def test_a_code_is_no_link_and_a_link_no_code(town: Town) -> None:
    record_id = welcome(town)
    at_home(town, record_id)
    code = coded(town, record_id)
    assert letter_chance(town, code) is None
    forgotten(town)
    assert code_chance(town, last_secret(town)) is None


def test_only_a_structure_that_supports_her_gives_a_code(town: Town) -> None:
    record_id = welcome(town)
    with pytest.raises(Refused):
        coded(town, record_id)
    at_home(town, record_id)
    for stranger in ("chloe", "elise"):
        with pytest.raises((NotFound, NotAllowed)):
            coded(town, record_id, stranger)


def test_the_days_of_reading_and_a_card_shown_once_give_no_code_even_together(town: Town) -> None:
    record_id = welcome(town)
    at_home(town, record_id)
    where = {"record_id": record_id, "structure_id": town.structures["pae-centre"]}
    with system(town.store, town.clock) as tx:
        end_grants(tx, **where, cause=Cause.SUPPORT, until_at=tx.now + timedelta(days=30))
        tx.journal("end")
    share(town, record_id, "pae-centre", sections={"identity"}, until_at=town.clock.now() + timedelta(hours=5))
    with pytest.raises(NotAllowed):
        coded(town, record_id)
    assert signed_in(town, "bruno").post(f"/dossiers/{record_id}/activation").status_code == 403


def test_what_ended_long_ago_is_deleted(town: Town, clock: FixedClock) -> None:
    forgotten(town)
    with system(town.store, town.clock) as tx:
        ask_reset(tx, BRUNO)
    clock.move(timedelta(days=3))
    with system(town.store, town.clock) as tx:
        assert forget_old_resets(tx) == 2
        tx.journal("traces")
    assert rows(town.store, "password_reset") == rows(town.store, "reset_request") == []
