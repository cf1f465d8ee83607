"""Opening a workbook (XLSX, XLS, ODS): its weight looked at first, then read in a process of its own, within bounds."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson

from pathway.casework.intake import workbook_reader
from pathway.kernel.errors import Invalid

LARGEST_WORKBOOK = 30 * 1024 * 1024
MOST_SECONDS = 150
_MOST_UNPACKED = 400 * 1024 * 1024
_MOST_RATIO = 200  # tables of ten columns are packed thirty times at most
_RATIO_COUNTS_OVER = 10 * 1024 * 1024
_MOST_PARTS = 5000
_ZIP = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"
MARKS = (_ZIP, _OLD)

_TOO_HEAVY = "Ce classeur dépasse 30 Mo. Gardez les colonnes utiles, ou enregistrez-le au format CSV."
_TOO_LARGE = "Ce classeur est trop grand une fois ouvert. Gardez les colonnes utiles, ou enregistrez-le au format CSV."
_LOCKED = "Ce classeur est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis recommencez."
_UNREAD = (
    "Ce classeur ne se lit pas : il est abîmé, ou ce n’est pas un classeur. Enregistrez-le de nouveau au format XLSX, "
    "ODS ou CSV."
)
_REFUSALS = {2: _UNREAD, 3: _LOCKED}

Lines = list[tuple[int, list[str]]]


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins so is a workbook, or at least packed like one."""
    return head.startswith(MARKS)


def sheets_of(content: bytes) -> list[tuple[str, Lines]]:
    """The sheets that hold something, in order: name, and rows as (number, cells), blank ones left out.

    `Invalid` in French when it is too large, locked, damaged, or no workbook.
    """
    if len(content) > LARGEST_WORKBOOK:
        raise Invalid(_TOO_HEAVY, field="file")
    if content.startswith(_ZIP):
        _check_unpacked(content)
    sheets: list[tuple[str, Lines]] = []
    for line in _told(content):
        if line[0] == "sheet":
            sheets.append((str(line[1]), []))
        else:
            sheets[-1][1].append((int(line[1]), line[2]))
    return [(name, rows) for name, rows in sheets if rows]


def _check_unpacked(content: bytes) -> None:
    """Refuse before it is opened what would fill the memory; what lies on its size meets the child's own bounds."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Invalid(_UNREAD, field="file") from None
    whole = sum(part.file_size for part in parts)
    is_bomb = whole > _RATIO_COUNTS_OVER and whole > _MOST_RATIO * max(len(content), 1)
    if whole > _MOST_UNPACKED or is_bomb or len(parts) > _MOST_PARTS:
        raise Invalid(_TOO_LARGE, field="file")


def _told(content: bytes) -> Iterator[Any]:
    """What the child says of it. -I: no folder nor variable of ours is read there."""
    line = [sys.executable, "-I", str(Path(workbook_reader.__file__))]
    try:
        done = subprocess.run(line, input=content, capture_output=True, timeout=MOST_SECONDS, check=False, env={})
    except subprocess.TimeoutExpired:
        raise Invalid(_TOO_LARGE, field="file") from None
    if done.returncode:
        # A signal, or no memory left: its bounds stopped it.
        raise Invalid(_REFUSALS.get(done.returncode, _TOO_LARGE), field="file")
    return (orjson.loads(one) for one in done.stdout.splitlines())
