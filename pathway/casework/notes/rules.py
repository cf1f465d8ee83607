"""How long a note may be, until when it is corrected or given back, and whom it may be offered to. Pure."""

from datetime import datetime, timedelta

from pathway.casework.notes.vocabulary import Audience, RemovalReason
from pathway.kernel.errors import Invalid, Refused

__all__ = [
    "LONGEST",
    "UNREADABLE",
    "Audience",
    "RemovalReason",
    "check_audience",
    "check_may_correct",
    "check_may_restore",
    "is_forgotten",
    "may_correct",
    "offered",
    "read_text",
]

LONGEST = 4000  # characters: two pages
CORRECTED_WITHIN = timedelta(hours=24)
RESTORED_WITHIN = timedelta(minutes=10)
TWICE_WITHIN = timedelta(minutes=2)
UNREADABLE = "Cette note ne peut pas être lue : son contenu est abîmé. Merci de prévenir l’exploitant de la carte."

_EMPTY = "Écrivez votre note."
_TOO_LONG = f"Cette note est trop longue : {LONGEST} caractères au plus."
_TOO_LATE = "Une note se corrige pendant 24 heures. Écrivez-en une nouvelle : les deux resteront."
_GONE = "Cette note est retirée depuis plus de dix minutes : son texte est effacé."
_STAYS_HERE = "Les notes de votre structure n’en sortent pas. Choisissez « Ma structure » ou « Avec la personne »."


def read_text(typed: str) -> str:
    """What is kept of what was typed, without blanks around; `Invalid` (field `text`) when empty or too long."""
    text = typed.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid(_EMPTY, field="text")
    if len(text) > LONGEST:
        raise Invalid(_TOO_LONG, field="text")
    return text


def offered(*, is_sensitive: bool) -> list[Audience]:
    """Who a note may be written for: a sensitive structure shares none with other structures."""
    return [one for one in Audience if not (is_sensitive and one is Audience.FOLLOWERS)]


def check_audience(audience: Audience, *, is_sensitive: bool) -> None:
    """`Refused` (field `audience`) when that structure may not write for them."""
    if audience not in offered(is_sensitive=is_sensitive):
        raise Refused(_STAYS_HERE, field="audience")


def may_correct(written_at: datetime, *, now: datetime) -> bool:
    """Whether its author may still mend the words: for 24 hours. Later, others have acted on them."""
    return now < written_at + CORRECTED_WITHIN


def check_may_correct(written_at: datetime, *, now: datetime) -> None:
    """`Refused` (field `text`) once a note stands as it is."""
    if not may_correct(written_at, now=now):
        raise Refused(_TOO_LATE, field="text")


def is_forgotten(removed_at: datetime, *, now: datetime) -> bool:
    """Whether a note taken away may no longer be given back: ten minutes later its text goes for good."""
    return now >= removed_at + RESTORED_WITHIN


def check_may_restore(removed_at: datetime, *, now: datetime) -> None:
    """`Refused` once it is forgotten."""
    if is_forgotten(removed_at, now=now):
        raise Refused(_GONE)
