"""Files sent by a browser stay in memory, never on disk unsealed; only some views take large ones."""

from collections.abc import Callable
from io import BytesIO
from typing import IO, Any, TypeVar

from flask import Flask, Request, current_app, redirect, request
from flask.typing import ResponseReturnValue

from pathway.kernel.languages import gettext as _
from pathway.web.jinja import notify

_ENVELOPE = 64 * 1024  # what a form adds around its file
_HEARD_OUT = 8  # times the limit: a photo too heavy is never more, and what was typed beside it is kept
_LOT = 64 * 1024

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Capped(BytesIO):
    """What is kept of a file: one byte more than its view takes, for that view to refuse it and show its form again."""

    def __init__(self, most: int) -> None:
        """The bytes kept at most; the rest is heard and forgotten."""
        super().__init__()
        self._left = most

    def write(self, lot: Any, /) -> int:
        """Keep what still fits."""
        kept = super().write(lot[: self._left])
        self._left -= kept
        return len(lot)


class InMemoryRequest(Request):
    """A request whose files are never spooled to a temporary file."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return Capped(_largest() + 1)


def takes_file(largest: int) -> Callable[[View], View]:
    """Let a view take one file of that many bytes at most; the others take none.

    Its view is given one byte more of a heavier file, and refuses it beside the field. Its form answers GET at the same
    address: that is where `too_heavy` leads back, for what is heavier still.
    """

    def mark(view: View) -> View:
        view.largest_file = largest  # type: ignore[attr-defined]  # read back by _widen
        return view

    return mark


def install_uploads(app: Flask) -> None:
    """Keep files in memory, and widen the limit of the views marked so. To be installed before what reads forms."""
    app.request_class = InMemoryRequest
    app.before_request(_widen)


def too_heavy() -> ResponseReturnValue | None:
    """Back to the form, the limit said, when what was sent is far over what its view takes; None for another refusal.

    Nothing of the body is kept: what was typed beside the file cannot be given back.
    """
    largest = _largest()
    if not largest or (request.content_length or 0) <= _most_heard(largest):
        return None
    _hear_out(_most_heard(largest))
    most = largest // 1024**2
    told = _("Ce fichier est trop lourd : %(most)s Mo au plus, et rien n’a été gardé.", most=most)
    tip = _("Avec un téléphone : prenez la photo de moins près, ou choisissez une qualité plus petite.")
    notify(f"{told} {tip}", "late")
    return redirect(request.path, 303)


def _hear_out(most: int) -> None:
    """Let the browser finish, and forget what it says: cut while it still sends, it shows its own page, not ours."""
    left = request.content_length or 0
    while 0 < left <= most:
        heard = len(request.environ["wsgi.input"].read(min(left, _LOT)))
        left = left - heard if heard else 0


def _largest() -> int:
    """The bytes that the file of this view may have; 0 when it takes none."""
    view = current_app.view_functions.get(request.endpoint or "")
    largest: int = getattr(view, "largest_file", 0)
    return largest


def _widen() -> None:
    largest = _largest()
    if largest:
        request.max_content_length = _most_heard(largest)


def _most_heard(largest: int) -> int:
    return largest * _HEARD_OUT + _ENVELOPE
