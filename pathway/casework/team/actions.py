"""Inviting a professional, giving, prolonging and ending a habilitation. Each decision keeps who took it.

The letter's link carries its secret in the path. It names nobody, serves once, and holds seven days; the logs of this
program keep the name of the page only, the pages send no referrer, and opening the link changes nothing before a button
is pressed, so that a mail filter that follows links spends nothing. Only the secret's keyed hash is kept.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from pathway.casework.accounts.actions import add_professional
from pathway.casework.accounts.queries import account_by_id, account_by_login, login_of
from pathway.casework.accounts.rules import AccountKind, AccountState
from pathway.casework.accounts.sessions import end_sessions
from pathway.casework.accounts.tables import Account
from pathway.casework.partners.actions import add_membership
from pathway.casework.partners.rules import Role, StructureState
from pathway.casework.partners.tables import Membership, Structure
from pathway.casework.team.queries import (
    INVITED,
    Invited,
    held_membership,
    invited_by_secret,
    is_member,
    responsable_of,
    secret_digest,
)
from pathway.casework.team.rules import (
    INVITATION_LIFE,
    ChangeKind,
    InvitationState,
    check_end,
    check_giver,
    check_other,
)
from pathway.casework.team.tables import HabilitationChange, Invitation
from pathway.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import post
from pathway.store.tables import DataKey
from pathway.store.transaction import Transaction

_account = table_of(Account)
_membership = table_of(Membership)
_change = table_of(HabilitationChange)
_invitation = table_of(Invitation)
_structure = table_of(Structure)
_key = table_of(DataKey)

_ACTIVE = select(_structure.c.id).where(
    _structure.c.id == bindparam("structure_id"), _structure.c.state == StructureState.ACTIVE.value
)

MOST_PENDING = 50
LINK_IS_DEAD = "Ce lien ne fonctionne plus. Demandez une nouvelle invitation à votre responsable."
NOT_USABLE = (
    "Cette adresse sert déjà à un compte qui ne peut pas recevoir d’habilitation. "
    "Demandez une invitation à votre adresse professionnelle."
)
_MANY = f"{MOST_PENDING} invitations attendent déjà une réponse. Annulez d’abord celles qui ne servent plus."
_HAS_HEAD = "Cette structure a déjà un·e responsable, qui invite son équipe depuis « Mon équipe »."
_NOT_ONESELF = "C’est votre propre adresse. Personne ne s’habilite soi-même : invitez quelqu’un d’autre."
_KNOWN = "Cette personne travaille déjà dans votre structure : son nom est dans la liste."


@dataclass(frozen=True, kw_only=True)
class Sent:
    """An invitation that was posted, and the path its letter leads to: a secret, to be shown to nobody else."""

    invitation_id: str
    path: str


def invite(
    tx: Transaction, *, structure_id: str, email: str, first_name: str, last_name: str, role: Role, until_on: date
) -> Sent:
    """Ask somebody to work in that structure until that day, by a letter. `NotAllowed` for a role one may not give.

    The same whether the address has an account or not: whoever invites learns nothing of other structures' people.
    """
    check_giver(tx.actor.role, role)
    if tx.actor.role != Role.OPERATOR and structure_id != tx.actor.structure_id:
        raise NotFound
    check_end(until_on, today=tx.today)
    if is_member(tx, email=email, structure_id=structure_id):
        raise Refused(_KNOWN, field="email")
    _, token = login_of(tx, email)
    _replace_earlier(tx, structure_id, token)
    secret, invitation_id = secrets.token_urlsafe(32), new_id()
    values = {
        "id": invitation_id,
        "structure_id": structure_id,
        "role": role.value,
        "until_on": until_on,
        "email_token": token,
        "digest": secret_digest(tx, secret),
        "invited_by": tx.actor.account_id,
        "invited_at": tx.now,
        "expires_at": tx.now + INVITATION_LIFE,
        "state": InvitationState.PENDING.value,
    }
    tx.execute(insert(_invitation).values(**values))
    tx.sealing.create(invitation_id, {INVITED: {"email": email, "first_name": first_name, "last_name": last_name}})
    tx.journal("invite", invitation=invitation_id, structure_joined=structure_id, role_given=role.value)
    return Sent(invitation_id=invitation_id, path=_post(tx, email, secret))


def invite_responsable(
    tx: Transaction, *, structure_id: str, email: str, first_name: str, last_name: str, until_on: date
) -> Sent:
    """Ask somebody to be the responsable of an active structure where none is at work: whoever operates the instance
    gives the first key of a house, and no other. `NotFound` for a closed one, `Refused` where there is one, who invites
    herself, and for one's own address."""
    if not tx.execute(_ACTIVE, {"structure_id": structure_id}).first():
        raise NotFound
    if responsable_of(tx, structure_id):
        raise Refused(_HAS_HEAD)
    known = account_by_login(tx, email)
    if known is not None and known.id == tx.actor.account_id:
        raise Refused(_NOT_ONESELF, field="email")
    return invite(
        tx,
        structure_id=structure_id,
        email=email,
        first_name=first_name,
        last_name=last_name,
        role=Role.SUPERVISOR,
        until_on=until_on,
    )


@contextmanager
def acting_in(tx: Transaction, structure_id: str) -> Iterator[None]:
    """Whoever operates the instance acts in that structure, for a moment: nothing of the others is within her reach.
    `NotAllowed` for anybody else."""
    if tx.actor.role != Role.OPERATOR.value:
        raise NotAllowed
    acting = tx.actor
    tx.actor = replace(acting, structure_id=structure_id)
    yield
    tx.actor = acting


def resend_invitation(tx: Transaction, invitation_id: str) -> None:
    """Post it again under a new link, for seven more days; the earlier link is worth nothing any more."""
    _pending(tx, invitation_id)
    secret = secrets.token_urlsafe(32)
    values = {"digest": secret_digest(tx, secret), "expires_at": tx.now + INVITATION_LIFE}
    # Whoever sends it again answers for it from now on.
    tx.execute(
        update(_invitation).where(_invitation.c.id == invitation_id).values(**values, invited_by=tx.actor.account_id)
    )
    kept = tx.sealing.open(invitation_id, [INVITED])[INVITED].payload
    tx.journal("resend_invitation", invitation=invitation_id)
    _post(tx, kept["email"], secret)


def revoke_invitation(tx: Transaction, invitation_id: str) -> None:
    """Take it back: its link is worth nothing any more, and whom it named is forgotten."""
    _pending(tx, invitation_id)
    _settle(tx, invitation_id, InvitationState.REVOKED)
    tx.journal("revoke_invitation", invitation=invitation_id)


def accept_as_new(tx: Transaction, secret: str, *, password_hash: str) -> str:
    """Open the account an invitation promises, with that password; gives its id. `Refused` when the link is dead."""
    invited = _taken(tx, secret)
    if invited.account_id:
        raise Refused(LINK_IS_DEAD)
    account_id = add_professional(
        tx,
        email=invited.email,
        first_name=invited.first_name,
        last_name=invited.last_name,
        password_hash=password_hash,
    )
    _join(tx, invited, account_id)
    return account_id


def accept_as_known(tx: Transaction, secret: str) -> None:
    """Add the habilitation to the account that already has this address: it opens nothing without its own password."""
    invited = _taken(tx, secret)
    if not invited.account_id or not invited.is_account_usable:
        raise Refused(NOT_USABLE)
    _join(tx, invited, invited.account_id)


def prolong(tx: Transaction, membership_id: str, *, until_on: date) -> None:
    """Move the last day of somebody else's habilitation, three years away at most."""
    row = _held(tx, membership_id)
    check_end(until_on, today=tx.today)
    _move_end(tx, row, until_on, ChangeKind.PROLONGED)


def end_habilitation(tx: Transaction, membership_id: str, *, last_on: date | None) -> None:
    """End somebody else's habilitation after that day, which may be today; None: at once, at her next request.

    Her open points stay where they are: they read as the structure's queue (product rule).
    """
    row = _held(tx, membership_id)
    if last_on is None:
        _move_end(tx, row, tx.today - timedelta(days=1), ChangeKind.ENDED)
        return
    if last_on < tx.today:
        raise Invalid("Cette date est passée. Choisissez « dès maintenant » ou un jour à venir.", field="last_on")
    if row.until_on is not None and last_on > row.until_on:
        raise Invalid(
            "L’habilitation se termine déjà avant ce jour. Pour la prolonger, changez sa fin.", field="last_on"
        )
    _move_end(tx, row, last_on, ChangeKind.ENDED)


def set_account_state(tx: Transaction, account_id: str, state: AccountState) -> None:
    """Shut or reopen somebody else's professional account; shutting ends its sessions. `NotFound` for any other id."""
    check_other(tx.actor.account_id, account_id)
    account = account_by_id(tx, account_id)
    if account is None or account.kind != AccountKind.PROFESSIONAL:
        raise NotFound("Aucun compte professionnel n’a cet identifiant. « ./carte accounts list » les donne.")
    tx.execute(update(_account).where(_account.c.id == account_id).values(state=state.value))
    if state is AccountState.DISABLED:
        end_sessions(tx, account_id)
    tx.journal("set_account_state", account=account_id, state=state.value)


def forget_old_invitations(tx: Transaction) -> int:
    """Forget whom the invitations nobody answered in time named, a month after; gives how many."""
    old = select(_invitation.c.id).where(
        _invitation.c.state == InvitationState.PENDING.value, _invitation.c.expires_at < tx.now - timedelta(days=30)
    )
    ids = list(tx.execute(old).scalars())
    for invitation_id in ids:
        _settle(tx, invitation_id, InvitationState.REVOKED)
    return len(ids)


def _post(tx: Transaction, email: str, secret: str) -> str:
    path = f"/invitation/{secret}"
    days = f"{INVITATION_LIFE.days} jours"
    post(tx, kind=LetterKind.INVITATION, to=email, variables={"link": path, "valid_for": days})
    return path


def _replace_earlier(tx: Transaction, structure_id: str, token: int) -> None:
    """One invitation at most waits for an address in a structure; and not too many in all."""
    here = (_invitation.c.structure_id == structure_id, _invitation.c.state == InvitationState.PENDING.value)
    earlier = select(_invitation.c.id).where(*here, _invitation.c.email_token == token)
    for invitation_id in list(tx.execute(earlier).scalars()):
        _settle(tx, invitation_id, InvitationState.REVOKED)
    if tx.execute(select(func.count()).where(*here)).scalar_one() >= MOST_PENDING:
        raise Refused(_MANY)


def _pending(tx: Transaction, invitation_id: str) -> None:
    """Hold an invitation of the actor's structure that waits, in a role she may give; `NotFound` otherwise."""
    here = (
        _invitation.c.id == invitation_id,
        _invitation.c.structure_id == (tx.actor.structure_id or "-"),
        _invitation.c.state == InvitationState.PENDING.value,
    )
    row = tx.execute(select(_invitation.c.role).where(*here).with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    check_giver(tx.actor.role, Role(row.role))


def _taken(tx: Transaction, secret: str) -> Invited:
    """The invitation behind a link, spent from now on: two answers at once are one."""
    invited = invited_by_secret(tx, secret)
    if invited is None:
        raise Refused(LINK_IS_DEAD)
    _settle(tx, invited.id, InvitationState.ACCEPTED)
    return invited


def _settle(tx: Transaction, invitation_id: str, state: InvitationState) -> None:
    here = (_invitation.c.id == invitation_id, _invitation.c.state == InvitationState.PENDING.value)
    if tx.execute(update(_invitation).where(*here).values(state=state.value, settled_at=tx.now)).rowcount != 1:
        raise Refused(LINK_IS_DEAD)
    tx.execute(delete(_key).where(_key.c.subject_id == invitation_id))


def _join(tx: Transaction, invited: Invited, account_id: str) -> None:
    held = held_membership(tx, account_id=account_id, structure_id=invited.structure_id, role=invited.role)
    if held:
        tx.execute(update(_membership).where(_membership.c.id == held).values(until_on=invited.until_on))
        _decide(tx, held, ChangeKind.PROLONGED, invited.until_on, by=invited.invited_by)
        return
    membership_id = add_membership(
        tx,
        account_id=account_id,
        structure_id=invited.structure_id,
        role=invited.role,
        from_on=tx.today,
        until_on=invited.until_on,
    )
    _decide(tx, membership_id, ChangeKind.GIVEN, invited.until_on, by=invited.invited_by)


def _held(tx: Transaction, membership_id: str) -> Row[tuple[str, str, str, date | None]]:
    """Hold somebody else's habilitation in the actor's structure, in a role she may give; `NotFound` otherwise."""
    query = select(_membership.c.id, _membership.c.account_id, _membership.c.role, _membership.c.until_on).where(
        _membership.c.id == membership_id, _membership.c.structure_id == (tx.actor.structure_id or "-")
    )
    row = tx.execute(query.with_for_update()).one_or_none()
    if row is None or (row.until_on is not None and row.until_on < tx.today):
        raise NotFound
    check_giver(tx.actor.role, Role(row.role))
    check_other(tx.actor.account_id, row.account_id)
    return row


def _move_end(tx: Transaction, row: Row[tuple[str, str, str, date | None]], until_on: date, kind: ChangeKind) -> None:
    tx.execute(update(_membership).where(_membership.c.id == row.id).values(until_on=until_on))
    _decide(tx, row.id, kind, until_on, by=tx.actor.account_id)


def _decide(tx: Transaction, membership_id: str, kind: ChangeKind, until_on: date, *, by: str) -> None:
    values = {
        "id": new_id(),
        "membership_id": membership_id,
        "kind": kind.value,
        "until_on": until_on,
        "decided_by": by,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_change).values(**values))
    tx.journal("habilitation", membership=membership_id, change=kind.value, until_on=until_on.isoformat(), by=by)
