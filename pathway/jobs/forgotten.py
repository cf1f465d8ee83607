"""Looking at forgotten passwords, away from the page that takes them: its delay must not say who has an account."""

from pathway.casework.resets.actions import answer_requests, has_requests
from pathway.kernel.clock import Clock
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.transaction import Transaction


def answer_forgotten(store: Store, clock: Clock) -> int:
    """Post a letter for each request that names an account with a proved address; gives how many. Idle, writes none."""
    posted = 0
    while _is_asked(store, clock):
        with Transaction(store, actor=SYSTEM, clock=clock, door="jobs") as tx:
            posted += answer_requests(tx)
    return posted


def _is_asked(store: Store, clock: Clock) -> bool:
    with Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=False) as tx:
        return has_requests(tx)
