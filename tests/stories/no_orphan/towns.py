"""A town that begins anew with each sequence, on either engine: what one sequence left never hides in the next."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from tests.engines import pg_copy
from tests.town import Settled, opened_copy


@contextmanager
def sqlite_town_of_its_own(settled: Settled, folder: Path, clock: FixedClock) -> Iterator[Town]:
    """The settled town in a file of its own."""
    with _folder(folder) as here:
        shutil.copyfile(settled.base, here / "carte.sqlite")
        with opened_copy(settled, here, f"sqlite:///{here / 'carte.sqlite'}", clock) as town:
            yield town


@contextmanager
def pg_town_of_its_own(settled: Settled, engine: Engine, folder: Path, clock: FixedClock) -> Iterator[Town]:
    """The settled town in a base of its own."""
    with _folder(folder) as here, pg_copy(engine, settled.base) as url, opened_copy(settled, here, url, clock) as town:
        yield town


@contextmanager
def _folder(inside: Path) -> Iterator[Path]:
    here = Path(tempfile.mkdtemp(dir=inside))
    try:
        yield here
    finally:
        shutil.rmtree(here)
