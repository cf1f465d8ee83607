"""What a person and those who support her may know of her card: its number, its paper copy, the visits of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.cards.rules import PERSONAL_TRIES
from pathway.casework.cards.tables import PrintedCard
from pathway.casework.records.queries import CARD, card_view
from pathway.casework.sharing.queries import of_person, same_person, structures_that_see
from pathway.casework.sharing.rules import Cause
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_printed = table_of(PrintedCard)

_ON_PAPER = (
    select(_printed.c.structure_id, _printed.c.printed_at, _printed.c.tries)
    .where(of_person(_printed.c.record_id), _printed.c.ended_at.is_(None))
    .order_by(_printed.c.printed_at.desc())
    .limit(1)
)


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One structure that opened her record today with her card, since when, until when (UTC)."""

    structure_id: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, kw_only=True)
class OnPaper:
    """Her printed card: by which structure, when, and whether five wrong tries have closed it."""

    structure_id: str
    printed_at: datetime
    is_closed: bool


def open_visits(tx: Transaction, record_id: str) -> list[Visit]:
    """The visits that hold now, one a structure, the first begun first. For herself; others get `structures_that_see`.

    A structure with which she stopped sharing has none.
    """
    visits: dict[str, Visit] = {}
    for one in structures_that_see(tx, record_id):
        if one.cause is Cause.PRESENTED_CARD and one.until_at:
            known = visits.get(one.structure_id)
            visits[one.structure_id] = Visit(
                structure_id=one.structure_id,
                from_at=known.from_at if known else one.from_at,
                until_at=one.until_at,
            )
    return list(visits.values())


def on_paper(tx: Transaction, record_id: str) -> OnPaper | None:
    """The printed card of that person that stands, the last printed of her cards; None when there is none."""
    row = tx.execute(_ON_PAPER, {"record_id": record_id}).one_or_none()
    if row is None:
        return None
    return OnPaper(structure_id=row.structure_id, printed_at=row.printed_at, is_closed=row.tries >= PERSONAL_TRIES)


def her_card(tx: Transaction, cards: Sequence[str]) -> str:
    """Among the cards of one person (as `same_person` gives them), the one whose number she uses.

    The one with which she signs in, else the one that stands for her.
    """
    return next((card for card in cards if account_of_record(tx, card)), cards[0])


def card_number(tx: Transaction, record_id: str) -> str:
    """The number of her card: 14 digits. For those who may open that record."""
    mine = her_card(tx, same_person(tx, record_id))
    return card_view(tx.sealing.open(mine, [CARD])[CARD].payload).card_number
