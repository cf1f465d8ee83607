import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.casework.records.spelling import core, glued, normalise, phonetic

with Path(__file__).with_name("name_pairs.csv").open(encoding="utf-8", newline="") as file:
    PAIRS = [(row["one"], row["other"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_names_that_sound_alike_share_a_code(one: str, other: str) -> None:
    assert phonetic(one) == phonetic(other)


@pytest.mark.parametrize(("one", "other"), [("Martin", "Bernard"), ("Durand", "Moreau"), ("Diallo", "Traoré")])
def test_names_that_sound_otherwise_do_not(one: str, other: str) -> None:
    assert phonetic(one) != phonetic(other)


def test_a_code_tells_most_names_apart() -> None:
    names = {name for pair in PAIRS for name in pair}
    assert len({phonetic(name) for name in names}) > len(PAIRS) * 0.85


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Özil-D’Œil", "ozil d oeil"),
        ("STRAẞE Łódź", "strasse lodz"),
        ("Đặng Thị Ánh", "dang thi anh"),
        ("Søren Þór", "soren thor"),
        ("Yılmaz İnci", "yilmaz inci"),
        ("  N'DIAYE ", "n diaye"),
        ("Æsir", "aesir"),
    ],
)
def test_letters_become_plain(text: str, plain: str) -> None:
    assert normalise(text) == plain


def test_composed_and_decomposed_accents_are_one() -> None:
    assert normalise("Zoe\u0301") == normalise("Zo\u00e9") == "zoe"


def test_compound_first_names_are_one_word() -> None:
    assert glued("Jean-Pierre") == glued("Jean Pierre") == glued("JEANPIERRE")


def test_particles_do_not_count_unless_they_are_the_whole_name() -> None:
    assert core("de La Tour") == core("TOUR")
    assert core("N’Diaye") == core("Ndiaye")
    assert core("Le") == "le"


@given(st.text(max_size=60))
def test_a_plain_name_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(max_size=60))
def test_case_and_spaces_never_change_the_sound(text: str) -> None:
    assert phonetic(f"  {normalise(text).upper()} ") == phonetic(normalise(text))


@pytest.mark.parametrize("sign", ["e", "au", "\u0301\u0327", "a\u0301", " de", "sch", "éèê"])
def test_a_hundred_thousand_signs_are_read_at_once(sign: str) -> None:
    start = time.perf_counter()
    phonetic(sign * 100_000)
    core(sign * 100_000)
    assert time.perf_counter() - start < 0.5
