"""Giving the person the code that opens her own account: shown once, ten minutes."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from pathway.casework.accounts.rules import CODE_LIFE
from pathway.casework.records.queries import record_opened
from pathway.casework.resets.actions import give_first_code
from pathway.casework.resets.queries import require_keys
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.ids import spaced_card_number
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, fresh, gate


class ActivationForm(CarteForm):
    """Nothing to fill: one button."""


@dataclass(frozen=True, kw_only=True)
class ActivationPage:
    """For whom, her card number, and the code once it is given."""

    name: str
    href: str
    card_number: str
    minutes: int


@allow(Permission.ACTIVATION_GIVE)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """What to tell the person; on POST, a fresh code, shown on this answer only."""
    form = ActivationForm()
    page = _page(ref)
    code = ""
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            code = give_first_code(tx, ref)
    answer = render_template("counsellor/activation.html", form=form, page=page, code=f"{code[:4]} {code[4:]}".strip())
    return answer, 422 if form.has_errors else 200


def _page(ref: str) -> ActivationPage:
    with gate().reading() as tx:
        record = record_opened(tx, ref, only=frozenset())
        require_keys(tx, ref)
    return ActivationPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=ref),
        card_number=spaced_card_number(record.card.card_number),
        minutes=int(CODE_LIFE.total_seconds() // 60),
    )
