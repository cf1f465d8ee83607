"""Refusals become pages: the sentence, the right status, nothing about the machine."""

from flask import Flask, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from pathway.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, PathwayError, Refused, Sealed, Unavailable
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.web.drafts import ReadAgain
from pathway.web.gate import RESUME, gate, keeps_words, record_refusal
from pathway.web.logs import tell_failure
from pathway.web.uploads import too_heavy

_STATUS: dict[type[PathwayError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 400,
    Refused: 422,
    ReadAgain: 422,
    Conflict: 409,
    Unavailable: 503,
    Sealed: 503,
}
_TITLES = {
    400: marked("Cette demande ne peut pas être lue"),
    403: marked("Vous n’avez pas accès à cette page"),
    404: marked("Page introuvable"),
    405: marked("Cette page ne s’ouvre pas ainsi"),
    409: marked("Quelqu’un a été plus rapide"),
    413: marked("Ce que vous envoyez est trop gros"),
    422: marked("Ce n’est pas possible"),
    500: marked("Quelque chose n’a pas marché"),
    503: marked("Le service n’est pas disponible"),
}
_SENTENCES = {
    400: marked("Revenez à la page précédente, rechargez-la, puis réessayez."),
    403: marked("Elle n’est pas ouverte à votre compte."),
    404: NotFound().sentence,
    405: marked("Repartez de l’accueil."),
    413: marked("Envoyez un fichier plus petit."),
    500: marked("Ce n’est pas de votre fait. L’exploitant est prévenu ; réessayez dans un instant."),
}
_ALERTS = ("Revenir aux alertes", "supervisor.alerts")
# Where one alert or a gesture on it was asked: its list, which whoever came so far may read.
_LISTS = {f"supervisor.{name}": _ALERTS for name in ("alert", "give", "snooze", "dismiss")}
_EXPIRED = marked("Cette page est restée ouverte trop longtemps. Revenez en arrière, rechargez-la, puis recommencez.")
_EXPIRED_KEPT = marked("Cette page est restée ouverte trop longtemps. Ce que vous aviez rempli est gardé.")
_RESUME = (marked("Reprendre ce que j’avais rempli"), RESUME)


def install_errors(app: Flask) -> None:
    """Give every refusal and failure its page."""
    app.register_error_handler(PathwayError, _refused)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def _refused(error: PathwayError) -> ResponseReturnValue:
    status = _STATUS.get(type(error), 500)
    if isinstance(error, Sealed):
        tell_failure(error)  # a content altered outside the program: the operator must know, and who met it
    if status in (403, 404) or isinstance(error, Sealed):
        record_refusal(error)
    else:
        gate().close()
    return _page(status, error.sentence)


def _expired(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, _EXPIRED_KEPT, back=_RESUME) if keeps_words(gate()) else _page(400, _EXPIRED)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error.get_response()
    if isinstance(error, SecurityError):  # an unknown host: no page can be drawn, no address can be built
        return Response(_(_SENTENCES[400]), status=400, mimetype="text/plain")
    if error.code == 413 and (back := too_heavy()) is not None:
        return back
    return _page(error.code or 500, _SENTENCES.get(error.code or 500, _SENTENCES[500]))


def _failed(error: Exception) -> ResponseReturnValue:
    tell_failure(error)
    if current_app.testing:
        raise error
    return _page(500, _SENTENCES[500])


def _page(status: int, sentence: str, *, back: tuple[str, str] | None = None) -> ResponseReturnValue:
    title = _(_TITLES.get(status, _TITLES[500]))
    # Said of the address alone: the list to go back to is the same whether what was asked exists or not.
    if status == 404:
        back = _LISTS.get(request.endpoint or "")
    # The address is not said again: an address that exists and one that does not give the same page.
    more = {"status": status, "back": back, "this_page": "/"}
    page = render_template("account/refusal.html", title=title, sentence=_(sentence), **more)
    return page, status
