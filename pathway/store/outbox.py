"""The outbox: letters written with what they speak of, sealed until they leave, then emptied."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, Select, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid
from pathway.kernel.ids import new_id
from pathway.kernel.settings import is_local_path
from pathway.store.columns import table_of
from pathway.store.tables import DataKey, Letter, LetterState
from pathway.store.transaction import Transaction

_letter = table_of(Letter)
_key = table_of(DataKey)

_SECTION = "letter"
_VARIABLES = {"link", "valid_for"}
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the two angle brackets
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+")
_SPAN = re.compile(r"\d{1,3}[ \u00a0](?:minutes?|heures?|jours?)")


class LetterKind(Choice):
    """What a letter is about; its words are in templates/mail under the same name."""

    INVITATION = "invitation", "Invitation à ouvrir un compte"
    PASSWORD_RESET = "password_reset", "Nouveau mot de passe"
    SECOND_FACTOR_RESET = "second_factor_reset", "Nouveau second facteur"
    SECOND_FACTOR_ASKED = "second_factor_asked", "Nouveau second facteur demandé"
    SIGN_IN_NOTICE = "sign_in_notice", "Changement dans la connexion"
    EXCEPTIONAL_ACCESS = "exceptional_access", "Accès exceptionnel"
    QUOTA_WARNING = "quota_warning", "Consultation inhabituelle"
    CHECK_EMAIL = "check_email", "Vérification d’une adresse"
    RIGHTS_ANSWERED = "rights_answered", "Nouvelle sur une demande"
    NEW_SUPPORT = "new_support", "Nouvel accompagnement"
    DECISION_RECORDED = "decision_recorded", "Choix de partage noté par une structure"
    CODE_GIVEN = "code_given", "Code donné pour un compte"
    CARD_REPLACED = "card_replaced", "Carte remplacée"
    PREPARE_ENTRY = "prepare_entry", "Rendez-vous à préparer"


@dataclass(frozen=True, kw_only=True)
class Leased:
    """A letter this worker alone may send until its lease ends. `attempts` counts this one."""

    id: str
    kind: str
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a letter keeps sealed: one address, a path of this service, and how long that link works (or nothing)."""

    to: str
    path: str
    valid_for: str


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """How many letters wait, since when (UTC) the oldest does, and how many were given up for ever."""

    waiting: int
    oldest_at: datetime | None
    given_up: int


def post(tx: Transaction, *, kind: str, to: str, variables: Mapping[str, str], key: str = "") -> str:
    """Put a letter in the queue, in the transaction of what it speaks of; gives its id. It leaves after the commit.

    `variables`: `link`, a path of this service (the host of a whole address is dropped: the setting makes it again when
    the letter leaves), and `valid_for` (« 7 jours »). Nothing else can be said in a letter. `key` stands in clear, so
    ids and codes only: the same key is never announced twice, and gives the letter already there. `Invalid` for an
    address that is not one; `ValueError` for an unknown kind or variable.
    """
    chosen = LetterKind(kind).value
    contents = {"to": _address(to), **_said(variables)}
    letter_id = _added(tx, chosen, key)
    if letter_id:
        tx.sealing.create(letter_id, {_SECTION: contents})
        tx.journal("post_letter", letter=letter_id, kind=chosen)
        return letter_id
    known = str(tx.execute(select(_letter.c.id).where(_letter.c.key == key)).scalar_one())
    tx.journal("post_letter", letter=known, kind=chosen, again=True)
    return known


def due_count(tx: Transaction) -> int:
    """How many letters could leave at this instant."""
    return int(tx.execute(_due(tx, func.count())).scalar_one())


def lease(tx: Transaction, *, limit: int, until: datetime) -> tuple[Leased, ...]:
    """Take the letters whose turn has come, the oldest first; no other worker takes them before that instant."""
    columns = (_letter.c.id, _letter.c.kind, _letter.c.attempts)
    query = _due(tx, *columns).order_by(_letter.c.next_try_at, _letter.c.id).limit(limit)
    rows = tx.execute(query.with_for_update(skip_locked=True)).all()
    if rows:
        taken = update(_letter).where(_letter.c.id.in_([row.id for row in rows]))
        tx.execute(taken.values(leased_until=until, attempts=_letter.c.attempts + 1))
    tx.journal("lease_letters", count=len(rows))
    return tuple(_leased(row) for row in rows)


def contents(tx: Transaction, letter_id: str) -> Contents:
    """What the letter says and to whom; `Sealed` if it was altered, `NotFound` once it has left."""
    kept = tx.sealing.open(letter_id, [_SECTION])[_SECTION].payload
    return Contents(to=kept["to"], path=kept["link"], valid_for=kept["valid_for"])


def mark_sent(tx: Transaction, letter: Leased) -> None:
    """The server took it: forget to whom it went and what it said. True even if the lease had ended meanwhile."""
    _end(tx, letter, LetterState.SENT, "")
    tx.journal("send_letter", letter=letter.id, kind=letter.kind, attempts=letter.attempts)


def put_off(tx: Transaction, letter: Leased, *, problem: str, next_try_at: datetime) -> None:
    """It did not leave, for that reason (a code): try again then. Says nothing of a letter another worker has taken."""
    mine = (_letter.c.id == letter.id, _letter.c.attempts == letter.attempts)
    waiting = update(_letter).where(*mine, _letter.c.state == LetterState.WAITING.value)
    tx.execute(waiting.values(problem=problem, next_try_at=next_try_at, leased_until=None))
    tx.journal("put_off_letter", letter=letter.id, kind=letter.kind, attempts=letter.attempts, problem=problem)


def give_up(tx: Transaction, letter: Leased, *, problem: str) -> None:
    """It will never leave, for that reason (a code): forget to whom it went and what it said."""
    _end(tx, letter, LetterState.GIVEN_UP, problem)
    tx.journal("give_up_letter", letter=letter.id, kind=letter.kind, attempts=letter.attempts, problem=problem)


def queue_state(tx: Transaction) -> QueueState:
    """How the queue stands, for the operator. No address, no kind."""
    number, oldest = func.count().label("number"), func.min(_letter.c.created_at).label("oldest_at")
    waiting = tx.execute(select(number, oldest).where(_letter.c.state == LetterState.WAITING.value)).one()
    given_up = tx.execute(select(number).where(_letter.c.state == LetterState.GIVEN_UP.value)).scalar_one()
    return QueueState(waiting=waiting.number, oldest_at=waiting.oldest_at, given_up=given_up)


def _address(to: str) -> str:
    # One address and nothing around it: what would end a header, or begin a second recipient, is refused.
    if len(to) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(to):
        raise Invalid("Cette adresse e-mail n’est pas valable.", field="email")
    return to


def _said(variables: Mapping[str, str]) -> dict[str, str]:
    if "link" not in variables or not variables.keys() <= _VARIABLES:
        raise ValueError("a letter says a link, how long it is valid, and nothing else")
    path = urlsplit(variables["link"])._replace(scheme="", netloc="").geturl()
    span = variables.get("valid_for", "")
    if not is_local_path(path) or (span and not _SPAN.fullmatch(span)):
        raise ValueError("a link is a path of this service, a duration is « 7 jours »")
    return {"link": path, "valid_for": span}


def _added(tx: Transaction, kind: str, key: str) -> str:
    """The id of the new letter, or nothing when that key was already announced, be it at this very moment."""
    insert = sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert
    row = {"id": new_id(), "kind": kind, "key": key or None, "state": LetterState.WAITING.value, "attempts": 0}
    times = {"next_try_at": tx.now, "created_at": tx.now, "problem": ""}
    added = insert(_letter).values({**row, **times}).on_conflict_do_nothing(index_elements=["key"])
    return tx.execute(added.returning(_letter.c.id)).scalar_one_or_none() or ""


def _due(tx: Transaction, *columns: Any) -> Select[Any]:
    is_free = or_(_letter.c.leased_until.is_(None), _letter.c.leased_until <= tx.now)
    is_waiting = _letter.c.state == LetterState.WAITING.value
    return select(*columns).select_from(_letter).where(is_waiting, _letter.c.next_try_at <= tx.now, is_free)


def _leased(row: Row[Any]) -> Leased:
    return Leased(id=row.id, kind=row.kind, attempts=row.attempts + 1)


def _end(tx: Transaction, letter: Leased, state: LetterState, problem: str) -> None:
    ended = {"state": state.value, "problem": problem, "ended_at": tx.now, "leased_until": None}
    here = (_letter.c.id == letter.id, _letter.c.state == LetterState.WAITING.value)
    tx.execute(update(_letter).where(*here).values(**ended))
    tx.execute(delete(_key).where(_key.c.subject_id == letter.id))
