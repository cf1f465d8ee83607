"""The house keeps its own rules: sizes, docstrings, clocks, words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = sorted(path for path in (ROOT / "pathway").rglob("*.py") if "migrations" not in path.parts)
BELOW_DOORS = [path for path in PROGRAM if path.relative_to(ROOT / "pathway").parts[0] not in ("web", "cli", "demo")]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            yield node


def length(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", PROGRAM, ids=name_of)
def test_a_module_says_why_it_exists_and_stays_readable(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), f"{name_of(path)}: say in one sentence why this module exists"
    assert text.count("\n") <= 400, f"{name_of(path)}: over 400 lines, split it on purpose"


def test_no_function_is_longer_than_fifty_lines() -> None:
    long = [f"{name_of(p)}:{node.name} ({length(node)})" for p in PROGRAM for node in functions(p) if length(node) > 50]
    assert not long, f"cut these: {long}"


def test_most_functions_are_short() -> None:
    sizes = sorted(length(node) for path in PROGRAM for node in functions(path))
    assert sizes[len(sizes) // 2] <= 12
    assert sizes[int(len(sizes) * 0.95)] <= 30


def test_a_test_fits_in_a_glance() -> None:
    long = [
        f"{name_of(path)}:{node.name} ({length(node)})"
        for path in TESTS
        for node in functions(path)
        if node.name.startswith("test_") and length(node) > 40
    ]
    assert not long, f"a test is a promise, not a chapter: {long}"


@pytest.mark.parametrize("path", BELOW_DOORS, ids=name_of)
def test_what_is_public_below_the_doors_is_explained(path: Path) -> None:
    tree = ast.parse(path.read_text())
    public = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    mute = [
        node.name
        for node in tree.body
        if isinstance(node, public) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not mute, f"{name_of(path)}: {mute} say nothing of what they give"


def test_only_the_clock_asks_the_machine_what_time_it_is() -> None:
    asked = re.compile(r"\b(?:date\.today|datetime\.(?:now|today|utcnow)|time\.time)\(")
    where = [name_of(p) for p in PROGRAM if p.name != "clock.py" and asked.search(p.read_text())]
    assert not where, f"take the instant from a Clock: {where}"


def test_no_drawer_for_everything() -> None:
    drawers = {"utils", "helpers", "services", "common", "misc"}
    assert not [name_of(path) for path in PROGRAM if path.stem in drawers or path.parent.name in drawers]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_stays_readable(path: Path) -> None:
    assert path.read_text().count("\n") <= 150


def test_every_template_is_rendered_extended_or_imported() -> None:
    code = "".join(path.read_text() for path in [*PROGRAM, *TEMPLATES])
    idle = [name_of(p) for p in TEMPLATES if str(p.relative_to(ROOT / "templates")) not in code]
    assert not idle, f"nobody uses {idle}"


def test_every_setting_is_documented() -> None:
    names = set(re.findall(r'validation_alias="([A-Z_]+)"', (ROOT / "pathway/kernel/settings.py").read_text()))
    told = (ROOT / "docs/operations.md").read_text()
    assert names
    assert not [name for name in names if f"`{name}`" not in told]


def test_every_room_is_drawn_in_the_architecture() -> None:
    rooms = [path.name for path in (ROOT / "pathway/casework").iterdir() if (path / "__init__.py").exists()]
    drawn = (ROOT / "docs/architecture.md").read_text()
    assert not [room for room in rooms if f"| {room} |" not in drawn]


def test_decisions_say_context_decision_and_consequences() -> None:
    for path in sorted((ROOT / "docs/decisions").glob("*.md")):
        text = path.read_text()
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Consequences")), path.name


def test_the_glossary_speaks_of_words_the_program_uses() -> None:
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \| [^|]+ \|$", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)[2:]
    code = "".join(path.read_text().lower() for path in PROGRAM)
    words = [word.strip() for row in rows for word in row.split(",")]
    assert len(words) > 30
    assert not [word for word in words if word.replace(" ", "_") not in code and word not in code]
