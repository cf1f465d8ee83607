"""Her appointments in the copy of her whole record, whatever became of them."""

from collections.abc import Mapping
from typing import Any

from pathway.casework.encounters.queries import own_appointments
from pathway.kernel.errors import NotAllowed
from pathway.store.transaction import Transaction

_NEUTRAL = "Une structure"
_TOGETHER, _ALONE = "atelier", "rendez-vous individuel"

Entry = dict[str, Any]


def copied_appointments(tx: Transaction, names: Mapping[str, str]) -> list[Entry]:
    """Every appointment of the actor herself, newest first, as docs/format-dossier.md says it; `names`: structures by
    id. `NotAllowed` for anybody but the person."""
    if not tx.actor.record_id:
        raise NotAllowed
    return [
        {
            "debut": one.starts_at.isoformat(),
            "minutes": one.minutes,
            "structure": names.get(one.structure_id, _NEUTRAL),
            "maniere": one.way.label,
            "etat": {"code": one.state.value, "libelle": one.state.label},
            "objet": one.subject or None,
            "suite": one.next_step.label if one.next_step else None,
            "forme": _TOGETHER if one.workshop_id else _ALONE,
        }
        for one in own_appointments(tx)
    ]
