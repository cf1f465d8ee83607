"""Imports begun on a screen, carried on lot by lot by whoever runs the worker: each lot is a transaction of its own."""

from collections.abc import Callable

from pathway.casework.intake.actions import Begin, check_import, go_on_importing, lease_import, stop_import
from pathway.casework.intake.queries import one_import, waiting_import
from pathway.casework.intake.states import ImportState
from pathway.casework.lifecycle.undoing import go_on_undoing
from pathway.casework.partners.rules import Role
from pathway.kernel.clock import Clock
from pathway.kernel.errors import Conflict, Unavailable
from pathway.store.actor import SYSTEM, Actor
from pathway.store.opening import Store
from pathway.store.transaction import Transaction

_GO_ON = {
    ImportState.CHECKING: check_import,
    ImportState.RUNNING: go_on_importing,
    ImportState.UNDOING: go_on_undoing,
}


def carry_imports_on(store: Store, clock: Clock, *, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Carry on every import that nobody goes on with; gives how many. One that fails is stopped and says why on its
    page; the others go on. `Unavailable` when the base is."""
    carried = 0
    while not is_stopping() and (batch_id := _next(store, clock)):
        with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
            is_mine = lease_import(tx, batch_id)
        if is_mine:
            _carry_on(store, clock, batch_id, is_stopping)
            carried += 1
    return carried


def _next(store: Store, clock: Clock) -> str:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        return waiting_import(tx)


def _carry_on(store: Store, clock: Clock, batch_id: str, is_stopping: Callable[[], bool]) -> None:
    begin, state = _begin(store, clock, batch_id)
    try:
        _GO_ON[state](begin, batch_id, may_go_on=lambda: not is_stopping())
    except Unavailable:
        raise
    except Conflict:
        return  # somebody else took it over: what they wrote stands
    except Exception as error:  # whatever it is, the worker lives on and the operator reads of it
        with begin() as tx:
            stop_import(tx, batch_id, problem=type(error).__name__)


def _begin(store: Store, clock: Clock, batch_id: str) -> tuple[Begin, ImportState]:
    """Transactions in the name of whoever asked for that import, for the structure it is for."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        line = one_import(tx, batch_id)
    actor = Actor(role=Role.OPERATOR.value, account_id=line.account_id, structure_id=line.structure_id)
    return (lambda: Transaction(store, actor=actor, clock=clock, door="jobs")), line.state
