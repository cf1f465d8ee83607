"""Noting that a point de suivi was not done, and why: an outcome like another, never a closing on silence."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.alerts.actions import clear_settled
from pathway.casework.followup.actions import mark_not_done
from pathway.casework.followup.queries import open_points, point_seen
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.choice import Choice
from pathway.web.answers import one_of
from pathway.web.counsellor.telling import coming, full_name
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify


class NotDoneReason(Choice):
    """Why a point de suivi was not done."""

    NO_TIME = "no_time", "Le temps a manqué"
    OVERTAKEN = "overtaken", "Ce point n’a plus de sens : la situation a changé"
    DONE_ELSEWHERE = "done_elsewhere", "Une autre structure l’a fait"
    PERSON_AWAY = "person_away", "La personne n’était pas disponible"


class NotDoneForm(CarteForm):
    """The reason."""

    reason = one_of("Pourquoi ?", NotDoneReason, needed="Choisissez une raison.")


@dataclass(frozen=True, kw_only=True)
class NotDonePage:
    """The point spoken of."""

    name: str
    record: str
    href: str
    what: str
    due_on: date
    is_last: bool


@allow(Permission.CONTACT_RECORD)
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, the point is noted « non fait » and a last point gets a successor."""
    form = NotDoneForm()
    page = _page(ref)
    if form.validate_on_submit():
        with gate().attempt(form) as tx:
            mark_not_done(tx, point_id=ref, reason=NotDoneReason.read(form.reason.data, field="reason").value)
            clear_settled(tx, record_id=page.record)
            left = open_points(tx, page.record)
            said = coming(left[0].due_on if left else None, today=tx.today)
        if not form.has_errors:
            notify(f"Point de suivi noté « non fait ». {said}")
            return redirect(page.href, 303)
    return render_template("counsellor/not_done.html", form=form, page=page), 422 if form.has_errors else 200


def _page(ref: str) -> NotDonePage:
    with gate().reading() as tx:
        point = point_seen(tx, ref)
        who = identities(tx, [point.record_id], act="read_record")[point.record_id]
    return NotDonePage(
        name=full_name(who),
        record=point.record_id,
        href=url_for("counsellor.record", ref=point.record_id),
        what=point.kind.label,
        due_on=point.due_on,
        is_last=point.is_last,
    )
