"""The work of the day: who to call, why and how, in order of urgency, with the gestures in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.queries import AlertLine, alerts_given_to_me
from pathway.casework.alerts.wording import staff_sentence
from pathway.casework.enrolments.queries import schemes_of_plans
from pathway.casework.followup.queries import PointLine, work_of_the_day
from pathway.casework.records.queries import facts_of_many, identities
from pathway.casework.records.rules import Identity, Section
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.calendar import add_working_days
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import Reach, full_name, reach, why
from pathway.web.gate import allow, gate

RETRY_WORKING_DAYS = 2
SHOWN = 25  # a longer day is not read; the rest comes up as these are done


@dataclass(frozen=True, kw_only=True)
class Task:
    """One point de suivi to do."""

    point: str
    person: str
    href: str
    contact_href: str
    what: str
    why: str
    due_on: date
    state: str
    reach: Reach


@dataclass(frozen=True, kw_only=True)
class Group:
    """Points that press alike."""

    title: str
    tasks: list[Task]


@dataclass(frozen=True, kw_only=True)
class Warned:
    """One alert given to the reader."""

    person: str
    sentence: str
    level: str
    href: str
    since: date


@dataclass(frozen=True, kw_only=True)
class DayPage:
    """What the template needs. `waiting`: how many points come after those shown."""

    groups: list[Group]
    alerts: list[Warned]
    retry_on: date
    waiting: int


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
    people = identities(tx, [*(one.record_id for one in shown), *(one.record_id for one in alerts)])
    reaches = facts_of_many(tx, list({one.record_id for one in shown}), Section.CONTACT)
    left = schemes_of_plans(tx, {one.plan_id for one in shown})
    pattern = url_for("counsellor.record", ref="-")
    tasks = [
        (one, _task(tx, one, people, reach(reaches.get(one.record_id, {})), left.get(one.plan_id), pattern))
        for one in shown
    ]
    return DayPage(
        groups=_groups(tx, tasks),
        alerts=[_warned(tx, one, people[one.record_id], pattern) for one in alerts],
        retry_on=add_working_days(tx.today, RETRY_WORKING_DAYS),
        waiting=len(points) - len(shown),
    )


def _first_of_each(tx: Transaction, points: list[PointLine]) -> list[PointLine]:
    """One line a person, her most pressing point: speaking with her once usually answers the others."""
    first: dict[tuple[str, bool], PointLine] = {}
    for point in points:
        first.setdefault((point.record_id, point.owner_id == tx.actor.account_id), point)
    return list(first.values())


def _groups(tx: Transaction, tasks: list[tuple[PointLine, Task]]) -> list[Group]:
    titles = ("En retard", "Aujourd’hui", "Cette semaine", "Sans propriétaire")
    placed = [(_title(point, tx), task) for point, task in tasks]
    groups = (Group(title=title, tasks=[task for place, task in placed if place == title]) for title in titles)
    return [group for group in groups if group.tasks]


def _title(point: PointLine, tx: Transaction) -> str:
    if point.owner_id != tx.actor.account_id:
        return "Sans propriétaire"
    if point.due_on == tx.today:
        return "Aujourd’hui"
    return "En retard" if point.due_on < tx.today else "Cette semaine"


def _task(
    tx: Transaction, point: PointLine, people: Mapping[str, Identity], reached: Reach, scheme: str | None, pattern: str
) -> Task:
    href = pattern.replace("-", point.record_id)
    return Task(
        point=point.id,
        person=full_name(people[point.record_id]),
        href=href,
        contact_href=f"{href}/contact",
        what=point.kind.label,
        why=why(point, scheme, today=tx.today),
        due_on=point.due_on,
        state="late" if point.due_on < tx.today else "next",
        reach=reached,
    )


def _warned(tx: Transaction, alert: AlertLine, identity: Identity, pattern: str) -> Warned:
    sentence = staff_sentence(alert.rule, alert.facts, alert.parameters, today=tx.today)
    return Warned(
        person=full_name(identity),
        sentence=sentence,
        level=alert.level.value,
        href=pattern.replace("-", alert.record_id),
        since=alert.opened_on,
    )
