"""In which language a page is said: her account's, else this browser's; professionals read French."""

from flask import Flask, Response, request

from pathway.casework.accounts.queries import SessionView
from pathway.casework.partners.rules import Role
from pathway.kernel.languages import FRENCH, NAMES, speak, spoken

COOKIE = "carte_langue"


def install_languages(app: Flask) -> None:
    """Choose before the gate, which refuses in that language too; install it first."""
    app.before_request(_negotiate)
    app.after_request(_tell)
    app.teardown_request(lambda _error: speak(FRENCH))


def speak_to(session: SessionView) -> None:
    """Say everything from now on as that reader reads: a professional in French, a person as she chose."""
    if session.role != Role.JOBSEEKER:
        speak(FRENCH)
    elif session.language:
        speak(session.language)


def _negotiate() -> None:
    chosen = request.cookies.get(COOKIE, "")
    speak(chosen if chosen in NAMES else request.accept_languages.best_match(NAMES, FRENCH))


def _tell(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = spoken()
        response.vary.update(["Accept-Language", "Cookie"])
    return response
