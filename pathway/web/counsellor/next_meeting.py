"""The next appointment of a person, for the head of her record: before a point de suivi that comes later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from pathway.casework.encounters.queries import coming_appointments
from pathway.casework.followup.queries import PointLine
from pathway.casework.partners.queries import staff_names
from pathway.kernel.clock import local_day
from pathway.kernel.wording import said_hour
from pathway.store.transaction import Transaction


@dataclass(frozen=True, kw_only=True)
class NextMeeting:
    """When, with whom and about what. `leads`: whether it comes before every point de suivi; else it stands aside."""

    href: str
    on: date
    at: str
    who: str
    subject: str
    leads: bool


def next_meeting(
    tx: Transaction, ref: str, points: Sequence[PointLine], names: Mapping[str, str], people: Mapping[str, str]
) -> NextMeeting | None:
    """The next appointment the reader may see, not yet over; None without one.

    `names`: of structures; `people`: of the professionals already known to the page.
    """
    one = next((found for found in coming_appointments(tx, ref) if found.ends_at > tx.now), None)
    if one is None:
        return None
    known = people if one.account_id in people else staff_names(tx, [one.account_id])
    on = local_day(one.starts_at)
    return NextMeeting(
        href=url_for("counsellor.appointment", ref=one.id),
        on=on,
        at=said_hour(one.starts_at),
        who=", ".join(filter(None, [known.get(one.account_id, ""), names.get(one.structure_id, "")])),
        subject=one.subject,
        leads=not points or on <= points[0].due_on,
    )
