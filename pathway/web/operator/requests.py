"""« Demandes »: the second factors a responsable asks to take away, confirmed here by somebody who has checked."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from pathway.casework.resets.actions import confirm_factor_reset, refuse_factor_reset
from pathway.casework.resets.queries import FactorRequest, requests_to_confirm
from pathway.casework.sharing.permissions import Permission
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

_DONE = (
    "C’est fait. La personne reçoit un lien pour choisir un autre mot de passe, puis installera une autre protection."
)


class ConfirmForm(CarteForm):
    """That the request was checked with somebody, not on the strength of this page alone."""

    is_checked = BooleanField(
        "J’ai appelé la structure à un numéro que je connaissais déjà, et la demande est vraie",
        [Needed("Vérifiez d’abord de vive voix, puis cochez la case.")],
    )


class RefuseForm(CarteForm):
    """Nothing to fill: one button."""


@allow(Permission.FACTOR_RESET_CONFIRM)
@fresh
def view() -> ResponseReturnValue:
    """List what waits."""
    return _page("", None, 200)


@allow(Permission.FACTOR_RESET_CONFIRM)
@fresh
@keeps
def confirm(ref: str) -> ResponseReturnValue:
    """Take the second factor away."""
    form = ConfirmForm()
    if form.validate():
        with gate().attempt(form) as tx:
            confirm_factor_reset(tx, ref)
    return _answer(ref, form, _DONE)


@allow(Permission.FACTOR_RESET_CONFIRM)
@fresh
def refuse(ref: str) -> ResponseReturnValue:
    """Say no."""
    form = RefuseForm()
    with gate().attempt(form) as tx:
        refuse_factor_reset(tx, ref)
    return _answer(ref, form, "La demande est refusée. Rien n’a changé.")


def _answer(ref: str, form: CarteForm, said: str) -> ResponseReturnValue:
    if form.has_errors:
        return _page(ref, form, 422)
    notify(said)
    return redirect(url_for("operator.requests"), 303)


def _page(ref: str, refused: CarteForm | None, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        lines = [(one, _form(one, ref, refused)) for one in requests_to_confirm(tx)]
        tx.journal("read_factor_requests", count=len(lines))
    return render_template("operator/requests.html", lines=lines, refused=refused), status


def _form(one: FactorRequest, ref: str, refused: CarteForm | None) -> ConfirmForm:
    """The form of one line, as it was sent if it was refused; with an id of its own on the page."""
    form = refused if one.id == ref and isinstance(refused, ConfirmForm) else ConfirmForm(formdata=None)
    form.is_checked.id = f"is_checked-{one.id}"
    form.is_checked.label.field_id = form.is_checked.id
    return form
