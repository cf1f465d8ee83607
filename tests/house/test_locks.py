"""The locks: complete, hashed, agreeing with each other and with pyproject.toml."""

import re
import tomllib
from collections import defaultdict
from itertools import pairwise

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pathway.kernel.settings import ROOT

RUNTIME, DEV, POSTGRES = "requirements.lock", "requirements-dev.lock", "requirements-postgres.lock"
MEASURES = "requirements-measures.lock"
LOCKS = (RUNTIME, DEV, POSTGRES, MEASURES)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def _entries(lock: str) -> list[str]:
    """One string a locked library, its hashes with it."""
    text = (ROOT / lock).read_text()
    starts = [match.start() for match in re.finditer(r"^\S", text, re.MULTILINE)]
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _versions(lock: str) -> dict[str, set[str]]:
    """The versions locked for each library: several when they differ from one system or Python to another."""
    versions: dict[str, set[str]] = defaultdict(set)
    for entry in _entries(lock):
        locked = Requirement(entry.split(" \\\n")[0])
        versions[canonicalize_name(locked.name)].add(str(locked.specifier).removeprefix("=="))
    return versions


def _unmet(wanted: list[str], lock: str) -> list[str]:
    versions = _versions(lock)
    needs = [Requirement(line) for line in wanted]
    locked = {str(need): versions.get(canonicalize_name(need.name), set()) for need in needs}
    return [str(need) for need in needs if not any(map(need.specifier.contains, locked[str(need)]))]


@pytest.mark.parametrize(
    ("wanted", "lock"),
    [
        (PROJECT["dependencies"], RUNTIME),
        (PROJECT["dependencies"] + EXTRAS["dev"], DEV),
        (EXTRAS["postgres"], POSTGRES),
        (EXTRAS["measures"], MEASURES),
    ],
)
def test_a_lock_satisfies_what_the_project_asks_for(wanted: list[str], lock: str) -> None:
    assert _unmet(wanted, lock) == []


def test_the_product_is_tested_on_the_versions_it_runs_on() -> None:
    runtime, dev = _versions(RUNTIME), _versions(DEV)
    assert {name: dev.get(name) for name in runtime} == runtime


def test_what_measures_is_installed_beside_the_makers_tools_at_their_versions() -> None:
    dev, measures = _versions(DEV), _versions(MEASURES)
    assert {name: dev[name] for name in measures if name in dev} == {n: measures[n] for n in measures if n in dev}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_library_is_pinned_and_hashed(lock: str) -> None:
    loose = [entry for entry in _entries(lock) if not re.match(r"[\w.\[\],-]+==\S+ .*--hash=sha256:", entry, re.DOTALL)]
    assert _entries(lock)
    assert loose == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_registry(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text()
    assert not re.search(r"--(extra-)?index-url|--find-links", (ROOT / lock).read_text())
