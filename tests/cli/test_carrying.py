import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pathway.cli.serving import serving_environment
from pathway.kernel.settings import ROOT
from tests.cli.conftest import Desk
from tests.cli.test_imports import asked_on_screen

_SERVES = """
import os, sys, time
from pathway.cli.carrying import carry_beside
carry_beside(os.environ)
time.sleep(600)
"""


def until(what: str, is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for it, and fail with its name."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.1)


def children(pid: int) -> list[int]:
    """The processes that one started and that still run."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in found.read_text().split()] if found.exists() else []


def test_beside_a_demonstration_imports_go_on_and_end_with_it(desk: Desk) -> None:
    environment = {**serving_environment(desk.settings), "PYTHONPATH": str(ROOT)}
    serving = subprocess.Popen([sys.executable, "-c", _SERVES], env=environment, stdout=subprocess.DEVNULL)
    try:
        batch_id = asked_on_screen()
        until("the import is carried on", lambda: desk.answer("intake", "list")[0]["state"] == "checked")
        assert desk.answer("intake", "list")[0]["id"] == batch_id
        (beside,) = children(serving.pid)
    finally:
        serving.kill()
        serving.wait()
    until("it ends with the one that serves", lambda: not is_running(beside))


def is_running(pid: int) -> bool:
    """Whether that process still works: one that ended and was not waited for does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
