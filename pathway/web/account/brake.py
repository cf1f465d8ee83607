"""Failed tries slow the next ones, for the login typed and for the network they come from, alike at every door."""

from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from flask import request

from pathway.casework.accounts.actions import tries_names
from pathway.casework.accounts.queries import blocked_until
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction
from pathway.web.gate import gate

_IPV6_NETWORK = 64  # one subscriber holds a whole /64: counting single addresses would count nothing


def tries_of(tx: Transaction, typed: str) -> list[str]:
    """The two names under which a failed try of this request is counted."""
    return tries_names(tx, typed=typed, address=network_of(request.remote_addr or ""))


def wait_seconds(tx: Transaction, who: list[str]) -> int:
    """How many seconds this request must still wait before trying; 0 when it may try."""
    until = blocked_until(tx, who)
    return _seconds_until(until) if until else 0


def wait_sentence(seconds: int) -> str:
    """Why to wait and how long, in whole minutes; the same whether the account exists or not."""
    return f"Trop d’essais ont échoué. Réessayez dans {counted(-(-seconds // 60), 'minute')}."


def network_of(address: str) -> str:
    """The network an address is counted with: itself, or its /64 when it is IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, _IPV6_NETWORK), strict=False)) if isinstance(known, IPv6Address) else address


def _seconds_until(until: datetime) -> int:
    return max(1, int((until - gate().clock.now()).total_seconds()))
