"""What a column looks like, told without a word of it: « dates », « 10 chiffres », « texte »."""

import re
from collections import Counter
from collections.abc import Iterable

from pathway.casework.intake.cells import holds_nir, read_day, says_nothing
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import counted

_MOSTLY = 0.8
_DIGITS = re.compile(r"[0-9](?:[ .\-/]?[0-9])*")
_NUMBER = re.compile(r"-?[0-9]{1,15}[.,][0-9]{1,15}")
_PHONE = re.compile(r"(?:\+|00)[0-9]{2}[0-9 .\-()]{6,20}|0[1-9](?:[ .\-/]?[0-9]{2}){4}")
_LONG = 60
_WORDS = frozenset({"oui", "non", "o", "n", "vrai", "faux", "true", "false", "yes", "no"})
_EMPTY = "vide"
_EMAIL, _PHONES, _DAYS = "adresses e-mail", "numéros de téléphone", "dates"
_NIR = "numéros de sécurité sociale : jamais repris"


def shape_of(cells: Iterable[str]) -> str:
    """What most of the filled cells are, in French; « vide » when none is filled. No cell is repeated, even in part."""
    kinds = Counter(_kind(cell.strip()) for cell in cells if not says_nothing(cell))
    if not kinds:
        return _EMPTY
    if kinds[_NIR]:
        return _NIR
    first, *others = [kind for kind, _ in kinds.most_common(3)]
    if kinds[first] >= _MOSTLY * kinds.total() or not others:
        return first
    return f"{first}, {others[0]}"


def tells_somebody(titles: Iterable[str]) -> bool:
    """Whether what stands where titles should looks like somebody's own cells: a day, a telephone, an address."""
    return any(_kind(title.strip()) in (_EMAIL, _PHONES, _DAYS, _NIR) for title in titles)


def _kind(cell: str) -> str:
    if len(cell) >= 13 and holds_nir(cell):
        return _NIR
    if "@" in cell:
        return _EMAIL
    if _PHONE.fullmatch(cell):
        return _PHONES
    if _is_day(cell):
        return _DAYS
    if len(cell) <= 40 and _DIGITS.fullmatch(cell):
        return counted(sum(sign.isdigit() for sign in cell), "chiffre")
    if _NUMBER.fullmatch(cell):
        return "nombres à virgule"
    if cell.casefold() in _WORDS:
        return "oui ou non"
    return "texte" if len(cell) <= _LONG else "texte long"


def _is_day(cell: str) -> bool:
    if not 6 <= len(cell) <= 40 or not any(sign.isdigit() for sign in cell):
        return False
    try:
        _, is_serial = read_day(cell)
    except Invalid:
        return False
    return not is_serial
