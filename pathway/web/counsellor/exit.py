"""Recording an exit: the reason, the day, and before one says yes the points de suivi it will open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.enrolments.actions import Exited, exit_owner, preview_exit, record_exit
from pathway.casework.enrolments.queries import StepView, step_seen
from pathway.casework.followup.rules import ExitKind, PlannedPoint
from pathway.casework.partners.queries import staff_names
from pathway.casework.records.queries import identities
from pathway.casework.schemes.exit_reasons import ExitReason, ReasonGroup
from pathway.casework.schemes.queries import reasons_offered, scheme_seen, schemes_by_id
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import access_of
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Conflict, Invalid, PathwayError, Refused
from pathway.kernel.wording import said_weekday
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, DayField, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_QUEUE = "la file de votre structure"
_YOURS = "pour vous"
_REFERENTS = "pour son référent de parcours"
_NO_FOLLOW_UP = {
    "death": "Après un décès, aucun point de suivi ne s’ouvre.",
    "follow_up_refused": (
        "La personne ne souhaite pas être suivie : aucun point de suivi ne s’ouvre. "
        "Son choix ne vaut que pour cette sortie, et elle peut revenir quand elle veut."
    ),
}


class ExitForm(CarteForm):
    """Why and when the step ended. `offered`: code → the reason that scheme offers."""

    offered: Mapping[str, ExitReason] = MappingProxyType({})
    reason = SelectField("Motif de la sortie", [Needed("Choisissez le motif de la sortie.")], validate_choice=False)
    event_on = DayField(
        "Date de la sortie",
        [Needed("Écrivez la date de la sortie.")],
        description="Jour de l’embauche ou de la fin de l’étape. Exemple : 28/11/2026",
    )
    ends_on = DayField("Fin du contrat ou de la formation", description="Pour préparer la suite à temps.")
    review_on = DayField("Date pour refaire le point", description="Une date proche, choisie avec la personne.")

    def validate(self, extra_validators: Any = None) -> bool:
        """A date that the chosen reason does not ask is not read."""
        asked = self.asked()
        for name in {"ends_on", "review_on"} - asked:
            self[name].process_errors = []
        return bool(super().validate(extra_validators))

    def chosen(self) -> ExitReason:
        """The reason chosen; `Invalid` when that scheme does not offer it."""
        if self.reason.data not in self.offered:
            raise Invalid("Choisissez le motif de la sortie dans la liste.", field="reason")
        return self.offered[self.reason.data]

    def asked(self) -> set[str]:
        """The fields of the dates that the reason asks for, besides the day of the exit."""
        reason = self.offered.get(self.reason.data or "")
        asks = _asks(reason).get("data-asks", "") if reason else ""
        return {"end": {"ends_on"}, "review": {"review_on"}}.get(asks, set())

    def refuse(self, error: PathwayError) -> None:
        """What the rules call the kind of the exit is the reason chosen here."""
        if getattr(error, "field", "") == "kind":
            error = Refused(error.sentence, field="reason")
        super().refuse(error)


@dataclass(frozen=True, kw_only=True)
class Coming:
    """One point the exit will open."""

    on: date
    what: str
    owner: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ExitPage:
    """Who leaves what, since when."""

    name: str
    href: str
    record: str
    scheme: str
    begun_on: date
    is_left: bool
    may_pass: bool


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What the exit will open, or why it opens nothing. None of both before a reason is chosen."""

    points: Sequence[Coming] = ()
    nothing: str = ""


@allow(Permission.EXIT_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """The form with its preview; on POST without « aperçu », the exit and its points in one transaction."""
    form = ExitForm(event_on=local_day(gate().clock.now()))
    page, groups = _page(ref)
    form.offered = {one.code: one for _group, those in groups for one in those}
    form.reason.choices = _reasons(groups)
    is_valid = request.method == "POST" and form.validate()
    if is_valid and "preview" not in request.form and (said := _save(ref, page, form)):
        notify(said)
        return redirect(_after(ref, page, form), 303)
    preview = _preview(ref, form) if is_valid and not form.has_errors else Preview()
    answer = render_template("counsellor/exit.html", form=form, page=page, preview=preview)
    # The script asks while one is still choosing: nothing is wrong yet.
    return answer, 422 if form.has_errors and request.form.get("preview") != "live" else 200


_Groups = Sequence[tuple[ReasonGroup, Sequence[ExitReason]]]


def _page(ref: str) -> tuple[ExitPage, _Groups]:
    with gate().reading() as tx:
        step = step_seen(tx, ref)
        return page_of(tx, step), reasons_offered(tx, scheme_seen(tx, step.scheme_id))


def page_of(tx: Transaction, step: StepView) -> ExitPage:
    """The step as the screens of exits speak of it."""
    access = access_of(tx, step.record_id)
    return ExitPage(
        name=full_name(identities(tx, [step.record_id], act="read_record")[step.record_id]),
        href=url_for("counsellor.record", ref=step.record_id),
        record=step.record_id,
        scheme=schemes_by_id(tx, [step.scheme_id])[step.scheme_id].name,
        begun_on=step.entered_on,
        is_left=step.exit is not None,
        may_pass=access.is_lasting_support and not access.is_own_only,
    )


def _after(ref: str, page: ExitPage, form: ExitForm) -> str:
    """The record; after a « passage de relais », the relay itself, which refers to this exit."""
    if page.may_pass and form.chosen().kind is ExitKind.RELAY:
        return url_for("counsellor.relay_new", ref=page.record, etape=ref)
    return page.href


def _reasons(groups: _Groups) -> list[SelectChoice]:
    """The reasons by group; each says which date it asks, for the style sheet to show only that one."""
    return [
        SelectChoice("", "Choisissez un motif"),
        *(SelectChoice(one.code, one.label, _asks(one), group.label) for group, reasons in groups for one in reasons),
    ]


def _asks(reason: ExitReason) -> dict[str, str]:
    if reason.asks_end:
        return {"data-asks": "end"}
    return {"data-asks": "review"} if reason.kind is ExitKind.PAUSED else {}


def _preview(ref: str, form: ExitForm) -> Preview:
    try:
        with gate().reading() as tx:
            reason = form.chosen()
            points = preview_exit(tx, enrolment_id=ref, reason=reason, **_dates(form))
            owner_id = exit_owner(tx, enrolment_id=ref)
            owner = staff_names(tx, [owner_id]).get(owner_id or "", _QUEUE)
    except (Invalid, Refused, Conflict) as refusal:
        form.refuse(refusal)
        return Preview()
    coming = [Coming(on=one.due_on, what=one.kind.label, owner=owner) for one in points]
    return Preview(points=coming, nothing="" if coming else _NO_FOLLOW_UP.get(reason.code, ""))


def _save(ref: str, page: ExitPage, form: ExitForm) -> str:
    """The sentence of what was done; empty when it was refused."""
    said = ""
    with gate().attempt(form) as tx:
        done = record_exit(tx, enrolment_id=ref, reason=form.chosen(), **_dates(form))
        clear_settled(tx, record_id=page.record)
        said = _sentence(tx, done)
    return "" if form.has_errors else said


def _dates(form: ExitForm) -> dict[str, Any]:
    """The dates the chosen reason asks for; those it does not ask are left out even when typed."""
    return {name: form[name].day for name in ("event_on", *sorted(form.asked()))}


def _sentence(tx: Transaction, done: Exited) -> str:
    first: PlannedPoint | None = next(iter(done.opened.points), None)
    if first is None:
        return "Sortie enregistrée. Aucun point de suivi ne s’ouvre."
    # Nobody's name: the sentence travels in a cookie, and the page it leads to says whose point it is.
    owner = (_YOURS if done.owner_id == tx.actor.account_id else _REFERENTS) if done.owner_id else _QUEUE
    return f"Sortie enregistrée. Premier point : {said_weekday(first.due_on, today=tx.today)}, {owner}."
