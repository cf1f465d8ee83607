"""Answers that disagree, side by side on a screen: who said what, how and when."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pathway.casework.records.catalogue import Item, is_as_typed, shown
from pathway.casework.records.facts import Claim, claim_id, claims_of
from pathway.casework.records.rules import Fact, Provenance, last_confirmed
from pathway.web.jinja import french


@dataclass(frozen=True, kw_only=True)
class Version:
    """One of the answers to an item; `id` names it on a form. `is_as_typed`: in somebody's own words."""

    id: str
    value: Any
    shown: str
    origin: str
    on: date
    is_as_typed: bool


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the answers, as the screen shows it."""

    id: str
    value: str
    origin: str
    on: date
    chosen: bool


def versions(item: Item, fact: Fact | None, told: Callable[[Provenance], str]) -> tuple[Version, ...]:
    """Every answer to that item, the one that stands first; `told` says an origin in the reader’s words."""
    return versions_of(item, claims_of(fact) if fact else (), lambda one: told(one.provenance))


def versions_of(item: Item, claims: Sequence[Claim], told: Callable[[Claim], str]) -> tuple[Version, ...]:
    """Those answers to that item, in their order; `told` says where one comes from in the reader’s words."""
    return tuple(
        Version(
            id=claim_id(one),
            value=one.value,
            shown=shown(item, one.value),
            origin=told(one),
            on=last_confirmed(one.provenance),
            is_as_typed=is_as_typed(item),
        )
        for one in claims
    )


def chosen_among(these: Sequence[Version], choice: object) -> Version | None:
    """The answer of that id, or None."""
    return next((one for one in these if one.id == choice), None)


def sides_of(these: Sequence[Version], choice: object) -> list[Side]:
    """The answers as the screen shows them, the one chosen marked."""
    return [
        Side(
            id=one.id,
            value=french(one.shown) if one.is_as_typed else one.shown,
            origin=one.origin,
            on=one.on,
            chosen=one.id == choice,
        )
        for one in these
    ]
