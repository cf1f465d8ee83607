"""Knowing a browser again by a long-lived cookie of its own, so that a stranger's wrong tries never lock its owner."""

from flask import Response, current_app, request

from pathway.casework.accounts.rules import DEVICE_LIFE
from pathway.casework.accounts.sessions import device_name
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.store.transaction import Transaction

_SECRET_LENGTH = 43  # 32 bytes in base64
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_ANOTHER = marked("Navigateur")  # kept in French, like all that is kept
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def known_name(tx: Transaction) -> str:
    """The hash of the device cookie this request came with; empty without one."""
    secret = request.cookies.get(_cookie(), "")
    return device_name(tx, secret) if len(secret) == _SECRET_LENGTH else ""


def keep_device(response: Response, secret: str) -> None:
    """Give the browser its device cookie."""
    response.set_cookie(
        _cookie(),
        secret,
        max_age=int(DEVICE_LIFE.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )


def device_words() -> str:
    """« Firefox, Windows »: enough for its owner to recognise it, no more; the browser's own words are not kept."""
    agent = request.user_agent.string
    browser = next((name for sign, name in _BROWSERS if sign in agent), _ANOTHER)
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return f"{browser}, {system}" if system else browser


def said_device(kept: str) -> str:
    """The same words in the language spoken."""
    browser, comma, system = kept.partition(", ")
    return f"{_(browser)}{comma}{system}"


def _cookie() -> str:
    return "__Host-carte-appareil" if current_app.config["SESSION_COOKIE_SECURE"] else "carte_appareil"
