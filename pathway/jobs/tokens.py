"""Renews the search tokens that an earlier version of the program wrote, or wrote under an earlier index root: a few
records at a time, from where it was."""

from collections.abc import Iterator

from pathway.casework.links.actions import compare_all_again
from pathway.casework.records.actions import renew_tokens
from pathway.casework.records.names import TOKEN_FORMAT
from pathway.casework.records.queries import records_after
from pathway.kernel.clock import Clock
from pathway.store.actor import SYSTEM
from pathway.store.engine import connect
from pathway.store.opening import Store, read_marks, set_mark
from pathway.store.transaction import Transaction

FORMAT = "token_format"
REACHED = "token_renewal"

_LOT = 50  # records opened and written again while other writers wait


def renew_old_tokens(store: Store, clock: Clock) -> Iterator[int]:
    """Renew lot after lot, each in its transaction; gives how many at each. Nothing when the base is up to date.

    Where it stands is kept with each lot: stopped, it goes on from there. Until the end, names are found by their exact
    writing, less surely by their sound.
    """
    marks, wanted = _marks(store), written_form(store)
    if marks.get(FORMAT) == wanted:
        return
    reached, renewed = _reached(marks, wanted), 1
    while renewed:
        reached, renewed = _renew_lot(store, clock, reached, wanted)
        if renewed:
            yield renewed


def written_form(store: Store) -> str:
    """What search tokens are written with now: the program's format, and the index root once it was changed."""
    store.keys.refresh()
    version = store.fingerprints.search_version
    return str(TOKEN_FORMAT) if version == 1 else f"{TOKEN_FORMAT}.{version}"


def _renew_lot(store: Store, clock: Clock, reached: str, wanted: str) -> tuple[str, int]:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
        lot = records_after(tx, reached, limit=_LOT)
        if lot:
            renew_tokens(tx, lot)
            set_mark(tx.connection, REACHED, f"{wanted} {lot[-1]}")
        else:
            set_mark(tx.connection, FORMAT, wanted)
            compare_all_again(tx)
        tx.journal("renew_tokens", format=TOKEN_FORMAT, renewed=len(lot))
    return (lot[-1] if lot else reached), len(lot)


def _reached(marks: dict[str, str], wanted: str) -> str:
    """The last record renewed to what is written now; empty when something else was being written."""
    form, _, record_id = marks.get(REACHED, "").partition(" ")
    return record_id if form == wanted else ""


def _marks(store: Store) -> dict[str, str]:
    with connect(store.engine, write=False) as connection:
        return read_marks(connection)
