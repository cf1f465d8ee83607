"""« Recevoir des SMS »: she says whether messages may be sent to her, and reads to which number and when."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.sharing.actions import choose_sms
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import reach_of
from pathway.casework.sharing.rules import Reach
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.stops import is_stopped
from pathway.store.transaction import Transaction
from pathway.web.gate import allow, gate, unproved
from pathway.web.jinja import notify

_ALLOWED = marked("C’est noté : vous acceptez les SMS.")  # not a promise: her telephone may have answered STOP


@dataclass(frozen=True, kw_only=True)
class MessagesPage:
    """Whether she wants messages, the end of the number they go to (empty: none), and what keeps them back.

    `is_stopped`: that number answered STOP, which only that telephone takes back.
    """

    is_wanted: bool
    is_stopped: bool
    number_end: str
    is_cautioned: bool
    has_email: bool


@allow(Permission.OWN_RIGHTS)
def view() -> ResponseReturnValue:
    """Show what is sent and why; on POST, stop at once, or allow again after a fresh proof."""
    here = gate()
    if request.method == "POST":
        return _chosen(is_wanted=request.form.get("sms") == "oui")
    with here.reading() as tx:
        page = _page(tx, reach_of(tx, here.actor.record_id))
    return render_template("account/messages.html", page=page)


def _chosen(*, is_wanted: bool) -> ResponseReturnValue:
    again = unproved(gate()) if is_wanted else None  # what stops asks nothing
    if again:
        return again
    with gate().writing() as tx:
        choose_sms(tx, record_id=tx.actor.record_id, is_wanted=is_wanted)
    notify(_(_ALLOWED) if is_wanted else _("Vous ne recevrez plus de SMS."))
    return redirect(url_for("account.messages"), 303)


def _page(tx: Transaction, reach: Reach) -> MessagesPage:
    number = reach.mobiles[0] if reach.mobiles else ""
    return MessagesPage(
        is_wanted=reach.wants_sms,
        is_stopped=bool(number) and is_stopped(tx, number),
        number_end=number[-2:],
        is_cautioned=reach.is_cautioned,
        has_email=bool(reach.emails),
    )
