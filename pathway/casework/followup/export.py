"""The rhythms of calls she chose, in the copy of her whole record."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from pathway.casework.followup.rules import Rhythm
from pathway.casework.followup.tables import FollowupWish
from pathway.casework.sharing.queries import of_person
from pathway.kernel.errors import NotAllowed
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_wish = table_of(FollowupWish)
_NEUTRAL = "Une structure"


def own_wishes(tx: Transaction, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every rhythm the actor herself chose, or a structure noted on her word, newest first; `names`: structures by id.
    `NotAllowed` for anybody but the person."""
    if not tx.actor.record_id:
        raise NotAllowed
    query = select(_wish).where(of_person(_wish.c.record_id)).order_by(_wish.c.from_at.desc(), _wish.c.id)
    return [
        {
            "rythme": {"code": row.rhythm, "libelle": Rhythm(row.rhythm).label},
            "note_par": names.get(row.structure_id, _NEUTRAL) if row.structure_id else "Vous",
            "depuis": row.from_at.isoformat(),
            "jusqu_au": row.until_at.isoformat() if row.until_at else None,
        }
        for row in tx.execute(query, {"record_id": tx.actor.record_id})
    ]
