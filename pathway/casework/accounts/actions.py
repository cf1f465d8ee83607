"""Opening accounts, sessions and activation codes; counting failed tries."""

import hashlib
import hmac
import secrets
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from pathway.casework.accounts.queries import account_of_record, login_of
from pathway.casework.accounts.rules import (
    CODE_ALPHABET,
    CODE_LENGTH,
    CODE_LIFE,
    CODE_TRIES,
    FAILURES_FADE,
    FREE_FAILURES,
    FREE_FAILURES_OF_ADDRESS,
    AccountKind,
    AccountState,
    block_after,
    normal_code,
)
from pathway.casework.accounts.tables import Account, AccountLogin, Activation, FailedTries, WebSession
from pathway.casework.partners.queries import PROFILE
from pathway.casework.partners.rules import Role
from pathway.kernel.errors import Conflict, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_login = table_of(AccountLogin)
_activation = table_of(Activation)
_session = table_of(WebSession)
_tries = table_of(FailedTries)

WRONG_CODE = (
    "Ce code et cette date de naissance ne vont pas ensemble, ou le code a expiré. "
    "Demandez un nouveau code à votre conseiller·ère."
)


def add_professional(tx: Transaction, *, email: str, first_name: str, last_name: str, password_hash: str) -> str:
    """A professional's account; gives its id. E-mail and name are sealed. An e-mail already taken is a `Conflict`."""
    account_id = new_id()
    tx.sealing.create(account_id, {PROFILE: {"email": email, "first_name": first_name, "last_name": last_name}})
    _insert_account(tx, account_id, AccountKind.PROFESSIONAL, password_hash, record_id=None)
    _add_login(tx, account_id, email)
    tx.journal("add_account", account=account_id)
    return account_id


def start_session(
    tx: Transaction, *, account_id: str, role: Role, structure_id: str, record_id: str, tries_of: str
) -> str:
    """Open a session; gives the secret for the cookie (only its SHA-256 is kept). The failed tries are forgotten."""
    secret = secrets.token_urlsafe(32)
    values = {
        "id": session_id(secret),
        "account_id": account_id,
        "structure_id": structure_id or None,
        "role": role.value,
        "created_at": tx.now,
        "last_seen_at": tx.now,
    }
    tx.execute(insert(_session).values(**values))
    tx.execute(delete(_tries).where(_tries.c.who == tries_of))
    tx.journal("sign_in", records=[record_id] if record_id else [], account=account_id, role_taken=role.value)
    return secret


def session_id(secret: str) -> str:
    """The id under which the session of that cookie is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def touch_session(tx: Transaction, session: str) -> None:
    """Note that the session is in use; only if it still stands."""
    tx.execute(
        update(_session).where(_session.c.id == session, _session.c.ended_at.is_(None)).values(last_seen_at=tx.now)
    )


def end_session(tx: Transaction, session: str) -> None:
    """Sign out: the cookie is worth nothing from now on."""
    tx.execute(update(_session).where(_session.c.id == session, _session.c.ended_at.is_(None)).values(ended_at=tx.now))
    tx.journal("sign_out")


def tries_names(tx: Transaction, *, typed: str, address: str) -> list[str]:
    """The two hashed names under which a failed try is counted: the login typed, the network address."""
    kind, token = login_of(tx, typed)
    digest = tx.store.fingerprints.digest
    return [digest("tries-login", kind.value, str(token)).hex(), digest("tries-address", address).hex()]


def count_failure(tx: Transaction, *, who: list[str], action: str = "sign_in_failed", **detail: Any) -> None:
    """Count one failed try for the login and for the address, and set how long the next one waits."""
    for name, free in zip(who, (FREE_FAILURES, FREE_FAILURES_OF_ADDRESS), strict=False):
        _count(tx, name, free)
    tx.journal(action, **detail)


def _count(tx: Transaction, name: str, free: int) -> None:
    # Locked: tries made at the same time must all be counted.
    row = tx.execute(select(_tries).where(_tries.c.who == name).with_for_update()).one_or_none()
    recent = row is not None and tx.now - row.last_at < FAILURES_FADE
    failures = (row.failures if row and recent else 0) + 1
    values = {"failures": failures, "last_at": tx.now, "blocked_until": block_after(failures, free=free, now=tx.now)}
    if row is None:
        tx.execute(insert(_tries).values(who=name, **values))
    else:
        tx.execute(update(_tries).where(_tries.c.who == name).values(**values))


def give_activation(tx: Transaction, *, record_id: str) -> str:
    """A fresh code for the person to open her account: 8 characters, 10 minutes, 5 tries. Earlier codes end."""
    if account_of_record(tx, record_id):
        raise Refused("Cette personne a déjà ouvert son compte. Elle se connecte avec son mot de passe.")
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    here = (_activation.c.record_id == record_id, _activation.c.ended_at.is_(None))
    tx.execute(update(_activation).where(*here).values(ended_at=tx.now))
    values = {
        "id": new_id(),
        "record_id": record_id,
        "code_digest": tx.store.fingerprints.digest("activation", code),
        "given_by": tx.actor.account_id,
        "given_at": tx.now,
        "expires_at": tx.now + CODE_LIFE,
        "tries": 0,
    }
    tx.execute(insert(_activation).values(**values))
    tx.journal("give_activation", records=[record_id])
    return code


def record_behind_code(tx: Transaction, code: str) -> tuple[str, str] | None:
    """(activation id, record id) of a code that still holds, or None."""
    digest = tx.store.fingerprints.digest("activation", normal_code(code))
    row = tx.execute(
        select(_activation).where(
            _activation.c.code_digest == digest, _activation.c.ended_at.is_(None), _activation.c.expires_at > tx.now
        )
    ).one_or_none()
    return (row.id, row.record_id) if row and row.tries < CODE_TRIES else None


def count_wrong_birth_date(tx: Transaction, activation_id: str) -> None:
    """One of the five tries of that code is used up."""
    tx.execute(update(_activation).where(_activation.c.id == activation_id).values(tries=_activation.c.tries + 1))
    tx.journal("activation_failed")


def same_birth_date(kept: str, typed: date) -> bool:
    """Whether the date typed is the one kept (ISO), compared in constant time."""
    return hmac.compare_digest(kept.encode(), typed.isoformat().encode())


def activate(
    tx: Transaction, *, activation_id: str, record_id: str, email: str, card_number: str, password_hash: str
) -> str:
    """Open the person's account from a code that was just checked; gives its id. The code is spent."""
    here = (_activation.c.id == activation_id, _activation.c.ended_at.is_(None), _activation.c.expires_at > tx.now)
    if tx.execute(update(_activation).where(*here).values(ended_at=tx.now)).rowcount != 1:
        raise Refused(WRONG_CODE)
    if account_of_record(tx, record_id):
        raise Conflict("Votre compte est déjà ouvert. Connectez-vous avec votre mot de passe.")
    account_id = new_id()
    tx.sealing.create(account_id, {PROFILE: {"email": email}})
    _insert_account(tx, account_id, AccountKind.JOBSEEKER, password_hash, record_id=record_id)
    for typed in filter(None, (email, card_number)):
        _add_login(tx, account_id, typed)
    tx.journal("activate_account", records=[record_id], account=account_id)
    return account_id


def forget_old_traces(tx: Transaction) -> int:
    """Delete sessions, codes and failed tries over a day old; gives how many rows went."""
    day_ago = tx.now - timedelta(days=1)
    rows = tx.execute(delete(_session).where(_session.c.last_seen_at < day_ago)).rowcount
    rows += tx.execute(delete(_activation).where(_activation.c.expires_at < day_ago)).rowcount
    return rows + tx.execute(delete(_tries).where(_tries.c.last_at < day_ago)).rowcount


def _insert_account(
    tx: Transaction, account_id: str, kind: AccountKind, password_hash: str, *, record_id: str | None
) -> None:
    values = {
        "id": account_id,
        "kind": kind.value,
        "state": AccountState.ACTIVE.value,
        "record_id": record_id,
        "password_hash": password_hash,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_account).values(**values))


def _add_login(tx: Transaction, account_id: str, typed: str) -> None:
    kind, token = login_of(tx, typed)
    tx.execute(insert(_login).values(kind=kind.value, token=token, account_id=account_id))
