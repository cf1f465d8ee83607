"""Read-only lists shipped with the product: jobs, communes, levels, themes, passwords. Sources: SOURCES.md."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Commune:
    """A commune of one of the four territories; `code` is INSEE's."""

    code: str
    name: str
    postcodes: tuple[str, ...]
    territory: str


@dataclass(frozen=True, kw_only=True)
class Level:
    """An education level, lowest first; `source_code` is France Travail's (NV1 to NV5, AFS, CP4, CFG, C3A, C12).

    `framework`: its numbers in the French framework of qualifications (3 to 8); none below level 3.
    """

    code: str
    label: str
    source_code: str
    framework: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A line of France Travail's diagnosis; `kind` is constraint or situation, and codes are unique within it."""

    kind: str
    code: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A theme of the data·inclusion schema, inside its category."""

    code: str
    label: str
    category: str


@cache
def rome_jobs() -> Mapping[str, str]:
    """Label of each job of ROME 4.0, by code, in the order of codes."""
    return MappingProxyType({row["code"]: row["label"] for row in _rows("rome")})


def rome_label(code: str) -> str | None:
    """The label of a ROME code written in capitals (« N1104 »), or None when there is no such job."""
    return rome_jobs().get(code)


@cache
def levels() -> tuple[Level, ...]:
    """The education levels, lowest first."""
    return tuple(_level(row) for row in _rows("levels"))


@cache
def communes() -> tuple[Commune, ...]:
    """The communes of the four territories, in the order of their codes."""
    return tuple(_commune(row) for row in _rows("communes"))


def commune_names(postcode: str) -> tuple[str, ...]:
    """Names of the communes that use that postcode; empty outside the four territories."""
    return _names_by_postcode().get(postcode, ())


@cache
def theme_categories() -> Mapping[str, str]:
    """Label of each category of themes, by code."""
    return MappingProxyType({row["code"]: row["label"] for row in _rows("theme_categories")})


@cache
def themes() -> tuple[Theme, ...]:
    """The themes, in the order of their codes."""
    return tuple(Theme(**row) for row in _rows("themes"))


@cache
def findings() -> tuple[Finding, ...]:
    """The lines of France Travail's diagnosis that the dictionary corresponds to."""
    return tuple(Finding(**row) for row in _rows("diagnosis"))


@cache
def common_passwords() -> frozenset[str]:
    """The commonest passwords of the world, as they are in leaks, and under their first and last digits."""
    return frozenset(row["password"] for row in _rows("passwords"))


@cache
def _names_by_postcode() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for commune in communes():
        for postcode in commune.postcodes:
            found[postcode] = (*found.get(postcode, ()), commune.name)
    return found


def _commune(row: dict[str, str]) -> Commune:
    postcodes = tuple(row["postcodes"].split())
    return Commune(code=row["code"], name=row["name"], postcodes=postcodes, territory=row["territory"])


def _level(row: dict[str, str]) -> Level:
    framework = tuple(row["framework"].split())
    return Level(code=row["code"], label=row["label"], source_code=row["source_code"], framework=framework)


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
