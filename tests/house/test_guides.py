"""The guides speak of the screens as they are: each word in bold is on one, each picture and link leads somewhere."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs" / "fr").glob("guide-*.md"))
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@cache
def written() -> str:
    """All that screens may say: templates and the French of the program, on one line."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "pathway").rglob("*.py")]
    return plain(" ".join(path.read_text() for path in files))


def plain(text: str) -> str:
    """One space between words, whatever the line or the French space."""
    return re.sub(r"\s+", " ", text)


def test_there_is_a_guide_for_each_of_those_who_use_it() -> None:
    assert [path.stem for path in GUIDES] == [
        f"guide-{who}" for who in ("conseiller", "exploitant", "personne", "responsable")
    ]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_word_in_bold_is_written_on_a_screen(guide: Path) -> None:
    words = {plain(found) for found in _BOLD.findall(guide.read_text())}
    assert len(words) >= 4
    assert {word for word in words if word not in written()} == set()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
def test_a_picture_or_a_link_leads_somewhere(guide: Path) -> None:
    leads = _LINK.findall(guide.read_text())
    assert leads
    assert [one for one in leads if not (guide.parent / one).exists()] == []
