"""An exceptional access: a responsable opens a record for an hour to ensure continuity, says why, and is reviewed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from pathway.casework.accounts.queries import blocked_until
from pathway.casework.oversight.actions import Opened, exceptional_tries, open_exceptional
from pathway.casework.oversight.queries import ExceptionalView, exceptional_of_structure
from pathway.casework.oversight.rules import TEXT_LENGTH, ExceptionalReason, Outcome
from pathway.casework.partners.queries import staff_names
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Refused
from pathway.kernel.ids import is_card_number
from pathway.kernel.wording import said_hour
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, DayField, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.tries import wait_sentence

_UNKNOWN = (
    "Cet accès ne s’ouvre pas. Le numéro et la date ne vont pas ensemble, votre structure n’a jamais suivi cette "
    "personne, ou elle a retiré son partage. Cet essai est inscrit au journal."
)


class ExceptionalForm(CarteForm):
    """Which card, whose, and why."""

    card_number = StringField("Numéro de la carte", [Needed("Écrivez le numéro de la carte : 14 chiffres.")])
    birth_date = DayField("Date de naissance", [Needed("Écrivez la date de naissance de la personne.")])
    reason = RadioField(
        "Pourquoi ouvrir ce dossier ?",
        choices=[SelectChoice(*pair) for pair in ExceptionalReason.pairs()],
        validators=[Needed("Choisissez la raison de cet accès.")],
    )
    note = TextAreaField("Précisions", [Length(max=TEXT_LENGTH, message=f"Écrivez {TEXT_LENGTH} caractères au plus.")])

    def validate_card_number(self, field: StringField) -> None:
        """The number says by itself whether it was misread: nothing is looked up."""
        if not is_card_number(field.data or ""):
            raise ValidationError("Ce numéro de carte n’est pas exact. Vérifiez ses 14 chiffres.")


@dataclass(frozen=True, kw_only=True)
class AccessLine:
    """One exceptional access of the structure: who opened it and why; `href` leads to the record while it is open."""

    who: str
    opened_at: datetime
    reason: str
    is_open: bool
    href: str
    state: str
    is_wrong: bool
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class ExceptionalPage:
    """The form and the last accesses of the structure."""

    form: ExceptionalForm
    lines: tuple[AccessLine, ...]


@allow(Permission.EXCEPTIONAL_OPEN)
@fresh
def view() -> ResponseReturnValue:
    """Show the form; on POST, open the record for an hour and lead to it."""
    form = ExceptionalForm()
    if request.method != "POST":
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    wait = _wait()
    if wait:
        return _blocked(form, wait)
    opened = _try(form)
    if opened is None:
        return _page(form, 422)
    notify(f"Accès ouvert jusqu’à {said_hour(opened.until_at)}, en lecture. La personne en est informée.")
    return redirect(url_for("counsellor.record", ref=opened.record_id), 303)


def _try(form: ExceptionalForm) -> Opened | None:
    opened = None
    with gate().attempt(form) as tx:
        assert form.birth_date.day is not None
        opened = open_exceptional(
            tx,
            card_number=form.card_number.data or "",
            birth_date=form.birth_date.day,
            reason=ExceptionalReason.read(form.reason.data, field="reason"),
            note=form.note.data or "",
        )
    if opened is None and not form.has_errors:
        form.refuse(Refused(_UNKNOWN))
    return None if form.has_errors else opened


def _wait() -> int:
    """How many seconds this account must still wait before another try; 0 when it may try."""
    here = gate()
    with here.reading() as tx:
        until = blocked_until(tx, exceptional_tries(tx))
    return max(1, int((until - here.clock.now()).total_seconds())) if until else 0


def _blocked(form: ExceptionalForm, wait: int) -> ResponseReturnValue:
    form.refuse(Refused(wait_sentence(wait)))
    response = make_response(_page(form, 429))
    response.headers["Retry-After"] = str(wait)
    return response


def _page(form: ExceptionalForm, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        accesses = exceptional_of_structure(tx)
        names = staff_names(tx, (one.account_id for one in accesses))
        lines = tuple(_line(tx, one, names) for one in accesses)
    page = ExceptionalPage(form=form, lines=lines)
    return render_template("supervisor/exceptional.html", page=page), status


def _line(tx: Transaction, one: ExceptionalView, names: Mapping[str, str]) -> AccessLine:
    is_open = one.until_at > tx.now and one.outcome is not Outcome.NOT_JUSTIFIED
    return AccessLine(
        who=names.get(one.account_id, "Un·e responsable"),
        opened_at=one.opened_at,
        reason=one.reason.label,
        is_open=is_open,
        href=url_for("counsellor.record", ref=one.record_id) if is_open else "",
        state=one.outcome.label if one.outcome else "À vérifier",
        is_wrong=one.outcome is Outcome.NOT_JUSTIFIED,
        is_late=one.outcome is None and one.review_due_on < tx.today,
    )
