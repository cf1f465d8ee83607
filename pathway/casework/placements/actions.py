"""Giving somebody who waits in the territory's queue to a structure that takes her."""

from pathway.casework.followup.writing import change_point, wait_for_others
from pathway.casework.placements.queries import Taker, takers, waiting_rows
from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.relays.rules import AgreedWay
from pathway.casework.sharing.actions import open_support
from pathway.casework.sharing.queries import same_person
from pathway.kernel.errors import Invalid, Refused
from pathway.store.transaction import Transaction

_NOT_AGREED = (
    "Choisissez comment la personne a donné son accord. Cette structure ne la suit pas : sans son accord, rien ne part."
)
_NOT_THERE = "Cette structure ne peut pas la suivre : la personne l’a arrêtée, ou la structure n’est plus active."


def place(tx: Transaction, *, record_id: str, structure_id: str, agreed_way: AgreedWay | None = None) -> int:
    """Give that person's points of the territory's queue to a structure, in whose queue they wait; gives how many.

    One that follows her already needs nothing more. Another begins to support her, and needs her yes, said how: she is
    told of it by a letter. `NotFound` unless she waits in the actor's queue; `Refused` for a structure she stopped, or
    that cannot take anybody; `Invalid` without her yes.
    """
    cards = same_person(tx, record_id)
    wait_for_others(tx, cards)
    rows = waiting_rows(tx, record_id)
    taker = _taker(tx, record_id, structure_id)
    if not taker.follows and agreed_way is None:
        raise Invalid(_NOT_AGREED, field="agreed_way")
    for card in sorted({row.record_id for row in rows}):
        # On the very card of the points: linked cards taken apart, they stay in sight of whoever holds them.
        open_support(
            tx,
            record_id=card,
            structure_id=structure_id,
            cause_id=tx.actor.structure_id,
            sections=SUPPORT_SECTIONS,
        )
    for row in rows:
        change_point(tx, row, reason="placed", structure_id=structure_id, owner_id=None)
    said = "" if taker.follows or agreed_way is None else agreed_way.value
    tx.journal("place_person", records=cards, to=structure_id, points=len(rows), agreed=said)
    return len(rows)


def _taker(tx: Transaction, record_id: str, structure_id: str) -> Taker:
    found = next((one for one in takers(tx, record_id) if one.id == structure_id), None)
    if found is None:
        raise Refused(_NOT_THERE, field="structure_id")
    return found
