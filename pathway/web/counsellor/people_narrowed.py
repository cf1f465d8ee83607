"""How a caseload is narrowed: read from the address of the list, said again in it, applied to its lines.

There is no order by name: names are sealed, and each one opened is told to its person.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pathway.casework.followup.queries import FollowedRow
from pathway.kernel.choice import Choice

WHOLE = "tous"
_WEEK = timedelta(days=7)


class Waiting(Choice):
    """What one looks for among them."""

    ANYBODY = "", "Tout le monde"
    LATE = "retard", "Un point en retard"
    SOON = "semaine", "Un point dans les 7 jours"
    NOTHING = "sans-point", "Aucun point ouvert"
    LOST = "perdues", "Perdues de vue"


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """One way to see the list. `scheme_id` is empty for all schemes."""

    only_mine: bool = True
    waiting: Waiting = Waiting.ANYBODY
    scheme_id: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked but whose people."""
        return self == Narrowed(only_mine=self.only_mine)

    def asked(self) -> dict[str, str]:
        """The same as parameters of the address; what is usual is not said."""
        said = {
            "filtre": "" if self.only_mine else WHOLE,
            "attente": self.waiting.value,
            "dispositif": self.scheme_id,
        }
        return {name: value for name, value in said.items() if value}


def read(asked: Mapping[str, str], schemes: Collection[str]) -> Narrowed:
    """What the address asks; what it does not know is left out."""
    scheme = asked.get("dispositif", "")
    return Narrowed(
        only_mine=asked.get("filtre") != WHOLE,
        waiting=_waiting(asked.get("attente", "")),
        scheme_id=scheme if scheme in schemes else "",
    )


def of_everybody(chosen: Narrowed, *, only_mine: bool) -> Narrowed:
    """The same list of one's own people, or of the whole structure's."""
    return replace(chosen, only_mine=only_mine)


def kept(
    rows: Collection[FollowedRow],
    chosen: Narrowed,
    *,
    today: date,
    in_scheme: Collection[str],
    lost: Collection[str],
) -> list[FollowedRow]:
    """Those that list shows, the next due first and those with nothing due last."""
    shown = [
        row
        for row in rows
        if (not chosen.scheme_id or row.record_id in in_scheme) and _waits(row, chosen.waiting, today, lost)
    ]
    return sorted(shown, key=lambda row: (row.next_due_on or date.max, row.record_id))


def _waits(row: FollowedRow, waiting: Waiting, today: date, lost: Collection[str]) -> bool:
    due = row.next_due_on
    match waiting:
        case Waiting.LATE:
            return due is not None and due < today
        case Waiting.SOON:
            return due is not None and today <= due <= today + _WEEK
        case Waiting.NOTHING:
            return due is None
        case Waiting.LOST:
            return row.record_id in lost
    return True


def _waiting(code: str) -> Waiting:
    return next((member for member in Waiting if member.value == code), Waiting.ANYBODY)
