"""Whom a file may hold: those one’s structure supports, and none that is only seen for a visit or read by agreement."""

from collections.abc import Iterator, Sequence
from itertools import islice

from pathway.casework.followup.queries import FollowedRow, followed
from pathway.casework.sharing.queries import accesses_of
from pathway.store.transaction import Transaction

LOT = 500


def supported(tx: Transaction, *, only_mine: bool) -> list[FollowedRow]:
    """The people the actor's structure supports without an end; `only_mine`: those the actor is the référent of."""
    rows = followed(tx, only_mine=only_mine)
    kept: list[FollowedRow] = []
    for lot in lots(rows):
        accesses = accesses_of(tx, [row.record_id for row in lot])
        kept += [row for row in lot if row.record_id in accesses and accesses[row.record_id].is_lasting_support]
    return kept


def lots(rows: Sequence[FollowedRow]) -> Iterator[list[FollowedRow]]:
    """Those rows by lots that a statement can name one by one."""
    left = iter(rows)
    while lot := list(islice(left, LOT)):
        yield lot
