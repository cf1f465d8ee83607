"""A file given on a screen, before anybody is brought in: read, kept sealed, its sheet and its columns chosen."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from sqlalchemy import delete, insert, select, update

from pathway.casework.intake.cells import without_nir
from pathway.casework.intake.queries import PLAN, ImportLine, SheetPlan, one_import, plan_of
from pathway.casework.intake.reading import Sheet, open_sheets
from pathway.casework.intake.rules import choose_columns, suggest_columns
from pathway.casework.intake.shapes import shape_of, tells_somebody
from pathway.casework.intake.states import NOT_BEGUN, UNDO_WITHIN, ImportState
from pathway.casework.intake.tables import ImportBatch
from pathway.casework.intake.writing import LOT, StagedRow, destroy, packed, stage, unstage
from pathway.casework.partners.queries import known_structure
from pathway.casework.partners.rules import StructureKind
from pathway.kernel.errors import Conflict, Invalid, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_batch = table_of(ImportBatch)

LARGEST_UPLOAD = 25 * 1024 * 1024
MOST_ROWS = 200_000
MOST_SHEETS = 20
UNFINISHED_FOR = timedelta(days=7)  # a file nobody brought in is not kept longer
_SAMPLED = 1000  # rows whose cells tell what a column looks like
_LONGEST_NAME = 80
TOO_HEAVY = f"Ce fichier est trop lourd. Choisissez un fichier de {LARGEST_UPLOAD // 1024**2} Mo au plus."
_MOVED = "Cet import a avancé entre-temps. Relisez où il en est."
_NOT_THERE = "Choisissez une structure active qui suit des personnes."
_NO_TITLES = (
    "La première ligne semble décrire une personne : il faut des titres de colonnes. Ajoutez au-dessus une ligne qui "
    "dit ce qu’est chaque colonne, puis donnez le fichier de nouveau."
)


@dataclass(frozen=True, kw_only=True)
class ReadSheet:
    """One table of a file, ready to be kept: what it looks like, and its rows packed in lots."""

    plan: SheetPlan
    pieces: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """A file read whole. `name`: how it is called, without folders."""

    name: str
    sheets: tuple[ReadSheet, ...]


def read_file(content: bytes, *, name: str) -> ReadFile:
    """Go through a file (CSV or workbook) outside any transaction. `Invalid` in French, field `file`, when it cannot be
    read, is too heavy or too long. No social security number stays in what is given."""
    if len(content) > LARGEST_UPLOAD:
        raise Invalid(TOO_HEAVY, field="file")
    sheets = open_sheets(content)
    if len(sheets) > MOST_SHEETS:
        raise Invalid(f"Ce classeur a plus de {MOST_SHEETS} feuilles. Gardez celle des personnes.", field="file")
    if len(sheets) == 1:
        _check_titles(sheets[0].titles, field="file")
    called = PurePath(name.replace("\\", "/")).name
    shown = "".join(sign for sign in called if sign.isprintable())[:_LONGEST_NAME]
    return ReadFile(name=shown or "fichier", sheets=tuple(_read_sheet(one) for one in sheets))


def receive_file(tx: Transaction, *, structure_id: str, read: ReadFile) -> str:
    """Keep a file to be brought into that structure, sealed under a key of its own; gives the import's id. Nothing of
    anybody is written yet. `Invalid` (field `structure`) for one that follows nobody."""
    structure = known_structure(tx, structure_id)
    if not structure.is_active or structure.kind is StructureKind.TERRITORY:
        raise Invalid(_NOT_THERE, field="structure")
    batch_id = new_id()
    only = 0 if len(read.sheets) == 1 else None
    add_batch(tx, batch_id, structure_id=structure_id, state=ImportState.RECEIVED, is_staged=True)
    tx.sealing.create(batch_id, {PLAN: plan_payload(read.name, [one.plan for one in read.sheets], sheet=only)})
    tx.sealing.flush()
    for number, one in enumerate(read.sheets):
        stage(tx, batch_id, number, one.pieces)
    if only is not None:
        tx.execute(update(_batch).where(_batch.c.id == batch_id).values(rows=read.sheets[only].plan.rows))
    tx.journal("receive_import", batch=batch_id, structure_read=structure_id)
    return batch_id


def add_batch(tx: Transaction, batch_id: str, *, structure_id: str, state: ImportState, is_staged: bool) -> None:
    """The line of an import that begins, all its counts at zero."""
    counts = dict.fromkeys(("created", "known", "refused", "warnings", "rows", "read", "taken_back", "kept"), 0)
    values = {
        "id": batch_id,
        "structure_id": structure_id,
        "account_id": tx.actor.account_id,
        "state": state.value,
        "is_staged": is_staged,
        "problem": "",
        "started_at": tx.now,
        "undo_until": None if state in NOT_BEGUN else tx.now + UNDO_WITHIN,
    }
    tx.execute(insert(_batch).values(**values, **counts))


def plan_payload(
    name: str, sheets: list[SheetPlan], *, sheet: int | None, chosen: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What is sealed of how a file is read."""
    kept = [{key: list(v) if isinstance(v, tuple) else v for key, v in asdict(one).items()} for one in sheets]
    return {"name": name, "sheets": kept, "sheet": sheet, "chosen": dict(chosen) if chosen is not None else None}


def choose_sheet(tx: Transaction, batch_id: str, *, sheet: int) -> None:
    """Keep one table of a workbook and forget the others. `Conflict` when it is chosen already."""
    _check_stands(tx, batch_id, ImportState.RECEIVED)
    plan = plan_of(tx, batch_id)
    if plan.sheet is not None:
        raise Conflict(_MOVED)
    if not 0 <= sheet < len(plan.sheets):
        raise Invalid("Choisissez une feuille dans la liste.", field="sheet")
    _check_titles(plan.sheets[sheet].titles, field="sheet")
    only = [plan.sheets[sheet]]
    _move(tx, batch_id, ImportState.RECEIVED, rows=only[0].rows)
    unstage(tx, batch_id, but_sheet=sheet)
    # The pieces keep the number under which they were sealed.
    padded = [replace(one, titles=(), filled=(), shapes=(), name="") for one in plan.sheets]
    padded[sheet] = only[0]
    tx.sealing.write(batch_id, PLAN, plan_payload(plan.name, padded, sheet=sheet), seq=plan.seq)
    tx.journal("choose_import_sheet", batch=batch_id)


def choose_import_columns(tx: Transaction, batch_id: str, *, chosen: Mapping[str, str]) -> None:
    """Say what each column is (title → item) and have the whole file checked. `Invalid` as `choose_columns`;
    `Conflict` once the import has begun."""
    line, plan = one_import(tx, batch_id), plan_of(tx, batch_id)
    choose_columns(plan.table.titles, chosen)
    _check_may_change(line)
    _move(tx, batch_id, line.state, to=ImportState.CHECKING, read=0, problem="", leased_until=None)
    payload = plan_payload(plan.name, list(plan.sheets), sheet=plan.sheet, chosen=chosen)
    tx.sealing.write(batch_id, PLAN, payload, seq=plan.seq)
    tx.journal("choose_import_columns", batch=batch_id)


def start_import(tx: Transaction, batch_id: str) -> None:
    """Have the people of a checked file brought in. `Conflict` when it is not checked, or begun already."""
    if not known_structure(tx, one_import(tx, batch_id).structure_id).is_active:
        raise Refused("Cette structure a fermé entre-temps : elle ne reçoit plus personne. Abandonnez ce fichier.")
    zero = dict.fromkeys(("created", "known", "refused", "warnings", "read"), 0)
    undo = {"undo_until": tx.now + UNDO_WITHIN, "leased_until": None, "problem": ""}
    _move(tx, batch_id, ImportState.CHECKED, to=ImportState.RUNNING, **zero, **undo)
    tx.journal("start_import", batch=batch_id)


def resume_import(tx: Transaction, batch_id: str) -> None:
    """Have an import that stopped on an error gone on with, from where it was."""
    stopped = (_batch.c.id == batch_id, _batch.c.problem != "")
    if tx.execute(update(_batch).where(*stopped).values(problem="", leased_until=None)).rowcount != 1:
        raise Conflict(_MOVED)
    tx.journal("resume_import", batch=batch_id)


def drop_import(tx: Transaction, batch_id: str) -> None:
    """Give up a file before anybody is brought in: all that was kept of it is deleted. `Refused` later."""
    if one_import(tx, batch_id).state not in NOT_BEGUN:
        raise Refused("Cet import a commencé : il ne s’abandonne plus. Une fois terminé, il peut être annulé.")
    destroy(tx, [batch_id])
    tx.execute(delete(_batch).where(_batch.c.id == batch_id))
    tx.journal("drop_import", batch=batch_id)


def forget_imports(tx: Transaction) -> int:
    """Delete what imports keep once they can no longer be undone, and files nobody brought in; how many imports."""
    over = (
        _batch.c.undo_until.is_not(None),
        _batch.c.undo_until <= tx.now,
        _batch.c.state != ImportState.UNDOING.value,
    )
    late = (_batch.c.state.in_([one.value for one in NOT_BEGUN]), _batch.c.started_at <= tx.now - UNFINISHED_FOR)
    past = list(tx.execute(select(_batch.c.id).where(*over)).scalars())
    left = list(tx.execute(select(_batch.c.id).where(*late)).scalars())
    destroy(tx, [*past, *left])
    if past:
        tx.execute(update(_batch).where(_batch.c.id.in_(past)).values(undo_until=None))
    if left:
        tx.execute(delete(_batch).where(_batch.c.id.in_(left)))
    return len(past) + len(left)


def _check_titles(titles: Sequence[str], *, field: str) -> None:
    """Titles are shown to the operator, who reads no cell: a file without any would show somebody."""
    if len(suggest_columns(titles)) < 2 and tells_somebody(titles):
        raise Invalid(_NO_TITLES, field=field)


def _check_may_change(line: ImportLine) -> None:
    if line.state not in NOT_BEGUN or (line.state is ImportState.CHECKING and not line.problem and not line.is_waiting):
        raise Conflict(_MOVED)


def _check_stands(tx: Transaction, batch_id: str, state: ImportState) -> None:
    if one_import(tx, batch_id).state is not state:
        raise Conflict(_MOVED)


def _move(
    tx: Transaction, batch_id: str, state: ImportState, *, to: ImportState | None = None, **values: object
) -> None:
    """Change an import that stands there; two clicks never do it twice."""
    here = (_batch.c.id == batch_id, _batch.c.state == state.value)
    change = update(_batch).where(*here).values(state=(to or state).value, **values)
    if tx.execute(change).rowcount != 1:
        raise Conflict(_MOVED)


def _read_sheet(sheet: Sheet) -> ReadSheet:
    titles = _apart(sheet.titles)
    sampled: list[list[str]] = [[] for _ in titles]
    filled: Counter[int] = Counter()
    pieces, lot, rows = list[str](), list[StagedRow](), 0
    for line, cells in _lines(sheet, titles):
        rows += 1
        lot.append((line, cells))
        for place, cell in enumerate((cells or [])[: len(titles)]):
            if cell.strip():
                filled[place] += 1
                if rows <= _SAMPLED:
                    sampled[place].append(cell)
        if len(lot) == LOT:
            pieces.append(packed(lot))
            lot = []
    plan = SheetPlan(
        name=sheet.name,
        titles=titles,
        filled=tuple(filled[place] for place in range(len(titles))),
        shapes=tuple(shape_of(cells) for cells in sampled),
        rows=rows,
    )
    return ReadSheet(plan=plan, pieces=(*pieces, packed(lot)) if lot else tuple(pieces))


def _lines(sheet: Sheet, titles: tuple[str, ...]) -> Iterator[StagedRow]:
    for number, (line, cells) in enumerate(sheet.lines(), 1):
        if number > MOST_ROWS:
            raise Invalid(f"Ce fichier a plus de {MOST_ROWS} lignes. Partagez-le en plusieurs fichiers.", field="file")
        yield line, without_nir(titles, cells) if cells is not None else None


def _apart(titles: tuple[str, ...]) -> tuple[str, ...]:
    """Titles that can be told one from another: « Téléphone », « Téléphone (2) »."""
    seen: Counter[str] = Counter()
    named = []
    for title in titles:
        seen[title] += 1
        named.append(title if seen[title] == 1 else f"{title} ({seen[title]})")
    return tuple(named) if len(set(named)) == len(named) else tuple(f"{n}. {one}" for n, one in enumerate(titles, 1))
