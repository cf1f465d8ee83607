"""« Ateliers »: the group sessions of the structure, and planning one with its people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from pathway.casework.encounters.rules import AppointmentState, AppointmentWay, Slot
from pathway.casework.partners.queries import colleagues
from pathway.casework.policies.queries import holidays_of
from pathway.casework.sharing.permissions import Permission
from pathway.casework.workshops.actions import PlannedWorkshop, plan_workshop
from pathway.casework.workshops.queries import WorkshopView, count_workshops, workshops, workshops_among
from pathway.kernel.calendar import add_working_days
from pathway.kernel.clock import PARIS, local_day
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import counted, listed, said_hour, said_instant, said_weekday
from pathway.store.transaction import Transaction
from pathway.web.counsellor.appointments import HourField, MinutesField
from pathway.web.counsellor.workshop_people import PeopleForm, choose
from pathway.web.forms import DayField, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

PER_PAGE = 20
PAST = "passes"
_PROPOSED_WORKING_DAYS = 5
_MINUTES = 120
_BAD_HOUR = "Cette heure n’est pas possible. Exemple : 14 h 30."
_WORDS = {
    AppointmentState.ATTENDED: ("venue", "venues"),
    AppointmentState.EXCUSED: ("excusée", "excusées"),
    AppointmentState.MISSED: ("pas venue", "pas venues"),
}


class WorkshopForm(PeopleForm):
    """A session to plan, with its people."""

    title = StringField("Nom de l’atelier", [Needed("Donnez un nom à cet atelier.")])
    day = DayField("Jour", [Needed("Écrivez le jour de l’atelier.")])
    hour = HourField("Heure", [Needed("Écrivez l’heure de l’atelier.")], description="Exemple : 14 h 30")
    minutes = MinutesField("Durée, en minutes", default=_MINUTES)
    place = StringField("Lieu")

    @property
    def is_begun(self) -> bool:
        """Whether somebody is ticked, or a name given to the session."""
        return super().is_begun or bool(self.title.data)

    @property
    def slot(self) -> Slot:
        """When it was typed to be. `Invalid` when the hour is none."""
        if self.day.day is None or self.hour.hour is None:
            raise Invalid(_BAD_HOUR, field="hour")
        length = self.minutes.data if isinstance(self.minutes.data, int) else 0
        return Slot(day=self.day.day, hour=self.hour.hour, minutes=length, way=AppointmentWay.IN_PERSON)


@dataclass(frozen=True, kw_only=True)
class WorkshopLine:
    """One session in a list, in words. `people`: how many, and what is told of them; `is_begun`: its hour has come;
    `is_to_tell`: and something is left to say."""

    title: str
    href: str
    when: str
    place: str
    who: str
    people: str
    is_begun: bool
    is_to_tell: bool


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One way to narrow the list."""

    label: str
    href: str
    current: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class WorkshopsPage:
    """What the template needs."""

    lines: list[WorkshopLine]
    choices: list[Choice]
    past: bool
    page: int
    pages: int
    previous_href: str | None
    next_href: str | None


@allow(Permission.APPOINTMENT_PLAN)
def view() -> ResponseReturnValue:
    """One page of twenty sessions."""
    past = request.args.get("liste") == PAST
    with gate().reading() as tx:
        page = _page(tx, past=past, number=_number(request.args.get("page", "")))
    return render_template("counsellor/workshops.html", page=page)


@allow(Permission.APPOINTMENT_PLAN)
def plan_view() -> ResponseReturnValue:
    """The form with one's own people; on POST, a search for others, or the session."""
    here = gate()
    with here.reading() as tx:
        form = WorkshopForm(day=_proposed(tx))
        choosing = choose(tx, form)
    if not form.looks and form.validate_on_submit():
        done: PlannedWorkshop | None = None
        with here.attempt(form) as tx:
            done = _plan(tx, form)
        if done is not None and not form.has_errors:
            notify(_planned_said(done, form.slot))
            return redirect(url_for("counsellor.workshop", ref=done.id), 303)
    answer = render_template("counsellor/workshop_new.html", form=form, choosing=choosing)
    return answer, 422 if form.has_errors else 200


def workshop_lines(tx: Transaction, workshop_ids: Collection[str]) -> list[WorkshopLine]:
    """Those sessions in words, the first first: for today's list."""
    found = sorted(workshops_among(tx, workshop_ids).values(), key=lambda one: (one.starts_at, one.id))
    return _lines(tx, found)


def when_said(tx: Transaction, one: WorkshopView) -> str:
    """« mardi 24 novembre, de 14 h 00 à 16 h 00 »."""
    day = said_weekday(local_day(one.starts_at), today=tx.today)
    return f"{day}, de {said_hour(one.starts_at)} à {said_hour(one.ends_at)}"


def people_said(one: WorkshopView) -> str:
    """« 8 personnes : 5 venues, 1 excusée »; « 8 personnes » before anything is told."""
    if not one.expected:
        return "personne pour l’instant"
    whole = counted(one.expected, "personne")
    told = [counted(one.states[state], *words) for state, words in _WORDS.items() if one.states.get(state)]
    return f"{whole} : {listed(told)}" if told else whole


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 6 and int(typed) else 1


def _page(tx: Transaction, *, past: bool, number: int) -> WorkshopsPage:
    counts = {gone: count_workshops(tx, past=gone) for gone in (False, True)}
    pages = max(-(-counts[past] // PER_PAGE), 1)
    number = min(number, pages)
    return WorkshopsPage(
        lines=_lines(tx, workshops(tx, past=past, page=number, per_page=PER_PAGE)),
        choices=[
            Choice(label="À venir", href=_href(False, 1), current=not past, count=counts[False]),
            Choice(label="Passés", href=_href(True, 1), current=past, count=counts[True]),
        ],
        past=past,
        page=number,
        pages=pages,
        previous_href=_href(past, number - 1) if number > 1 else None,
        next_href=_href(past, number + 1) if number < pages else None,
    )


def _href(past: bool, page: int) -> str:
    return url_for("counsellor.workshops", liste=PAST if past else None, page=page if page > 1 else None)


def _lines(tx: Transaction, found: Collection[WorkshopView]) -> list[WorkshopLine]:
    names = colleagues(tx, among={one.planned_by for one in found} - {tx.actor.account_id})
    return [_line(tx, one, names) for one in found]


def _line(tx: Transaction, one: WorkshopView, names: dict[str, str]) -> WorkshopLine:
    return WorkshopLine(
        title=one.title,
        href=url_for("counsellor.workshop", ref=one.id),
        when=when_said(tx, one),
        place=one.place,
        who="" if one.planned_by == tx.actor.account_id else names.get(one.planned_by, ""),
        people=people_said(one),
        is_begun=one.starts_at <= tx.now,
        is_to_tell=bool(one.states.get(AppointmentState.PLANNED)) and one.starts_at <= tx.now,
    )


def _proposed(tx: Transaction) -> date:
    return add_working_days(tx.today, _PROPOSED_WORKING_DAYS, holidays_of(tx, tx.actor.structure_id))


def _plan(tx: Transaction, form: WorkshopForm) -> PlannedWorkshop:
    return plan_workshop(
        tx,
        title=form.title.data or "",
        place=form.place.data or "",
        slot=form.slot,
        record_ids=form.people.data or [],
    )


def _planned_said(done: PlannedWorkshop, slot: Slot) -> str:
    at = datetime.combine(slot.day, slot.hour, PARIS)
    if done.is_again:
        return "Cet atelier est déjà prévu : le voici."
    said = f"Atelier prévu : {said_instant(at)}, {counted(done.number, 'personne')}."
    return f"{said} Attention : un autre rendez-vous est déjà prévu à ce moment." if done.is_busy else said
