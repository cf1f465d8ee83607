"""What a group session may be called, how many it holds, until when somebody joins it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pathway.casework.encounters.vocabulary import AppointmentState
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid, Refused

__all__ = [
    "LONGEST_PLACE",
    "LONGEST_TITLE",
    "MOST_PEOPLE",
    "SAID",
    "SAME_WITHIN",
    "Tick",
    "check_joining",
    "check_number",
    "may_be_said",
    "read_place",
    "read_title",
    "subject_of",
]

LONGEST_TITLE, LONGEST_PLACE = 100, 80
MOST_PEOPLE = 40
SAME_WITHIN = timedelta(minutes=10)  # the very same session sent again is a button pressed twice, or a page sent again
# What may be said of each person, in the order of the screen.
SAID = (AppointmentState.ATTENDED, AppointmentState.EXCUSED, AppointmentState.MISSED)


@dataclass(frozen=True, kw_only=True)
class Tick:
    """What was ticked for one person: her appointment as it was read (`version`), and what became of it."""

    appointment_id: str
    state: AppointmentState
    version: int


def read_title(typed: str) -> str:
    """The title, trimmed; `Invalid` (field `title`) when empty or over 100 characters."""
    title = " ".join(typed.split())
    if not title:
        raise Invalid("Donnez un nom à cet atelier.", field="title")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"Ce nom est trop long : {LONGEST_TITLE} caractères au plus.", field="title")
    return title


def read_place(typed: str) -> str:
    """The place, trimmed, perhaps empty; `Invalid` (field `place`) over 80 characters."""
    place = " ".join(typed.split())
    if len(place) > LONGEST_PLACE:
        raise Invalid(f"Ce lieu est trop long : {LONGEST_PLACE} caractères au plus.", field="place")
    return place


def subject_of(title: str, place: str) -> str:
    """What each person reads of the session: its name, then where."""
    return f"{title} ({place})" if place else title


def check_number(number: int) -> None:
    """`Refused` (field `people`) when a session would hold more than 40 people."""
    if number > MOST_PEOPLE:
        raise Refused(f"Un atelier compte {MOST_PEOPLE} personnes au plus. Prévoyez-en un deuxième.", field="people")


def check_joining(starts_at: datetime, *, is_cancelled: bool, today: date) -> None:
    """`Refused` for a session that was cancelled, or whose day is past: somebody may still join it during the day."""
    if is_cancelled:
        raise Refused("Cet atelier est annulé.")
    if local_day(starts_at) < today:
        raise Refused("Cet atelier est passé : plus personne ne peut y être ajouté.")


def may_be_said(starts_at: datetime, *, now: datetime) -> Iterable[AppointmentState]:
    """What may be said by now: « excusé·e » alone until its hour, then who came and who did not."""
    return SAID if starts_at <= now else (AppointmentState.EXCUSED,)
