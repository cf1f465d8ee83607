"""What a link or a code opens, and which second factors wait for somebody's confirmation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select

from pathway.casework.accounts.queries import account_by_id, account_of_record
from pathway.casework.accounts.rules import CODE_TRIES, AccountState, normal_code
from pathway.casework.partners.queries import PROFILE, staff_names, structure_names
from pathway.casework.resets.rules import FactorReason, FactorResetState, ResetWay
from pathway.casework.resets.tables import EmailCheck, FactorReset, PasswordReset
from pathway.casework.sharing.queries import Reader, access_of, same_person, structures_that_see
from pathway.casework.sharing.rules import Cause
from pathway.kernel.errors import NotAllowed, NotFound, Refused
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_reset = table_of(PasswordReset)
_factor = table_of(FactorReset)
_check = table_of(EmailCheck)

TO_CHECK = "email_to_check"
_STOPPED = (
    "Cette personne a arrêté le partage avec votre structure : une autre structure qui l’accompagne l’aide pour son "
    "compte et sa carte."
)


@dataclass(frozen=True, kw_only=True)
class Chance:
    """A new password that may be chosen now: whose account, and her record when she is a jobseeker."""

    reset_id: str
    account_id: str
    record_id: str


@dataclass(frozen=True, kw_only=True)
class FactorRequest:
    """A second factor that waits for a confirmation: whose, asked by whom, where and why. Names are professionals'."""

    id: str
    account_id: str
    record_id: str
    name: str
    structure: str
    asked_by: str
    asked_by_name: str
    reason: FactorReason
    asked_at: datetime
    expires_at: datetime


def chance_of_letter(tx: Transaction, secret: str) -> Chance | None:
    """What the link of a letter makes possible; None when unknown, spent, or over thirty minutes old."""
    return _chance(tx, ResetWay.LETTER, reset_digest(tx, ResetWay.LETTER, secret))


def chance_of_code(tx: Transaction, code: str) -> Chance | None:
    """The same for a code given in person; None too after five wrong birth dates."""
    return _chance(tx, ResetWay.CODE, reset_digest(tx, ResetWay.CODE, normal_code(code)))


def reset_digest(tx: Transaction, way: ResetWay, secret: str) -> bytes:
    """Under what a secret link or code is kept."""
    return tx.store.fingerprints.digest(f"reset-{way.value}", secret)


def check_digest(tx: Transaction, secret: str) -> bytes:
    """Under what the secret that proves an address is kept."""
    return tx.store.fingerprints.digest("check-email", secret)


def email_to_check(tx: Transaction, account_id: str) -> str:
    """The address she says is hers and has not proved yet; empty when there is none."""
    return str(tx.sealing.open_many([account_id], PROFILE).get(account_id, {}).get(TO_CHECK, ""))


def check_behind(tx: Transaction, secret: str) -> Row[Any] | None:
    """The proof asked for under that secret (id, account_id, token), if it still waits."""
    query = select(_check.c.id, _check.c.account_id, _check.c.token).where(
        _check.c.digest == check_digest(tx, secret), _check.c.ended_at.is_(None), _check.c.expires_at > tx.now
    )
    return tx.execute(query).one_or_none()


def require_keys(tx: Transaction, record_id: str) -> None:
    """Let pass whoever may give keys to that person's account (codes, a new card); `NotAllowed` without a lasting
    support: a card shown once, or the thirty days of reading after a support, give none.

    `Refused` for a structure she stopped, as long as another one that others know of supports her: through her account
    it would read again what she closed to it. When nobody else is there, it may: she must not stay outside.
    """
    access = access_of(tx, record_id)
    if not access.is_lasting_support:
        raise NotAllowed
    if access.is_own_only and any(_supports_freely(one) for one in structures_that_see(tx, record_id)):
        raise Refused(_STOPPED)


def may_give_keys(tx: Transaction, record_id: str) -> bool:
    """Whether the actor's structure may give keys to that person's account today."""
    try:
        require_keys(tx, record_id)
    except (NotFound, NotAllowed, Refused):
        return False
    return True


def account_supported(tx: Transaction, record_id: str) -> str | None:
    """The account of a person to whom the actor's structure may give keys today, if it is open; refuses as
    `require_keys` does."""
    require_keys(tx, record_id)
    found = (account_of_record(tx, name) for name in same_person(tx, record_id))
    account_id = next((one for one in found if one), None)
    account = account_by_id(tx, account_id) if account_id else None
    return account_id if account and account.state == AccountState.ACTIVE else None


def requests_to_confirm(tx: Transaction) -> list[FactorRequest]:
    """The professionals' second factors that wait for an operator, oldest first."""
    query = _open(tx).where(_factor.c.record_id == "").order_by(_factor.c.asked_at, _factor.c.id)
    return _requests(tx, query)


def request_about(tx: Transaction, account_id: str) -> FactorRequest | None:
    """The request of the actor's structure that waits for that account, if there is one."""
    here = (_factor.c.account_id == account_id, _factor.c.structure_id == (tx.actor.structure_id or "-"))
    return next(iter(_requests(tx, _open(tx).where(*here))), None)


def _supports_freely(one: Reader) -> bool:
    return one.cause is Cause.SUPPORT and one.until_at is None and not one.is_stopped


def _chance(tx: Transaction, way: ResetWay, digest: bytes) -> Chance | None:
    query = select(_reset).where(
        _reset.c.digest == digest,
        _reset.c.way == way.value,
        _reset.c.ended_at.is_(None),
        _reset.c.expires_at > tx.now,
        _reset.c.tries < CODE_TRIES,
    )
    row = tx.execute(query).one_or_none()
    account = account_by_id(tx, row.account_id) if row else None
    if row is None or account is None or account.state != AccountState.ACTIVE:
        return None
    return Chance(reset_id=row.id, account_id=row.account_id, record_id=account.record_id or "")


def _open(tx: Transaction) -> Select[Any]:
    return select(_factor).where(_factor.c.state == FactorResetState.OPEN.value, _factor.c.expires_at > tx.now)


def _requests(tx: Transaction, query: Select[Any]) -> list[FactorRequest]:
    rows = tx.execute(query).all()
    staff = [row.account_id for row in rows if not row.record_id]
    names = staff_names(tx, [*staff, *(row.asked_by for row in rows)])
    structures = structure_names(tx)
    return [
        FactorRequest(
            id=row.id,
            account_id=row.account_id,
            record_id=row.record_id,
            name=names.get(row.account_id, ""),
            structure=structures.get(row.structure_id, ""),
            asked_by=row.asked_by,
            asked_by_name=names.get(row.asked_by, ""),
            reason=FactorReason(row.reason),
            asked_at=row.asked_at,
            expires_at=row.expires_at,
        )
        for row in rows
    ]
