"""Pairs of identities written for this: one person written two ways, two people whom a hurried eye takes for one.

The twelve scenarios are the ways names and dates go wrong. `held_out_people.csv` served no tuning of how names sound.
"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pathway.casework.records.names import Identity, Query


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two identities; `kind`: the scenario, or what makes two people look alike."""

    kind: str
    one: Identity
    other: Identity
    same_phone: bool


@cache
def pairs(name: str) -> tuple[Pair, ...]:
    """The pairs of one of the lists: `same_people`, `other_people` or `held_out_people`."""
    with Path(__file__).with_name(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_pair(row) for row in csv.DictReader(file))


def asked(identity: Identity) -> Query:
    """What somebody types who knows her under that name."""
    return Query(last_name=identity.last_name, first_name=identity.first_name, birth_date=identity.birth_date)


def recall(name: str, is_found: Callable[[Pair], bool]) -> dict[str, float]:
    """scenario → percentage of its pairs found; the whole list under « all »."""
    found: dict[str, list[bool]] = {"all": []}
    for pair in pairs(name):
        answer = is_found(pair)
        found["all"].append(answer)
        found.setdefault(pair.kind, []).append(answer)
    return {kind: 100 * sum(answers) / len(answers) for kind, answers in found.items()}


def told(figures: dict[str, float]) -> str:
    """Those figures on one line, for whoever reads a failed test."""
    return ", ".join(f"{kind} {value:.1f} %" for kind, value in figures.items())


def missed(name: str, is_found: Callable[[Pair], bool]) -> list[str]:
    """Who was not found."""
    return [f"{_said(pair.one)} / {_said(pair.other)}" for pair in pairs(name) if not is_found(pair)]


def everybody(lists: Iterable[str]) -> list[tuple[Identity, bool]]:
    """Both sides of every pair of those lists, in order, and whether the two give one phone."""
    return [(side, pair.same_phone) for name in lists for pair in pairs(name) for side in (pair.one, pair.other)]


def _pair(row: dict[str, str]) -> Pair:
    return Pair(
        kind=row.get("scenario") or row["kind"],
        one=_identity(row, ""),
        other=_identity(row, "other_"),
        same_phone=row.get("same_phone") == "yes",
    )


def _identity(row: dict[str, str], side: str) -> Identity:
    return Identity(
        last_name=row[f"{side}last_name"],
        first_name=row[f"{side}first_name"],
        birth_name=row[f"{side}birth_name"] or None,
        birth_date=date.fromisoformat(row[f"{side}born"]),
    )


def _said(who: Identity) -> str:
    return f"{who.first_name} {who.last_name} {who.birth_date}"
