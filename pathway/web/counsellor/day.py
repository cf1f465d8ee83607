"""The work of the day: who to call, why and how, in order of urgency, with the gestures in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.queries import AlertLine, alerts_given_to_me, people_in_queue
from pathway.casework.alerts.wording import clearing_sentence, staff_sentence
from pathway.casework.enrolments.queries import schemes_of_plans
from pathway.casework.followup.protocol import QUESTIONS
from pathway.casework.followup.queries import PointLine, work_of_the_day
from pathway.casework.followup.reading import lost_from_sight
from pathway.casework.partners.queries import colleagues, structure_names
from pathway.casework.partners.rules import Role
from pathway.casework.placements.queries import waiting_count
from pathway.casework.policies.queries import holidays_of
from pathway.casework.records.queries import cautions_of_many, facts_of_many, identities
from pathway.casework.records.rules import Identity, Section
from pathway.casework.relays.queries import to_acknowledge
from pathway.casework.relays.reading import RelayView
from pathway.casework.sharing.permissions import Permission, may
from pathway.casework.sharing.queries import accesses_of
from pathway.kernel.calendar import add_working_days
from pathway.store.transaction import Transaction
from pathway.web.counsellor.answers import Answered, answers_shown
from pathway.web.counsellor.appointments import Line, lines_of_the_day
from pathway.web.counsellor.plan_telling import Due, due_today
from pathway.web.counsellor.telling import Reach, full_name, limit_said, put_off, reach, why
from pathway.web.counsellor.workshops import WorkshopLine, workshop_lines
from pathway.web.gate import allow, gate

RETRY_WORKING_DAYS = 2
_LATE = "En retard"
_RAISED, _STAND_IN, _QUEUE = "Confiés au responsable", "En remplacement", "Sans propriétaire"
SHOWN = 25  # a longer day is not read; the rest comes up as these are done


@dataclass(frozen=True, kw_only=True)
class Task:
    """One point de suivi to do. `asks_href`: where its questions are asked, empty for a call. `owner`: whose it is,
    when the responsable was given it."""

    point: str
    person: str
    href: str
    contact_href: str
    what: str
    why: str
    due_on: date
    state: str
    reach: Reach
    asks_href: str
    move_href: str
    owner: str
    is_lost: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """Points that press alike."""

    title: str
    tasks: list[Task]


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One alert given to the reader, and what clears it: what there is to do."""

    person: str
    sentence: str
    clears: str
    level: str
    href: str
    since: date


@dataclass(frozen=True, kw_only=True)
class Arriving:
    """One relay that waits to be acknowledged."""

    person: str
    href: str
    sender: str
    due_on: date | None
    version: int


@dataclass(frozen=True, kw_only=True)
class Hrefs:
    """The addresses each line has, with a hyphen where its id goes: building one for each line is slow."""

    record: str
    results: str
    replan: str


@dataclass(frozen=True, kw_only=True)
class DayPage:
    """What the template needs. `waiting`: how many points come after those shown. `to_take_up`: appointments that were
    missed or excused, until what follows is said. `answers`: what people said of an alert about them. `actions`: those
    of plans that the reader gave herself for today. `to_place` and `at_risk`: how many people wait for her in « À
    confier » and in « Alertes »."""

    groups: list[Group]
    alerts: list[Warned]
    retry_on: date
    waiting: int
    appointments: list[Line]
    workshops: list[WorkshopLine]
    to_take_up: list[Line]
    relays: list[Arriving]
    answers: list[Answered]
    actions: list[Due]
    to_place: int
    at_risk: int

    @property
    def late(self) -> list[Group]:
        """What is late: before what was missed, what arrives and what is to come."""
        return [group for group in self.groups if group.title == _LATE]

    @property
    def coming(self) -> list[Group]:
        """The other points, in their order."""
        return [group for group in self.groups if group.title != _LATE]

    @property
    def is_done(self) -> bool:
        """Whether nothing waits for the reader any more, here or on another screen of hers."""
        here = (self.groups, self.alerts, self.appointments, self.workshops, self.to_take_up, self.relays, self.answers)
        return not any((*here, self.actions, self.to_place, self.at_risk))


@allow(Permission.DAY_READ)
def view() -> ResponseReturnValue:
    """Points of the day and alerts given to the reader."""
    with gate().reading() as tx:
        page = _page(tx)
    return render_template("counsellor/day.html", page=page)


def _page(tx: Transaction) -> DayPage:
    points = _first_of_each(tx, work_of_the_day(tx))
    shown = points[:SHOWN]
    alerts = alerts_given_to_me(tx)
    meetings = lines_of_the_day(tx)
    relays = to_acknowledge(tx)
    people = identities(tx, [one.record_id for listed in (shown, alerts, relays) for one in listed])
    ids = list({one.record_id for one in shown})
    accesses = accesses_of(tx, ids)
    facts, cautions = facts_of_many(tx, accesses, Section.CONTACT), cautions_of_many(tx, accesses)
    reaches = {name: reach(said, cautions.get(name, frozenset())) for name, said in facts.items()}
    left = schemes_of_plans(tx, {one.plan_id for one in shown})
    hrefs = _hrefs()
    names_of = structure_names(tx) if relays else {}
    names = colleagues(tx, among={one.owner_id for one in shown} - {tx.actor.account_id})
    lost = lost_from_sight(tx, accesses)
    tasks = [
        (
            one,
            _task(
                tx,
                one,
                people,
                reaches.get(one.record_id, Reach()),
                why(one, left.get(one.plan_id), today=tx.today),
                hrefs,
                owner=names.get(one.owner_id or "", "") if one.owner_id != tx.actor.account_id else "",
                is_lost=one.record_id in lost,
            ),
        )
        for one in shown
    ]
    return DayPage(
        groups=_groups(tx, tasks),
        alerts=[_warned(tx, one, people[one.record_id], hrefs) for one in alerts],
        retry_on=add_working_days(tx.today, RETRY_WORKING_DAYS, holidays_of(tx, tx.actor.structure_id)),
        waiting=len(points) - len(shown),
        appointments=meetings.today,
        workshops=workshop_lines(tx, meetings.workshops),
        to_take_up=meetings.to_take_up,
        relays=[_arriving(one, people, names_of) for one in relays],
        answers=answers_shown(tx),
        actions=due_today(tx),
        **_elsewhere(tx),
    )


def _elsewhere(tx: Transaction) -> dict[str, int]:
    """How many people wait for the reader on the other screens of her menu; each is asked of the base only when she
    has that screen."""
    user = gate().user
    role, lent = tx.actor.role, user is not None and user.replaced is not None
    places = user is not None and user.is_territory and may(role, Permission.QUEUE_PLACE)
    return {
        "to_place": waiting_count(tx) if places else 0,
        "at_risk": people_in_queue(tx) if may(role, Permission.ALERTS_READ, replaces=lent) else 0,
    }


def _hrefs() -> Hrefs:
    return Hrefs(
        record=url_for("counsellor.record", ref="-"),
        results=url_for("counsellor.results", ref="-", back="day"),
        replan=url_for("counsellor.replan", ref="-", back="day"),
    )


def _arriving(relay: RelayView, people: Mapping[str, Identity], structures: Mapping[str, str]) -> Arriving:
    return Arriving(
        person=full_name(people[relay.record_id]),
        href=url_for("counsellor.relay", ref=relay.id),
        sender=structures.get(relay.from_structure_id, ""),
        due_on=relay.due_on,
        version=relay.version,
    )


def _first_of_each(tx: Transaction, points: list[PointLine]) -> list[PointLine]:
    """One line a person, her most pressing point: speaking with her once usually answers the others, but for
    questions, which are asked."""
    first: dict[tuple[str, bool, str], PointLine] = {}
    for point in points:
        asked = point.id if point.kind in QUESTIONS else ""
        first.setdefault((point.record_id, point.owner_id == tx.actor.account_id, asked), point)
    return list(first.values())


def _groups(tx: Transaction, tasks: list[tuple[PointLine, Task]]) -> list[Group]:
    titles = (_LATE, "Aujourd’hui", "Cette semaine", _RAISED, _STAND_IN, _QUEUE)
    placed = [(_title(point, tx, is_held=bool(task.owner)), task) for point, task in tasks]
    groups = (Group(title=title, tasks=[task for place, task in placed if place == title]) for title in titles)
    return [group for group in groups if group.tasks]


def _title(point: PointLine, tx: Transaction, *, is_held: bool) -> str:
    """`is_held`: a colleague at work here owns it; she is away when it comes up for somebody who is not responsable."""
    if point.owner_id != tx.actor.account_id:
        is_raised = point.to_responsable and tx.actor.role == Role.SUPERVISOR.value
        return _RAISED if is_raised and point.owner_id else _STAND_IN if is_held else _QUEUE
    if point.due_on == tx.today:
        return "Aujourd’hui"
    return _LATE if point.due_on < tx.today else "Cette semaine"


def _task(
    tx: Transaction,
    point: PointLine,
    people: Mapping[str, Identity],
    reached: Reach,
    reason: str,
    hrefs: Hrefs,
    *,
    owner: str,
    is_lost: bool,
) -> Task:
    more = (put_off(point), limit_said(point, today=tx.today))
    href = hrefs.record.replace("-", point.record_id)
    return Task(
        point=point.id,
        person=full_name(people[point.record_id]),
        href=href,
        contact_href=f"{href}/contact",
        what=point.kind.label,
        why=", ".join(filter(None, (reason, *more))),
        due_on=point.due_on,
        state="late" if point.due_on < tx.today else "next",
        reach=reached,
        asks_href=hrefs.results.replace("-", point.id) if point.kind in QUESTIONS else "",
        move_href=hrefs.replan.replace("-", point.id),
        owner=owner,
        is_lost=is_lost,
    )


def _warned(tx: Transaction, alert: AlertLine, identity: Identity, hrefs: Hrefs) -> Warned:
    said = (alert.rule, alert.facts, alert.parameters)
    return Warned(
        person=full_name(identity),
        sentence=staff_sentence(*said, today=tx.today),
        clears=clearing_sentence(*said, today=tx.today),
        level=alert.level.value,
        href=hrefs.record.replace("-", alert.record_id),
        since=alert.opened_on,
    )
