"""« Reporter »: a point de suivi is put off with a reason and a day; its first date and its history stay in sight."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, IntegerField

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.followup.actions import replan_point
from pathway.casework.followup.queries import ChangeLine, point_history, point_seen
from pathway.casework.followup.rules import ContactResult, ReplanReason
from pathway.casework.partners.queries import colleagues
from pathway.casework.policies.queries import holidays_of
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.calendar import add_working_days
from pathway.kernel.clock import local_day
from pathway.kernel.wording import said_weekday
from pathway.store.transaction import Transaction
from pathway.web.answers import one_of
from pathway.web.counsellor.telling import full_name, limit_said, put_off
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_PROPOSED_WORKING_DAYS = 5
_SOMEBODY = "une autre personne"
_PROGRAM = "le programme"
_WHAT = {
    "opened": "ouvert",
    "asked_again": "déplacé à la demande de la personne",
    "rhythm_changed": "déplacé : la personne a changé de rythme",
    "reassigned": "confié à un·e collègue",
    "referent_changed": "confié au nouveau référent de parcours",
    "left": "passé à un·e collègue après un départ",
    "structure_closed": "repris : la structure a fermé",
    "placed": "confié à votre structure par la coordination du territoire",
    "relay_back": "confié aussi au responsable : un relais est revenu",
    "lost_from_sight": "confié au responsable : personne perdue de vue",
    **{one.value: f"reporté : {one.label[0].lower()}{one.label[1:]}" for one in ReplanReason},
    **{one.value: f"reporté après un essai : {one.label.lower()}" for one in ContactResult},
}


class ReplanForm(CarteForm):
    """Why, and to which day. `version` is the point as it was read; `back` where to return."""

    reason = one_of("Pourquoi ?", ReplanReason, needed="Choisissez une raison.")
    on = DayField("Nouvelle date", [Needed("Écrivez la nouvelle date.")])
    version = IntegerField("")
    back = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Change:
    """One line of the history."""

    on: date
    what: str
    due_on: date
    who: str


@dataclass(frozen=True, kw_only=True)
class ReplanPage:
    """The point spoken of. `put_off` and `limit` are sentences, empty when there is nothing to say."""

    name: str
    record: str
    href: str
    what: str
    due_on: date
    proposed_on: date
    put_off: str
    limit: str
    is_third: bool
    version: int
    history: list[Change]


@allow(Permission.CONTACT_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """The form with the point's history; on POST, the point is put off."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    form = ReplanForm(
        on=page.proposed_on,
        version=page.version,
        back=request.args.get("back", ""),
    )
    if form.validate_on_submit():
        said = ""
        with gate().attempt(form) as tx:
            due_on = replan_point(
                tx,
                point_id=ref,
                on=form.on.day or tx.today,
                reason=ReplanReason.read(form.reason.data, field="reason"),
                version=form.version.data if isinstance(form.version.data, int) else 0,
            )
            clear_settled(tx, record_id=page.record)
            said = f"Point de suivi reporté : {said_weekday(due_on, today=tx.today)}."
        if not form.has_errors:
            notify(said)
            return redirect(url_for("counsellor.day") if form.back.data == "day" else page.href, 303)
    return render_template("counsellor/replan.html", form=form, page=page), 422 if form.has_errors else 200


def _page(tx: Transaction, ref: str) -> ReplanPage:
    point = point_seen(tx, ref)
    names = colleagues(tx)
    who = identities(tx, [point.record_id], act="read_record")[point.record_id]
    return ReplanPage(
        name=full_name(who),
        record=point.record_id,
        href=url_for("counsellor.record", ref=point.record_id),
        what=point.kind.label,
        due_on=point.due_on,
        proposed_on=add_working_days(tx.today, _PROPOSED_WORKING_DAYS, holidays_of(tx, point.structure_id)),
        put_off=put_off(point),
        limit=limit_said(point, today=tx.today),
        is_third=point.replans >= 2,
        version=point.version,
        history=[_change(one, names) for one in point_history(tx, ref)],
    )


def _change(line: ChangeLine, names: dict[str, str]) -> Change:
    who = names.get(line.changed_by, _SOMEBODY) if line.changed_by else _PROGRAM
    return Change(on=local_day(line.at), what=_WHAT.get(line.reason, "modifié"), due_on=line.due_on, who=who)
