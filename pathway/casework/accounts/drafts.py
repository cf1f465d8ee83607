"""What was typed and could not be received is not lost: sealed under the account's key, for its author alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from pathway.casework.accounts.tables import Draft
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_draft = table_of(Draft)

KEPT_FOR = timedelta(hours=24)
_SEALED_AS = "draft"
_BUCKET = 256  # bytes: its length says little


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A form that was sent and not received: the address it went to, its fields by name in their order, and until when
    it is kept (UTC). `had_file`: a file went with it, which is not kept."""

    place: str
    fields: tuple[tuple[str, str], ...]
    had_file: bool
    until: datetime

    @property
    def path(self) -> str:
        """The address without what narrows its page."""
        return self.place.partition("?")[0]


def keep_draft(
    tx: Transaction, *, account_id: str, place: str, fields: Sequence[tuple[str, str]], had_file: bool = False
) -> None:
    """Keep what the owner of that account sent to `place`, instead of what was kept before."""
    payload = {"place": place, "fields": [list(one) for one in fields], "had_file": had_file}
    sealed = tx.sealing.seal_value(account_id, _SEALED_AS, account_id, payload, bucket=_BUCKET)
    tx.execute(delete(_draft).where(_draft.c.account_id == account_id))
    tx.execute(insert(_draft), {"account_id": account_id, "words": sealed, "kept_at": tx.now})
    tx.journal("keep_draft", account=account_id)


def draft_of(tx: Transaction) -> Kept | None:
    """What is kept for the actor; None when there is nothing, or too old."""
    own = select(_draft).where(_draft.c.account_id == tx.actor.account_id, _draft.c.kept_at > tx.now - KEPT_FOR)
    row = tx.execute(own).one_or_none()
    if row is None:
        return None
    kept = tx.sealing.open_value(tx.actor.account_id, _SEALED_AS, tx.actor.account_id, row.words)
    if "fields" not in kept:  # written by an earlier version, and gone within the day
        return None
    fields = tuple((name, value) for name, value in kept["fields"])
    return Kept(place=kept["place"], fields=fields, had_file=kept["had_file"], until=row.kept_at + KEPT_FOR)


def drop_draft(tx: Transaction) -> None:
    """Forget what is kept for the actor."""
    tx.execute(delete(_draft).where(_draft.c.account_id == tx.actor.account_id))


def forget_drafts(tx: Transaction) -> int:
    """Delete what nobody came back for within a day; how many."""
    return tx.execute(delete(_draft).where(_draft.c.kept_at <= tx.now - KEPT_FOR)).rowcount
