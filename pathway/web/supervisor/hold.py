"""« Conserver pour un litige »: a record that nothing erases before a day, and why."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from pathway.casework.records.queries import identities
from pathway.casework.retention.actions import hold_ours
from pathway.casework.retention.kept_lists import require_holdable
from pathway.casework.retention.rules import LONGEST_HOLD_YEARS
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import said_date
from pathway.web.forms import AtMost, CarteForm, DayField, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.supervisor.retention import Kept, list_href

_MOST = 500


class HoldForm(CarteForm):
    """Until when, and why."""

    until_on = DayField("Garder jusqu’au", [Needed("Écrivez le dernier jour où ce dossier est gardé.")])
    reason = TextAreaField("Pourquoi", [Needed("Écrivez pourquoi : quel litige, devant qui."), AtMost(_MOST)])


@dataclass(frozen=True, kw_only=True)
class HoldPage:
    """Whom it is about, where the form goes, the most years a hold may last."""

    name: str
    href: str
    most_years: int


@allow(Permission.RETENTION_KEEP)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST the record is held."""
    form = HoldForm()
    if request.method == "POST" and form.validate():
        assert form.until_on.day is not None
        with gate().attempt(form) as tx:
            hold_ours(tx, record_id=ref, until_on=form.until_on.day, reason=form.reason.data or "")
        if not form.has_errors:
            notify(f"Dossier gardé jusqu’au {said_date(form.until_on.day)}. La personne le lit dans son espace.")
            return redirect(list_href(Kept.HELD), 303)
    page = _page(ref)
    return render_template("supervisor/hold.html", page=page, form=form), 422 if form.has_errors else 200


def _page(ref: str) -> HoldPage:
    with gate().reading() as tx:
        require_holdable(tx, ref)
        who = identities(tx, [ref])[ref]
    return HoldPage(
        name=f"{who.first_name} {who.last_name}",
        href=url_for("supervisor.hold", ref=ref),
        most_years=LONGEST_HOLD_YEARS,
    )
