"""Reading schemes: those the actor's structure may enter people in, or one by id."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, func, or_, select

from pathway.casework.agreements.queries import bases_of
from pathway.casework.agreements.rules import Purpose
from pathway.casework.followup.rules import ExitKind
from pathway.casework.records.catalogue import CATALOGUE, Section, item
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.exit_reasons import (
    REASONS,
    CejOutcome,
    ExitReason,
    FseSituation,
    IaeOutcome,
    PlieOutcome,
    ReasonDraft,
    ReasonGroup,
    exit_reason,
    grouped,
    is_own_code,
    own_reason,
)
from pathway.casework.schemes.rules import Intensity, OwnQuestion, SchemeDraft, SchemeKind, Stage, with_facts
from pathway.casework.schemes.tables import OwnExitReason, Scheme
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_own_reason = table_of(OwnExitReason)
_scheme = table_of(Scheme)

_THERE = _scheme.c.structure_id == bindparam("structure_id")
_EVERY = select(_scheme).order_by(_scheme.c.is_open.desc(), _scheme.c.name, _scheme.c.code)
_COUNT = select(func.count()).select_from(_scheme)
_EVERY_THERE, _COUNT_THERE = _EVERY.where(_THERE), _COUNT.where(_THERE)
_BY_ID = select(_scheme).where(_scheme.c.id.in_(bindparam("scheme_ids", expanding=True)))


@dataclass(frozen=True, kw_only=True)
class OwnReasonView:
    """A reason the territory added, whether it is still offered, and since when it is there."""

    reason: ExitReason
    is_open: bool
    since: datetime


@dataclass(frozen=True, kw_only=True)
class SchemeView(SchemeDraft):
    """A scheme with what it asks. `retired`: its own questions that it asks no more and somebody may have answered;
    `past_stages`: the stages it has no more and somebody may have passed through; `exit_reasons`: the codes of those it
    offers, empty for all that are open; `evidence_until`: the last day an audit may ask for its evidence, None for a
    scheme without any."""

    id: str
    code: str
    is_open: bool = True
    retired: tuple[OwnQuestion, ...] = ()
    past_stages: tuple[Stage, ...] = ()
    exit_reasons: tuple[str, ...] = ()
    evidence_until: date | None = None

    @property
    def reasons_mark(self) -> str:
        """What tells this choice of exit reasons from another: two people who choose at once do not undo each other."""
        return sha256(",".join(self.exit_reasons).encode()).hexdigest()[:16]

    @property
    def stage_names(self) -> dict[str, str]:
        """Stage key → its name, those it has no more too."""
        return {one.key: one.name for one in (*self.past_stages, *self.stages)}


def open_schemes(tx: Transaction) -> list[SchemeView]:
    """Schemes of the actor's structure and those common to the territory, by name."""
    own = or_(_scheme.c.structure_id == tx.actor.structure_id, _scheme.c.structure_id.is_(None))
    query = select(_scheme).where(_scheme.c.is_open, own).order_by(_scheme.c.name)
    return [_view(row) for row in tx.execute(query)]


def known_schemes(tx: Transaction, *, structure_id: str = "", page: int, per_page: int) -> list[SchemeView]:
    """One page of all schemes, or of those of one structure, for the operator: open ones first, by name."""
    query, asked = (_EVERY_THERE, {"structure_id": structure_id}) if structure_id else (_EVERY, {})
    return [_view(row) for row in tx.execute(query.limit(per_page).offset((page - 1) * per_page), asked)]


def schemes_count(tx: Transaction, *, structure_id: str = "") -> int:
    """How many there are in all."""
    query, asked = (_COUNT_THERE, {"structure_id": structure_id}) if structure_id else (_COUNT, {})
    return int(tx.execute(query, asked).scalar_one())


def scheme_seen(tx: Transaction, scheme_id: str) -> SchemeView:
    """One of them, open or closed; `NotFound` otherwise."""
    found = schemes_by_id(tx, [scheme_id]).get(scheme_id)
    if found is None:
        raise NotFound
    return found


def has_scheme(tx: Transaction, code: str) -> bool:
    """Whether a scheme, open or closed, has that code."""
    return tx.execute(select(_scheme.c.id).where(_scheme.c.code == code)).first() is not None


def scheme_id_of(tx: Transaction, code: str) -> str:
    """The id of the scheme of that code, open or closed; empty when there is none."""
    return str(tx.execute(select(_scheme.c.id).where(_scheme.c.code == code)).scalar() or "")


def scheme_for_entry(tx: Transaction, scheme_id: str) -> SchemeView:
    """A scheme the actor may enter people in, with what its structure may ask; `NotFound` otherwise."""
    found = next((scheme for scheme in open_schemes(tx) if scheme.id == scheme_id), None)
    if found is None:
        raise NotFound("Ce dispositif n’existe pas ou n’est pas ouvert à votre structure.")
    return asked_by(tx, found, tx.actor.structure_id)


def asked_by(tx: Transaction, scheme: SchemeView, structure_id: str) -> SchemeView:
    """That scheme with what that structure may ask in it.

    Health is asked only by a structure whose ground for it is recorded: elsewhere those items are left out.
    """
    plain = tuple(one for one in scheme.requirements if item(one.key).section is not Section.HEALTH)
    if plain == scheme.requirements or Purpose.HEALTH in bases_of(tx).get(structure_id, {}):
        return scheme
    return replace(scheme, requirements=plain)


def schemes_by_id(tx: Transaction, scheme_ids: Iterable[str]) -> dict[str, SchemeView]:
    """id → scheme, closed ones included: what a pathway already went through stays readable."""
    wanted = set(scheme_ids)
    if not wanted:
        return {}
    return {row.id: _view(row) for row in tx.execute(_BY_ID, {"scheme_ids": sorted(wanted)})}


def own_reasons(tx: Transaction) -> list[OwnReasonView]:
    """The reasons the territory added, those still offered first, by name."""
    query = select(_own_reason).order_by(_own_reason.c.is_open.desc(), _own_reason.c.label, _own_reason.c.code)
    return [OwnReasonView(reason=_own(row), is_open=row.is_open, since=row.recorded_at) for row in tx.execute(query)]


def known_reasons(tx: Transaction) -> dict[str, ExitReason]:
    """code → reason, the program’s and the territory’s, closed ones too: what was lived stays readable."""
    own = [one.reason for one in own_reasons(tx)]
    return {one.code: one for one in (*REASONS, *own)}


def reason_of(tx: Transaction, code: str) -> ExitReason:
    """The reason of that code, the program’s or the territory’s; `Invalid` when there is none."""
    if not is_own_code(code):
        return exit_reason(code)
    row = tx.execute(select(_own_reason).where(_own_reason.c.code == code)).one_or_none()
    return _own(row) if row else exit_reason(code)


def open_reasons(tx: Transaction) -> list[ExitReason]:
    """The program’s reasons and those of the territory that are not closed."""
    return [*REASONS, *(one.reason for one in own_reasons(tx) if one.is_open)]


def reasons_offered(tx: Transaction, scheme: SchemeView) -> list[tuple[ReasonGroup, list[ExitReason]]]:
    """The reasons that scheme offers, grouped: those chosen for it, or all, but those closed since."""
    there = open_reasons(tx)
    return grouped([one for one in there if not scheme.exit_reasons or one.code in scheme.exit_reasons])


def _own(row: Row[Any]) -> ExitReason:
    draft = ReasonDraft(
        label=row.label,
        kind=ExitKind(row.kind),
        iae=IaeOutcome(row.iae) if row.iae else None,
        plie=PlieOutcome(row.plie) if row.plie else None,
        cej=CejOutcome(row.cej) if row.cej else None,
        fse=FseSituation(row.fse) if row.fse else None,
        asks_end=row.asks_end,
    )
    return own_reason(row.code, draft)


def _view(row: Row[Any]) -> SchemeView:
    requirements, questions, retired = _asked(row.requirements, row.questions)
    stages, past_stages = _stages(row.stages)
    return SchemeView(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=SchemeKind(row.kind),
        structure_id=row.structure_id,
        intensity=Intensity(row.intensity),
        planned_days=row.planned_days,
        is_short_activity=row.is_short_activity,
        asks_results=row.asks_results,
        requirements=requirements,
        questions=questions,
        is_open=row.is_open,
        retired=retired,
        stages=stages,
        past_stages=past_stages,
        exit_reasons=tuple(orjson.loads(row.exit_reasons)),
        evidence_until=row.evidence_until,
    )


@lru_cache(maxsize=256)  # the same few texts at every page
def _asked(needed: str, own: str) -> tuple[tuple[Requirement, ...], tuple[OwnQuestion, ...], tuple[OwnQuestion, ...]]:
    """What a scheme kept asks, and the questions it asks no more; an item that has left the dictionary is asked no
    more either."""
    requirements = [
        Requirement(key=one["key"], is_required=one["required"], why=one["why"])
        for one in orjson.loads(needed)
        if one["key"] in CATALOGUE
    ]
    kept = [
        (OwnQuestion(key=one["key"], label=one["label"], is_required=one["required"]), one.get("retired", False))
        for one in orjson.loads(own)
    ]
    asked = [question for question, is_retired in kept if not is_retired]
    return (*with_facts(requirements, asked), tuple(question for question, is_retired in kept if is_retired))


@lru_cache(maxsize=256)
def _stages(kept: str) -> tuple[tuple[Stage, ...], tuple[Stage, ...]]:
    """The stages of a scheme in order, and those it has no more."""
    read = [(Stage(key=one["key"], name=one["name"]), one.get("retired", False)) for one in orjson.loads(kept)]
    return tuple(one for one, is_past in read if not is_past), tuple(one for one, is_past in read if is_past)
