"""Every note about her in the copy of her whole record, those she does not read elsewhere included."""

from collections.abc import Mapping
from typing import Any

from pathway.casework.notes.queries import own_notes
from pathway.store.transaction import Transaction

_NEUTRAL = "Une structure"

Entry = dict[str, Any]


def copied_notes(tx: Transaction, names: Mapping[str, str]) -> list[Entry]:
    """The notes about the actor herself, newest first, as docs/format-dossier.md says them; `names`: structures by id.

    Of one that was taken away only the trace is left. `NotAllowed` for anybody but the person.
    """
    return [
        {
            "structure": names.get(one.structure_id, _NEUTRAL),
            "role": one.role.label,
            "ecrite_le": one.written_at.isoformat(),
            "pour": {"code": one.audience.value, "libelle": one.audience.label},
            "texte": one.text or None,
            "textes_corriges": [{"texte": was.text, "ecrit_le": was.at.isoformat()} for was in one.earlier],
            "corrigee_le": one.corrected_at.isoformat() if one.corrected_at else None,
            "retiree_le": one.removed_at.isoformat() if one.removed_at else None,
            "raison_du_retrait": one.reason.label if one.reason else None,
        }
        for one in own_notes(tx)
    ]
