"""A small instance, and the commands run on it as an operator does."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pathway.cli import group
from pathway.demo.personas import PASSWORD
from pathway.demo.town import settle
from pathway.kernel.clock import SystemClock, local_day
from pathway.kernel.settings import Settings
from pathway.store.actor import SYSTEM
from pathway.store.opening import mark_as_demo, open_store, prepare_instance
from pathway.store.transaction import Transaction
from tests.town import CHEAP


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An instance on disk and the operator in front of it."""

    folder: Path

    @property
    def settings(self) -> Settings:
        """What the environment says."""
        return Settings()

    def run(self, *words: str | Path) -> Result:
        """Run a command; a bug is raised, not turned into an exit code."""
        return CliRunner().invoke(group, [str(word) for word in words], prog_name="carte", catch_exceptions=False)

    def answer(self, *words: str | Path, code: int = 0) -> Any:
        """The JSON value a command gives; all its standard output must be it."""
        done = self.run(*words, "--json")
        assert done.exit_code == code, done.stderr
        return json.loads(done.stdout)

    def refusal(self, *words: str | Path, code: int) -> str:
        """What is said on standard error when a command is refused (1) or misused (2); nothing else is said."""
        done = self.run(*words)
        assert done.exit_code == code, done.output
        assert done.stdout == ""
        return done.stderr

    def settle(self, *, is_demo: bool = True) -> None:
        """Structures, schemes and professionals on this instance, and nobody else."""
        now = SystemClock().now()
        prepare_instance(self.settings, now=now)
        store = open_store(self.settings)
        if is_demo:
            with Transaction(store, actor=SYSTEM, clock=SystemClock(), door="demo") as tx:
                mark_as_demo(tx.connection)
                tx.journal("open_demo")
        settle(store, SystemClock(), since=local_day(now), password_hash=CHEAP.hash(PASSWORD))
        store.engine.dispose()


@pytest.fixture
def empty_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An instance where nothing was made yet."""
    monkeypatch.setenv("CARTE_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("CARTE_TERRITORY", "valmer")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return Desk(folder=tmp_path / "instance")


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    """A demonstration with structures and professionals."""
    empty_desk.settle()
    return empty_desk
