"""How far back a line of the register is written, how many people it counts, and who may correct it. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pathway.casework.walk_ins.vocabulary import Side, WalkInKind, WalkInOutcome
from pathway.kernel.errors import Invalid, Refused

__all__ = [
    "CORRECTED_WITHIN",
    "LONGEST_PLACE",
    "MOST_PEOPLE",
    "SAME_WITHIN",
    "Side",
    "WalkInKind",
    "WalkInOutcome",
    "check_day",
    "check_may_correct",
    "check_number",
    "kinds_of",
    "monday_of",
    "read_place",
]

CORRECTED_WITHIN = timedelta(hours=24)
SAME_WITHIN = timedelta(minutes=2)  # the very same line by the same hand is first taken for a button pressed twice
LONGEST_PLACE = 120
MOST_PEOPLE = 99
_FURTHEST_DAYS = 31


def check_day(day: date, *, today: date) -> None:
    """`Refused` (field `day`) for a day to come, or more than 31 days ago."""
    if day > today:
        raise Refused("Ce jour est dans le futur. Indiquez le jour de la rencontre.", field="day")
    if (today - day).days > _FURTHEST_DAYS:
        raise Refused(f"Ce jour date de plus de {_FURTHEST_DAYS} jours. Vérifiez la date.", field="day")


def check_number(number: int, *, is_linked: bool) -> None:
    """`Invalid` (field `number`) unless a line counts from 1 to 99 people, and one alone when a record is chosen."""
    if is_linked and number != 1:
        raise Invalid("Une ligne liée à un dossier compte une seule personne.", field="number")
    if not 1 <= number <= MOST_PEOPLE:
        raise Invalid(f"Indiquez de 1 à {MOST_PEOPLE} personnes.", field="number")


def read_place(typed: str) -> str:
    """The place, trimmed, perhaps empty; `Invalid` (field `place`) over 120 characters."""
    place = " ".join(typed.split())
    if len(place) > LONGEST_PLACE:
        raise Invalid(f"Ce lieu est trop long : {LONGEST_PLACE} caractères au plus.", field="place")
    return place


def check_may_correct(*, recorded_at: datetime, is_author: bool, now: datetime) -> None:
    """`Refused` unless it is one's own line of the last 24 hours."""
    if not is_author:
        raise Refused("Seule la personne qui a noté cette ligne peut la corriger.")
    if now - recorded_at > CORRECTED_WITHIN:
        raise Refused("Cette ligne date de plus de 24 heures : elle ne se corrige plus.")


def kinds_of(side: Side | None) -> Iterable[WalkInKind]:
    """The kinds of that half of the register; all of them without one."""
    desk = (WalkInKind.DESK,)
    if side is Side.PASSAGES:
        return desk
    outside = tuple(kind for kind in WalkInKind if kind not in desk)
    return outside if side is Side.OUTREACH else tuple(WalkInKind)


def monday_of(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())
