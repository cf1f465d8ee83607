"""« Arrêter le partage » and « Partager à nouveau »: what remains is said before, and it counts at the next request."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.agreements.actions import share_again, stop_sharing
from pathway.casework.agreements.queries import sharing_of, sharing_with
from pathway.casework.agreements.rules import ALL_STRUCTURES
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.jobseeker.sights import sight_of
from pathway.web.parts import seen_words

_STOPPED = marked("Le partage est arrêté, dès maintenant. Vous pouvez le reprendre quand vous voulez.")


class DecideForm(CarteForm):
    """Nothing to fill: one button."""


@allow(Permission.SHARING_DECIDE)
def view(structure_ref: str) -> ResponseReturnValue:
    """Say what remains; on POST, stop with that structure."""
    with gate().reading() as tx:
        sight = sight_of(sharing_with(tx, tx.actor.record_id, structure_ref))
    return _stop(structure_ref, names=(sight.structure,), remains=sight.remains, kept=())


@allow(Permission.SHARING_DECIDE)
def all_view() -> ResponseReturnValue:
    """The same with every structure at once."""
    with gate().reading() as tx:
        held = [one for one in sharing_of(tx, tx.actor.record_id) if not one.is_stopped]
    kept = tuple(one.name for one in held if one.is_lasting_support)
    return _stop(ALL_STRUCTURES, names=tuple(one.name for one in held), remains="", kept=kept)


@allow(Permission.SHARING_DECIDE)
@fresh
def again_view(structure_ref: str) -> ResponseReturnValue:
    """Say what opens again; on POST, share again with that structure."""
    with gate().reading() as tx:
        one = sharing_with(tx, tx.actor.record_id, structure_ref)
    form = DecideForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            share_again(tx, record_id=tx.actor.record_id, structure_id=structure_ref)
        if not form.has_errors:
            notify(_("Le partage reprend, dès maintenant."))
            return redirect(url_for("jobseeker.access"), 303)
    sees = seen_words(one.if_shared.sections) if one.if_shared else ""
    answer = render_template("jobseeker/share_again.html", form=form, one=sight_of(one), sees=sees)
    return answer, 422 if form.has_errors else 200


def _stop(structure_id: str, *, names: tuple[str, ...], remains: str, kept: tuple[str, ...]) -> ResponseReturnValue:
    form = DecideForm()
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            stop_sharing(tx, record_id=tx.actor.record_id, structure_id=structure_id)
        if not form.has_errors:
            notify(_(_STOPPED))
            return redirect(url_for("jobseeker.access"), 303)
    answer = render_template("jobseeker/stop.html", form=form, names=names, remains=remains, kept=kept)
    return answer, 422 if form.has_errors else 200
