"""Opening, renewing and ending sessions; knowing devices again; telling the owner of an account what happened."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update

from pathway.casework.accounts.queries import MARK_LENGTH, Seat, SessionView
from pathway.casework.accounts.rules import EventKind, Stage
from pathway.casework.accounts.tables import AccountEvent, FailedTries, KnownDevice, WebSession
from pathway.casework.partners.rules import Role
from pathway.kernel.errors import Refused
from pathway.kernel.ids import new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_session = table_of(WebSession)
_device = table_of(KnownDevice)
_event = table_of(AccountEvent)
_tries = table_of(FailedTries)

SESSION_GONE = marked("Votre session vient de se terminer. Reconnectez-vous.")


def session_id(secret: str) -> str:
    """The id under which the session of that cookie is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def start_session(
    tx: Transaction, *, account_id: str, role: Role, structure_id: str, record_id: str, tries_of: str, device: str = ""
) -> str:
    """Open a session; gives the secret for the cookie (only its SHA-256 is kept). The failed tries are forgotten."""
    secret = _insert(
        tx,
        account_id=account_id,
        role=role.value,
        structure_id=structure_id or None,
        created_at=tx.now,
        stage=Stage.OPEN,
        proved_at=tx.now,
        device=device,
    )
    forget_tries(tx, tries_of)
    note(tx, EventKind.SIGN_IN, account_id=account_id, record_id=record_id, role_taken=role.value)
    return secret


def start_half_session(
    tx: Transaction, *, account_id: str, record_id: str, stage: Stage, tries_of: str, device: str = ""
) -> str:
    """Remember that the password was right, while the second factor is awaited or installed: it opens nothing else."""
    secret = _insert(
        tx,
        account_id=account_id,
        role="",
        structure_id=None,
        created_at=tx.now,
        stage=stage,
        proved_at=None,
        device=device,
    )
    forget_tries(tx, tries_of)
    tx.journal("password_accepted", records=_hers(record_id), account=account_id, stage=stage.value)
    return secret


def complete_session(tx: Transaction, half: SessionView, *, seat: Seat, tries_of: str) -> str:
    """Turn a session that awaited its second factor into an open one, under a new secret. `Refused` if it has ended."""
    _end_one(tx, half.id)
    return start_session(
        tx,
        account_id=seat.account_id,
        role=seat.role,
        structure_id=seat.structure_id,
        record_id=seat.record_id,
        tries_of=tries_of,
        device=half.device,
    )


def renew_session(tx: Transaction, session: SessionView, *, is_proved: bool, seat: Seat | None = None) -> str:
    """Give an open session a new secret, and another seat if one is given; its ten hours go on. `Refused` if ended.

    `is_proved`: the person has just proved again who she is.
    """
    _end_one(tx, session.id)
    return _insert(
        tx,
        account_id=session.account_id,
        role=seat.role.value if seat else session.role,
        structure_id=(seat.structure_id if seat else session.structure_id) or None,
        created_at=session.created_at,
        stage=Stage.OPEN,
        proved_at=tx.now if is_proved else session.proved_at,
        device=session.device,
    )


def touch_session(tx: Transaction, session: str) -> None:
    """Note that the session is in use; only if it still stands."""
    tx.execute(
        update(_session).where(_session.c.id == session, _session.c.ended_at.is_(None)).values(last_seen_at=tx.now)
    )


def end_session(tx: Transaction, session: str) -> None:
    """Sign out: the cookie is worth nothing from now on."""
    tx.execute(update(_session).where(_session.c.id == session, _session.c.ended_at.is_(None)).values(ended_at=tx.now))
    tx.journal("sign_out")


def end_sessions(tx: Transaction, account_id: str, *, but: str = "", only: str = "") -> int:
    """End the sessions of that account, in every stage; gives how many. `but`: an id spared; `only`: one mark."""
    here = [_session.c.account_id == account_id, _session.c.ended_at.is_(None), _session.c.id != but]
    if only:
        here.append(_session.c.id.startswith(only[:MARK_LENGTH], autoescape=True))
    return tx.execute(update(_session).where(*here).values(ended_at=tx.now)).rowcount


def end_every_session(tx: Transaction) -> int:
    """End every session of every account, the person's own too, in every stage; gives how many. After a theft: each
    signs in again with what only she has."""
    ended = tx.execute(update(_session).where(_session.c.ended_at.is_(None)).values(ended_at=tx.now)).rowcount
    tx.journal("end_every_session", count=ended)
    return ended


def remember_device(tx: Transaction, account_id: str, *, known: str) -> str:
    """Know this browser again; gives the secret of its new cookie. `known` is the hash of the cookie it came with.

    The cookie is replaced at each sign-in, so that one planted by somebody else is worth nothing afterwards.
    """
    secret = secrets.token_urlsafe(32)
    name = device_name(tx, secret)
    if known:
        tx.execute(update(_device).where(_device.c.id == known).values(id=name))
    here = (_device.c.id == name, _device.c.account_id == account_id)
    if not tx.execute(update(_device).where(*here).values(last_at=tx.now)).rowcount:
        tx.execute(insert(_device).values(id=name, account_id=account_id, first_at=tx.now, last_at=tx.now))
        _tell(tx, EventKind.NEW_DEVICE, account_id, tx.now)
    return secret


def device_name(tx: Transaction, secret: str) -> str:
    """The hash under which a device cookie is kept; empty for no cookie."""
    return tx.store.fingerprints.digest("device", secret).hex() if secret else ""


def forget_devices(tx: Transaction, account_id: str, *, but: str = "") -> None:
    """From now on these browsers count as unknown ones when they fail to sign in."""
    tx.execute(delete(_device).where(_device.c.account_id == account_id, _device.c.id != but))


def forget_tries(tx: Transaction, name: str) -> None:
    """A success: the failures counted under that hashed name are forgotten."""
    tx.execute(delete(_tries).where(_tries.c.who == name))


def note(tx: Transaction, kind: EventKind, *, account_id: str, record_id: str = "", **detail: Any) -> None:
    """Tell the owner of the account and the journal at once; with her record when it is a jobseeker's."""
    _tell(tx, kind, account_id, tx.now)
    tx.journal(kind.value, records=_hers(record_id), account=account_id, **detail)


def _tell(tx: Transaction, kind: EventKind, account_id: str, at: datetime) -> None:
    tx.execute(insert(_event).values(id=new_id(), account_id=account_id, kind=kind.value, at=at))


def _hers(record_id: str) -> list[str]:
    return [record_id] if record_id else []


def _end_one(tx: Transaction, session: str) -> None:
    here = (_session.c.id == session, _session.c.ended_at.is_(None))
    if tx.execute(update(_session).where(*here).values(ended_at=tx.now)).rowcount != 1:
        raise Refused(SESSION_GONE)


def _insert(tx: Transaction, *, stage: Stage, device: str, **values: Any) -> str:
    secret = secrets.token_urlsafe(32)
    tx.execute(
        insert(_session).values(
            id=session_id(secret), last_seen_at=tx.now, stage=stage.value, device=device or None, **values
        )
    )
    return secret
