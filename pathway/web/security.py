"""Headers on every answer: nothing foreign runs, nothing private stays in a cache or a frame; and whom to warn."""

from datetime import UTC, timedelta

from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue

from pathway.kernel.clock import SystemClock
from pathway.kernel.settings import Settings, public_link
from pathway.web.gate import public

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_YEAR = 31536000

WHOM_TO_WARN = "/.well-known/security.txt"
_EXPIRES_IN = timedelta(days=180)  # RFC 9116 asks for less than a year


def install_headers(app: Flask) -> None:
    """Add the headers to every response of that application, static files and errors included."""

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.update(_HEADERS)
        if app.config["SESSION_COOKIE_SECURE"]:
            response.headers["Strict-Transport-Security"] = f"max-age={_YEAR}; includeSubDomains"
        if request.endpoint == "static":
            response.headers["Cache-Control"] = "public, max-age=3600"
        else:
            response.headers["Cache-Control"] = "no-store"
        return response


def install_security_contact(app: Flask, settings: Settings) -> None:
    """Say to whom a weakness is reported (RFC 9116); there is no such page while no contact is set."""

    @public
    def view() -> ResponseReturnValue:
        if not settings.security_contact:
            abort(404)
        return Response(_security_txt(settings), mimetype="text/plain")

    app.add_url_rule(WHOM_TO_WARN, "security_txt", view)


def _security_txt(settings: Settings) -> str:
    expires = (SystemClock().now() + _EXPIRES_IN).astimezone(UTC).replace(microsecond=0)
    lines = [
        f"Contact: {_as_address(settings.security_contact)}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr",
    ]
    if settings.public_url:
        lines.append(f"Canonical: {public_link(settings, WHOM_TO_WARN)}")
    return "\n".join(lines) + "\n"


def _as_address(contact: str) -> str:
    """A bare e-mail becomes an address a program can open."""
    return contact if ":" in contact else f"mailto:{contact}"
