"""« Rappelez-moi le… »: the person says when she wishes to be called, and how often."""

from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.followup.callbacks import calling_holidays
from pathway.casework.followup.queries import open_points
from pathway.casework.followup.reading import rhythm_of
from pathway.casework.followup.rules import PointKind, Rhythm
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.wishes import wishes_sent

_SAID = {
    Rhythm.TWO_WEEKS: marked("Vous avez demandé un appel toutes les deux semaines."),
    Rhythm.MONTHLY: marked("Vous avez demandé un appel tous les mois."),
    Rhythm.TWO_MONTHS: marked("Vous avez demandé un appel tous les deux mois."),
    Rhythm.PLANNED: "",
}


@dataclass(frozen=True, kw_only=True)
class Calls:
    """When she is called: the day she asked for, if one is open, and her rhythm in words."""

    asked_on: date | None
    rhythm: str
    said: str


@allow(Permission.OWN_FOLLOWUP)
def view() -> ResponseReturnValue:
    """The two forms; on POST, the one that was sent."""
    here = gate()
    with here.reading() as tx:
        page, holidays = calls(tx), calling_holidays(tx, here.actor.record_id)
    wishes = wishes_sent(here.actor.record_id, current=page.rhythm, holidays=holidays)
    if wishes.saved:
        changed = _("C’est noté : le rythme a changé.")
        notify(_("C’est noté : nous vous appelons %(day)s.", day=wishes.day) if wishes.day else changed)
        return redirect(url_for("jobseeker.pathway"), 303)
    answer = render_template("jobseeker/callback.html", wishes=wishes, page=page)
    return answer, 422 if wishes.has_errors else 200


def calls(tx: Transaction) -> Calls:
    """When the person whose session this is will be called."""
    record_id = tx.actor.record_id
    asked = [one.due_on for one in open_points(tx, record_id) if one.kind is PointKind.CALLBACK]
    rhythm = rhythm_of(tx, record_id)
    return Calls(asked_on=asked[0] if asked else None, rhythm=rhythm.value, said=_(_SAID[rhythm]))
