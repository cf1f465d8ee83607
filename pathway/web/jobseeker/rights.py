"""« Vos droits et vos données »: on what the sharing stands, how to object, whom to ask. For everybody signed in."""

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.agreements.rules import NOTICE_VERSION
from pathway.casework.partners.rules import Role
from pathway.casework.sharing.permissions import Permission
from pathway.casework.territory.queries import territory_contact
from pathway.web.gate import allow, gate


@allow(Permission.ACCOUNT_USE)
def view() -> ResponseReturnValue:
    """The notice; its version is the one recorded with each basis."""
    is_hers = gate().actor.role == Role.JOBSEEKER
    with gate().reading() as tx:
        contact = territory_contact(tx)
    return render_template("jobseeker/rights.html", version=NOTICE_VERSION, is_hers=is_hers, contact=contact)
