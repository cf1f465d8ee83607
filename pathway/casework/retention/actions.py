"""Archiving, telling, opening again; a hold for a litigation; what an audit still asks, kept apart."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from pathway.casework.accounts.tables import Account, KnownDevice, WebSession
from pathway.casework.enrolments.tables import Enrolment, SchemeExit
from pathway.casework.records.tables import Referent
from pathway.casework.retention.kept_lists import require_holdable
from pathway.casework.retention.rules import check_hold
from pathway.casework.retention.tables import ArchivedRecord, LastGesture, RetentionHold, StepEvidence
from pathway.casework.schemes.tables import Scheme
from pathway.casework.sharing.actions import tell_her
from pathway.casework.sharing.queries import is_stopped, same_person
from pathway.casework.sharing.tables import AccessGrant, Record
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.among import among
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.transaction import Transaction

_account = table_of(Account)
_session = table_of(WebSession)
_device = table_of(KnownDevice)
_archived = table_of(ArchivedRecord)
_gesture = table_of(LastGesture)
_hold = table_of(RetentionHold)
_evidence = table_of(StepEvidence)
_grant = table_of(AccessGrant)
_record = table_of(Record)
_referent = table_of(Referent)
_enrolment = table_of(Enrolment)
_exit = table_of(SchemeExit)
_scheme = table_of(Scheme)

KEEPING_PATH = "/conservation"
_SEEN = select(_gesture).where(among(_gesture.c.record_id, "cards"))
_NO_HOLD = "Cette conservation pour litige est déjà terminée."
_NO_CARD = "Aucun dossier ne porte cette référence. Recopiez-la en entier."
_EVIDENCE = "evidence"


def note_gestures(tx: Transaction, *, since: date) -> int:
    """Keep the last day on which each person used her account, before sessions and devices are forgotten; gives for
    how many it moved. `since`: the day from which they are looked at again."""
    seen = func.max(func.coalesce(_session.c.last_seen_at, _device.c.last_at))
    query = (
        select(_account.c.record_id, seen.label("at"))
        .select_from(
            _account.outerjoin(_session, _session.c.account_id == _account.c.id).outerjoin(
                _device, _device.c.account_id == _account.c.id
            )
        )
        .where(_account.c.record_id.is_not(None))
        .where(or_(_session.c.last_seen_at.is_not(None), _device.c.last_at.is_not(None)))
        .group_by(_account.c.record_id)
    )
    latest = {row.record_id: local_day(row.at) for row in tx.execute(query) if local_day(row.at) >= since}
    asked = {"cards": list(latest)}
    known = {row.record_id: row.seen_on for row in tx.execute(_SEEN, asked)}
    moved = {name: day for name, day in latest.items() if name not in known or known[name] < day}
    for name, day in moved.items():
        if name in known:
            tx.execute(update(_gesture).where(_gesture.c.record_id == name).values(seen_on=day))
        else:
            tx.execute(insert(_gesture).values(record_id=name, seen_on=day))
    return len(moved)


def archive(tx: Transaction, cards: Sequence[str], *, on: date) -> None:
    """Close that person's cards: every grant ends, and no référent answers for her. She still opens her own."""
    live = (_grant.c.record_id.in_(cards), or_(_grant.c.until_at.is_(None), _grant.c.until_at > tx.now))
    tx.execute(update(_grant).where(*live).values(until_at=tx.now))
    named = (_referent.c.record_id.in_(cards), _referent.c.until_at.is_(None))
    tx.execute(update(_referent).where(*named).values(until_at=tx.now))
    tx.execute(delete(_archived).where(_archived.c.record_id.in_(cards)))
    tx.execute(insert(_archived), [{"record_id": card, "archived_on": on, "told_on": None} for card in cards])
    tx.journal("archive_record", records=cards)


def reopen(tx: Transaction, cards: Sequence[str]) -> None:
    """Those cards are active again: their person came back. What she shares opens them, as for anybody."""
    tx.execute(delete(_archived).where(_archived.c.record_id.in_(cards)))
    tx.journal("reopen_record", records=cards)


def tell_erasure(tx: Transaction, record_id: str, cards: Sequence[str], *, on: date) -> None:
    """Tell that person that her archived cards will be erased: a letter, and a page of hers where she may keep them."""
    tx.execute(update(_archived).where(_archived.c.record_id.in_(cards)).values(told_on=on))
    key = f"erasure:{record_id}:{on.isoformat()}"
    tell_her(tx, record_id, LetterKind.ERASURE_NOTICE, KEEPING_PATH, key=key)
    tx.journal("tell_erasure", records=cards)


def keep_mine(tx: Transaction) -> None:
    """« Garder mon dossier »: her record is active again from today; no structure reads it until she shares it."""
    cards = same_person(tx, tx.actor.record_id)
    tx.execute(delete(_archived).where(_archived.c.record_id.in_(cards)))
    tx.execute(delete(_gesture).where(_gesture.c.record_id == tx.actor.record_id))
    tx.execute(insert(_gesture).values(record_id=tx.actor.record_id, seen_on=tx.today))
    tx.journal("keep_record", records=cards)


def hold_record(tx: Transaction, *, record_id: str, until_on: date, reason: str) -> str:
    """Keep that record for a litigation until that day; gives the hold's id. Nothing else opens by it.

    Who may is for the caller to say. `Invalid` without a reason or a reasonable end, `NotFound` for no card.
    """
    check_hold(until_on=until_on, reason=reason, on=tx.today)
    if tx.execute(select(_record.c.id).where(_record.c.id == record_id)).first() is None:
        raise NotFound(_NO_CARD)
    hold_id = new_id()
    values = {
        "id": hold_id,
        "record_id": record_id,
        "structure_id": tx.actor.structure_id,
        "reason": tx.sealing.seal_value(record_id, "retention_hold", hold_id, {"reason": reason}),
        "until_on": until_on,
        "placed_by": tx.actor.account_id,
        "placed_at": tx.now,
    }
    tx.execute(insert(_hold).values(**values))
    tx.journal("hold_record", records=same_person(tx, record_id), hold=hold_id, until=until_on.isoformat())
    return hold_id


def hold_ours(tx: Transaction, *, record_id: str, until_on: date, reason: str) -> str:
    """The same, by a responsable, of somebody her structure supports or supported until the archive; `NotFound` for
    anybody else."""
    require_holdable(tx, record_id)
    return hold_record(tx, record_id=record_id, until_on=until_on, reason=reason)


def lift_ours(tx: Transaction, hold_id: str) -> None:
    """End at once a hold of the actor's structure; `NotFound` for another's, `Refused` when it has ended."""
    mine = select(_hold.c.id).where(_hold.c.id == hold_id, _hold.c.structure_id == tx.actor.structure_id)
    if not tx.actor.structure_id or tx.execute(mine).first() is None:
        raise NotFound
    lift_hold(tx, hold_id)


def lift_hold(tx: Transaction, hold_id: str) -> None:
    """End a hold at once. `Refused` when it has ended."""
    here = (_hold.c.id == hold_id, _hold.c.lifted_at.is_(None))
    row = tx.execute(select(_hold.c.record_id).where(*here)).one_or_none()
    if row is None:
        raise Refused(_NO_HOLD)
    tx.execute(update(_hold).where(*here).values(lifted_at=tx.now, lifted_by=tx.actor.account_id))
    tx.journal("lift_hold", records=same_person(tx, row.record_id), hold=hold_id)


def pass_holds(tx: Transaction, *, structure_id: str, heir_id: str) -> int:
    """A structure closes: the holds it laid that stand go on under the one that takes over, or under the operator (no
    heir, or she stopped sharing with it); gives how many. None ends by it: a litigation goes on."""
    here = (_hold.c.structure_id == structure_id, _hold.c.lifted_at.is_(None), _hold.c.until_on >= tx.today)
    found = tx.execute(select(_hold.c.id, _hold.c.record_id).where(*here)).all()
    for row in found:
        holder = heir_id if heir_id and not is_stopped(tx, row.record_id, heir_id) else ""
        tx.execute(update(_hold).where(_hold.c.id == row.id).values(structure_id=holder))
        tx.journal("pass_hold", records=same_person(tx, row.record_id), hold=row.id, holder=holder)
    return len(found)


def forget_evidence(tx: Transaction) -> int:
    """Destroy the evidence whose audit is over; how many."""
    old = tx.execute(select(_evidence.c.id).where(_evidence.c.kept_until < tx.today)).scalars().all()
    tx.sealing.destroy(old)
    tx.execute(delete(_evidence).where(_evidence.c.kept_until < tx.today))
    return len(old)


def keep_evidence(tx: Transaction, cards: Sequence[str]) -> None:
    """Before those cards are forgotten: keep one sealed line a step of a scheme whose audit is to come, under a key of
    its own. The scheme, the days, the kind of the exit; nothing of who she is."""
    query = (
        select(
            _enrolment.c.scheme_id,
            _enrolment.c.entered_on,
            _scheme.c.code,
            _scheme.c.evidence_until,
            _exit.c.event_on,
            _exit.c.kind,
        )
        .join(_scheme, _scheme.c.id == _enrolment.c.scheme_id)
        .outerjoin(_exit, (_exit.c.enrolment_id == _enrolment.c.id) & _exit.c.cancelled_at.is_(None))
        .where(_enrolment.c.record_id.in_(list(cards)), _scheme.c.evidence_until >= tx.today)
    )
    for row in tx.execute(query).all():
        evidence_id = new_id()
        tx.sealing.create(evidence_id, {_EVIDENCE: _evidence_of(row)})
        values = {"id": evidence_id, "scheme_id": row.scheme_id, "kept_until": row.evidence_until}
        tx.execute(insert(_evidence).values(**values))


def _evidence_of(row: Any) -> dict[str, str | None]:
    return {
        "scheme": row.code,
        "entered_on": row.entered_on.isoformat(),
        "left_on": row.event_on.isoformat() if row.event_on else None,
        "result": row.kind,
    }
