"""« Mes demandes »: what she asked about her record, until when an answer is due, the answer, and taking one back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField

from pathway.casework.partners.queries import structure_names
from pathway.casework.rights.actions import withdraw_request
from pathway.casework.rights.queries import RequestView, own_requests
from pathway.casework.rights.rules import RequestKind, RequestState
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked
from pathway.kernel.wording import said_instant
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.parts import hidden_words

_TAGS = {RequestState.ANSWERED: "done", RequestState.REFUSED: "private", RequestState.WITHDRAWN: "plain"}
_WITHDRAW = marked("Retirer ma demande")
_BACK = {
    RequestKind.RESTRICTION: marked("Lever la limitation"),
    RequestKind.OBJECTION: _WITHDRAW,
}


class WithdrawForm(CarteForm):
    """Nothing to fill: the request as it was read."""

    version = IntegerField()


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request in words. `back`: the button that takes it back, empty once it is over."""

    id: str
    version: int
    title: str
    state: str
    tag: str
    is_late: bool
    structure: str
    noted_by: str
    asked_at: datetime
    message: str
    due_on: date
    extension: str
    answer: str
    answered_at: datetime | None
    is_open: bool
    is_refused: bool
    effect: str
    back: str


@dataclass(frozen=True, kw_only=True)
class RequestsPage:
    """Her requests, what waits first; a refusal of the last gesture."""

    requests: tuple[Request, ...]
    refused: CarteForm | None


@allow(Permission.OWN_RIGHTS)
def view() -> ResponseReturnValue:
    """List her requests."""
    return _page(None)


@allow(Permission.OWN_RIGHTS)
def withdraw(ref: str) -> ResponseReturnValue:
    """Take one back, or lift what an answered one still limits; what it limited may be used again."""
    form = WithdrawForm()
    with gate().attempt(form) as tx:
        withdraw_request(tx, request_id=ref, version=form.version.data or 0)
    if form.has_errors:
        return _page(form)
    notify(_("C’est fait."))
    return redirect(url_for("jobseeker.requests"), 303)


def _page(refused: CarteForm | None) -> ResponseReturnValue:
    with gate().reading() as tx:
        names = structure_names(tx)
        requests = tuple(_request(one, names, tx.today) for one in own_requests(tx))
    page = RequestsPage(requests=requests, refused=refused)
    return render_template("jobseeker/requests.html", page=page), 422 if refused else 200


def _request(one: RequestView, names: Mapping[str, str], today: date) -> Request:
    is_late = one.is_open and one.term.is_late(today)
    return Request(
        id=one.id,
        version=one.version,
        title=_title(one, names),
        state=_("Réponse en retard") if is_late else one.state.label,
        tag="late" if is_late else _TAGS.get(one.state, "next"),
        is_late=is_late,
        structure=names.get(one.structure_id) or _("Une structure"),
        noted_by=names.get(one.by_structure_id, ""),
        asked_at=one.asked_at,
        message=one.message,
        due_on=one.term.last_day,
        extension=one.extension,
        answer=one.answer,
        answered_at=one.closed_at if one.answer else None,
        is_open=one.is_open,
        is_refused=one.state is RequestState.REFUSED,
        effect=_effect(one),
        back=_back(one),
    )


def _title(one: RequestView, names: Mapping[str, str]) -> str:
    if one.kind is RequestKind.ACCESS:
        return _("Copie de votre dossier")
    if one.kind is RequestKind.RECTIFICATION:
        return _("Correction de votre dossier")
    if one.kind is RequestKind.RESTRICTION:
        return _("Limitation : %(part)s", part=hidden_words(one.section, one.item_key) if one.section else "")
    if one.kind is RequestKind.ERASURE:
        return _("Effacement de votre dossier")
    return _("Opposition : %(structure)s", structure=names.get(one.structure_id) or _("une structure"))


def _back(one: RequestView) -> str:
    if one.limit_ends:
        return _("Lever la limitation dès maintenant")
    return _(_BACK.get(one.kind, _WITHDRAW)) if one.is_open else ""


def _effect(one: RequestView) -> str:
    """What it changes while it waits, and until when after an answer."""
    if one.limit_ends:
        return _(
            "Cette partie reste limitée jusqu’au %(at)s. Ensuite, les structures avec lesquelles vous la partagez "
            "pourront l’utiliser à nouveau.",
            at=said_instant(one.limit_ends),
        )
    if not one.is_open:
        return ""
    if one.kind is RequestKind.RESTRICTION:
        return _("En attendant, cette partie est gardée, et aucune structure ne l’utilise.")
    if one.kind is RequestKind.OBJECTION:
        return _("Le partage avec cette structure est arrêté. Retirer la demande ne le rouvre pas.")
    if one.kind is RequestKind.ERASURE:
        return _("En attendant la réponse, rien n’est effacé. Vous pouvez retirer votre demande.")
    return ""
