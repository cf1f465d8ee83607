from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.accounts import passwords
from pathway.casework.accounts.actions import (
    WRONG_CODE,
    activate,
    add_professional,
    count_failure,
    count_wrong_birth_date,
    forget_old_traces,
    give_activation,
    record_behind_code,
    same_birth_date,
    tries_names,
)
from pathway.casework.accounts.queries import (
    SessionView,
    account_by_login,
    account_of_record,
    blocked_until,
    live_session,
)
from pathway.casework.accounts.rules import (
    CODE_ALPHABET,
    AccountKind,
    block_after,
    check_password,
    is_alive,
    normal_code,
)
from pathway.casework.accounts.sessions import end_session, session_id, start_session, touch_session
from pathway.casework.partners.rules import Role
from pathway.demo.personas import PASSWORD
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import Conflict, Invalid, Refused
from pathway.kernel.ids import new_card_number
from tests.casework.enrolments.steps import rows, system
from tests.town import FRIDAY, welcome


def a_code(town: Town, record_id: str) -> str:
    with town.acting("bruno") as tx:
        return give_activation(tx, record_id=record_id)


def behind(town: Town, code: str) -> tuple[str, str] | None:
    with system(town.store, town.clock, write=False) as tx:
        return record_behind_code(tx, code)


def activated(town: Town, code: str, card: str = "") -> str:
    found = behind(town, code) or ("", "")
    with system(town.store, town.clock) as tx:
        return activate(
            tx,
            activation_id=found[0],
            record_id=found[1],
            card_number=card,
            password_hash=passwords.hash_password(PASSWORD),
        )


def session_of(town: Town, persona: str = "bruno") -> str:
    actor = town.actor(persona)
    with system(town.store, town.clock) as tx:
        return start_session(
            tx,
            account_id=actor.account_id,
            role=Role.COUNSELLOR,
            structure_id=actor.structure_id,
            record_id="",
            tries_of="nobody",
        )


def live(town: Town, secret: str) -> SessionView | None:
    with system(town.store, town.clock, write=False) as tx:
        return live_session(tx, session_id(secret))


def failed(town: Town, typed: str, address: str = "192.0.2.7") -> datetime | None:
    with system(town.store, town.clock) as tx:
        who = tries_names(tx, typed=typed, address=address)
        count_failure(tx, who=who)
        return blocked_until(tx, who)


def test_a_code_leads_to_the_record_it_was_given_for(town: Town) -> None:
    amina, other = welcome(town), welcome(town)
    code = a_code(town, amina)
    a_code(town, other)
    found = behind(town, f" {code[:4].lower()}-{code[4:]} ")
    assert found is not None and found[1] == amina
    assert len(code) == 8 and set(code) <= set(CODE_ALPHABET)


def test_a_code_holds_ten_minutes(town: Town, clock: FixedClock) -> None:
    code = a_code(town, welcome(town))
    clock.move(timedelta(minutes=10, microseconds=-1))
    assert behind(town, code)
    clock.move(timedelta(microseconds=1))
    assert behind(town, code) is None


def test_a_new_code_ends_the_earlier_one(town: Town) -> None:
    amina = welcome(town)
    first, second = a_code(town, amina), a_code(town, amina)
    assert behind(town, first) is None
    assert behind(town, second)


def test_five_wrong_birth_dates_use_a_code_up(town: Town) -> None:
    code = a_code(town, welcome(town))
    found = behind(town, code) or ("", "")
    for _ in range(5):
        assert behind(town, code)
        with system(town.store, town.clock) as tx:
            count_wrong_birth_date(tx, found[0])
    assert behind(town, code) is None


def test_a_code_serves_once(town: Town) -> None:
    code = a_code(town, welcome(town))
    found = behind(town, code)
    activated(town, code)
    assert found is not None and behind(town, code) is None
    with pytest.raises(Refused) as refusal, system(town.store, town.clock) as tx:
        activate(tx, activation_id=found[0], record_id=found[1], card_number="", password_hash="x")
    assert refusal.value.sentence == WRONG_CODE


def test_an_opened_account_signs_in_by_card_whatever_the_spelling(town: Town) -> None:
    amina, card = welcome(town), new_card_number()
    account = activated(town, a_code(town, amina), card=card)
    with system(town.store, town.clock, write=False) as tx:
        for typed in (card, f" {card[:4]} {card[4:]}"):
            row = account_by_login(tx, typed)
            assert row is not None and (row.id, row.record_id) == (account, amina)
        assert account_by_login(tx, "nobody@demo.carte.invalid") is None
        assert account_of_record(tx, amina) == account


def test_a_person_with_an_account_gets_no_other_code(town: Town) -> None:
    amina = welcome(town)
    activated(town, a_code(town, amina))
    with pytest.raises(Refused, match="déjà ouvert"):
        a_code(town, amina)


def test_a_mail_already_used_opens_no_second_account(town: Town) -> None:
    with pytest.raises(Conflict), system(town.store, town.clock) as tx:
        bruno = town.cast["bruno"]
        add_professional(tx, email=bruno.email, first_name="Faux", last_name="Bruno", password_hash="x")


def test_neither_code_nor_secret_is_readable_in_the_base(town: Town) -> None:
    code = a_code(town, welcome(town))
    secret = session_of(town)
    activated(town, code)
    for table in ("activation", "account", "account_login", "web_session", "sealed_section"):
        kept = str(rows(town.store, table))
        assert code not in kept and secret not in kept, table


def test_a_session_ends_when_it_is_left_idle(town: Town, clock: FixedClock) -> None:
    secret = session_of(town)
    clock.move(timedelta(minutes=19))
    assert live(town, secret)
    with system(town.store, town.clock) as tx:
        touch_session(tx, session_id(secret))
        tx.journal("look")
    clock.move(timedelta(minutes=19))
    assert live(town, secret)
    clock.move(timedelta(minutes=1))
    assert live(town, secret) is None


def test_no_session_lives_ten_hours_however_busy(town: Town, clock: FixedClock) -> None:
    secret = session_of(town)
    for _ in range(61):
        clock.move(timedelta(minutes=10))
        with system(town.store, town.clock) as tx:
            touch_session(tx, session_id(secret))
            tx.journal("look")
    assert live(town, secret) is None


def test_signing_out_kills_the_session_and_no_touch_brings_it_back(town: Town) -> None:
    secret = session_of(town)
    with system(town.store, town.clock) as tx:
        end_session(tx, session_id(secret))
        touch_session(tx, session_id(secret))
    assert live(town, secret) is None
    assert live(town, "made-up") is None


def test_a_disabled_account_has_no_session_any_more(town: Town) -> None:
    secret = session_of(town)
    with town.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE account SET state = 'disabled'")
    assert live(town, secret) is None


def test_five_failures_slow_the_sixth_and_never_lock_for_good(town: Town, clock: FixedClock) -> None:
    waits = [failed(town, "bruno@demo.carte.invalid", f"192.0.2.{number}") for number in range(12)]
    minutes = [int((wait - FRIDAY).total_seconds() / 60) if wait else 0 for wait in waits]
    assert minutes == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
    clock.move(timedelta(minutes=61))
    assert failed(town, "bruno@demo.carte.invalid") is None


def test_one_address_trying_many_logins_is_slowed_too(town: Town) -> None:
    waits = [failed(town, f"somebody-{number}@x.fr") for number in range(31)]
    assert waits[28] is None and waits[29] is not None and waits[30] is not None


def test_failures_of_one_login_do_not_slow_another_elsewhere(town: Town) -> None:
    for _ in range(6):
        failed(town, "bruno@demo.carte.invalid")
    assert failed(town, "denis@demo.carte.invalid", "198.51.100.9") is None


def test_tries_made_at_the_same_time_are_all_counted(town: Town) -> None:
    failed(town, "bruno@demo.carte.invalid")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: failed(town, "bruno@demo.carte.invalid"), range(16)))
    assert {row["failures"] for row in rows(town.store, "failed_tries")} == {17}


def test_signing_in_forgets_the_failures_of_that_login(town: Town) -> None:
    for _ in range(6):
        failed(town, "bruno@demo.carte.invalid")
    actor = town.actor("bruno")
    with system(town.store, town.clock) as tx:
        login = tries_names(tx, typed="bruno@demo.carte.invalid", address="192.0.2.7")[0]
        start_session(
            tx,
            account_id=actor.account_id,
            role=Role.COUNSELLOR,
            structure_id=actor.structure_id,
            record_id="",
            tries_of=login,
        )
        assert blocked_until(tx, [login]) is None


def test_traces_are_forgotten_after_a_day_and_not_before(town: Town, clock: FixedClock) -> None:
    session_of(town)
    a_code(town, welcome(town))
    failed(town, "bruno@demo.carte.invalid")
    for wait, gone in [(timedelta(hours=23), 0), (timedelta(hours=2), 4)]:
        clock.move(wait)
        with system(town.store, town.clock) as tx:
            assert forget_old_traces(tx) == gone
            tx.journal("forget")


@given(st.integers(1, 10_000))
def test_a_wait_grows_and_is_never_over_an_hour(failures: int) -> None:
    at, later = (block_after(number, free=5, now=FRIDAY) or FRIDAY for number in (failures, failures + 1))
    assert FRIDAY <= at <= later <= FRIDAY + timedelta(minutes=60)


@given(st.timedeltas(timedelta(0), timedelta(hours=12)), st.timedeltas(timedelta(0), timedelta(hours=12)))
def test_a_professional_idles_longer_than_a_jobseeker_and_nobody_beyond_ten_hours(
    age: timedelta, idle: timedelta
) -> None:
    created, seen = FRIDAY - age, FRIDAY - min(age, idle)
    lives = {kind: is_alive(created_at=created, last_seen_at=seen, kind=kind, now=FRIDAY) for kind in AccountKind}
    for kind, minutes in ((AccountKind.PROFESSIONAL, 20), (AccountKind.JOBSEEKER, 15)):
        assert lives[kind] == (age < timedelta(hours=10) and min(age, idle) < timedelta(minutes=minutes))


def test_a_session_of_the_future_does_not_hold() -> None:
    later = FRIDAY + timedelta(minutes=1)
    assert not is_alive(created_at=later, last_seen_at=later, kind=AccountKind.PROFESSIONAL, now=FRIDAY)


@pytest.mark.parametrize(
    "weak",
    ["court", "x" * 129, "azertyuiop123", "MotDePasse123", "aaaaaaaaaaaaaa", "ababababababab", "vive benkacem 91"],
)
def test_a_weak_password_is_refused_with_a_reason(weak: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_password(weak, context=("Benkacem", "Al"))
    assert refusal.value.field == "password"


@pytest.mark.parametrize("good", [PASSWORD, "  espaces gardés  ", "x7" * 6 + "abc", "é" * 4 + "àçèùôîâ€"])
def test_a_long_sentence_is_accepted_without_rules_of_composition(good: str) -> None:
    check_password(good, context=("Benkacem",))


def test_a_password_is_recognised_and_nobody_has_none() -> None:
    kept = passwords.hash_password(PASSWORD)
    assert passwords.check(kept, PASSWORD)
    assert not passwords.check(kept, PASSWORD + " ")
    assert not passwords.check(None, PASSWORD)
    assert not passwords.check("not a hash", PASSWORD)


def test_a_birth_date_is_compared_whole() -> None:
    assert same_birth_date("1991-04-22", date(1991, 4, 22))
    assert not same_birth_date("1991-04-22", date(1991, 4, 23))


def test_a_code_is_read_however_it_was_copied() -> None:
    assert normal_code(" ab2-c 3.d ") == "AB2C3D"
