"""Adding a scheme to the catalogue."""

from collections.abc import Sequence

import orjson
from sqlalchemy import insert

from pathway.casework.records.catalogue import item
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.rules import Intensity, OwnQuestion, SchemeKind, with_facts
from pathway.casework.schemes.tables import Scheme
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction


def add_scheme(
    tx: Transaction,
    *,
    code: str,
    name: str,
    kind: SchemeKind,
    structure_id: str | None,
    intensity: Intensity,
    planned_days: int | None = None,
    is_short_activity: bool = False,
    asks_results: bool = False,
    requirements: Sequence[Requirement] = (),
    questions: Sequence[OwnQuestion] = (),
) -> str:
    """A new scheme; gives its id. Each requirement must name an item of the dictionary (`Invalid` otherwise).

    A question of its own that the dictionary knows becomes a requirement: its answer is a fact. `asks_results`: a
    European fund wants questions on results asked after each exit (FSE+).
    """
    for requirement in requirements:
        item(requirement.key)
    needed, left = with_facts(requirements, questions)
    scheme_id = new_id()
    asked = [{"key": one.key, "required": one.is_required, "why": one.why} for one in needed]
    own = [{"key": one.key, "label": one.label, "required": one.is_required} for one in left]
    values = {
        "id": scheme_id,
        "code": code,
        "name": name,
        "kind": kind.value,
        "structure_id": structure_id,
        "intensity": intensity.value,
        "planned_days": planned_days,
        "is_short_activity": is_short_activity,
        "asks_results": asks_results,
        "requirements": orjson.dumps(asked).decode(),
        "questions": orjson.dumps(own).decode(),
        "is_open": True,
        "recorded_at": tx.now,
    }
    tx.execute(insert(table_of(Scheme)).values(**values))
    tx.journal("add_scheme", scheme=scheme_id)
    return scheme_id
