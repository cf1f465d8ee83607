"""What a command writes: its answer on standard output, all the rest on standard error."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from time import monotonic
from typing import Any

import click
import orjson

from pathway.kernel.wording import counted

Report = Callable[[int, int], None]


def emit(answer: Any) -> None:
    """The one JSON value of a command run with --json."""
    click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())


def say(sentence: str) -> None:
    """A sentence for the person at the keyboard, on standard error."""
    click.echo(f"carte : {sentence}", err=True)


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows in columns, on standard output; a line says so when there are none."""
    if not rows:
        click.echo("Rien à montrer.")
        return
    cells = [list(headers), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(headers))]
    for line in cells:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def facts(lines: Sequence[tuple[str, object]]) -> None:
    """« libellé : valeur », one a line, on standard output."""
    for label, value in lines:
        click.echo(f"{label} : {value}")


@contextmanager
def progress(label: str) -> Iterator[Report]:
    """A bar on a terminal, nothing elsewhere; `report(done, total)` moves it."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def report(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(max(done, 0) - bar.pos)

        yield report


@contextmanager
def named_progress() -> Iterator[tuple[Callable[[str], None], Report]]:
    """A bar on a terminal for work in several parts, nothing elsewhere: one function names the part that begins,
    the other moves the bar within it."""
    with click.progressbar(length=1, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def name(label: str) -> None:
            bar.label = label
            report(0, 1)
            bar.render_progress()

        def report(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(max(done, 0) - bar.pos)

        yield name, report


@contextmanager
def long_progress(label: str) -> Iterator[Report]:
    """The same for what takes minutes: elsewhere than on a terminal, a sentence every tenth, with the time left."""
    if sys.stderr.isatty():
        with progress(label) as report:
            yield report
        return
    began, said = monotonic(), 0

    def told(done: int, total: int) -> None:
        nonlocal said
        tenth = 10 * done // max(total, 1)
        if said < tenth < 10:
            said = tenth
            left = (monotonic() - began) * (total - done) / done
            say(f"{label} : {tenth * 10} %, encore {counted(ceil(left / 60), 'minute')} environ.")

    yield told
