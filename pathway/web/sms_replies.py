"""Where the provider of messages brings the answers of people: STOP is obeyed, nothing is kept or told."""

from hmac import compare_digest

import orjson
from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from pathway.casework.accounts.actions import count_failure
from pathway.casework.accounts.queries import blocked_until
from pathway.kernel.settings import Settings
from pathway.store.stops import obey
from pathway.store.transaction import Transaction
from pathway.web.gate import gate, public
from pathway.web.tries import network_of

PATH = "/sms/reponses"
_LARGEST = 16 * 1024  # bytes; a message is a few hundred


def install_sms_replies(app: Flask, csrf: CSRFProtect, settings: Settings) -> None:
    """Open the door, for who knows CARTE_SMS_REPLY_TOKEN; there is none while that setting is empty.

    A provider comes without a cookie: nothing of a browser can be forged there, so the token of forms is not asked.
    """
    if not settings.sms_reply_token:
        return
    sender, text = settings.sms_reply_fields.split(",")

    @csrf.exempt  # type: ignore[untyped-decorator]  # flask-wtf has no types
    @public
    def view() -> ResponseReturnValue:
        request.max_content_length = _LARGEST
        if not _is_known(settings.sms_reply_token):
            abort(404)  # as where there is no door
        said = _said()
        with gate().writing() as tx:
            obey(tx, sender=said.get(sender, ""), text=said.get(text, ""))
            tx.journal("read_reply")
        return Response(status=204)  # whatever it said, and whoever it was

    app.add_url_rule(PATH, "sms_replies", view, methods=["POST"])


def _is_known(token: str) -> bool:
    """Whether the request bears the secret, as a bearer or as the password of a basic sign-in.

    The right one always passes: a neighbour of the provider must not be able to hold a STOP back. It is too long to be
    guessed (`CARTE_SMS_REPLY_TOKEN`); wrong ones are counted for the journal, and no more once there are many.
    """
    given = request.authorization
    typed = (given.token or given.password or "") if given else ""
    if compare_digest(typed.encode(), token.encode()):
        return True
    with gate().reading() as tx:
        who = _tries(tx)
        is_counted = blocked_until(tx, who) is None
    if is_counted:
        _count(who)
    return False


def _count(who: list[str]) -> None:
    with gate().writing() as tx:
        count_failure(tx, who=who, action="refuse_reply")


def _said() -> dict[str, str]:
    """The fields of a form or of a JSON object; nothing of what is neither."""
    if not request.is_json:
        return request.form.to_dict()
    try:
        content = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:  # nested too deep as well
        return {}
    fields = content.items() if isinstance(content, dict) else ()
    return {name: str(value) for name, value in fields if isinstance(value, str | int)}


def _tries(tx: Transaction) -> list[str]:
    return [tx.store.fingerprints.digest("tries-sms-replies", network_of(request.remote_addr or "")).hex()]
