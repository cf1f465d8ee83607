"""Which stage of her scheme a person is in, and those she passed through: shown to whoever may see the step."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, func, select

from pathway.casework.enrolments.tables import Enrolment, EnrolmentStage
from pathway.casework.sharing.queries import of_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_enrolment = table_of(Enrolment)
_stage = table_of(EnrolmentStage)

_STANDS = _stage.c.cancelled_at.is_(None)
_HERS = (
    select(_stage)
    .join(_enrolment, _enrolment.c.id == _stage.c.enrolment_id)
    .where(
        of_person(_stage.c.record_id),
        _STANDS,
        seen_in(bindparam("record_id"), Part.PATHWAY.value, by=_enrolment.c.structure_id),
    )
    .order_by(_stage.c.enrolment_id, _stage.c.seq)
)
_OF_STEP = select(_stage).where(_stage.c.enrolment_id == bindparam("enrolment_id"), _STANDS).order_by(_stage.c.seq)
_later = _stage.alias()
_IS_LAST = ~(
    select(_later.c.seq)
    .where(
        _later.c.enrolment_id == _stage.c.enrolment_id,
        _later.c.seq > _stage.c.seq,
        _later.c.cancelled_at.is_(None),
    )
    .exists()
)
_STANDING = (
    select(_stage.c.stage, func.count().label("steps"))
    .join(_enrolment, _enrolment.c.id == _stage.c.enrolment_id)
    .where(
        _enrolment.c.scheme_id == bindparam("scheme_id"),
        _enrolment.c.exited_at.is_(None),
        _STANDS,
        _IS_LAST,
    )
    .group_by(_stage.c.stage)
)


@dataclass(frozen=True, kw_only=True)
class StageLine:
    """A stage a step came to: the key of the stage in its scheme, since which day, who said it. `is_entry`: the entry
    itself put the person there."""

    seq: int
    stage: str
    on: date
    account_id: str
    is_entry: bool


def stages_of(tx: Transaction, record_id: str) -> dict[str, tuple[StageLine, ...]]:
    """Step id → the stages it came to, oldest first, of one person; empty when the actor may not see her steps."""
    found: dict[str, tuple[StageLine, ...]] = {}
    for row in tx.execute(_HERS, {"record_id": record_id, **sight(tx)}):
        found[row.enrolment_id] = (*found.get(row.enrolment_id, ()), _line(row))
    return found


def stages_of_step(tx: Transaction, enrolment_id: str) -> tuple[StageLine, ...]:
    """The stages a step that the actor was just shown came to, oldest first."""
    return tuple(_line(row) for row in tx.execute(_OF_STEP, {"enrolment_id": enrolment_id}))


def standing_in(tx: Transaction, scheme_id: str) -> dict[str, int]:
    """Stage key → how many steps under way are in it, in the whole territory. Counts only."""
    return {row.stage: int(row.steps) for row in tx.execute(_STANDING, {"scheme_id": scheme_id})}


def _line(row: Row[Any]) -> StageLine:
    return StageLine(
        seq=row.seq, stage=row.stage, on=row.on_day, account_id=row.account_id, is_entry=bool(row.is_entry)
    )
