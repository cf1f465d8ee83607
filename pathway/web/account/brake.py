"""Failed tries slow the next ones: for what they aim at, and for the network they come from, alike at every door."""

from datetime import datetime

from flask import request

from pathway.casework.accounts.actions import code_tries_names, tries_names
from pathway.casework.accounts.queries import blocked_until
from pathway.store.transaction import Transaction
from pathway.web.account.devices import known_name
from pathway.web.gate import gate
from pathway.web.tries import network_of, wait_sentence

__all__ = ["code_tries_of", "network_of", "tries_of", "wait_seconds", "wait_sentence"]


def tries_of(tx: Transaction, typed: str, *, account_id: str = "") -> list[str]:
    """The names under which a failed try of this request is counted: `account_id` is the account behind the login."""
    address = network_of(request.remote_addr or "")
    return tries_names(tx, typed=typed, address=address, account_id=account_id, device=known_name(tx))


def code_tries_of(tx: Transaction, account_id: str) -> list[str]:
    """The names under which a wrong second factor is counted."""
    address = network_of(request.remote_addr or "")
    return code_tries_names(tx, account_id=account_id, address=address, device=known_name(tx))


def wait_seconds(tx: Transaction, who: list[str]) -> int:
    """How many seconds this request must still wait before trying; 0 when it may try."""
    until = blocked_until(tx, who)
    return _seconds_until(until) if until else 0


def _seconds_until(until: datetime) -> int:
    return max(1, int((until - gate().clock.now()).total_seconds()))
