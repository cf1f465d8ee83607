"""The stages of a step as her copy holds them, those taken back too."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from pathway.casework.enrolments.tables import EnrolmentStage
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_stage = table_of(EnrolmentStage)
_EVERY = select(_stage).where(_stage.c.enrolment_id == bindparam("enrolment_id")).order_by(_stage.c.seq)


def copied_stages(tx: Transaction, enrolment_id: str, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each stage a step of hers came to, oldest first, in values of JSON. `names`: stage key → name, of its scheme."""
    rows = tx.execute(_EVERY, {"enrolment_id": enrolment_id}) if names else ()
    return [
        {
            "phase": names.get(row.stage, row.stage),
            "le": row.on_day.isoformat(),
            "annulee_le": row.cancelled_at.isoformat() if row.cancelled_at else None,
        }
        for row in rows
    ]
