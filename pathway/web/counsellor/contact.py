"""Recording a try to reach the person: her wishes first, then what was done and what came of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import ValidationError

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.followup.actions import ContactDone, record_contact
from pathway.casework.followup.protocol import QUESTIONS
from pathway.casework.followup.queries import PointLine, open_points
from pathway.casework.followup.reading import lost_from_sight
from pathway.casework.followup.rules import Channel, ContactResult, PointKind
from pathway.casework.followup.safety import channels, results
from pathway.casework.policies.queries import holidays_of
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Section
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import require_part
from pathway.casework.sharing.rules import Part
from pathway.kernel.calendar import add_working_days
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Conflict
from pathway.kernel.wording import counted, said_weekday
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of, options
from pathway.web.counsellor.day import RETRY_WORKING_DAYS
from pathway.web.counsellor.telling import Reach, coming, full_name, is_pressing, reach
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_REACHED = (ContactResult.REACHED, ContactResult.REFUSED)
_DONE = Conflict(
    "Ce point de suivi est déjà fait, peut-être par un double clic. "
    "Si ce contact est un autre, enregistrez-le : il s’ajoutera au parcours."
)
_WITHOUT_NUMBER = {Channel.EMAIL.value, Channel.VISIT.value, Channel.POST.value}
_LONGEST_NOTE = 2000


class ContactForm(CarteForm):
    """A try: how, when, what came of it. `point` is the point de suivi it was made for, `back` where to return."""

    channel = one_of("Moyen", Channel, needed="Choisissez le moyen utilisé.")
    result = one_of("Résultat", ContactResult, needed="Choisissez le résultat.")
    made_on = DayField("Date du contact", [Needed("Écrivez la date du contact.")])
    next_on = DayField("Réessayer le", description="À remplir si la personne n’a pas été jointe.")
    note = TextAreaField("Note")
    point = HiddenField()
    back = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """The day of the next try is not read when the person was reached."""
        if self.result.data in _REACHED:
            self.next_on.process_errors = []
        return bool(super().validate(extra_validators))

    def validate_channel(self, field: RadioField) -> None:
        """Refuse a wrong number by a way that has none."""
        if self.result.data == ContactResult.WRONG_NUMBER.value and field.data in _WITHOUT_NUMBER:
            raise ValidationError("« Mauvais numéro » se note pour un appel ou un SMS. Choisissez le moyen utilisé.")

    def validate_note(self, field: TextAreaField) -> None:
        """Refuse a note too long to be read."""
        if len(field.data or "") > _LONGEST_NOTE:
            raise ValidationError(f"Cette note est trop longue : {_LONGEST_NOTE} caractères au plus.")


@dataclass(frozen=True, kw_only=True)
class ContactPage:
    """Who is called, how she wishes it, and for which point.

    `may_retry`: whether a point would be put off to the day of the next try; else nothing would recall that day.
    `next_attempt_on`: the day of the next try, when the protocol has already set it; `retry_on`: the one proposed.
    """

    name: str
    href: str
    reach: Reach
    point: PointLine | None
    may_retry: bool
    next_attempt_on: date | None
    retry_on: date
    is_lost: bool


@allow(Permission.CONTACT_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, the contact, the points it closes and the alerts it answers."""
    return _answer(ref, request.args.get("point", ""))


@allow(Permission.CONTACT_RECORD)
def elsewhere_view(ref: str) -> ResponseReturnValue:
    """« Échangé hors de la carte », in one tap: an exchange that took place today by another way."""
    return _answer(ref, "", channel=Channel.OFF_PLATFORM.value, result=ContactResult.REACHED.value)


def _answer(ref: str, point_id: str, **said: str) -> ResponseReturnValue:
    today = local_day(gate().clock.now())
    with gate().reading() as tx:
        page = _page(tx, ref, request.form.get("point", point_id))
    offered = channels(page.reach.cautions)
    form = ContactForm(
        channel=offered[0].value,
        made_on=today,
        next_on=page.retry_on,
        point=point_id,
        back=request.args.get("back", ""),
    )
    form.channel.choices = options((one.value, one.label) for one in offered)
    form.result.choices = options((one.value, one.label) for one in results(page.reach.cautions))
    if said:
        form.channel.data, form.result.data = said["channel"], said["result"]
        form.made_on.process_data(today)
    if request.method == "POST" and form.validate() and _still_open(form, page):
        with gate().attempt(form) as tx:
            done = _record(tx, ref, form, page)
            again = _kept(tx, ref, _retry(form, page))
            clear_settled(tx, record_id=ref)
        if not form.has_errors:
            notify(_sentence(done, form.result.data, again, today))
            return redirect(url_for("counsellor.day") if form.back.data == "day" else page.href, 303)
    form.point.data = page.point.id if page.point else ""
    return render_template("counsellor/contact.html", form=form, page=page), 422 if form.has_errors else 200


def _page(tx: Transaction, ref: str, point_id: str) -> ContactPage:
    require_part(tx, ref, Part.FOLLOWUP.value)
    record = record_opened(tx, ref, only=frozenset({Section.CONTACT}))
    points = [one for one in open_points(tx, ref) if one.kind not in QUESTIONS]
    named = next((point for point in points if point.id == point_id), None)
    meant = named or next((point for point in points if is_pressing(point, today=tx.today)), None)
    next_attempt_on = _next_attempt(points, meant) if meant else None
    return ContactPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=ref),
        reach=reach(record.facts, record.cautions),
        point=named,
        may_retry=meant is not None and next_attempt_on is None,
        next_attempt_on=next_attempt_on,
        retry_on=add_working_days(tx.today, RETRY_WORKING_DAYS, holidays_of(tx, tx.actor.structure_id)),
        is_lost=record.id in lost_from_sight(tx, {record.id: record.access}),
    )


def _next_attempt(points: list[PointLine], meant: PointLine) -> date | None:
    if meant.kind is not PointKind.ATTEMPT:
        return None
    others = (one for one in points if one.kind is PointKind.ATTEMPT and one.plan_id == meant.plan_id)
    return next((one.due_on for one in others if one.id != meant.id), None)


def _still_open(form: ContactForm, page: ContactPage) -> bool:
    if form.point.data and page.point is None:
        form.refuse(_DONE)
        return False
    return True


def _record(tx: Transaction, ref: str, form: ContactForm, page: ContactPage) -> ContactDone:
    result = ContactResult.read(form.result.data, field="result")
    return record_contact(
        tx,
        record_id=ref,
        channel=Channel.read(form.channel.data, field="channel"),
        result=result,
        made_on=form.made_on.day or tx.today,
        next_on=_retry(form, page),
        point_id=form.point.data or "",
        note=(form.note.data or "").strip(),
    )


def _retry(form: ContactForm, page: ContactPage) -> date | None:
    is_over = ContactResult.read(form.result.data, field="result") in _REACHED
    return form.next_on.day if page.may_retry and not is_over else None


def _kept(tx: Transaction, ref: str, again: date | None) -> date | None:
    """That day of the next try, when a point truly waits there: a closed day moves it."""
    return again if again and any(one.due_on == again for one in open_points(tx, ref)) else None


def _sentence(done: ContactDone, result: str, again: date | None, today: date) -> str:
    closed = f" {counted(done.closed, 'point de suivi fait', 'points de suivi faits')}." if done.closed else ""
    more = " Essayez aussi par un autre moyen." if done.other_way else ""
    if result == ContactResult.WRONG_NUMBER.value:
        more = f" Ce numéro est faux : corrigez-le dans « Coordonnées et contact ».{more}"
    if done.is_lost:
        more = " La personne est perdue de vue : le suivi continue, et le responsable en est averti."
    # The day just chosen is told, even when a point that is late already comes before it.
    if again and done.next_due_on and done.next_due_on < today:
        more += f" Nouvel essai : {said_weekday(again, today=today)}."
    return f"Contact enregistré.{closed}{more} {coming(done.next_due_on, today=today)}"
