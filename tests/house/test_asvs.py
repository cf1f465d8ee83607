"""docs/asvs.md tells the truth: what it names exists, what it calls done is tested, and what it forbids is nowhere."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from pathway.kernel.settings import ROOT

STATES = ("done", "partly", "deployment", "to come", "does not apply")
EXPLAINED = ("partly", "deployment", "does not apply")
ID = re.compile(r"\d+\.\d+\.\d+★?")
NAMED = re.compile(r"`([^`]+)`")
CODE = sorted((ROOT / "pathway").rglob("*.py"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
# What makes code, a command or an object from text.
RUNS_TEXT = {"eval", "exec", "__import__", "os.system", "os.popen", "pickle", "marshal", "shelve", "yaml"}
IN_A_PAGE = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|localStorage|sessionStorage|indexedDB|document\.cookie"
    r"|postMessage|\beval\(|new Function"
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One requirement as the page tells it."""

    id: str
    places: tuple[str, ...]
    tests: tuple[str, ...]
    state: str


def rows() -> list[Row]:
    found = []
    for line in (ROOT / "docs/asvs.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if ID.fullmatch(cells[0]):
            assert len(cells) == 5, f"five columns in {line}"
            places, tests = (tuple(NAMED.findall(cell)) for cell in cells[2:4])
            found.append(Row(id=cells[0], places=places, tests=tests, state=cells[4]))
    return found


@cache
def names_in(path: Path) -> frozenset[str]:
    """The functions, classes and constants a module makes at its first level."""
    named: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            named.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named |= {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
    return frozenset(named)


def exists(reference: str) -> bool:
    path, _, name = reference.partition("::")
    file = ROOT / path
    return file.is_file() and (not name or name in names_in(file))


def called(path: Path) -> Iterator[str]:
    """What a module calls or imports, as written: `eval`, `os.system`, `pickle`, « shell= »."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
            yield from ("shell=" for one in node.keywords if one.arg == "shell")
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.name for alias in node.names)
            yield getattr(node, "module", "") or ""


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_what_a_requirement_names_exists(row: Row) -> None:
    missing = [one for one in (*row.places, *row.tests) if not exists(one)]
    assert not missing, f"{row.id} names {missing}"
    assert all(one.startswith("tests/") and "::test_" in one for one in row.tests), row.tests


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_a_state_is_one_of_ours_and_is_earned(row: Row) -> None:
    state = next((one for one in STATES if row.state == one or row.state.startswith(f"{one} (")), "")
    assert state, f"{row.id}: « {row.state} » is no state"
    assert state not in EXPLAINED or "(" in row.state, f"{row.id}: say what is missing, to be done, or why"
    if state == "done":
        is_written = all(one.startswith("docs/") for one in row.places)
        assert row.places and (row.tests or is_written), f"{row.id}: done, but where, and what fails if it stops?"


def test_requirements_come_once_and_in_order() -> None:
    numbers = [tuple(map(int, row.id.rstrip("★").split("."))) for row in rows()]
    assert len(numbers) > 150 and numbers == sorted(set(numbers))


def test_the_program_runs_no_text_as_code_or_command() -> None:
    found = [(path.name, one) for path in CODE for one in called(path) if one in RUNS_TEXT or one == "shell="]
    assert not found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_write_no_html_and_keep_nothing(script: Path) -> None:
    assert not IN_A_PAGE.findall(script.read_text())


def test_a_name_that_is_not_there_would_be_seen() -> None:
    assert exists("pathway/web/gate.py::allow") and exists("docs/asvs.md")
    assert not exists("pathway/web/gate.py::allows") and not exists("pathway/web/gates.py")
