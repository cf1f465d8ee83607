"""What a person says of an alert about her, and how it reaches whoever follows her."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row, and_, func, select

from pathway.casework.alerts.changes import hold_alert, note_change
from pathway.casework.alerts.queries import TOLD, AlertLine, alert_seen, alerts_about, note_of
from pathway.casework.alerts.tables import Alert, AlertChange
from pathway.casework.alerts.vocabulary import AlertChangeKind, Answer, RuleId
from pathway.casework.followup.callbacks import ask_callback, has_caller
from pathway.casework.partners.queries import absences, followers, works_in
from pathway.casework.records.queries import ReferentView, referent_of, referents
from pathway.casework.sharing.queries import by_line, same_person, seen_in, sight
from pathway.casework.sharing.rules import Part
from pathway.casework.sharing.tables import Record
from pathway.casework.team.queries import answers_today
from pathway.kernel.calendar import add_working_days
from pathway.kernel.errors import Conflict, Invalid, NotFound
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_alert = table_of(Alert)
_change = table_of(AlertChange)
_record = table_of(Record)

LONGEST_NOTE = 1000
_NO_ANSWER = marked("Choisissez une réponse.")
_GONE = marked("Ce message n’est plus là : quelqu’un s’en est occupé. Il n’y a rien à répondre.")
_READ = "Cette réponse a déjà été lue."
_SAID_AGAIN = "La personne a répondu de nouveau. Lisez sa dernière réponse."


def _last_answer(column: Any) -> Any:
    """The number of the last answer given to that alert."""
    one = _change.alias()
    here = (one.c.alert_id == column, one.c.change == AlertChangeKind.ANSWERED.value)
    return select(func.max(one.c.version)).where(*here).correlate(_alert).scalar_subquery()


# Built once: each page of the day asks it. Few answers wait at any time: their rights are looked up one by one.
_UNREAD = (
    select(
        _alert.c.id,
        _alert.c.record_id,
        _alert.c.rule,
        _alert.c.facts,
        _alert.c.parameters,
        _alert.c.structure_id,
        _alert.c.assigned_to,
        _record.c.canonical_id,
        _change.c.version,
        _change.c.reason,
        _change.c.note,
        _change.c.recorded_at,
    )
    .join(_record, _record.c.id == _alert.c.record_id)
    .join(_change, and_(_change.c.alert_id == _alert.c.id, _change.c.version == _last_answer(_alert.c.id)))
    .where(
        _alert.c.answered_at.is_not(None),
        TOLD,
        seen_in(by_line(_alert.c.record_id), Part.ALERTS.value, by=_alert.c.circle),
    )
    .order_by(_alert.c.answered_at, _alert.c.id)
)


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """What a person answered, as whoever follows her reads it, and the alert it speaks of. `version` is that of the
    answer: it goes back with « Lu ». `earlier`: what she had answered before and nobody read, oldest first."""

    alert_id: str
    record_id: str
    version: int
    answer: Answer
    note: str
    at: datetime
    rule: RuleId
    facts: Mapping[str, str]
    parameters: Mapping[str, int]
    earlier: tuple[tuple[Answer, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What an answer leads to: the day she is called, None when she did not ask or nobody could, and whether her
    référent reads it; else the structure does."""

    call_on: date | None
    is_for_referent: bool


@dataclass(frozen=True, kw_only=True)
class Said:
    """The last answer given to an alert, its message, and whether somebody has read it."""

    answer: Answer
    note: str
    at: datetime
    is_read: bool


def answers_to(rule: RuleId) -> tuple[Answer, ...]:
    """The answers that say something of such an alert, as they are offered: « Je vais bien » says nothing of a sharing
    that ends."""
    return tuple(one for one in Answer if not (rule is RuleId.R14 and one is Answer.FINE))


def answer_alert(tx: Transaction, *, alert_id: str, record_id: str, answer: Answer | None, note: str = "") -> Answered:
    """Keep what the person says of an open alert about herself; « rappelez-moi » opens a call on the next working day,
    unless no structure supports her any more: the answer itself is read all the same.

    The alert stays open: what was recorded decides, and whoever follows her. The note is sealed. `NotFound` for an
    alert that is not hers, `Conflict` when it is no longer open, `Invalid` without an
    answer, or with one that says nothing of it.
    """
    if answer is None:
        raise Invalid(_NO_ANSWER, field="answer")
    if len(note) > LONGEST_NOTE:
        sentence = _("Votre message dépasse %(most)s caractères. Raccourcissez-le.", most=LONGEST_NOTE)
        raise Invalid(sentence, field="note")
    line = _hers(tx, record_id, alert_id)
    if answer not in answers_to(line.rule):
        raise Invalid(_NO_ANSWER, field="answer")
    hold_alert(tx, alert_id)
    note_change(tx, line.card_id, alert_id, AlertChangeKind.ANSWERED, reason=answer.value, note=note)
    tx.journal("answer_alert", records=[record_id], alert=alert_id, answer=answer.value)
    is_called = answer is Answer.CALL_ME and has_caller(tx, record_id)
    return Answered(
        call_on=ask_callback(tx, record_id=record_id, on=add_working_days(tx.today, 1)) if is_called else None,
        is_for_referent=is_read_by(tx, line, referent_of(tx, record_id)),
    )


def note_answer(tx: Transaction, *, alert_id: str, version: int) -> None:
    """« Lu »: the answer leaves the list of whoever follows her; the alert stays as it is.

    `NotFound` unless the actor has that answer to read; `Conflict` when a colleague has read it, or when the person
    answered again since.
    """
    hold_alert(tx, alert_id)  # nobody answers while somebody notes that it was read: no answer goes unread
    line = next((one for one in _to_read(tx) if one.id == alert_id), None)
    if line is None:
        alert_seen(tx, alert_id)
        raise Conflict(_READ)
    if line.version != version:
        raise Conflict(_SAID_AGAIN)
    note_change(tx, line.record_id, alert_id, AlertChangeKind.NOTED)
    tx.journal("note_answer", records=[line.canonical_id], alert=alert_id)


def answers_to_read(tx: Transaction) -> list[AnswerLine]:
    """The answers the actor has to read, the oldest first: of people whose référent she is, about alerts given to her,
    and those of a colleague away who left them to her or to nobody.

    Where neither works in the structure of the alert, they are of whoever answers for it that day. An alert that went
    away since does not take the answer with it.
    """
    rows = _to_read(tx)
    earlier = _said_before(tx, rows)
    return [_line(tx, row, earlier.get(row.id, ())) for row in rows]


def last_answers(tx: Transaction, lines: Sequence[AlertLine]) -> dict[str, Said]:
    """alert id → the last answer given to it, for alerts the actor was just shown.

    The message is for whom she was told: the structure of the alert, and that of her référent. The others who follow
    her know what she answered, not what she wrote.
    """
    if not lines:
        return {}
    told = _told_message(tx, lines)
    query = (
        select(_alert.c.record_id, _alert.c.answered_at, _change)
        .select_from(_alert)
        .join(_change, and_(_change.c.alert_id == _alert.c.id, _change.c.version == _last_answer(_alert.c.id)))
        .where(_alert.c.id.in_([line.id for line in lines]))
    )
    return {
        row.alert_id: Said(
            answer=Answer(row.reason),
            note=note_of(tx, row.record_id, row.alert_id, row) if row.alert_id in told else "",
            at=row.recorded_at,
            is_read=row.answered_at is None,
        )
        for row in tx.execute(query)
    }


def _told_message(tx: Transaction, lines: Sequence[AlertLine]) -> set[str]:
    """The alerts of which the actor may read what she wrote."""
    if tx.actor.record_id:
        return {one.id for one in lines}
    here = tx.actor.structure_id
    elsewhere = {one.record_id for one in lines if one.structure_id != here}
    ours = followers(tx, here) if elsewhere else set()
    known = {record_id for record_id, account_id in referents(tx, elsewhere).items() if account_id in ours}
    return {one.id for one in lines if one.structure_id == here or one.record_id in known or one.assigned_to in ours}


@dataclass(frozen=True, kw_only=True)
class Unread:
    """An answer nobody read yet: the alert, its structure, the person, to whom the alert was given."""

    alert_id: str
    structure_id: str
    record_id: str
    assigned_to: str | None


def unread_answers(tx: Transaction) -> list[Unread]:
    """The answers nobody read yet that the actor's structure may see, whoever is to read them; no message is opened."""
    return [
        Unread(alert_id=row.id, structure_id=row.structure_id, record_id=row.canonical_id, assigned_to=row.assigned_to)
        for row in tx.execute(_UNREAD, sight(tx))
    ]


def answers_of(tx: Transaction, lines: Sequence[AlertLine]) -> dict[str, tuple[Answer, datetime]]:
    """alert id → the last answer given to it and when, for alerts the actor was just shown; no message is opened."""
    query = (
        select(_change.c.alert_id, _change.c.reason, _change.c.recorded_at)
        .where(_change.c.alert_id.in_([line.id for line in lines]), _change.c.change == AlertChangeKind.ANSWERED.value)
        .order_by(_change.c.alert_id, _change.c.version)
    )
    return {row.alert_id: (Answer(row.reason), row.recorded_at) for row in tx.execute(query)}


def is_read_by(tx: Transaction, line: AlertLine, referent: ReferentView | None) -> bool:
    """Whether the person's référent will read what she answers to that alert; otherwise its structure will."""
    if referent is None or line.rule is RuleId.R11 or referent.structure_id != line.structure_id:
        return False
    return works_in(tx, referent.account_id, referent.structure_id)


def _to_read(tx: Transaction) -> list[Row[Any]]:
    rows = tx.execute(_UNREAD, sight(tx)).all()
    if not rows:
        return []
    me, here = tx.actor.account_id, followers(tx, tx.actor.structure_id)
    left = {
        one.account_id
        for one in absences(tx)
        if one.from_on <= tx.today and (one.stand_in_id == me or one.stand_in_id not in here)
    }
    known, is_head = referents(tx, [row.canonical_id for row in rows]), answers_today(tx)

    def is_mine(row: Row[Any]) -> bool:
        held_by = {row.assigned_to, known.get(row.canonical_id)} & here
        is_ours = row.structure_id == tx.actor.structure_id
        return bool(held_by & {me, *left}) if held_by else is_ours and is_head

    return [row for row in rows if is_mine(row)]


def _hers(tx: Transaction, record_id: str, alert_id: str) -> AlertLine:
    line = next((one for one in alerts_about(tx, record_id) if one.id == alert_id), None)
    if line is not None:
        return line
    cards = same_person(tx, record_id)
    if tx.execute(select(_alert.c.id).where(_alert.c.id == alert_id, _alert.c.record_id.in_(cards))).first() is None:
        raise NotFound
    raise Conflict(_GONE)


def _said_before(tx: Transaction, rows: Sequence[Row[Any]]) -> dict[str, tuple[tuple[Answer, str], ...]]:
    """alert id → the answers before the last one that nobody read: changing one's mind hides no message."""
    if not rows:
        return {}
    card, last = {row.id: row.record_id for row in rows}, {row.id: row.version for row in rows}
    kinds = (AlertChangeKind.ANSWERED.value, AlertChangeKind.NOTED.value)
    query = select(_change).where(_change.c.alert_id.in_(card), _change.c.change.in_(kinds))
    found: dict[str, list[Row[Any]]] = {name: [] for name in card}
    for row in tx.execute(query.order_by(_change.c.alert_id, _change.c.version)):
        if row.change == AlertChangeKind.NOTED.value:
            found[row.alert_id].clear()
        elif row.version < last[row.alert_id]:
            found[row.alert_id].append(row)

    def told(one: Row[Any]) -> tuple[Answer, str]:
        return Answer(one.reason), note_of(tx, card[one.alert_id], one.alert_id, one)

    return {name: tuple(told(one) for one in said) for name, said in found.items()}


def _line(tx: Transaction, row: Row[Any], earlier: tuple[tuple[Answer, str], ...]) -> AnswerLine:
    return AnswerLine(
        alert_id=row.id,
        record_id=row.canonical_id,
        version=row.version,
        answer=Answer(row.reason),
        note=note_of(tx, row.record_id, row.id, row),
        at=row.recorded_at,
        rule=RuleId(row.rule),
        facts=orjson.loads(row.facts),
        parameters=orjson.loads(row.parameters),
        earlier=earlier,
    )
