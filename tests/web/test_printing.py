"""A paper is made whatever was written in a record."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from pathway.web import printing
from pathway.web.printing import printed


def paper(text: str) -> bytes:
    columns = {"names": ["Jour", "Note"], "shares": [0, 1]}
    chapters = [{"title": "Contacts", "columns": columns, "rows": [[text], [text, text]]}]
    told: dict[str, object] = {"name": text, "born": "1", "cards": "1", "made": "1", "territory": "valmer"}
    told |= {"chapters": chapters, "empty": [text]}
    return printed("record.typ", told)


SIGNS = ("Merci 😀", "日本語", "\x07", "\x00", "\ufeff", "\uffff", "\u2041", "#emph[x] $x$ \\ @a <b>")


@pytest.mark.parametrize("text", SIGNS)
def test_no_sign_keeps_a_paper_from_being_made(text: str) -> None:
    assert paper(text).startswith(b"%PDF")


def test_no_sign_that_is_kept_is_one_the_fonts_lack() -> None:
    assert paper("".join(chr(code) for code in range(0x3000))).startswith(b"%PDF")


@settings(max_examples=20, deadline=None)
@given(some.text(max_size=30))
def test_whatever_was_typed_is_printed(text: str) -> None:
    assert paper(text).startswith(b"%PDF")


TURNED = "Ali\u202e ceci est à l’envers\u2066 \u200f\u061c fin"


def test_no_mark_turns_a_paper_around(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def compiled(_template: str, data: Any) -> bytes:
        told.append(data["a"][0]["b"])
        return b"%PDF"

    monkeypatch.setattr(printing, "_compiled", compiled)
    assert printed("record.typ", {"a": [{"b": TURNED}], "n": 3}) == b"%PDF"
    assert told == ["Ali ceci est à l’envers  fin"]
