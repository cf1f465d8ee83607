"""The stage of the browser story: a settled demonstration town, served for real, and its command line."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pathway.demo.seed import give_sign_ins_away
from pathway.demo.town import Town, settle
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import Settings
from pathway.store.actor import SYSTEM
from pathway.store.opening import mark_as_demo, open_store, prepare_instance
from pathway.store.transaction import Transaction

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """An instance on disk, with how to reach it from another process; and its town, to prepare what a test finds."""

    environment: dict[str, str]
    town: Town

    def carte(self, *words: str) -> Any:
        """Run a command of the command line and give the JSON it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "pathway.cli", *words, "--json"],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)


def set_stage(folder: Path) -> Stage:
    """A base marked as demonstration, with structures, schemes and professionals, and nobody else."""
    settings = Settings(CARTE_INSTANCE=folder, DATABASE_URL="", CARTE_TERRITORY="valmer")
    now = datetime.now(UTC)
    prepare_instance(settings, now=now)
    store = open_store(settings)
    clock = FixedClock(now)
    with Transaction(store, actor=SYSTEM, clock=clock, door="demo") as tx:
        mark_as_demo(tx.connection)
        tx.journal("mark_demo")
        give_sign_ins_away(tx)
    town = settle(open_store(settings), clock, since=now.date().replace(year=now.year - 2))
    store.engine.dispose()
    environment = {"CARTE_INSTANCE": str(folder), "CARTE_TERRITORY": "valmer", "DATABASE_URL": ""}
    return Stage(environment=environment, town=town)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
