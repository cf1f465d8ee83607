"""Changing keys without stopping: a new key serves at once, rows follow in lots, the old one goes when needless."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, update

from pathway.kernel.clock import Clock, local_day
from pathway.kernel.errors import Refused, Sealed, Unavailable
from pathway.kernel.wording import counted, said_date
from pathway.store import journal
from pathway.store.actor import SYSTEM
from pathway.store.columns import table_of
from pathway.store.engine import connect
from pathway.store.key_counts import add_wraps
from pathway.store.key_registry import KeyUse, key_uses, note_destroyed, note_emptied, note_used_again, tokens_under
from pathway.store.opening import Store, forget_check, note_checks
from pathway.store.tables import DataKey, JournalHead
from pathway.store.transaction import Transaction
from pathway.vault.envelope import rewrap_dek
from pathway.vault.keyring import Keyring
from pathway.vault.providers import Provider

LOT = 500
PAUSE_SECONDS = 0.02
_key = table_of(DataKey)
_head = table_of(JournalHead)
_MOVE = (
    update(_key)
    .where(_key.c.subject_id == bindparam("it"), _key.c.kid == bindparam("old"), _key.c.wrapped == bindparam("was"))
    .values(kid=bindparam("new"), wrapped=bindparam("now"))
)
_NO_FILE = "Ce trousseau n’est lié à aucun fichier : il ne peut pas être changé."
_UNKNOWN = "Aucune clé ne porte le numéro {kid}. « ./carte keys status » les montre."
_PRIMARY = "La clé {kid} est celle qui sert maintenant. Lancez d’abord « ./carte keys rotate », puis « rewrap »."
_IN_USE = "La clé {kid} sert encore à {rows}. Lancez « ./carte keys rewrap » jusqu’au bout, puis recommencez."
_TOO_SOON = (
    "Une copie de la base faite jusqu’au {last} a besoin de la clé {kid} pour être relue. Elle peut être détruite à "
    "partir du {day} (CARTE_BACKUP_DAYS : {days})."
)
_ROOT_IN_SERVICE = (
    "La clé de recherche {version} est celle qui sert maintenant : lancez d’abord « keys rotate --index »."
)
_ROOT_IN_USE = (
    "La clé de recherche {version} sert encore à {tokens}. La nuit (« ./carte nightly ») les récrit : recommencez "
    "ensuite."
)
_ROOTS_CHANGING = (
    "La recherche change déjà de clé. Finissez d’abord : « ./carte nightly », puis « keys destroy --index »."
)


def rotate_kek(tx: Transaction) -> int:
    """A new wrapping key, which seals at once all that is written; gives its number. Rows follow with `rewrap`."""
    keyring = _change(tx, lambda ring: ring.with_new_kek(tx.now))
    tx.journal("rotate_key", kid=keyring.primary)
    return keyring.primary


def rotate_index(tx: Transaction) -> int:
    """A new index root, for all tokens written from now on; gives its version. The night writes the others again.

    `Refused` while an earlier change is not finished.
    """

    def change(ring: Keyring) -> Keyring:
        if len(ring.index_roots) > 1:
            raise Refused(_ROOTS_CHANGING)
        # Past versions gave their number to tokens: it is never given again.
        return ring.with_new_index_root()

    keyring = _change(tx, change)
    tx.journal("rotate_index", version=keyring.index_version)
    return keyring.index_version


def rotate_journal(tx: Transaction) -> int:
    """A new journal key, vouched for by the former one in the entry that begins it; gives its epoch."""
    keyring = _change(tx, lambda ring: ring.with_new_journal_key())
    _, act = journal.begin_epoch(tx.connection, keyring, epoch=keyring.journal_epoch)
    tx.acts.append(act)
    return keyring.journal_epoch


def rewrap(
    store: Store,
    clock: Clock,
    *,
    lot: int = LOT,
    pause: float = PAUSE_SECONDS,
    report: Callable[[int, int], None] = lambda *_: None,
) -> tuple[int, int]:
    """Wrap under the key in service every data key that is not yet: gives how many were, and how many do not open.

    Lot by lot, each committed, with a pause for other writers. The rows themselves say where it stands: it may be
    killed anywhere, and two at once share the work.
    """
    shut: set[str] = set()
    store.keys.refresh()
    done, total = 0, _left(store)
    note_empty_keys(store, clock)
    while _is_left(store, len(shut)):
        done += _rewrap_lot(store, clock, lot, shut)
        report(min(done, total), total)
        time.sleep(pause)
    note_empty_keys(store, clock)
    return done, len(shut)


def check_kek_needless(tx: Transaction, kid: int, *, retention: timedelta) -> None:
    """`Refused` while that wrapping key serves, while a row is wrapped by it, or while a copy of the base that needs it
    may be kept (`retention`)."""
    ring = _provider(tx).load()
    if kid not in ring.keks:
        raise Refused(_UNKNOWN.format(kid=kid))
    if kid == ring.primary:
        raise Refused(_PRIMARY.format(kid=kid))
    _refuse_needed(tx, kid, retention)


def destroy_kek(tx: Transaction, kid: int, *, retention: timedelta) -> None:
    """Decide the end of a wrapping key; once this is committed, `drop_kek` takes it out of the keyring.

    `Refused` as `check_kek_needless`, asked again while nobody writes.
    """
    _hold_writers(tx.connection)
    check_kek_needless(tx, kid, retention=retention)
    forget_check(tx.connection, kid)
    note_destroyed(tx.connection, kid, tx.now)
    tx.journal("destroy_key", kid=kid)


def drop_kek(tx: Transaction, kid: int) -> None:
    """Take that key out of the keyring: in a transaction of its own, for the base must forget it first. A base that
    still asks for a key nobody holds would not open any more."""
    forget_check(tx.connection, kid)  # another change of keys may have noted it again
    _change(tx, lambda ring: ring.without_kek(kid))
    tx.journal("drop_key", kid=kid)


def check_index_needless(tx: Transaction, version: int, *, kinds: tuple[int, int]) -> None:
    """`Refused` while that index root serves, or while a token of it is left; `kinds`: their lowest and highest."""
    ring = _provider(tx).load()
    if version not in ring.index_roots:
        raise Refused(_UNKNOWN.format(kid=version))
    if version == ring.index_version:
        raise Refused(_ROOT_IN_SERVICE.format(version=version))
    left = tokens_under(tx.connection, *kinds)
    if left:
        tokens = counted(left, "mot de recherche", "mots de recherche")
        raise Refused(_ROOT_IN_USE.format(version=version, tokens=tokens))


def destroy_index(tx: Transaction, version: int, *, kinds: tuple[int, int]) -> None:
    """Stop searching under that index root, and take it out of the keyring. `Refused` as `check_index_needless`."""
    check_index_needless(tx, version, kinds=kinds)
    _change(tx, lambda ring: ring.without_index_root(version))
    tx.journal("destroy_index", version=version)


def save_again(store: Store, clock: Clock) -> None:
    """Have the same keyring sealed anew: under the newest version of a Vault's key."""
    with Transaction(store, actor=SYSTEM, clock=clock, door="cli") as tx:
        _change(tx, lambda ring: ring)
        tx.journal("save_keyring_again")


def save_keyring(store: Store, keyring: Keyring) -> None:
    """Put that keyring in the place of the store's, and work with it. Other processes read it at their next step."""
    provider = store.keys.provider
    if provider is None:
        raise Unavailable(_NO_FILE)
    provider.save(keyring)
    store.keys.hold(keyring)


def _change(tx: Transaction, change: Callable[[Keyring], Keyring]) -> Keyring:
    """Change the keyring while no other change can happen. It is saved before the base knows of it: the base never
    speaks of a key that nobody holds."""
    tx.execute(select(_head.c.seq).with_for_update())
    keyring = change(_provider(tx).load())
    save_keyring(tx.store, keyring)
    note_checks(tx.connection, keyring)
    return keyring


def _provider(tx: Transaction) -> Provider:
    provider = tx.store.keys.provider
    if provider is None:
        raise Unavailable(_NO_FILE)
    return provider


def _left(store: Store) -> int:
    with connect(store.engine, write=False) as connection:
        count = select(func.count()).select_from(_key).where(_key.c.kid.in_(_former(store)))
        return int(connection.execute(count).scalar_one())


def _is_left(store: Store, shut: int) -> bool:
    """Whether more rows are left than those that do not open. Never counts them all: it is asked at each lot."""
    with connect(store.engine, write=False) as connection:
        query = select(_key.c.subject_id).where(_key.c.kid.in_(_former(store))).limit(shut + 1)
        return len(connection.execute(query).all()) > shut


def _former(store: Store) -> list[int]:
    return [kid for kid in store.keyring.keks if kid != store.keyring.primary]


class _AllHeld(Exception):
    """Other writers hold every row that is left: rolled back, so that the journal says nothing of it."""


def _rewrap_lot(store: Store, clock: Clock, lot: int, shut: set[str]) -> int:
    """How many rows were wrapped again."""
    try:
        with Transaction(store, actor=SYSTEM, clock=clock, door="cli") as tx:
            primary = store.keyring.primary
            rows = _lot_of(tx, primary, lot, shut)
            moves = _moves(store, rows, primary, shut)
            if not moves:
                raise _AllHeld
            moved = int(tx.execute(_MOVE, moves).rowcount)
            add_wraps(tx.connection, primary, moved)
            tx.journal("rewrap_keys", kid=primary, count=moved)
    except _AllHeld:
        return 0
    return moved


def _lot_of(tx: Transaction, primary: int, lot: int, shut: set[str]) -> list[Any]:
    query = select(_key.c.subject_id, _key.c.kid, _key.c.wrapped, _key.c.dek_version)
    query = query.where(_key.c.kid.in_([kid for kid in tx.store.keyring.keks if kid != primary]))
    if shut:
        query = query.where(_key.c.subject_id.not_in(sorted(shut)))
    # Rows another writer holds come with a later lot: waiting for them while holding others could lock both for ever.
    return list(tx.execute(query.limit(lot).with_for_update(skip_locked=True)))


def _moves(store: Store, rows: list[Any], primary: int, shut: set[str]) -> list[dict[str, Any]]:
    moves = []
    for row in rows:
        bound = {"territory": store.territory, "subject": row.subject_id, "dek_version": row.dek_version}
        try:
            now = rewrap_dek(store.keyring, row.wrapped, **bound)
        except Sealed:
            shut.add(row.subject_id)
            continue
        moves.append({"it": row.subject_id, "old": row.kid, "was": row.wrapped, "new": primary, "now": now})
    return moves


def note_empty_keys(store: Store, clock: Clock) -> None:
    """Note of each retired key since when no row is wrapped by it (its delay before destruction begins there), or that
    one is after all."""
    retired = {kid for kid, kek in store.keyring.keks.items() if kek.state == "retired"}
    with connect(store.engine, write=False) as connection:
        uses = {kid: use for kid, use in key_uses(connection).items() if kid in retired}
    empty = [kid for kid in retired if uses.get(kid, KeyUse()).rows == 0 and not uses.get(kid, KeyUse()).emptied_at]
    again = [kid for kid, use in uses.items() if use.rows and use.emptied_at]
    if not empty and not again:
        return
    with Transaction(store, actor=SYSTEM, clock=clock, door="cli") as tx:
        for kid in again:
            note_used_again(tx.connection, kid)
        for kid in empty:
            note_emptied(tx.connection, kid, tx.now)
        tx.journal("keys_emptied", kids=sorted(empty), used=sorted(again))


def _hold_writers(connection: Connection) -> None:
    """Wait for whoever is writing keys, and keep others off until the end: the count that follows is the last word."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("LOCK TABLE data_key IN SHARE MODE"))


def _refuse_needed(tx: Transaction, kid: int, retention: timedelta) -> None:
    use = key_uses(tx.connection).get(kid, KeyUse())
    if use.rows:
        raise Refused(_IN_USE.format(kid=kid, rows=counted(use.rows, "dossier ou contenu", "dossiers ou contenus")))
    last = use.last_needed() or tx.now
    if tx.now < last + retention:
        day = said_date(local_day(last + retention) + timedelta(days=1))
        raise Refused(_TOO_SOON.format(kid=kid, last=said_date(local_day(last)), day=day, days=retention.days))
