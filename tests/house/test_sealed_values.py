"""Every column that keeps bytes says whether it is sealed, and as what: a copy is looked through by that."""

from sqlalchemy import LargeBinary
from sqlmodel import SQLModel

from pathway.casework import schema
from pathway.store.columns import SEALED
from pathway.store.sealed_values import sealed_columns

# Digests, public keys and challenges; what the store itself seals, chains or wraps.
NOT_VALUES = {
    "activation.code_digest",
    "card_code.code_digest",
    "data_key.seal",
    "data_key.wrapped",
    "email_check.digest",
    "feed_key.digest",
    "invitation.digest",
    "journal_checkpoint.mac",
    "journal_checkpoint.payload",
    "journal_entry.mac",
    "journal_entry.payload",
    "journal_head.mac",
    "passkey.credential_id",
    "passkey.public_key",
    "passkey_challenge.challenge",
    "password_reset.digest",
    "printed_card.number_digest",
    "recovery_code.digest",
    "relay_link.digest",
    "sealed_section.blob",
}


def test_every_column_of_bytes_says_how_its_values_are_sealed() -> None:
    assert schema.records
    found = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary) and SEALED not in column.info
    }
    assert found == NOT_VALUES


def test_what_a_sealed_column_says_names_columns_that_are_there() -> None:
    columns = sealed_columns()
    assert len(columns) >= 28
    for column in columns:
        said = column.info[SEALED]
        names = {one.name for one in column.table.columns}
        said.row.format_map(dict.fromkeys(names, ""))
        for one in said.by:
            parent, _, name = one.rpartition(".")
            assert name in (SQLModel.metadata.tables[parent].c if parent else names), column
