"""Opening a file of rows whatever wrote it, and reading it row by row: memory does not grow with a CSV file."""

import codecs
import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from io import BytesIO, TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Protocol, TextIO

from pathway.casework.intake.rules import (
    HEADER_LINE,
    SEPARATORS,
    ColumnMap,
    RawRow,
    ReadPerson,
    Refusal,
    Remark,
    column_remarks,
    map_columns,
    read_person,
)
from pathway.casework.intake.workbook import Lines, is_workbook, sheets_of
from pathway.kernel.errors import Invalid
from pathway.kernel.wording import listed

LARGEST_FILE = 100 * 1024 * 1024
MOST_COLUMNS = 200
LONGEST_TITLE = 200
# A row may span lines inside quotes; beyond these a quote was never closed.
_LONGEST_ROW = 1_000_000
_MOST_LINES = 500
_CHUNK = 1 << 16
_MOST_ABOVE = 10  # filled rows, the titles among them: a spreadsheet is often named above its titles
_FEWEST_TITLES = 3  # nobody is known by less than a first name, a surname and a date of birth
_IMAGE = "C’est une image. Donnez le tableau d’origine, au format CSV, XLSX ou ODS."
_KINDS = (
    (b"\xff\xd8\xff", _IMAGE),
    (b"\x89PNG", _IMAGE),
    (b"%PDF", "C’est un fichier PDF. Donnez le tableau d’origine, au format CSV, XLSX ou ODS."),
    (b"<?xml", "C’est un fichier XML. Donnez un tableau au format CSV, XLSX ou ODS."),
)
_SEP_LINE = re.compile(r"\"?sep=(.)\"?\s*", re.IGNORECASE)  # what spreadsheets write for themselves, above the titles
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_EMPTY = "Ce fichier est vide. Donnez un tableau avec une ligne par personne."
_BAD_QUOTES = (
    "Les guillemets de cette ligne ne se ferment pas, ou la ligne est trop longue. "
    "Vérifiez-la : elle n’a pas été lue, les suivantes l’ont été."
)


class Mapper(Protocol):
    """Tells what each header of a file is; `Invalid` when they do not do."""

    def __call__(self, headers: Sequence[str], *, separator: str) -> ColumnMap:
        """What the columns are."""


Given = Path | bytes
Records = Iterator[tuple[int, list[str] | None]]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of a file: its titles, and how to read it again from the start (titles first).

    `name` is empty for a CSV file, which has one table; `separator` and `charset` are empty for a workbook. `below`:
    the line of the titles; what stands above them is not read.
    """

    name: str
    titles: tuple[str, ...]
    records: Callable[[], Records]
    below: int = HEADER_LINE
    separator: str = ""
    charset: str = ""

    def lines(self) -> Records:
        """The line on which each row that is not blank begins, and its cells; None when its quotes never close. The
        titles are left out."""
        records = ((line, cells) for line, cells in self.records() if line > self.below)
        return ((line, cells) for line, cells in records if cells is None or _is_filled(cells))


class Rows:
    """The rows of a table, read again from the start each time they are walked through.

    `columns` tells what each column is; `remarks` gives what concerns whole columns once the rows were walked through.
    """

    def __init__(self, sheet: Sheet, mapped: Mapper) -> None:
        """Keep how to read; `Invalid` when the columns do not do."""
        self.separator = sheet.separator
        self.charset = sheet.charset
        self.headers = sheet.titles
        self.columns: ColumnMap = mapped(self.headers, separator=self.separator)
        self._lines = sheet.lines
        self._filled: set[str] = set()

    def __iter__(self) -> Iterator[RawRow | Refusal]:
        """Each row that is not blank; a row whose quotes never close is refused, those that follow are read."""
        for line, cells in self._lines():
            yield bad_quotes(line) if cells is None else self._row(line, cells)

    def people(self, *, today: date) -> Iterator[ReadPerson | Refusal]:
        """Each row as a person or a refusal, in the order of the file."""
        for row in self:
            yield row if isinstance(row, Refusal) else read_person(row, self.columns, today=today)

    def remarks(self) -> tuple[Remark, ...]:
        """What concerns whole columns, for the rows walked through so far."""
        return column_remarks(self.columns, frozenset(self._filled))

    def _row(self, line: int, cells: list[str]) -> RawRow:
        row = raw_row(line, self.headers, cells)
        self._filled.update(header for header in self.columns.ignored if row.cells.get(header, "").strip())
        return row


def raw_row(line: int, headers: Sequence[str], cells: Sequence[str]) -> RawRow:
    """That row by header, and whether it has more cells than there are headers."""
    beyond = cells[len(headers) :]
    return RawRow(line=line, cells=dict(zip(headers, cells, strict=False)), is_overflowing=_is_filled(beyond))


def bad_quotes(line: int) -> Refusal:
    """The refusal of a row whose quotes never close."""
    return Refusal(line=line, column="", reason=_BAD_QUOTES)


def open_rows(path: Path, *, mapped: Mapper = map_columns, sheet: str = "") -> Rows:
    """The rows of a CSV file (UTF-8, UTF-16 or Windows-1252; columns separated by ; , tabulation or |) or of a sheet of
    a workbook; `sheet` says which one when several hold something.

    `Invalid` says in French what is wrong with the file and how to mend it: missing, empty, not a table, over 100 MB,
    without the needed columns, with a column twice, without any row. `mapped` tells what the columns are.
    """
    return Rows(_chosen(open_sheets(path), sheet), mapped)


def open_sheets(given: Given) -> list[Sheet]:
    """The tables of a file, by its path or its content: one for CSV, one for each sheet of a workbook that holds rows.

    `Invalid` as `open_rows`.
    """
    head = _head(given)
    sheets = _workbook_sheets(given) if is_workbook(head) else [_text_sheet(given, head)]
    filled = [one for one in sheets if next(one.lines(), None) is not None]
    if not any(one.titles for one in sheets):
        raise Invalid(_EMPTY, field="file")
    if not filled:
        raise Invalid("Ce fichier n’a que des titres de colonnes. Ajoutez une ligne par personne.", field="file")
    return filled


def _chosen(sheets: list[Sheet], name: str) -> Sheet:
    named = [one for one in sheets if one.name == name] if name else sheets
    if len(named) == 1:
        return named[0]
    known = listed([f"« {one.name} »" for one in sheets])
    if not name:
        raise Invalid(f"Ce classeur a plusieurs feuilles : {known}. Dites laquelle avec « --sheet ».", field="sheet")
    if not sheets[0].name:
        raise Invalid("Ce fichier n’est pas un classeur : il n’a pas de feuilles.", field="sheet")
    raise Invalid(f"Ce classeur n’a pas de feuille de ce nom. Ses feuilles : {known}.", field="sheet")


def _workbook_sheets(given: Given) -> list[Sheet]:
    content = given if isinstance(given, bytes) else given.read_bytes()
    found = [(name, rows, *_titles_row(iter(rows))) for name, rows in sheets_of(content)]
    return [
        Sheet(name=_title(name), titles=_titles(cells), records=partial(_kept, rows), below=line)
        for name, rows, line, cells in found
    ]


def _kept(rows: Lines) -> Records:
    yield from rows


def _text_sheet(given: Given, head: bytes) -> Sheet:
    charset = _charset(given, head)
    said = _said_separator(given, charset)
    separator = said or max(SEPARATORS, key=lambda sign: len(_header(given, charset, sign)[1]))
    line, cells = _header(given, charset, separator)
    return Sheet(
        name="",
        titles=_titles(cells),
        records=lambda: _file_records(given, charset, separator),
        below=line,
        separator=separator if len(cells) > 1 else "",
        charset=charset,
    )


def _titles(cells: list[str]) -> tuple[str, ...]:
    cells = _without_end(cells)
    if len(cells) > MOST_COLUMNS:
        raise Invalid(f"Ce fichier a plus de {MOST_COLUMNS} colonnes. Gardez celles qui sont utiles.", field="file")
    return tuple(_title(cell) or f"colonne {number}" for number, cell in enumerate(cells, 1))


def _title(cell: str) -> str:
    """A title on one line. It is repeated in remarks, which a terminal shows: no control signs, no whole page."""
    if len(cell) > LONGEST_TITLE:
        raise Invalid(f"Un titre de colonne dépasse {LONGEST_TITLE} caractères. Donnez-lui un nom court.", field="file")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in cell).split())


def _head(given: Given) -> bytes:
    """The first bytes, once the file is known to be one that may be read."""
    try:
        if isinstance(given, Path):
            _check_there(given)
        with _binary(given) as file:
            head = file.read(_CHUNK)
    except OSError:
        raise Invalid("Ce fichier ne s’ouvre pas. Vérifiez que vous avez le droit de le lire.", field="file") from None
    _refuse_kind(head)
    return head


def _check_there(path: Path) -> None:
    if not path.exists():
        raise Invalid("Ce fichier n’existe pas. Vérifiez son nom et son dossier.", field="file")
    if not path.is_file():
        raise Invalid("Ce n’est pas un fichier. Donnez un fichier, pas un dossier.", field="file")
    if path.stat().st_size > LARGEST_FILE:
        raise Invalid("Ce fichier dépasse 100 Mo. Partagez-le en plusieurs fichiers.", field="file")


def _binary(given: Given) -> BinaryIO:
    return BytesIO(given) if isinstance(given, bytes) else given.open("rb")


def _refuse_kind(head: bytes) -> None:
    if not head.strip():
        raise Invalid(_EMPTY, field="file")
    for magic, sentence in _KINDS:
        if head.startswith(magic):
            raise Invalid(sentence, field="file")


def _charset(given: Given, head: bytes) -> str:
    declared = [name for mark, name in _BOMS if head.startswith(mark)]
    for name in declared or ("utf-8", "cp1252"):
        if _decodes(given, name):
            return name
    raise Invalid("Les lettres de ce fichier ne se lisent pas. Enregistrez-le au format « CSV UTF-8 ».", field="file")


def _decodes(given: Given, charset: str) -> bool:
    """Whether the whole file is written in that charset, read piece by piece."""
    decoder = codecs.getincrementaldecoder(charset)()
    try:
        with _binary(given) as file:
            for chunk in chain(iter(lambda: file.read(_CHUNK), b""), [b""]):
                _refuse_binary(decoder.decode(chunk, final=not chunk))
    except UnicodeDecodeError:
        return False
    return True


def _refuse_binary(text: str) -> None:
    if "\0" in text:
        raise Invalid("Ce n’est pas un fichier de texte. Donnez un tableau au format CSV.", field="file")


def _opened(given: Given, charset: str) -> TextIO:
    return TextIOWrapper(_binary(given), encoding=charset, newline="")


def _said_separator(given: Given, charset: str) -> str:
    """The separator that a first line « sep=; » says, empty when there is none."""
    with _opened(given, charset) as file:
        found = _SEP_LINE.fullmatch(file.readline(20))
    return found[1] if found and found[1] in SEPARATORS else ""


def _file_records(given: Given, charset: str, separator: str) -> Records:
    with _opened(given, charset) as file:
        records = _records(file, separator)
        for line, cells in records:
            if line > 1 or cells is None or not _SEP_LINE.fullmatch(separator.join(cells)):
                yield line, cells


def _header(given: Given, charset: str, separator: str) -> tuple[int, list[str]]:
    """The line of the titles with that separator, and them without the empty ones that end it; none when they cannot
    be read."""
    line, cells = _titles_row(_file_records(given, charset, separator))
    return line, _without_end(cells)


def _without_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _titles_row(records: Records | Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """Where the titles are, and what they say: the first row that names three columns, else the first that is filled.
    Nobody can stand above: a row of one or two cells tells nobody."""
    filled = ((line, cells) for line, cells in records if cells is None or _is_filled(cells))
    first: tuple[int, list[str]] = (0, [])
    for line, cells in islice(filled, _MOST_ABOVE):
        if cells is None:  # its quotes never close
            return first if first[0] else (line, [])
        if sum(1 for cell in cells if cell.strip()) >= _FEWEST_TITLES:
            return line, cells
        first = first if first[0] else (line, cells)
    return first


def _is_filled(cells: Iterable[str]) -> bool:
    return any(cell.strip() for cell in cells)


class _Lines:
    """Physical lines with their number, some of which can be given back to be read again."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._again: deque[str] = deque()
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        return line

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)

    def _read(self) -> str:
        """The next line; of one that is too long, only the beginning, which the row's own limit then refuses."""
        line = self._file.readline(_LONGEST_ROW + 2)
        rest = line
        while len(rest) > _LONGEST_ROW and not rest.endswith(("\n", "\r")):
            rest = self._file.readline(_LONGEST_ROW + 2)
        return line


def _records(file: TextIO, separator: str) -> Records:
    """The line on which each row begins and its cells; None for a row whose quotes never close."""
    csv.field_size_limit(_LONGEST_ROW)  # the module's own limit would refuse the row where only a cell is too long
    lines = _Lines(file)
    while True:
        start, taken = lines.number + 1, list[str]()
        try:
            yield start, next(csv.reader(_one_row(lines, taken), delimiter=separator or ";", strict=True))
        except StopIteration:
            return
        except csv.Error:
            # Only the first line is lost: the others may be sound rows that an open quote swallowed.
            lines.give_back(taken[1:])
            yield start, _loosely(taken, separator)


def _one_row(lines: _Lines, taken: list[str]) -> Iterator[str]:
    length = 0
    for line in lines:
        taken.append(line)
        length += len(line)
        if length > _LONGEST_ROW or len(taken) > _MOST_LINES:
            raise csv.Error
        yield line


def _loosely(taken: list[str], separator: str) -> list[str] | None:
    """A row on one line whose quotes are only clumsy (« "Le" Roy ») is read as other tools do."""
    if len(taken) != 1 or len(taken[0]) > _LONGEST_ROW or taken[0].count('"') % 2:
        return None
    return next(csv.reader(taken, delimiter=separator or ";"))
