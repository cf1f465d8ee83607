"""Which exact exit reasons a scheme offers: all of them, or those that are ticked."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectMultipleField

from pathway.casework.schemes.actions import choose_exit_reasons
from pathway.casework.schemes.exit_reasons import ALWAYS_OFFERED, ExitReason, ReasonGroup, grouped
from pathway.casework.schemes.queries import SchemeView, open_reasons, scheme_seen
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import counted
from pathway.web.forms import CarteForm, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

ALL, CHOSEN = "all", "chosen"


class ReasonsForm(CarteForm):
    """All, or those ticked. `seen` is the mark of the choice one read."""

    seen = HiddenField()
    which = RadioField(
        "Quels motifs proposer à la sortie ?",
        choices=[
            SelectChoice(ALL, "Tous, et ceux que le territoire ajoutera"),
            SelectChoice(CHOSEN, "Seulement ceux que je coche"),
        ],
        validate_choice=False,
    )
    reasons = SelectMultipleField("Motifs proposés", choices=[], validate_choice=False)


@dataclass(frozen=True, kw_only=True)
class ReasonsPage:
    """The scheme and every reason by group; `always`: the codes that no choice leaves out."""

    one: SchemeView
    groups: Sequence[tuple[ReasonGroup, Sequence[ExitReason]]]
    always: Sequence[str] = ALWAYS_OFFERED


@allow(Permission.SCHEMES_KEEP)
def view(ref: str) -> ResponseReturnValue:
    """Show the choice; on POST, keep it."""
    with gate().reading() as tx:
        one = scheme_seen(tx, ref)
        page = ReasonsPage(one=one, groups=grouped(open_reasons(tx)))
        tx.journal("read_scheme", scheme=ref)
    form = ReasonsForm()
    if request.method == "POST" and form.validate():
        codes = _codes(form, page)
        with gate().attempt(form) as tx:
            choose_exit_reasons(tx, ref, codes=codes, seen=form.seen.data or "")
        if not form.has_errors:
            notify(
                f"{counted(len(codes), 'motif proposé', 'motifs proposés')}." if codes else "Tous les motifs proposés."
            )
            return redirect(url_for("operator.scheme", ref=ref), 303)
    elif request.method == "GET":
        form.seen.data = one.reasons_mark
        form.which.data = CHOSEN if one.exit_reasons else ALL
        every = [each.code for _group, those in page.groups for each in those]
        form.reasons.data = list(one.exit_reasons) or every
    return render_template("operator/scheme_reasons.html", page=page, form=form), 422 if form.has_errors else 200


def _codes(form: ReasonsForm, page: ReasonsPage) -> list[str]:
    """The codes chosen, those of always among them; none for all."""
    if form.which.data != CHOSEN:
        return []
    wanted = {*(form.reasons.data or []), *ALWAYS_OFFERED}
    shown = [one.code for _group, those in page.groups for one in those]
    return [*(code for code in shown if code in wanted), *sorted(wanted.difference(shown))]
