"""What is told of imports: where each stands, what its file looks like, what is refused. Never somebody's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select

from pathway.casework.intake.states import UNDER_WAY, ImportState
from pathway.casework.intake.tables import ImportBatch
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_batch = table_of(ImportBatch)

PLAN, OUTCOME = "plan", "outcome"


@dataclass(frozen=True, kw_only=True)
class ImportLine:
    """One import. `name`: its file, empty once its key is gone. `is_waiting`: nobody goes on with it at this instant;
    `is_cut`: begun by a command that did not end. `may_be_undone`: until `undo_until`."""

    id: str
    structure_id: str
    account_id: str
    name: str
    state: ImportState
    is_staged: bool
    rows: int
    read: int
    created: int
    known: int
    refused: int
    warnings: int
    taken_back: int
    kept: int
    problem: str
    started_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
    undo_until: datetime | None
    is_waiting: bool
    is_cut: bool
    may_be_undone: bool


@dataclass(frozen=True, kw_only=True)
class SheetPlan:
    """One table of the file: its titles, and for each how many cells are filled and what they look like."""

    name: str
    titles: tuple[str, ...]
    filled: tuple[int, ...]
    shapes: tuple[str, ...]
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """How the file is read. `sheet`: the one chosen, None while it is not; `chosen`: title → item, None while nothing
    was chosen; `seq` is given back when it is written again."""

    name: str
    sheets: tuple[SheetPlan, ...]
    sheet: int | None
    chosen: Mapping[str, str] | None
    seq: int

    @property
    def table(self) -> SheetPlan:
        """The table that is brought in; `NotFound` while none is chosen."""
        if self.sheet is None:
            raise NotFound
        return self.sheets[self.sheet]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Rows of which one thing was said: how many, and the lines of the first ones."""

    column: str
    reason: str
    count: int
    lines: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What is refused and what is left out, the most frequent first."""

    refused: tuple[Group, ...]
    left: tuple[Group, ...]


def imports_count(tx: Transaction) -> int:
    """How many imports there were, past or under way."""
    return int(tx.execute(select(func.count()).select_from(_batch)).scalar_one())


def imports(tx: Transaction, *, page: int, per_page: int) -> list[ImportLine]:
    """One page of them, the last first."""
    order = (_batch.c.started_at.desc(), _batch.c.id)
    rows = tx.execute(select(_batch).order_by(*order).limit(per_page).offset((page - 1) * per_page)).all()
    plans = tx.sealing.open_many([row.id for row in rows], PLAN)
    return [_line(tx, row, plans.get(row.id, {}).get("name", "")) for row in rows]


def one_import(tx: Transaction, batch_id: str) -> ImportLine:
    """That import; `NotFound` otherwise."""
    row = tx.execute(select(_batch).where(_batch.c.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound
    return _line(tx, row, tx.sealing.open_many([batch_id], PLAN).get(batch_id, {}).get("name", ""))


def plan_of(tx: Transaction, batch_id: str) -> ImportPlan:
    """How its file is read; `NotFound` once its key is gone."""
    opened = tx.sealing.open(batch_id, [PLAN])[PLAN]
    kept = opened.payload
    return ImportPlan(
        name=kept["name"],
        sheets=tuple(_sheet(one) for one in kept["sheets"]),
        sheet=kept["sheet"],
        chosen=kept["chosen"],
        seq=opened.seq,
    )


def outcome_of(tx: Transaction, batch_id: str) -> Outcome:
    """What is refused and left out of it; nothing before the file was gone through."""
    opened = tx.sealing.open(batch_id, [OUTCOME]).get(OUTCOME)
    kept = opened.payload if opened else {"refused": [], "left": []}
    return Outcome(refused=_groups(kept["refused"]), left=_groups(kept["left"]))


def waiting_import(tx: Transaction) -> str:
    """The import under way that nobody goes on with, the oldest first; empty when there is none."""
    free = or_(_batch.c.leased_until.is_(None), _batch.c.leased_until < tx.now)
    may_go_on = or_(_batch.c.is_staged, _batch.c.state == ImportState.UNDOING.value)
    here = (_batch.c.state.in_([one.value for one in UNDER_WAY]), _batch.c.problem == "", may_go_on, free)
    order = (_batch.c.started_at, _batch.c.id)
    found = tx.execute(select(_batch.c.id).where(*here).order_by(*order).limit(1)).scalar_one_or_none()
    return str(found or "")


def is_bringing(tx: Transaction, structure_id: str) -> bool:
    """Whether an import into that structure is begun and not over: people still come."""
    here = (_batch.c.structure_id == structure_id, _batch.c.state == ImportState.RUNNING.value)
    return tx.execute(select(_batch.c.id).where(*here).limit(1)).first() is not None


def _line(tx: Transaction, row: Row[Any], name: str) -> ImportLine:
    state = ImportState(row.state)
    is_free = row.leased_until is None or row.leased_until < tx.now
    is_cut = state is ImportState.RUNNING and not row.is_staged and is_free
    is_over = state is ImportState.DONE or is_cut
    return ImportLine(
        **{one: row._mapping[one] for one in _AS_KEPT},
        name=name,
        state=state,
        is_waiting=state in UNDER_WAY and is_free,
        is_cut=is_cut,
        may_be_undone=is_over and row.undo_until is not None and tx.now < row.undo_until,
    )


_AS_KEPT = (
    "id",
    "structure_id",
    "account_id",
    "is_staged",
    "rows",
    "read",
    "created",
    "known",
    "refused",
    "warnings",
    "taken_back",
    "kept",
    "problem",
    "started_at",
    "finished_at",
    "undone_at",
    "undo_until",
)


def _sheet(kept: Mapping[str, Any]) -> SheetPlan:
    return SheetPlan(
        name=kept["name"],
        titles=tuple(kept["titles"]),
        filled=tuple(kept["filled"]),
        shapes=tuple(kept["shapes"]),
        rows=kept["rows"],
    )


def _groups(kept: Sequence[Sequence[Any]]) -> tuple[Group, ...]:
    return tuple(
        Group(column=column, reason=reason, count=count, lines=tuple(lines)) for column, reason, count, lines in kept
    )
