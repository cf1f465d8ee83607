"""The cookie of a session: its name, given, and taken back."""

from flask import Flask, Response, current_app


def cookie_name(app: Flask) -> str:
    """The session cookie's name; the `__Host-` prefix needs HTTPS."""
    return "__Host-carte" if app.config["SESSION_COOKIE_SECURE"] else "carte"


def set_session_cookie(response: Response, secret: str) -> None:
    """Give the browser its session, for this browser session only."""
    response.set_cookie(
        cookie_name(current_app),
        secret,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def drop_session_cookie(response: Response) -> None:
    """Take the session back from the browser."""
    response.delete_cookie(
        cookie_name(current_app),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
