"""What the night does of the base itself: it prunes the journal, and copies the base where a folder is set."""

from pathway.jobs.night.lots import Moves, Stage
from pathway.jobs.pruning import is_due, kept_from, prune_all
from pathway.jobs.restoring import back_up
from pathway.kernel.clock import local_day, start_of_day
from pathway.kernel.errors import PathwayError
from pathway.store.pruning import may_prune


def prune_journal(stage: Stage) -> Moves:
    """Prune what the journal keeps no longer. An account that may not delete from it leaves that to the role that may;
    the doctor tells when nobody does."""
    counts = {"pruned": 0}
    if stage.settings is not None and _is_now(stage):
        before = start_of_day(kept_from(stage.present, months=stage.settings.journal_months))
        with stage.reading(stage.present) as tx:
            has_to = may_prune(tx.connection) and is_due(tx.connection, before)
        if has_to:
            counts["pruned"] = prune_all(stage.store, stage.present, before=before, total=0, report=lambda *_: None)
    yield 1, 1, counts


def back_up_base(stage: Stage) -> Moves:
    """Copy the base into the folder of the settings, if there is one: once, whatever nights are caught up."""
    counts = {"copied": 0}
    if stage.settings is not None and stage.settings.backups is not None and _is_now(stage):
        try:
            back_up(stage.store, stage.settings, stage.present, report=lambda *_: None)
            counts["copied"] = 1
        except PathwayError as error:  # the folder, not the base: the doctor tells
            counts |= stage.troubles.note(error)
    yield 1, 1, counts


def _is_now(stage: Stage) -> bool:
    return stage.night == local_day(stage.present.now())
