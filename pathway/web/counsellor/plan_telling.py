"""The plan told to a professional: its lines in words, its place on the record, the actions of her own day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from pathway.casework.action_plan.queries import DueAction, actions_due, engagement_now, may_change, plan_within
from pathway.casework.action_plan.rules import (
    ENGAGEMENT_SECTION,
    PLAN_ITEM,
    Line,
    LineKind,
    LineState,
    Standing,
    Theme,
    by_theme,
    next_action,
    standings,
    theme_label,
    to_open,
)
from pathway.casework.partners.queries import staff_names, structure_names
from pathway.casework.records.queries import RecordView, identities
from pathway.casework.records.rules import last_confirmed
from pathway.kernel.clock import local_day
from pathway.kernel.wording import said_date, said_weekday
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name

_HERS, _YOU, _NOBODY = "la personne", "vous", "à décider"
_GESTURES = {
    LineKind.OBSTACLE: (("closed", "Réglée"),),
    LineKind.GOAL: (("done", "Atteint"), ("given_up", "Mettre de côté")),
    LineKind.ACTION: (("done", "Fait"), ("given_up", "Mettre de côté")),
}
_REOPEN = (("open", "Reprendre"),)
_SHOWN = 4


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line in words. The gestures and `edit_href` are empty where the structure does not answer for it."""

    id: str
    text: str
    more: str
    state: str
    tag: str
    is_open: bool
    said_by_her: bool
    version: int
    gestures: tuple[tuple[str, str], ...]
    edit_href: str
    may_undo: bool
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class Open:
    """One open difficulty on the record: its theme and what comes next, empty when nothing is planned."""

    label: str
    next: str
    more: str


@dataclass(frozen=True, kw_only=True)
class PlanCard:
    """« Difficultés et actions » on the record. `said`: what is known when none is open; `contract`: its days."""

    opened: list[Open]
    more: int
    proposed: int
    said: str
    href: str
    contract: str
    contract_href: str


@dataclass(frozen=True, kw_only=True)
class Due:
    """One action the reader gave herself, whose day has come."""

    person: str
    record_href: str
    href: str
    text: str
    due_on: date
    version: int


def plan_card(tx: Transaction, record: RecordView, structures: Mapping[str, str], href: str) -> PlanCard | None:
    """The plan on the record, None when difficulties are closed to the reader. `structures`: their names, by id."""
    plan = plan_within(tx, record.id, record.access)
    if not plan.may_read:
        return None
    opened = [one for one in by_theme(plan.lines) if one.is_open]
    names = {**structures, **_owners(tx, [one for theme in opened if (one := next_action(theme))])}
    answered, said_on = answer_of(record)
    contract = engagement_now(tx, record.id, record.access)
    return PlanCard(
        opened=[_open(tx, one, names) for one in opened[:_SHOWN]],
        more=len(opened[_SHOWN:]),
        proposed=len(to_open(plan.lines, answered, said_on=said_on)),
        said=_said(standings(plan.lines, answered, said_on=said_on, with_health=False)),
        href=f"{href}/plan",
        contract=_contract_said(contract.until_on, contract.review_on) if contract else "",
        contract_href=f"{href}/contrat" if record.access.opens(ENGAGEMENT_SECTION) else "",
    )


def due_today(tx: Transaction) -> list[Due]:
    """The reader's own actions of the day, for her list."""
    found = actions_due(tx)
    who = identities(tx, {one.record_id for one in found})
    return [_due(tx, one, full_name(who[one.record_id])) for one in found]


def last_gesture(tx: Transaction, lines: Sequence[Line]) -> str:
    """The line on which the reader made her last gesture today, which she may take back in place; empty without one."""
    own = tx.actor.account_id
    mine = [one for one in lines if one.changed_by == own and local_day(one.changed_at) == tx.today]
    return max(mine, key=lambda one: (one.changed_at, one.id)).id if mine else ""


def who_does(tx: Transaction, line: Line, names: Mapping[str, str]) -> str:
    """Who does an action, in words."""
    if line.is_hers:
        return _HERS
    if line.structure_id != tx.actor.structure_id:
        return names.get(line.structure_id, "")
    return _YOU if line.owner_id == tx.actor.account_id else names.get(line.owner_id or "", _NOBODY)


def answer_of(record: RecordView) -> tuple[frozenset[str], date | None]:
    """What she said of her difficulties, and when it was last confirmed."""
    fact = record.facts.get(PLAN_ITEM)
    return (frozenset(fact.value), last_confirmed(fact.provenance)) if fact else (frozenset(), None)


def row_of(
    tx: Transaction, record_id: str, line: Line, names: Mapping[str, str], *, may_write: bool, last_id: str
) -> Row:
    """That line in words, with what the reader may do of it (`may_write`: in the record at all; `last_id`: the line of
    her last gesture of the day)."""
    is_ours = may_write and may_change(tx, record_id, line)
    return Row(
        id=line.id,
        text=line.text,
        more=_more(tx, line, names),
        state=line.state.label,
        tag="paused" if line.state is LineState.GIVEN_UP else "done",
        is_open=line.is_open,
        said_by_her=line.by_herself and not line.is_open,
        version=line.version,
        gestures=(_GESTURES[line.kind] if line.is_open else _REOPEN) if is_ours else (),
        edit_href=url_for("counsellor.plan_line", ref=line.id) if is_ours else "",
        may_undo=is_ours and line.id == last_id,
        is_own=line.structure_id == tx.actor.structure_id,
    )


def names_told(tx: Transaction, lines: Sequence[Line]) -> dict[str, str]:
    """Structures and professionals by id, for the lines of a plan: of another structure, its name alone."""
    return {**structure_names(tx), **_owners(tx, lines)}


def _owners(tx: Transaction, lines: Sequence[Line]) -> dict[str, str]:
    own = tx.actor.structure_id
    return staff_names(tx, {one.owner_id for one in lines if one.structure_id == own})


def _more(tx: Transaction, line: Line, names: Mapping[str, str]) -> str:
    if line.kind is not LineKind.ACTION:
        since = said_weekday(local_day(line.recorded_at), today=tx.today)
        return f"{names.get(line.structure_id, '')}, depuis le {since}"
    due = f"pour le {said_weekday(line.due_on, today=tx.today)}" if line.due_on and line.is_open else ""
    done = "" if line.is_open else f"le {said_weekday(local_day(line.changed_at), today=tx.today)}"
    return ", ".join(filter(None, (who_does(tx, line, names), due, done)))


def _open(tx: Transaction, theme: Theme, names: Mapping[str, str]) -> Open:
    line = next_action(theme)
    return Open(
        label=theme_label(theme.code), next=line.text if line else "", more=_more(tx, line, names) if line else ""
    )


def _said(found: Mapping[str, Standing]) -> str:
    values = set(found.values())
    if values == {Standing.NOT_ASSESSED}:
        return "Difficultés non évaluées."
    if Standing.NONE in values and not values & {Standing.OPEN, Standing.SAID}:
        return "Aucune difficulté, dit avec la personne."
    return "Aucune difficulté ouverte."


def _contract_said(until_on: date | None, review_on: date | None) -> str:
    end = f"jusqu’au {said_date(until_on)}" if until_on else ""
    review = f"prochaine revue le {said_date(review_on)}" if review_on else ""
    return ", ".join(filter(None, (end, review))) or "en cours"


def _due(tx: Transaction, one: DueAction, person: str) -> Due:
    return Due(
        person=person,
        record_href=url_for("counsellor.record", ref=one.record_id),
        href=url_for("counsellor.plan_state", ref=one.line.id),
        text=one.line.text,
        due_on=one.line.due_on or tx.today,
        version=one.line.version,
    )
