"""Reads a workbook in a process of its own: the workbook on the standard input, one JSON line for each row out.

Run as a script and knowing nothing of the program: whatever the workbook does, it does it here, with little memory, a
few seconds and no key. A line is `["sheet", name]`, then `["row", number, [cells…]]` for each row that is not blank.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 120


def bound() -> None:
    """No more memory, processor time, file written or core left than reading a workbook needs."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def as_text(cell: Any) -> str:
    """A cell as a text file would hold it: days as 1998-05-25, whole numbers without decimals, yes or no."""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time | timedelta):
        return str(cell)
    return str(cell)


def tell(workbook: Any) -> None:
    """Each sheet and its rows, numbered as the spreadsheet numbers them."""
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        say(["sheet", name])
        for number, row in enumerate(sheet.iter_rows(), 1):
            cells = [as_text(cell) for cell in row]
            if any(cell.strip() for cell in cells):
                say(["row", number, cells])


def say(line: list[Any]) -> None:
    """One line out."""
    sys.stdout.write(json.dumps(line, ensure_ascii=True))
    sys.stdout.write("\n")


def main() -> int:
    """0 when the workbook was told whole; 3 when it is locked by a password, 2 for anything else."""
    bound()
    # Only here, within bounds: what reads a foreign file is not the program's own.
    from python_calamine import CalamineWorkbook, PasswordError  # noqa: PLC0415

    try:
        with CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read())) as workbook:
            tell(workbook)
    except PasswordError:
        return 3
    except Exception:
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
