"""One group session: its people, and on the day who came, told on one screen; calling it off; its sign-in sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.encounters.actions import cancel_appointment
from pathway.casework.encounters.queries import AppointmentView
from pathway.casework.encounters.rules import AppointmentState
from pathway.casework.records.queries import identities
from pathway.casework.records.rules import Identity
from pathway.casework.sharing.permissions import Permission
from pathway.casework.workshops.actions import (
    Told,
    cancel_workshop,
    forget_attendance,
    may_take_back,
    tell_attendance,
)
from pathway.casework.workshops.queries import WorkshopView, people_together, workshop_seen
from pathway.casework.workshops.rules import Tick, may_be_said
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Conflict, NotFound
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction
from pathway.web.answers import form_of, options
from pathway.web.counsellor.telling import full_name
from pathway.web.counsellor.workshops import people_said, when_said
from pathway.web.forms import CarteForm, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

ALL, FORGET, REMOVE = "all", "forget", "remove"
_LABELS = {
    AppointmentState.PLANNED: "Attendu·e",
    AppointmentState.ATTENDED: "Venu·e",
    AppointmentState.EXCUSED: "Excusé·e",
    AppointmentState.MISSED: "Pas venu·e",
}
_VERSION = "version-{}"
_CHANGED = "La liste de cet atelier vient de changer. Rechargez la page."


@dataclass(frozen=True, kw_only=True)
class Attendant:
    """One person of the session. `id`: her appointment, which names the field where what became of it is ticked;
    `remove_href`: where taking her off is asked, empty once something is told of her."""

    id: str
    name: str
    href: str
    remove_href: str
    version: int


@dataclass(frozen=True, kw_only=True)
class WorkshopPage:
    """One session. `leaving`: who is about to be taken off; `is_begun`: its hour has come; `may_all`: « tous venus »
    may be said; `noted`: of how many people what is noted may still be taken back; `forgetting`: whether to do so is
    being asked."""

    title: str
    href: str
    when: str
    place: str
    said: str
    lines: list[Attendant]
    leaving: Attendant | None
    is_cancelled: bool
    is_begun: bool
    may_join: bool
    may_all: bool
    noted: int
    forgetting: bool
    forget_href: str
    may_cancel: bool


@allow(Permission.APPOINTMENT_PLAN)
def view(ref: str) -> ResponseReturnValue:
    """The session; on POST, what became of its people, what was noted wrongly, or one person taken off."""
    here = gate()
    with here.reading() as tx:
        found = workshop_seen(tx, ref)
        lines = people_together(tx, ref)
        who = _names(identities(tx, [one.record_id for one in lines]))
        fresh = {one.id for one in lines if may_take_back(tx, one)}
        form = _form(tx, found, lines, who, fresh)
        page = _page(tx, found, lines, who, noted=len(fresh))
    if form.validate_on_submit():
        said = ""
        with here.attempt(form) as tx:
            said = _done(tx, found, form, lines)
        if not form.has_errors:
            notify(said)
            return redirect(page.href, 303)
    return render_template("counsellor/workshop.html", form=form, page=page), 422 if form.has_errors else 200


@allow(Permission.APPOINTMENT_PLAN)
def cancel_view(ref: str) -> ResponseReturnValue:
    """What calling it off does is said first; on POST, it is done."""
    form = CarteForm()
    with gate().reading() as tx:
        found = workshop_seen(tx, ref)
        when = when_said(tx, found)
    href = url_for("counsellor.workshop", ref=ref)
    if form.validate_on_submit():
        with gate().attempt(form) as tx:
            cancel_workshop(tx, workshop_id=ref)
        if not form.has_errors:
            notify("Atelier annulé. Chaque personne attendue est prévenue, sauf si rien ne permet de lui écrire.")
            return redirect(url_for("counsellor.workshops"), 303)
    number = found.states.get(AppointmentState.PLANNED, 0)
    answer = render_template(
        "counsellor/workshop_cancelled.html", form=form, title=found.title, when=when, href=href, number=number
    )
    return answer, 422 if form.has_errors else 200


@allow(Permission.APPOINTMENT_PLAN)
def sheet_view(ref: str) -> ResponseReturnValue:
    """A page to sign on paper: names only, by name. Each person reads in her log that her name was printed."""
    with gate().reading() as tx:
        found = workshop_seen(tx, ref)
        people = identities(tx, [one.record_id for one in people_together(tx, ref)], act="print_sign_in_sheet")
        when = when_said(tx, found)
    ordered = sorted(people.values(), key=lambda one: (one.last_name.casefold(), one.first_name.casefold()))
    return render_template(
        "counsellor/workshop_sheet.html",
        title=found.title,
        place=found.place,
        when=when,
        names=[full_name(one) for one in ordered],
        href=url_for("counsellor.workshop", ref=ref),
    )


def _names(people: dict[str, Identity]) -> dict[str, str]:
    ordered = sorted(people.items(), key=lambda pair: (pair[1].last_name.casefold(), pair[1].first_name.casefold()))
    return {record_id: full_name(one) for record_id, one in ordered}


def _in_order(lines: Sequence[AppointmentView], who: dict[str, str]) -> list[AppointmentView]:
    place = {record_id: number for number, record_id in enumerate(who)}
    return sorted(lines, key=lambda one: place[one.record_id])


def _form(
    tx: Transaction, found: WorkshopView, lines: Sequence[AppointmentView], who: dict[str, str], fresh: set[str]
) -> CarteForm:
    """`fresh`: of whom what is noted may be taken back; until the hour, each alone."""
    fields: dict[str, Any] = {}
    allowed = () if found.is_cancelled else tuple(may_be_said(found.starts_at, now=tx.now))
    is_early = found.starts_at > tx.now and not found.is_cancelled
    for one in _in_order(lines, who):
        told = one.state is not AppointmentState.PLANNED
        back = (AppointmentState.PLANNED,) if is_early and one.id in fresh else ()
        choices = options((state.value, _LABELS[state]) for state in (*back, *allowed))
        shown = one.state.value if told else None
        fields[one.id] = RadioField(who[one.record_id], choices=choices, default=shown, validate_choice=False)
        fields[_VERSION.format(one.id)] = HiddenField(default=str(one.version))
    return form_of(fields)


def _page(
    tx: Transaction, found: WorkshopView, lines: Sequence[AppointmentView], who: dict[str, str], *, noted: int
) -> WorkshopPage:
    href = url_for("counsellor.workshop", ref=found.id)
    people = [_attendant(one, who, href) for one in _in_order(lines, who)]
    is_open = any(one.state is AppointmentState.PLANNED for one in lines)
    is_begun = found.starts_at <= tx.now
    leaving = request.args.get("retirer", "")
    return WorkshopPage(
        title=found.title,
        href=href,
        when=when_said(tx, found),
        place=found.place,
        said=people_said(found),
        lines=people,
        leaving=next((one for one in people if one.id == leaving and one.remove_href), None),
        is_cancelled=found.is_cancelled,
        is_begun=is_begun,
        may_join=not found.is_cancelled and local_day(found.starts_at) >= tx.today,
        may_all=is_begun and is_open,
        noted=noted,
        forgetting=bool(noted) and request.args.get("effacer") == "oui",
        forget_href=f"{href}?effacer=oui",
        may_cancel=not found.is_cancelled and not found.states.get(AppointmentState.ATTENDED),
    )


def _attendant(one: AppointmentView, who: dict[str, str], href: str) -> Attendant:
    may_leave = one.state is AppointmentState.PLANNED
    return Attendant(
        id=one.id,
        name=who[one.record_id],
        href=url_for("counsellor.record", ref=one.record_id),
        remove_href=f"{href}?retirer={one.id}" if may_leave else "",
        version=one.version,
    )


def _done(tx: Transaction, found: WorkshopView, form: CarteForm, lines: Sequence[AppointmentView]) -> str:
    asked = request.form.get("do", "")
    if asked == REMOVE:
        return _remove(tx, lines)
    if asked == FORGET:
        return _forget(tx, found)
    ticks = _ticks(form, lines)
    told = tell_attendance(tx, workshop_id=found.id, ticks=ticks, the_rest_came=asked == ALL)
    _look_again(tx, told)
    if found.starts_at > tx.now:
        return _absences_said(ticks, lines)
    said = f"Appel enregistré : {counted(told.changed, 'personne notée', 'personnes notées')}."
    return f"{said} {counted(told.left, 'reste', 'restent')} à noter." if told.left else said


def _forget(tx: Transaction, found: WorkshopView) -> str:
    told = forget_attendance(tx, workshop_id=found.id)
    if told.changed != read_version(request.form.get("number")):
        raise Conflict(_CHANGED)
    _look_again(tx, told)
    return f"C’est effacé : plus rien n’est noté pour {counted(told.changed, 'personne')}."


def _absences_said(ticks: Sequence[Tick], lines: Sequence[AppointmentView]) -> str:
    """What was noted before the hour: who will not come, who is expected again."""
    before = {one.id: one.state for one in lines}
    changed = [tick.state for tick in ticks if before[tick.appointment_id] is not tick.state]
    absent, back = changed.count(AppointmentState.EXCUSED), changed.count(AppointmentState.PLANNED)
    said = ["Absence notée." if absent == 1 else f"{absent} absences notées."] if absent else []
    again = counted(back, "personne de nouveau attendue", "personnes de nouveau attendues")
    return " ".join([*said, f"{again}."] if back else said)


def _ticks(form: CarteForm, lines: Sequence[AppointmentView]) -> list[Tick]:
    ticked = [(one, form[one.id].data) for one in lines if form[one.id].data]
    return [
        Tick(
            appointment_id=one.id,
            state=AppointmentState.read(state, field=one.id),
            version=read_version(request.form.get(_VERSION.format(one.id))),
        )
        for one, state in ticked
    ]


def _remove(tx: Transaction, lines: Sequence[AppointmentView]) -> str:
    leaving = next((one for one in lines if one.id == request.form.get("appointment")), None)
    if leaving is None:
        raise NotFound
    version = read_version(request.form.get("version"))
    if version != leaving.version:
        raise Conflict(_CHANGED)
    cancel_appointment(tx, appointment_id=leaving.id, version=version)
    return "Personne retirée de l’atelier. Elle est prévenue, sauf si rien ne permet de lui écrire."


def _look_again(tx: Transaction, told: Told) -> None:
    for record_id in told.records:
        clear_settled(tx, record_id=record_id)
