"""Beside a demonstration that is served, the imports asked for on screens go on, as the worker does elsewhere.

A demonstration sends no letter, so nobody starts a worker for it. This process ends with the one that serves.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from pathway.jobs.imports import carry_imports_on
from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings
from pathway.store.clocks import clock_of
from pathway.store.opening import open_store

_PAUSE_SECONDS = 3


def carry_beside(environment: Mapping[str, str]) -> None:
    """Start the process that carries imports on for as long as this one lives, whatever it becomes."""
    line = [sys.executable, "-P", "-m", "pathway.cli.carrying", str(os.getpid())]
    subprocess.Popen(line, env=dict(environment), stdin=subprocess.DEVNULL)


def carry_while_served(settings: Settings, serving: int, *, pause: float = _PAUSE_SECONDS) -> None:
    """Carry imports on, with a pause of so many seconds between two looks, until that process no longer runs us."""
    store = open_store(settings)
    try:
        while _is_served(serving):
            with suppress(Unavailable):  # the base may come back
                carry_imports_on(store, clock_of(store), is_stopping=lambda: not _is_served(serving))
            time.sleep(pause)
    finally:
        store.engine.dispose()


def _is_served(serving: int) -> bool:
    return os.getppid() == serving


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches both: nothing to say
    carry_while_served(Settings(), int(sys.argv[1]))
