"""Tables that leave as files: CSV as French spreadsheets open it, or XLSX; no cell of them is ever a formula."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from pathway.kernel.choice import Choice

Cell = str | int | date | None

_CSV_TYPE = "text/csv"
_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What makes a spreadsheet calculate instead of show; full-width, small and true minus signs too, which some turn into
# plain ones; after blanks, seen or not.
_UNSEEN = r"\s\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_CALCULATES = re.compile(rf"[{_UNSEEN}]*[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WIDEST = 40


class Format(Choice):
    """The files one may ask for."""

    XLSX = "xlsx", "Tableur (XLSX)"
    CSV = "csv", "Texte (CSV)"

    @property
    def media_type(self) -> str:
        """What it is called on the wire."""
        return _XLSX_TYPE if self is Format.XLSX else _CSV_TYPE


def sheet(form: Format, *, title: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """That table as a file. `title` names the sheet of an XLSX, 31 signs at most."""
    return _xlsx(title, head, rows) if form is Format.XLSX else _csv(head, rows)


def harmless(text: str) -> str:
    """That text so that no spreadsheet calculates it: an apostrophe before a sign that would start a formula."""
    plain = _UNWRITABLE.sub("", text)
    return f"'{plain}" if _CALCULATES.match(text) or _CALCULATES.match(plain) else plain


def _csv(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows([_in_text(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")  # without its mark, the usual spreadsheet reads é as Ã©


def _in_text(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return "" if cell is None else harmless(cell) if isinstance(cell, str) else str(cell)


def _xlsx(title: str, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    book = Workbook()
    page: Any = book.active  # the stubs allow it to be None, or a chart
    page.title = title
    page.freeze_panes = "A2"
    for number, row in enumerate([head, *rows], start=1):
        for place, value in enumerate(row, start=1):
            _fill(page.cell(row=number, column=place), value, is_head=number == 1)
    for place, name in enumerate(head):
        longest = max((len(_in_text(row[place])) for row in rows), default=0)
        page.column_dimensions[get_column_letter(place + 1)].width = min(max(len(name), longest) + 2, _WIDEST)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(cell: Any, value: Cell, *, is_head: bool) -> None:
    if isinstance(value, str) and value:
        cell.value = harmless(value)
        cell.data_type = "s"  # text, whatever it looks like
    elif value != "":
        cell.value = value
    if isinstance(value, date):
        cell.number_format = "DD/MM/YYYY"
    if is_head:
        cell.font = Font(bold=True)
