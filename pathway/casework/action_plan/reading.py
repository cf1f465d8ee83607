"""Rows of plans and contracts, opened. Who may read them is for `queries` to say."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select

from pathway.casework.action_plan.rules import EngagementState, Line, LineKind, LineState
from pathway.casework.action_plan.tables import ActionPlanChange, ActionPlanLine, Engagement, EngagementChange
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_line = table_of(ActionPlanLine)
_change = table_of(ActionPlanChange)
_engagement = table_of(Engagement)
_engagement_change = table_of(EngagementChange)

# The words are those of the last change: what is sealed is never written over.
LINES: Select[Any] = select(_line, _change.c.content).join(
    _change, and_(_change.c.line_id == _line.c.id, _change.c.number == _line.c.version)
)
ENGAGEMENTS: Select[Any] = select(_engagement, _engagement_change.c.content).join(
    _engagement_change,
    and_(_engagement_change.c.engagement_id == _engagement.c.id, _engagement_change.c.number == _engagement.c.version),
)
# A code of a theme is long or short: by its length alone, the base would tell one of health from « Mobilité ».
_BUCKET = 256
_LINE, _ENGAGEMENT = "action_plan_change", "engagement_change"


@dataclass(frozen=True, kw_only=True)
class EngagementView:
    """One contrat d’engagement, opened. `record_id`: the card it is kept under."""

    id: str
    record_id: str
    structure_id: str
    state: EngagementState
    from_on: date
    until_on: date | None
    review_on: date | None
    reference: str
    objectives: str
    changed_at: datetime
    version: int


def line_of(tx: Transaction, row: Row[Any]) -> Line:
    """A row of `LINES`, opened."""
    said = opened_words(tx, row.record_id, row.id, row.version, row.content)
    return Line(
        id=row.id,
        record_id=row.record_id,
        structure_id=row.structure_id,
        kind=LineKind(row.kind),
        parent_id=row.parent_id,
        root_id=row.root_id,
        state=LineState(row.state),
        theme=said["theme"],
        text=said["text"],
        is_hers=row.is_hers,
        owner_id=row.owner_id,
        due_on=row.due_on,
        recorded_at=row.recorded_at,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        by_herself=not row.changed_in,
        version=row.version,
    )


def engagement_of(tx: Transaction, row: Row[Any]) -> EngagementView:
    """A row of `ENGAGEMENTS`, opened."""
    said = opened_terms(tx, row.record_id, row.id, row.version, row.content)
    return EngagementView(
        id=row.id,
        record_id=row.record_id,
        structure_id=row.structure_id,
        state=EngagementState(row.state),
        from_on=row.from_on,
        until_on=row.until_on,
        review_on=row.review_on,
        reference=said["reference"],
        objectives=said["objectives"],
        changed_at=row.changed_at,
        version=row.version,
    )


def sealed_words(tx: Transaction, card_id: str, line_id: str, number: int, *, theme: str, text: str) -> bytes:
    """Theme and words of that form of a line, sealed for its card."""
    said = {"theme": theme, "text": text}
    return tx.sealing.seal_value(card_id, _LINE, f"{line_id}-{number}", said, bucket=_BUCKET)


def opened_words(tx: Transaction, card_id: str, line_id: str, number: int, content: bytes) -> dict[str, str]:
    """What `sealed_words` sealed: `theme` and `text`."""
    found: dict[str, str] = tx.sealing.open_value(card_id, _LINE, f"{line_id}-{number}", content)
    return found


def sealed_terms(tx: Transaction, card_id: str, engagement_id: str, number: int, terms: dict[str, str]) -> bytes:
    """Reference and objectives of that form of a contract, sealed for its card."""
    return tx.sealing.seal_value(card_id, _ENGAGEMENT, f"{engagement_id}-{number}", terms)


def opened_terms(tx: Transaction, card_id: str, engagement_id: str, number: int, content: bytes) -> dict[str, str]:
    """What `sealed_terms` sealed: `reference` and `objectives`."""
    found: dict[str, str] = tx.sealing.open_value(card_id, _ENGAGEMENT, f"{engagement_id}-{number}", content)
    return found
