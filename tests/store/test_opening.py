import shutil
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from pathway.kernel.errors import Unavailable
from pathway.kernel.settings import Settings
from pathway.store.engine import connect, make_engine
from pathway.store.opening import Store, base_exists, mark_as_demo, open_store, prepare_instance
from tests.store.hands import NOON, sealed
from tests.town import instance


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """A prepared instance that holds one sealed record, on each engine in turn."""
    here = instance(tmp_path, database_url)
    prepare_instance(here, now=NOON)
    store = open_store(here)
    sealed(store)
    store.engine.dispose()
    return here


def refusal(settings: Settings) -> str:
    with pytest.raises(Unavailable) as refused:
        open_store(settings)
    return refused.value.sentence


def sql(settings: Settings, statement: str) -> None:
    engine = make_engine(settings.url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_an_instance_opens_again_with_its_own_keyring(settings: Settings) -> None:
    store = open_store(settings)
    assert (store.territory, store.is_demo) == ("valmer", False)
    store.engine.dispose()


def test_preparing_twice_keeps_the_keyring_and_the_records(settings: Settings) -> None:
    before = settings.keyring_path.read_bytes()
    prepare_instance(settings, now=NOON)
    assert settings.keyring_path.read_bytes() == before
    open_store(settings).engine.dispose()


def test_a_keyring_behind_a_link_is_refused(settings: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "keyring-elsewhere"
    settings.keyring_path.rename(elsewhere)
    settings.keyring_path.symlink_to(elsewhere)
    assert "lien symbolique" in refusal(settings)


def test_a_dangling_link_is_not_taken_for_a_missing_keyring(settings: Settings, tmp_path: Path) -> None:
    settings.keyring_path.unlink()
    settings.keyring_path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Unavailable, match="lien symbolique"):
        prepare_instance(settings, now=NOON)
    assert not (tmp_path / "nowhere").exists()


def test_the_keyring_is_made_for_its_owner_alone(settings: Settings) -> None:
    assert settings.keyring_path.stat().st_mode & 0o777 == 0o600
    assert settings.instance.stat().st_mode & 0o077 == 0


def test_the_base_of_another_territory_is_refused(settings: Settings) -> None:
    elsewhere = Settings(
        CARTE_INSTANCE=settings.instance, DATABASE_URL=settings.database_url, CARTE_TERRITORY="ailleurs"
    )
    sentence = refusal(elsewhere)
    assert "« valmer »" in sentence and "« ailleurs »" in sentence


def test_an_older_base_asks_for_an_upgrade(settings: Settings) -> None:
    sql(settings, "UPDATE alembic_version SET version_num = '0000'")
    assert "n’est pas à jour" in refusal(settings)


def test_an_empty_base_says_what_to_run(settings: Settings) -> None:
    sql(settings, "DROP TABLE alembic_version")
    assert "./carte database upgrade" in refusal(settings)


def test_a_base_upgraded_but_never_prepared_says_what_to_run(settings: Settings) -> None:
    for table in ("search_token", "sealed_section", "data_key", "mark"):
        sql(settings, f"DELETE FROM {table}")
    assert "./carte database upgrade" in refusal(settings)


def test_opening_where_there_is_nothing_creates_nothing(tmp_path: Path) -> None:
    here = Settings(CARTE_INSTANCE=tmp_path / "nothing", DATABASE_URL="")
    assert not base_exists(here)
    assert "n’existe pas encore" in refusal(here)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_base_is_said_so(tmp_path: Path, sqlite_url: str) -> None:
    path = tmp_path / "carte.sqlite"
    path.write_bytes(b"Nom;Prenom\n" * 1000)
    assert "n’est pas une base" in refusal(instance(tmp_path, sqlite_url))


def test_a_server_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    here = instance(tmp_path, "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    assert "injoignable" in refusal(here)


def test_opening_does_not_wait_for_a_writer(settings: Settings) -> None:
    engine = make_engine(settings.url)
    with connect(engine, write=True) as writer:
        writer.execute(text("UPDATE mark SET value = value"))
        started = time.monotonic()
        open_store(settings).engine.dispose()
        assert time.monotonic() - started < 10  # SQLite would wait 15 s for the writer, then fail
    engine.dispose()


def test_a_copied_instance_opens_elsewhere(tmp_path: Path, sqlite_url: str) -> None:
    here = instance(tmp_path, sqlite_url)
    prepare_instance(here, now=NOON)
    shutil.copytree(here.instance, tmp_path / "copy")
    (tmp_path / "copy").chmod(0o700)
    open_store(
        Settings(CARTE_INSTANCE=tmp_path / "copy", DATABASE_URL=sqlite_url, CARTE_TERRITORY="valmer")
    ).engine.dispose()


def test_a_base_says_for_ever_that_it_is_a_demonstration(store: Store, tmp_path: Path, database_url: str) -> None:
    with store.engine.begin() as connection:
        mark_as_demo(connection)
    again = open_store(instance(tmp_path, database_url))
    assert again.is_demo
    again.engine.dispose()
