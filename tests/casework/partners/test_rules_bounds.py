"""The longest code, name and absence, what a code may not say, and the words and field of each refusal."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from pathway.casework.partners.rules import (
    Away,
    check_absence,
    is_habilitated,
    name_key,
    read_address,
    read_code,
    read_name,
    stand_ins,
    telling_word,
    tells,
)
from pathway.kernel.errors import Invalid, Refused

TODAY = date(2026, 11, 20)
CODE = "Il faut des minuscules sans accent, des chiffres et des tirets, 40 au plus."
ADDRESS = "Écrivez une ou deux lignes, 200 caractères en tout au plus."
NAME = "Écrivez un nom de 1 à 120 caractères."


def refused(kind: type[Invalid | Refused], check: Callable[[], object]) -> tuple[str, str]:
    """The field it names, and its sentence."""
    with pytest.raises(kind) as refusal:
        check()
    return getattr(refusal.value, "field", "") or "", refusal.value.sentence


@pytest.mark.parametrize(("typed", "code"), [(" mission-locale-93 ", "mission-locale-93"), ("a", "a"), ("9" * 40,) * 2])
def test_a_code_has_at_most_forty_small_letters_figures_and_hyphens(typed: str, code: str) -> None:
    assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", " ", "9" * 41, "Mission", "épée", "a b", "-a", "a-", "a--b", "a_b", "a\nb"])
def test_any_other_code_is_refused_at_its_field(typed: str) -> None:
    assert refused(Invalid, partial(read_code, typed)) == ("code", CODE)


def test_a_name_has_one_to_a_hundred_and_twenty_signs_and_single_spaces() -> None:
    assert read_name("  Point   Accueil\tEmploi ") == "Point Accueil Emploi"
    assert read_name("x") == "x"
    assert read_name(f" {'x' * 120} ") == "x" * 120
    for typed in ("", "   ", "x" * 121):
        assert refused(Invalid, partial(read_name, typed)) == ("name", NAME)


def test_an_address_has_one_or_two_lines_of_two_hundred_signs_in_all_or_none() -> None:
    assert read_address("  4  quai des Brumes ,\r\n\r\n 99000\tValmer ") == "4 quai des Brumes\n99000 Valmer"
    assert read_address("") == read_address(" \n , ") == ""
    assert read_address("x" * 200) == "x" * 200 and read_address(f"{'x' * 100}\n{'y' * 99}").count("\n") == 1
    for typed in ("a\nb\nc", "x" * 201, f"{'x' * 100}\n{'y' * 100}"):
        assert refused(Invalid, partial(read_address, typed)) == ("address", ADDRESS)


def test_a_sensitive_structure_has_no_address() -> None:
    assert read_address(" ", is_sensitive=True) == ""
    field, said = refused(Refused, partial(read_address, "4 quai des Brumes", is_sensitive=True))
    assert field == "address" and "elle dirait qui y va" in said


@pytest.mark.parametrize(
    "same", ["Élan d’Œuvres", "ELAN D'ŒUVRES", " élan--d œuvres! ", "E\N{COMBINING ACUTE ACCENT}lan d œuvres"]
)
def test_two_names_are_one_but_for_case_accents_spaces_and_punctuation(same: str) -> None:
    assert name_key(same) == "elan d œuvres"
    assert name_key("Élan et œuvres") != name_key(same)


def test_letters_and_figures_of_other_widths_are_the_same_name() -> None:
    assert name_key("ＰＬＩＥ ⅲ ﬁn") == "plie iii fin"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("csapa", "Le Cap"),
        ("nord-cmp", "Le Cap"),
        ("addictologie-nord", "Le Cap"),  # begins with « addict »
        ("centrehebergement", "Le Cap"),
        ("horizons-nord", "Maison Horizons"),
        ("lehorizons", "Maison Horizons"),
        ("elan-nord", "Élan 93"),  # a word of four letters, whole
    ],
)
def test_a_code_that_says_the_house_or_its_name_is_seen(code: str, name: str) -> None:
    assert tells(code, name)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("structure-12", "Maison Horizons"),
        ("capase-7", "Le Cap"),  # « ase » and « cap » inside a longer part
        ("cap-7", "Le Cap"),  # three letters of a name say nothing
        ("elanion", "Élan 93"),  # four letters: only whole
    ],
)
def test_a_code_that_says_nothing_is_free(code: str, name: str) -> None:
    assert not tells(code, name)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Orientée vers un CSAPA, puis prison", "csapa"),
        ("Reprise après maladie", "maladie"),  # begins with « malad »
        ("Fin de peine : TIG", "tig"),
        ("Sortie de détention", "detention"),
        ("Entrée en Formation d’éducateur de foyer", ""),
        ("CAP petite enfance", ""),
        ("Soins d’urgence", ""),
        ("Tigre et spiper", ""),  # up to four letters, only whole words
        ("", ""),
    ],
)
def test_the_first_word_of_a_life_is_told(text: str, word: str) -> None:
    assert telling_word(text) == word


@pytest.mark.parametrize(
    ("from_on", "until_on", "holds"),
    [
        (TODAY, TODAY, True),
        (TODAY, None, True),
        (date(2026, 11, 21), None, False),
        (date(2026, 1, 1), date(2026, 11, 19), False),
        (date(2026, 1, 1), date(2026, 11, 21), True),
    ],
)
def test_a_habilitation_holds_from_its_first_to_its_last_day(
    from_on: date, until_on: date | None, *, holds: bool
) -> None:
    assert is_habilitated(from_on=from_on, until_on=until_on, today=TODAY) is holds


FIRST, LAST = date(2026, 12, 7), date(2026, 12, 11)


def away(who: str = "paul", first: date = FIRST, last: date = LAST, instead: str | None = "lea") -> Away:
    return Away(account_id=who, from_on=first, until_on=last, stand_in_id=instead)


@pytest.mark.parametrize(
    "asked",
    [
        away(),
        away(instead=None),
        away(last=FIRST),
        away(first=date(2026, 11, 2), last=TODAY),  # begun already: its last day is today
        away(last=date(2027, 12, 8)),  # 366 days later
    ],
    ids=["with a stand-in", "with the queue", "one day", "until today", "a year"],
)
def test_an_absence_of_a_day_to_a_year_is_declared_until_its_last_day(asked: Away) -> None:
    check_absence(asked, [], today=TODAY)


@pytest.mark.parametrize(
    ("asked", "kind", "field", "words"),
    [
        (
            away(last=date(2026, 12, 6)),
            Invalid,
            "until_on",
            "Le dernier jour est avant le premier. Vérifiez les deux dates.",
        ),
        (
            away(first=date(2026, 11, 2), last=date(2026, 11, 19)),
            Refused,
            "until_on",
            "Ces jours sont passés : une absence se déclare à l’avance.",
        ),
        (
            away(last=date(2027, 12, 9)),
            Refused,
            "until_on",
            "Une absence dure un an au plus. Au-delà, confiez les personnes à un·e collègue.",
        ),
        (away(instead="paul"), Refused, "stand_in_id", "Choisissez quelqu’un d’autre que la personne absente."),
    ],
    ids=["backwards", "past", "over a year", "oneself"],
)
def test_an_absence_that_cannot_be_is_told_at_its_field(
    asked: Away, kind: type[Invalid | Refused], field: str, words: str
) -> None:
    assert refused(kind, partial(check_absence, asked, [], today=TODAY)) == (field, words)


BEFORE = {"first": date(2026, 12, 1), "last": FIRST}
AFTER = {"first": LAST, "last": date(2026, 12, 20)}


@pytest.mark.parametrize("days", [BEFORE, AFTER], ids=["its first day", "its last day"])
@pytest.mark.parametrize(
    ("who", "instead", "field", "words"),
    [
        ("paul", None, "from_on", "Une absence est déjà déclarée pour une partie de ces jours."),
        ("lea", None, "stand_in_id", "Cette personne est absente elle aussi, au moins un de ces jours."),
        (
            "zoe",
            "paul",
            "from_on",
            "Ces jours-là, la personne remplace déjà quelqu’un. Changez d’abord ce remplacement.",
        ),
    ],
    ids=["already away", "stand-in away", "stands in already"],
)
def test_one_shared_day_with_another_absence_is_enough(
    days: dict[str, date], who: str, instead: str | None, field: str, words: str
) -> None:
    other = away(who, instead=instead, **days)
    assert refused(Refused, partial(check_absence, away(), [other], today=TODAY)) == (field, words)


def test_absences_that_touch_without_a_shared_day_or_somebody_shared_stand() -> None:
    around = [
        away(first=date(2026, 12, 1), last=date(2026, 12, 6)),
        away(first=date(2026, 12, 12), last=date(2026, 12, 20)),
        away("zoe", instead="lea"),
        away("max", instead=None),
    ]
    check_absence(away(), around, today=TODAY)
    check_absence(away(instead=None), around, today=TODAY)


def test_who_is_away_on_a_day_is_told_with_who_stands_in() -> None:
    known = [away(), away("zoe", instead=None), away("max", first=date(2026, 12, 8), last=date(2026, 12, 10))]
    assert stand_ins(known, on=FIRST) == {"paul": "lea", "zoe": None} == stand_ins(known, on=LAST)
    assert stand_ins(known, on=date(2026, 12, 8))["max"] == "lea"
    assert stand_ins(known, on=date(2026, 12, 6)) == {} == stand_ins(known, on=date(2026, 12, 12))
