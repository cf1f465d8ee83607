"""The set-up of the tests: what it starts it removes, and what it lacks it says."""

import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from pathway.cli import testing
from pathway.store.engine import make_engine


@pytest.fixture
def binaries() -> Path:
    found = testing.postgres_binaries(install=False)
    return found or pytest.skip(testing.absence(testing.POSTGRES))


def _plainly(url: URL) -> Connection:
    """A connection that no pool keeps open."""
    return create_engine(url, poolclass=NullPool).connect()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_throw_away_cluster_answers_then_is_gone_even_after_an_error(binaries: Path) -> None:
    with pytest.raises(ZeroDivisionError), testing.cluster(binaries) as address:
        url = make_url(address)
        port = url.port or 65_535
        assert port < 32_768
        with _plainly(url) as connection:
            place = Path(str(connection.scalar(text("SHOW data_directory"))))
        assert place.exists()
        raise ZeroDivisionError
    assert not place.parent.exists()
    assert not _answers(port)


def test_a_throw_away_cluster_asks_for_its_password(pg_url: str) -> None:
    url = make_url(pg_url).set(password="un autre")
    with pytest.raises(OperationalError, match="password authentication failed"), _plainly(url):
        pass


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_gets_a_base_of_its_own(database_url: str, turn: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE left_behind (x integer)"))  # would fail on the base of the other turn
    engine.dispose()


def _concluded(monkeypatch: pytest.MonkeyPatch, *, ci: str, code: int = 0) -> int:
    monkeypatch.setenv("CI", ci)
    return testing.concluded(code, ["PostgreSQL", "Chromium"])


def test_what_could_not_be_had_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _concluded(monkeypatch, ci="") == 0
    expected = "Non obtenu : PostgreSQL et Chromium. Les essais qui en ont besoin sont sautés.\n"
    assert capsys.readouterr().err == expected


def test_what_could_not_be_had_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _concluded(monkeypatch, ci="true") == 1
    assert _concluded(monkeypatch, ci="true", code=3) == 3


def test_help_is_the_command_s_own_and_says_what_is_passed_to_pytest() -> None:
    result = CliRunner().invoke(testing.command, ["--help"])
    assert result.exit_code == 0
    assert "--collect-only" in result.output


def test_a_browser_that_does_not_start_is_no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stub = tmp_path / "chromium"
    stub.write_text("#!/bin/sh\nexit 1\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CHROMIUM", str(stub))
    monkeypatch.delenv("CARTE_TEST_CHROMIUM", raising=False)
    assert testing.browser(install=False) == ""


def test_slow_is_said_to_the_tests_and_not_to_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTE_SLOW", "")
    seen: list[tuple[tuple[str, ...], str]] = []

    def run(given: tuple[str, ...]) -> int:
        seen.append((given, os.environ["CARTE_SLOW"]))
        return 0

    monkeypatch.setattr(testing, "run", run)
    for words in (["--slow", "tests/vault", "-k", "key"], ["tests/vault"]):
        monkeypatch.setenv("CARTE_SLOW", "")
        assert CliRunner().invoke(testing.command, words).exit_code == 0
    assert seen == [(("tests/vault", "-k", "key"), "1"), (("tests/vault",), "")]
