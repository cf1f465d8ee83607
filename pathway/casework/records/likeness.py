"""How near a person found is to the one looked for, and why: what decides after the search tokens have met."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher

from pathway.casework.records.names import Identity, Query, core, glued, is_unknown, near_dates, phonetic, same_person
from pathway.casework.records.spelling import LONGEST_SOUND, core_words, normalise, skeleton

SCORE_FLOOR = 58  # a first name heard and a birth date: she married since
_CERTAIN = 100
_WEIGHTS = (40, 25, 35)  # surname, first name, birth date
_ALIKE = 0.6  # under this, two names say nothing of each other
_SAME_SOUND = 0.93
_PART = 0.9  # « Jean » of « Jean-Pierre », « Silva » of « Silva Ferreira »
_CUT = 0.8  # « Alex » for « Alexandre », or the same consonants
_SHORTEST_PART = 3
_MOST_WORDS = 8  # of a line whose names are in any order
_NEAR_DATE = 0.8
_SAME_NAMES = ("même nom", "même prénom")  # said of names that were read the wrong way round

Found = tuple[int, tuple[str, ...]]


def score(query: Query, identity: Identity) -> Found:
    """How near (0 to 100) that person is to the one looked for, and why in French. Under SCORE_FLOOR: somebody else.

    100 only for the same whole names and birth date. A search by phone, e-mail or card alone gives 80: the token found
    her, and a phone may be shared.
    """
    last, first, born = glued(query.last_name or ""), glued(query.first_name or ""), query.birth_date
    if not (last or first or born):
        return 80, ()
    if query.any_order:
        return max((_compared(*names, born, identity) for names in _readings(query)), key=lambda found: found[0])
    straight = _compared(query.last_name, query.first_name, born, identity)
    if not (last and first):
        return straight
    points, why = _compared(query.first_name, query.last_name, born, identity)
    inverted = max(points - 2, 0), ("nom et prénom inversés", *(one for one in why if one not in _SAME_NAMES))
    return max(straight, inverted, key=lambda found: found[0])


def _readings(query: Query) -> Iterator[tuple[str | None, str | None]]:
    """Every surname and first name that those words may be."""
    words = f"{query.last_name or ''} {query.first_name or ''}".split()[:_MOST_WORDS]
    # One name alone is a surname or a first name; of several, each part has at least a word.
    ends = range(1, len(words)) if query.first_name else (len(words),)
    for end in ends:
        one, other = " ".join(words[:end]) or None, " ".join(words[end:]) or None
        yield one, other
        yield other, one


def _compared(last: str | None, first: str | None, born: date | None, identity: Identity) -> Found:
    nearness = (
        max(_surname_likeness(last, name) for name in identity.surnames()) if last else None,
        _first_name_likeness(first, identity.first_name) if first else None,
        _date_likeness(born, identity.birth_date) if born else None,
    )
    given = [(near, weight) for near, weight in zip(nearness, _WEIGHTS, strict=True) if near is not None]
    points = round(100 * sum(near * weight for near, weight in given) / sum(weight for _, weight in given))
    missing = 10 * (3 - len(given))
    is_certain = bool(last and first and born) and same_person(
        replace(identity, last_name=last or "", first_name=first or "", birth_name=None, birth_date=born or date.min),
        identity,
    )
    return (_CERTAIN if is_certain else min(points, _CERTAIN - 1 - missing)), _reasons(*nearness)


def _surname_likeness(one: str, other: str) -> float:
    if core(one) == core(other) or glued(one) == glued(other):
        return 1.0
    # Two first names of one family may share their two consonants; two surnames that do are compared with a first name
    # and a date beside them.
    whole = max(_likeness(core(one), core(other), bones=2), _likeness(glued(one), glued(other), bones=2))
    return max(whole, _part_likeness(core_words(one), core_words(other)))


def _first_name_likeness(one: str, other: str) -> float:
    if glued(one) == glued(other):
        return 1.0
    words = tuple(normalise(one).split()), tuple(normalise(other).split())
    return max(_likeness(glued(one), glued(other), bones=3), _part_likeness(*words))


def _part_likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Whether one name is a whole part of the other: « Jean » is one of « Jean-Pierre », « Jean-Luc » is not."""
    short, long = sorted((one, other), key=len)
    heard = {phonetic(word) for word in long}
    is_part = len(short) < len(long) and all(phonetic(word) in heard for word in short)
    return _PART if is_part and len("".join(short)) >= _SHORTEST_PART else 0.0


def _likeness(one: str, other: str, *, bones: int) -> float:
    if phonetic(one) == phonetic(other):
        return _SAME_SOUND
    return max(_ratio(one, other), _cut(one, other), _same_bones(one, other, bones))


def _ratio(one: str, other: str) -> float:
    # The matcher depends on which text comes first: the same two names always come in the same order.
    first, second = sorted((one[:LONGEST_SOUND], other[:LONGEST_SOUND]))
    pair = SequenceMatcher(None, first, second, autojunk=False)
    ratio = pair.ratio() if pair.real_quick_ratio() >= _ALIKE else 0.0
    return ratio if ratio >= _ALIKE else 0.0


def _cut(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    return _CUT if len(short) >= _SHORTEST_PART and long.startswith(short) else 0.0


def _same_bones(one: str, other: str, shortest: int) -> float:
    bones = skeleton(one)
    return _CUT if len(bones) >= shortest and bones == skeleton(other) else 0.0


def _date_likeness(one: date, other: date) -> float:
    if one == other:
        return 1.0
    if _are_swapped(one, other):
        return 0.9
    if other in near_dates(one) or one in near_dates(other):
        return _NEAR_DATE
    if one.year != other.year:
        return 0.0
    return _NEAR_DATE if is_unknown(one) or is_unknown(other) else 0.5


def _are_swapped(one: date, other: date) -> bool:
    return (one.year, one.month, one.day) == (other.year, other.day, other.month)


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
