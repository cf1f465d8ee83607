"""Forgetting a person: what passed her on, the messages, the links, the answers."""

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from pathway.casework.followup.tables import Plan
from pathway.casework.relays.queries import link_digest
from pathway.casework.relays.tables import Relay, RelayChange, RelayLink
from pathway.store.columns import table_of
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import forget_letters
from pathway.store.transaction import Transaction

_relay = table_of(Relay)
_change = table_of(RelayChange)
_link = table_of(RelayLink)
_plan = table_of(Plan)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the relays of those cards, on both sides, and take back the letters that lead to their liaison sheets."""
    hers = select(_relay.c.id).where(_relay.c.record_id.in_(record_ids))
    _take_letters_back(tx, record_ids)
    for table in (_link, _change):
        tx.execute(delete(table).where(table.c.relay_id.in_(hers)))
    tx.execute(delete(_relay).where(_relay.c.record_id.in_(record_ids)))
    # A relay kept with a linked card may follow an exit of one of those.
    plans = select(_plan.c.id).where(_plan.c.record_id.in_(record_ids))
    tx.execute(update(_relay).where(_relay.c.plan_id.in_(plans)).values(plan_id=None))


def _take_letters_back(tx: Transaction, record_ids: Sequence[str]) -> None:
    links = {row.digest for row in tx.execute(select(_link.c.digest).where(_link.c.record_id.in_(record_ids)))}
    if links:
        forget_letters(tx, lambda _to, path: link_digest(tx, path.rpartition("/")[2]) in links, LetterKind.RELAY_LINK)
