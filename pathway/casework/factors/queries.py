"""What protects an account besides its password."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from pathway.casework.factors.one_time import code_of, step_at
from pathway.casework.factors.rules import OFFER_LIFE, Factors, PasskeyLine
from pathway.casework.factors.tables import Passkey, RecoveryCode
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_passkey = table_of(Passkey)
_recovery = table_of(RecoveryCode)

SECOND_FACTOR = "second_factor"


def factors_of(tx: Transaction, account_id: str) -> Factors:
    """What protects that account; nothing for one that does not exist."""
    kept = kept_seeds(tx, account_id).get("totp")
    left = func.count().filter(_recovery.c.used_at.is_(None)).label("left")
    made = func.max(_recovery.c.made_at).label("made_at")
    codes = tx.execute(select(left, made).where(_recovery.c.account_id == account_id)).one()
    return Factors(
        totp_since=datetime.fromisoformat(kept["since"]) if kept else None,
        passkeys=_passkeys(tx, account_id),
        recovery_left=codes.left,
        recovery_made_at=codes.made_at,
    )


def kept_seeds(tx: Transaction, account_id: str) -> dict[str, Any]:
    """The sealed section: `totp` once installed (secret, since, last_step), `offered` before (secret, at)."""
    found: dict[str, Any] = tx.sealing.open_many([account_id], SECOND_FACTOR).get(account_id, {})
    return found


def offered_seed(tx: Transaction, account_id: str) -> str:
    """The seed being installed, if it was offered less than fifteen minutes ago; else empty."""
    offered = kept_seeds(tx, account_id).get("offered")
    if not offered or tx.now - datetime.fromisoformat(offered["at"]) >= OFFER_LIFE:
        return ""
    return str(offered["secret"])


def has_public_seed(tx: Transaction, account_id: str, public: Collection[str]) -> bool:
    """Whether that account's codes come from one of the seeds the demonstration gives away."""
    kept = kept_seeds(tx, account_id).get("totp")
    return kept is not None and kept["secret"] in public


def next_code(tx: Transaction, account_id: str) -> str:
    """The code that account's application shows now, or next if this one has served; empty when it must be awaited.

    Only the demonstration asks: everywhere else this stays in the person's own telephone.
    """
    kept = kept_seeds(tx, account_id)["totp"]
    step = max(step_at(tx.now), kept["last_step"] + 1)
    return code_of(kept["secret"], step) if step <= step_at(tx.now) + 1 else ""


def credentials_of(tx: Transaction, account_id: str) -> list[bytes]:
    """The credential ids of that account's passkeys."""
    query = select(_passkey.c.credential_id).where(_passkey.c.account_id == account_id)
    return list(tx.execute(query).scalars())


def _passkeys(tx: Transaction, account_id: str) -> tuple[PasskeyLine, ...]:
    query = select(_passkey).where(_passkey.c.account_id == account_id).order_by(_passkey.c.added_at)
    return tuple(
        PasskeyLine(
            id=row.id,
            name=tx.sealing.open_value(account_id, "passkey", row.id, row.label)["name"],
            added_at=row.added_at,
            used_at=row.used_at,
        )
        for row in tx.execute(query)
    )
