"""The assets keep their own rules: locked, light, layered, without colours astray or anything a strict CSP refuses."""

import gzip
import re
from pathlib import Path

import pytest

from tools import vendor

STATIC = vendor.ROOT / "static"
TEMPLATES = vendor.ROOT / "templates"
SHEETS = sorted(vendor.CSS.rglob("*.css"))
SERVED = [vendor.BUNDLE, *SHEETS]
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if not {"mail", "print"} & set(path.parts))

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab|color)\(|:\s*(?:white|black|red|green|blue|grey|gray)\b"
)
OUTSIDE = re.compile(r"data:|https?://|url\(\s*[\"']?//|@import", re.IGNORECASE)
PHYSICAL = re.compile(
    r"\b(?:margin|padding|border)-(?:left|right)\b|text-align:\s*(?:left|right)|(?<![\w-])(?:left|right):"
)
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\bsrc=)|\bdata:", re.IGNORECASE
)
KILOBYTE = 1000


def name(path: Path) -> str:
    return path.relative_to(vendor.ROOT).as_posix()


def without_comments(path: Path) -> str:
    css = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return css.lower()


def test_vendored_files_are_exactly_those_locked() -> None:
    assert vendor.differences() == []


def test_every_locked_package_says_its_licence_and_integrity() -> None:
    packages = vendor.read_lock()["packages"]
    assert set(packages) == {package.name for package in vendor.PACKAGES}
    for package in vendor.PACKAGES:
        entry = packages[package.name]
        assert isinstance(entry, dict)
        assert (entry["version"], entry["licence"]) == (package.version, package.licence)
        assert entry["integrity"].startswith("sha512-")


def test_a_changed_file_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / vendor.COMPILED
    copy.parent.mkdir(parents=True)
    copy.write_bytes((vendor.ROOT / vendor.COMPILED).read_bytes() + b" ")
    monkeypatch.setattr(vendor, "ROOT", tmp_path)
    assert f"{vendor.COMPILED} was changed since it was vendored" in vendor.differences()


def test_the_bundle_is_what_the_sheets_give() -> None:
    mend = "the styles changed: run `python tools/vendor.py bundle`"
    assert vendor.BUNDLE.read_text(encoding="utf-8") == vendor.joined(), mend


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_a_colour_is_written_in_the_tokens_only(sheet: Path) -> None:
    found = COLOUR.findall(without_comments(sheet))
    assert sheet.name == "tokens.css" or not found, f"name these colours in tokens.css: {found}"


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_a_sheet_lives_in_a_layer_and_shouts_nothing(sheet: Path) -> None:
    css = without_comments(sheet)
    assert css.strip().startswith("@layer "), "open the sheet with its @layer"
    assert "!important" not in css, "raise the layer, not the voice"


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_a_sheet_reads_in_both_directions(sheet: Path) -> None:
    assert PHYSICAL.findall(without_comments(sheet)) == [], "say start and end, not left and right"


@pytest.mark.parametrize("sheet", SERVED, ids=name)
def test_a_sheet_asks_nothing_from_outside(sheet: Path) -> None:
    assert OUTSIDE.findall(without_comments(sheet)) == []


@pytest.mark.parametrize("sheet", [vendor.BUNDLE], ids=name)
def test_every_file_a_sheet_asks_for_exists(sheet: Path) -> None:
    asked = re.findall(r"url\(\s*[\"']?([^\"')]+)", without_comments(sheet))
    assert asked and [path for path in asked if not (sheet.parent / path).is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_template_holds_no_inline_style_or_script(page: Path) -> None:
    markup = re.sub(r"\{#.*?#\}", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert INLINE.findall(markup) == [], "the content policy would refuse it: use a class, a file or an attribute"


def test_every_script_and_sheet_served_is_used() -> None:
    markup = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    scripts = [path for path in STATIC.rglob("*.js") if path.relative_to(STATIC).as_posix() not in markup]
    assert scripts == [] and "bundle.css" in markup
    loose = [name(path) for path in STATIC.rglob("*.css") if path not in SERVED and name(path) != vendor.COMPILED]
    assert loose == [], "only sheets of static/css join the bundle"


def test_every_icon_named_by_a_template_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    markup = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    named = set(re.findall(r'\bicon\("([a-z-]+)"\)|icon_name="([a-z-]+)"', markup))
    assert {first or second for first, second in named} <= drawn


def test_the_first_load_leaves_room_for_the_page() -> None:
    font = STATIC / f"vendor/{vendor.FONT}-latin.woff2"
    files = [vendor.BUNDLE, font, STATIC / "icons.svg", STATIC / "favicon.svg", STATIC / "js/page.js"]
    assert sum(map(carried, files)) <= 60 * KILOBYTE, "with a page of 15 kB the first visit stays far under 100 kB"


def carried(path: Path) -> int:
    """Bytes that travel: text goes compressed, a font is compressed already."""
    return path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes()))
