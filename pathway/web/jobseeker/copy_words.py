"""How days, spans and labels are said in the cells of the exported record."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.rules import Part
from pathway.kernel.clock import local_day
from pathway.kernel.wording import listed

_FEW_LEFT_OUT = 2
_NO_NAMES = ("Vous", "Une structure")


def stacked(*said: str) -> str:
    """What is said, each on its own line of the cell."""
    return "\n".join(filter(None, said))


def lowered(said: str) -> str:
    """A label within a sentence."""
    return f"{said[:1].lower()}{said[1:]}"


def told_by(who: str) -> str:
    """Who did it, within a sentence: « vous »; the name of a structure keeps its capital."""
    return lowered(who) if who in _NO_NAMES else who


def said_span(one: Mapping[str, Any]) -> str:
    """From when to when it held."""
    start = said_at(one["depuis"])
    return f"Du {start} au {said_at(one['jusqu_au'])}" if one["jusqu_au"] else f"Depuis le {start}, sans fin prévue"


def said_at(instant: str) -> str:
    """The day of an instant, in figures."""
    return _short(local_day(datetime.fromisoformat(instant)))


def said_on(day: str) -> str:
    """A day, in figures."""
    return _short(date.fromisoformat(day))


def said_parts(labels: Sequence[str]) -> str:
    """The parts named; those that hold nearly all of her information, by what they leave out."""
    left_out = [one.label for one in Section if one.label not in labels]
    if len(left_out) > _FEW_LEFT_OUT:
        return listed(list(labels))
    held = f"Toutes vos informations, sauf : {listed(left_out)}" if left_out else "Toutes vos informations"
    others = [lowered(one.label) for one in Part if one.label in labels]
    return " ; ".join([held, *others])


def _short(day: date) -> str:
    return f"{day:%d/%m/%Y}"
