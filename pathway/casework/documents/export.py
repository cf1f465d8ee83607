"""Her papers in the copy of her whole record: what is kept, by whom; the files themselves are in « Mes documents »."""

from collections.abc import Mapping
from typing import Any

from pathway.casework.documents.queries import own_documents
from pathway.kernel.choice import Choice
from pathway.store.transaction import Transaction

_NEUTRAL, _HERSELF = "Une structure", "Vous"

Entry = dict[str, Any]


def copied_documents(tx: Transaction, names: Mapping[str, str]) -> list[Entry]:
    """The papers of the actor herself, newest first, as docs/format-dossier.md says them; `names`: structures by id.

    Of one that was taken away only the trace is left. `NotAllowed` for anybody but the person.
    """
    return [
        {
            "genre": _coded(one.kind),
            "nom": one.title or None,
            "type": one.media_type.label,
            "octets": one.size,
            "ajoute_le": one.added_at.isoformat(),
            "structure": names.get(one.structure_id, _NEUTRAL) if one.structure_id else _HERSELF,
            "vu_par": _coded(one.sight),
            "retire_le": one.removed_at.isoformat() if one.removed_at else None,
            "raison_du_retrait": one.reason.label if one.reason else None,
        }
        for one in own_documents(tx)
    ]


def _coded(choice: Choice) -> Entry:
    return {"code": choice.value, "libelle": choice.label}
