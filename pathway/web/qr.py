"""Drawing a QR code as one path, so that a page holds it without a style, a script or an image of its own."""

from dataclasses import dataclass
from itertools import groupby

import segno

_QUIET = 4  # light modules that readers need around the code


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A QR code: its side in modules, the light margin included, and the `d` of the path of its dark modules."""

    side: int
    path: str


def drawn(text: str) -> Drawing:
    """The QR code of that text; a quarter of it may be hidden and it is still read."""
    rows = segno.make_qr(text, error="q").matrix
    path = "".join(_row(list(row), y) for y, row in enumerate(rows, start=_QUIET))
    return Drawing(side=len(rows) + 2 * _QUIET, path=path)


def _row(modules: list[int], y: int) -> str:
    """The dark runs of one row, each a rectangle one module high."""
    found, x = [], _QUIET
    for is_dark, run in groupby(modules):
        wide = len(list(run))
        if is_dark:
            found.append(f"M{x} {y}h{wide}v1h-{wide}z")
        x += wide
    return "".join(found)
