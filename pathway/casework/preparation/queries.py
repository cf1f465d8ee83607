"""Invitations that stand, as she reads them and as the structure that made them does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from pathway.casework.preparation.rules import TYPED_FOR, Later, to_prepare
from pathway.casework.preparation.tables import EntryInvitation
from pathway.casework.records.queries import RecordView
from pathway.casework.records.rules import Proposal, reuse
from pathway.casework.schemes.queries import SchemeView, asked_by, schemes_by_id
from pathway.casework.sharing.queries import of_person, same_person
from pathway.casework.sharing.tables import Withdrawal
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_invitation = table_of(EntryInvitation)
_withdrawal = table_of(Withdrawal)


@dataclass(frozen=True, kw_only=True)
class InvitationView:
    """One invitation that stands. `later`: item key → what she said instead of an answer. `typed`: item key → what she
    typed a moment ago and is no answer yet: she must prove again who she is. Empty to anybody else."""

    id: str
    record_id: str
    scheme: SchemeView
    structure_id: str
    invited_at: datetime
    until_at: datetime
    answered_at: datetime | None
    later: Mapping[str, Later]
    typed: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class SaidInstead:
    """What lies sealed with an invitation: item key → code of `Later`; what she typed before proving who she is, and
    when (UTC)."""

    later: Mapping[str, str]
    typed: Mapping[str, Any]
    typed_at: datetime | None

    def is_old(self, now: datetime) -> bool:
        """Whether what she typed is not to be shown any more, even to her."""
        return self.typed_at is None or now - self.typed_at > TYPED_FOR


def own_invitations(tx: Transaction) -> list[InvitationView]:
    """Those made to the actor's own record that still stand, the last first; none for anybody else."""
    if not tx.actor.record_id:
        return []
    query = select(_invitation).where(of_person(_invitation.c.record_id), *_standing(tx, tx.actor.record_id))
    newest = query.order_by(_invitation.c.invited_at.desc(), _invitation.c.id)
    return [_view(tx, row) for row in tx.execute(newest, {"record_id": tx.actor.record_id})]


def own_invitation(tx: Transaction, invitation_id: str) -> InvitationView:
    """One of hers that still stands; `NotFound` otherwise."""
    found = next((one for one in own_invitations(tx) if one.id == invitation_id), None)
    if found is None:
        raise NotFound(marked("Cette préparation est terminée."))
    return found


def invitations_made(tx: Transaction, record_id: str) -> dict[str, InvitationView]:
    """scheme id → the invitation the actor's structure made to that person and that still stands.

    For somebody who has just been let into the record.
    """
    mine = _invitation.c.structure_id == tx.actor.structure_id
    query = select(_invitation).where(of_person(_invitation.c.record_id), mine, *_standing(tx, record_id))
    oldest = query.order_by(_invitation.c.invited_at, _invitation.c.id)
    return {row.scheme_id: _view(tx, row) for row in tx.execute(oldest, {"record_id": record_id})}


def asked_of_her(tx: Transaction, invitation: InvitationView, record: RecordView) -> tuple[Proposal, ...]:
    """What that invitation asks of her today, from all of her own record."""
    proposals = reuse(invitation.scheme.requirements, record.facts, visible_sections=record.sections, on=tx.today)
    return to_prepare(proposals, since=local_day(invitation.invited_at))


def said_instead(tx: Transaction, row: Any) -> SaidInstead:
    """What lies sealed with that row; nothing is shown of it but by an `InvitationView`."""
    kept = tx.sealing.open_value(row.record_id, "entry_invitation", row.id, row.later) if row.later else {"later": {}}
    at = kept.get("typed_at")
    return SaidInstead(
        later=kept.get("later", kept),  # the first ones held the codes alone
        typed=kept.get("typed", {}),
        typed_at=datetime.fromisoformat(at) if at else None,
    )


def _standing(tx: Transaction, record_id: str) -> list[ColumnElement[bool]]:
    """Not closed, not past, and she did not stop sharing with that structure since, even if she shares again."""
    stopped = and_(
        _withdrawal.c.record_id.in_(same_person(tx, record_id)),
        or_(_withdrawal.c.structure_id == _invitation.c.structure_id, _withdrawal.c.structure_id == ""),
        or_(_withdrawal.c.until_at.is_(None), _withdrawal.c.until_at >= _invitation.c.invited_at),
    )
    return [_invitation.c.closed_at.is_(None), _invitation.c.until_at > tx.now, ~exists().where(stopped)]


def _view(tx: Transaction, row: Any) -> InvitationView:
    scheme = schemes_by_id(tx, [row.scheme_id])[row.scheme_id]
    kept = said_instead(tx, row)
    return InvitationView(
        id=row.id,
        record_id=row.record_id,
        scheme=asked_by(tx, scheme, row.structure_id),
        structure_id=row.structure_id,
        invited_at=row.invited_at,
        until_at=row.until_at,
        answered_at=row.answered_at,
        later={key: Later(code) for key, code in kept.later.items()},
        typed=kept.typed if tx.actor.record_id and not kept.is_old(tx.now) else {},
    )
