"""The record: who she is, what comes next, what presses, then the story and what is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.queries import account_opened_at
from pathway.casework.alerts.answering import Said, last_answers
from pathway.casework.alerts.notices import ending_sentence, notice_sentence
from pathway.casework.alerts.noticing import notices_about
from pathway.casework.alerts.queries import AlertLine, alerts_about
from pathway.casework.alerts.wording import answer_sentence, clearing_sentence, staff_sentence
from pathway.casework.enrolments.queries import StepView
from pathway.casework.followup.protocol import QUESTIONS
from pathway.casework.followup.queries import PointLine
from pathway.casework.journey.queries import Journey, journey_of
from pathway.casework.partners.queries import staff_names
from pathway.casework.records.catalogue import CATALOGUE, items_of, shown
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.records.rules import Fact, Section, is_fresh, last_confirmed
from pathway.casework.retention.noticing import archive_notice
from pathway.casework.sharing import rules as sharing
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import structures_that_see
from pathway.kernel.clock import local_day
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction
from pathway.web.counsellor.documents import DocumentsPart, documents_part
from pathway.web.counsellor.next_meeting import NextMeeting, next_meeting
from pathway.web.counsellor.plan_telling import PlanCard, plan_card
from pathway.web.counsellor.relays import PendingRelay, pending_relays
from pathway.web.counsellor.stage import following, may_change
from pathway.web.counsellor.story import Story, told_story
from pathway.web.counsellor.telling import (
    QUEUE,
    REFERENT_ELSEWHERE,
    Reach,
    age,
    full_name,
    is_pressing,
    limit_said,
    origin,
    overlap_sentence,
    put_off,
    reach,
    why,
)
from pathway.web.counsellor.verbs import Verb, clearing, exit_to, other_verbs, verbs
from pathway.web.gate import allow, gate


@dataclass(frozen=True, kw_only=True)
class Point:
    """One open point de suivi. `is_near`: late, or so close that a contact today answers it.

    `put_off` and `limit` are sentences, empty when there is nothing to say; the links are empty where she may not.
    """

    id: str
    what: str
    why: str
    on: date
    owner: str
    is_late: bool
    is_near: bool
    put_off: str
    limit: str
    is_raised: bool
    move_href: str
    asks_href: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """One point de suivi that is open no more: « Prendre des nouvelles : repris »."""

    what: str
    state: str
    on: date


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step under way. The links are empty where the reader may not follow them. `stage`: where it is in its scheme,
    empty when that has no stages or nobody said it; `stage_next`: the stage that follows."""

    scheme: str
    structure: str
    begun_on: date
    planned_end_on: date | None
    exit_href: str
    stage: str
    stage_on: date | None
    stage_next: str
    stage_href: str
    is_stage_undoable: bool


@dataclass(frozen=True, kw_only=True)
class LastExit:
    """The last exit of the reader's structure, which she may cancel."""

    scheme: str
    on: date
    cancel_href: str


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One open alert, why it is there, what clears it and by which verb of the record (None when the reader may not),
    and what the person answered (empty when she did not)."""

    sentence: str
    clears: str
    level: str
    since: date
    answer: str
    verb: Verb | None


@dataclass(frozen=True, kw_only=True)
class Noticed:
    """One remark drawn from what is recorded, and what ends it."""

    sentence: str
    ends: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One answer with its origin. state: fresh, stale or conflict, which is decided at `settle_href`."""

    label: str
    value: str
    origin: str
    on: date
    state: str
    rivals: tuple[str, ...]
    settle_href: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One section of what is known. `note` says what is missing or doubtful."""

    title: str
    href: str
    lines: list[Line]
    note: str


@dataclass(frozen=True, kw_only=True)
class RecordPage:
    """What the template needs. `others`: verbs folded after `verbs`. `account_opened_on`: the day the person opened her
    own account, None before."""

    name: str
    age: int
    referent: str
    reach: Reach
    followers: list[str]
    verbs: list[Verb]
    others: list[Verb]
    alerts: list[Warned]
    notices: list[Noticed]
    meeting: NextMeeting | None
    points: list[Point]
    done: list[Done]
    is_lost: bool
    steps: list[Step]
    overlaps: list[str]
    relays: list[PendingRelay]
    documents: DocumentsPart | None
    last_exit: LastExit | None
    story: Story
    parts: list[Part]
    plan: PlanCard | None
    account_opened_on: date | None
    href: str
    sees_followup: bool


@allow(Permission.RECORD_READ)
def view(ref: str) -> ResponseReturnValue:
    """The page; `NotFound` without a grant."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    return render_template("counsellor/record.html", page=page)


def _page(tx: Transaction, ref: str) -> RecordPage:
    record = record_opened(tx, ref)
    ref = record.id  # of several linked cards, the one that stands for her
    journey = journey_of(tx, ref)
    href = url_for("counsellor.record", ref=ref)
    # What she shares with the others is not told to a structure she stopped.
    readers = [] if record.access.is_own_only else structures_that_see(tx, ref)
    followers = dict.fromkeys(one.name for one in readers if one.structure_id != tx.actor.structure_id)
    who = record.card.identity
    opened_at = account_opened_at(tx, ref)
    weekly = verbs(tx, record.access, href, journey)
    others = other_verbs(tx, record.access, href, journey, has_account=opened_at is not None)
    return RecordPage(
        name=full_name(who),
        age=age(who.birth_date, today=tx.today),
        referent=_referent(tx, record, journey),
        reach=reach(record.facts, record.cautions),
        followers=list(followers),
        verbs=weekly,
        others=others,
        alerts=_alerts(tx, ref, [*weekly, *others]),
        notices=_notices(tx, record, journey),
        meeting=next_meeting(tx, ref, journey.points, journey.names, journey.people),
        points=[_point(tx, one, journey) for one in journey.points],
        done=[Done(what=one.kind.label, state=one.state.label.lower(), on=one.closed_on) for one in journey.closed],
        is_lost=journey.is_lost_from_sight,
        steps=[_step(tx, one, journey) for one in journey.open_steps],
        documents=documents_part(tx, record, journey.names),
        relays=pending_relays(tx, ref, journey.names),
        overlaps=[overlap_sentence(one, journey.names) for one in journey.overlaps],
        last_exit=_last_exit(tx, journey),
        story=told_story(journey, today=tx.today, href=href, only=request.args.get("voir", "")),
        parts=[_part(tx, record, section, journey.names, href) for section in Section if section in record.sections],
        plan=plan_card(tx, record, journey.names, href),
        account_opened_on=local_day(opened_at) if opened_at else None,
        href=href,
        sees_followup=record.access.opens(sharing.Part.FOLLOWUP),
    )


def _referent(tx: Transaction, record: RecordView, journey: Journey) -> str:
    one = record.referent
    if one is None:
        return ""
    if sharing.is_referent_untold(record.access, is_ours=one.structure_id == tx.actor.structure_id):
        return REFERENT_ELSEWHERE
    known = journey.people if one.account_id in journey.people else staff_names(tx, [one.account_id])
    return f"{known.get(one.account_id, 'une personne')}, {journey.names.get(one.structure_id, '')}"


def _alerts(tx: Transaction, ref: str, offered: list[Verb]) -> list[Warned]:
    lines = alerts_about(tx, ref)
    said = last_answers(tx, lines)
    return [_warned(tx, one, said.get(one.id), clearing(one.rule, offered)) for one in lines]


def _warned(tx: Transaction, one: AlertLine, said: Said | None, verb: Verb | None) -> Warned:
    return Warned(
        sentence=staff_sentence(one.rule, one.facts, one.parameters, today=tx.today),
        clears=clearing_sentence(one.rule, one.facts, one.parameters, today=tx.today),
        level=one.level.value,
        since=one.opened_on,
        answer=answer_sentence(said.answer, said.note, local_day(said.at), today=tx.today) if said else "",
        verb=verb,
    )


def _notices(tx: Transaction, record: RecordView, journey: Journey) -> list[Noticed]:
    walked, spoken = list(journey.steps.values()), list(journey.contacts.values())
    found = [
        *notices_about(tx, record, walked=walked, spoken=spoken),
        archive_notice(tx, walked=walked, spoken=spoken, points=journey.points),
    ]
    return [Noticed(sentence=notice_sentence(one), ends=ending_sentence(one)) for one in found if one]


def _point(tx: Transaction, point: PointLine, journey: Journey) -> Point:
    is_ours = point.structure_id == tx.actor.structure_id
    return Point(
        id=point.id,
        what=point.kind.label,
        why=why(point, _left(journey, point.plan_id), today=tx.today),
        on=point.due_on,
        owner=journey.people.get(point.owner_id or "", QUEUE),
        is_late=point.due_on < tx.today,
        is_near=is_pressing(point, today=tx.today),
        put_off=put_off(point),
        limit=limit_said(point, today=tx.today),
        is_raised=is_ours and point.to_responsable,
        move_href=url_for("counsellor.replan", ref=point.id) if is_ours else "",
        asks_href=url_for("counsellor.results", ref=point.id) if is_ours and point.kind in QUESTIONS else "",
    )


def _left(journey: Journey, plan_id: str) -> str | None:
    steps = (one for one in journey.steps.values() if one.exit and one.exit.plan_id == plan_id)
    step = next(steps, None)
    return journey.schemes[step.scheme_id].name if step else None


def _step(tx: Transaction, step: StepView, journey: Journey) -> Step:
    scheme, said = journey.schemes[step.scheme_id], journey.stages.get(step.id, ())
    after = following(scheme, said)
    may_say = bool(scheme.stages) and may_change(tx, step)
    return Step(
        scheme=scheme.name,
        structure=journey.names.get(step.structure_id, ""),
        begun_on=step.entered_on,
        planned_end_on=step.planned_end_on,
        exit_href=exit_to(step) if step.structure_id == tx.actor.structure_id else "",
        stage=journey.stage_now(step),
        stage_on=said[-1].on if said else None,
        stage_next=after.name if after else "",
        stage_href=url_for("counsellor.stage", ref=step.id) if may_say else "",
        is_stage_undoable=may_say and bool(said) and not said[-1].is_entry,
    )


def _last_exit(tx: Transaction, journey: Journey) -> LastExit | None:
    own = [(one.exit, one) for one in journey.steps.values() if one.exit and one.structure_id == tx.actor.structure_id]
    if not own:
        return None
    ended, step = max(own, key=lambda pair: (pair[0].event_on, pair[1].id))
    href = url_for("counsellor.exit_cancelled", ref=step.id)
    return LastExit(scheme=journey.schemes[step.scheme_id].name, on=ended.event_on, cancel_href=href)


def _part(tx: Transaction, record: RecordView, section: Section, names: Mapping[str, str], href: str) -> Part:
    items = items_of(section)
    known = [record.facts[item.key] for item in items if item.key in record.facts]
    lines = [_line(tx, record, fact, names) for fact in known]
    return Part(
        title=section.label,
        href=f"{href}/informations/{section.value}",
        lines=lines,
        note=_note(lines, missing=len(items) - len(known)),
    )


def _line(tx: Transaction, record: RecordView, fact: Fact, names: Mapping[str, str]) -> Line:
    item = CATALOGUE[fact.key]
    state = "conflict" if fact.rivals else "fresh" if is_fresh(fact, on=tx.today) else "stale"
    return Line(
        label=item.label,
        value=shown(item, fact.value),
        origin=origin(fact.provenance, names),
        on=last_confirmed(fact.provenance),
        state=state,
        rivals=tuple(f"{shown(item, one.value)} ({origin(one.provenance, names)})" for one in fact.rivals),
        settle_href=url_for("counsellor.settle", ref=record.id, item=fact.key) if fact.rivals else "",
    )


def _note(lines: list[Line], *, missing: int) -> str:
    doubtful = sum(one.state == "conflict" for one in lines)
    old = sum(one.state == "stale" for one in lines)
    said = (
        counted(len(lines), "réponse") if lines else "",
        f"{doubtful} à trancher" if doubtful else "",
        f"{old} à confirmer" if old else "",
        f"{counted(missing, 'non renseignée', 'non renseignées')}" if missing else "",
    )
    return ", ".join(filter(None, said))
