"""Papers made by typst from what a page gathered: tagged PDF/UA, no name in the file's properties, no system font."""

import json
from collections.abc import Mapping
from typing import Any

import typst

from pathway.kernel.settings import ROOT
from pathway.web.qr import drawn


def printed(template: str, data: Mapping[str, Any]) -> bytes:
    """That paper of `templates/print` as a PDF. Takes a tenth of a second: never inside a write."""
    made: bytes = typst.compile(
        ROOT / "templates" / "print" / template,
        root=ROOT / "templates" / "print",
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return made


def qr_drawing(text: str) -> str:
    """A QR code that holds that text alone, as an SVG drawing."""
    code = drawn(text)
    box = f"0 0 {code.side} {code.side}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><path d="{code.path}"/></svg>'
