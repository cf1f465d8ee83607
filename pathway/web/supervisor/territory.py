"""The territory in counts: nobody is named, small counts are masked with their complements."""

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.reports import queries
from pathway.casework.sharing.permissions import Permission
from pathway.web.gate import allow, gate


@allow(Permission.TERRITORY_READ)
def view() -> ResponseReturnValue:
    """Show the masked figures."""
    with gate().reading() as tx:
        figures = queries.territory(tx)
    return render_template("supervisor/territory.html", figures=figures)
