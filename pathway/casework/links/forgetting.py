"""Forgetting a card: what compared it and linked it goes; the person's other cards stay together, and stand."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, or_, select, update

from pathway.casework.links.actions import stand_again
from pathway.casework.links.rules import groups, ordered
from pathway.casework.links.tables import CardLink, ComparedCard, MatchChange, PossibleMatch
from pathway.casework.records.actions import give_back_referents
from pathway.casework.records.queries import referent_of
from pathway.casework.sharing.queries import same_person
from pathway.casework.sharing.tables import Record
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_match = table_of(PossibleMatch)
_change = table_of(MatchChange)
_link = table_of(CardLink)
_compared = table_of(ComparedCard)
_record = table_of(Record)


def forget_record(tx: Transaction, record_ids: Sequence[str]) -> None:
    """Delete the links and comparisons of those cards. The cards linked with them and not forgotten stay one person's:
    one of them stands for her, with the référent de parcours it had when she has none left."""
    left = {tuple(sorted({*same_person(tx, one)} - {*record_ids})) for one in record_ids}
    hers = or_(_match.c.low_id.in_(record_ids), _match.c.high_id.in_(record_ids))
    tx.execute(delete(_change).where(_change.c.match_id.in_(select(_match.c.id).where(hers))))
    tx.execute(delete(_match).where(hers))
    tx.execute(delete(_link).where(or_(_link.c.record_id.in_(record_ids), _link.c.other_id.in_(record_ids))))
    tx.execute(delete(_compared).where(_compared.c.record_id.in_(record_ids)))
    tx.execute(update(_record).where(_record.c.id.in_(record_ids)).values(canonical_id=_record.c.id))
    for cards in left - {()}:
        _keep_together(tx, cards)


def _keep_together(tx: Transaction, cards: Sequence[str]) -> None:
    """Those cards were one person's through a card that is forgotten: link what it held together."""
    query = select(_link.c.record_id, _link.c.other_id).where(
        _link.c.ended_at.is_(None), _link.c.record_id.in_(cards), _link.c.other_id.in_(cards)
    )
    parts = groups(cards, [(row.record_id, row.other_id) for row in tx.execute(query)])
    first = min(parts[0])
    for part in parts[1:]:
        low, high = ordered(first, min(part))
        values = {"id": new_id(), "record_id": low, "other_id": high, "linked_at": tx.now}
        tx.execute(insert(_link).values(**values, linked_by=tx.actor.account_id))
    stand_again(tx, cards)
    stands = same_person(tx, first)[0]
    if referent_of(tx, stands) is None:
        give_back_referents(tx, [stands])
