"""Writing a scheme, new or not: the form, then how counsellors will see it, then published. Nothing changes before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from pathway.casework.enrolments.queries import entries_by_scheme
from pathway.casework.enrolments.reading import standing_in
from pathway.casework.lifecycle.changes import open_scheme, rewrite_scheme
from pathway.casework.partners.queries import every_structure, sensitive_structures
from pathway.casework.partners.rules import StructureKind
from pathway.casework.records.catalogue import CATALOGUE, Section, item
from pathway.casework.schemes.queries import SchemeView, scheme_seen
from pathway.casework.schemes.rules import (
    MOST_QUESTIONS,
    MOST_STAGES,
    Intensity,
    SchemeDraft,
    SchemeKind,
    check_change,
    check_stages_left,
    draft_faults,
    with_facts,
)
from pathway.casework.schemes.standards import STANDARDS
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.wording import listed
from pathway.store.transaction import Transaction
from pathway.web.answers import control, field, form_of
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.operator.scheme_form import SchemeForm, check_code, completed, filled, moved, read

_BUTTONS = frozenset({"csrf_token", "preview", "back", "publish", "add", "remove", "up", "item"})
_NOT_CHECKED = "Vérifiez que ce nom ne dit rien de la structure, puis cochez la case."
_SHORT = frozenset({SchemeKind.WORKSHOP, SchemeKind.FORUM})


@dataclass(frozen=True, kw_only=True)
class DraftPage:
    """What the form needs. `before`: the scheme as it stands, None for a new one; `is_used`: somebody has entered it;
    `health`: the keys asked only where a ground for health is recorded; `labels`: key → item of the dictionary;
    `standing`: stage key → how many people are in that stage; `most_stages`, `most_questions`: as many as there
    may be; `secret`: the structures that nobody may know of, whose schemes are named by nothing that says it."""

    before: SchemeView | None
    is_used: bool
    under_way: int
    kind: str
    action: str
    back: tuple[str, str]
    structures: Mapping[str, str]
    labels: Mapping[str, str]
    health: frozenset[str]
    standing: Mapping[str, int]
    secret: frozenset[str]
    most_stages: int = MOST_STAGES
    most_questions: int = MOST_QUESTIONS


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The form as counsellors will see it: (key, control, whether it is required, why) and the questions of its own."""

    draft: SchemeDraft
    structure: str
    controls: Sequence[tuple[str, Any, bool, str]]
    form: CarteForm
    carried: Sequence[tuple[str, str]]
    changes: Sequence[str]


@allow(Permission.SCHEMES_KEEP)
def new_view() -> ResponseReturnValue:
    """A new scheme: of which kind, then its form, begun with what that kind asks."""
    kind = request.form.get("kind", "") or request.args.get("genre", "")
    if kind not in {one.value for one in SchemeKind}:
        chosen = request.args.get("structure", "")
        return render_template("operator/scheme_new.html", kinds=list(SchemeKind), structure=chosen)
    with gate().reading() as tx:
        page = _page(tx, None, kind)
        tx.journal("write_scheme")
    if request.method == "POST":
        return _turned(SchemeForm(), page)
    return _form(filled(_blank(SchemeKind(kind), request.args.get("structure", ""))), page)


@allow(Permission.SCHEMES_KEEP)
def change_view(ref: str) -> ResponseReturnValue:
    """The form of a scheme as it stands."""
    with gate().reading() as tx:
        before = scheme_seen(tx, ref)
        page = _page(tx, before, before.kind.value)
        tx.journal("write_scheme", scheme=ref)
    if request.method == "POST":
        return _turned(SchemeForm(), page)
    form = filled(before, seen=before.mark)
    form.code.data = before.code
    return _form(form, page)


def _turned(form: SchemeForm, page: DraftPage) -> ResponseReturnValue:
    """What a button does with what was typed."""
    other = moved(form, page.standing)
    if other is not None or "back" in request.form:
        return _form(other or form, page)
    draft = _draft(form, page)
    if draft is None:
        return _form(form, page)
    if "publish" not in request.form:
        return render_template("operator/scheme_preview.html", page=page, shown=_shown(form, draft, page))
    scheme_id = _published(form, draft, page)
    if form.has_errors:
        return _form(form, page)
    notify("Dispositif enregistré." if page.before else "Dispositif ouvert : des personnes peuvent y entrer.")
    return redirect(url_for("operator.scheme", ref=scheme_id), 303)


def _draft(form: SchemeForm, page: DraftPage) -> SchemeDraft | None:
    """The draft, checked by the rules before it is shown; None when something must be mended."""
    form.validate()
    if form.structure_id.data in page.secret and not form.is_checked.data:
        form.refuse(Refused(_NOT_CHECKED, field="is_checked"))
    if page.before is None:
        check_code(form)
    try:
        draft = read(form)
        faults = list(draft_faults(draft))
        for fault in faults:
            form.refuse(fault)
        if page.before and not faults:
            check_change(page.before, draft, is_used=page.is_used)
            check_stages_left(page.before, draft, standing=page.standing)
    except (Invalid, Refused) as refusal:
        form.refuse(refusal)
        return None
    return None if form.has_errors else draft


def _published(form: SchemeForm, draft: SchemeDraft, page: DraftPage) -> str:
    scheme_id = page.before.id if page.before else ""
    with gate().attempt(form) as tx:
        if scheme_id:
            rewrite_scheme(tx, scheme_id, draft=draft, seen=form.seen.data or "")
        else:
            scheme_id = open_scheme(tx, code=form.code.data or "", draft=draft)
    return scheme_id


def _form(form: SchemeForm, page: DraftPage) -> ResponseReturnValue:
    completed(form, page.structures)
    return render_template("operator/scheme_draft.html", form=form, page=page), 422 if form.has_errors else 200


def _page(tx: Transaction, before: SchemeView | None, kind: str) -> DraftPage:
    entered = entries_by_scheme(tx, [before.id]) if before else {}
    ref = before.id if before else ""
    return DraftPage(
        before=before,
        is_used=ref in entered,
        under_way=entered.get(ref, 0),
        kind=SchemeKind(kind).label,
        action=url_for("operator.scheme_change", ref=ref) if before else url_for("operator.scheme_new"),
        back=(before.name, url_for("operator.scheme", ref=ref))
        if before
        else ("Dispositifs", url_for("operator.schemes")),
        structures={
            one.id: f"{one.name} ({one.code})" for one in every_structure(tx) if one.kind is not StructureKind.TERRITORY
        },
        labels={key: one.label for key, one in CATALOGUE.items()},
        health=frozenset(key for key, one in CATALOGUE.items() if one.section is Section.HEALTH),
        standing=standing_in(tx, ref) if before else {},
        secret=sensitive_structures(tx),
    )


def _blank(kind: SchemeKind, structure_id: str) -> SchemeDraft:
    return SchemeDraft(
        name="",
        kind=kind,
        structure_id=structure_id or None,
        intensity=Intensity.STANDARD,
        planned_days=None,
        is_short_activity=kind in _SHORT,
        asks_results=False,
        requirements=STANDARDS[kind],
        questions=(),
    )


def _shown(form: SchemeForm, draft: SchemeDraft, page: DraftPage) -> Shown:
    needed, own = with_facts(draft.requirements, draft.questions)
    fields: dict[str, Any] = {one.key: field(item(one.key)) for one in needed}
    fields |= {one.key: StringField(one.label) for one in own}
    asked = [(one.key, control(item(one.key)), one.is_required, f"{one.why}.") for one in needed]
    carried = [(name, value) for name, values in request.form.lists() if name not in _BUTTONS for value in values]
    return Shown(
        draft=draft,
        structure=page.structures.get(draft.structure_id or "", "Toutes les structures du territoire"),
        controls=[*asked, *((one.key, None, one.is_required, "") for one in own)],
        form=form_of(fields),
        carried=carried,
        changes=_changes(page.before, draft) if page.before else [],
    )


def _changes(before: SchemeDraft, after: SchemeDraft) -> list[str]:
    """What the new writing changes, in words."""
    old, new = _said(before), _said(after)
    added = [f"« {label} »" for key, (label, _must) in new.items() if key not in old]
    gone = [f"« {label} »" for key, (label, _must) in old.items() if key not in new]
    must = [f"« {label} »" for key, (label, is_must) in new.items() if is_must and key in old and not old[key][1]]
    may = [f"« {label} »" for key, (label, is_must) in new.items() if not is_must and key in old and old[key][1]]
    parts = (
        (added, "Question ajoutée", "Questions ajoutées"),
        (gone, "Question retirée", "Questions retirées"),
        (must, "Devient obligatoire", "Deviennent obligatoires"),
        (may, "Devient facultative", "Deviennent facultatives"),
    )
    facts = ["Nom, structure, durée ou intensité changés."] if _facts(before) != _facts(after) else []
    facts += _stage_changes(before, after)
    said = [f"{one if len(which) == 1 else several} : {listed(which)}." for which, one, several in parts if which]
    return facts + said


def _stage_changes(before: SchemeDraft, after: SchemeDraft) -> list[str]:
    """What becomes of its stages. A new name is read in what was lived too."""
    old, new = ({one.key: f"« {one.name} »" for one in draft.stages} for draft in (before, after))
    added, gone = [new[key] for key in new if key not in old], [old[key] for key in old if key not in new]
    said = [f"{'Phase ajoutée' if len(added) == 1 else 'Phases ajoutées'} : {listed(added)}."] if added else []
    said += [f"{'Phase retirée' if len(gone) == 1 else 'Phases retirées'} : {listed(gone)}."] if gone else []
    said += [
        f"La phase {old[key]} s’appelle {new[key]}, dans les parcours déjà commencés aussi."
        for key in new
        if key in old and old[key] != new[key]
    ]
    kept = [[key for key in draft if key in old and key in new] for draft in (old, new)]
    return [*said, *(["L’ordre des phases change."] if kept[0] != kept[1] else [])]


def _said(draft: SchemeDraft) -> dict[str, tuple[str, bool]]:
    asked = {one.key: (item(one.key).label, one.is_required) for one in draft.requirements}
    return asked | {one.key: (one.label, one.is_required) for one in draft.questions}


def _facts(draft: SchemeDraft) -> tuple[object, ...]:
    return (
        draft.name,
        draft.structure_id,
        draft.intensity,
        draft.planned_days,
        draft.is_short_activity,
        draft.asks_results,
    )
