"""What was typed when a session ended is not lost: sealed under the account's key, given back on the same page."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, insert, select

from pathway.casework.accounts.tables import Draft
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_draft = table_of(Draft)

KEPT_FOR = timedelta(hours=24)
_SEALED_AS = "draft"
_BUCKET = 256  # bytes: its length says little


def keep_draft(tx: Transaction, *, account_id: str, place: str, words: Mapping[str, str]) -> None:
    """Keep what the owner of that account typed for the page `place`, in the place of what was kept before."""
    payload = {"place": place, "words": dict(words)}
    sealed = tx.sealing.seal_value(account_id, _SEALED_AS, account_id, payload, bucket=_BUCKET)
    tx.execute(delete(_draft).where(_draft.c.account_id == account_id))
    tx.execute(insert(_draft), {"account_id": account_id, "words": sealed, "kept_at": tx.now})
    tx.journal("keep_draft", account=account_id)


def draft_of(tx: Transaction, place: str) -> dict[str, str]:
    """What the actor had typed on that page, by the name of its field; empty when there is nothing, or too old."""
    own = select(_draft.c.words).where(_draft.c.account_id == tx.actor.account_id, _draft.c.kept_at > tx.now - KEPT_FOR)
    row = tx.execute(own).one_or_none()
    if row is None:
        return {}
    kept = tx.sealing.open_value(tx.actor.account_id, _SEALED_AS, tx.actor.account_id, row.words)
    words: dict[str, str] = kept["words"]
    return words if kept["place"] == place else {}


def drop_draft(tx: Transaction, place: str) -> None:
    """Forget what the actor had typed on that page: it is saved now. What was kept for another page stays."""
    if draft_of(tx, place):
        tx.execute(delete(_draft).where(_draft.c.account_id == tx.actor.account_id))


def forget_drafts(tx: Transaction) -> int:
    """Delete what nobody came back for within a day; how many."""
    return tx.execute(delete(_draft).where(_draft.c.kept_at <= tx.now - KEPT_FOR)).rowcount
