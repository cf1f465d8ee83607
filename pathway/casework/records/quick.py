"""One line typed in a hurry, read into the parts of a search: card, phone, e-mail, day, and the rest as names."""

import re
from collections.abc import Sequence
from datetime import date

from pathway.casework.records.names import Query
from pathway.casework.records.spelling import is_particle, normalise
from pathway.casework.records.values import clean_text, read_date
from pathway.kernel.errors import Invalid
from pathway.kernel.ids import is_card_number
from pathway.kernel.wording import said_month

LONGEST = 200
_UNREAD = (
    "Une partie ne se lit pas. Écrivez un nom et un prénom, une date comme 22/04/1991, un téléphone, un e-mail ou les"
    " 14 chiffres de la carte."
)
_MONTHS = {normalise(said_month(date(2000, month, 1))).partition(" ")[0]: month for month in range(1, 13)}

_SAID = re.compile(r"(?<!\w)n[ée](?:[·.(\-]?e\)?)?(?: le)? ?(?=[0-9])", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s,;<>()]+@[^\s,;<>()]*")
_ALL_DIGITS = re.compile(r"[0-9 .\-]+")
_CARD = re.compile(r"(?<![0-9+])(?:[0-9]{14}|[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{2})(?![0-9])")
# A day with its marks is never a phone; in a row or with spaces it may be the beginning of one, and is read after it.
_MARKED_DAY = re.compile(
    r"(?<![0-9])(?<![0-9][./-])(?:[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{4}|[0-9]{4}([./-])[0-9]{1,2}\2[0-9]{1,2}"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2})(?![0-9]|[./-][0-9])"
)
_WORDED_DAY = re.compile(r"(?<![0-9])([0-9]{1,2})(?:er)? ([^\W\d_]{3,9}) ([0-9]{4})(?![0-9])", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![0-9+])(?:(?:\+33|0033)[ .]?(?:\(0\) ?)?[1-9](?:[ .\-]?[0-9]){8}|0[1-9](?:[ .\-/]?[0-9]){8}"
    r"|(?:\+|00)[1-9](?:[ .\-]?[0-9]){6,13})(?![0-9])"
)
_ROW_DAY = re.compile(r"(?<![0-9])([0-3][0-9])([01][0-9])((?:19|20)[0-9]{2})(?![0-9])")
_SPACED_DAY = re.compile(r"(?<![0-9])([0-9]{1,2}) ([0-9]{1,2}) ([0-9]{4})(?![0-9])")


def read_line(text: str) -> Query:
    """The search one line asks for, its names in any order; an empty one when nothing is typed.

    `Invalid` when a part of it is read as nothing, or is said twice.
    """
    if not text.strip():
        return Query()
    line = _Line(_SAID.sub("", clean_text(text, limit=LONGEST)))
    email = line.take(_EMAIL).strip(".,:")
    card = line.take_card()
    born = line.take_day(_MARKED_DAY) or line.take_worded_day()
    phone = line.take(_PHONE)
    born = born or line.take_day(_ROW_DAY) or line.take_day(_SPACED_DAY)
    last, first = _names(line.rest(is_alone=not (email or card or phone or born)))
    if not (last or first) and line.digits:
        phone = phone or line.digits  # refused in a phone's own words
    return Query(
        last_name=last or None,
        first_name=first or None,
        birth_date=born,
        phone=phone or None,
        email=email or None,
        card_number=card or None,
        any_order=True,
    )


class _Line:
    """What is left of a line while its parts are taken out of it."""

    def __init__(self, text: str) -> None:
        self._left = text
        self.digits = ""  # figures alone, that are no part

    def take(self, pattern: re.Pattern[str]) -> str:
        """The first such part, or nothing."""
        found = pattern.search(self._left)
        return self._cut(found) if found else ""

    def take_card(self) -> str:
        """Fourteen figures; however they are spaced when nothing else is typed."""
        alone = re.sub(r"[ .\-]", "", self._left) if _ALL_DIGITS.fullmatch(self._left.strip()) else ""
        if len(alone) == 14 and (is_card_number(alone) or not alone.startswith("00")):
            self._left = ""
            return alone
        found = _CARD.search(self._left)
        if found is None or (found[0].startswith("00") and not is_card_number(found[0])):
            return ""
        return self._cut(found)

    def take_day(self, pattern: re.Pattern[str]) -> date | None:
        """The first such day; `Invalid` says what is wrong with one that does not exist."""
        found = pattern.search(self._left)
        if found is None:
            return None
        typed = self._cut(found)
        return read_date("/".join(found.groups()) if found.re is _ROW_DAY else typed)

    def take_worded_day(self) -> date | None:
        """The first « 22 avril 1991 »."""
        for found in _WORDED_DAY.finditer(self._left):
            if month := _MONTHS.get(normalise(found[2])):
                self._cut(found)
                return read_date(f"{found[1]}/{month}/{found[3]}")
        return None

    def rest(self, *, is_alone: bool) -> str:
        """The names; `Invalid` when something else is left."""
        left = self._left.strip(" ,;.")
        if is_alone and left and not any(sign.isalpha() for sign in left) and left[0] in "+0123456789":
            self.digits = left
            return ""
        if "@" in left or any(sign.isdigit() for sign in left):
            raise Invalid(_UNREAD)
        return left

    def _cut(self, found: re.Match[str]) -> str:
        self._left = f"{self._left[: found.start()]} {self._left[found.end() :]}"
        return found[0]


def _names(text: str) -> tuple[str, str]:
    """Two names, the surname first when something tells: a comma, or capitals."""
    before, comma, after = (part.strip(" ,;") for part in re.sub(";", ",", text).partition(","))
    if comma != "" and before and after:
        return before, after.replace(",", " ")
    words = re.split(r"[\s,]+", text.strip(" ,;"))
    loud = [word for word in words if len(word) > 1 and word.isupper()]
    if loud and len(loud) < len(words):
        return " ".join(loud), " ".join(word for word in words if word not in loud)
    return _split(words)


def _split(words: Sequence[str]) -> tuple[str, str]:
    """The first name that stands by itself, its particles with it, then the others."""
    end = next((place for place, word in enumerate(words, 1) if not is_particle(word)), len(words))
    return " ".join(words[:end]), " ".join(words[end:])
