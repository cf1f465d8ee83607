"""Taking out one’s people: charged before anything is opened, told to each of them in her log."""

from pathway.casework.enrolments.queries import own_open_schemes
from pathway.casework.followup.queries import FollowedRow
from pathway.casework.portfolio.queries import lots, supported
from pathway.casework.portfolio.rules import PersonRow, in_order, told_contact
from pathway.casework.records.queries import cautions_of_many, facts_of_many, identities
from pathway.casework.records.rules import Section
from pathway.casework.usage.actions import charge_rows
from pathway.casework.usage.rules import DEFAULT_BUDGETS, Budgets
from pathway.store.transaction import Transaction


def take_out(tx: Transaction, *, only_mine: bool, budgets: Budgets = DEFAULT_BUDGETS) -> list[PersonRow]:
    """The people of the actor, by name, as they may leave in a file; journalled on each record.

    `QuotaReached` when the lines do not all fit in the budget of the day: nothing is opened then.
    """
    people = supported(tx, only_mine=only_mine)
    charge_rows(tx, len(people), budgets=budgets)
    rows = [row for lot in lots(people) for row in _rows(tx, lot)]
    tx.journal("export_people", records=[row.record_id for row in rows], rows=len(rows))
    return in_order(rows)


def _rows(tx: Transaction, people: list[FollowedRow]) -> list[PersonRow]:
    ids = [one.record_id for one in people]
    known = identities(tx, ids)
    contacts, cautions = facts_of_many(tx, ids, Section.CONTACT), cautions_of_many(tx, ids)
    schemes = own_open_schemes(tx, ids)
    return [
        PersonRow(
            record_id=one.record_id,
            identity=known[one.record_id],
            referent_id=one.referent_id,
            schemes=tuple(schemes.get(one.record_id, ())),
            next_due_on=one.next_due_on,
            **told_contact(contacts.get(one.record_id, {}), cautions.get(one.record_id, frozenset())),
        )
        for one in people
    ]
