"""Killed anywhere while a copy is put back: the former base is there, or the new one whole, and it is begun again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pathway.demo.town import Town
from pathway.jobs import restoring
from pathway.kernel.clock import FixedClock, SystemClock
from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import ROOT
from tests.casework.enrolments.steps import rows
from tests.jobs.copies import kept, problems, silent
from tests.town import welcome

# Each a place where the power is cut: before anything, once the copy lies beside, once it is ready, around the move.
CUTS = {
    "copied beside": "pathway.jobs.restoring:inspect_base",
    "forgetting again": "pathway.jobs.restoring:replay_tombstones",
    "ready beside": "pathway.jobs.restoring:take_place",
    "former base shut": "pathlib:Path.hardlink_to",
    "about to move": "pathlib:Path.rename",
    "moved": "pathway.jobs.restoring:_told",
}
_CHILD = """
import importlib, os, signal, sys
from pathlib import Path
place, file = sys.argv[1:]
module, name = place.split(":")
owner = importlib.import_module(module)
*path, last = name.split(".")
for part in path:
    owner = getattr(owner, part)
from pathway.jobs import restoring
from pathway.kernel.settings import Settings
chosen = Settings()
setattr(owner, last, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
restoring.put_back(chosen, Path(file), may_replace=True, report=lambda done, total: None)
"""


# PostgreSQL renames bases in one transaction: there is no file to cut at.
@pytest.mark.parametrize(
    ("engine_name", "cut"),
    [("sqlite", cut) for cut in CUTS]
    + [("postgresql", cut) for cut, where in CUTS.items() if not where.startswith("pathlib")],
)
def test_a_base_is_always_whole_and_it_can_be_begun_again(
    town: Town, clock: FixedClock, tmp_path: Path, cut: str
) -> None:
    clock.at = SystemClock().now()
    here = kept(town, clock, tmp_path)
    amina = rows(town.store, "record")[0]["id"]
    file = here.backed_up()
    here.forget(amina)
    later = welcome(town)
    town.store.engine.dispose()
    own = {"CARTE_INSTANCE": here.settings.instance, "DATABASE_URL": here.settings.url, "CARTE_TERRITORY": "valmer"}
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, CUTS[cut], str(file)],
        cwd=ROOT,
        env={**os.environ, **{name: str(value) for name, value in own.items()}},
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    if cut in ("former base shut", "about to move"):
        with pytest.raises(Unavailable, match="backup restore"):
            here.opened()
    else:
        store = here.opened()
        assert [row["id"] for row in rows(store, "record")] == ([] if cut == "moved" else [later])
        assert problems(store) == []
        store.engine.dispose()
    restoring.put_back(here.settings, file, may_replace=True, report=silent)
    store = here.opened()
    assert rows(store, "record") == [] and problems(store) == []
    store.engine.dispose()
    left = [one.name for one in tmp_path.iterdir() if "restoring" in one.name or "replaced" in one.name]
    assert left == []
