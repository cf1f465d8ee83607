"""A counter and a phone in one line each, as tests of several floors take them."""

from sqlalchemy import insert, update

from pathway.casework.accounts.passwords import check, hash_password
from pathway.casework.cards.actions import (
    Presented,
    new_personal_code,
    present_code,
    present_printed,
    print_card,
    show_code,
    try_printed,
)
from pathway.casework.cards.rules import read_code
from pathway.casework.sharing.queries import is_visible, visible_sections
from pathway.casework.sharing.tables import Record, Withdrawal
from pathway.demo.town import Town
from pathway.kernel.ids import new_id
from pathway.store.columns import table_of
from tests.casework.enrolments.steps import system
from tests.town import herself

NEAR = "192.0.2.7"


def shown(town: Town, record_id: str) -> str:
    """A fresh code on her phone."""
    with herself(town, record_id) as tx:
        return show_code(tx).code


def presented(town: Town, code: str, *, by: str = "elise", address: str = NEAR) -> Presented:
    """Somebody types that code at a counter."""
    with town.acting(by) as tx:
        return present_code(tx, typed=code, address=address)


def printed(town: Town, record_id: str, *, by: str = "bruno") -> tuple[str, str]:
    """Her card on paper: its number and her personal code."""
    code = new_personal_code()
    hashed = hash_password(code)
    with town.acting(by) as tx:
        return print_card(tx, record_id=record_id, code_hash=hashed), code


def on_counter(town: Town, number: str, code: str, *, by: str = "elise") -> Presented:
    """Somebody types what the paper card says, and her code."""
    with town.acting(by) as tx:
        tried = try_printed(tx, number=number, address=NEAR)
    if tried.wait:
        return Presented(wait=tried.wait)
    is_right = check(tried.code_hash, read_code(code))
    with town.acting(by) as tx:
        return present_printed(tx, tried=tried, is_right=is_right)


def seen(town: Town, record_id: str, by: str = "elise") -> frozenset[str]:
    """What that professional may open of her now; nothing when she may not know of her."""
    with town.acting(by, write=False) as tx:
        return visible_sections(tx, record_id) if is_visible(tx, record_id) else frozenset()


def stop_all(town: Town, record_id: str, structure: str = "") -> None:
    """She stops sharing with that structure, or with all of them."""
    values = {"id": new_id(), "record_id": record_id, "from_at": town.clock.now()}
    values["structure_id"] = town.structures[structure] if structure else ""
    with system(town.store, town.clock) as tx:
        tx.execute(insert(table_of(Withdrawal)), values)
        tx.journal("test")


def link(town: Town, other: str, canonical: str) -> None:
    """Two cards are one person's."""
    table = table_of(Record)
    with system(town.store, town.clock) as tx:
        tx.execute(update(table).where(table.c.id == other).values(canonical_id=canonical))
        tx.journal("test")
