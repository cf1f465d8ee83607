"""The remark of a record that should be archived and is not (N15), for who opens it."""

from collections.abc import Sequence
from datetime import date

from pathway.casework.alerts.notices import Notice
from pathway.casework.enrolments.queries import StepView
from pathway.casework.followup.queries import ContactLine, PointLine
from pathway.casework.followup.rules import ContactResult
from pathway.casework.retention.queries import delays
from pathway.casework.retention.rules import Delays, Kept, archive_blocked, is_silent
from pathway.casework.territory.rules import NUMBERS, Setting
from pathway.store.transaction import Transaction

_SHORTEST = Delays(active_months=NUMBERS[Setting.RETENTION_ACTIVE][0])


def archive_notice(
    tx: Transaction, *, walked: Sequence[StepView], spoken: Sequence[ContactLine], points: Sequence[PointLine]
) -> Notice | None:
    """N15, by the territory's own delay; `walked`, `spoken`, `points`: the steps, contacts and open points of the
    record, as the reader was shown them. What another structure knows changes nothing: the remark would tell it.

    The delay is asked only where what the reader sees is older than the shortest one.
    """
    point = min(points, key=lambda one: (one.due_on, one.id), default=None)
    seen_on = _seen_on(walked, spoken)
    if point is None or seen_on is None or not is_silent(seen_on, _SHORTEST, on=tx.today):
        return None
    known = Kept(last_on=seen_on, is_busy=True)
    return archive_blocked(known, delays(tx), point_id=point.id, due_on=point.due_on, on=tx.today)


def _seen_on(walked: Sequence[StepView], spoken: Sequence[ContactLine]) -> date | None:
    """The last time she was met or reached, as far as the reader sees: an entry is made with her."""
    reached = (one.made_on for one in spoken if one.result is ContactResult.REACHED)
    return max((*reached, *(one.entered_on for one in walked)), default=None)
