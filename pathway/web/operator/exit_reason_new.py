"""A new exit reason of the territory: its words, its kind, what each network calls it; read again, then added."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField

from pathway.casework.policies.queries import in_force
from pathway.casework.policies.rules import ExitKind
from pathway.casework.schemes.actions import add_exit_reason
from pathway.casework.schemes.exit_reasons import (
    ENDING_KINDS,
    LONGEST_REASON,
    OWN_KINDS,
    CejOutcome,
    FseSituation,
    IaeOutcome,
    PlieOutcome,
    ReasonDraft,
    check_own_reason,
    own_code,
    own_reason,
)
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.wording import listed
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.opened_points import rows_of
from pathway.web.operator.exit_reasons import NOT_REPORTED, reported


def _network(label: str, choice: type[Choice]) -> SelectField:
    none = SelectChoice("", NOT_REPORTED[:1].upper() + NOT_REPORTED[1:])
    return SelectField(label, choices=[none, *(SelectChoice(*pair) for pair in choice.pairs())], validate_choice=False)


class ReasonForm(CarteForm):
    """What the reason says, and what it is."""

    label = StringField(
        "Motif",
        [Needed("Écrivez le motif.")],
        description=f"{LONGEST_REASON} caractères au plus. Rien sur la santé, la vie privée ou la justice. "
        "Ces mots ne changeront plus. Exemple : CDI dans une collectivité",
    )
    kind = SelectField(
        "Genre de sortie",
        [Needed("Choisissez le genre de sortie : il décide des points de suivi.")],
        choices=[SelectChoice("", "Choisissez…"), *(SelectChoice(one.value, one.label) for one in OWN_KINDS)],
        validate_choice=False,
        description="Il décide des points de suivi qui s’ouvrent.",
    )
    asks_end = BooleanField(
        "Demander la date de fin",
        description=f"Pour ces genres : {listed([one.label for one in OWN_KINDS if one in ENDING_KINDS])}.",
    )
    iae = _network("Dans les bilans de l’IAE", IaeOutcome)
    plie = _network("Dans les bilans du PLIE", PlieOutcome)
    cej = _network("Dans les bilans du CEJ", CejOutcome)
    fse = _network("Situation pour le FSE+", FseSituation)


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """What is read again. `opens`: what the kind opens under the rules of the territory."""

    label: str
    kind: str
    opens: str
    reported: Sequence[tuple[str, str]]


@allow(Permission.SCHEMES_KEEP)
def view() -> ResponseReturnValue:
    """The form; on POST what was typed, read again; then the reason is added."""
    form = ReasonForm()
    if request.method != "POST" or "back" in request.form:
        return _form(form)
    draft = _read(form)
    if draft is None:
        return _form(form)
    if "publish" not in request.form:
        return render_template("operator/exit_reason_review.html", form=form, one=_reviewed(draft))
    with gate().attempt(form) as tx:
        add_exit_reason(tx, draft)
    if form.has_errors:
        return _form(form)
    notify("Motif ajouté : il est proposé dans chaque dispositif qui propose tous les motifs.")
    return redirect(url_for("operator.exit_reasons"), 303)


def _form(form: ReasonForm) -> ResponseReturnValue:
    return render_template("operator/exit_reason_new.html", form=form), 422 if form.has_errors else 200


def _read(form: ReasonForm) -> ReasonDraft | None:
    form.validate()
    if form.has_errors:
        return None
    try:
        draft = ReasonDraft(
            label=" ".join((form.label.data or "").split()),
            kind=ExitKind.read(form.kind.data, field="kind"),
            iae=IaeOutcome.read(form.iae.data, field="iae") if form.iae.data else None,
            plie=PlieOutcome.read(form.plie.data, field="plie") if form.plie.data else None,
            cej=CejOutcome.read(form.cej.data, field="cej") if form.cej.data else None,
            fse=FseSituation.read(form.fse.data, field="fse") if form.fse.data else None,
            asks_end=form.asks_end.data,
        )
        check_own_reason(draft)
    except (Invalid, Refused) as refusal:
        form.refuse(refusal)
        return None
    return draft


def _reviewed(draft: ReasonDraft) -> Reviewed:
    with gate().reading() as tx:
        policy = in_force(tx, structure_id="", scheme_id="", on=tx.today).policy
        tx.journal("read_exit_reasons", count=0)
    return Reviewed(
        label=draft.label,
        kind=draft.kind.label,
        opens=dict(rows_of(policy))[draft.kind.label],
        reported=reported(own_reason(own_code(draft.label), draft)),
    )
