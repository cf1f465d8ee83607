"""After a leak of one data key, one card is sealed again under another, whole or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from pathway.casework import schema
from pathway.casework.records.queries import identities
from pathway.casework.records.writing import rekey_record
from pathway.casework.retention.actions import hold_record
from pathway.demo.town import Town
from pathway.kernel.clock import FixedClock
from pathway.kernel.errors import NotFound, Sealed
from pathway.store import journal
from pathway.store.columns import table_of
from pathway.store.sealed_values import SealedValue, sealed_columns, values_of
from pathway.store.tables import SealedSection
from pathway.vault.envelope import Place, open_sealed, sealed_version, unwrap_dek
from tests.casework.enrolments.steps import enter, leave, rows, system
from tests.store.hands import altered, stolen
from tests.town import welcome

assert schema.records
_section = table_of(SealedSection)


@pytest.fixture
def amina(town: Town, clock: FixedClock) -> str:
    """Somebody with values in several rows of their own."""
    record_id = welcome(town)
    leave(town, enter(town, record_id).enrolment_id)
    for reason in ("Recours", "Plainte " * 40):
        with system(town.store, clock) as tx:
            hold_record(tx, record_id=record_id, until_on=tx.today + timedelta(days=90), reason=reason)
    return record_id


def values(town: Town, record_id: str) -> list[SealedValue]:
    with town.store.engine.connect() as connection:
        return [one for column in sealed_columns() for one in values_of(connection, column, [record_id])]


def key_of(town: Town, record_id: str) -> bytes:
    row = stolen(town.store, "SELECT wrapped, dek_version FROM data_key WHERE subject_id = :it", it=record_id)
    bound = {"territory": town.store.territory, "subject": record_id, "dek_version": row["dek_version"]}
    return unwrap_dek(town.store.keyring, row["wrapped"], **bound)


def rekeyed(town: Town, clock: FixedClock, record_id: str) -> int:
    with system(town.store, clock) as tx:
        return rekey_record(tx, record_id)


def said(town: Town, record_id: str) -> list[str]:
    """All that is read of her."""
    with system(town.store, town.clock, write=False) as tx:
        kept = values(town, record_id)
        return sorted(str(tx.sealing.open_value(one.subject, one.name, one.row, one.blob)) for one in kept)


def test_the_former_key_opens_nothing_of_what_is_kept_now(town: Town, clock: FixedClock, amina: str) -> None:
    taken, before, words = key_of(town, amina), values(town, amina), said(town, amina)
    assert rekeyed(town, clock, amina) == len(before) >= 3
    after = values(town, amina)
    assert [len(one.blob) for one in after] == [len(one.blob) for one in before]  # lengths say nothing new
    assert {sealed_version(one.blob) for one in after} == {2}
    with town.store.engine.connect() as connection:
        sections = connection.execute(select(_section).where(_section.c.subject_id == amina)).all()
    for row in sections:
        place = Place(territory=town.store.territory, table="sealed_section", section=row.section, subject=amina)
        with pytest.raises(Sealed):
            open_sealed(taken, row.blob, place=place, dek_version=1, seq=row.seq)
    assert said(town, amina) == words
    with town.acting("bruno") as tx:
        assert identities(tx, [amina])[amina].first_name == "Amina"


def test_the_journal_says_it_and_still_holds(town: Town, clock: FixedClock, amina: str) -> None:
    rekeyed(town, clock, amina)
    rekeyed(town, clock, amina)
    assert {sealed_version(one.blob) for one in values(town, amina)} == {3}
    with town.store.engine.connect() as connection:
        assert journal.verify(connection, town.store.keyring).broken == ()
        told = connection.execute(text("SELECT payload FROM journal_entry ORDER BY seq DESC LIMIT 1")).scalar_one()
    assert b"rekey_record" in bytes(told) and amina.encode() in bytes(told)


def test_one_value_that_does_not_open_leaves_all_as_it_was(town: Town, clock: FixedClock, amina: str) -> None:
    hold = min(row["id"] for row in rows(town.store, "retention_hold"))
    altered(town.store, "UPDATE retention_hold SET reason = substr(reason, 1, 60) WHERE id = :it", it=hold)
    before = [one.blob for one in values(town, amina)]
    with pytest.raises(Sealed):
        rekeyed(town, clock, amina)
    assert [one.blob for one in values(town, amina)] == before


def test_nobody_is_not_given_a_key(town: Town, clock: FixedClock) -> None:
    with pytest.raises(NotFound):
        rekeyed(town, clock, "a" * 26)
