"""Writing a draft of the follow-up rules, publishing it from a day on, abandoning it. What is published stays."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from pathway.casework.partners.tables import Structure
from pathway.casework.policies.queries import writes_for
from pathway.casework.policies.rules import Policy, PolicyState, in_order, to_json
from pathway.casework.policies.tables import PolicyVersion
from pathway.kernel.errors import Conflict, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.kernel.wording import said_date
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_version = table_of(PolicyVersion)
_structure = table_of(Structure)

_LATEST = timedelta(days=366)
_OF_TERRITORY = "territoire"
_CHANGED = "Ce brouillon vient d’être modifié ou publié par quelqu’un d’autre. Rechargez la page."


def write_draft(tx: Transaction, *, policy: Policy, scheme_id: str | None, seq: int = 0) -> str:
    """Keep a draft of the actor's structure for that scheme, or for all of them (None); gives its id. The operator
    writes for the territory. One draft at a time for each.

    `seq`: of the draft it rewrites, 0 when it is the first writing. `Conflict` when somebody wrote it in between. The
    version of `policy` is not read: a draft is given its own.
    """
    structure_id = writes_for(tx) or None
    scope, body = _scope(structure_id, scheme_id), to_json(in_order(policy))
    if seq:
        return _rewrite(tx, scope, body, seq)
    if tx.execute(select(_version.c.id).where(_version.c.scope == scope, _is_draft())).first() is not None:
        raise Conflict(_CHANGED)
    values = {
        "id": new_id(),
        "structure_id": structure_id,
        "scheme_id": scheme_id,
        "scope": scope,
        "version": _next_version(tx, structure_id),
        "body": body,
        "state": PolicyState.DRAFT.value,
        "seq": 1,
        "written_by": tx.actor.account_id,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_version), values)
    tx.journal("write_policy_draft", policy=values["id"], version=values["version"])
    return str(values["id"])


def publish_policy(tx: Transaction, *, version_id: str, seq: int, from_on: date) -> str:
    """Let a draft hold from today or a day of the year to come; gives its version. Plans already open keep theirs.

    `Refused` (field `from_on`) for a day past, too far, or on which another version of the same begins; `Conflict` when
    the draft was changed since it was read.
    """
    row = _draft(tx, version_id)
    if from_on < tx.today:
        raise Refused(
            "Choisissez aujourd’hui ou un jour à venir : une règle ne vaut pas pour le passé.", field="from_on"
        )
    if from_on > tx.today + _LATEST:
        raise Refused("Choisissez un jour dans l’année qui vient. Vérifiez l’année.", field="from_on")
    same_day = (_version.c.scope == row.scope, _version.c.from_on == from_on)
    published = _version.c.state == PolicyState.PUBLISHED.value
    if tx.execute(select(_version.c.id).where(*same_day, published)).first() is not None:
        raise Refused(
            f"Une autre version commence déjà le {said_date(from_on)}. Choisissez un autre jour.", field="from_on"
        )
    changes = {"from_on": from_on, "published_by": tx.actor.account_id, "published_at": tx.now}
    _move(tx, row, seq, state=PolicyState.PUBLISHED.value, **changes)
    tx.journal("publish_policy", policy=row.id, version=row.version, from_on=from_on.isoformat())
    return str(row.version)


def withdraw_draft(tx: Transaction, *, version_id: str, seq: int) -> None:
    """Abandon a draft: it is kept, nobody sees it any more. `Conflict` when it was changed since it was read."""
    row = _draft(tx, version_id)
    _move(tx, row, seq, state=PolicyState.WITHDRAWN.value)
    tx.journal("withdraw_policy_draft", policy=row.id, version=row.version)


def _scope(structure_id: str | None, scheme_id: str | None) -> str:
    return f"{structure_id or ''}:{scheme_id or ''}"


def _rewrite(tx: Transaction, scope: str, body: str, seq: int) -> str:
    row = tx.execute(select(_version).where(_version.c.scope == scope, _is_draft())).one_or_none()
    if row is None:
        raise Conflict(_CHANGED)
    _move(tx, row, seq, body=body, written_by=tx.actor.account_id, recorded_at=tx.now)
    tx.journal("write_policy_draft", policy=row.id, version=row.version)
    return str(row.id)


def _move(tx: Transaction, row: Row[Any], seq: int, **changes: object) -> None:
    here = (_version.c.id == row.id, _version.c.seq == seq, _is_draft())
    if tx.execute(update(_version).where(*here).values(seq=seq + 1, **changes)).rowcount != 1:
        raise Conflict(_CHANGED)


def _draft(tx: Transaction, version_id: str) -> Row[Any]:
    here = writes_for(tx)
    mine = _version.c.structure_id == here if here else _version.c.structure_id.is_(None)
    row = tx.execute(select(_version).where(_version.c.id == version_id, mine, _is_draft())).one_or_none()
    if row is None:
        raise NotFound("Ce brouillon n’existe plus, ou vous n’y avez pas accès.")
    return row


def _is_draft() -> ColumnElement[bool]:
    return _version.c.state == PolicyState.DRAFT.value


def _next_version(tx: Transaction, structure_id: str | None) -> str:
    """« pae-2026-2 »: whose, the year, and how many there were. Two at once are refused by the column."""
    code = _OF_TERRITORY
    if structure_id:
        code = tx.execute(select(_structure.c.code).where(_structure.c.id == structure_id)).scalar_one()
    head = f"{code[:28]}-{tx.today.year}-"
    same = func.substr(_version.c.version, 1, len(head)) == head
    count = tx.execute(select(func.count()).select_from(_version).where(same)).scalar_one()
    return f"{head}{count + 1}"
