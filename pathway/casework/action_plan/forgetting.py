"""Forgetting a person: her difficulties, what was done about them, her contracts."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select

from pathway.casework.action_plan.tables import ActionPlanChange, ActionPlanLine, Engagement, EngagementChange
from pathway.casework.action_plan.vocabulary import LineKind
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_line = table_of(ActionPlanLine)
_change = table_of(ActionPlanChange)
_engagement = table_of(Engagement)
_terms = table_of(EngagementChange)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the plan and the contracts of those cards.

    What a linked card says under a difficulty of theirs goes with it: an action hangs on what it is meant to settle.
    """
    roots = select(_line.c.id).where(_line.c.record_id.in_(record_ids), _line.c.id == _line.c.root_id)
    gone = or_(_line.c.record_id.in_(record_ids), _line.c.root_id.in_(roots))
    lines = [row.id for row in tx.execute(select(_line.c.id).where(gone))]
    tx.execute(delete(_change).where(_change.c.line_id.in_(lines)))
    # Those under others first: both engines hold a line to its parent.
    for kind in (LineKind.ACTION, LineKind.GOAL, LineKind.OBSTACLE):
        tx.execute(delete(_line).where(_line.c.id.in_(lines), _line.c.kind == kind.value))
    tx.execute(delete(_terms).where(_terms.c.record_id.in_(record_ids)))
    tx.execute(delete(_engagement).where(_engagement.c.record_id.in_(record_ids)))
