"""Identifiers are opaque, and a mistyped card number is noticed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.ids import is_card_number, new_card_number, new_code, new_id, spaced_card_number

POSITIONS = st.integers(0, 13)


def test_an_id_is_26_letters_and_digits() -> None:
    assert re.fullmatch(r"[a-z2-7]{26}", new_id())


def test_ids_do_not_repeat() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000


def test_a_new_card_number_is_14_digits_and_its_key_agrees() -> None:
    numbers = [new_card_number() for _ in range(500)]
    assert all(re.fullmatch(r"\d{14}", number) and is_card_number(number) for number in numbers)


def test_card_numbers_differ() -> None:
    assert len({new_card_number() for _ in range(500)}) == 500


def test_the_key_is_the_known_one() -> None:
    assert is_card_number("12345678901243")
    assert not is_card_number("12345678901244")


@given(POSITIONS, st.integers(1, 9))
def test_one_wrong_digit_is_noticed(position: int, shift: int) -> None:
    number = new_card_number()
    wrong = str((int(number[position]) + shift) % 10)
    assert not is_card_number(number[:position] + wrong + number[position + 1 :])


@given(st.integers(0, 10))
def test_two_digits_swapped_are_noticed(position: int) -> None:
    number = new_card_number()
    first, second = number[position], number[position + 1]
    swapped = number[:position] + second + first + number[position + 2 :]
    assert is_card_number(swapped) == (first == second)


@pytest.mark.parametrize("text", ["", "1234", "1234567890127", "123456789012430", "1234567890127a", "1234567890127²"])
def test_another_shape_is_no_card_number(text: str) -> None:
    assert not is_card_number(text)


def test_spaces_are_allowed_and_read_aloud_by_four() -> None:
    assert spaced_card_number("12345678901243") == "1234 5678 9012 43"
    assert is_card_number("1234 5678 9012\u00a043")


def test_a_code_has_the_letters_and_the_length_asked_and_is_not_the_same_twice() -> None:
    codes = {new_code("ABCDEFGH", 12) for _ in range(50)}
    assert len(codes) == 50 and all(re.fullmatch("[A-H]{12}", code) for code in codes)
