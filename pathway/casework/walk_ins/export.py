"""The lines of registers that were linked to her, in the copy of her whole record."""

from collections.abc import Mapping
from typing import Any

from pathway.casework.walk_ins.queries import own_walk_ins
from pathway.store.transaction import Transaction

_NEUTRAL = "Une structure"

Entry = dict[str, Any]


def copied_walk_ins(tx: Transaction, names: Mapping[str, str]) -> list[Entry]:
    """Every line linked to the actor herself, newest first, as docs/format-dossier.md says it; `names`: structures by
    id. `NotAllowed` for anybody but the person."""
    return [
        {
            "le": one.happened_on.isoformat(),
            "structure": names.get(one.structure_id, _NEUTRAL),
            "nature": {"code": one.kind.value, "libelle": one.kind.label},
            "suite": {"code": one.outcome.value, "libelle": one.outcome.label},
            "lieu": one.place or None,
        }
        for one in own_walk_ins(tx)
    ]
