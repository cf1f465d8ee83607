"""Comparing two identities: only the names and birth dates are shown, nothing of the structures nor of the pathways."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField

from pathway.casework.alerts.actions import settle_cards
from pathway.casework.links.actions import decide_match
from pathway.casework.links.queries import Compared, cards_of_match, identities_compared
from pathway.casework.links.rules import REASONS, MatchState, Reason, Verdict
from pathway.casework.records.names import normalise
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.forms import CarteForm, SelectChoice, read_version
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify

_DONE = {
    MatchState.LINKED: "Les deux cartes sont réunies. La personne peut le voir, et revenir dessus.",
    MatchState.ASKED: "C’est noté. La personne a un compte : les cartes seront réunies si elle dit oui.",
    MatchState.DIFFERENT: "C’est noté : ce sont deux personnes. Leurs cartes restent séparées.",
    MatchState.UNSURE: "C’est noté. La comparaison reviendra si une des deux cartes change.",
}


class VerdictForm(CarteForm):
    """Why; the button pressed says what."""

    reason = RadioField("Pourquoi ?", validate_choice=False)
    version = HiddenField()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing compared, as each card says it."""

    label: str
    first: str
    second: str
    is_same: bool


@dataclass(frozen=True, kw_only=True)
class DuplicatePage:
    """What the template needs. `verdicts`: the buttons, most often used first."""

    href: str
    rows: list[Row]
    verdicts: list[tuple[str, str]]
    state: MatchState


@allow(Permission.DUPLICATES_REVIEW)
def view(ref: str) -> ResponseReturnValue:
    """Two identities side by side; on POST, the verdict with its reason."""
    with gate().reading() as tx:
        compared = identities_compared(tx, ref)
    form = VerdictForm(version=compared.version)
    verdicts = _verdicts(compared.state)
    form.reason.choices = [
        SelectChoice(reason.value, reason.label) for verdict in verdicts for reason in REASONS[verdict]
    ]
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            state = _decided(tx, ref, form)
        if not form.has_errors:
            notify(_DONE[state])
            return redirect(url_for("reviewer.duplicates"), 303)
    page = _page(ref, compared, verdicts)
    return render_template("reviewer/duplicate.html", form=form, page=page), 422 if form.has_errors else 200


def _decided(tx: Transaction, ref: str, form: VerdictForm) -> MatchState:
    verdict = Verdict.read(request.form.get("verdict", ""), field="reason")
    if not form.reason.data:
        raise Invalid("Dites pourquoi, puis choisissez votre réponse.", field="reason")
    version = read_version(request.form.get("version"))
    reason = Reason.read(form.reason.data, field="reason")
    state = decide_match(tx, match_id=ref, verdict=verdict, reason=reason, version=version)
    settle_cards(tx, cards_of_match(tx, ref))
    return state


def _verdicts(state: MatchState) -> tuple[Verdict, ...]:
    """Cards already linked may only be taken apart."""
    return (Verdict.DIFFERENT, Verdict.UNSURE) if state is MatchState.LINKED else tuple(Verdict)


def _page(ref: str, compared: Compared, verdicts: tuple[Verdict, ...]) -> DuplicatePage:
    one, other = compared.first, compared.second
    pairs = (
        ("Prénom", one.first_name, other.first_name),
        ("Nom d’usage", one.last_name, other.last_name),
        ("Nom de naissance", one.birth_name or "", other.birth_name or ""),
        ("Date de naissance", said_date(one.birth_date), said_date(other.birth_date)),
    )
    return DuplicatePage(
        href=url_for("reviewer.duplicate", ref=ref),
        rows=[
            Row(label=label, first=left, second=right, is_same=normalise(left) == normalise(right))
            for label, left, right in pairs
            if left or right
        ],
        verdicts=[(verdict.value, verdict.label) for verdict in verdicts],
        state=compared.state,
    )
