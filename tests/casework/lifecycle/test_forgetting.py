from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import LargeBinary
from sqlmodel import SQLModel

from pathway.casework.accounts.queries import account_by_login
from pathway.casework.cards.queries import card_number
from pathway.casework.lifecycle.forgetting import (
    forget_person,
    forget_record,
    replay_tombstones,
    tombstones,
)
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.casework.links.actions import link_cards, unlink_cards
from pathway.casework.records.queries import record_opened, referent_of
from pathway.casework.sharing.queries import same_person
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock, local_day
from pathway.kernel.errors import NotFound
from pathway.store import journal
from pathway.store.letter_kinds import LetterKind
from pathway.store.outbox import contents, post
from pathway.store.tombstones import Buried, read_tombstones
from tests.casework.enrolments.steps import enter, leave, orphans, rows, system
from tests.casework.links.pairs import open_account, two_cards
from tests.casework.relays.scenes import send
from tests.casework.rights.lives import whole_life
from tests.store.hands import broken
from tests.town import welcome
from tests.web.jobseeker.lives import at_home

SILENT = {"journal_subject", "tombstone"}  # ids alone, on purpose


def forget(town: Town, record_id: str, reason: ForgetReason = ForgetReason.ASKED) -> None:
    with system(town.store, town.clock) as tx:
        forget_record(tx, record_id, reason=reason)


def mentions(town: Town, *ids: str) -> set[str]:
    """The tables of which a row names one of those ids, the chained journal aside."""
    found = set()
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in SILENT and any(
            set(ids) & set(map(str, row.values())) for row in rows(town.store, table.name)
        ):
            found.add(table.name)
    return found


def hers(town: Town, record_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row that says it is hers, and every row under one of those."""
    names = {record_id, *(str(row["id"]) for row in rows(town.store, "account") if row["record_id"] == record_id)}
    for table in SQLModel.metadata.sorted_tables:
        for row in rows(town.store, table.name) if table.name not in SILENT else ():
            if names & set(map(str, row.values())):
                names |= {str(row["id"])} if "id" in row else set()
                yield table.name, row


def test_nothing_sealed_nor_said_of_her_remains_in_any_table(town: Town, clock: FixedClock) -> None:
    amina = whole_life(town, clock)
    before = list(hers(town, amina))
    keys = [str(row["id"]) for name, row in before if "id" in row and name != "walk_in"]  # a line counts, unnamed
    blobs = {value for _, row in before for value in row.values() if isinstance(value, bytes | memoryview)}
    assert len({name for name, _ in before}) > 40 and len(blobs) > 20
    forget(town, amina)
    of_hers = {name for name in keys if name not in {*town.accounts.values(), *town.structures.values()}}
    assert mentions(town, amina, *of_hers) == set()
    sealed = [
        (table, one.name)
        for table in SQLModel.metadata.sorted_tables
        for one in table.c
        if isinstance(one.type, LargeBinary)
    ]
    left = {bytes(row[name]) for table, name in sealed for row in rows(town.store, table.name) if row[name]}
    assert not {bytes(one) for one in blobs} & left


def test_whoever_is_left_is_as_before(town: Town, clock: FixedClock) -> None:
    amina = whole_life(town, clock)
    forget(town, amina)
    assert orphans(town) == [] and broken(town.store) == []
    with town.store.engine.connect() as connection:
        assert journal.verify(connection, town.store.keyring).broken == ()
    for who in ("bruno", "denis", "elise"):
        with town.acting(who, write=False) as tx, pytest.raises(NotFound):
            record_opened(tx, amina)


def test_a_tombstone_says_the_day_and_why_in_the_base_and_outside(town: Town) -> None:
    amina = welcome(town)
    forget(town, amina, ForgetReason.MISTAKE)
    with system(town.store, town.clock, write=False) as tx:
        kept = tombstones(tx)
    assert [(one.record_id, one.on, one.reason) for one in kept] == [(amina, tx.today, "mistake")]
    assert read_tombstones(town.store).entries == tuple(kept)


def test_nothing_is_buried_outside_when_the_gesture_is_refused(town: Town) -> None:
    amina = welcome(town)
    with pytest.raises(RuntimeError), system(town.store, town.clock) as tx:
        forget_record(tx, amina, reason=ForgetReason.ASKED)
        raise RuntimeError
    assert not town.store.tombstones.exists()
    with town.acting("bruno", write=False) as tx:
        assert record_opened(tx, amina).id == amina


def test_a_card_that_is_not_there_is_not_found(town: Town) -> None:
    with pytest.raises(NotFound), system(town.store, town.clock) as tx:
        forget_record(tx, "a" * 26, reason=ForgetReason.ASKED)


def test_letters_about_her_never_leave(town: Town) -> None:
    amina = welcome(town)
    at_home(town, amina)
    account = str(rows(town.store, "account", f"WHERE record_id = '{amina}'")[0]["id"])
    with system(town.store, town.clock) as tx:
        profile = tx.sealing.open(account, ["profile"])["profile"]
        tx.sealing.write(account, "profile", {**profile.payload, "email": "amina@courriel.example"}, seq=profile.seq)
        for to in ("amina@courriel.example", "lina@courriel.example"):
            post(tx, kind=LetterKind.NEW_SUPPORT, to=to, variables={"link": "/qui-voit-quoi"})
    before = {str(row["id"]) for row in rows(town.store, "letter")}
    forget(town, amina)
    with system(town.store, town.clock, write=False) as tx:
        left = [contents(tx, str(row["id"])).to for row in rows(town.store, "letter")]
    assert len(before) > len(left) and "lina@courriel.example" in left and "amina@courriel.example" not in left


def test_of_two_linked_cards_the_other_stands_with_its_referent_and_her_account(town: Town) -> None:
    old, new = two_cards(town)
    open_account(town, new)
    with system(town.store, town.clock) as tx:
        link_cards(tx, record_id=old, other_id=new)
    forget(town, new, ForgetReason.MISTAKE)
    with system(town.store, town.clock, write=False) as tx:
        assert same_person(tx, old) == [old] and referent_of(tx, old) is not None
        account = account_by_login(tx, card_number(tx, old))
    assert account is not None and account.record_id == old
    assert mentions(town, new) == set()


def test_cards_held_together_by_the_forgotten_one_stay_one_persons(town: Town) -> None:
    first, middle = two_cards(town)
    last = welcome(town, "bruno")
    with system(town.store, town.clock) as tx:
        link_cards(tx, record_id=first, other_id=middle)
        link_cards(tx, record_id=middle, other_id=last)
    forget(town, middle)
    with system(town.store, town.clock) as tx:
        assert set(same_person(tx, first)) == {first, last}
        unlink_cards(tx, record_id=first, other_id=last)
        assert same_person(tx, first) == [first]


def test_a_person_is_forgotten_with_all_her_cards(town: Town) -> None:
    old, new = two_cards(town)
    with system(town.store, town.clock) as tx:
        link_cards(tx, record_id=old, other_id=new)
        assert set(forget_person(tx, new, reason=ForgetReason.EXPIRED)) == {old, new}
    assert mentions(town, old, new) == set()


def test_the_register_still_counts_who_came_and_names_nobody(town: Town, clock: FixedClock) -> None:
    amina = whole_life(town, clock)
    before = len(rows(town.store, "walk_in"))
    forget(town, amina)
    left = rows(town.store, "walk_in")
    assert len(left) == before > 0 and all(row["record_id"] is None and row["place"] is None for row in left)


def test_a_base_put_back_in_time_forgets_again_once(town: Town, clock: FixedClock) -> None:
    amina, lina = welcome(town), welcome(town, "nadia")
    send(town, amina, "", "situation")
    leave(town, enter(town, lina, by="nadia", scheme="plie").enrolment_id, by="nadia")
    buried = [Buried(record_id=amina, on=local_day(clock.now()), reason=ForgetReason.ASKED.value)]
    clock.move(timedelta(days=1))
    for expected in (1, 0):
        with system(town.store, clock) as tx:
            assert replay_tombstones(tx, buried) == expected
    assert mentions(town, amina) == set() and rows(town.store, "record", f"WHERE id = '{lina}'")
    with system(town.store, clock, write=False) as tx:
        assert tombstones(tx) == buried
