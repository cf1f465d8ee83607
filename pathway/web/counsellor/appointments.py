"""« Rendez-vous »: planning one or a series, moving it, saying what became of it."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.encounters.actions import (
    Planned,
    cancel_appointment,
    move_appointment,
    plan_appointment,
    settle_appointment,
    take_up,
)
from pathway.casework.encounters.queries import (
    AppointmentView,
    appointment_seen,
    appointments_of_the_day,
    appointments_to_take_up,
    coming_appointments,
    past_appointments,
)
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay, Every, NextStep, Slot
from pathway.casework.partners.queries import colleagues
from pathway.casework.policies.queries import holidays_of
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import require_part, same_person
from pathway.casework.sharing.rules import Part
from pathway.kernel.calendar import add_working_days
from pathway.kernel.clock import PARIS, local_day
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import counted, listed, said_date, said_hour, said_instant, said_weekday
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of, options
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_HOUR = re.compile(r"([01]?[0-9]|2[0-3])\s*(?:[hH:]\s*([0-5][0-9])?)?")
_BAD_HOUR = "Cette heure n’est pas possible. Exemple : 14 h 30."
_PROPOSED_WORKING_DAYS = 5
_MINUTES = 45
_SOMEBODY = "une personne de la structure"
_TAGS = {
    AppointmentState.PLANNED: "next",
    AppointmentState.ATTENDED: "done",
    AppointmentState.EXCUSED: "paused",
    AppointmentState.MISSED: "plain",
    AppointmentState.CANCELLED: "plain",
}
_SETTLED = {
    AppointmentState.ATTENDED: "Rendez-vous tenu : le contact est noté.",
    AppointmentState.EXCUSED: "Absence excusée. Prévoyez un autre rendez-vous, ou dites ce qui suit.",
    AppointmentState.MISSED: "C’est noté. La suite est à dire dans votre liste du jour.",
}
_NO_NUMBER = "Écrivez la durée en minutes, en chiffres : 90 par exemple."
MOVE, CANCEL, TAKE_UP = "move", "cancel", "take_up"


class HourField(StringField):
    """An hour of Paris typed as « 14 h 30 », « 14:30 » or « 9h »; `hour` is None when left empty."""

    hour: time | None = None

    def process_formdata(self, valuelist: Any) -> None:
        """Read the hour."""
        super().process_formdata(valuelist)
        typed = (self.data or "").strip()
        found = _HOUR.fullmatch(typed)
        if typed and not found:
            raise ValueError(_BAD_HOUR)
        self.hour = time(int(found[1]), int(found[2] or 0)) if found else None


class MinutesField(IntegerField):
    """A length in minutes; what is no number is refused with an example."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_NO_NUMBER) from None


class MoveForm(CarteForm):
    """When, how long and how. `version` is the appointment as it was read."""

    day = DayField("Jour", [Needed("Écrivez le jour du rendez-vous.")])
    hour = HourField("Heure", [Needed("Écrivez l’heure du rendez-vous.")], description="Exemple : 14 h 30")
    minutes = MinutesField("Durée, en minutes", default=_MINUTES)
    way = one_of("Comment ?", AppointmentWay, needed="Choisissez comment vous vous rencontrez.")
    version = IntegerField("")

    @property
    def starts_at(self) -> datetime:
        """The instant typed, in UTC."""
        if self.day.day is None or self.hour.hour is None:
            raise Invalid(_BAD_HOUR, field="hour")
        return datetime.combine(self.day.day, self.hour.hour, PARIS).astimezone(UTC)

    @property
    def length(self) -> int:
        """The minutes typed; 0, which the rules refuse, when they are not a number."""
        return self.minutes.data if isinstance(self.minutes.data, int) else 0


class PlanForm(MoveForm):
    """An appointment to plan, perhaps a series, with the reader or with a colleague. `back`: where to return."""

    every = RadioField("Répéter", choices=options(Every.pairs()), default=Every.ONCE.value, validate_choice=False)
    times = IntegerField("Combien de rendez-vous en tout", default=1)
    account_id = SelectField("Avec", validate_choice=False)
    subject = StringField("Objet", description="Gardé dans le dossier. Ni les messages ni les agendas ne le disent.")
    back = HiddenField()


class SettleForm(CarteForm):
    """One button: what became of it, or what follows. `back`: where to return."""

    do = HiddenField()
    next_step = HiddenField()
    version = IntegerField("")
    back = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One appointment in a list, in words. `may_settle`: its buttons are offered; `is_begun`: « pas venu » as well."""

    id: str
    person: str
    record_href: str
    href: str
    when: str
    more: str
    who: str
    state: str
    tag: str
    version: int
    may_settle: bool
    is_begun: bool


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    """The appointments of one person, and the day proposed for the next one."""

    name: str
    href: str
    proposed_on: date
    coming: list[Line]
    past: list[Line]


@dataclass(frozen=True, kw_only=True)
class MeetingPage:
    """One appointment. `follows`: what came after it, or empty; `workshop_href`: the group session it is part of."""

    name: str
    href: str
    line: Line
    subject: str
    workshop_href: str
    is_planned: bool
    to_take_up: bool
    follows: str


@dataclass(frozen=True, kw_only=True)
class DayLines:
    """The reader's own day. `workshops`: the group sessions among them, told of on a screen of their own."""

    today: list[Line]
    to_take_up: list[Line]
    workshops: frozenset[str]


@allow(Permission.APPOINTMENT_PLAN)
def view(ref: str) -> ResponseReturnValue:
    """What is planned and what was, with the form; on POST, an appointment or a series."""
    here = gate()
    with here.reading() as tx:
        page, names = _person_page(tx, ref)
    form = PlanForm(
        day=page.proposed_on,
        way=AppointmentWay.IN_PERSON.value,
        account_id=here.actor.account_id,
        back=request.args.get("back", ""),
    )
    form.account_id.choices = options(names.items())
    if form.validate_on_submit():
        said = ""
        with here.attempt(form) as tx:
            said = _planned_said(_plan(tx, ref, form), tx)
        if not form.has_errors:
            notify(said)
            return redirect(url_for("counsellor.day") if form.back.data == "day" else page.href, 303)
    return render_template("counsellor/appointments.html", form=form, page=page), 422 if form.has_errors else 200


@allow(Permission.APPOINTMENT_PLAN)
def meeting_view(ref: str) -> ResponseReturnValue:
    """One appointment; on POST, it is moved, called off, or told of."""
    here = gate()
    with here.reading() as tx:
        found = appointment_seen(tx, ref)
        page = _meeting_page(tx, found)
    local = found.starts_at.astimezone(PARIS)
    move = MoveForm(
        day=local.date(),
        hour=said_hour(found.starts_at),
        minutes=found.minutes,
        way=found.way.value,
        version=found.version,
    )
    form = SettleForm()
    if request.method == "POST":
        sent: CarteForm = move if request.form.get("do") == MOVE else form
        said = ""
        if sent.validate():
            with here.attempt(sent) as tx:
                said = _done(tx, found, form, move)
        if said and not sent.has_errors:
            notify(said)
            return redirect(url_for("counsellor.day") if form.back.data == "day" else page.href, 303)
    has_errors = form.has_errors or move.has_errors
    answer = render_template("counsellor/appointment.html", form=form, move=move, page=page, next_steps=NextStep)
    return answer, 422 if has_errors else 200


def lines_of_the_day(tx: Transaction) -> DayLines:
    """The appointments of the day, and those to take up, for today's list."""
    whole, left = appointments_of_the_day(tx), appointments_to_take_up(tx)
    today = [one for one in whole if one.workshop_id is None]
    who = identities(tx, [one.record_id for one in (*today, *left)])
    names = colleagues(tx, among={one.account_id for one in (*today, *left)} - {tx.actor.account_id})
    said = {name: full_name(one) for name, one in who.items()}
    return DayLines(
        today=[_line(tx, one, said, names) for one in today],
        to_take_up=[_line(tx, one, said, names) for one in left],
        workshops=frozenset(one.workshop_id for one in whole if one.workshop_id),
    )


def _person_page(tx: Transaction, ref: str) -> tuple[PersonPage, dict[str, str]]:
    require_part(tx, ref, Part.FOLLOWUP.value)
    card = same_person(tx, ref)[0]
    said = {card: full_name(identities(tx, [card], act="read_record")[card])}
    names = colleagues(tx)
    page = PersonPage(
        name=said[card],
        href=url_for("counsellor.appointments", ref=ref),
        proposed_on=add_working_days(tx.today, _PROPOSED_WORKING_DAYS, holidays_of(tx, tx.actor.structure_id)),
        coming=[_line(tx, one, said, names) for one in coming_appointments(tx, ref)],
        past=[_line(tx, one, said, names) for one in past_appointments(tx, ref)],
    )
    return page, names


def _meeting_page(tx: Transaction, found: AppointmentView) -> MeetingPage:
    who = identities(tx, [found.record_id], act="read_record")[found.record_id]
    line = _line(tx, found, {found.record_id: full_name(who)}, colleagues(tx))
    is_left = found.state in (AppointmentState.MISSED, AppointmentState.EXCUSED)
    return MeetingPage(
        name=line.person,
        href=url_for("counsellor.appointments", ref=found.record_id),
        line=line,
        subject=found.subject,
        workshop_href=url_for("counsellor.workshop", ref=found.workshop_id) if found.workshop_id else "",
        is_planned=found.state is AppointmentState.PLANNED,
        to_take_up=is_left and found.next_step is None,
        follows=found.next_step.label if found.next_step else "",
    )


def _line(tx: Transaction, one: AppointmentView, people: dict[str, str], names: dict[str, str]) -> Line:
    day = local_day(one.starts_at)
    return Line(
        id=one.id,
        person=people[one.record_id],
        record_href=url_for("counsellor.record", ref=one.record_id),
        href=url_for("counsellor.appointment", ref=one.id),
        when=f"{said_weekday(day, today=tx.today)} à {said_hour(one.starts_at)}",
        more=f"{one.way.label.lower()}, {one.minutes} minutes",
        who="" if one.account_id == tx.actor.account_id else names.get(one.account_id, _SOMEBODY),
        state=one.state.label,
        tag=_TAGS[one.state],
        version=one.version,
        may_settle=one.state is AppointmentState.PLANNED and _may_settle(one, tx),
        is_begun=one.starts_at <= tx.now,
    )


def _may_settle(one: AppointmentView, tx: Transaction) -> bool:
    """Whether its time to be told of has come: its day; one's part in a group session, its hour."""
    return one.starts_at <= tx.now if one.workshop_id else local_day(one.starts_at) <= tx.today


def _plan(tx: Transaction, ref: str, form: PlanForm) -> Planned:
    at = form.starts_at.astimezone(PARIS)
    slot = Slot(
        day=at.date(),
        hour=at.time(),
        minutes=form.length,
        way=AppointmentWay.read(form.way.data, field="way"),
        every=Every.read(form.every.data or Every.ONCE.value, field="every"),
        times=form.times.data if isinstance(form.times.data, int) else 1,
    )
    return plan_appointment(
        tx, record_id=ref, slot=slot, account_id=form.account_id.data or "", subject=form.subject.data or ""
    )


def _planned_said(done: Planned, tx: Transaction) -> str:
    said = f"Rendez-vous prévu : {said_instant(done.starts[0])}."
    if len(done.starts) > 1:
        last = said_date(local_day(done.starts[-1]))
        said = f"{counted(len(done.starts), 'rendez-vous prévu', 'rendez-vous prévus')}, jusqu’au {last}."
    if not done.busy:
        return said
    days = [said_weekday(local_day(at), today=tx.today) for at in done.busy[:3]]
    return f"{said} Attention : un autre rendez-vous est déjà prévu au même moment, {listed(days)}."


def _done(tx: Transaction, found: AppointmentView, form: SettleForm, move: MoveForm) -> str:
    asked = form.do.data or ""
    version = form.version.data if isinstance(form.version.data, int) else 0
    if asked == MOVE:
        at, way = move.starts_at, AppointmentWay.read(move.way.data, field="way")
        is_busy = move_appointment(
            tx, appointment_id=found.id, starts_at=at, minutes=move.length, way=way, version=version
        )
        more = " Attention : un autre rendez-vous est déjà prévu à ce moment." if is_busy else ""
        return f"Rendez-vous déplacé : {said_instant(at)}.{more}"
    if asked == CANCEL:
        cancel_appointment(tx, appointment_id=found.id, version=version)
        return "Rendez-vous annulé. La personne reçoit un message, sauf si rien ne permet de lui écrire : appelez-la."
    if asked == TAKE_UP:
        step = NextStep.read(form.next_step.data or "", field="next_step")
        take_up(tx, appointment_id=found.id, next_step=step, version=version)
        return "C’est noté."
    state = AppointmentState.read(asked, field="do")
    settle_appointment(tx, appointment_id=found.id, state=state, version=version)
    clear_settled(tx, record_id=found.record_id)
    return _SETTLED[state]
