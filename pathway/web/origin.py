"""Where a request comes from, as the browser itself says: no page of another site sends a form here."""

from flask import Flask, abort, request

_FROM = "Sec-Fetch-Site"  # said by the browser, not by a page
_SAFE = ("GET", "HEAD", "OPTIONS")


def install_same_site(app: Flask) -> None:
    """Refuse what a page of another site sends: a second lock beside the token of forms.

    Browsers of before 2023 do not say where a request comes from: the token alone holds them. The Referer says nothing
    here: our pages ask browsers for none, since addresses of letters hold secrets.
    """

    @app.before_request
    def refuse_foreign() -> None:
        if request.method not in _SAFE and not comes_from_here():
            abort(400)


def comes_from_here() -> bool:
    """Whether the browser says that one of our pages, or nobody's, sends this request; true where it says nothing."""
    return request.headers.get(_FROM, "same-origin") in ("same-origin", "none")


def is_said_ours() -> bool:
    """Whether the browser says that one of our pages sends this request."""
    return request.headers.get(_FROM) == "same-origin"
