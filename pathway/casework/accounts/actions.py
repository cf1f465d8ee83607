"""Opening accounts and activation codes, changing passwords; counting failed tries."""

import hmac
from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pathway.casework.accounts.queries import account_of_record, is_known_device, login_of
from pathway.casework.accounts.rules import (
    ADDRESS_WINDOW,
    CODE_ALPHABET,
    CODE_LENGTH,
    CODE_LIFE,
    CODE_TRIES,
    DEVICE_LIFE,
    EVENTS_KEPT,
    FAILURES_FADE,
    FREE_FAILURES,
    FREE_FAILURES_OF_ADDRESS,
    AccountKind,
    AccountState,
    EventKind,
    LoginKind,
    block_after,
    normal_code,
)
from pathway.casework.accounts.sessions import end_sessions, forget_devices, forget_tries, note
from pathway.casework.accounts.tables import (
    Account,
    AccountEvent,
    AccountLogin,
    Activation,
    FailedTries,
    KnownDevice,
    WebSession,
)
from pathway.casework.partners.queries import PROFILE
from pathway.kernel.errors import Conflict, Invalid, Refused
from pathway.kernel.ids import new_code, new_id
from pathway.kernel.languages import NAMES, marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_account = table_of(Account)
_login = table_of(AccountLogin)
_activation = table_of(Activation)
_session = table_of(WebSession)
_tries = table_of(FailedTries)
_device = table_of(KnownDevice)
_event = table_of(AccountEvent)

WRONG_CODE = marked(
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


def choose_language(tx: Transaction, language: str) -> None:
    """Keep the language in which the actor reads her pages, a key of `NAMES`. `Invalid` for any other."""
    if language not in NAMES:
        raise Invalid(marked("Cette langue n’est pas proposée. Choisissez l’une des langues de la liste."))
    tx.execute(update(_account).where(_account.c.id == tx.actor.account_id).values(language=language))
    tx.journal("choose_language", language=language)


def tries_names(tx: Transaction, *, typed: str, address: str, account_id: str = "", device: str = "") -> list[str]:
    """The hashed names under which a failed try is counted: the login typed, then the network address.

    A device that signed in to that account before (`device`, its hash) is counted alone: whoever types wrong passwords
    elsewhere does not lock her out.
    """
    digest = tx.store.fingerprints.digest
    if device and is_known_device(tx, account_id, device):
        return [digest("tries-device", device, account_id).hex()]
    kind, token = login_of(tx, typed)
    return [_login_tries(tx, kind.value, token), digest("tries-address", address).hex()]


def code_tries_names(tx: Transaction, *, account_id: str, address: str, device: str = "") -> list[str]:
    """The same for the second factor, counted apart from the password: by account, then by address."""
    digest = tx.store.fingerprints.digest
    if device and is_known_device(tx, account_id, device):
        return [digest("tries-code-device", device, account_id).hex()]
    return [digest("tries-code", account_id).hex(), digest("tries-address", address).hex()]


def forget_login_tries(tx: Transaction, account_id: str) -> None:
    """She has just proved who she is another way: the failures counted under her logins are forgotten."""
    for row in tx.execute(select(_login.c.kind, _login.c.token).where(_login.c.account_id == account_id)):
        forget_tries(tx, _login_tries(tx, row.kind, row.token))


def hold_account(tx: Transaction, account_id: str) -> None:
    """Make the tries of that account queue: several at once must not all pass before the first is counted."""
    tx.execute(select(_account.c.id).where(_account.c.id == account_id).with_for_update())


def count_failure(tx: Transaction, *, who: list[str], action: str = "sign_in_failed", **detail: Any) -> None:
    """Count one failed try for the login (or device) and for the address, and set how long the next one waits."""
    count_tries(tx, who=who, fade=FAILURES_FADE)
    tx.journal(action, **detail)


def count_tries(tx: Transaction, *, who: list[str], fade: timedelta) -> None:
    """Count one failure under each of these names: what was aimed at, then the network address if it is counted.

    The failures of what was aimed at count until none came for `fade`. An address is often a whole building: what
    counts is how fast it fails, thirty times in ten minutes, not how long it has been there.
    """
    _count(tx, who[0], FREE_FAILURES, lambda row: tx.now - row.last_at < fade)
    for address in who[1:]:
        _count(
            tx, address, FREE_FAILURES_OF_ADDRESS, lambda row: tx.now - (row.began_at or row.last_at) < ADDRESS_WINDOW
        )


def _count(tx: Transaction, name: str, free: int, still_counts: Callable[[Any], bool]) -> None:
    # Locked: tries made at the same time must all be counted.
    row = tx.execute(select(_tries).where(_tries.c.who == name).with_for_update()).one_or_none()
    goes_on = row is not None and still_counts(row)
    failures = (row.failures if row and goes_on else 0) + 1
    values = {"failures": failures, "last_at": tx.now, "blocked_until": block_after(failures, free=free, now=tx.now)}
    if not goes_on:
        values["began_at"] = tx.now
    if row is not None:
        tx.execute(update(_tries).where(_tries.c.who == name).values(**values))
    elif not _is_first(tx, {"who": name, **values}):
        _count(tx, name, free, still_counts)


def _is_first(tx: Transaction, values: dict[str, Any]) -> bool:
    """Keep the first failure under a name, unless another one was kept at the same instant."""
    try:
        with tx.connection.begin_nested():
            tx.execute(insert(_tries), values)
    except IntegrityError:
        return False
    return True


def give_activation(tx: Transaction, *, record_id: str, cards: Collection[str] = ()) -> str:
    """A fresh code for the person to open her account: 8 characters, 10 minutes, 5 tries. Earlier codes end.

    Also for an account she has disowned (« Ce n’est pas moi »): the code opens it anew. `cards`: all her linked cards;
    an account open on any of them already opens the whole person.
    """
    if any(_active_account_of(tx, card) for card in (record_id, *cards)):
        raise Refused("Cette personne a déjà ouvert son compte. Elle se connecte avec son mot de passe.")
    code = new_code(CODE_ALPHABET, CODE_LENGTH)
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


def activate(tx: Transaction, *, activation_id: str, record_id: str, card_number: str, password_hash: str) -> str:
    """Open the person's account from a code that was just checked; gives its id. The code is spent.

    Her card number signs in; an e-mail will when a letter has proved that it is hers.
    """
    here = (_activation.c.id == activation_id, _activation.c.ended_at.is_(None), _activation.c.expires_at > tx.now)
    if tx.execute(update(_activation).where(*here).values(ended_at=tx.now)).rowcount != 1:
        raise Refused(WRONG_CODE)
    account_id = account_of_record(tx, record_id)
    if account_id and _active_account_of(tx, record_id):
        raise Conflict(marked("Votre compte est déjà ouvert. Connectez-vous avec votre mot de passe."))
    if account_id:
        _reopen(tx, account_id, password_hash=password_hash)
    else:
        account_id = new_id()
        tx.sealing.create(account_id, {PROFILE: {}})
        _insert_account(tx, account_id, AccountKind.JOBSEEKER, password_hash, record_id=record_id)
    if card_number:
        _add_login(tx, account_id, card_number)
    tx.journal("activate_account", records=[record_id], account=account_id)
    return account_id


def replace_card_login(tx: Transaction, *, record_id: str, card_number: str) -> None:
    """Let that number, and no earlier one, sign in to the person's account; nothing when she has none."""
    account_id = account_of_record(tx, record_id)
    if account_id is None:
        return
    mine = (_login.c.account_id == account_id, _login.c.kind == LoginKind.CARD.value)
    tx.execute(delete(_login).where(*mine))
    _add_login(tx, account_id, card_number)


def replace_email_login(tx: Transaction, *, account_id: str, email: str) -> None:
    """Let that address, and no earlier one, sign in to the account. The caller has checked that it is hers."""
    mine = (_login.c.account_id == account_id, _login.c.kind == LoginKind.EMAIL.value)
    tx.execute(delete(_login).where(*mine))
    _add_login(tx, account_id, email)


def change_password(tx: Transaction, *, account_id: str, old_hash: str, new_hash: str, record_id: str = "") -> None:
    """Keep the new password's hash. `Refused` if another one was kept since `old_hash` was read.

    The caller ends the sessions it wants to end.
    """
    if not _replace_hash(tx, account_id, old_hash, new_hash):
        raise Refused(marked("Votre mot de passe vient d’être changé ailleurs. Reconnectez-vous."))
    note(tx, EventKind.PASSWORD_CHANGED, account_id=account_id, record_id=record_id)


def spend_password(tx: Transaction, account_id: str) -> None:
    """Make the account's password worth nothing, until its owner chooses another: no password has an empty hash."""
    tx.execute(update(_account).where(_account.c.id == account_id).values(password_hash=""))
    tx.journal("password_spent", account=account_id)


def strengthen_hash(tx: Transaction, *, account_id: str, old_hash: str, new_hash: str) -> None:
    """Keep the same password under today's costs. Nothing happens if it was changed in between."""
    if _replace_hash(tx, account_id, old_hash, new_hash):
        tx.journal("hash_strengthened", account=account_id)


def disown_account(tx: Transaction, *, account_id: str, record_id: str) -> None:
    """« Ce n’est pas moi »: every session and code ends, the account waits for a new code given by a counsellor."""
    here = (_account.c.id == account_id, _account.c.record_id == record_id)
    tx.execute(update(_account).where(*here).values(state=AccountState.DISABLED.value))
    end_sessions(tx, account_id)
    forget_devices(tx, account_id)
    tx.journal("account_disowned", records=[record_id], account=account_id)


def forget_old_traces(tx: Transaction) -> int:
    """Delete sessions, codes and failed tries over a day old, devices and events past their time; gives how many."""
    day_ago = tx.now - timedelta(days=1)
    rows = tx.execute(delete(_session).where(_session.c.last_seen_at < day_ago)).rowcount
    rows += tx.execute(delete(_activation).where(_activation.c.expires_at < day_ago)).rowcount
    rows += tx.execute(delete(_device).where(_device.c.last_at < tx.now - DEVICE_LIFE)).rowcount
    rows += tx.execute(delete(_event).where(_event.c.at < tx.now - EVENTS_KEPT)).rowcount
    return rows + tx.execute(delete(_tries).where(_tries.c.last_at < day_ago)).rowcount


def _active_account_of(tx: Transaction, record_id: str) -> bool:
    here = (_account.c.record_id == record_id, _account.c.state == AccountState.ACTIVE.value)
    return tx.execute(select(_account.c.id).where(*here)).first() is not None


def _reopen(tx: Transaction, account_id: str, *, password_hash: str) -> None:
    """Nothing of whoever used it is kept: neither logins nor addresses."""
    profile = tx.sealing.open(account_id, [PROFILE])[PROFILE]
    tx.sealing.write(account_id, PROFILE, {}, seq=profile.seq)
    tx.execute(delete(_login).where(_login.c.account_id == account_id))
    values = {"state": AccountState.ACTIVE.value, "password_hash": password_hash, "recorded_at": tx.now}
    tx.execute(update(_account).where(_account.c.id == account_id).values(**values))


def _replace_hash(tx: Transaction, account_id: str, old_hash: str, new_hash: str) -> bool:
    here = (_account.c.id == account_id, _account.c.password_hash == old_hash)
    return tx.execute(update(_account).where(*here).values(password_hash=new_hash)).rowcount == 1


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


def _login_tries(tx: Transaction, kind: str, token: int) -> str:
    return tx.store.fingerprints.digest("tries-login", kind, str(token)).hex()


def _add_login(tx: Transaction, account_id: str, typed: str) -> None:
    kind, token = login_of(tx, typed)
    tx.execute(insert(_login).values(kind=kind.value, token=token, account_id=account_id))
