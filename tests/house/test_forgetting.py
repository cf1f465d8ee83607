"""Whoever keeps something of a person says how to forget it."""

import importlib

import pytest
from sqlalchemy import Table
from sqlmodel import SQLModel

from pathway.casework import schema
from pathway.casework.lifecycle.forgetting import ROOMS

# What outlives her on purpose: that a card was forgotten, and the journal, by ids alone.
OUTLIVES = {"tombstone", "journal_subject"}


def room_of(table: Table) -> str:
    """The room that declares that table."""
    model = next(one for one in SQLModel.__subclasses__() if getattr(one, "__tablename__", "") == table.name)
    return model.__module__.split(".")[2]


def keeping() -> list[str]:
    """The rooms of which a table says whose row it is."""
    assert schema.records
    tables = [one for one in SQLModel.metadata.sorted_tables if "record_id" in one.c and one.name not in OUTLIVES]
    return sorted({room_of(one) for one in tables})


@pytest.mark.parametrize("room", keeping())
def test_a_room_that_keeps_something_of_a_person_forgets_it(room: str) -> None:
    forget = importlib.import_module(f"pathway.casework.{room}.forgetting").forget_record
    assert forget in ROOMS, f"{room}: name its forget_record in lifecycle/forgetting.py"


def test_rooms_are_forgotten_in_the_order_in_which_they_point() -> None:
    assert ROOMS[-1].__module__ == "pathway.casework.sharing.forgetting"
    assert len(set(ROOMS)) == len(ROOMS) > len(keeping()) - 1
