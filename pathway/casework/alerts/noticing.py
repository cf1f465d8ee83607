"""What the reader of a record may see, as the rules of notices want it. Nothing is read beyond her sight."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from pathway.casework.action_plan.queries import acted_on
from pathway.casework.alerts.notices import AskedAgain, Notice, NoticeFacts, StepSpan, back_from, notices
from pathway.casework.alerts.policies import policy_on
from pathway.casework.alerts.policy import AlertPolicy
from pathway.casework.encounters.queries import coming_appointments, past_appointments
from pathway.casework.encounters.rules import AppointmentState
from pathway.casework.enrolments.queries import StepView, steps
from pathway.casework.enrolments.tables import EntryMeter
from pathway.casework.followup.queries import ContactLine
from pathway.casework.records.queries import RecordView
from pathway.casework.relays.queries import relays_of
from pathway.casework.sharing.rules import Part
from pathway.kernel.clock import local_day
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_meter = table_of(EntryMeter)

_OBSTACLES, _NONE = "obstacles", "none"


def notices_about(
    tx: Transaction, record: RecordView, *, walked: Sequence[StepView], spoken: Sequence[ContactLine]
) -> tuple[Notice, ...]:
    """The remarks on a record just opened, but N15 (`retention.noticing`); `walked`, `spoken`: its steps and contacts,
    as the reader was shown them."""
    policy = policy_on(tx, tx.today)
    said_on = _obstacles_on(record)
    acts = {one.entered_on for one in walked} | {one.made_on for one in spoken}
    is_left = said_on is not None and tx.today - said_on > timedelta(days=policy.obstacle_days)
    if said_on and is_left and not any(day > said_on for day in acts):
        acts |= set(_passed_on(tx, record.id))
    facts = NoticeFacts(
        obstacles_on=said_on,
        acts_on=tuple(sorted(acts)),
        conflicts=tuple(key for key, fact in record.facts.items() if fact.rivals),
        asked_again=_asked_again(tx, walked, policy),
        steps=tuple(_span(one) for one in walked),
    )
    return notices(facts, on=tx.today, policy=policy)


def back_after_entry(tx: Transaction, record_id: str) -> Notice | None:
    """N16 for an entry just recorded: whether she comes back, as far as the actor may know."""
    return back_from([_span(one) for one in steps(tx, record_id)], on=tx.today, policy=policy_on(tx, tx.today))


def _obstacles_on(record: RecordView) -> date | None:
    """Since when obstacles are said; None to who may not see what would answer them: she must not be told that nothing
    was done by what is hidden from her."""
    fact = record.facts.get(_OBSTACLES)
    sees_acts = record.access.opens(Part.FOLLOWUP.value) and record.access.opens(Part.PATHWAY.value)
    if fact is None or not sees_acts or not set(fact.value) - {_NONE}:
        return None
    return fact.provenance.on


def _passed_on(tx: Transaction, record_id: str) -> Iterator[date]:
    """The days of her plan, relays and appointments: read only where nothing else answers."""
    yield from acted_on(tx, record_id)
    for relay in relays_of(tx, record_id):
        if relay.sent_at is not None:
            yield local_day(relay.sent_at)
    for one in (*coming_appointments(tx, record_id), *past_appointments(tx, record_id)):
        if one.state is not AppointmentState.CANCELLED:
            yield local_day(one.starts_at)


def _asked_again(tx: Transaction, walked: Sequence[StepView], policy: AlertPolicy) -> AskedAgain | None:
    """What the last entry in the reader's own structure asked again, while it is worth saying."""
    since = tx.today - timedelta(days=policy.noticed_days)
    own = [one for one in walked if one.structure_id == tx.actor.structure_id and one.entered_on >= since]
    last = max(own, key=lambda one: (one.entered_on, one.id), default=None)
    if last is None:
        return None
    # A step taken over from a file has no meter: nothing was asked.
    times = tx.execute(select(_meter.c.asked_again).where(_meter.c.enrolment_id == last.id)).scalar_one_or_none()
    return AskedAgain(enrolment_id=last.id, on=last.entered_on, times=times) if times else None


def _span(step: StepView) -> StepSpan:
    left_on = step.exit.event_on if step.exit else None
    return StepSpan(enrolment_id=step.id, entered_on=step.entered_on, left_on=left_on)
