"""Adding a scheme to the catalogue, writing it anew, letting people enter it again."""

from collections.abc import Mapping, Sequence

import orjson
from sqlalchemy import insert, select, update

from pathway.casework.partners.queries import every_structure
from pathway.casework.records.catalogue import item
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.queries import scheme_seen
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
from pathway.casework.schemes.tables import LONGEST_FORM, Scheme
from pathway.kernel.errors import Conflict, Invalid, Refused
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_scheme = table_of(Scheme)


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
) -> str:
    """A new scheme; gives its id. Each requirement must name an item of the dictionary (`Invalid` otherwise).

    A question of its own that the dictionary knows becomes a requirement: its answer is a fact. `asks_results`: a
    European fund wants questions on results asked after each exit (FSE+).
    """
    for requirement in requirements:
        item(requirement.key)
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
    tx.execute(update(_scheme).where(_scheme.c.id == scheme_id).values(**values))
    tx.journal("change_scheme", scheme=scheme_id)


def reopen_scheme(tx: Transaction, scheme_id: str) -> None:
    """Let people enter a closed scheme again. `Refused` when its structure is closed."""
    found = scheme_seen(tx, scheme_id)
    if found.structure_id and found.structure_id not in {one.id for one in every_structure(tx)}:
        raise Refused("La structure de ce dispositif est fermée : personne ne peut plus y faire entrer quelqu’un.")
    tx.execute(update(_scheme).where(_scheme.c.id == scheme_id).values(is_open=True))
    tx.journal("reopen_scheme", scheme=scheme_id)


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
