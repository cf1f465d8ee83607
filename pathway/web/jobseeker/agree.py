"""« Donner mon accord à une structure »: which one, which parts, until when; what happens is said before and after."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectMultipleField

from pathway.casework.agreements.actions import give_agreement
from pathway.casework.agreements.queries import Partner, partner, partners_to_share_with, sharing_of
from pathway.casework.agreements.rules import DURATIONS, SHAREABLE, USUAL_MONTHS, agreement_end
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.rules import Cause
from pathway.kernel.clock import local_day
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.parts import CHOICES, HINTS, months_said, options

_OWN_MONTHS = [months for months in DURATIONS if months <= USUAL_MONTHS]


class AgreeForm(CarteForm):
    """Which parts, for how long."""

    sections = SelectMultipleField(
        marked("Que voulez-vous partager ?"),
        validators=[Needed(marked("Choisissez au moins une partie de votre dossier."))],
    )
    months = RadioField(marked("Pendant combien de temps ?"), coerce=int, default=USUAL_MONTHS)


@dataclass(frozen=True, kw_only=True)
class AgreePage:
    """With whom; whether she stopped it, or gave it an agreement already; when each duration ends."""

    partner: Partner
    is_stopped: bool
    has_agreement: bool
    ends: dict[int, str]
    shared: tuple[str, ...]


@allow(Permission.SHARING_DECIDE)
def choose_view() -> ResponseReturnValue:
    """The structures she may share with."""
    with gate().reading() as tx:
        partners = partners_to_share_with(tx, tx.actor.record_id)
    return render_template("jobseeker/agree_choice.html", partners=partners)


@allow(Permission.SHARING_DECIDE)
@fresh
def view(structure_ref: str) -> ResponseReturnValue:
    """The form; on POST, that structure sees those parts at once."""
    with gate().reading() as tx:
        page = _page(tx, structure_ref)
    form = AgreeForm(sections=page.shared)
    form.months.choices = options((months, months_said(months)) for months in _OWN_MONTHS)
    form.sections.choices = options(pair for pair in CHOICES if pair[0] != "health" or page.partner.has_health_basis)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            give_agreement(
                tx,
                record_id=tx.actor.record_id,
                structure_id=structure_ref,
                sections=form.sections.data or [],
                months=form.months.data,
            )
        if not form.has_errors:
            notify(
                _(
                    "Votre accord est enregistré jusqu’au %(day)s. Vous pouvez l’arrêter à tout moment.",
                    day=page.ends[form.months.data],
                )
            )
            return redirect(url_for("jobseeker.access"), 303)
    answer = render_template("jobseeker/agree.html", form=form, page=page, hints=HINTS, ends=_ends(page))
    return answer, 422 if form.has_errors else 200


def _page(tx: Transaction, structure_id: str) -> AgreePage:
    record_id = tx.actor.record_id
    chosen = partner(tx, record_id, structure_id)
    held = [one for one in sharing_of(tx, record_id) if one.structure_id == structure_id]
    agreements = [opening for one in held for opening in one.openings if opening.cause is Cause.AGREEMENT]
    return AgreePage(
        partner=chosen,
        is_stopped=any(one.is_stopped for one in held),
        has_agreement=bool(agreements),
        ends={months: said_date(local_day(agreement_end(tx.now, months))) for months in _OWN_MONTHS},
        shared=tuple(sorted({code for one in agreements for code in one.sections} & SHAREABLE)),
    )


def _ends(page: AgreePage) -> dict[int, str]:
    return {months: _("jusqu’au %(day)s", day=day) for months, day in page.ends.items()}
