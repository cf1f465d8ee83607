"""One scheme: what it is, its stages, what it asks on entry and why, the rules of its exits, until when its evidence is
kept for an audit; closing it, opening it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from pathway.casework.enrolments.queries import entries_by_scheme
from pathway.casework.enrolments.reading import standing_in
from pathway.casework.lifecycle.actions import close_scheme
from pathway.casework.partners.queries import every_structure, structures_called
from pathway.casework.policies.queries import InForce, in_force
from pathway.casework.records.catalogue import Section, item
from pathway.casework.retention.queries import evidence_kept
from pathway.casework.schemes.actions import keep_evidence_until, reopen_scheme
from pathway.casework.schemes.queries import SchemeView, reasons_offered, scheme_seen
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.wording import counted, said_date
from pathway.store.transaction import Transaction
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, DayField, Needed
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.operator.schemes import EVERYWHERE


class CloseForm(CarteForm):
    """That one wants it."""

    is_sure = BooleanField("Plus personne ne doit y entrer", [Needed("Cochez la case pour confirmer.")])


class EvidenceForm(CarteForm):
    """Until when; empty: nothing is kept."""

    until_on = DayField("Garder les preuves jusqu’au")


class ReopenForm(CarteForm):
    """Nothing to fill: one button."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question of the form; `why` is empty for a question of its own."""

    label: str
    is_required: bool
    why: str
    is_health: bool = False


@dataclass(frozen=True, kw_only=True)
class SchemePage:
    """What the template needs. `is_used`: somebody has entered it; `is_orphan`: its structure is closed, it stays as it
    is; `rules`: who wrote those of its exits; `standing`: stage key → how many people are in that stage; `evidence`:
    how many steps of people forgotten are kept for its audit, `evidence_end`: the last day of the last one."""

    ref: str
    one: SchemeView
    structure: str
    asked: tuple[Asked, ...]
    under_way: int
    is_used: bool
    is_orphan: bool
    rules: str
    standing: Mapping[str, int]
    reasons: tuple[tuple[str, str], ...]
    evidence: int
    evidence_end: date | None
    refused: CarteForm | None


@allow(Permission.SCHEMES_KEEP)
def view(ref: str) -> ResponseReturnValue:
    """Show it."""
    return _page(ref, None, 200)


@allow(Permission.SCHEMES_KEEP)
@keeps
def close(ref: str) -> ResponseReturnValue:
    """Let nobody enter it any more."""
    form, under_way = CloseForm(), 0
    if form.validate():
        with gate().attempt(form) as tx:
            under_way = close_scheme(tx, ref)
    steps = counted(under_way, "étape en cours y reste", "étapes en cours y restent")
    return _answer(ref, form, f"Dispositif fermé aux entrées : {steps}.")


@allow(Permission.SCHEMES_KEEP)
def reopen(ref: str) -> ResponseReturnValue:
    """Let people enter it again."""
    form = ReopenForm()
    with gate().attempt(form) as tx:
        reopen_scheme(tx, ref)
    return _answer(ref, form, "Dispositif rouvert aux entrées.")


@allow(Permission.SCHEMES_KEEP)
@keeps
def evidence(ref: str) -> ResponseReturnValue:
    """Say until when its evidence is kept for an audit, or that none is."""
    form = EvidenceForm()
    if form.validate():
        with gate().attempt(form) as tx:
            keep_evidence_until(tx, code=scheme_seen(tx, ref).code, until_on=form.until_on.day)
    day = form.until_on.day
    return _answer(
        ref,
        form,
        f"Preuves gardées jusqu’au {said_date(day)}."
        if day
        else "Plus aucune preuve ne sera gardée pour ce dispositif.",
    )


def asked_of(one: SchemeView) -> tuple[Asked, ...]:
    """What it asks, in order, the questions of its own last."""
    known = tuple(
        Asked(
            label=item(each.key).label,
            is_required=each.is_required,
            why=each.why,
            is_health=item(each.key).section is Section.HEALTH,
        )
        for each in one.requirements
    )
    own = tuple(Asked(label=each.label, is_required=each.is_required, why="") for each in one.questions)
    return known + own


def _answer(ref: str, form: CarteForm, said: str) -> ResponseReturnValue:
    if form.has_errors:
        return _page(ref, form, 422)
    notify(said)
    return redirect(url_for("operator.scheme", ref=ref), 303)


def _page(ref: str, refused: CarteForm | None, status: int) -> ResponseReturnValue:
    with gate().reading() as tx:
        page = _gathered(tx, ref, refused)
        tx.journal("read_scheme", scheme=ref)
    form = refused if isinstance(refused, CloseForm) else CloseForm(formdata=None)
    is_refused = isinstance(refused, EvidenceForm)
    kept = refused if is_refused else EvidenceForm(formdata=None, until_on=page.one.evidence_until)
    return render_template("operator/scheme.html", page=page, form=form, kept=kept), status


def _gathered(tx: Transaction, ref: str, refused: CarteForm | None) -> SchemePage:
    one = scheme_seen(tx, ref)
    entered = entries_by_scheme(tx, [ref])
    number, end = evidence_kept(tx, ref)
    return SchemePage(
        ref=ref,
        one=one,
        structure=structures_called(tx)[one.structure_id] if one.structure_id else EVERYWHERE,
        asked=asked_of(one),
        under_way=entered.get(ref, 0),
        is_used=ref in entered,
        is_orphan=one.structure_id not in {None, *(each.id for each in every_structure(tx))},
        rules=_rules(in_force(tx, structure_id=one.structure_id or "", scheme_id=ref, on=tx.today)),
        standing=standing_in(tx, ref),
        reasons=tuple((group.label, ", ".join(each.label for each in of)) for group, of in reasons_offered(tx, one)),
        evidence=number,
        evidence_end=end,
        refused=refused,
    )


def _rules(one: InForce) -> str:
    if one.is_own:
        return f"Celles de sa structure, version {one.policy.version}"
    return "Celles du territoire" if one.from_on else "Celles qui sont fournies avec la carte"
