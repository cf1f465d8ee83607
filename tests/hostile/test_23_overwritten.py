"""Check 23: the bytes of a destroyed key, and of what it sealed, are no longer in the files of the base."""

from pathlib import Path

from pathway.casework.lifecycle.forgetting import forget_person
from pathway.casework.lifecycle.rules import ForgetReason
from pathway.demo.town import Town
from pathway.store.erasing import truncate_log
from tests.casework.enrolments.steps import rows, system
from tests.town import welcome


def held(base: Path) -> bytes:
    """All that the base keeps on disk."""
    files = (base, base.with_name(base.name + "-wal"))
    return b"".join(one.read_bytes() for one in files if one.exists())


def test_the_bytes_of_her_key_and_sections_are_overwritten(sqlite_town: Town) -> None:
    amina = welcome(sqlite_town)
    base = Path(str(sqlite_town.store.engine.url.database))
    wrapped = [bytes(row["wrapped"]) for row in rows(sqlite_town.store, "data_key", f"WHERE subject_id = '{amina}'")]
    blobs = [bytes(row["blob"]) for row in rows(sqlite_town.store, "sealed_section", f"WHERE subject_id = '{amina}'")]
    assert truncate_log(sqlite_town.store.engine)
    on_disk = held(base)
    # A long blob is cut over several pages: its beginning and its end are looked for.
    pieces = [piece for one in (*wrapped, *blobs) for piece in (one[:48], one[-48:])]
    assert pieces and all(piece in on_disk for piece in pieces)
    with system(sqlite_town.store, sqlite_town.clock) as tx:
        forget_person(tx, amina, reason=ForgetReason.ASKED)
    after = held(base)
    assert not [piece for piece in pieces if piece in after]
    assert base.with_name(base.name + "-wal").stat().st_size == 0
