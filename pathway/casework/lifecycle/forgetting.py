"""Forgetting a card in every room: its keys are destroyed, its rows deleted, and a tombstone says that it was."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial

from sqlalchemy import delete, insert, select, update

from pathway.casework.accounts.actions import replace_card_login
from pathway.casework.accounts.forgetting import forget_record as forget_account
from pathway.casework.accounts.queries import account_of_record
from pathway.casework.accounts.tables import Account
from pathway.casework.action_plan.forgetting import forget_record as forget_plan
from pathway.casework.agreements.forgetting import forget_record as forget_agreements
from pathway.casework.alerts.forgetting import forget_record as forget_alerts
from pathway.casework.cards.forgetting import forget_record as forget_cards
from pathway.casework.cards.queries import card_number
from pathway.casework.documents.forgetting import forget_record as forget_documents
from pathway.casework.encounters.forgetting import forget_record as forget_appointments
from pathway.casework.enrolments.forgetting import forget_record as forget_steps
from pathway.casework.followup.forgetting import forget_record as forget_points
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.casework.lifecycle.tables import Tombstone
from pathway.casework.links.forgetting import forget_record as forget_links
from pathway.casework.notes.forgetting import forget_record as forget_notes
from pathway.casework.oversight.forgetting import forget_record as forget_oversight
from pathway.casework.preparation.forgetting import forget_record as forget_preparation
from pathway.casework.records.forgetting import forget_record as forget_answers
from pathway.casework.relays.forgetting import forget_record as forget_relays
from pathway.casework.resets.forgetting import forget_record as forget_resets
from pathway.casework.retention.forgetting import forget_record as forget_keeping
from pathway.casework.rights.forgetting import forget_record as forget_requests
from pathway.casework.sharing.forgetting import forget_record as forget_sharing
from pathway.casework.sharing.queries import reach_of, same_person
from pathway.casework.sharing.tables import Record
from pathway.casework.usage.forgetting import forget_record as forget_usage
from pathway.casework.walk_ins.forgetting import forget_record as forget_walk_ins
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.erasing import truncate_log
from pathway.store.outbox import forget_letters
from pathway.store.tombstones import Buried, bury
from pathway.store.transaction import Transaction

_account = table_of(Account)
_record = table_of(Record)
_tombstone = table_of(Tombstone)

# A later room points at an earlier one, never the reverse: the rows that point go first.
ROOMS: tuple[Callable[[Transaction, Sequence[str]], None], ...] = (
    forget_keeping,
    forget_requests,
    forget_alerts,
    forget_plan,
    forget_relays,
    forget_notes,
    forget_walk_ins,
    forget_appointments,
    forget_steps,
    forget_preparation,
    forget_points,
    forget_oversight,
    forget_agreements,
    forget_documents,
    forget_links,
    forget_cards,
    forget_resets,
    forget_usage,
    forget_account,
    forget_answers,
    forget_sharing,
)


def forget_record(tx: Transaction, record_id: str, *, reason: ForgetReason) -> None:
    """Forget that one card for good: every room deletes what it holds of it, the keys of all that was sealed go first.

    Cards linked with it stay one person's, with her account. What is left is a tombstone, here and outside the base
    (written at commit), and the ids of the journal. `NotFound` when there is no such card. Who may is for the caller
    to say; nothing undoes it.
    """
    forget_records(tx, [record_id], reason=reason)


def forget_person(tx: Transaction, record_id: str, *, reason: ForgetReason) -> list[str]:
    """Forget every card of that person, as `forget_record`; gives their ids."""
    cards = same_person(tx, record_id)
    forget_records(tx, cards, reason=reason)
    return cards


def forget_records(tx: Transaction, record_ids: Sequence[str], *, reason: ForgetReason) -> None:
    """Forget those cards, as `forget_record`, in one pass of the rooms: for a lot of the night."""
    cards = sorted(set(record_ids))
    # Whoever writes on them at this very moment is waited for; whoever comes after finds nobody.
    held = select(_record.c.id).where(_record.c.id.in_(cards)).order_by(_record.c.id).with_for_update()
    if len(tx.execute(held).all()) != len(cards):
        raise NotFound
    _give_account_to_the_others(tx, cards)
    _take_letters_back(tx, cards)
    for forget in ROOMS:
        forget(tx, cards)
    tx.execute(insert(_tombstone), [_row(card, tx.today, reason.value) for card in cards])
    tx.journal("forget_record", records=cards, reason=reason.value)
    tx.after_commit(
        partial(bury, tx.store, [Buried(record_id=card, on=tx.today, reason=reason.value) for card in cards])
    )
    tx.after_commit(partial(truncate_log, tx.store.engine))


def replay_tombstones(tx: Transaction, entries: Iterable[Buried]) -> int:
    """Forget again, in a base put back in time, the cards that those lines of the log say were forgotten; gives how
    many were there. Safe to run again."""
    wanted = {one.record_id: one for one in entries}
    ids = list(wanted)
    there = set(tx.execute(select(_record.c.id).where(_record.c.id.in_(ids))).scalars()) if ids else set()
    if there:
        forget_records(tx, sorted(there), reason=ForgetReason.REPLAYED)
    tx.execute(delete(_tombstone).where(_tombstone.c.record_id.in_(ids)))
    if wanted:  # they say again the day and the reason they first had
        tx.execute(insert(_tombstone), [_row(one.record_id, one.on, one.reason) for one in wanted.values()])
    tx.journal("replay_tombstones", count=len(there))
    return len(there)


def tombstones(tx: Transaction) -> list[Buried]:
    """Every card forgotten in this base, the oldest first: what the log outside must say too."""
    rows = tx.execute(select(_tombstone).order_by(_tombstone.c.forgotten_on, _tombstone.c.record_id))
    return [Buried(record_id=row.record_id, on=row.forgotten_on, reason=row.reason) for row in rows]


def _give_account_to_the_others(tx: Transaction, cards: Sequence[str]) -> None:
    """An account opens the whole person: when one of her cards stays, she keeps signing in, by that card's number."""
    for card in cards:
        account_id = account_of_record(tx, card)
        left = [other for other in same_person(tx, card) if other not in cards]
        if not account_id or not left or any(account_of_record(tx, other) for other in left):
            continue
        tx.execute(update(_account).where(_account.c.id == account_id).values(record_id=left[0]))
        replace_card_login(tx, record_id=left[0], card_number=card_number(tx, left[0]))


def _take_letters_back(tx: Transaction, cards: Sequence[str]) -> None:
    """What waits to leave for her goes, unless a card of hers that stays is reached there too."""
    gone, kept = set[str](), set[str]()
    for card in cards:
        person = same_person(tx, card)
        reach = reach_of(tx, card)
        found = {*(email for _, email in reach.emails), *reach.mobiles}
        (gone if set(person) <= set(cards) else kept).update(found)
    if gone - kept:
        forget_letters(tx, lambda to, _path: to in gone - kept)


def _row(card: str, on: date, reason: str) -> dict[str, object]:
    return {"record_id": card, "forgotten_on": on, "reason": reason}
