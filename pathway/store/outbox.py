"""The outbox: letters written with what they speak of, sealed until they leave, then emptied."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, Select, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from pathway.kernel.errors import Invalid
from pathway.kernel.ids import new_id
from pathway.kernel.languages import FRENCH, NAMES, marked
from pathway.kernel.ringing import rings_from
from pathway.kernel.settings import is_local_path
from pathway.kernel.sms import is_mobile
from pathway.store.columns import table_of
from pathway.store.letter_kinds import BY_SMS, COUNTED, DATED, LetterKind
from pathway.store.stops import is_stopped
from pathway.store.tables import Channel, DataKey, Letter, LetterState
from pathway.store.transaction import Transaction

_letter = table_of(Letter)
_key = table_of(DataKey)

_SECTION = "letter"
_VARIABLES = {"link", "valid_for"}
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the two angle brackets
_ADDRESS = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+")
_SPAN = re.compile(r"\d{1,3}[ \u00a0](?:minutes?|heures?|jours?)")
_BARE_PATH = re.compile(r"/|(?:/[a-z]{1,20}(?:-[a-z]{1,20}){0,5}){1,3}")  # no id, no secret: a message lies open
_LONGEST_MEETING = timedelta(days=1)
_HIGHEST_COUNT = 999_999


@dataclass(frozen=True, kw_only=True)
class Leased:
    """A letter this worker alone may send until its lease ends. `attempts` counts this one."""

    id: str
    kind: str
    attempts: int
    channel: str = Channel.EMAIL.value
    created_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """When an appointment begins and ends (aware instants), and the id by which it is known here."""

    starts_at: datetime
    ends_at: datetime
    ref: str


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The appointment a letter speaks of: its instants (UTC), a mark that names it to a calendar and to nobody else,
    and when it was said so: what was said last is right."""

    starts_at: datetime
    ends_at: datetime
    mark: str
    said_at: datetime


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a letter keeps sealed: one address or mobile number, a path of this service, how long that link works (or
    nothing), an appointment's instants (or nothing), how many things wait (or nothing), and in which language it is
    written, a key of `NAMES`."""

    to: str
    path: str
    valid_for: str
    planned: Planned | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    language: str = FRENCH


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """How many letters wait, since when (UTC) the oldest does, and how many were given up for ever."""

    waiting: int
    oldest_at: datetime | None
    given_up: int


def post(
    tx: Transaction,
    *,
    kind: str,
    to: str,
    variables: Mapping[str, str],
    key: str = "",
    channel: str = Channel.EMAIL,
    meeting: Meeting | None = None,
    counts: Mapping[str, int] | None = None,
    language: str = FRENCH,
) -> str:
    """Put a letter in the queue, in the transaction of what it speaks of; gives its id. It leaves after the commit.

    `variables`: `link`, a path of this service (the host of a whole address is dropped: the setting makes it again when
    the letter leaves), and `valid_for` (« 7 jours »). `meeting`: the instants of an appointment, for the kinds that say
    them. `counts`: how many things wait, each of a known name, for the kinds that say them. `language`: a key of
    `NAMES`. Nothing else can be said in a letter. `key` stands in clear, so ids and codes only: the same key is never
    announced twice, and gives the letter already there.

    By `Channel.SMS`, `to` is a French mobile in E.164, the kind is one of `BY_SMS` and the link has no id in it; for a
    number that answered « STOP » nothing is written, and the id is empty. It waits for an hour at which a telephone may
    ring (`rings_from`).

    `Invalid` for an address or a number that is not one; `ValueError` for an unknown kind, channel, variable or
    language, and for instants or counts where none go.
    """
    chosen, way = LetterKind(kind), Channel(channel)
    said = {**_said(variables), **_counted(chosen, counts), **_planned(tx, chosen, meeting)}
    contents = {"to": _recipient(way, to), **said, **_spoken(language)}
    if way is Channel.SMS:
        _check_bare(chosen, contents["link"])
        if is_stopped(tx, to):
            tx.journal("keep_letter_back", kind=chosen.value, channel=way.value)
            return ""
    starts_at = meeting.starts_at if meeting else None
    leaves_at = rings_from(tx.now, starts_at) if way is Channel.SMS else tx.now
    letter_id = _added(tx, chosen.value, key, way, leaves_at)
    if letter_id:
        tx.sealing.create(letter_id, {_SECTION: contents})
        tx.journal("post_letter", letter=letter_id, kind=chosen.value, channel=way.value)
        return letter_id
    known = str(tx.execute(select(_letter.c.id).where(_letter.c.key == key)).scalar_one())
    tx.journal("post_letter", letter=known, kind=chosen.value, channel=way.value, again=True)
    return known


def due_count(tx: Transaction, channel: Channel | None = None) -> int:
    """How many letters could leave at this instant, by that channel or by any."""
    return int(tx.execute(_due(tx, channel, func.count())).scalar_one())


def lease(tx: Transaction, *, limit: int, until: datetime, channel: Channel | None = None) -> tuple[Leased, ...]:
    """Take the letters whose turn has come, the oldest first; no other worker takes them before that instant."""
    columns = (_letter.c.id, _letter.c.kind, _letter.c.attempts, _letter.c.channel, _letter.c.created_at)
    query = _due(tx, channel, *columns).order_by(_letter.c.next_try_at, _letter.c.created_at, _letter.c.id).limit(limit)
    rows = tx.execute(query.with_for_update(skip_locked=True)).all()
    if rows:
        taken = update(_letter).where(_letter.c.id.in_([row.id for row in rows]))
        tx.execute(taken.values(leased_until=until, attempts=_letter.c.attempts + 1))
    tx.journal("lease_letters", count=len(rows))
    return tuple(_leased(row) for row in rows)


def contents(tx: Transaction, letter_id: str) -> Contents:
    """What the letter says and to whom; `Sealed` if it was altered, `NotFound` once it has left."""
    kept = tx.sealing.open(letter_id, [_SECTION])[_SECTION].payload
    planned = _planned_from(kept["planned"]) if "planned" in kept else None
    counts = kept.get("counts", {})
    return Contents(
        to=kept["to"],
        path=kept["link"],
        valid_for=kept["valid_for"],
        planned=planned,
        counts=counts,
        language=kept.get("language", FRENCH),
    )


def last_posted(tx: Transaction, kind: LetterKind) -> dict[str, datetime]:
    """What stands before the last colon of its key → when the last letter of that kind was posted under it (UTC)."""
    query = select(_letter.c.key, _letter.c.created_at).where(_letter.c.kind == kind.value, _letter.c.key.is_not(None))
    return {row.key.rpartition(":")[0]: row.created_at for row in tx.execute(query.order_by(_letter.c.created_at))}


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


def give_up_old(tx: Transaction, channel: Channel, *, posted_before: datetime, problem: str) -> int:
    """Give up the letters of that channel that nobody is sending and that were posted before then; gives how many."""
    query = _due(tx, channel, _letter.c.id).where(_letter.c.created_at < posted_before)
    old = [row.id for row in tx.execute(query.with_for_update(skip_locked=True))]
    _empty(tx, old, problem)
    tx.journal("give_up_letters", channel=channel.value, count=len(old), problem=problem)
    return len(old)


def take_back(tx: Transaction, recipients: Collection[str], *, problem: str) -> int:
    """Give up what still waits to leave for those addresses and numbers, for that reason (a code); gives how many.
    What is leaving at this very instant leaves."""
    is_free = or_(_letter.c.leased_until.is_(None), _letter.c.leased_until <= tx.now)
    query = select(_letter.c.id).where(_letter.c.state == LetterState.WAITING.value, is_free)
    waiting = [row.id for row in tx.execute(query.with_for_update(skip_locked=True))]
    said = tx.sealing.open_many(waiting, _SECTION)
    theirs = [letter_id for letter_id, one in said.items() if one["to"] in recipients]
    _empty(tx, theirs, problem)
    tx.journal("take_letters_back", count=len(theirs), problem=problem)
    return len(theirs)


def forget_letters(tx: Transaction, is_about: Callable[[str, str], bool], kind: LetterKind | None = None) -> int:
    """Delete the letters, of that kind or of any, that have not left and of which `is_about(to, path)` is true, and
    destroy their keys; gives how many. One that is leaving at this very instant leaves."""
    here = () if kind is None else (_letter.c.kind == kind.value,)
    query = select(_letter.c.id).where(_letter.c.state == LetterState.WAITING.value, *here)
    said = tx.sealing.open_many(tx.execute(query).scalars().all(), _SECTION)
    gone = [letter_id for letter_id, one in said.items() if is_about(one["to"], one["link"])]
    tx.execute(delete(_letter).where(_letter.c.id.in_(gone)))
    tx.sealing.destroy(gone)
    tx.journal("forget_letters", count=len(gone))
    return len(gone)


def queue_state(tx: Transaction, channel: Channel | None = None) -> QueueState:
    """How the queue stands, for the operator: of that channel, or of all. No address, no kind."""
    number, oldest = func.count().label("number"), func.min(_letter.c.created_at).label("oldest_at")
    here = () if channel is None else (_letter.c.channel == channel.value,)
    waiting = tx.execute(select(number, oldest).where(_letter.c.state == LetterState.WAITING.value, *here)).one()
    given_up = tx.execute(select(number).where(_letter.c.state == LetterState.GIVEN_UP.value, *here)).scalar_one()
    return QueueState(waiting=waiting.number, oldest_at=waiting.oldest_at, given_up=given_up)


def _recipient(channel: Channel, to: str) -> str:
    if channel is Channel.EMAIL:
        return _address(to)
    if not is_mobile(to):
        raise Invalid(marked("Ce numéro n’est pas celui d’un mobile français."), field="phones")
    return to


def _check_bare(kind: LetterKind, link: str) -> None:
    # A message lies open on the screen of a locked phone, and on the way.
    if kind not in BY_SMS or not _BARE_PATH.fullmatch(link):
        raise ValueError("by a message, only what leads to a page that asks who she is, by an address without an id")


def _counted(kind: LetterKind, counts: Mapping[str, int] | None) -> dict[str, Any]:
    if (counts is None) is (kind in COUNTED):
        raise ValueError("counts go with a letter that says how many things wait, and with no other")
    if counts is None:
        return {}
    are_counts = all(type(one) is int and 0 <= one <= _HIGHEST_COUNT for one in counts.values())
    if counts.keys() != COUNTED[kind] or not are_counts:
        raise ValueError("each count has a known name and is a whole number")
    return {"counts": dict(counts)}


def _planned(tx: Transaction, kind: LetterKind, meeting: Meeting | None) -> dict[str, Any]:
    if (meeting is None) is (kind in DATED):
        raise ValueError("an instant goes with a letter that speaks of an appointment, and with no other")
    if meeting is None:
        return {}
    if not meeting.starts_at < meeting.ends_at <= meeting.starts_at + _LONGEST_MEETING:
        raise ValueError("an appointment ends after it begins, and within a day")
    planned = {
        "starts_at": meeting.starts_at.astimezone(UTC).isoformat(),
        "ends_at": meeting.ends_at.astimezone(UTC).isoformat(),
        "mark": calendar_mark(tx, meeting.ref),
        "said_at": tx.now.isoformat(),
    }
    return {"planned": planned}


def calendar_mark(tx: Transaction, appointment_id: str) -> str:
    """What names that appointment to calendars, and to nobody else."""
    return tx.store.fingerprints.digest("calendar", appointment_id).hex()[:32]


def _planned_from(kept: Mapping[str, str]) -> Planned:
    return Planned(
        starts_at=datetime.fromisoformat(kept["starts_at"]),
        ends_at=datetime.fromisoformat(kept["ends_at"]),
        mark=kept["mark"],
        said_at=datetime.fromisoformat(kept["said_at"]),
    )


def _address(to: str) -> str:
    # One address and nothing around it: what would end a header, or begin a second recipient, is refused.
    if len(to) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(to):
        raise Invalid(marked("Cette adresse e-mail n’est pas valable."), field="email")
    return to


def _said(variables: Mapping[str, str]) -> dict[str, str]:
    if "link" not in variables or not variables.keys() <= _VARIABLES:
        raise ValueError("a letter says a link, how long it is valid, and nothing else")
    path = urlsplit(variables["link"])._replace(scheme="", netloc="").geturl()
    span = variables.get("valid_for", "")
    if not is_local_path(path) or (span and not _SPAN.fullmatch(span)):
        raise ValueError("a link is a path of this service, a duration is « 7 jours »")
    return {"link": path, "valid_for": span}


def _spoken(language: str) -> dict[str, str]:
    if language not in NAMES:
        raise ValueError("a letter is written in a language of the catalogues")
    return {} if language == FRENCH else {"language": language}


def _added(tx: Transaction, kind: str, key: str, channel: Channel, leaves_at: datetime) -> str:
    """The id of the new letter, or nothing when that key was already announced, be it at this very moment."""
    insert = sqlite.insert if tx.connection.dialect.name == "sqlite" else postgresql.insert
    row = {"id": new_id(), "kind": kind, "key": key or None, "state": LetterState.WAITING.value, "attempts": 0}
    times = {"next_try_at": leaves_at, "created_at": tx.now}
    said = {"problem": "", "channel": channel.value}
    added = insert(_letter).values({**row, **times, **said}).on_conflict_do_nothing(index_elements=["key"])
    return tx.execute(added.returning(_letter.c.id)).scalar_one_or_none() or ""


def _due(tx: Transaction, channel: Channel | None, *columns: Any) -> Select[Any]:
    is_free = or_(_letter.c.leased_until.is_(None), _letter.c.leased_until <= tx.now)
    is_waiting = _letter.c.state == LetterState.WAITING.value
    here = () if channel is None else (_letter.c.channel == channel.value,)
    return select(*columns).select_from(_letter).where(is_waiting, _letter.c.next_try_at <= tx.now, is_free, *here)


def _leased(row: Row[Any]) -> Leased:
    return Leased(id=row.id, kind=row.kind, attempts=row.attempts + 1, channel=row.channel, created_at=row.created_at)


def _empty(tx: Transaction, letter_ids: list[str], problem: str) -> None:
    ended = {"state": LetterState.GIVEN_UP.value, "problem": problem, "ended_at": tx.now}
    tx.execute(update(_letter).where(_letter.c.id.in_(letter_ids)).values(**ended))
    tx.execute(delete(_key).where(_key.c.subject_id.in_(letter_ids)))


def _end(tx: Transaction, letter: Leased, state: LetterState, problem: str) -> None:
    ended = {"state": state.value, "problem": problem, "ended_at": tx.now, "leased_until": None}
    here = (_letter.c.id == letter.id, _letter.c.state == LetterState.WAITING.value)
    tx.execute(update(_letter).where(*here).values(**ended))
    tx.execute(delete(_key).where(_key.c.subject_id == letter.id))
