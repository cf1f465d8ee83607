"""Lists that a professional narrowed and kept under a name: hers alone, in the structure where she made them."""

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select

from pathway.casework.accounts.tables import KeptList
from pathway.kernel.errors import NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_list = table_of(KeptList)

MOST = 10
LONGEST_NAME = 40
_SEALED_AS = "list"
_BUCKET = 64  # bytes: its length says little
_OWN = (
    select(_list.c.id, _list.c.name, _list.c.asked)
    .where(_list.c.account_id == bindparam("account"), _list.c.structure_id == bindparam("own_structure"))
    .order_by(_list.c.recorded_at, _list.c.id)
)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One of them. `asked`: its filters, as the address says them."""

    id: str
    name: str
    asked: str


def kept_lists(tx: Transaction) -> list[Kept]:
    """The actor's own, in her structure of today, the oldest first."""
    rows = tx.execute(_OWN, {"account": tx.actor.account_id, "own_structure": tx.actor.structure_id})
    return [
        Kept(id=row.id, name=tx.sealing.open_value(tx.actor.account_id, _SEALED_AS, row.id, row.name), asked=row.asked)
        for row in rows
    ]


def keep_list(tx: Transaction, *, name: str, asked: str) -> None:
    """Keep those filters under that name, in the place of the list of the same name. `Refused` beyond `MOST`."""
    own = kept_lists(tx)
    same = [one.id for one in own if one.name.casefold() == name.casefold()]
    if not same and len(own) >= MOST:
        raise Refused(f"Vous gardez déjà {MOST} listes. Oubliez-en une, puis recommencez.", field="name")
    if same:
        tx.execute(delete(_list).where(_list.c.id.in_(same)))
    list_id = new_id()
    row = {
        "id": list_id,
        "account_id": tx.actor.account_id,
        "structure_id": tx.actor.structure_id,
        "name": tx.sealing.seal_value(tx.actor.account_id, _SEALED_AS, list_id, name, bucket=_BUCKET),
        "asked": asked,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_list), row)
    tx.journal("keep_list")


def forget_list(tx: Transaction, list_id: str) -> Kept:
    """Forget one of the actor's own; gives what it was. `NotFound` when it is not hers."""
    found = next((one for one in kept_lists(tx) if one.id == list_id), None)
    if found is None:
        raise NotFound
    tx.execute(delete(_list).where(_list.c.id == list_id))
    tx.journal("forget_list")
    return found
