"""What the program says of itself while it runs: a line of JSON an event, and nothing in it speaks of a person."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePath
from typing import Any, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger

from pathway.kernel.errors import PathwayError

_DEEPEST = 40
# gunicorn's arbiter speaks of its workers only; every other module of it quotes requests.
_SPEAKS_OF_WORKERS = ("gunicorn.error", "arbiter")


class _StandardError:
    """Where lines go. A terminal that was closed must not fail a request."""

    def write(self, line: str) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = write


def log(*, lowest: int = logging.INFO) -> FilteringBoundLogger:
    """The log. Facts given to it are codes, numbers and instants: never a name, a path, an address nor a message."""
    wrapped = structlog.wrap_logger(
        _StandardError(),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _as_line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
    )
    return cast(FilteringBoundLogger, wrapped)


def failure(error: BaseException) -> dict[str, Any]:
    """What may be said of an exception: its kind, where it went through, the kinds it came from.

    Neither its message nor any value: both may quote what somebody typed. A `PathwayError` adds its sentence, which by
    its own promise holds nothing personal.
    """
    said: dict[str, Any] = {"type": _kind(error), "where": _where(error)}
    causes = [_kind(one) for one in _causes(error)]
    if causes:
        said["because"] = causes
    return {**said, "said": error.sentence} if isinstance(error, PathwayError) else said


class ForeignLine(logging.Formatter):
    """How the records of libraries (gunicorn, Flask, SQLAlchemy) are written: whence they come, not what they quote.

    Read by gunicorn's configuration.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        said: EventDict = {
            "event": record.getMessage() if _is_safe(record) else "library",
            "logger": record.name,
            "place": f"{record.module}:{record.lineno}",
            "level": record.levelname.lower(),
            "at": _instant(record),
        }
        if record.exc_info and record.exc_info[1]:
            said.update(failure(record.exc_info[1]))
        return _as_line(None, "", said)


def _is_safe(record: logging.LogRecord) -> bool:
    is_ours = record.name.partition(".")[0] == "pathway" and not record.exc_info
    return is_ours or (record.name, record.module) == _SPEAKS_OF_WORKERS


def _instant(record: logging.LogRecord) -> str:
    stamper = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")
    return str(stamper(None, record.levelname, {})["at"])


def _as_line(_logger: object, _method: str, event: EventDict) -> str:
    # ASCII alone: no line end, no terminal escape, no sign that changes the direction of writing goes through.
    return json.dumps(event, ensure_ascii=True, default=lambda one: type(one).__name__).replace("\x7f", "\\u007f")


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _where(error: BaseException) -> list[str]:
    frames = list(traceback.walk_tb(error.__traceback__))[-_DEEPEST:]
    return [f"{_module(frame.f_code.co_filename)}:{line} {frame.f_code.co_name}" for frame, line in frames]


def _module(file: str) -> str:
    return "/".join(PurePath(file).parts[-3:])


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    cause = error.__cause__ or error.__context__
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
