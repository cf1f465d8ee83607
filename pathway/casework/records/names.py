"""Who a person is, what becomes her search tokens, how a search goes from exact to near."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from pathway.casework.records.spelling import core, core_words, given_words, glued, normalise, phonetic
from pathway.casework.records.values import clean_text, read_email, read_phone
from pathway.kernel.calendar import add_months
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid
from pathway.kernel.ids import is_card_number
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked

__all__ = [
    "TOKEN_FORMAT",
    "Identity",
    "Query",
    "TokenIndex",
    "TokenPart",
    "check_birth_date",
    "check_name",
    "core",
    "cross_parts",
    "glued",
    "is_unknown",
    "make_identity",
    "near_dates",
    "normalise",
    "phonetic",
    "query_parts",
    "same_person",
    "token_parts",
]

# Raised whenever the tokens of a same person change (their parts, or how a name is heard): the night then renews those
# of every record.
TOKEN_FORMAT = 2
_MOST_PARTS = 3  # of one compound name, so that no name takes a hundred tokens
_SHORTEST_PART = 3
_OLDEST_YEARS = 120
# A formula, a spreadsheet's error (#REF!), a mark-up tag or an address was put in the place of a name.
_IN_NO_NAME = frozenset("=<>@#{}|\\^~")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a person is: `last_name` is the name in use, `birth_name` only when it differs."""

    first_name: str
    last_name: str
    birth_name: str | None = None
    birth_date: date

    def surnames(self) -> tuple[str, ...]:
        """The name in use, then the birth name when there is another."""
        return (self.last_name, self.birth_name) if self.birth_name else (self.last_name,)


def make_identity(
    *, first_name: str, last_name: str, birth_name: str | None = None, birth_date: date, today: date
) -> Identity:
    """An identity whose parts hold; `Invalid` names the item's key. A birth date lies within the last 120 years."""
    return Identity(
        first_name=check_name(first_name, field="first_name"),
        last_name=check_name(last_name, field="last_name"),
        birth_name=check_name(birth_name, field="birth_name") if birth_name and birth_name.strip() else None,
        birth_date=check_birth_date(birth_date, today=today),
    )


def check_name(text: str, *, field: str) -> str:
    """The name on one line; `Invalid` when it is empty, holds no letter or a sign of no name, or is longer than 100."""
    try:
        name = clean_text(text, limit=100)
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field=field) from None
    if not normalise(name) or not any(sign.isalpha() for sign in name):
        raise Invalid(marked("Un nom a au moins une lettre."), field=field)
    if not _IN_NO_NAME.isdisjoint(name):
        raise Invalid(marked("Aucun nom n’a un tel signe (=, <, >, @, #, |…). Vérifiez-le."), field=field)
    return name


def check_birth_date(day: date, *, today: date) -> date:
    """That day, when a living person may be born on it; else `Invalid`."""
    if day > today:
        raise Invalid(marked("Cette date est dans le futur. Vérifiez l’année."), field="birth_date")
    if today.year - day.year > _OLDEST_YEARS:
        sentence = _("Cette date a plus de %(years)s ans. Vérifiez l’année.", years=_OLDEST_YEARS)
        raise Invalid(sentence, field="birth_date")
    return day


def same_person(one: Identity, other: Identity) -> bool:
    """Certain: same birth date, same first name, and a surname (in use or of birth) in common, whatever the writing."""
    if one.birth_date != other.birth_date or glued(one.first_name) != glued(other.first_name):
        return False
    return not {glued(name) for name in one.surnames()}.isdisjoint(glued(name) for name in other.surnames())


class TokenIndex(Choice):
    """The search indexes: what each one joins before it is blinded."""

    FULL = "full", "nom, prénom et date de naissance"
    PND = "pnd", "nom à l’oreille et date de naissance"
    PPD = "ppd", "prénom à l’oreille et date de naissance"
    P3Y = "p3y", "débuts du nom et du prénom, année de naissance"
    PP = "pp", "nom et prénom à l’oreille"
    DOB = "dob", "date de naissance"
    TEL = "tel", "téléphone"
    MAIL = "mail", "e-mail"
    IDENT = "ident", "numéro de carte"


_BITS = {TokenIndex.FULL: 40, TokenIndex.PP: 18, TokenIndex.IDENT: 40}
_USUAL_BITS = 24


@dataclass(frozen=True, kw_only=True)
class TokenPart:
    """What one token is made of, before it is blinded: the index, how many bits are kept, the joined parts."""

    index: TokenIndex
    bits: int
    parts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is known of a person looked for, as it was typed. A birth date alone finds nobody.

    `any_order`: nobody said which of the names is the surname, nor where it begins.
    """

    last_name: str | None = None
    first_name: str | None = None
    birth_date: date | None = None
    phone: str | None = None
    email: str | None = None
    card_number: str | None = None
    any_order: bool = False


def token_parts(
    identity: Identity,
    phones: Sequence[str] = (),
    email: str | None = None,
    card_number: str | None = None,
) -> tuple[TokenPart, ...]:
    """Everything by which a person can be found again: each surname apart, phones in E.164, e-mail, card number."""
    first, born = identity.first_name, identity.birth_date
    parts = [part for surname in identity.surnames() for part in _name_parts(surname, first, born)]
    parts += [*_ppd(first, born), _part(TokenIndex.DOB, born.isoformat())]
    parts += [_part(TokenIndex.TEL, phone) for phone in phones]
    parts += [_part(TokenIndex.MAIL, email.lower())] if email else []
    parts += [_part(TokenIndex.IDENT, card_number)] if card_number else []
    return _distinct(parts)


def query_parts(query: Query) -> tuple[tuple[TokenPart, ...], ...]:
    """Stages of a search, from exact to near; the next is tried only when the one before finds nobody.

    `Invalid` when what is given would find half a town: a birth date alone, a surname or a first name alone.
    """
    last, first, born = query.last_name or "", query.first_name or "", query.birth_date
    direct = _direct_parts(query)
    names = [name for name in (last, first) if glued(name)]
    _refuse_too_little(names, born, is_direct=bool(direct))
    both = ((last, first), (first, last)) if len(names) == 2 else ()
    by_names = [part for one, other in both for part in _pp(one, other)]
    if born is None:
        stages = [direct, by_names]
    else:
        exact = [_full(one, other, born) for one, other in both]
        stages = [direct + exact, _near_parts(names, both, born), _far_parts(names, both, born) + by_names]
    return tuple(_distinct(stage) for stage in stages if stage)


def cross_parts(identity: Identity) -> tuple[TokenPart, ...]:
    """What another card of that person may be kept under: names the wrong way round, a near birth date."""
    first, born = identity.first_name, identity.birth_date
    parts: list[TokenPart] = []
    for last in identity.surnames():
        parts += [*_name_parts(first, last, born), *_ppd(last, born)]
        for day in near_dates(born):
            parts += [_full(last, first, day), _pnd_whole(last, day), _ppd_whole(first, day)]
    return _distinct(parts)


def is_unknown(day: date) -> bool:
    """Whether a birth date may stand for « some day of that year »: 1 January is what is written without papers."""
    return (day.month, day.day) == (1, 1)


@lru_cache(maxsize=20_000)  # the night compares the same days again and again
def near_dates(day: date) -> tuple[date, ...]:
    """Dates typed by mistake for that one: day and month swapped, ± 1 or 10 days, ± 1 month, ± 1 or 10 years."""
    moved = [_swapped(day)]
    moved += [_days_later(day, step) for step in (-1, 1, -10, 10)]
    moved += [_months_later(day, step) for step in (-1, 1, -12, 12, -120, 120)]
    return tuple(dict.fromkeys(other for other in moved if other is not None and other != day))


def _part(index: TokenIndex, *parts: str) -> TokenPart:
    return TokenPart(index=index, bits=_BITS.get(index, _USUAL_BITS), parts=parts)


def _full(last: str, first: str, born: date) -> TokenPart:
    return _part(TokenIndex.FULL, glued(last), glued(first), born.isoformat())


def _pnd(last: str, born: date) -> list[TokenPart]:
    return [_part(TokenIndex.PND, sound, born.isoformat()) for sound in _surname_sounds(last)]


def _pnd_whole(last: str, born: date) -> TokenPart:
    return _part(TokenIndex.PND, phonetic(core(last)), born.isoformat())


def _ppd(first: str, born: date) -> list[TokenPart]:
    return [_part(TokenIndex.PPD, sound, born.isoformat()) for sound in _first_name_sounds(first)]


def _ppd_whole(first: str, born: date) -> TokenPart:
    return _part(TokenIndex.PPD, phonetic(first), born.isoformat())


def _p3y(last: str, first: str, born: date) -> list[TokenPart]:
    starts = dict.fromkeys((core(last)[:3], glued(last)[:3]))
    return [_part(TokenIndex.P3Y, start, glued(first)[:2], str(born.year)) for start in starts]


def _pp(last: str, first: str) -> list[TokenPart]:
    pairs = [(phonetic(core(last)), one) for one in _first_name_sounds(first)]
    pairs += [(one, phonetic(first)) for one in _surname_sounds(last)]
    return [_part(TokenIndex.PP, *pair) for pair in dict.fromkeys(pairs)]


def _name_parts(last: str, first: str, born: date) -> list[TokenPart]:
    return [_full(last, first, born), *_pnd(last, born), *_p3y(last, first, born), *_pp(last, first)]


def _surname_sounds(last: str) -> list[str]:
    """The surname without its particles, with them, and each part of a compound one."""
    return _sounds((core(last), glued(last)), core_words(last))


def _first_name_sounds(first: str) -> list[str]:
    return _sounds((first,), given_words(first))


def _sounds(wholes: Iterable[str], words: Sequence[str]) -> list[str]:
    parts = [word for word in words if len(word) >= _SHORTEST_PART][:_MOST_PARTS]
    return list(dict.fromkeys(phonetic(name) for name in (*wholes, *parts)))


def _distinct(parts: Iterable[TokenPart]) -> tuple[TokenPart, ...]:
    return tuple(dict.fromkeys(parts))


def _direct_parts(query: Query) -> list[TokenPart]:
    parts = []
    if query.phone and query.phone.strip():
        parts.append(_part(TokenIndex.TEL, _read(read_phone, query.phone, "phone")))
    if query.email and query.email.strip():
        parts.append(_part(TokenIndex.MAIL, _read(read_email, query.email, "email")))
    if query.card_number and query.card_number.strip():
        parts.append(_part(TokenIndex.IDENT, _read(_read_card, query.card_number, "card_number")))
    return parts


def _read(reader: Callable[[str], str], text: str, field: str) -> str:
    try:
        return reader(text)
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field=field) from None


def _read_card(text: str) -> str:
    if not is_card_number(text):
        raise Invalid(marked("Ce numéro de carte n’est pas juste : il a quatorze chiffres."))
    return "".join(text.split())


def _refuse_too_little(names: Sequence[str], born: date | None, *, is_direct: bool) -> None:
    if is_direct or len(names) == 2 or (names and born):
        return
    if born:
        raise Invalid("La date de naissance ne suffit pas. Ajoutez le nom ou le prénom.", field="last_name")
    if names:
        raise Invalid("Un seul nom ne suffit pas. Ajoutez la date de naissance.", field="birth_date")
    raise Invalid("Donnez le nom et la date de naissance, un téléphone, un e-mail ou la carte.", field="last_name")


def _near_parts(names: Sequence[str], both: Sequence[tuple[str, str]], born: date) -> list[TokenPart]:
    by_sound = [part for name in names for part in (*_pnd(name, born), *_ppd(name, born))]
    return by_sound + [part for one, other in both for part in _p3y(one, other, born)]


def _far_parts(names: Sequence[str], both: Sequence[tuple[str, str]], born: date) -> list[TokenPart]:
    # Hundreds are said to be born on each 1 January: that date brings nobody by itself.
    parts = [_part(TokenIndex.DOB, born.isoformat())] if names and not is_unknown(born) else []
    for day in near_dates(born) if names else ():
        parts += [_full(one, other, day) for one, other in both]
        parts += [part for name in names for part in (_pnd_whole(name, day), _ppd_whole(name, day))]
    return parts


def _swapped(day: date) -> date | None:
    return date(day.year, day.day, day.month) if day.day <= 12 else None


def _days_later(day: date, step: int) -> date | None:
    try:
        return day + timedelta(days=step)
    except OverflowError:
        return None


def _months_later(day: date, step: int) -> date | None:
    try:
        return add_months(day, step)
    except (OverflowError, ValueError):
        return None
