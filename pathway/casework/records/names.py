"""Who a person is, what becomes her search tokens, how a search goes from exact to near, how near a find is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from functools import lru_cache

from pathway.casework.records.spelling import LONGEST_SOUND, core, glued, normalise, phonetic
from pathway.casework.records.values import clean_text, read_email, read_phone
from pathway.kernel.calendar import add_months
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid
from pathway.kernel.ids import is_card_number

__all__ = [
    "SCORE_FLOOR",
    "Identity",
    "Query",
    "TokenIndex",
    "TokenPart",
    "check_birth_date",
    "check_name",
    "core",
    "glued",
    "make_identity",
    "near_dates",
    "normalise",
    "phonetic",
    "query_parts",
    "same_person",
    "score",
    "token_parts",
]

SCORE_FLOOR = 60
_CERTAIN = 100
_WEIGHTS = (40, 25, 35)  # surname, first name, birth date
_ALIKE = 0.6  # under this, two names say nothing of each other
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
        raise Invalid("Un nom a au moins une lettre.", field=field)
    if not _IN_NO_NAME.isdisjoint(name):
        raise Invalid("Aucun nom n’a un tel signe (=, <, >, @, #, |…). Vérifiez-le.", field=field)
    return name


def check_birth_date(day: date, *, today: date) -> date:
    """That day, when a living person may be born on it; else `Invalid`."""
    if day > today:
        raise Invalid("Cette date est dans le futur. Vérifiez l’année.", field="birth_date")
    if today.year - day.year > _OLDEST_YEARS:
        raise Invalid(f"Cette date a plus de {_OLDEST_YEARS} ans. Vérifiez l’année.", field="birth_date")
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
_SAME_NAMES = ("même nom", "même prénom")  # said of names that were read the wrong way round


@dataclass(frozen=True, kw_only=True)
class TokenPart:
    """What one token is made of, before it is blinded: the index, how many bits are kept, the joined parts."""

    index: TokenIndex
    bits: int
    parts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is known of a person looked for, as it was typed. A birth date alone finds nobody."""

    last_name: str | None = None
    first_name: str | None = None
    birth_date: date | None = None
    phone: str | None = None
    email: str | None = None
    card_number: str | None = None


def token_parts(
    identity: Identity,
    phones: Sequence[str] = (),
    email: str | None = None,
    card_number: str | None = None,
) -> tuple[TokenPart, ...]:
    """Everything by which a person can be found again: each surname apart, phones in E.164, e-mail, card number."""
    first, born = identity.first_name, identity.birth_date
    parts = [part for surname in identity.surnames() for part in _name_parts(surname, first, born)]
    parts += [_ppd(first, born), _part(TokenIndex.DOB, born.isoformat())]
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
    if born is None:
        stages = [direct, [_pp(one, other) for one, other in both]]
    else:
        exact = [_full(one, other, born) for one, other in both]
        stages = [direct + exact, _near_parts(names, both, born), _far_parts(names, both, born)]
    return tuple(_distinct(stage) for stage in stages if stage)


@lru_cache(maxsize=20_000)  # the night compares the same days again and again
def near_dates(day: date) -> tuple[date, ...]:
    """Dates typed by mistake for that one: day and month swapped, ± 1 or 10 days, ± 1 month, ± 1 or 10 years."""
    moved = [_swapped(day)]
    moved += [_days_later(day, step) for step in (-1, 1, -10, 10)]
    moved += [_months_later(day, step) for step in (-1, 1, -12, 12, -120, 120)]
    return tuple(dict.fromkeys(other for other in moved if other is not None and other != day))


def score(query: Query, identity: Identity) -> tuple[int, tuple[str, ...]]:
    """How near (0 to 100) that person is to the one looked for, and why in French. Under SCORE_FLOOR: somebody else.

    100 only for the same whole names and birth date. A search by phone, e-mail or card alone gives 80: the token found
    her, and a phone may be shared.
    """
    last, first, born = glued(query.last_name or ""), glued(query.first_name or ""), query.birth_date
    if not (last or first or born):
        return 80, ("trouvée par ses coordonnées ou sa carte",)
    straight = _compared(query.last_name, query.first_name, born, identity)
    if not (last and first):
        return straight
    points, why = _compared(query.first_name, query.last_name, born, identity)
    inverted = max(points - 2, 0), ("nom et prénom inversés", *(one for one in why if one not in _SAME_NAMES))
    return max(straight, inverted, key=lambda found: found[0])


def _part(index: TokenIndex, *parts: str) -> TokenPart:
    return TokenPart(index=index, bits=_BITS.get(index, _USUAL_BITS), parts=parts)


def _full(last: str, first: str, born: date) -> TokenPart:
    return _part(TokenIndex.FULL, glued(last), glued(first), born.isoformat())


def _pnd(last: str, born: date) -> TokenPart:
    return _part(TokenIndex.PND, phonetic(core(last)), born.isoformat())


def _ppd(first: str, born: date) -> TokenPart:
    return _part(TokenIndex.PPD, phonetic(first), born.isoformat())


def _p3y(last: str, first: str, born: date) -> TokenPart:
    return _part(TokenIndex.P3Y, core(last)[:3], glued(first)[:2], str(born.year))


def _pp(last: str, first: str) -> TokenPart:
    return _part(TokenIndex.PP, phonetic(core(last)), phonetic(first))


def _name_parts(last: str, first: str, born: date) -> tuple[TokenPart, ...]:
    return _full(last, first, born), _pnd(last, born), _p3y(last, first, born), _pp(last, first)


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
        raise Invalid("Ce numéro de carte n’est pas juste : il a quatorze chiffres.")
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
    by_sound = [part for name in names for part in (_pnd(name, born), _ppd(name, born))]
    return by_sound + [_p3y(one, other, born) for one, other in both]


def _far_parts(names: Sequence[str], both: Sequence[tuple[str, str]], born: date) -> list[TokenPart]:
    parts = [_part(TokenIndex.DOB, born.isoformat())] if names else []
    for day in near_dates(born) if names else ():
        parts += [_full(one, other, day) for one, other in both]
        parts += [part for name in names for part in (_pnd(name, day), _ppd(name, day))]
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


def _compared(
    last: str | None, first: str | None, born: date | None, identity: Identity
) -> tuple[int, tuple[str, ...]]:
    nearness = (
        max((_likeness(core(last), core(name)), name) for name in identity.surnames())[0] if last else None,
        _likeness(glued(first), glued(identity.first_name)) if first else None,
        _date_likeness(born, identity.birth_date) if born else None,
    )
    given = [(near, weight) for near, weight in zip(nearness, _WEIGHTS, strict=True) if near is not None]
    points = round(100 * sum(near * weight for near, weight in given) / sum(weight for _, weight in given))
    is_certain = bool(last and first and born) and same_person(
        Identity(first_name=first or "", last_name=last or "", birth_date=born or date.min), identity
    )
    missing = 10 * (3 - len(given))
    return (_CERTAIN if is_certain else min(points, _CERTAIN - 1 - missing)), _reasons(*nearness)


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if phonetic(one) == phonetic(other):
        return 0.93
    pair = SequenceMatcher(None, one[:LONGEST_SOUND], other[:LONGEST_SOUND], autojunk=False)
    ratio = pair.ratio() if pair.real_quick_ratio() >= _ALIKE else 0.0
    return ratio if ratio >= _ALIKE else 0.0


def _date_likeness(one: date, other: date) -> float:
    if one == other:
        return 1.0
    if _swapped(one) == other:
        return 0.9
    if other in near_dates(one):
        return 0.8
    return 0.5 if one.year == other.year else 0.0


def _reasons(last: float | None, first: float | None, born: float | None) -> tuple[str, ...]:
    found = (
        _reason(last, "même nom", "nom proche", "nom différent"),
        _reason(first, "même prénom", "prénom proche", "prénom différent"),
        _reason(born, "même date de naissance", "date de naissance proche", "date de naissance différente"),
    )
    return tuple(reason for reason in found if reason)


def _reason(near: float | None, same: str, alike: str, different: str) -> str:
    if near is None:
        return ""
    return same if near == 1.0 else alike if near > 0 else different
