"""One line of log a request: which page, how it ended, how long it took; nothing of who asked nor of what was typed."""

import logging
from secrets import token_hex
from time import perf_counter

from flask import Flask, Response, g, request

from pathway.kernel.logs import failure, log

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
_OTHER = "other"


def install_logs(app: Flask, *, is_demo: bool) -> None:
    """Log every request of that application but its static files; a demonstration tells only what goes wrong."""
    said = log(lowest=logging.WARNING if is_demo else logging.INFO)

    @app.before_request
    def number() -> None:
        g.request_id, g.started = token_hex(8), perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        if request.endpoint != "static":
            speak = said.error if response.status_code >= 500 else said.info
            speak("request", **_facts(), status=response.status_code, ms=round(_elapsed() * 1000))
            response.headers["X-Request-Id"] = g.get("request_id", "")
        return response


def tell_failure(error: BaseException) -> None:
    """Log an exception nobody expected: its kind and its place in the code, with the number of the request."""
    log().error("failed", **_facts(), **failure(error))


def _facts() -> dict[str, str]:
    # The endpoint's name, never the path: a path may hold anything that was typed.
    method = request.method if request.method in _METHODS else _OTHER
    return {"id": g.get("request_id", ""), "method": method, "endpoint": request.endpoint or _OTHER}


def _elapsed() -> float:
    return perf_counter() - float(g.get("started", perf_counter()))
