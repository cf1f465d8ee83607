"""Choosing the person's référent de parcours among one's colleagues."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from pathway.casework.followup.actions import change_referent
from pathway.casework.partners.queries import colleagues, staff_names, structure_names
from pathway.casework.records.queries import record_opened
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.rules import is_referent_untold
from pathway.store.transaction import Transaction
from pathway.web.answers import options
from pathway.web.counsellor.telling import REFERENT_ELSEWHERE, full_name
from pathway.web.forms import CarteForm, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify


class ReferentForm(CarteForm):
    """Who will answer for the pathway."""

    account_id = RadioField(
        "Nouveau référent de parcours", [Needed("Choisissez un·e collègue.")], choices=[], validate_choice=False
    )


@dataclass(frozen=True, kw_only=True)
class ReferentPage:
    """Whose référent, who it is now, and who may be chosen."""

    name: str
    href: str
    current: str
    colleagues: list[tuple[str, str]]


@allow(Permission.RECORD_EDIT)
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, the référent changes and the earlier one's time ends."""
    with gate().reading() as tx:
        page = _page(tx, ref)
        me = tx.actor.account_id
    form = ReferentForm(account_id=me)
    form.account_id.choices = options(page.colleagues)
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            change_referent(tx, record_id=ref, account_id=form.account_id.data)
            # Choosing the same person again changes nothing, and still leaves its line in the journal.
            tx.journal("choose_referent", records=[ref])
        if not form.has_errors:
            notify("Référent de parcours enregistré.")  # in a cookie: the page it leads to says who
            return redirect(page.href, 303)
    return render_template("counsellor/referent.html", form=form, page=page), 422 if form.has_errors else 200


def _page(tx: Transaction, ref: str) -> ReferentPage:
    record = record_opened(tx, ref, only=frozenset())
    one = record.referent
    current = ""
    if one and is_referent_untold(record.access, is_ours=one.structure_id == tx.actor.structure_id):
        current = REFERENT_ELSEWHERE
    elif one:
        name = staff_names(tx, [one.account_id]).get(one.account_id, "une personne")
        current = f"{name}, {structure_names(tx).get(one.structure_id, '')}"
    return ReferentPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=ref),
        current=current,
        colleagues=list(colleagues(tx).items()),
    )
