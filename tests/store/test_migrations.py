from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlmodel import SQLModel

from pathway.casework import schema
from pathway.casework.alerts.vocabulary import AlertState
from pathway.store import migrate
from pathway.store.engine import make_engine
from pathway.store.opening import Store
from tests.store.hands import NOON

_ID = "a" * 26


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'empty.sqlite'}"


def put(engine: Engine, table: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(insert(SQLModel.metadata.tables[table]).values(**values))


@pytest.fixture
def held(store: Store) -> Store:
    """A store with a structure, a scheme, a record and a step to hang rows on."""
    at = {"recorded_at": NOON}
    put(store.engine, "structure", id=_ID, code="one", name="One", kind="ccas", state="active", **at)
    put(store.engine, "scheme", id=_ID, code="one", name="One", kind="cej", intensity="light", **at)
    put(store.engine, "record", id=_ID, created_by=_ID, structure_id=_ID, **at)
    step = {"record_id": _ID, "scheme_id": _ID, "structure_id": _ID, "account_id": _ID}
    put(store.engine, "enrolment", id=_ID, entered_on=date(2026, 1, 5), **step, **at)
    return store


def exit_row(**changes: object) -> dict[str, object]:
    row = {
        "id": "x" * 26,
        "enrolment_id": _ID,
        "record_id": _ID,
        "structure_id": _ID,
        "plan_id": None,
        "kind": "closed",
        "event_on": date(2026, 2, 5),
        "reason": b"sealed",
        "recorded_by": _ID,
        "recorded_at": NOON,
    }
    return {**row, **changes}


def test_an_empty_base_comes_up_to_the_newest_revision_and_again(empty_sqlite: str) -> None:
    for _ in range(2):
        migrate.upgrade(empty_sqlite)
    engine = make_engine(empty_sqlite)
    assert migrate.current_revision(engine) == migrate.newest_revision() != ""
    engine.dispose()


def test_a_base_without_tables_has_no_revision(empty_sqlite: str) -> None:
    engine = make_engine(empty_sqlite)
    assert migrate.current_revision(engine) == ""
    engine.dispose()


def test_every_declared_table_is_migrated(database_url: str) -> None:
    engine = make_engine(database_url)
    migrated = set(inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    assert schema is not None and migrated == set(SQLModel.metadata.tables)


def test_the_base_and_the_declared_tables_agree(database_url: str) -> None:
    assert migrate.drift(database_url) == []


def test_a_missing_column_and_a_foreign_table_are_found(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE contact_attempt DROP COLUMN next_on"))
        connection.execute(text("CREATE TABLE intruder (id INTEGER PRIMARY KEY)"))
    engine.dispose()
    found = migrate.drift(database_url)
    assert len(found) == 2
    assert any("next_on" in said for said in found) and any("intruder" in said for said in found)


def test_every_table_of_sqlite_is_strict(sqlite_store: Store) -> None:
    with sqlite_store.engine.connect() as connection:
        rows = connection.execute(text("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")).all()
    strict = {row.name: row.strict for row in rows if row.name in SQLModel.metadata.tables}
    assert strict == dict.fromkeys(SQLModel.metadata.tables, 1)


def test_a_text_in_a_number_is_refused(held: Store) -> None:
    with pytest.raises(DatabaseError), held.engine.begin() as connection:
        connection.execute(text("UPDATE scheme SET planned_days = 'soon'"))


@pytest.mark.parametrize(
    ("table", "column"),
    [("structure", "kind"), ("structure", "state"), ("scheme", "kind"), ("scheme", "intensity")],
)
def test_a_code_outside_its_list_is_refused(held: Store, table: str, column: str) -> None:
    with pytest.raises(IntegrityError), held.engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {column} = 'invented'"))


def test_every_coded_column_is_checked_by_the_base(held: Store) -> None:
    checks = {
        check["name"] for name in SQLModel.metadata.tables for check in inspect(held.engine).get_check_constraints(name)
    }
    wanted = {
        constraint.name
        for table in SQLModel.metadata.tables.values()
        for constraint in table.constraints
        if str(constraint.name).startswith("ck_")
    }
    assert wanted and wanted <= checks


@pytest.mark.parametrize("kind", ["durable_job", "relay", "no_solution", "lost_contact", "paused"])
def test_an_exit_without_a_plan_is_refused_by_the_base_itself(held: Store, kind: str) -> None:
    with pytest.raises(IntegrityError):
        put(held.engine, "scheme_exit", **exit_row(kind=kind))


def test_only_a_closed_follow_up_needs_no_plan(held: Store) -> None:
    put(held.engine, "scheme_exit", **exit_row())
    with held.engine.connect() as connection:
        assert connection.execute(text("SELECT kind FROM scheme_exit")).scalar_one() == "closed"


def test_a_step_has_one_standing_exit_at_most(held: Store) -> None:
    put(held.engine, "scheme_exit", **exit_row(cancelled_at=NOON))
    put(held.engine, "scheme_exit", **exit_row(id="y" * 26))
    with pytest.raises(IntegrityError):
        put(held.engine, "scheme_exit", **exit_row(id="z" * 26))


def test_a_row_that_points_to_nothing_is_refused(held: Store) -> None:
    with pytest.raises(IntegrityError):
        put(held.engine, "scheme_exit", **exit_row(record_id="n" * 26))
    with pytest.raises(IntegrityError):
        put(held.engine, "scheme_exit", **exit_row(kind="relay", plan_id="n" * 26))


def test_a_parent_with_children_cannot_be_deleted(held: Store) -> None:
    with pytest.raises(IntegrityError), held.engine.begin() as connection:
        connection.execute(text("DELETE FROM structure"))


def test_a_closed_point_has_the_instant_it_closed(held: Store) -> None:
    days = {"original_due_on": date(2026, 3, 2), "due_on": date(2026, 3, 2), "recorded_at": NOON}
    put(
        held.engine,
        "plan",
        id=_ID,
        record_id=_ID,
        kind="relay",
        policy_version="1",
        event_on=date(2026, 2, 5),
        recorded_at=NOON,
    )
    point = {"plan_id": _ID, "record_id": _ID, "kind": "contact", "structure_id": _ID, "is_last": True, **days}
    with pytest.raises(IntegrityError):
        put(held.engine, "point", id="p" * 26, state="done", **point)
    with pytest.raises(IntegrityError):
        put(held.engine, "point", id="p" * 26, state="open", closed_at=NOON, **point)


def test_one_open_alert_for_a_person_and_a_rule(held: Store) -> None:
    alert = {
        "record_id": _ID,
        "rule": "R02",
        "rule_version": "1",
        "policy_version": "1",
        "level": "high",
        "structure_id": _ID,
        "parameters": "{}",
        "facts": "{}",
        "opened_on": date(2026, 2, 5),
        "opened_at": NOON,
    }
    put(held.engine, "alert", id="a" * 26, state=AlertState.CLEARED.value, ended_at=NOON, **alert)
    put(held.engine, "alert", id="b" * 26, state=AlertState.OPEN.value, **alert)
    with pytest.raises(IntegrityError):
        put(held.engine, "alert", id="c" * 26, state=AlertState.OPEN.value, **alert)
