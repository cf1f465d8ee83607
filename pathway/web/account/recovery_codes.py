"""Printing a list of recovery codes: with a device, in case it is lost; without one, for a jobseeker, instead of it."""

from flask import url_for
from flask.typing import ResponseReturnValue

from pathway.casework.factors.actions import make_recovery_codes, remove_recovery_codes
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.web.account.enrolment import codes_page, current_session, take_away
from pathway.web.account.notices import announce_change
from pathway.web.gate import allow, fresh, gate


@allow(Permission.ACCOUNT_USE)
@fresh
def view() -> ResponseReturnValue:
    """Draw ten new codes and show them on this answer only; the earlier ones are worth nothing any more."""
    account_id = current_session().account_id
    with gate().writing() as tx:
        codes = make_recovery_codes(tx, account_id)
        announce_change(tx, account_id)
    return codes_page(tuple(codes), following=url_for("account.security"))


@allow(Permission.ACCOUNT_USE)
@fresh
def remove_view() -> ResponseReturnValue:
    """Forget the list: a jobseeker only."""
    account_id = current_session().account_id
    return take_away(lambda tx: remove_recovery_codes(tx, account_id), said=_("La liste de codes ne sert plus."))
