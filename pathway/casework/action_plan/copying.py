"""Her plan and her contracts in the copy of her whole record: every line with every form it had, mistakes included."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from pathway.casework.action_plan.reading import (
    ENGAGEMENTS,
    LINES,
    engagement_of,
    line_of,
    opened_terms,
    opened_words,
)
from pathway.casework.action_plan.rules import EngagementState, Line, LineState, theme_label
from pathway.casework.action_plan.tables import ActionPlanChange, ActionPlanLine, Engagement, EngagementChange
from pathway.casework.sharing.queries import of_person
from pathway.kernel.choice import Choice
from pathway.kernel.errors import NotAllowed
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_line = table_of(ActionPlanLine)
_change = table_of(ActionPlanChange)
_engagement = table_of(Engagement)
_engagement_change = table_of(EngagementChange)
_HERSELF, _NEUTRAL = "Vous", "Une structure"

Entry = dict[str, Any]


def copied_plan(tx: Transaction, names: Mapping[str, str]) -> list[Entry]:
    """Every line of the actor's own plan in the order they were written, as docs/format-dossier.md says it; `names`:
    structures by id. `NotAllowed` for anybody but the person."""
    asked = _asked(tx)
    query = LINES.where(of_person(_line.c.record_id)).order_by(_line.c.recorded_at, _line.c.id)
    lines = [line_of(tx, row) for row in tx.execute(query, asked)]
    changes = select(_change).where(of_person(_change.c.record_id)).order_by(_change.c.line_id, _change.c.number)
    told: dict[str, list[Entry]] = {}
    for row in tx.execute(changes, asked):
        told.setdefault(row.line_id, []).append(_form(tx, row, names))
    words = {one.id: one.text for one in lines}
    return [_line_entry(one, names, words.get(one.parent_id or "", ""), told[one.id]) for one in lines]


def copied_engagements(tx: Transaction, names: Mapping[str, str]) -> list[Entry]:
    """Every contrat d’engagement of the actor herself, the latest first; as `copied_plan`."""
    asked = _asked(tx)
    query = ENGAGEMENTS.where(of_person(_engagement.c.record_id))
    found = [engagement_of(tx, row) for row in tx.execute(query.order_by(_engagement.c.from_on.desc()), asked)]
    changes = select(_engagement_change).where(of_person(_engagement_change.c.record_id))
    told: dict[str, list[Entry]] = {}
    for row in tx.execute(changes.order_by(_engagement_change.c.engagement_id, _engagement_change.c.number), asked):
        words = opened_terms(tx, row.record_id, row.engagement_id, row.number, row.content)
        told.setdefault(row.engagement_id, []).append(
            {**_terms(row, words), "etat": EngagementState(row.state).label, "le": row.recorded_at.isoformat()}
        )
    return [
        {
            "structure": names.get(one.structure_id, _NEUTRAL),
            "etat": _coded(one.state),
            **_terms(one, {"reference": one.reference, "objectives": one.objectives}),
            "changements": told[one.id],
        }
        for one in found
    ]


def _line_entry(line: Line, names: Mapping[str, str], above: str, changes: list[Entry]) -> Entry:
    return {
        "genre": _coded(line.kind),
        "difficulte": {"code": line.theme, "libelle": theme_label(line.theme)},
        "objectif": above or None,
        "texte": line.text or None,
        "etat": _coded(line.state),
        "par_vous": "oui" if line.is_hers else "non",
        "prevue_le": line.due_on.isoformat() if line.due_on else None,
        "structure": names.get(line.structure_id, _NEUTRAL),
        "ecrite_le": line.recorded_at.isoformat(),
        "changements": changes,
    }


def _form(tx: Transaction, row: Row[Any], names: Mapping[str, str]) -> Entry:
    said = opened_words(tx, row.record_id, row.line_id, row.number, row.content)
    return {
        "le": row.recorded_at.isoformat(),
        "par": names.get(row.changed_in, _NEUTRAL) if row.changed_in else _HERSELF,
        "etat": LineState(row.state).label,
        "texte": said["text"] or None,
        "prevue_le": row.due_on.isoformat() if row.due_on else None,
    }


def _terms(row: Any, words: Mapping[str, str]) -> Entry:
    return {
        "du": row.from_on.isoformat(),
        "au": row.until_on.isoformat() if row.until_on else None,
        "prochaine_revue_le": row.review_on.isoformat() if row.review_on else None,
        "reference": words["reference"] or None,
        "objectifs": words["objectives"],
    }


def _asked(tx: Transaction) -> dict[str, str]:
    if not tx.actor.record_id:
        raise NotAllowed
    return {"record_id": tx.actor.record_id}


def _coded(choice: Choice) -> Entry:
    return {"code": choice.value, "libelle": choice.label}
