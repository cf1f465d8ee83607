"""« Accord de partage », with the person present: what she hears, what she accepts, or a paper for her to sign."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField

from pathway.casework.agreements.actions import draft_agreement, give_agreement
from pathway.casework.agreements.queries import partners_to_share_with, sharing_of
from pathway.casework.agreements.rules import USUAL_MONTHS, agreement_end
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.rules import Part
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.wording import listed, said_date
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.parts import CHOICES, HINTS, MONTHS, options

PAPER = "paper"
_HEARD = "Cochez cette case : l’accord se donne devant vous. Sinon, préparez un papier à signer."
_EXCEPTIONAL = "Un accès exceptionnel ne permet pas de décider du partage avec la personne."


class AgreementForm(CarteForm):
    """With whom, which parts, until when, and whether she is there."""

    structure = SelectField("Structure qui pourra lire", validators=[Needed("Choisissez une structure.")])
    sections = SelectMultipleField(
        "Parties du dossier",
        choices=options(CHOICES),
        validators=[Needed("Cochez ce que la personne accepte de partager.")],
    )
    months = RadioField("Durée", choices=options(MONTHS), coerce=int, default=USUAL_MONTHS)
    present = BooleanField("La personne est présente et accepte")


@dataclass(frozen=True, kw_only=True)
class AgreementPage:
    """Whose record, the structures to choose from, those with a ground for health, when each duration ends.

    `papers`: structure → address of the signed paper behind its agreement. `supports`: the reader's structure supports
    her; if it does not, or if she stopped it (`is_stopped`), it records what she decides for that structure alone.
    """

    name: str
    href: str
    structures: list[tuple[str, str]]
    health_in: str
    ends: dict[int, str]
    papers: dict[str, str]
    supports: bool
    is_stopped: bool


@allow(Permission.AGREEMENT_RECORD)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, her agreement counts at once, or its paper waits for her signature."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    form = AgreementForm()
    form.structure.choices = options([("", "Choisir…"), *page.structures])
    if request.method == "POST" and form.validate():
        is_paper = request.form.get("way") == PAPER
        _record(ref, form, is_paper=is_paper)
        if not form.has_errors and is_paper:
            return redirect(url_for("counsellor.agreement_paper", ref=ref), 303)
        if not form.has_errors:
            notify(f"Accord enregistré, {page.ends[form.months.data]}. La personne le voit dans « Qui voit quoi ».")
            return redirect(page.href, 303)
    answer = render_template("counsellor/agreement.html", form=form, page=page, hints=HINTS)
    return answer, 422 if form.has_errors else 200


def _record(ref: str, form: AgreementForm, *, is_paper: bool) -> None:
    act = draft_agreement if is_paper else give_agreement
    with gate().attempt(form) as tx:
        if not is_paper and not form.present.data:
            raise Invalid(_HEARD, field="present")
        act(
            tx,
            record_id=ref,
            structure_id=form.structure.data,
            sections=form.sections.data or [],
            months=form.months.data,
        )


def _page(tx: Transaction, ref: str) -> AgreementPage:
    record = record_opened(tx, ref, only=frozenset())
    if not record.access.may_enter:
        raise Refused(_EXCEPTIONAL)
    supports, own = record.access.is_lasting_support, tx.actor.structure_id
    is_stopped = record.access.is_own_only
    for_others = supports and not is_stopped
    partners = [one for one in partners_to_share_with(tx, ref) if for_others or one.id == own]
    return AgreementPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=ref),
        structures=[(one.id, one.name) for one in partners],
        health_in=listed([one.name for one in partners if one.has_health_basis]),
        ends={months: _ends(tx, months) for months, _ in MONTHS},
        papers=_papers(tx, ref) if record.access.opens(Part.PATHWAY) and not is_stopped else {},
        supports=supports,
        is_stopped=is_stopped,
    )


def _papers(tx: Transaction, ref: str) -> dict[str, str]:
    return {
        one.name: url_for("counsellor.document", ref=ref, document_ref=opening.document_id)
        for one in sharing_of(tx, ref)
        for opening in one.in_force
        if opening.document_id
    }


def _ends(tx: Transaction, months: int) -> str:
    return f"jusqu’au {said_date(local_day(agreement_end(tx.now, months)))}"
