"""Her relays in the copy of her whole record: sent, or only prepared, each with its life."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from pathway.casework.records.vocabulary import Section
from pathway.casework.relays.queries import changes_of
from pathway.casework.relays.reading import ChangeView, RelayView, view_of
from pathway.casework.relays.rules import Side
from pathway.casework.relays.tables import Relay, RelayLink
from pathway.casework.sharing.queries import of_person
from pathway.kernel.choice import Choice
from pathway.kernel.errors import NotAllowed
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_relay = table_of(Relay)
_link = table_of(RelayLink)
_NEUTRAL = "Une structure"

Entry = dict[str, Any]


def own_relays(tx: Transaction, names: Mapping[str, str]) -> list[Entry]:
    """Every relay about the actor herself, newest first, as docs/format-dossier.md says it; `names`: structures by id.
    `NotAllowed` for anybody but the person."""
    if not tx.actor.record_id:
        raise NotAllowed
    query = select(_relay).where(of_person(_relay.c.record_id)).order_by(_relay.c.recorded_at.desc(), _relay.c.id)
    rows = tx.execute(query, {"record_id": tx.actor.record_id}).all()
    return [_entry(tx, view_of(tx, row), names) for row in rows]


def _entry(tx: Transaction, one: RelayView, names: Mapping[str, str]) -> Entry:
    out = one.outside
    return {
        "de": names.get(one.from_structure_id, _NEUTRAL),
        "vers": out.name if out else names.get(one.to_structure_id or "", _NEUTRAL),
        "coordonnees": ", ".join(filter(None, (out.email, out.phone, out.address))) or None if out else None,
        "pourquoi": one.purpose.label,
        "accord": one.agreed_way.label if one.agreed_way else None,
        "parties": [section.label for section in Section if section.value in one.sections],
        "message": one.message or None,
        "referent_change": "oui" if one.hands_over else "non",
        "etat": _coded(one.state),
        "envoye_le": _instant(one.sent_at),
        "premier_rendez_vous_le": _day(one.first_appointment_on),
        "raison_du_refus": one.refusal.label if one.refusal else None,
        "resultat": one.result.label if one.result else None,
        "etapes": [_change(change, names) for change in changes_of(tx, one)],
        "liens": [_sent(row) for row in _links(tx, one)],
    }


def _change(one: ChangeView, names: Mapping[str, str]) -> Entry:
    said = one.note.get("text") or (f"{one.note['who']}, {one.note['on']}" if "who" in one.note else None)
    by = names.get(one.structure_id, _NEUTRAL) if one.side in (Side.SENDER, Side.RECEIVER) else one.side.label
    return {"le": _instant(one.at), "etat": one.state.label, "par": by, "note": said}


def _links(tx: Transaction, one: RelayView) -> list[Row[Any]]:
    query = select(_link).where(_link.c.relay_id == one.id).order_by(_link.c.made_at, _link.c.id)
    return list(tx.execute(query))


def _sent(row: Row[Any]) -> Entry:
    return {
        "prepare_le": _instant(row.made_at),
        "jusqu_au": _instant(row.expires_at),
        "ouvert_le": _instant(row.used_at),
    }


def _coded(one: Choice) -> Entry:
    return {"code": one.value, "libelle": one.label}


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
