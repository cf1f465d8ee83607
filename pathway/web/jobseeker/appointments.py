"""« Mes rendez-vous »: when, where, with whom and how; one for her own calendar; and « je ne pourrai pas venir », which
asks for no reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField

from pathway.casework.encounters.actions import excuse_myself
from pathway.casework.encounters.calendar_file import calendar_of
from pathway.casework.encounters.queries import AppointmentView, coming_appointments, past_appointments
from pathway.casework.encounters.rules import AppointmentState, AppointmentWay
from pathway.casework.partners.queries import staff_names, structure_addresses, structure_names
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.errors import NotFound
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked, ngettext
from pathway.kernel.settings import mail_domain, public_link
from pathway.kernel.wording import said_hour, said_weekday
from pathway.store.outbox import Planned, calendar_mark
from pathway.store.transaction import Transaction
from pathway.web.files import attached
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import french, notify

# The same word whoever she is; nothing that judges.
_BECAME = {
    AppointmentState.PLANNED: marked("la structure n’a pas encore noté la suite"),
    AppointmentState.ATTENDED: marked("vous vous êtes parlé"),
    AppointmentState.EXCUSED: marked("vous avez prévenu que vous ne venez pas"),
    AppointmentState.MISSED: marked("rendez-vous non tenu"),
    AppointmentState.CANCELLED: marked("annulé"),
}


class ExcuseForm(CarteForm):
    """One button. `version`: the appointment as she read it."""

    version = IntegerField("")


@dataclass(frozen=True, kw_only=True)
class HerAppointment:
    """One appointment in her words. `where`: the address, when she goes there and it is known. `excuse_href` is empty
    once it has begun, `file_href` (for her calendar) once it is settled."""

    on: date
    when: str
    more: str
    where: str
    with_whom: str
    subject: str
    state: str
    version: int
    excuse_href: str
    file_href: str


@allow(Permission.OWN_APPOINTMENTS)
def view() -> ResponseReturnValue:
    """Those to come, then the last ones."""
    return _answer(None)


@allow(Permission.OWN_APPOINTMENTS)
def excuse_view(ref: str) -> ResponseReturnValue:
    """She will not be able to come: the structure reads it at once."""
    form = ExcuseForm()
    if form.validate():
        with gate().attempt(form) as tx:
            version = form.version.data if isinstance(form.version.data, int) else 0
            excuse_myself(tx, appointment_id=ref, version=version)
    if form.has_errors:
        return _answer(form)
    notify(_("C’est noté : la structure est prévenue. Elle vous proposera un autre rendez-vous."))
    return redirect(url_for("jobseeker.appointments"), 303)


@allow(Permission.OWN_APPOINTMENTS)
def file_view(ref: str) -> ResponseReturnValue:
    """One of those to come, as the file that letters carry: it says neither with whom nor where."""
    with gate().reading() as tx:
        one = next((one for one in _coming(tx) if one.id == ref), None)
        if one is None:
            raise NotFound
        planned = Planned(starts_at=one.starts_at, ends_at=one.ends_at, mark=calendar_mark(tx, one.id), said_at=tx.now)
    settings = current_app.extensions["carte_settings"]
    link = public_link(settings, url_for("jobseeker.appointments"))
    content = calendar_of(planned, link=link, domain=mail_domain(settings))
    return attached(content, name="rendez-vous.ics", media_type="text/calendar")


def next_appointment(tx: Transaction, names: Mapping[str, str]) -> HerAppointment | None:
    """The next one to come, for her first page."""
    return next(iter(_told(tx, _coming(tx)[:1], names)), None)


def _coming(tx: Transaction) -> list[AppointmentView]:
    return [one for one in coming_appointments(tx, tx.actor.record_id) if one.ends_at > tx.now]


def _answer(form: ExcuseForm | None) -> ResponseReturnValue:
    with gate().reading() as tx:
        names = structure_names(tx)
        past = past_appointments(tx, tx.actor.record_id)
        page = {
            "coming": _told(tx, _coming(tx), names),
            "past": _told(tx, past, names),
            "has_missed": any(one.state is AppointmentState.MISSED for one in past),
        }
    has_errors = form is not None and request.method == "POST"
    return render_template("jobseeker/appointments.html", form=form, **page), 422 if has_errors else 200


def _told(tx: Transaction, those: list[AppointmentView], names: Mapping[str, str]) -> list[HerAppointment]:
    staff = staff_names(tx, [one.account_id for one in those])
    places = structure_addresses(tx) if any(_is_there(one) for one in those) else {}
    return [
        _one(
            tx,
            one,
            _with(staff.get(one.account_id, ""), names.get(one.structure_id, "")),
            places.get(one.structure_id, "") if _is_there(one) else "",
        )
        for one in those
    ]


def _is_there(one: AppointmentView) -> bool:
    """Whether she goes to the structure: what a group session is about says its own place."""
    is_to_come = one.state is AppointmentState.PLANNED
    return is_to_come and one.way is AppointmentWay.IN_PERSON and one.workshop_id is None


def _one(tx: Transaction, one: AppointmentView, with_whom: str, where: str) -> HerAppointment:
    day, hour = said_weekday(local_day(one.starts_at), today=tx.today), said_hour(one.starts_at)
    way = one.way.label.lower()
    return HerAppointment(
        on=local_day(one.starts_at),
        when=_("%(day)s à %(hour)s", day=day, hour=hour),
        more=ngettext("%(way)s, %(num)s minute", "%(way)s, %(num)s minutes", one.minutes, way=way),
        where=where,
        with_whom=with_whom,
        subject=one.subject,
        state=_(_BECAME[one.state]),
        version=one.version,
        excuse_href=url_for("jobseeker.excuse", ref=one.id) if one.starts_at > tx.now else "",
        file_href=url_for("jobseeker.appointment_file", ref=one.id) if one.state is AppointmentState.PLANNED else "",
    )


def _with(name: str, structure: str) -> str:
    if not name:
        return french(structure)
    return (
        _("Avec %(name)s, %(structure)s", name=name, structure=structure)
        if structure
        else _("Avec %(name)s", name=name)
    )
