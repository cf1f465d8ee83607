from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.notes.rules import (
    LONGEST,
    Audience,
    check_audience,
    check_may_correct,
    check_may_restore,
    is_forgotten,
    may_correct,
    offered,
    read_text,
)
from pathway.kernel.errors import Invalid, Refused

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@given(st.text(max_size=200))
def test_what_is_kept_is_what_was_typed_without_blanks_around(typed: str) -> None:
    if not typed.strip():
        with pytest.raises(Invalid) as refused:
            read_text(typed)
        assert refused.value.field == "text"
    else:
        kept = read_text(typed)
        assert kept == kept.strip() and kept in typed.replace("\r\n", "\n")


def test_a_note_of_two_pages_is_the_longest() -> None:
    assert len(read_text("a" * LONGEST)) == LONGEST
    with pytest.raises(Invalid, match="trop longue"):
        read_text("a" * (LONGEST + 1))


def test_only_a_sensitive_structure_may_not_write_for_the_others() -> None:
    assert offered(is_sensitive=False) == list(Audience)
    assert offered(is_sensitive=True) == [Audience.OWN, Audience.PERSON]
    for audience in Audience:
        check_audience(audience, is_sensitive=False)
    with pytest.raises(Refused, match="n’en sortent pas"):
        check_audience(Audience.FOLLOWERS, is_sensitive=True)


@given(st.integers(0, 3 * 24 * 60))
def test_words_are_mended_for_a_day_and_a_note_given_back_for_ten_minutes(minutes: int) -> None:
    later = NOW + timedelta(minutes=minutes)
    assert may_correct(NOW, now=later) == (minutes < 24 * 60)
    assert is_forgotten(NOW, now=later) == (minutes >= 10)
    for check, holds in ((check_may_correct, minutes < 24 * 60), (check_may_restore, minutes < 10)):
        if holds:
            check(NOW, now=later)
        else:
            with pytest.raises(Refused):
                check(NOW, now=later)


@pytest.mark.parametrize(
    ("act", "field", "sentence"),
    [
        (lambda: read_text(" \n "), "text", "Écrivez votre note."),
        (
            lambda: read_text("a" * (LONGEST + 1)),
            "text",
            "Cette note est trop longue : 4000 caractères au plus.",
        ),
        (
            lambda: check_audience(Audience.FOLLOWERS, is_sensitive=True),
            "audience",
            "Les notes de votre structure n’en sortent pas. Choisissez « Ma structure » ou « Avec la personne ».",
        ),
        (
            lambda: check_may_correct(NOW, now=NOW + timedelta(hours=24)),
            "text",
            "Une note se corrige pendant 24 heures. Écrivez-en une nouvelle : les deux resteront.",
        ),
        (
            lambda: check_may_restore(NOW, now=NOW + timedelta(minutes=10)),
            "",
            "Cette note est retirée depuis plus de dix minutes : son texte est effacé.",
        ),
    ],
    ids=["empty", "long", "audience", "late", "gone"],
)
def test_each_refusal_says_what_and_beside_which_field(act: Callable[[], object], field: str, sentence: str) -> None:
    with pytest.raises((Invalid, Refused)) as refusal:
        act()
    assert (getattr(refusal.value, "field", "") or "", refusal.value.sentence) == (field, sentence)


def test_lines_typed_elsewhere_are_kept_as_lines() -> None:
    assert read_text("un\r\ndeux\n\ntrois ") == "un\ndeux\n\ntrois"
