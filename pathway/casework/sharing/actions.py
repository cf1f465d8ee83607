"""Opening and ending grants, stops and hidden parts. Who may decide them is checked above, in `agreements`."""

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Table, insert, or_, select, update

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.partners.queries import PROFILE
from pathway.casework.sharing.queries import NO_SMS, has_lasting_support, reach_of, same_person
from pathway.casework.sharing.rules import Cause, number_to_tell, pack_sections
from pathway.casework.sharing.silence import has_died
from pathway.casework.sharing.tables import AccessGrant, HiddenPart, RestrictedPart, Withdrawal
from pathway.kernel.ids import new_id
from pathway.kernel.languages import FRENCH
from pathway.store.columns import table_of
from pathway.store.letter_kinds import BY_SMS, LetterKind
from pathway.store.outbox import Meeting, post, take_back
from pathway.store.tables import Channel
from pathway.store.transaction import Transaction

_grant = table_of(AccessGrant)
_hidden = table_of(HiddenPart)
_restricted = table_of(RestrictedPart)
_withdrawal = table_of(Withdrawal)

_SILENT = "silent"  # why a letter of the outbox never left
WHO_SEES_PATH, WHO_LOOKED_PATH = "/qui-voit-quoi", "/qui-a-regarde"  # her own pages, to which letters lead


def open_grants(
    tx: Transaction,
    *,
    record_ids: Iterable[str],
    structure_id: str,
    cause: Cause,
    cause_id: str,
    sections: frozenset[str],
    until_at: datetime | None = None,
) -> None:
    """Let that structure open those sections of those records, from now, for that cause."""
    rows = [
        {
            "id": new_id(),
            "record_id": record_id,
            "structure_id": structure_id,
            "cause": cause.value,
            "cause_id": cause_id,
            "sections": pack_sections(sections),
            "from_at": tx.now,
            "until_at": until_at,
            "recorded_at": tx.now,
        }
        for record_id in record_ids
    ]
    if rows:
        tx.execute(insert(_grant), rows)


def open_support(
    tx: Transaction, *, record_id: str, structure_id: str, cause_id: str, sections: frozenset[str]
) -> None:
    """Open the structure's own support of a person unless it is already open without an end.

    She is told by a letter of a structure that begins: whatever led to it, no support opens unknown to her.
    """
    if has_lasting_support(tx, record_id, structure_id):
        return
    others = [card for card in same_person(tx, record_id) if card != record_id]
    if not any(has_lasting_support(tx, card, structure_id) for card in others):
        tell_her(tx, record_id, LetterKind.NEW_SUPPORT, WHO_SEES_PATH)
    open_grants(
        tx,
        record_ids=[record_id],
        structure_id=structure_id,
        cause=Cause.SUPPORT,
        cause_id=cause_id,
        sections=sections,
    )


def end_grants(
    tx: Transaction, *, record_id: str, structure_id: str, cause: Cause, until_at: datetime, cause_id: str = ""
) -> None:
    """Set the end of the live grants of that structure for that cause (only those of `cause_id` if it is given); an
    earlier end is never put off."""
    here = [
        _grant.c.record_id == record_id,
        _grant.c.structure_id == structure_id,
        _grant.c.cause == cause.value,
        _grant.c.until_at.is_(None) | (_grant.c.until_at > until_at),
    ]
    if cause_id:
        here.append(_grant.c.cause_id == cause_id)
    tx.execute(update(_grant).where(*here).values(until_at=until_at))


def end_agreement_grants(tx: Transaction, *, record_id: str, structure_id: str) -> None:
    """End now what her agreements opened to that structure, or to all (`structure_id` empty), on all her cards."""
    here = [
        _grant.c.record_id.in_(same_person(tx, record_id)),
        _grant.c.cause == Cause.AGREEMENT.value,
        _grant.c.until_at.is_(None) | (_grant.c.until_at > tx.now),
    ]
    if structure_id:
        here.append(_grant.c.structure_id == structure_id)
    tx.execute(update(_grant).where(*here).values(until_at=tx.now))


def withdraw(tx: Transaction, *, record_id: str, structure_id: str) -> None:
    """Stop sharing with that structure, or with all (`structure_id` empty), until she shares again.

    Like all that she closes, it is written on each of her cards: taken apart, none opens again.
    """
    _stop_on_each(tx, record_id, structure_id, unless=["", structure_id])


def end_withdrawals(tx: Transaction, *, record_id: str, structure_id: str) -> None:
    """Share again with that structure alone: when she had stopped all, every other one she knew stays stopped."""
    standing = _withdrawn(tx, record_id)
    if "" in standing:
        granted = select(_grant.c.structure_id).where(_grant.c.record_id.in_(same_person(tx, record_id))).distinct()
        known = {row.structure_id for row in tx.execute(granted)}
        for other in sorted(known - {structure_id}):
            _stop_on_each(tx, record_id, other, unless=[other])
    here = (
        _withdrawal.c.record_id.in_(same_person(tx, record_id)),
        _withdrawal.c.structure_id.in_(["", structure_id]),
        _withdrawal.c.until_at.is_(None),
    )
    tx.execute(update(_withdrawal).where(*here).values(until_at=tx.now))


def hide(tx: Transaction, *, record_id: str, structure_id: str, section: str, item_key: str) -> None:
    """Hide that section (`item_key` empty) or that one item of it from that structure, on each of her cards."""
    part = {"structure_id": structure_id, "section": section, "item_key": item_key}
    same = [_hidden.c[name] == value for name, value in part.items()]
    for card in _cards_without(tx, _hidden, record_id, *same, _hidden.c.until_at.is_(None)):
        tx.execute(insert(_hidden).values(id=new_id(), record_id=card, from_at=tx.now, **part))


def show(tx: Transaction, *, record_id: str, structure_id: str, section: str, item_key: str) -> None:
    """Let that structure see again what was hidden from it, inside what its grants open."""
    here = (
        _hidden.c.record_id.in_(same_person(tx, record_id)),
        _hidden.c.structure_id == structure_id,
        _hidden.c.section == section,
        _hidden.c.item_key == item_key,
        _hidden.c.until_at.is_(None),
    )
    tx.execute(update(_hidden).where(*here).values(until_at=tx.now))


def restrict(tx: Transaction, *, record_id: str, section: str, item_key: str) -> bool:
    """Keep that section (`item_key` empty) or that one item of it from every structure, on each of her cards, until it
    is ended; gives whether it was not so already."""
    part = {"section": section, "item_key": item_key}
    same = [_restricted.c[name] == value for name, value in part.items()]
    cards = _cards_without(tx, _restricted, record_id, *same, _restricted.c.until_at.is_(None))
    for card in cards:
        tx.execute(insert(_restricted).values(id=new_id(), record_id=card, from_at=tx.now, **part))
    return bool(cards)


def end_restriction(
    tx: Transaction, *, cards: Collection[str], section: str, item_key: str, until_at: datetime
) -> None:
    """Let structures use again from that instant what was restricted on those cards, inside what their grants open; an
    earlier end is never put off."""
    here = (
        _restricted.c.record_id.in_(cards),
        _restricted.c.section == section,
        _restricted.c.item_key == item_key,
        or_(_restricted.c.until_at.is_(None), _restricted.c.until_at > until_at),
    )
    tx.execute(update(_restricted).where(*here).values(until_at=until_at))


def tell_her(
    tx: Transaction, record_id: str, kind: LetterKind, path: str, *, key: str = "", meeting: Meeting | None = None
) -> None:
    """Post a letter without a name to each account of hers that has a proved address; her own pages say more.

    Without any, a message leaves to her mobile, where `number_to_tell` lets it and the kind may be said so. An account
    she closed (« Ce n’est pas moi ») is written to as well: whoever takes it back must be seen. `key`: the same is
    announced once only. `meeting`: the appointment it speaks of. Nothing leaves once somebody recorded that she died.
    """
    if has_died(tx, same_person(tx, record_id)):
        return
    reach = reach_of(tx, record_id)
    send = partial(post, tx, kind=kind, variables={"link": path}, meeting=meeting)
    for account_id, email in reach.emails:
        send(to=email, key=f"{key}:{account_id}" if key else "", language=reach.languages[account_id])
    number = number_to_tell(reach, says_all=meeting is not None) if kind in BY_SMS else ""
    if number:
        spoken = next(iter(reach.languages.values()), FRENCH)
        send(to=number, key=f"{key}:sms" if key else "", channel=Channel.SMS, language=spoken)


def silence(tx: Transaction, record_id: str) -> None:
    """She died: what still waits to leave to her addresses and mobiles never does."""
    reach = reach_of(tx, record_id)
    take_back(tx, {*(email for _, email in reach.emails), *reach.mobiles}, problem=_SILENT)


def choose_sms(tx: Transaction, *, record_id: str, is_wanted: bool) -> None:
    """She wants messages, or none, on every account of hers. A « STOP » sent from a telephone is taken back from that
    telephone only: anybody may write a number on a card."""
    cards = same_person(tx, record_id)
    for account_id in [one for card in cards if (one := account_of_record(tx, card))]:
        profile = tx.sealing.open(account_id, [PROFILE])[PROFILE]
        kept = {name: value for name, value in profile.payload.items() if name != NO_SMS}
        tx.sealing.write(account_id, PROFILE, kept if is_wanted else {**kept, NO_SMS: True}, seq=profile.seq)
    tx.journal("choose_sms", records=cards, wanted=is_wanted)


def _withdrawn(tx: Transaction, record_id: str) -> set[str]:
    """The structures she stopped; the empty id stands for all."""
    cards = _withdrawal.c.record_id.in_(same_person(tx, record_id))
    query = select(_withdrawal.c.structure_id).where(cards, _withdrawal.c.until_at.is_(None))
    return {row.structure_id for row in tx.execute(query)}


def _cards_without(tx: Transaction, table: Table, record_id: str, *conditions: ColumnElement[bool]) -> list[str]:
    """The cards of that person on which no such row of that table stands."""
    cards = same_person(tx, record_id)
    found = tx.execute(select(table.c.record_id).where(table.c.record_id.in_(cards), *conditions))
    held = {row.record_id for row in found}
    return [card for card in cards if card not in held]


def _stop_on_each(tx: Transaction, record_id: str, structure_id: str, *, unless: list[str]) -> None:
    """Write that stop on each of her cards that bears none of those."""
    standing = (_withdrawal.c.structure_id.in_(unless), _withdrawal.c.until_at.is_(None))
    for card in _cards_without(tx, _withdrawal, record_id, *standing):
        values = {"id": new_id(), "record_id": card, "structure_id": structure_id, "from_at": tx.now}
        tx.execute(insert(_withdrawal).values(**values))
