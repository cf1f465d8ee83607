"""A town whose instance is copied, and the hands that put it back."""

from dataclasses import dataclass
from pathlib import Path

from pathway.casework.lifecycle.forgetting import forget_person
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.demo.town import Town
from pathway.jobs import restoring
from pathway.kernel.clock import FixedClock
from pathway.kernel.settings import Settings
from pathway.store import heads, journal
from pathway.store.inspection import Inspection
from pathway.store.opening import Store, open_store
from pathway.store.transaction import Transaction
from tests.casework.enrolments.steps import system
from tests.town import instance, welcome


def silent(done: int, total: int) -> None:
    """Progress nobody looks at."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A town, the settings of its instance, and where its copies and its heads go."""

    town: Town
    clock: FixedClock
    settings: Settings

    @property
    def heads_file(self) -> Path:
        """Where the heads of its journal are kept."""
        return self.settings.instance.parent / "heads.jsonl"

    def backed_up(self) -> Path:
        """A copy of the base as it stands; its file."""
        return restoring.back_up(self.town.store, self.settings, self.clock, report=silent).copy.file

    def looked_through(self, file: Path) -> Inspection:
        """What is found in that copy."""
        return restoring.look_through(self.settings, file, sample=None, report=silent)[1]

    def put_back(self, file: Path) -> restoring.PutBack:
        """That copy in the place of the base, the service stopped."""
        self.town.store.engine.dispose()
        return restoring.put_back(self.settings, file, may_replace=True, report=silent)

    def tried(self, file: Path) -> restoring.Tried:
        """That copy tried for good."""
        return restoring.drill(self.town.store, self.settings, file, self.clock, sample=None, report=silent)

    def forget(self, record_id: str) -> None:
        """Forget somebody who asked."""
        with self.writing() as tx:
            forget_person(tx, record_id, reason=ForgetReason.ASKED)

    def writing(self) -> Transaction:
        """A writer's transaction of the system."""
        return system(self.town.store, self.clock)

    def exported(self) -> None:
        """The head of the journal, added to its file."""
        with system(self.town.store, self.clock, write=False) as tx:
            line = heads.head_line(self.town.store, tx.connection, at=self.clock.now())
        heads.append_head(self.heads_file, line, territory=self.town.store.territory)

    def opened(self) -> Store:
        """The store of the instance as it stands now."""
        return open_store(self.settings)


def kept(town: Town, clock: FixedClock, tmp_path: Path) -> Kept:
    """That town with one person in it, its copies and heads beside its instance."""
    url = town.store.engine.url.render_as_string(hide_password=False)
    chosen = instance(tmp_path, url).model_copy(
        update={"backups": tmp_path / "copies", "journal_heads": tmp_path / "heads.jsonl"}
    )
    welcome(town)
    return Kept(town=town, clock=clock, settings=chosen)


def problems(store: Store, heads_file: Path | None = None) -> list[str]:
    """What a verification of that base names, its journal and its heads."""
    with store.engine.connect() as connection:
        found = [one.problem for one in journal.verify(connection, store.keyring).broken]
        if heads_file is not None:
            compared = heads.compare(store, connection, heads_file.read_bytes().splitlines())
            found += [one.problem for one in compared.contradicted]
    return found
