"""Steps of a pathway in one line each, as tests of several rooms take them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from pathway.casework.enrolments.actions import Entered, Exited, record_entry, record_exit
from pathway.casework.enrolments.queries import StepView, orphan_exits, steps
from pathway.casework.followup.actions import ContactDone, record_contact
from pathway.casework.followup.queries import PointLine, open_points
from pathway.casework.followup.rules import Channel, ContactResult
from pathway.casework.records.queries import record_opened
from pathway.casework.records.rules import Answer, Gesture, ReuseState, reuse
from pathway.casework.schemes.exit_reasons import exit_reason
from pathway.casework.schemes.queries import scheme_for_entry
from pathway.casework.sharing.actions import open_grants
from pathway.casework.sharing.rules import Cause
from pathway.demo.town import Town
from pathway.kernel.clock import Clock
from pathway.store.actor import SYSTEM
from pathway.store.opening import Store
from pathway.store.transaction import Transaction

SAID: dict[str, Any] = {
    "phones": ["+33612345678"],
    "postcode": "35000",
    "city": "Rennes",
    "situation": "seeking_job",
    "education_level": "level_3",
    "rome_jobs": ["K1304"],
    "housing": "tenant",
    "digital_autonomy": "alone",
    "available_from": "2026-12-01",
}


def enter(
    town: Town,
    record_id: str,
    *,
    by: str = "bruno",
    scheme: str = "pae",
    on: date | None = None,
    through: Callable[..., Entered] = record_entry,
    **own: str,
) -> Entered:
    """Enter her in a scheme, answering what it requires and nobody knows; `through`: the door that is taken."""
    with town.acting(by) as tx:
        wanted = scheme_for_entry(tx, town.schemes[scheme])
        record = record_opened(tx, record_id)
        proposals = reuse(wanted.requirements, record.facts, visible_sections=record.sections, on=tx.today)
        missing = [one.item.key for one in proposals if one.is_required and one.state is ReuseState.MISSING]
        answers = [Answer(key=key, value=SAID[key], gesture=Gesture.ANSWERED) for key in missing]
        day = on or tx.today
        return through(tx, record_id=record_id, scheme_id=wanted.id, entered_on=day, answers=answers, own_answers=own)


def leave(
    town: Town,
    enrolment_id: str,
    *,
    by: str = "bruno",
    reason: str = "end_of_scheme",
    on: date | None = None,
    ends_on: date | None = None,
    review_on: date | None = None,
) -> Exited:
    """Record the exit from that step, today unless said."""
    with town.acting(by) as tx:
        return record_exit(
            tx,
            enrolment_id=enrolment_id,
            reason=exit_reason(reason),
            event_on=on or tx.today,
            ends_on=ends_on,
            review_on=review_on,
        )


def call(
    town: Town,
    record_id: str,
    *,
    by: str = "bruno",
    result: ContactResult = ContactResult.REACHED,
    on: date | None = None,
    **more: Any,
) -> ContactDone:
    """Record one phone call to her, today unless said."""
    with town.acting(by) as tx:
        day = on or tx.today
        return record_contact(tx, record_id=record_id, channel=Channel.PHONE, result=result, made_on=day, **more)


def points(town: Town, record_id: str, *, by: str = "bruno") -> list[PointLine]:
    """Her open points as that professional sees them."""
    with town.acting(by, write=False) as tx:
        return open_points(tx, record_id)


def steps_of(town: Town, record_id: str, *, by: str = "bruno") -> list[StepView]:
    """Her steps as that professional sees them, newest first."""
    with town.acting(by, write=False) as tx:
        return steps(tx, record_id)


def share(
    town: Town, record_id: str, structure: str, *, sections: Iterable[str], until_at: datetime | None = None
) -> None:
    """Let that structure open those sections of her record, by agreement."""
    with system(town.store, town.clock) as tx:
        open_grants(
            tx,
            record_ids=[record_id],
            structure_id=town.structures[structure],
            cause=Cause.AGREEMENT,
            cause_id="",
            sections=frozenset(sections),
            until_at=until_at,
        )
        tx.journal("share", records=[record_id])


def system(store: Store, clock: Clock, *, write: bool = True) -> Transaction:
    """A transaction of nobody in particular."""
    return Transaction(store, actor=SYSTEM, clock=clock, door="jobs", write=write)


def orphans(town: Town) -> list[str]:
    """The exits nobody answers for, over the whole base."""
    with system(town.store, town.clock, write=False) as tx:
        return orphan_exits(tx)


def rows(store: Store, table: str, where: str = "") -> list[dict[str, Any]]:
    """The rows of a table as the base holds them."""
    query = f"SELECT * FROM {table} {where}"
    with store.engine.connect() as connection:
        return [dict(row._mapping) for row in connection.exec_driver_sql(query)]
