"""Adding a scheme to the catalogue, writing it anew, letting people enter it again."""

from collections.abc import Mapping, Sequence
from datetime import date

import orjson
from sqlalchemy import insert, select, update

from pathway.casework.partners.queries import every_structure
from pathway.casework.partners.rules import name_key
from pathway.casework.records.catalogue import item
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.exit_reasons import (
    LONGEST_REASON_CODE,
    MOST_OWN_REASONS,
    ReasonDraft,
    check_offered,
    check_own_reason,
    own_code,
)
from pathway.casework.schemes.queries import SchemeView, known_reasons, own_reasons, scheme_seen
from pathway.casework.schemes.rules import (
    Intensity,
    OwnQuestion,
    SchemeDraft,
    SchemeKind,
    Stage,
    check_change,
    check_draft,
    check_stages_left,
    with_facts,
)
from pathway.casework.schemes.tables import LONGEST_FORM, OwnExitReason, Scheme, SchemeChange
from pathway.kernel.errors import Conflict, Invalid, NotFound, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_own_reason = table_of(OwnExitReason)
_scheme = table_of(Scheme)
_change = table_of(SchemeChange)


def add_scheme(
    tx: Transaction,
    *,
    code: str,
    name: str,
    kind: SchemeKind,
    structure_id: str | None,
    intensity: Intensity,
    planned_days: int | None = None,
    is_short_activity: bool = False,
    asks_results: bool = False,
    requirements: Sequence[Requirement] = (),
    questions: Sequence[OwnQuestion] = (),
    stages: Sequence[Stage] = (),
    exit_reasons: Sequence[str] = (),
) -> str:
    """A new scheme; gives its id. Each requirement must name an item of the dictionary (`Invalid` otherwise).

    A question of its own that the dictionary knows becomes a requirement: its answer is a fact. `asks_results`: a
    European fund wants questions on results asked after each exit (FSE+). `exit_reasons`: the codes of those it offers;
    none for all.
    """
    for requirement in requirements:
        item(requirement.key)
    if exit_reasons:
        check_offered(exit_reasons, known_reasons(tx))
    scheme_id = new_id()
    values = {
        "id": scheme_id,
        "code": code,
        "name": name,
        "kind": kind.value,
        "structure_id": structure_id,
        "intensity": intensity.value,
        "planned_days": planned_days,
        "is_short_activity": is_short_activity,
        "asks_results": asks_results,
        **_kept(requirements, questions),
        "stages": _kept_stages(stages),
        "exit_reasons": _kept_codes(exit_reasons),
        "is_open": True,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_scheme).values(**values))
    tx.journal("add_scheme", scheme=scheme_id)
    return scheme_id


def hold_scheme(tx: Transaction, scheme_id: str, *, shared: bool = False) -> None:
    """Let nobody change that scheme before this transaction ends. `shared`: others may hold it so at once."""
    tx.execute(select(_scheme.c.id).where(_scheme.c.id == scheme_id).with_for_update(read=shared))


def change_scheme(
    tx: Transaction, scheme_id: str, *, draft: SchemeDraft, seen: str, is_used: bool, standing: Mapping[str, int]
) -> None:
    """Write a scheme anew, for the entries to come; steps under way keep what was answered. Hold it before.

    `seen`: the mark of the writing one read; `is_used`: somebody has entered it; `standing`: who stands in which stage.
    The questions of its own that it asks no more are kept aside, for their answers to be read, and so are its stages.
    `Conflict` when it was changed since, `Invalid` or `Refused` by the rules.
    """
    before = scheme_seen(tx, scheme_id)
    if before.mark != seen:
        raise Conflict("Ce dispositif vient d’être changé ailleurs. Rouvrez-le, puis refaites vos changements.")
    check_draft(draft)
    check_change(before, draft, is_used=is_used)
    check_stages_left(before, draft, standing=standing)
    asked = {one.key for one in draft.questions}
    aside = [one for one in (*before.retired, *before.questions) if is_used and one.key not in asked]
    has_stage = {one.key for one in draft.stages}
    past = [one for one in (*before.past_stages, *before.stages) if is_used and one.key not in has_stage]
    values = {
        "name": draft.name,
        "structure_id": draft.structure_id,
        "intensity": draft.intensity.value,
        "planned_days": draft.planned_days,
        "is_short_activity": draft.is_short_activity,
        "asks_results": draft.asks_results,
        **_kept(draft.requirements, draft.questions, aside),
        "stages": _kept_stages(draft.stages, past),
    }
    _keep_rhythm(tx, before, draft)
    tx.execute(update(_scheme).where(_scheme.c.id == scheme_id).values(**values))
    tx.journal("change_scheme", scheme=scheme_id)


def _keep_rhythm(tx: Transaction, before: SchemeView, draft: SchemeDraft) -> None:
    """Keep how the scheme was followed until now, where that changes: past alerts were decided on it."""
    told = (before.intensity, before.is_short_activity)
    if told == (draft.intensity, draft.is_short_activity):
        return
    values = {
        "scheme_id": before.id,
        "changed_at": tx.now,
        "intensity": before.intensity.value,
        "is_short_activity": before.is_short_activity,
    }
    tx.execute(insert(_change).values(**values))


def reopen_scheme(tx: Transaction, scheme_id: str) -> None:
    """Let people enter a closed scheme again. `Refused` when its structure is closed."""
    found = scheme_seen(tx, scheme_id)
    if found.structure_id and found.structure_id not in {one.id for one in every_structure(tx)}:
        raise Refused("La structure de ce dispositif est fermée : personne ne peut plus y faire entrer quelqu’un.")
    tx.execute(update(_scheme).where(_scheme.c.id == scheme_id).values(is_open=True))
    tx.journal("reopen_scheme", scheme=scheme_id)


def choose_exit_reasons(tx: Transaction, scheme_id: str, *, codes: Sequence[str], seen: str) -> None:
    """Offer those exit reasons in that scheme from now on, none for all; exits already recorded keep theirs.

    `seen`: the mark of the choice one read. `Conflict` when it was changed since; `Invalid` or `Refused` by the rules.
    """
    hold_scheme(tx, scheme_id)
    if scheme_seen(tx, scheme_id).reasons_mark != seen:
        raise Conflict("Ces motifs viennent d’être choisis ailleurs. Rouvrez la page, puis refaites votre choix.")
    if codes:
        check_offered(codes, known_reasons(tx))
    tx.execute(update(_scheme).where(_scheme.c.id == scheme_id).values(exit_reasons=_kept_codes(codes)))
    tx.journal("choose_exit_reasons", scheme=scheme_id, count=len(codes))


def add_exit_reason(tx: Transaction, draft: ReasonDraft) -> str:
    """Add a reason of the territory, offered at once by every scheme that chose none; gives its code, kept for ever.

    `Invalid` or `Refused` by the rules, or for words that another reason has already, closed ones too.
    """
    check_own_reason(draft)
    known = known_reasons(tx)
    if any(name_key(one.label) == name_key(draft.label) for one in known.values()):
        raise Refused("Un motif porte déjà ces mots. S’il est fermé, rouvrez-le.", field="label")
    if len(own_reasons(tx)) >= MOST_OWN_REASONS:
        raise Refused(f"Un territoire ajoute {MOST_OWN_REASONS} motifs au plus.", field="label")
    code = own_code(draft.label)
    if code in known:
        code = f"{code[: LONGEST_REASON_CODE - 3]}_{len(known)}"
    values = {
        "code": code,
        "label": draft.label,
        "kind": draft.kind.value,
        "iae": draft.iae,
        "plie": draft.plie,
        "cej": draft.cej,
        "fse": draft.fse,
        "asks_end": draft.asks_end,
        "is_open": True,
        "recorded_at": tx.now,
    }
    tx.execute(insert(_own_reason).values(**values))
    tx.journal("add_exit_reason", reason=code, kind=draft.kind.value)
    return code


def close_exit_reason(tx: Transaction, code: str) -> None:
    """Offer a reason of the territory no more; exits already recorded keep it. `NotFound` for no such open reason."""
    _turn_reason(tx, code, is_open=False)
    tx.journal("close_exit_reason", reason=code)


def reopen_exit_reason(tx: Transaction, code: str) -> None:
    """Offer a closed reason of the territory again. `NotFound` for no such closed reason."""
    _turn_reason(tx, code, is_open=True)
    tx.journal("reopen_exit_reason", reason=code)


def _turn_reason(tx: Transaction, code: str, *, is_open: bool) -> None:
    here = (_own_reason.c.code == code, _own_reason.c.is_open.is_(not is_open))
    if tx.execute(update(_own_reason).where(*here).values(is_open=is_open)).rowcount != 1:
        raise NotFound("Ce motif n’existe pas, ou vient d’être changé ailleurs.")


def _kept_codes(codes: Sequence[str]) -> str:
    return orjson.dumps(list(dict.fromkeys(codes))).decode()


def _kept(
    requirements: Sequence[Requirement], questions: Sequence[OwnQuestion], retired: Sequence[OwnQuestion] = ()
) -> dict[str, str]:
    """What a scheme asks, as its row keeps it; `Invalid` when it does not fit."""
    needed, left = with_facts(requirements, questions)
    asked = [{"key": one.key, "required": one.is_required, "why": one.why} for one in needed]
    own = [{"key": one.key, "label": one.label, "required": one.is_required} for one in left]
    aside = [{"key": one.key, "label": one.label, "required": False, "retired": True} for one in retired]
    kept = {"requirements": orjson.dumps(asked).decode(), "questions": orjson.dumps([*own, *aside]).decode()}
    if max(len(one) for one in kept.values()) > LONGEST_FORM:
        raise Invalid("Ce formulaire est trop long. Gardez moins de questions, ou des raisons plus courtes.")
    return kept


def _kept_stages(stages: Sequence[Stage], past: Sequence[Stage] = ()) -> str:
    """Its stages, as its row keeps them; `Invalid` when they do not fit."""
    has = [{"key": one.key, "name": one.name} for one in stages]
    kept = orjson.dumps([*has, *({"key": one.key, "name": one.name, "retired": True} for one in past)]).decode()
    if len(kept) > LONGEST_FORM:
        raise Invalid("Ce dispositif a eu trop de phases. Gardez celles qu’il a, en changeant leurs noms.")
    return kept


def keep_evidence_until(tx: Transaction, *, code: str, until_on: date | None) -> None:
    """Say until which day an audit may ask for the evidence of that co-financed scheme, once people are forgotten;
    None: nothing is kept. `NotFound` for no scheme of that code, `Invalid` for a past day."""
    if until_on and until_on < tx.today:
        raise Invalid("Donnez une date à venir.", field="until_on")
    changed = update(_scheme).where(_scheme.c.code == code).values(evidence_until=until_on)
    if tx.execute(changed).rowcount != 1:
        raise NotFound("Aucun dispositif ne porte ce code. Voyez ./carte schemes list.")
    tx.journal("keep_evidence", scheme=code, until=until_on.isoformat() if until_on else "")
