"""Where the keys stand, as the operator is told: their age, what they serve, whether they are put away."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from pathway.kernel.wording import counted
from pathway.store.key_counts import MOST_WRAPS
from pathway.store.key_registry import KeyUse, key_uses
from pathway.store.opening import read_marks, set_mark
from pathway.store.transaction import Transaction
from pathway.vault.keyring import Keyring

KEY_LIFE = timedelta(days=90)
_CUSTODY = "custody"
_OLD = "La clé {kid} sert depuis {days} jours, plus de {most}. Lancez « ./carte keys rotate », puis « rewrap »."
_WORN = "La clé {kid} a trop servi. Lancez « ./carte keys rotate », puis « ./carte keys rewrap »."
_LEFT = "{rows} attendent encore leur nouvelle clé. Lancez « ./carte keys rewrap »."
_OVER = "Plus rien n’a besoin de la clé {kid}. Lancez « ./carte keys destroy {kid} » : les effacements en dépendent."
_NEVER_SAVED = "Le trousseau n’a jamais été mis de côté. Lancez « ./carte keys save --to FICHIER »."
_CHANGED = "Le trousseau a changé depuis qu’il a été mis de côté. Recommencez « ./carte keys save --to FICHIER »."


@dataclass(frozen=True, kw_only=True)
class KeyState:
    """One wrapping key as the operator sees it: its age in days since it was made, what it serves, until when."""

    kid: int
    state: str
    created_at: datetime
    days: int
    use: KeyUse

    @property
    def is_old(self) -> bool:
        """Whether the key in service should have been replaced by now."""
        return self.state == "active" and self.days > KEY_LIFE.days

    @property
    def is_worn(self) -> bool:
        """Whether it wrapped so often that another one must take its turn."""
        return self.state == "active" and max(self.use.wraps, self.use.rows) >= MOST_WRAPS

    def may_end(self, now: datetime, retention: timedelta) -> bool:
        """Whether nothing needs it any more, copies of the base kept that long."""
        needless_from = self.use.destroyable_from(retention)
        return self.state == "retired" and needless_from is not None and needless_from <= now


@dataclass(frozen=True, kw_only=True)
class Custody:
    """When the keyring was last put away, how, and whether it changed since."""

    at: datetime
    way: str
    is_current: bool


def key_states(connection: Connection, keyring: Keyring, *, now: datetime) -> list[KeyState]:
    """Every wrapping key of the keyring, oldest first."""
    uses = key_uses(connection)
    return [
        KeyState(
            kid=kid,
            state=kek.state,
            created_at=kek.created_at,
            days=(now - kek.created_at).days,
            use=uses.get(kid, KeyUse()),
        )
        for kid, kek in sorted(keyring.keks.items())
    ]


def custody_of(connection: Connection, keyring: Keyring) -> Custody | None:
    """What is known of the keyring put away, or None when it never was."""
    kept = read_marks(connection).get(_CUSTODY)
    if not kept:
        return None
    at, way, mark = kept.split(" ")
    return Custody(at=datetime.fromisoformat(at), way=way, is_current=mark == keyring.state_mark())


def note_custody(tx: Transaction, keyring: Keyring, *, way: str) -> None:
    """Note that this very keyring was put away now, and how."""
    set_mark(tx.connection, _CUSTODY, f"{tx.now.isoformat()} {way} {keyring.state_mark()}")
    tx.journal("save_keys", way=way)


def warnings(states: list[KeyState], saved: Custody | None, *, now: datetime, retention: timedelta) -> list[str]:
    """What the operator should do about the keys, in sentences; the doctor says the same. `retention`: how long copies
    of the base are kept."""
    put_away = [_NEVER_SAVED] if saved is None else [] if saved.is_current else [_CHANGED]
    return [*overdue(states, now=now, retention=retention), *put_away]


def overdue(states: list[KeyState], *, now: datetime, retention: timedelta) -> list[str]:
    """The changes and ends of keys that wait for the operator: nothing turns by itself, and what is forgotten dies with
    its key only."""
    old = [_OLD.format(kid=one.kid, days=one.days, most=KEY_LIFE.days) for one in states if one.is_old]
    worn = [_WORN.format(kid=one.kid) for one in states if one.is_worn]
    rows = sum(one.use.rows for one in states if one.state == "retired")
    left = [_LEFT.format(rows=counted(rows, "contenu", "contenus"))] if rows else []
    over = [_OVER.format(kid=one.kid) for one in states if one.may_end(now, retention)]
    return [*old, *worn, *left, *over]
