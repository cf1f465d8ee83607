"""Taking out one’s people, or her pathway with her: charged before anything is opened, told to each in her log."""

from collections.abc import Collection

from pathway.casework.enrolments.queries import own_open_schemes
from pathway.casework.followup.queries import FollowedRow
from pathway.casework.portfolio.export import PathwayPaper, pathway_paper
from pathway.casework.portfolio.queries import lots, supported
from pathway.casework.portfolio.rules import Chapter, PersonRow, in_order, offered, sections_of, told_contact
from pathway.casework.records.queries import cautions_of_many, facts_of_many, identities
from pathway.casework.records.rules import Section
from pathway.casework.sharing.queries import access_of, accesses_of, same_person
from pathway.casework.usage.actions import charge_rows
from pathway.casework.usage.rules import DEFAULT_BUDGETS, Budgets
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction

_EXCEPTIONAL = "Un accès exceptionnel ne permet pas d’imprimer : la personne n’est pas là pour choisir."
_NOTHING = marked("Cochez au moins une partie à imprimer.")


def take_out(tx: Transaction, *, only_mine: bool, budgets: Budgets = DEFAULT_BUDGETS) -> list[PersonRow]:
    """The people of the actor, by name, as they may leave in a file; journalled on each record.

    `QuotaReached` when the lines do not all fit in the budget of the day: nothing is opened then.
    """
    people = supported(tx, only_mine=only_mine)
    charge_rows(tx, len(people), budgets=budgets)
    rows = [row for lot in lots(people) for row in _rows(tx, lot)]
    tx.journal("export_people", records=[row.record_id for row in rows], rows=len(rows))
    return in_order(rows)


def print_pathway(
    tx: Transaction, *, record_id: str, chapters: Collection[Chapter], budgets: Budgets = DEFAULT_BUDGETS
) -> PathwayPaper:
    """Her pathway as she hands it over: the chapters she chose, among those the actor sees; journalled with them.

    For herself, or a professional with her: a line of the day's budget, `QuotaReached` when there is none left.
    `Refused` to an exceptional access; `NotFound` without a grant; `Invalid` when nothing that may be seen is chosen.
    """
    access = access_of(tx, record_id)
    if not tx.actor.record_id:
        if not access.may_enter:
            raise Refused(_EXCEPTIONAL)
        charge_rows(tx, 1, budgets=budgets)
    kept = [one for one in offered(access) if one in chapters]
    if not kept:
        raise Invalid(_NOTHING, field="chapters")
    paper = pathway_paper(tx, record_id, kept)
    read = {section.value for one in kept for section in sections_of(one) if access.opens(section)}
    tx.journal(
        "print_pathway", records=same_person(tx, record_id), sections=sorted(read), chapters=[one.value for one in kept]
    )
    return paper


def _rows(tx: Transaction, people: list[FollowedRow]) -> list[PersonRow]:
    ids = [one.record_id for one in people]
    known = identities(tx, ids)
    accesses = accesses_of(tx, ids)
    contacts, cautions = facts_of_many(tx, accesses, Section.CONTACT), cautions_of_many(tx, accesses)
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
