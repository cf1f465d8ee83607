from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.accounts.rules import CODE_ALPHABET, AccountKind, is_fresh
from pathway.casework.factors.one_time import code_of, new_seed, seed_address, spaced_seed, step_at
from pathway.casework.factors.rules import (
    Factors,
    PasskeyLine,
    looks_like_totp,
    normal_recovery_code,
    refuse_last,
    spaced_recovery_code,
)
from pathway.kernel.errors import Refused
from tests.town import FRIDAY

KEY = PasskeyLine(id="a", name="clé", added_at=FRIDAY, used_at=None)
CODES = st.text(CODE_ALPHABET, min_size=10, max_size=10)


@pytest.mark.parametrize("factors", [Factors(totp_since=FRIDAY), Factors(passkeys=(KEY,)), Factors()])
def test_the_last_device_of_a_professional_is_never_taken_away(factors: Factors) -> None:
    with pytest.raises(Refused):
        refuse_last(factors, kind=AccountKind.PROFESSIONAL)
    refuse_last(factors, kind=AccountKind.JOBSEEKER)


def test_one_of_two_devices_may_be_taken_away() -> None:
    refuse_last(Factors(totp_since=FRIDAY, passkeys=(KEY,)), kind=AccountKind.PROFESSIONAL)
    refuse_last(Factors(passkeys=(KEY, KEY)), kind=AccountKind.PROFESSIONAL)


def test_printed_codes_alone_ask_a_second_step_but_are_no_device() -> None:
    printed = Factors(recovery_left=0, recovery_made_at=FRIDAY)
    assert printed.has_any and not printed.has_strong
    assert not Factors().has_any


@given(CODES)
def test_a_recovery_code_is_read_as_it_was_printed(code: str) -> None:
    assert normal_recovery_code(spaced_recovery_code(code).lower()) == code
    assert not looks_like_totp(code)


@pytest.mark.parametrize("typed", ["123456", " 123 456 "])
def test_six_figures_are_a_one_time_code(typed: str) -> None:
    assert looks_like_totp(typed)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "１２３４５６", "12a456"])
def test_anything_else_is_not(typed: str) -> None:
    assert not looks_like_totp(typed)


@given(st.timedeltas(timedelta(minutes=-1), timedelta(minutes=30)))
def test_a_proof_is_fresh_for_ten_minutes(age: timedelta) -> None:
    assert is_fresh(FRIDAY, now=FRIDAY + age) == (timedelta(0) <= age < timedelta(minutes=10))
    assert not is_fresh(None, now=FRIDAY)


def test_every_seed_is_drawn_anew_and_typed_in_groups_of_four() -> None:
    seeds = {new_seed() for _ in range(50)}
    assert len(seeds) == 50 and all(len(seed) == 32 for seed in seeds)
    assert spaced_seed("ABCDEFGH") == "ABCD EFGH"


def test_the_address_names_the_service_and_nobody() -> None:
    seed = new_seed()
    assert seed_address(seed, holder="Mon compte") == (
        f"otpauth://totp/Carte%20emploi:Mon%20compte?secret={seed}&issuer=Carte%20emploi"
    )


def test_a_code_changes_every_thirty_seconds() -> None:
    seed, step = new_seed(), step_at(FRIDAY)
    assert step_at(FRIDAY + timedelta(seconds=29)) == step and step_at(FRIDAY + timedelta(seconds=30)) == step + 1
    assert len({code_of(seed, step + shift) for shift in range(20)}) > 15
