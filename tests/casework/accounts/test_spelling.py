"""A worn-out password is known under what people add to it; words without relation are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.accounts.rules import PASSWORD_MIN, check_password
from pathway.casework.accounts.spelling import is_worn_out
from pathway.kernel.errors import Invalid
from pathway.reference import common_passwords

WORDS = sorted(word for word in common_passwords() if word.isalpha() and len(word) >= 6)


def test_the_commonest_passwords_are_refused_once_they_reach_the_length() -> None:
    long = [word for word in common_passwords() if len(word) >= PASSWORD_MIN]
    grown = [form for word in WORDS for form in (word * 2, f"{word}123456", f"{word}-2026!!")]
    tried = {form for form in (*long, *grown) if len(form) >= PASSWORD_MIN}
    assert len(tried) > 3_000
    assert not [form for form in tried if not is_worn_out(form)]


@pytest.mark.parametrize(
    "typed",
    [
        "Azertyuiop123",
        "MotDePasse2026",
        "m0tdep@sse2026",
        "Marseille13013",
        "Aix-en-Provence13",
        "SOLEIL.22041991",
        "bonjourbonjour",
        "sunshine!!!!!!",
        "carte emploi",
        "123456789012",
        "987654321098",
        "Rennes 35000!",
        "............",
    ],
)
def test_what_french_people_add_to_a_common_word_hides_nothing(typed: str) -> None:
    with pytest.raises(Invalid, match="trop facile"):
        check_password(typed)


@given(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(WORDS))
def test_four_different_words_are_never_worn_out(one: str, two: str, three: str, four: str) -> None:
    if len({one, two, three, four}) == 4:
        assert not is_worn_out(f"{one}-{two}-{three}-{four}")


@given(st.text(max_size=140))
def test_any_text_is_read_without_failing(typed: str) -> None:
    assert is_worn_out(typed) in (True, False)
