"""Opening and ending grants, stops and hidden parts. Who may decide them is checked above, in `agreements`."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select, update

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.partners.queries import PROFILE
from pathway.casework.sharing.queries import has_lasting_support, same_person
from pathway.casework.sharing.rules import Cause, pack_sections
from pathway.casework.sharing.tables import AccessGrant, HiddenPart, RestrictedPart, Withdrawal
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.outbox import LetterKind, post
from pathway.store.transaction import Transaction

_grant = table_of(AccessGrant)
_hidden = table_of(HiddenPart)
_restricted = table_of(RestrictedPart)
_withdrawal = table_of(Withdrawal)

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


def end_grants(tx: Transaction, *, record_id: str, structure_id: str, cause: Cause, until_at: datetime) -> None:
    """Set the end of the live grants of that structure for that cause; an earlier end is never put off."""
    here = (
        _grant.c.record_id == record_id,
        _grant.c.structure_id == structure_id,
        _grant.c.cause == cause.value,
        _grant.c.until_at.is_(None) | (_grant.c.until_at > until_at),
    )
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
    """Stop sharing with that structure, or with all (`structure_id` empty), until she shares again."""
    if not {"", structure_id} & _withdrawn(tx, record_id):
        _withdraw_each(tx, record_id, [structure_id])


def end_withdrawals(tx: Transaction, *, record_id: str, structure_id: str) -> None:
    """Share again with that structure alone: when she had stopped all, every other one she knew stays stopped."""
    standing = _withdrawn(tx, record_id)
    if "" in standing:
        granted = select(_grant.c.structure_id).where(_grant.c.record_id.in_(same_person(tx, record_id))).distinct()
        known = {row.structure_id for row in tx.execute(granted)}
        _withdraw_each(tx, record_id, sorted(known - standing - {structure_id}))
    here = (
        _withdrawal.c.record_id.in_(same_person(tx, record_id)),
        _withdrawal.c.structure_id.in_(["", structure_id]),
        _withdrawal.c.until_at.is_(None),
    )
    tx.execute(update(_withdrawal).where(*here).values(until_at=tx.now))


def hide(tx: Transaction, *, record_id: str, structure_id: str, section: str, item_key: str) -> None:
    """Hide that section (`item_key` empty) or that one item of it from that structure."""
    row = {
        "id": new_id(),
        "record_id": record_id,
        "structure_id": structure_id,
        "section": section,
        "item_key": item_key,
        "from_at": tx.now,
    }
    tx.execute(insert(_hidden), [row])


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


def restrict(tx: Transaction, *, record_id: str, section: str, item_key: str) -> None:
    """Keep that section (`item_key` empty) or that one item of it from every structure, until it is ended."""
    part = {"section": section, "item_key": item_key}
    tx.execute(insert(_restricted).values(id=new_id(), record_id=record_id, from_at=tx.now, **part))


def end_restriction(tx: Transaction, *, record_id: str, section: str, item_key: str) -> None:
    """Let structures use again what was restricted, inside what their grants open."""
    here = (
        _restricted.c.record_id.in_(same_person(tx, record_id)),
        _restricted.c.section == section,
        _restricted.c.item_key == item_key,
        _restricted.c.until_at.is_(None),
    )
    tx.execute(update(_restricted).where(*here).values(until_at=tx.now))


def tell_her(tx: Transaction, record_id: str, kind: LetterKind, path: str, *, key: str = "") -> None:
    """Post a letter without a name to each account of hers that has a proved address; her own pages say more.

    An account she closed (« Ce n’est pas moi ») is written to as well: whoever takes it back must be seen. `key`: the
    same is announced once only to each account.
    """
    accounts = [one for card in same_person(tx, record_id) if (one := account_of_record(tx, card))]
    for account_id, profile in tx.sealing.open_many(accounts, PROFILE).items():
        if profile.get("email"):
            once = f"{key}:{account_id}" if key else ""
            post(tx, kind=kind, to=profile["email"], variables={"link": path}, key=once)


def _withdrawn(tx: Transaction, record_id: str) -> set[str]:
    """The structures she stopped; the empty id stands for all."""
    cards = _withdrawal.c.record_id.in_(same_person(tx, record_id))
    query = select(_withdrawal.c.structure_id).where(cards, _withdrawal.c.until_at.is_(None))
    return {row.structure_id for row in tx.execute(query)}


def _withdraw_each(tx: Transaction, record_id: str, structure_ids: list[str]) -> None:
    rows = [{"id": new_id(), "record_id": record_id, "structure_id": name, "from_at": tx.now} for name in structure_ids]
    if rows:
        tx.execute(insert(_withdrawal), rows)
