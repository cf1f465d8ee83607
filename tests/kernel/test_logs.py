import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathway.kernel.errors import PathwayError
from pathway.kernel.logs import ForeignLine, failure, log

HERS = "Amina Benkacem 06 12 34 56 78"


def raised(message: str) -> BaseException:
    secret = message
    try:
        try:
            raise KeyError(secret)
        except KeyError as cause:
            raise ValueError(secret) from cause
    except ValueError as error:
        return error


def record(message: str, *, name: str = "sqlalchemy.engine", module: str = "base", **more: object) -> str:
    made = logging.LogRecord(name, logging.ERROR, f"/x/{module}.py", 7, message, (), None)
    made.__dict__.update(more)
    return ForeignLine().format(made)


def test_a_line_is_one_object_of_json_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    log().info("request", status=200)
    said = capsys.readouterr()
    line = json.loads(said.err)
    assert said.out == "" and said.err.count("\n") == 1
    assert (line["event"], line["status"], line["level"]) == ("request", 200, "info")
    assert line["at"].endswith("Z")


def test_below_the_lowest_level_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    log(lowest=logging.WARNING).info("request")
    log(lowest=logging.WARNING).error("failed")
    assert json.loads(capsys.readouterr().err)["event"] == "failed"


@given(st.text())
def test_no_text_can_end_a_line_or_speak_to_a_terminal(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr(sys.stderr, "write", lines.append)
        log().info("request", fact=text, other=f"\x1b[2J\r\n\x9b{text}")
    line = "".join(lines)
    assert line.endswith("\n") and all(" " <= sign <= "~" for sign in line[:-1])
    assert json.loads(line)["fact"] == text


def test_a_failure_is_told_by_its_kind_and_place_never_by_its_words() -> None:
    said = failure(raised(HERS))
    assert said["type"] == "builtins.ValueError" and said["because"] == ["builtins.KeyError"]
    assert said["where"][-1].startswith("tests/kernel/test_logs.py:") and said["where"][-1].endswith(" raised")
    assert "Amina" not in json.dumps(said)


def test_causes_that_turn_in_a_circle_are_told_once() -> None:
    error = raised("x")
    assert error.__cause__ is not None
    error.__cause__.__context__ = error
    assert failure(error)["because"] == ["builtins.KeyError"]


def test_our_own_refusals_keep_their_sentence() -> None:
    assert failure(PathwayError("La base n’existe pas."))["said"] == "La base n’existe pas."


def test_a_library_is_named_but_not_quoted() -> None:
    line = record(HERS)
    assert "Amina" not in line
    assert json.loads(line) | {"at": ""} == {
        "event": "library",
        "logger": "sqlalchemy.engine",
        "place": "base:7",
        "level": "error",
        "at": "",
    }


def test_a_library_that_failed_gives_the_kind_alone() -> None:
    error = raised(HERS)
    line = record(HERS, name="pathway", exc_info=(type(error), error, error.__traceback__))
    assert "Amina" not in line and json.loads(line)["type"] == "builtins.ValueError"


@pytest.mark.parametrize(("name", "module"), [("pathway", "gate"), ("gunicorn.error", "arbiter")])
def test_what_speaks_of_the_program_alone_is_quoted(name: str, module: str) -> None:
    assert json.loads(record("Worker was sent SIGKILL!", name=name, module=module))["event"].startswith("Worker")


def test_a_terminal_that_was_closed_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_text: str) -> int:
        raise OSError("closed")

    monkeypatch.setattr(sys.stderr, "write", closed)
    log().error("failed")
