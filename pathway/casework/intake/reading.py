"""Opening a CSV file whatever wrote it, and reading it row by row: memory does not grow with the file."""

import codecs
import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Protocol, TextIO

from pathway.casework.intake.rules import (
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
from pathway.kernel.errors import Invalid

LARGEST_FILE = 100 * 1024 * 1024
MOST_COLUMNS = 200
LONGEST_TITLE = 200
# A row may span lines inside quotes; beyond these a quote was never closed.
_LONGEST_ROW = 1_000_000
_MOST_LINES = 500
_CHUNK = 1 << 16
_WORKBOOK = "C’est un classeur de tableur. Ouvrez-le, puis enregistrez-le au format CSV (séparateur point-virgule)."
_KINDS = (
    (b"PK\x03\x04", _WORKBOOK),
    (b"\xd0\xcf\x11\xe0", _WORKBOOK),
    (b"%PDF", "C’est un fichier PDF. Donnez le tableau d’origine, au format CSV."),
    (b"<?xml", "C’est un fichier XML. Donnez un tableau au format CSV."),
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BAD_QUOTES = (
    "Les guillemets de cette ligne ne se ferment pas, ou la ligne est trop longue. "
    "Vérifiez-la : elle n’a pas été lue, les suivantes l’ont été."
)


class Mapper(Protocol):
    """Tells what each header of a file is; `Invalid` when they do not do."""

    def __call__(self, headers: Sequence[str], *, separator: str) -> ColumnMap:
        """What the columns are."""


class Rows:
    """The rows of a file, read again from the start each time they are walked through.

    `columns` tells what each column is; `remarks` gives what concerns whole columns once the rows were walked through.
    """

    def __init__(self, path: Path, charset: str, separator: str, headers: tuple[str, ...], mapped: Mapper) -> None:
        """Keep how to read; `Invalid` when the columns do not do."""
        self.separator = separator
        self.charset = charset
        self.headers = headers
        self.columns: ColumnMap = mapped(headers, separator=separator)
        self._path = path
        self._filled: set[str] = set()

    def __iter__(self) -> Iterator[RawRow | Refusal]:
        """Each row that is not blank; a row whose quotes never close is refused, those that follow are read."""
        with _opened(self._path, self.charset) as file:
            records = _records(file, self.separator)
            _first_filled(records)
            for line, cells in records:
                if cells is None:
                    yield Refusal(line=line, column="", reason=_BAD_QUOTES)
                elif _is_filled(cells):
                    yield self._row(line, cells)

    def people(self, *, today: date) -> Iterator[ReadPerson | Refusal]:
        """Each row as a person or a refusal, in the order of the file."""
        for row in self:
            yield row if isinstance(row, Refusal) else read_person(row, self.columns, today=today)

    def remarks(self) -> tuple[Remark, ...]:
        """What concerns whole columns, for the rows walked through so far."""
        return column_remarks(self.columns, frozenset(self._filled))

    def _row(self, line: int, cells: list[str]) -> RawRow:
        named = dict(zip(self.headers, cells, strict=False))
        self._filled.update(header for header in self.columns.ignored if named.get(header, "").strip())
        beyond = cells[len(self.headers) :]
        return RawRow(line=line, cells=named, is_overflowing=_is_filled(beyond))


def open_rows(path: Path, *, mapped: Mapper = map_columns) -> Rows:
    """The rows of a CSV file: UTF-8, UTF-16 or Windows-1252; columns separated by ; , tabulation or |.

    `Invalid` says in French what is wrong with the file and how to mend it: missing, empty, a workbook, not a text,
    over 100 MB, without the needed columns, with a column twice, without any row. `mapped` tells what the columns are.
    """
    head = _head(path)
    charset = _charset(path, head)
    separator = max(SEPARATORS, key=lambda sign: len(_header(path, charset, sign)))
    cells = _header(path, charset, separator)
    if len(cells) > MOST_COLUMNS:
        raise Invalid(f"Ce fichier a plus de {MOST_COLUMNS} colonnes. Gardez celles qui sont utiles.", field="file")
    names = tuple(_title(cell) or f"colonne {number}" for number, cell in enumerate(cells, 1))
    rows = Rows(path, charset, separator if len(cells) > 1 else "", names, mapped)
    if next(iter(rows), None) is None:
        raise Invalid("Ce fichier n’a que des titres de colonnes. Ajoutez une ligne par personne.", field="file")
    return rows


def _title(cell: str) -> str:
    """A title on one line. It is repeated in remarks, which a terminal shows: no control signs, no whole page."""
    if len(cell) > LONGEST_TITLE:
        raise Invalid(f"Un titre de colonne dépasse {LONGEST_TITLE} caractères. Donnez-lui un nom court.", field="file")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in cell).split())


def _head(path: Path) -> bytes:
    """The first bytes, once the file is known to be one that may be read."""
    try:
        if not path.exists():
            raise Invalid("Ce fichier n’existe pas. Vérifiez son nom et son dossier.", field="file")
        if not path.is_file():
            raise Invalid("Ce n’est pas un fichier. Donnez un fichier CSV, pas un dossier.", field="file")
        if path.stat().st_size > LARGEST_FILE:
            raise Invalid("Ce fichier dépasse 100 Mo. Partagez-le en plusieurs fichiers.", field="file")
        with path.open("rb") as file:
            head = file.read(_CHUNK)
    except OSError:
        raise Invalid("Ce fichier ne s’ouvre pas. Vérifiez que vous avez le droit de le lire.", field="file") from None
    _refuse_kind(head)
    return head


def _refuse_kind(head: bytes) -> None:
    if not head.strip():
        raise Invalid("Ce fichier est vide. Donnez un fichier CSV avec une ligne par personne.", field="file")
    for magic, sentence in _KINDS:
        if head.startswith(magic):
            raise Invalid(sentence, field="file")


def _charset(path: Path, head: bytes) -> str:
    declared = [name for mark, name in _BOMS if head.startswith(mark)]
    for name in declared or ("utf-8", "cp1252"):
        if _decodes(path, name):
            return name
    raise Invalid("Les lettres de ce fichier ne se lisent pas. Enregistrez-le au format « CSV UTF-8 ».", field="file")


def _decodes(path: Path, charset: str) -> bool:
    """Whether the whole file is written in that charset, read piece by piece."""
    decoder = codecs.getincrementaldecoder(charset)()
    try:
        with path.open("rb") as file:
            for chunk in chain(iter(lambda: file.read(_CHUNK), b""), [b""]):
                _refuse_binary(decoder.decode(chunk, final=not chunk))
    except UnicodeDecodeError:
        return False
    return True


def _refuse_binary(text: str) -> None:
    if "\0" in text:
        raise Invalid("Ce n’est pas un fichier de texte. Donnez un tableau au format CSV.", field="file")


def _opened(path: Path, charset: str) -> TextIO:
    return path.open(encoding=charset, newline="")


def _header(path: Path, charset: str, separator: str) -> list[str]:
    """The titles with that separator, without the empty ones that end the line; empty when they cannot be read."""
    with _opened(path, charset) as file:
        cells = _first_filled(_records(file, separator))
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _first_filled(records: Iterable[tuple[int, list[str] | None]]) -> list[str]:
    for _, cells in records:
        if cells is None or _is_filled(cells):
            return cells or []
    return []


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


def _records(file: TextIO, separator: str) -> Iterator[tuple[int, list[str] | None]]:
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
