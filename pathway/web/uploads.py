"""Files sent by a browser stay in memory, never on disk unsealed; only some views take large ones."""

from collections.abc import Callable
from io import BytesIO
from typing import IO, TypeVar

from flask import Flask, Request, current_app, request
from flask.typing import ResponseReturnValue

_ENVELOPE = 64 * 1024  # what a form adds around its file

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class InMemoryRequest(Request):
    """A request whose files are never spooled to a temporary file."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()


def takes_file(largest: int) -> Callable[[View], View]:
    """Let a view take one file of that many bytes at most; the others keep the application's limit."""

    def mark(view: View) -> View:
        view.largest_file = largest  # type: ignore[attr-defined]  # read back by _widen
        return view

    return mark


def install_uploads(app: Flask) -> None:
    """Keep files in memory, and widen the limit of the views marked so. To be installed before what reads forms."""
    app.request_class = InMemoryRequest
    app.before_request(_widen)


def _widen() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    largest: int = getattr(view, "largest_file", 0)
    if largest:
        request.max_content_length = largest + _ENVELOPE
