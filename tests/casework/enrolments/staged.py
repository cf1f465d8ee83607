"""Schemes with stages, and people who pass through them."""

from dataclasses import fields
from datetime import timedelta

from pathway.casework.enrolments.actions import cancel_stage, change_stage
from pathway.casework.enrolments.reading import stages_of_step
from pathway.casework.lifecycle.changes import rewrite_scheme
from pathway.casework.schemes.queries import SchemeView, scheme_seen
from pathway.casework.schemes.rules import SchemeDraft, Stage
from pathway.demo.town import Town
from tests.casework.enrolments.steps import enter
from tests.town import welcome


def scheme(town: Town, code: str = "creation") -> SchemeView:
    """That scheme as it stands."""
    with town.acting("root", write=False) as tx:
        return scheme_seen(tx, town.schemes[code])


def rewritten(town: Town, *stages: Stage, code: str = "creation") -> None:
    """Give that scheme these stages and no other."""
    before = scheme(town, code)
    kept = {one.name: getattr(before, one.name) for one in fields(SchemeDraft)}
    with town.acting("root") as tx:
        rewrite_scheme(tx, before.id, draft=SchemeDraft(**kept | {"stages": stages}), seen=before.mark)


def founder(town: Town, *, days_ago: int = 30) -> tuple[str, str]:
    """Amina in « Créer son entreprise » with Chloé, since that many days; gives her record and her step."""
    record_id = welcome(town, "chloe")
    on = town.clock.now().date() - timedelta(days=days_ago)
    return record_id, enter(town, record_id, by="chloe", scheme="creation", on=on, idea="Une friperie").enrolment_id


def passed(town: Town, step: str, stage: str, *, seq: int | None = None, days_ago: int = 0, by: str = "chloe") -> None:
    """She comes to that stage (its key), that many days ago. `seq`: of the stage one read, else the one she is in."""
    with town.acting(by) as tx:
        lines = stages_of_step(tx, step)
        read = seq if seq is not None else lines[-1].seq
        change_stage(tx, enrolment_id=step, stage=stage, on=tx.today - timedelta(days=days_ago), seq=read)


def taken_back(town: Town, step: str, *, by: str = "chloe") -> None:
    """The last change of stage was a mistake."""
    with town.acting(by) as tx:
        cancel_stage(tx, enrolment_id=step, seq=stages_of_step(tx, step)[-1].seq)
