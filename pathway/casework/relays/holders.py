"""Who answers for somebody who was passed on and comes back, and the point by which she is called."""

from sqlalchemy import select

from pathway.casework.followup.rules import Candidate, PlanKind, PlannedPoint, PointKind
from pathway.casework.followup.tables import Point
from pathway.casework.followup.writing import change_point, insert_plan, insert_points
from pathway.casework.partners.queries import coordinates, is_sensitive, works_in
from pathway.casework.policies.queries import holidays_of, policy_for
from pathway.casework.records.actions import SUPPORT_SECTIONS
from pathway.casework.records.queries import referent_of
from pathway.casework.relays.reading import RelayView
from pathway.casework.relays.rules import Holder, back_on, holder
from pathway.casework.sharing.actions import open_support
from pathway.casework.sharing.queries import supports_card
from pathway.kernel.calendar import Holidays
from pathway.store.columns import table_of
from pathway.store.transaction import Transaction

_point = table_of(Point)


def answering_holidays(tx: Transaction, from_structure: str, to_structure: str | None) -> Holidays:
    """The public holidays of whoever is to answer a relay: its receiver; outside the platform, whoever sent it."""
    return holidays_of(tx, to_structure or from_structure)


def call_back(tx: Transaction, relay: RelayView, *, kind: PointKind, is_pressing: bool) -> None:
    """Open the point by which somebody who was passed on is called, due in two working days, in the hands of whoever
    answers for her; `is_pressing`: the responsable sees it too."""
    held = _holder(tx, relay)
    policy = policy_for(tx, structure_id=held.structure_id, scheme_id="", on=tx.today)
    if held.structure_id == relay.from_structure_id and not coordinates(tx, held.structure_id):
        # Its own support may have ended meanwhile: who answers for her must be able to read her.
        open_support(
            tx,
            record_id=relay.record_id,
            structure_id=held.structure_id,
            cause_id=relay.id,
            sections=SUPPORT_SECTIONS,
        )
    plan_id = insert_plan(
        tx,
        record_id=relay.record_id,
        kind=PlanKind.RELAY,
        policy_version=policy.version,
        event_on=tx.today,
    )
    point = PlannedPoint(kind=kind, due_on=back_on(tx.today, holidays=policy.holidays), is_last=True)
    insert_points(tx, plan_id, relay.record_id, held.structure_id, held.owner_id, (point,))
    if is_pressing:
        row = tx.execute(select(_point).where(_point.c.plan_id == plan_id)).one()
        change_point(tx, row, reason="relay_back", to_responsable=True)


def _holder(tx: Transaction, relay: RelayView) -> Holder:
    # A sensitive structure keeps them: their days would tell the others that it passed her on.
    referent = None if is_sensitive(tx, relay.from_structure_id) else referent_of(tx, relay.record_id)
    at = referent.structure_id if referent else ""
    return holder(
        sender=_candidate(tx, relay, relay.sent_by, relay.from_structure_id),
        from_structure=relay.from_structure_id,
        referent=_candidate(tx, relay, referent.account_id, at) if referent else None,
        referent_structure=at,
    )


def _candidate(tx: Transaction, relay: RelayView, account_id: str, structure_id: str) -> Candidate:
    return Candidate(
        account_id=account_id,
        is_active=works_in(tx, account_id, structure_id),
        is_entitled=supports_card(tx, relay.record_id, structure_id),
    )
