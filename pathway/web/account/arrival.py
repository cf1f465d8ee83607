"""The end of every way in: the open session, the known device, and the first page, with everything renewed."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, session

from pathway.casework.accounts.queries import Seat, SessionView
from pathway.casework.accounts.sessions import complete_session, remember_device, start_session
from pathway.store.transaction import Transaction
from pathway.web.account.devices import device_words, keep_device, known_name
from pathway.web.session_cookie import set_session_cookie


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """What the browser is given: the secret of its session and the one of its device."""

    secret: str
    device: str


def arrive(tx: Transaction, seat: Seat, *, tries_of: str, half: SessionView | None = None) -> Arrived:
    """Open the session for that seat, under a new secret; `half` is the one that awaited the second factor."""
    device = remember_device(tx, seat.account_id, known=known_name(tx))
    if half:
        return Arrived(secret=complete_session(tx, half, seat=seat, tries_of=tries_of), device=device)
    secret = start_session(
        tx,
        account_id=seat.account_id,
        role=seat.role,
        structure_id=seat.structure_id,
        record_id=seat.record_id,
        tries_of=tries_of,
        device=device_words(),
    )
    return Arrived(secret=secret, device=device)


def welcomed(href: str, arrived: Arrived) -> Response:
    """Lead a browser that was just signed in to that page, with a fresh session and fresh form tokens."""
    return given(make_response(redirect(href, 303)), arrived)


def given(response: Response, arrived: Arrived) -> Response:
    """Put the session and the device in that answer, and renew the form tokens."""
    session.clear()
    set_session_cookie(response, arrived.secret)
    keep_device(response, arrived.device)
    return response


def renewed(response: Response, secret: str) -> Response:
    """Put the new secret of a session that goes on in that answer, and renew the form tokens."""
    session.clear()
    set_session_cookie(response, secret)
    return response
