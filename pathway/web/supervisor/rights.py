"""« Droits des personnes »: the requests a structure must answer, the late ones first, and the answer to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, RadioField, TextAreaField
from wtforms.validators import Length

from pathway.casework.lifecycle.expiring import grant_erasure
from pathway.casework.partners.queries import is_sensitive, structure_names
from pathway.casework.records.queries import identities
from pathway.casework.resets.queries import account_supported, may_give_keys
from pathway.casework.rights.actions import answer_request, extend_request
from pathway.casework.rights.queries import (
    RequestView,
    is_part_told,
    request_to_answer,
    requests_settled,
    requests_to_answer,
)
from pathway.casework.rights.rules import MOST_MORE_MONTHS, TEXT_LENGTH, RequestKind
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import is_visible
from pathway.kernel.wording import counted, said_date
from pathway.store.transaction import Transaction
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, gate
from pathway.web.jinja import notify
from pathway.web.parts import hidden_words

_A_PAGE = 20
_GRANTED, _REFUSED = "granted", "refused"
_LENGTH = Length(max=TEXT_LENGTH, message=f"Écrivez {TEXT_LENGTH} caractères au plus.")
_NOBODY = "Une personne"
_NOT_READ = "une partie que votre structure ne lit pas"
_TO_DO: Mapping[RequestKind, str] = {
    RequestKind.ACCESS: "La personne prend la copie complète dans son espace. Vous n’avez pas à la lire.",
    RequestKind.RECTIFICATION: "Vérifiez, puis corrigez le dossier avant de répondre. Un justificatif se demande.",
    RequestKind.RESTRICTION: (
        "Aucune structure n’utilise cette partie aujourd’hui. Vérifiez si elle est exacte, avec la personne. "
        "La limitation s’arrête sept jours après votre réponse, acceptée ou refusée : la personne est prévenue avant. "
        "Si elle n’a pas de compte, dites-le-lui."
    ),
    RequestKind.OBJECTION: (
        "Le partage est déjà arrêté. Dites si votre structure cesse d’utiliser le dossier, ou pour quels motifs "
        "légitimes et impérieux elle doit garder ce qu’elle a écrit (RGPD, article 21)."
    ),
    RequestKind.ERASURE: (
        "Accepter efface tout le dossier, dans toutes les structures, tout de suite et sans retour : réponses, étapes, "
        "points de suivi, notes, documents, compte. Appelez d’abord la personne : dites-lui ce qu’elle perd, et "
        "proposez-lui d’arrêter seulement le partage. Vous pouvez refuser si la loi oblige à garder le dossier, ou "
        "pour un litige (RGPD, article 17-3)."
    ),
}


class AnswerForm(CarteForm):
    """Granted or not, and why; the person will read it."""

    version = IntegerField()
    outcome = RadioField(
        "Votre décision",
        choices=[SelectChoice(_GRANTED, "La demande est acceptée"), SelectChoice(_REFUSED, "La demande est refusée")],
        validators=[Needed("Dites si la demande est acceptée.")],
    )
    answer = TextAreaField(
        "Votre réponse à la personne", [Needed("Écrivez une réponse : la personne la lira."), _LENGTH]
    )


class ErasureForm(AnswerForm):
    """The same, and the gesture that nothing undoes."""

    confirmed = BooleanField("Je confirme : tout le dossier est effacé, tout de suite et pour toujours")


class LaterForm(CarteForm):
    """How much longer, and why; the person will read it."""

    version = IntegerField()
    months = RadioField(
        "Combien de temps en plus ?",
        coerce=int,
        choices=[SelectChoice(number, f"{number} mois") for number in range(1, MOST_MORE_MONTHS + 1)],
        validators=[Needed("Choisissez un ou deux mois.")],
    )
    reason = TextAreaField("Pourquoi", [Needed("Écrivez pourquoi : la personne le lira."), _LENGTH])


@dataclass(frozen=True, kw_only=True)
class Item:
    """One request in words. `is_hers`: she wrote it on her own account. `left`: how long there is to answer;
    `record_href`: empty when the record is closed."""

    id: str
    version: int
    person: str
    record_href: str
    what: str
    kind: str
    asked_at: datetime
    way: str
    message: str
    is_hers: bool
    due_on: date
    left: str
    is_late: bool
    is_open: bool
    may_wait: bool
    extension: str
    state: str
    answer: str
    to_do: str


@dataclass(frozen=True, kw_only=True)
class CopyHelp:
    """How to give her the copy she asked for: with a code that opens her account, or with the account she has; both
    addresses are empty where the structure gives no keys to it."""

    activation_href: str
    sign_in_href: str


@dataclass(frozen=True, kw_only=True)
class RequestsPage:
    """One page of what waits, and the last ones answered."""

    waiting: tuple[Item, ...]
    total: int
    settled: tuple[Item, ...]
    page: int
    pages: int
    previous_href: str
    next_href: str


@allow(Permission.RIGHTS_ANSWER)
def view() -> ResponseReturnValue:
    """List what the structure must answer."""
    with gate().reading() as tx:
        page = _listed(tx, _number(request.args.get("page", "")))
    return render_template("supervisor/rights.html", page=page)


@allow(Permission.RIGHTS_ANSWER)
def answer(ref: str) -> ResponseReturnValue:
    """Show one request; on POST, grant or refuse it. An erasure that is granted erases in the same gesture."""
    form = ErasureForm()
    if request.method == "POST" and form.validate():
        done = "Réponse envoyée. La personne la lit dans son espace."
        with gate().attempt(form) as tx:
            done = _answered(tx, ref, form) or done
        if not form.has_errors:
            notify(done)
            return redirect(url_for("supervisor.rights_requests"), 303)
    return _shown(ref, form, LaterForm(formdata=None))


@allow(Permission.RIGHTS_ANSWER)
@keeps
def later(ref: str) -> ResponseReturnValue:
    """Make the delay longer, once."""
    form = LaterForm()
    if form.validate():
        with gate().attempt(form) as tx:
            extend_request(
                tx,
                request_id=ref,
                version=form.version.data or 0,
                months=form.months.data,
                reason=form.reason.data or "",
            )
        if not form.has_errors:
            notify("Délai prolongé. La personne en est informée.")
            return redirect(url_for("supervisor.rights_requests"), 303)
    return _shown(ref, ErasureForm(formdata=None), form)


def _answered(tx: Transaction, ref: str, form: ErasureForm) -> str:
    """What is told of an erasure; nothing of another answer."""
    version, text = form.version.data or 0, form.answer.data or ""
    is_granted = form.outcome.data == _GRANTED
    if not (is_granted and form.confirmed.data):
        answer_request(tx, request_id=ref, version=version, is_granted=is_granted, text=text)
        return ""
    days = current_app.extensions["carte_settings"].backup_days
    gone_by = grant_erasure(tx, request_id=ref, version=version, text=text, backup_days=days)
    return (
        "Effacé tout de suite. Irrécupérable dans toutes les sauvegardes au plus tard le "
        f"{said_date(gone_by)}. La personne reçoit un courriel si elle a donné une adresse : sinon, dites-le-lui."
    )


def _shown(ref: str, form: AnswerForm, later_form: LaterForm) -> ResponseReturnValue:
    with gate().reading() as tx:
        asked = request_to_answer(tx, ref)
        one = _items(tx, [asked])[0]
        copy = _copy_help(tx, asked.record_id) if asked.is_open and asked.kind is RequestKind.ACCESS else None
    refused = form if form.has_errors else later_form if later_form.has_errors else None
    page = render_template(
        "supervisor/rights_answer.html", one=one, copy=copy, form=form, later=later_form, refused=refused
    )
    return page, 422 if refused else 200


def _copy_help(tx: Transaction, record_id: str) -> CopyHelp:
    if not may_give_keys(tx, record_id):
        return CopyHelp(activation_href="", sign_in_href="")
    has_account = account_supported(tx, record_id) is not None
    return CopyHelp(
        activation_href="" if has_account else url_for("counsellor.activation", ref=record_id),
        sign_in_href=url_for("counsellor.sign_in_help", ref=record_id) if has_account else "",
    )


def _listed(tx: Transaction, number: int) -> RequestsPage:
    waiting, total = requests_to_answer(tx, page=number, per_page=_A_PAGE)
    pages = max(-(-total // _A_PAGE), 1)
    if number > pages:
        return _listed(tx, pages)
    return RequestsPage(
        waiting=_items(tx, waiting),
        total=total,
        settled=_items(tx, requests_settled(tx)) if number == 1 else (),
        page=number,
        pages=pages,
        previous_href=url_for("supervisor.rights_requests", page=number - 1) if number > 1 else "",
        next_href=url_for("supervisor.rights_requests", page=number + 1) if number < pages else "",
    )


def _items(tx: Transaction, found: list[RequestView]) -> tuple[Item, ...]:
    """Who asks is told, even where the record is closed now: the request was addressed to this structure."""
    known = identities(tx, [one.record_id for one in found], act="read_request")
    people = {name: f"{one.first_name} {one.last_name}" for name, one in known.items()}
    names = structure_names(tx)
    return tuple(_item(tx, one, people.get(one.record_id, _NOBODY), names) for one in found)


def _item(tx: Transaction, one: RequestView, person: str, names: Mapping[str, str]) -> Item:
    is_late = one.is_open and one.term.is_late(tx.today)
    href = url_for("counsellor.record", ref=one.record_id) if is_visible(tx, one.record_id) else ""
    told = hidden_words(one.section, one.item_key) if one.section and is_part_told(tx, one) else _NOT_READ
    part = f" : {told}" if one.section else ""
    # That a structure nobody may know of noted it would tell that she is followed there.
    by = names.get(one.by_structure_id, "") if _is_told(tx, one.by_structure_id) else ""
    noted = f" ({by} l’a notée)" if by else ""
    return Item(
        id=one.id,
        version=one.version,
        person=person,
        record_href=href,
        what=f"{one.kind.label}{part}",
        kind=one.kind.value,
        asked_at=one.asked_at,
        way=f"{one.way.label}{noted}",
        message=one.message,
        is_hers=not one.by_structure_id,
        due_on=one.term.last_day,
        left=_left(one.term.last_day, tx.today),
        is_late=is_late,
        is_open=one.is_open,
        may_wait=one.is_open and not is_late and one.term.extended_until is None,
        extension=one.extension,
        state=one.state.label,
        answer=one.answer,
        to_do=_TO_DO[one.kind],
    )


def _is_told(tx: Transaction, structure_id: str) -> bool:
    return structure_id == tx.actor.structure_id or not is_sensitive(tx, structure_id)


def _left(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"En retard de {counted(-days, 'jour')}"
    return f"Encore {counted(days, 'jour')}" if days else "Dernier jour : aujourd’hui"


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 6 and int(typed) else 1
