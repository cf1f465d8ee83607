"""Whoever enters somebody answers the relays that waited for her: one door is above both rooms."""

import ast
from collections.abc import Iterator
from pathlib import Path

from pathway.kernel.settings import ROOT

PROGRAM = sorted((ROOT / "pathway").rglob("*.py"))
BELOW = {"record_entry", "record_past_entry"}  # keep a step, and know nothing of relays
ABOVE = {"enter_scheme", "enter_past_scheme"}
ROOM = "pathway/casework/enrolments/"
DOOR = "pathway/casework/relays/actions.py"


def used(path: Path, names: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (one.name for one in node.names if one.name in names)
        if isinstance(node, ast.Attribute) and node.attr in names:
            yield node.attr


def where(names: set[str]) -> set[str]:
    found = (str(path.relative_to(ROOT)) for path in PROGRAM if any(used(path, names)))
    return {name for name in found if not name.startswith(ROOM)}


def test_one_door_only_enters_somebody_and_it_settles_relays() -> None:
    assert where(BELOW) == {DOOR}, "enter people by `enter_scheme` or `enter_past_scheme`: they answer her relays"
    tree = ast.parse((ROOT / DOOR).read_text())
    doors = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in ABOVE]
    calls = [{ast.unparse(call.func) for call in ast.walk(one) if isinstance(call, ast.Call)} for one in doors]
    assert len(doors) == len(ABOVE) and all("settle_entered" in one and one & BELOW for one in calls)


def test_screens_files_and_the_demonstration_enter_by_that_door() -> None:
    assert {"pathway/web/counsellor/entry.py", "pathway/casework/past_steps/actions.py"} <= where(ABOVE)
