"""The alerts about a person as her own copy of her record holds them: what she read, and what was done."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Row, select

from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind, AlertState, Answer, DismissReason, RuleId
from pathway.casework.alerts.wording import person_sentence
from pathway.casework.sharing.queries import of_person
from pathway.kernel.choice import Choice
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)
_BY_NIGHT = (AlertChangeKind.OPENED.value, AlertChangeKind.UPDATED.value, AlertChangeKind.CLEARED.value)

Entry = dict[str, Any]


def copied_alerts(tx: Transaction, names: Mapping[str, str]) -> list[Entry]:
    """Every alert there was about the actor, newest first, whoever followed her. `names`: structures as she reads them.

    Instants are ISO 8601 with their offset; docs/format-dossier.md says each line.
    """
    query = select(_alert).where(of_person(_alert.c.record_id)).order_by(_alert.c.opened_on.desc(), _alert.c.id)
    rows = tx.execute(query, {"record_id": tx.actor.record_id}).all()
    done = _by_people(tx, [row.id for row in rows])
    return [_alert_entry(tx, row, names, done.get(row.id, [])) for row in rows]


def _by_people(tx: Transaction, alert_ids: list[str]) -> dict[str, list[Row[Any]]]:
    """What people did about each; what the nights made of it is told by its own days."""
    query = select(_change).where(_change.c.alert_id.in_(alert_ids), _change.c.change.not_in(_BY_NIGHT))
    done: dict[str, list[Row[Any]]] = {}
    for row in tx.execute(query.order_by(_change.c.alert_id, _change.c.version)):
        done.setdefault(row.alert_id, []).append(row)
    return done


def _alert_entry(tx: Transaction, row: Row[Any], names: Mapping[str, str], done: list[Row[Any]]) -> Entry:
    said = orjson.loads(row.facts), orjson.loads(row.parameters)
    return {
        "regle": _coded(RuleId(row.rule)),
        "ouverte_le": row.opened_on.isoformat(),
        "etat": _coded(AlertState(row.state)),
        "structure": names[row.structure_id],
        "fermee_le": row.ended_at.isoformat() if row.ended_at else None,
        "texte": person_sentence(RuleId(row.rule), *said, today=tx.today),
        "suites": [_done_entry(tx, row.record_id, one) for one in done],
    }


def _done_entry(tx: Transaction, card_id: str, row: Row[Any]) -> Entry:
    place = f"{row.alert_id}-{row.version}"
    kept = tx.sealing.open_value(card_id, "alert_change", place, row.note) if row.note else {}
    return {
        "quoi": _coded(AlertChangeKind(row.change)),
        "raison": _reason(row.reason),
        "note": kept.get("note"),
        "le": row.recorded_at.isoformat(),
    }


def _reason(code: str | None) -> str | None:
    return next((one.label for one in (*Answer, *DismissReason) if one.value == code), None)


def _coded(choice: Choice) -> Entry:
    return {"code": choice.value, "libelle": choice.label}
