import os
import socket

import pytest

from tests.cli.conftest import Desk


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The lines with which the program would have become a server."""
    lines: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda _path, line, _environment: lines.append(line))
    return lines


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "exemple.fr", "::"])
def test_a_demonstration_is_never_served_beyond_this_machine(desk: Desk, started: list[list[str]], host: str) -> None:
    assert "démonstration" in desk.refusal("serve", "--host", host, code=1)
    assert started == []


def test_a_base_with_demonstration_accounts_but_no_mark_is_not_served(
    empty_desk: Desk, started: list[list[str]]
) -> None:
    empty_desk.settle(is_demo=False)
    assert "comptes de démonstration" in empty_desk.refusal("serve", "--port", free_port(), code=1)
    assert started == []


def test_gunicorn_is_told_everything_by_the_program(desk: Desk, started: list[list[str]]) -> None:
    port = free_port()
    assert desk.run("serve", "--port", port, "--workers", "3").exit_code == 0
    words = started[0]
    assert words[words.index("--bind") + 1] == f"127.0.0.1:{port}"
    assert words[words.index("--workers") + 1] == "3"
    assert words[words.index("--config") + 1] == "python:pathway.cli.gunicorn"
    assert "app:app" in words


def test_a_port_already_taken_is_said_before_starting(desk: Desk, started: list[list[str]]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in ("serve", "demo"):
            assert f"port {port}" in desk.refusal(command, "--port", port, code=1)
    assert started == []
