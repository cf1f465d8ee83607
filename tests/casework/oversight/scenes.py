"""Small scenes of oversight: she acts for herself, somebody is made responsable, an exceptional access opens."""

from datetime import date

from pathway.casework.accounts.queries import account_of_record
from pathway.casework.oversight.actions import Opened, open_contest, open_exceptional
from pathway.casework.oversight.queries import own_log
from pathway.casework.oversight.rules import ExceptionalReason
from pathway.casework.partners.actions import add_membership
from pathway.casework.partners.rules import Role
from pathway.casework.records.queries import CARD
from pathway.demo.town import Town
from pathway.store.actor import SYSTEM, Actor
from pathway.store.transaction import Transaction

BORN = date(1991, 4, 22)


def herself(town: Town, record_id: str, *, write: bool = True) -> Transaction:
    """A transaction in the person's own name."""
    with Transaction(town.store, actor=SYSTEM, clock=town.clock, door="web", write=False) as tx:
        account_id = account_of_record(tx, record_id) or f"account-{record_id}"[:26]
    actor = Actor(role=Role.JOBSEEKER.value, account_id=account_id, record_id=record_id)
    return Transaction(town.store, actor=actor, clock=town.clock, door="web", write=write)


def promote(town: Town, code: str, structure: str = "pae-centre", role: Role = Role.SUPERVISOR) -> None:
    """That professional also holds that role there, from today."""
    with Transaction(town.store, actor=SYSTEM, clock=town.clock, door="cli") as tx:
        account_id, structure_id = town.accounts[code], town.structures[structure]
        add_membership(tx, account_id=account_id, structure_id=structure_id, role=role, from_on=tx.today)


def acting_as(town: Town, code: str, role: Role, structure: str = "pae-centre", *, write: bool = True) -> Transaction:
    """A transaction of that professional in that role."""
    actor = Actor(role=role.value, account_id=town.accounts[code], structure_id=town.structures[structure])
    return Transaction(town.store, actor=actor, clock=town.clock, door="web", write=write)


def card_number(town: Town, record_id: str) -> str:
    """The number of her card."""
    with town.acting("bruno", write=False) as tx:
        kept: str = tx.sealing.open_many([record_id], CARD)[record_id]["card_number"]
        return kept


def ask(town: Town, record_id: str, *, action: str = "read_record", message: str = "") -> str:
    """She asks about the newest line of that act; gives the question's id."""
    with herself(town, record_id, write=False) as tx:
        line = next(one for one in own_log(tx) if one.action == action and not one.is_own)
    with herself(town, record_id) as tx:
        return open_contest(tx, seq=line.seq, action=action, message=message)


def open_it(
    town: Town, record_id: str, *, by: str = "denis", born: date = BORN, number: str = "", note: str = ""
) -> Opened | None:
    """A responsable opens an exceptional access with the card's own number, unless another is given."""
    typed = number or card_number(town, record_id)
    with town.acting(by) as tx:
        return open_exceptional(
            tx, card_number=typed, birth_date=born, reason=ExceptionalReason.REFERENT_GONE, note=note
        )
