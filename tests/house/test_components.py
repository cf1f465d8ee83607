"""Screens are made of components: each has its examples in the catalogue, and no screen keeps a style of its own."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from pathway.web.components.examples import EXAMPLES
from tools import vendor

TEMPLATES = vendor.ROOT / "templates"
FILES = sorted((TEMPLATES / "components").glob("*.html"))
SCREENS = [
    path
    for path in sorted(TEMPLATES.rglob("*.html"))
    if not {"components", "layouts", "mail", "print", "sms"} & set(path.relative_to(TEMPLATES).parts)
]
SHEETS = [vendor.CSS / "base.css", vendor.CSS / "print.css", *sorted((vendor.CSS / "components").glob("*.css"))]
MACRO = re.compile(r"\{%-? macro ([a-z]\w*)\(")
# What fields are framed with: every field of the catalogue draws them.
WITHIN = {"described_by", "optional_mark", "field_help", "field_errors"}


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/|\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def styled(path: Path) -> set[str]:
    """The classes a sheet gives a look to."""
    return set(re.findall(r"\.([a-z][\w-]*)", without_comments(path)))


def worn(path: Path) -> set[str]:
    """The classes a template writes; those it composes are left out."""
    found: set[str] = set()
    for value in re.findall(r'\sclass="([^"]*)"', without_comments(path)):
        words = re.sub(r"\S*\{[{%].*?[}%]\}\S*", " ", value).split()
        found |= {word for word in words if re.fullmatch(r"[a-z][\w-]*", word)}
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_every_component_has_an_example_in_the_catalogue(file: Path) -> None:
    macros = set(MACRO.findall(file.read_text(encoding="utf-8"))) - WITHIN
    shown = {one.macro for one in EXAMPLES if one.component == file.stem}
    assert macros, "a component is a macro"
    assert macros - shown == set(), "give it an example in pathway/web/components, one for each of its states"


def test_an_example_shows_the_component_it_names() -> None:
    assert [one for one in EXAMPLES if not re.search(rf"\b{one.macro}\(", one.source)] == []
    assert {one.component for one in EXAMPLES} == {file.stem for file in FILES}
    said = [(one.component, one.state) for one in EXAMPLES]
    assert len(set(said)) == len(said), "two states of one component have two names"


def test_what_may_be_refused_shows_its_refusal() -> None:
    asking = {file.stem for file in FILES if "field_errors" in file.read_text() or "field_frame(" in file.read_text()}
    refused = {one.component for one in EXAMPLES if "wrong." in one.source or "refused(" in one.source}
    assert asking - {"field_frame", "choice_group"} - refused == set()  # these two are drawn inside the others


@pytest.mark.parametrize("screen", SCREENS, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_a_screen_wears_only_classes_of_the_shared_sheets(screen: Path) -> None:
    known = set().union(*map(styled, SHEETS), styled(vendor.ROOT / vendor.COMPILED))
    assert worn(screen) - known == set(), "no shared sheet gives these a look: use a component, or drop the class"


def test_no_sheet_is_kept_for_one_screen() -> None:
    wearers: dict[str, set[str]] = defaultdict(set)
    for path in TEMPLATES.rglob("*.html"):
        for word in re.findall(r"[a-z][\w-]*", without_comments(path)):
            wearers[word].add(path.stem)
    screens = {path.stem.replace("_", "-"): path.stem for path in SCREENS}
    alone = {
        f".{word} of {sheet.name}"
        for sheet in SHEETS
        for word in styled(sheet)
        for name, stem in screens.items()
        if (word == name or word.startswith(f"{name}-")) and wearers[word] == {stem}
    }
    assert alone == set(), "named after one screen: name what it is, so that another screen may use it"
    assert [path.name for path in vendor.CSS.iterdir() if path.is_dir()] == ["components"]
