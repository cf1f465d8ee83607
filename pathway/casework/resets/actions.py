"""Making a new password possible, taking a second factor away with two people, proving an address.

A new password never touches the second factor; a second factor taken away takes the password with it. Whoever asks for
a factor to be taken away does not confirm it, and its owner does neither.

A link's secret travels in its path: it names nobody, serves once, and only its keyed hash is kept; the logs of this
program keep the name of the page only, the pages send no referrer, and opening the link changes nothing before a button
is pressed.
"""

import secrets
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from pathway.casework.accounts.actions import (
    change_password,
    forget_login_tries,
    give_activation,
    hold_account,
    replace_email_login,
    spend_password,
)
from pathway.casework.accounts.queries import account_by_id, account_by_login, account_by_token, languages_of, login_of
from pathway.casework.accounts.rules import (
    CODE_ALPHABET,
    CODE_LENGTH,
    CODE_LIFE,
    AccountState,
)
from pathway.casework.accounts.sessions import end_sessions, forget_devices
from pathway.casework.factors.actions import forget_factors
from pathway.casework.factors.queries import factors_of
from pathway.casework.partners.queries import PROFILE, posts
from pathway.casework.partners.rules import Role
from pathway.casework.resets.queries import (
    TO_CHECK,
    Chance,
    account_supported,
    check_behind,
    check_digest,
    request_about,
    require_keys,
    reset_digest,
)
from pathway.casework.resets.rules import (
    EMAIL_CHECK_LIFE,
    FACTOR_REQUEST_LIFE,
    LINK_LIFE,
    ONESELF,
    FactorReason,
    FactorResetState,
    ResetWay,
    check_second,
)
from pathway.casework.resets.tables import EmailCheck, FactorReset, PasswordReset, ResetRequest
from pathway.casework.sharing.actions import WHO_LOOKED_PATH, tell_her
from pathway.casework.sharing.queries import same_person
from pathway.casework.team.queries import member_seen
from pathway.casework.team.rules import STAFF
from pathway.kernel.errors import NotAllowed, NotFound, Refused
from pathway.kernel.ids import new_code, new_id
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import post
from pathway.store.transaction import Transaction

_request = table_of(ResetRequest)
_reset = table_of(PasswordReset)
_check = table_of(EmailCheck)
_factor = table_of(FactorReset)

LINK_IS_DEAD = marked(
    "Ce lien ne fonctionne plus. Il sert une seule fois, pendant un temps court. Demandez-en un nouveau."
)
TAKEN = marked("Cette adresse sert déjà à un autre compte. Choisissez-en une autre, ou gardez votre numéro de carte.")
_NO_ACCOUNT = "Cette personne n’a pas de compte ouvert. Donnez-lui un code d’activation."
_NO_FACTOR = "Ce compte n’a pas de deuxième protection à remettre à zéro."
_ASKED = "Une demande attend déjà d’être confirmée pour ce compte."
_ASKER_LEFT = "La personne qui a fait cette demande n’est plus habilitée : il faut une nouvelle demande."
_SECURITY, _SIGN_IN = "/mon-compte/securite", "/connexion"
_LOT = 50


def ask_reset(tx: Transaction, typed: str) -> None:
    """Keep that somebody forgot her password, whether what she typed is known or not: nothing is looked up here.

    The same rows are written for everyone, so neither the answer nor its duration says that an account exists. What is
    known is sorted out by `answer_requests`, in the worker that sends letters.
    """
    kind, token = login_of(tx, typed)
    tx.execute(insert(_request).values(id=new_id(), kind=kind.value, token=token, asked_at=tx.now))
    tx.journal("reset_asked")


def has_requests(tx: Transaction) -> bool:
    """Whether a forgotten password waits to be looked at."""
    return tx.execute(select(_request.c.id).limit(1)).first() is not None


def answer_requests(tx: Transaction) -> int:
    """Look at up to fifty requests and post a letter where an active account has a proved address; gives how many.

    What names nobody, or somebody without an address, is dropped: those people were told the same.
    """
    oldest = select(_request).order_by(_request.c.asked_at, _request.c.id).limit(_LOT)
    rows = tx.execute(oldest.with_for_update(skip_locked=True)).all()
    tx.execute(delete(_request).where(_request.c.id.in_([row.id for row in rows])))
    asked = dict.fromkeys((row.kind, row.token) for row in rows)
    posted = sum(_answer(tx, kind, token) for kind, token in asked)
    tx.journal("answer_reset_requests", looked_at=len(rows), posted=posted)
    return posted


def give_first_code(tx: Transaction, record_id: str) -> str:
    """A code for a person one supports to open her account: 8 characters, 10 minutes, 5 tries. Earlier ones end.

    She is told by a letter if an account she closed still has an address: somebody is opening it again.
    """
    require_keys(tx, record_id)
    code = give_activation(tx, record_id=record_id, cards=same_person(tx, record_id))
    tell_her(tx, record_id, LetterKind.CODE_GIVEN, WHO_LOOKED_PATH)
    return code


def give_reset_code(tx: Transaction, record_id: str) -> str:
    """A code for a person one supports to choose a new password: 8 characters, 10 minutes, 5 tries. Earlier ones
    end. She is told by a letter."""
    account_id = account_supported(tx, record_id)
    if account_id is None:
        raise Refused(_NO_ACCOUNT)
    code = new_code(CODE_ALPHABET, CODE_LENGTH)
    _make(tx, account_id, ResetWay.CODE, code)
    tell_her(tx, record_id, LetterKind.CODE_GIVEN, WHO_LOOKED_PATH)
    tx.journal("give_reset_code", records=[record_id], account=account_id)
    return code


def count_wrong_birth_date(tx: Transaction, reset_id: str) -> None:
    """One of the five tries of that code is used up."""
    tx.execute(update(_reset).where(_reset.c.id == reset_id).values(tries=_reset.c.tries + 1))
    tx.journal("reset_code_failed")


def choose_password(tx: Transaction, chance: Chance, *, password_hash: str) -> None:
    """Keep the new password and end every session; the second factor stays and is still asked. `Refused` if spent."""
    here = (_reset.c.id == chance.reset_id, _reset.c.ended_at.is_(None), _reset.c.expires_at > tx.now)
    if tx.execute(update(_reset).where(*here).values(ended_at=tx.now)).rowcount != 1:
        raise Refused(LINK_IS_DEAD)
    account = account_by_id(tx, chance.account_id)
    assert account is not None
    change_password(
        tx,
        account_id=account.id,
        old_hash=account.password_hash,
        new_hash=password_hash,
        record_id=chance.record_id,
    )
    _end_chances(tx, account.id)
    end_sessions(tx, account.id)
    forget_devices(tx, account.id)
    forget_login_tries(tx, account.id)
    tell_owner(tx, account.id, LetterKind.SIGN_IN_NOTICE, _SECURITY)


def tell_owner(tx: Transaction, account_id: str, kind: LetterKind, path: str) -> None:
    """Post that letter to the account's proved address, if it has one."""
    email = tx.sealing.open_many([account_id], PROFILE).get(account_id, {}).get("email", "")
    if email:
        _post(tx, account_id, kind, email, link=path)


def keep_email_to_check(tx: Transaction, account_id: str, email: str) -> None:
    """Keep an address that is not proved yet."""
    profile = tx.sealing.open(account_id, [PROFILE])[PROFILE]
    tx.sealing.write(account_id, PROFILE, {**profile.payload, TO_CHECK: email}, seq=profile.seq)


def ask_email_check(tx: Transaction, account_id: str, email: str) -> None:
    """Keep an address as one to prove, and post the letter that proves it; until then it opens and receives nothing.

    The same whether somebody else has it or not. An earlier one to prove is forgotten.
    """
    keep_email_to_check(tx, account_id, email)
    waiting = (_check.c.account_id == account_id, _check.c.ended_at.is_(None))
    tx.execute(update(_check).where(*waiting).values(ended_at=tx.now))
    secret = secrets.token_urlsafe(32)
    values = {
        "id": new_id(),
        "account_id": account_id,
        "token": login_of(tx, email)[1],
        "digest": check_digest(tx, secret),
        "asked_at": tx.now,
        "expires_at": tx.now + EMAIL_CHECK_LIFE,
    }
    tx.execute(insert(_check).values(**values))
    valid_for = f"{EMAIL_CHECK_LIFE.days} jours"
    _post(tx, account_id, LetterKind.CHECK_EMAIL, email, link=f"/adresse/{secret}", valid_for=valid_for)
    tx.journal("email_check_asked", account=account_id)


def prove_email(tx: Transaction, secret: str) -> None:
    """The letter arrived: that address signs in and receives letters from now on, instead of the earlier one."""
    row = check_behind(tx, secret)
    if row is None:
        raise Refused(LINK_IS_DEAD)
    adopt_email(tx, row.account_id, token=row.token)
    _end_check(tx, row)


def adopt_email(tx: Transaction, account_id: str, *, token: int | None = None) -> None:
    """Make the address to prove the account's own; `token` is the one the letter was sent for, if there was one."""
    profile = tx.sealing.open(account_id, [PROFILE])[PROFILE]
    email = profile.payload.get(TO_CHECK, "")
    if not email or (token is not None and login_of(tx, email)[1] != token):
        raise Refused(LINK_IS_DEAD)
    owner = account_by_login(tx, email)
    if owner is not None and owner.id != account_id:
        raise Refused(TAKEN)
    account = account_by_id(tx, account_id)
    kept = {key: value for key, value in profile.payload.items() if key != TO_CHECK}
    if kept.get("email"):
        tell_owner(tx, account_id, LetterKind.SIGN_IN_NOTICE, _SECURITY)  # to the address that goes
    tx.sealing.write(account_id, PROFILE, {**kept, "email": email}, seq=profile.seq)
    replace_email_login(tx, account_id=account_id, email=email)
    record_id = (account.record_id or "") if account else ""
    tx.journal("email_proved", records=_hers(record_id), account=account_id)


def ask_factor_reset(tx: Transaction, membership_id: str, *, reason: FactorReason) -> None:
    """A responsable asks for the second factor of one of her people to be taken away; an operator must confirm.

    Its owner is told by a letter at once. `NotFound` outside her structure, `Refused` for herself or twice.
    """
    if tx.actor.role != Role.SUPERVISOR:
        raise NotAllowed
    member = member_seen(tx, membership_id)
    _ask(tx, member.account_id, "", reason)


def ask_factor_reset_of_person(tx: Transaction, record_id: str, *, reason: FactorReason) -> None:
    """A professional who supports a person asks for her second factor to be taken away; a colleague must confirm."""
    account_id = account_supported(tx, record_id)
    if account_id is None:
        raise Refused(_NO_ACCOUNT)
    _ask(tx, account_id, record_id, reason)


def confirm_factor_reset(tx: Transaction, request_id: str) -> None:
    """Take the second factor away: an operator for a professional, a colleague of the asker for a person.

    Never the asker nor the owner. Every session ends, and the password is spent: whoever stole it must not be the first
    to install another factor. The owner chooses another password by a letter sent now, by « Mot de passe oublié ? »
    later, or with a code given in person; a professional is then led to install another factor.
    """
    row = _settled(tx, request_id, FactorResetState.CONFIRMED)
    forget_factors(tx, row.account_id)
    end_sessions(tx, row.account_id)
    forget_devices(tx, row.account_id)
    spend_password(tx, row.account_id)
    _end_chances(tx, row.account_id)
    _post_link(tx, row.account_id, LetterKind.SECOND_FACTOR_RESET)
    tx.journal("factor_reset_confirmed", records=_hers(row.record_id), account=row.account_id, request=request_id)


def refuse_factor_reset(tx: Transaction, request_id: str) -> None:
    """Say no to a request: nothing changes. Whoever asked may also take it back so."""
    row = _waiting(tx, request_id)
    _mark(tx, row, FactorResetState.REFUSED)
    tx.journal("factor_reset_refused", records=_hers(row.record_id), account=row.account_id, request=request_id)


def forget_old_resets(tx: Transaction) -> int:
    """Delete links, codes and proofs that expired over two days ago, and requests left that long; gives how many."""
    old = _request.c.asked_at < tx.now - EMAIL_CHECK_LIFE
    rows = tx.execute(delete(_request).where(old)).rowcount
    for table in (_reset, _check):
        rows += tx.execute(delete(table).where(table.c.expires_at < tx.now - EMAIL_CHECK_LIFE)).rowcount
    return rows


def _answer(tx: Transaction, kind: str, token: int) -> bool:
    account = account_by_token(tx, kind, token)
    if account is None or account.state != AccountState.ACTIVE:
        return False
    if not _post_link(tx, account.id, LetterKind.PASSWORD_RESET):
        return False
    tx.journal("password_reset_posted", records=_hers(account.record_id or ""), account=account.id)
    return True


def _post_link(tx: Transaction, account_id: str, kind: LetterKind) -> bool:
    """Post the link that chooses a new password to the account's proved address; whether it has one."""
    email = tx.sealing.open_many([account_id], PROFILE).get(account_id, {}).get("email", "")
    if email:
        secret = secrets.token_urlsafe(32)
        _make(tx, account_id, ResetWay.LETTER, secret)
        valid_for = f"{LINK_LIFE.seconds // 60} minutes"
        _post(tx, account_id, kind, email, link=f"/mot-de-passe/{secret}", valid_for=valid_for)
    return bool(email)


def _post(tx: Transaction, account_id: str, kind: LetterKind, to: str, **said: str) -> None:
    """In the language its owner reads."""
    post(tx, kind=kind, to=to, variables=said, language=languages_of(tx, [account_id])[account_id])


def _make(tx: Transaction, account_id: str, way: ResetWay, secret: str) -> None:
    """One chance at most is open for an account and a way: the newest."""
    _end_chances(tx, account_id, way)
    life = CODE_LIFE if way is ResetWay.CODE else LINK_LIFE
    values = {
        "id": new_id(),
        "account_id": account_id,
        "way": way.value,
        "digest": reset_digest(tx, way, secret),
        "given_by": tx.actor.account_id if way is ResetWay.CODE else "",
        "made_at": tx.now,
        "expires_at": tx.now + life,
        "tries": 0,
    }
    tx.execute(insert(_reset).values(**values))


def _end_chances(tx: Transaction, account_id: str, way: ResetWay | None = None) -> None:
    here = [_reset.c.account_id == account_id, _reset.c.ended_at.is_(None)]
    if way:
        here.append(_reset.c.way == way.value)
    tx.execute(update(_reset).where(*here).values(ended_at=tx.now))


def _ask(tx: Transaction, account_id: str, record_id: str, reason: FactorReason) -> None:
    if account_id == tx.actor.account_id:
        raise Refused(ONESELF)
    hold_account(tx, account_id)  # two colleagues at once make one request
    if not factors_of(tx, account_id).has_any:
        raise Refused(_NO_FACTOR)
    if request_about(tx, account_id):
        raise Refused(_ASKED)
    request_id = new_id()
    values = {
        "id": request_id,
        "account_id": account_id,
        "record_id": record_id,
        "structure_id": tx.actor.structure_id,
        "asked_by": tx.actor.account_id,
        "reason": reason.value,
        "asked_at": tx.now,
        "expires_at": tx.now + FACTOR_REQUEST_LIFE,
        "state": FactorResetState.OPEN.value,
    }
    tx.execute(insert(_factor).values(**values))
    tx.journal("factor_reset_asked", records=_hers(record_id), account=account_id, request=request_id)
    tell_owner(tx, account_id, LetterKind.SECOND_FACTOR_ASKED, _SIGN_IN)


def _settled(tx: Transaction, request_id: str, state: FactorResetState) -> Row[Any]:
    """The request, settled by the actor as its second person."""
    row = _waiting(tx, request_id)
    check_second(actor_id=tx.actor.account_id, asked_by=row.asked_by, account_id=row.account_id)
    if not any(post.structure_id == row.structure_id for post in posts(tx, row.asked_by)):
        raise Refused(_ASKER_LEFT)
    _mark(tx, row, state)
    return row


def _waiting(tx: Transaction, request_id: str) -> Row[Any]:
    """Hold a request the actor may settle; `NotFound` when it is none of hers, settled, or over seven days old."""
    query = select(_factor).where(
        _factor.c.id == request_id, _factor.c.state == FactorResetState.OPEN.value, _factor.c.expires_at > tx.now
    )
    row = tx.execute(query.with_for_update()).one_or_none()
    if row is None or not tx.actor.account_id or not _is_hers_to_settle(tx, row):
        raise NotFound
    return row


def _is_hers_to_settle(tx: Transaction, row: Row[Any]) -> bool:
    if not row.record_id:
        return tx.actor.role == Role.OPERATOR
    is_colleague = tx.actor.role in STAFF and tx.actor.structure_id == row.structure_id
    return is_colleague and account_supported(tx, row.record_id) == row.account_id


def _mark(tx: Transaction, row: Row[Any], state: FactorResetState) -> None:
    here = (_factor.c.id == row.id, _factor.c.state == FactorResetState.OPEN.value)
    settled = {"state": state.value, "settled_by": tx.actor.account_id, "settled_at": tx.now}
    if tx.execute(update(_factor).where(*here).values(**settled)).rowcount != 1:
        raise NotFound


def _hers(record_id: str) -> list[str]:
    return [record_id] if record_id else []


def _end_check(tx: Transaction, row: Row[Any]) -> None:
    here = (_check.c.id == row.id, _check.c.ended_at.is_(None))
    if tx.execute(update(_check).where(*here).values(ended_at=tx.now)).rowcount != 1:
        raise Refused(LINK_IS_DEAD)
