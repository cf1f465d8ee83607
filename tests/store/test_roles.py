"""PostgreSQL: the program really runs as a role that adds to the journal and can neither change nor empty it."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError

from pathway.kernel.settings import Settings
from pathway.store.opening import Store, open_store
from pathway.store.pruning import may_prune, prune
from pathway.store.roles import KEPT, role_state, roles_sql
from tests.store.hands import NOON, broken, lines, opened, reading, rewritten, sealed, writing
from tests.store.test_pruning import BEFORE, OLD, at, said
from tests.town import instance
from tests.town import opened as prepared


@dataclass(frozen=True, kw_only=True)
class Three:
    """One base as its owner, the program and the pruner see it."""

    owner: Store
    program: Store
    pruner: Store


def as_role(settings: Settings, role: str, word: str) -> Store:
    url = make_url(settings.url).set(username=role, password=word).render_as_string(hide_password=False)
    return open_store(settings.model_copy(update={"database_url": url}))


@pytest.fixture
def three(tmp_path: object, postgresql_url: str, pg_engine: Engine) -> Iterator[Three]:
    """A base on PostgreSQL with both roles made by the statements the command writes."""
    settings = instance(tmp_path, postgresql_url)  # type: ignore[arg-type]
    owner = prepared(settings)
    names = [f"carte_{part}_{secrets.token_hex(4)}" for part in ("app", "prune")]
    database, word = str(make_url(postgresql_url).database), secrets.token_hex(8)
    with owner.engine.begin() as connection:
        for _ in range(2):  # safe to run again
            for statement in roles_sql(program=names[0], pruner=names[1], database=database):
                connection.exec_driver_sql(statement)
        for name in names:
            connection.exec_driver_sql(f"ALTER ROLE {name} PASSWORD '{word}'")
    stores = [owner, *(as_role(settings, name, word) for name in names)]
    yield Three(owner=owner, program=stores[1], pruner=stores[2])
    for store in stores:
        store.engine.dispose()
    with pg_engine.connect() as connection, suppress(ProgrammingError):
        for name in names:
            connection.exec_driver_sql(f"DROP OWNED BY {name}")
    with owner.engine.begin() as connection:
        for name in names:
            connection.exec_driver_sql(f"DROP OWNED BY {name}")
            connection.exec_driver_sql(f"DROP ROLE {name}")
    owner.engine.dispose()


def test_the_program_writes_and_reads_as_its_role(three: Three) -> None:
    before = lines(three.program)
    subject = sealed(three.program)
    rewritten(three.program, subject, "card", {"name": "Amina B."})
    assert opened(three.program, subject) == {"name": "Amina B."}
    assert (lines(three.program), broken(three.program)) == (before + 2, [])
    with writing(three.program) as tx:
        tx.sealing.destroy([subject])
        tx.journal("forget_record", records=[subject])
    assert broken(three.program) == []


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("deed", ["UPDATE {} SET {column} = {column}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_journal_refuses_that_role(three: Three, table: str, deed: str) -> None:
    sealed(three.program)
    column = "seq" if table != "journal_checkpoint" else "part"
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        three.program.engine.begin() as connection,
    ):
        connection.execute(text(deed.format(table, column=column)))


@pytest.mark.parametrize(
    "deed",
    [
        "INSERT INTO journal_checkpoint (part, epoch, payload, mac) VALUES (0, 1, '', '')",
        "DROP TABLE journal_entry",
        "ALTER TABLE journal_entry DISABLE TRIGGER ALL",
        "DELETE FROM alembic_version",
    ],
)
def test_nor_may_it_give_itself_the_right(three: Three, deed: str) -> None:
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        three.program.engine.begin() as connection,
    ):
        connection.execute(text(deed))


def test_the_other_role_prunes_and_reads_nobody(three: Three) -> None:
    said(three.program, OLD, 4)
    said(three.program, NOON, 2)
    with reading(three.program) as tx:
        assert not may_prune(tx.connection)
    with at(three.pruner, NOON) as tx:
        assert may_prune(tx.connection) and prune(tx, before=BEFORE).count == 4
    assert broken(three.program) == []
    with pytest.raises(ProgrammingError, match="permission denied"), three.pruner.engine.begin() as connection:
        connection.execute(text("UPDATE record SET id = id"))


def test_each_is_told_what_it_may_do(three: Three) -> None:
    with three.program.engine.connect() as connection:
        assert role_state(connection).beyond == ()
    with three.pruner.engine.connect() as connection:
        assert {one.split()[0] for one in role_state(connection).beyond} == {"DELETE"}
    with three.owner.engine.connect() as connection:
        assert len(role_state(connection).beyond) == 9


@pytest.mark.filterwarnings("ignore")  # PostgreSQL only warns of a grant that gives nothing
def test_a_right_it_grants_itself_is_not_given(three: Three) -> None:
    with three.program.engine.begin() as connection:
        connection.execute(text("GRANT DELETE, UPDATE, TRUNCATE ON journal_entry TO current_user"))
        assert role_state(connection).beyond == ()
