"""The last second of a session, of a proof, of a wait; the shortest and longest password, and what is said beyond."""

from datetime import UTC, datetime, timedelta

import pytest

from pathway.casework.accounts.rules import (
    CODE_ALPHABET,
    CODE_LENGTH,
    AccountKind,
    Stage,
    block_after,
    check_password,
    is_alive,
    is_fresh,
    normal_code,
)
from pathway.kernel.errors import Invalid

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LENGTHS = "Choisissez un mot de passe de 12 à 128 caractères."
EASY = "Ce mot de passe est trop facile à deviner. Choisissez par exemple quatre mots sans rapport entre eux."
HER_OWN = "Le mot de passe ne doit pas contenir votre nom ni votre e-mail."


def alive(age: timedelta, idle: timedelta, kind: AccountKind, stage: Stage = Stage.OPEN) -> bool:
    return is_alive(created_at=NOW - age, last_seen_at=NOW - idle, kind=kind, now=NOW, stage=stage)


def said(password: str, context: tuple[str, ...] = ()) -> tuple[str, str]:
    """The field that the refusal names, and its sentence."""
    with pytest.raises(Invalid) as refusal:
        check_password(password, context=context)
    return refusal.value.field, refusal.value.sentence


@pytest.mark.parametrize(("kind", "minutes"), [(AccountKind.PROFESSIONAL, 20), (AccountKind.JOBSEEKER, 15)])
def test_a_session_left_alone_closes_sooner_for_her(kind: AccountKind, minutes: int) -> None:
    assert alive(HOUR, minutes * MINUTE - SECOND, kind)
    assert not alive(HOUR, minutes * MINUTE, kind)


@pytest.mark.parametrize("kind", list(AccountKind))
def test_a_session_in_use_closes_after_ten_hours(kind: AccountKind) -> None:
    assert alive(10 * HOUR - SECOND, SECOND, kind)
    assert not alive(10 * HOUR, SECOND, kind)


def test_an_open_session_is_what_is_asked_about_unless_it_is_said() -> None:
    assert is_alive(created_at=NOW - HOUR, last_seen_at=NOW, kind=AccountKind.JOBSEEKER, now=NOW)


@pytest.mark.parametrize("stage", list(Stage))
def test_a_session_begins_now_and_none_comes_from_the_future(stage: Stage) -> None:
    assert alive(0 * SECOND, 0 * SECOND, AccountKind.JOBSEEKER, stage)
    assert not alive(-SECOND, 0 * SECOND, AccountKind.JOBSEEKER, stage)


@pytest.mark.parametrize(("stage", "minutes"), [(Stage.PENDING, 5), (Stage.ENROLLING, 30)])
def test_a_second_factor_is_awaited_for_minutes_whatever_was_done_meanwhile(stage: Stage, minutes: int) -> None:
    for kind in AccountKind:
        assert alive(minutes * MINUTE - SECOND, HOUR, kind, stage)
        assert not alive(minutes * MINUTE, 0 * SECOND, kind, stage)


def test_a_proof_holds_ten_minutes() -> None:
    assert is_fresh(NOW, now=NOW) and is_fresh(NOW, now=NOW + 10 * MINUTE - SECOND)
    assert not is_fresh(NOW, now=NOW + 10 * MINUTE) and not is_fresh(NOW + SECOND, now=NOW)
    assert not is_fresh(None, now=NOW)


@pytest.mark.parametrize("free", [5, 30])
def test_each_failure_beyond_the_free_ones_doubles_the_wait_up_to_an_hour(free: int) -> None:
    assert block_after(0, free=free, now=NOW) is None and block_after(free - 1, free=free, now=NOW) is None
    waits = [block_after(free + more, free=free, now=NOW) for more in (*range(8), 5000)]
    assert waits == [NOW + minutes * MINUTE for minutes in (1, 2, 4, 8, 16, 32, 60, 60, 60)]


def test_a_password_has_twelve_to_a_hundred_and_twenty_eight_characters() -> None:
    long = "loupe-brique-tango"
    for password in ("wkzjqxvbnhgt", long + "é" * (128 - len(long))):
        check_password(password)
    for password in ("wkzjqxvbnhg", long + "é" * (129 - len(long)), ""):
        assert said(password) == ("password", LENGTHS)


def test_a_password_has_five_different_characters_whatever_their_size() -> None:
    check_password("aaaabbbbccccddde")
    assert said("aaaabbbbccccdddd") == ("password", EASY)
    assert said("aaaaAAAAbbbBccccDddd") == ("password", EASY)


def test_a_worn_out_password_is_refused_however_many_characters_it_has() -> None:
    assert said("Azertyuiop123") == ("password", EASY)


def test_a_password_holds_no_word_of_her_own_of_four_letters_or_more() -> None:
    for context in (("Jade",), ("Zoé", "JADE"), ("jade", "Zoé")):
        assert said("loupe-JaDe-tango-vert", context) == ("password", HER_OWN)
    check_password("loupe-zoé-tango-vert", context=("Zoé", "", "Jade"))
    check_password("loupe-jade-tango-vert")


def test_a_code_is_read_however_it_was_typed() -> None:
    assert normal_code(" abcd-ef23\n") == normal_code("ABCD EF23") == "ABCDEF23"
    assert normal_code("") == normal_code(" - ") == ""


def test_a_code_has_nothing_that_looks_like_something_else() -> None:
    assert len(CODE_ALPHABET) == len(set(CODE_ALPHABET)) and not set(CODE_ALPHABET) & set("01OIL")
    assert normal_code(CODE_ALPHABET.lower()) == CODE_ALPHABET
    assert len(CODE_ALPHABET) ** CODE_LENGTH > 10**11
