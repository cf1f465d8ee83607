"""The few statements that write plans and contracts, each leaving the form it gave them."""

from datetime import date
from typing import Any

from sqlalchemy import Row, insert, update

from pathway.casework.action_plan.reading import EngagementView, opened_words, sealed_terms, sealed_words
from pathway.casework.action_plan.rules import EngagementState, Line, LineKind, LineState
from pathway.casework.action_plan.tables import ActionPlanChange, ActionPlanLine, Engagement, EngagementChange
from pathway.kernel.errors import Conflict
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_line = table_of(ActionPlanLine)
_change = table_of(ActionPlanChange)
_engagement = table_of(Engagement)
_engagement_change = table_of(EngagementChange)

CHANGED = "Cette ligne vient de changer dans une autre fenêtre. Relisez-la, puis enregistrez de nouveau."
CONTRACT_CHANGED = "Ce contrat vient de changer dans une autre fenêtre. Relisez-le, puis enregistrez de nouveau."


def insert_line(
    tx: Transaction,
    card_id: str,
    *,
    kind: LineKind,
    theme: str,
    text: str,
    under: Line | None = None,
    doing: dict[str, Any] | None = None,
) -> str:
    """A new line of the actor's structure, open; gives its id. `under`: what it hangs under; `doing`: who and when, of
    an action (`is_hers`, `owner_id`, `due_on`)."""
    line_id = new_id()
    said = {"is_hers": False, "owner_id": None, "due_on": None, **(doing or {})}
    row = {
        "id": line_id,
        "record_id": card_id,
        "structure_id": tx.actor.structure_id,
        "kind": kind.value,
        "parent_id": under.id if under else None,
        "root_id": under.root_id if under else line_id,
        "state": LineState.OPEN.value,
        "recorded_at": tx.now,
        "version": 1,
        **said,
        **_gesture(tx),
    }
    tx.execute(insert(_line).values(**row))
    kept = {"state": row["state"], **said}
    _insert_change(tx, card_id, line_id, 1, kept, theme, text)
    return line_id


def change_line(tx: Transaction, found: Line, *, text: str | None = None, **changes: Any) -> None:
    """Change a line as it was read and keep the form it takes; `Conflict` when somebody changed it in between."""
    _update(tx, found.id, found.version, changes)
    kept = {"state": found.state.value, "is_hers": found.is_hers, "owner_id": found.owner_id, "due_on": found.due_on}
    words = found.text if text is None else text
    _insert_change(tx, found.record_id, found.id, found.version + 1, {**kept, **changes}, found.theme, words)


def give_line(tx: Transaction, row: Row[Any], content: bytes, to_id: str | None) -> None:
    """Give an action to a colleague, or to nobody in particular."""
    said = opened_words(tx, row.record_id, row.id, row.version, content)
    # The night has no structure: the gesture is that of the structure whose action it is, never hers.
    by = {"changed_in": row.structure_id}
    _update(tx, row.id, row.version, {"owner_id": to_id, **by})
    kept = {"state": row.state, "is_hers": row.is_hers, "owner_id": to_id, "due_on": row.due_on, **by}
    _insert_change(tx, row.record_id, row.id, row.version + 1, kept, said["theme"], said["text"])


def insert_engagement(tx: Transaction, card_id: str, days: dict[str, date | None], terms: dict[str, str]) -> str:
    """A new contract of the actor's structure, under way; gives its id. `days`: `from_on`, `until_on`, `review_on`."""
    engagement_id = new_id()
    row = {
        "id": engagement_id,
        "record_id": card_id,
        "structure_id": tx.actor.structure_id,
        "state": EngagementState.CURRENT.value,
        "recorded_at": tx.now,
        "changed_at": tx.now,
        "version": 1,
        **days,
    }
    tx.execute(insert(_engagement).values(**row))
    _insert_terms(tx, card_id, engagement_id, 1, {"state": row["state"], **days}, terms)
    return engagement_id


def change_engagement_row(
    tx: Transaction, found: EngagementView, *, terms: dict[str, str] | None = None, **changes: Any
) -> None:
    """Change a contract as it was read and keep the form it takes; `Conflict` when somebody changed it in between."""
    here = (_engagement.c.id == found.id, _engagement.c.version == found.version)
    values = {"version": found.version + 1, "changed_at": tx.now, **changes}
    if tx.execute(update(_engagement).where(*here).values(**values)).rowcount != 1:
        raise Conflict(CONTRACT_CHANGED)
    kept = {
        "state": found.state.value,
        "from_on": found.from_on,
        "until_on": found.until_on,
        "review_on": found.review_on,
    }
    words = terms or {"reference": found.reference, "objectives": found.objectives}
    _insert_terms(tx, found.record_id, found.id, found.version + 1, {**kept, **changes}, words)


def _update(tx: Transaction, line_id: str, version: int, changes: dict[str, Any]) -> None:
    here = (_line.c.id == line_id, _line.c.version == version)
    values = {"version": version + 1, **_gesture(tx), **changes}
    done = tx.execute(update(_line).where(*here).values(**values))
    if done.rowcount != 1:
        raise Conflict(CHANGED)


def _gesture(tx: Transaction) -> dict[str, Any]:
    """Whose gesture it is: hers has no structure."""
    structure_id = "" if tx.actor.record_id else tx.actor.structure_id
    return {"changed_at": tx.now, "changed_by": tx.actor.account_id, "changed_in": structure_id}


def _insert_change(
    tx: Transaction, card_id: str, line_id: str, number: int, kept: dict[str, Any], theme: str, text: str
) -> None:
    gesture = _gesture(tx)
    row = {
        "line_id": line_id,
        "number": number,
        "record_id": card_id,
        "content": sealed_words(tx, card_id, line_id, number, theme=theme, text=text),
        "changed_by": gesture["changed_by"],
        "changed_in": gesture["changed_in"],
        "recorded_at": tx.now,
        **kept,
    }
    tx.execute(insert(_change).values(**row))


def _insert_terms(
    tx: Transaction, card_id: str, engagement_id: str, number: int, kept: dict[str, Any], terms: dict[str, str]
) -> None:
    row = {
        "engagement_id": engagement_id,
        "number": number,
        "record_id": card_id,
        "content": sealed_terms(tx, card_id, engagement_id, number, terms),
        "changed_by": tx.actor.account_id,
        "recorded_at": tx.now,
        **kept,
    }
    tx.execute(insert(_engagement_change).values(**row))
