"""Installing, using and taking away what protects an account besides its password."""

from typing import Any

from sqlalchemy import delete, insert, select, update

from pathway.casework.accounts.actions import hold_account
from pathway.casework.accounts.queries import SessionView, account_by_id
from pathway.casework.accounts.rules import CODE_ALPHABET, AccountKind, EventKind
from pathway.casework.accounts.sessions import note
from pathway.casework.factors.one_time import matching_step, new_seed
from pathway.casework.factors.passkeys import (
    REFUSED_KEY,
    Asked,
    check_proof,
    credential_of,
    read_registration,
)
from pathway.casework.factors.queries import SECOND_FACTOR, credentials_of, factors_of, offered_seed
from pathway.casework.factors.rules import (
    CHALLENGE_LIFE,
    MAX_PASSKEYS,
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    Factors,
    Purpose,
    RelyingParty,
    Way,
    looks_like_totp,
    normal_recovery_code,
    refuse_last,
)
from pathway.casework.factors.tables import Passkey, PasskeyChallenge, RecoveryCode
from pathway.kernel.errors import Refused
from pathway.kernel.ids import new_code, new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_passkey = table_of(Passkey)
_challenge = table_of(PasskeyChallenge)
_recovery = table_of(RecoveryCode)

_LATE = marked("Ce dessin n’est plus valable. Recommencez l’installation.")
_WRONG = marked("Ce code n’est pas le bon. Attendez le suivant sur votre téléphone, puis écrivez-le.")
_MANY = marked("Vous avez déjà dix clés d’accès. Retirez-en une d’abord.")


def offer_totp(tx: Transaction, account_id: str) -> None:
    """Draw a fresh seed and keep it sealed until its first code is typed, fifteen minutes at most."""
    kept, seq = _seeds(tx, account_id)
    offered = {"secret": new_seed(), "at": tx.now.isoformat()}
    tx.sealing.write(account_id, SECOND_FACTOR, {**kept, "offered": offered}, seq=seq)
    tx.journal("second_factor_offered", account=account_id)


def confirm_totp(tx: Transaction, account_id: str, typed: str) -> None:
    """Install the seed on offer, once a first code proves that the telephone has it. `Refused` otherwise.

    It replaces the earlier one.
    """
    seed = offered_seed(tx, account_id)
    if not seed:
        raise Refused(_LATE)
    step = matching_step(seed, typed, at=tx.now, after=0)
    if step is None:
        raise Refused(_WRONG, field="code")
    install_totp(tx, account_id, seed, last_step=step)


def install_totp(tx: Transaction, account_id: str, seed: str, *, last_step: int = 0) -> None:
    """Keep that seed as the account's own; `last_step` is the last step whose code has served."""
    _, seq = _seeds(tx, account_id)
    totp = {"secret": seed, "since": tx.now.isoformat(), "last_step": last_step}
    tx.sealing.write(account_id, SECOND_FACTOR, {"totp": totp}, seq=seq)
    _note(tx, EventKind.FACTOR_ADDED, account_id, Way.TOTP)


def remove_totp(tx: Transaction, account_id: str) -> None:
    """Take the one-time codes away; `Refused` when they are a professional's last protection."""
    kept, seq = _seeds(tx, account_id)
    if "totp" not in kept:
        return
    _refuse_last(tx, account_id)
    tx.sealing.write(account_id, SECOND_FACTOR, {}, seq=seq)
    _note(tx, EventKind.FACTOR_REMOVED, account_id, Way.TOTP)


def use_code(tx: Transaction, account_id: str, typed: str) -> Way | None:
    """Which way that code proves who she is, if it does; it is then used up. Inside a write only.

    Two requests with the same code queue here: the second finds it used.
    """
    way = _use_totp(tx, account_id, typed) if looks_like_totp(typed) else _use_recovery(tx, account_id, typed)
    if way:
        tx.journal("second_factor_used", account=account_id, way=way.value)
    return way


def make_recovery_codes(tx: Transaction, account_id: str) -> list[str]:
    """Ten fresh codes, to print: only their digests are kept. Earlier codes are worth nothing any more."""
    tx.execute(delete(_recovery).where(_recovery.c.account_id == account_id))
    codes = [new_code(CODE_ALPHABET, RECOVERY_LENGTH) for _ in range(RECOVERY_CODES)]
    rows = [{"digest": _digest(tx, account_id, code), "account_id": account_id, "made_at": tx.now} for code in codes]
    tx.execute(insert(_recovery), rows)
    _note(tx, EventKind.CODES_RENEWED, account_id, Way.RECOVERY)
    return codes


def remove_recovery_codes(tx: Transaction, account_id: str) -> None:
    """Forget the printed list. Without a device, her password is then enough again: never for a professional."""
    account = account_by_id(tx, account_id)
    if account is None or account.kind == AccountKind.PROFESSIONAL:
        raise Refused("Un compte professionnel garde ses codes de secours.")
    if tx.execute(delete(_recovery).where(_recovery.c.account_id == account_id)).rowcount:
        _note(tx, EventKind.FACTOR_REMOVED, account_id, Way.RECOVERY)


def keep_challenge(tx: Transaction, session: SessionView, asked: Asked, *, purpose: Purpose) -> None:
    """Keep what the passkey must sign, for that session: five minutes, once. It replaces the one before."""
    tx.execute(delete(_challenge).where(_challenge.c.session_id == session.id))
    values = {"purpose": purpose.value, "challenge": asked.challenge, "expires_at": tx.now + CHALLENGE_LIFE}
    tx.execute(insert(_challenge).values(session_id=session.id, **values))
    tx.journal("passkey_asked", account=session.account_id, purpose=purpose.value)


def add_passkey(tx: Transaction, session: SessionView, party: RelyingParty, answer: str, *, name: str) -> None:
    """Keep the passkey the browser made for the challenge of that session. `Refused` when it does not hold."""
    account_id = session.account_id
    made = read_registration(party, answer, challenge=_take_challenge(tx, session, Purpose.REGISTER))
    if len(credentials_of(tx, account_id)) >= MAX_PASSKEYS:
        raise Refused(_MANY)
    passkey_id = new_id()
    label = tx.sealing.seal_value(account_id, "passkey", passkey_id, {"name": name})
    values = {"credential_id": made.credential_id, "public_key": made.public_key, "sign_count": made.sign_count}
    row = {"id": passkey_id, "account_id": account_id, "label": label, "added_at": tx.now, **values}
    tx.execute(insert(_passkey).values(**row))
    _note(tx, EventKind.FACTOR_ADDED, account_id, Way.PASSKEY)


def use_passkey(tx: Transaction, session: SessionView, party: RelyingParty, answer: str) -> Way | None:
    """Whether the passkey's answer proves who she is; the challenge is used up either way. Inside a write only."""
    try:
        _check_passkey(tx, session, party, answer)
    except Refused:
        return None
    tx.journal("second_factor_used", account=session.account_id, way=Way.PASSKEY.value)
    return Way.PASSKEY


def remove_passkey(tx: Transaction, account_id: str, passkey_id: str) -> None:
    """Take one passkey away; `Refused` when it is a professional's last protection."""
    here = (_passkey.c.id == passkey_id, _passkey.c.account_id == account_id)
    if tx.execute(select(_passkey.c.id).where(*here)).first() is None:
        return
    _refuse_last(tx, account_id)
    tx.execute(delete(_passkey).where(*here))
    _note(tx, EventKind.FACTOR_REMOVED, account_id, Way.PASSKEY)


def forget_factors(tx: Transaction, account_id: str) -> None:
    """Take everything away at once: only for an account opened anew, or reset by two people. Says so to its owner."""
    had: Factors = factors_of(tx, account_id)
    tx.execute(delete(_passkey).where(_passkey.c.account_id == account_id))
    tx.execute(delete(_recovery).where(_recovery.c.account_id == account_id))
    kept, seq = _seeds(tx, account_id)
    if kept:
        tx.sealing.write(account_id, SECOND_FACTOR, {}, seq=seq)
    if had.has_any:
        _note(tx, EventKind.FACTOR_REMOVED, account_id, None)


def _use_totp(tx: Transaction, account_id: str, typed: str) -> Way | None:
    kept, seq = _seeds(tx, account_id)
    totp = kept.get("totp")
    if not totp:
        return None
    step = matching_step(totp["secret"], typed, at=tx.now, after=totp["last_step"])
    if step is None:
        return None
    tx.sealing.write(account_id, SECOND_FACTOR, {**kept, "totp": {**totp, "last_step": step}}, seq=seq)
    return Way.TOTP


def _use_recovery(tx: Transaction, account_id: str, typed: str) -> Way | None:
    here = (
        _recovery.c.digest == _digest(tx, account_id, normal_recovery_code(typed)),
        _recovery.c.account_id == account_id,
        _recovery.c.used_at.is_(None),
    )
    if tx.execute(update(_recovery).where(*here).values(used_at=tx.now)).rowcount != 1:
        return None
    _note(tx, EventKind.RECOVERY_USED, account_id, Way.RECOVERY)
    return Way.RECOVERY


def _check_passkey(tx: Transaction, session: SessionView, party: RelyingParty, answer: str) -> None:
    challenge = _take_challenge(tx, session, Purpose.PROVE)
    here = (_passkey.c.credential_id == credential_of(answer), _passkey.c.account_id == session.account_id)
    row = tx.execute(select(_passkey).where(*here).with_for_update()).one_or_none()
    if row is None:
        raise Refused(REFUSED_KEY)
    count = check_proof(party, answer, challenge=challenge, public_key=row.public_key, sign_count=row.sign_count)
    tx.execute(update(_passkey).where(_passkey.c.id == row.id).values(sign_count=count, used_at=tx.now))


def _take_challenge(tx: Transaction, session: SessionView, purpose: Purpose) -> bytes:
    """Whatever follows, that challenge has served."""
    here = (_challenge.c.session_id == session.id, _challenge.c.purpose == purpose.value)
    row = tx.execute(select(_challenge).where(*here).with_for_update()).one_or_none()
    if row is None or tx.execute(delete(_challenge).where(*here)).rowcount != 1 or row.expires_at <= tx.now:
        raise Refused(REFUSED_KEY)
    challenge: bytes = row.challenge
    return challenge


def _seeds(tx: Transaction, account_id: str) -> tuple[dict[str, Any], int]:
    """The sealed section and its number; a writer holds it until it has finished."""
    opened = tx.sealing.open(account_id, [SECOND_FACTOR]).get(SECOND_FACTOR)
    return (dict(opened.payload), opened.seq) if opened else ({}, 0)


def _refuse_last(tx: Transaction, account_id: str) -> None:
    hold_account(tx, account_id)  # two keys taken away at once must not both be the last but one
    account = account_by_id(tx, account_id)
    refuse_last(factors_of(tx, account_id), kind=AccountKind(account.kind if account else AccountKind.PROFESSIONAL))


def _digest(tx: Transaction, account_id: str, code: str) -> bytes:
    return tx.store.fingerprints.digest("recovery", account_id, code)


def _note(tx: Transaction, kind: EventKind, account_id: str, way: Way | None) -> None:
    account = account_by_id(tx, account_id)
    record_id = (account.record_id or "") if account else ""
    note(tx, kind, account_id=account_id, record_id=record_id, way=way.value if way else "all")
