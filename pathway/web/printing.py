"""Papers made by typst from what a page gathered: tagged PDF/UA, no name in the file's properties, no system font."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import typst

from pathway.kernel.settings import ROOT
from pathway.web import qr

# A tagged PDF refuses a sign its fonts do not draw: one smiley in a note would keep her whole copy from her. These are
# drawn: Latin, Greek, Cyrillic, Vietnamese, Hebrew and Arabic letters, usual punctuation, currencies.
_UNDRAWN = re.compile(
    "[^\n\u0020-\u007e\u00a0-\u04ff\u05d0-\u05ea\u0621-\u063a\u0641-\u064a\u1e00-\u1eff"
    "\u2010-\u2027\u202f-\u2040\u20a0-\u20bf]"
)
_BOX = "\N{REPLACEMENT CHARACTER}"
# Marks that turn the direction of writing: unseen themselves, in a name they would turn the sentence around it.
_TURNS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def printed(template: str, data: Mapping[str, Any]) -> bytes:
    """That paper of `templates/print` as a PDF; a box stands for a sign that the fonts do not draw, and marks that turn
    the writing around are left out. Takes a tenth of a second: never inside a write."""
    straight = _each_text(data, lambda text: text.translate(_TURNS))
    try:
        return _compiled(template, straight)
    except typst.TypstError:
        pass
    except BaseException as panic:
        # Rare signs written from right to left, cut at the end of a line, break typst itself: no Exception says it.
        if type(panic).__name__ != "PanicException":
            raise
    return _compiled(template, _each_text(straight, lambda text: "".join(map(_sign, text))))


def _compiled(template: str, data: Any) -> bytes:
    made: bytes = typst.compile(
        ROOT / "templates" / "print" / template,
        root=ROOT / "templates" / "print",
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return made


def _each_text(data: Any, change: Callable[[str], str]) -> Any:
    if isinstance(data, Mapping):
        return {key: _each_text(one, change) for key, one in data.items()}
    if isinstance(data, list | tuple):
        return [_each_text(one, change) for one in data]
    return change(data) if isinstance(data, str) else data


def _sign(sign: str) -> str:
    return _BOX if _UNDRAWN.match(sign) or unicodedata.category(sign) == "Cn" else sign


def qr_drawing(text: str) -> str:
    """A QR code that holds that text alone, as an SVG drawing."""
    code = qr.drawn(text)
    box = f"0 0 {code.side} {code.side}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path d="{code.path}"/></svg>'
