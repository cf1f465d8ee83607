"""Reading schemes: those the actor's structure may enter people in, or one by id."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, or_, select

from pathway.casework.agreements.queries import bases_of
from pathway.casework.agreements.rules import Purpose
from pathway.casework.records.catalogue import CATALOGUE, Section, item
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.rules import Intensity, OwnQuestion, SchemeKind, with_facts
from pathway.casework.schemes.tables import Scheme
from pathway.kernel.errors import NotFound
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_scheme = table_of(Scheme)

_BY_ID = select(_scheme).where(_scheme.c.id.in_(bindparam("scheme_ids", expanding=True)))


@dataclass(frozen=True, kw_only=True)
class SchemeView:
    """A scheme with what it asks. `planned_days` is None when it has no planned length; `asks_results`: questions on
    results follow each exit (FSE+)."""

    id: str
    code: str
    name: str
    kind: SchemeKind
    structure_id: str | None
    intensity: Intensity
    planned_days: int | None
    is_short_activity: bool
    asks_results: bool
    requirements: tuple[Requirement, ...]
    questions: tuple[OwnQuestion, ...]


def open_schemes(tx: Transaction) -> list[SchemeView]:
    """Schemes of the actor's structure and those common to the territory, by name."""
    own = or_(_scheme.c.structure_id == tx.actor.structure_id, _scheme.c.structure_id.is_(None))
    query = select(_scheme).where(_scheme.c.is_open, own).order_by(_scheme.c.name)
    return [_view(row) for row in tx.execute(query)]


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


def _view(row: Row[Any]) -> SchemeView:
    requirements, questions = _asked(row.requirements, row.questions)
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
    )


@lru_cache(maxsize=256)  # the same few texts at every page
def _asked(needed: str, own: str) -> tuple[tuple[Requirement, ...], tuple[OwnQuestion, ...]]:
    """What a scheme kept asks; an item that has left the dictionary is asked no more."""
    requirements = [
        Requirement(key=one["key"], is_required=one["required"], why=one["why"])
        for one in orjson.loads(needed)
        if one["key"] in CATALOGUE
    ]
    questions = [
        OwnQuestion(key=one["key"], label=one["label"], is_required=one["required"]) for one in orjson.loads(own)
    ]
    return with_facts(requirements, questions)
