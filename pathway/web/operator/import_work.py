"""Carrying on at once, within the request, what takes a second or two; the worker does the rest."""

from functools import partial

from pathway.casework.intake.actions import check_import, go_on_importing, lease_import
from pathway.casework.intake.queries import ImportLine, one_import
from pathway.casework.intake.states import ImportState
from pathway.casework.lifecycle.undoing import go_on_undoing
from pathway.store.actor import Actor
from pathway.store.transaction import Transaction
from pathway.web.gate import Gate

AT_ONCE = 600  # rows: about a second; beyond, the page shows where the worker has come to
_GO_ON = {
    ImportState.CHECKING: check_import,
    ImportState.RUNNING: go_on_importing,
    ImportState.UNDOING: go_on_undoing,
}


def carry_on_at_once(here: Gate, batch_id: str) -> None:
    """Go on with a small import that was just asked for, lot by lot, each in a transaction of its own: at most
    `AT_ONCE` rows. A longer one waits for the worker."""
    begin = partial(Transaction, here.store, actor=here.actor, clock=here.clock, door="web")
    with begin(write=False) as tx:
        line = one_import(tx, batch_id)
    if line.state not in _GO_ON or line.rows > AT_ONCE:
        return
    with begin() as tx:
        is_mine = lease_import(tx, batch_id)
    if is_mine:
        _GO_ON[line.state](_beginning(here, line), batch_id)


def _beginning(here: Gate, line: ImportLine) -> partial[Transaction]:
    """Transactions of the operator, for the structure of that import."""
    actor = Actor(
        role=here.actor.role,
        account_id=here.actor.account_id,
        structure_id=line.structure_id,
        session=here.actor.session,
    )
    return partial(Transaction, here.store, actor=actor, clock=here.clock, door="web")
