"""What becomes of actions of a plan when whoever was to do them leaves: a colleague's, or nobody's in particular."""

from collections.abc import Sequence

from sqlalchemy import select

from pathway.casework.action_plan.queries import owned_lines
from pathway.casework.action_plan.tables import ActionPlanChange
from pathway.casework.action_plan.writing import give_line
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_change = table_of(ActionPlanChange)


def give_actions(
    tx: Transaction, *, structure_id: str, from_id: str, to_id: str | None, cards: Sequence[str] = ()
) -> list[str]:
    """Give a colleague the open actions that another was to do in that structure (about those cards, or anybody); gives
    the cards they are about. Without colleague they stay in the plan, for whoever follows her."""
    found = owned_lines(tx, account_id=from_id, structure_id=structure_id, cards=tuple(cards))
    for row in found:
        here = (_change.c.line_id == row.id, _change.c.number == row.version)
        content = tx.execute(select(_change.c.content).where(*here)).scalar_one()
        give_line(tx, row, content, to_id)
    return sorted({row.record_id for row in found})
