"""A request on her rights noted for somebody who makes it face to face, or on paper."""

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from pathway.casework.agreements.queries import sharing_of
from pathway.casework.agreements.rules import WHO_SHE_IS
from pathway.casework.records.catalogue import CAUTIONS, items_of
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.records.vocabulary import Section
from pathway.casework.resets.queries import account_supported, may_give_keys
from pathway.casework.rights.actions import ask_copy, ask_erasure, ask_rectification, ask_restriction, object_to
from pathway.casework.rights.rules import TEXT_LENGTH, RequestKind, RequestWay, answer_due
from pathway.casework.sharing.permissions import Permission
from pathway.casework.sharing.queries import is_visible
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.wording import said_date
from pathway.store.transaction import Transaction
from pathway.web.counsellor.telling import full_name
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify
from pathway.web.parts import hidden_words, options

_HINTS = {
    RequestKind.ACCESS.value: "Elle veut une copie de tout son dossier.",
    RequestKind.RECTIFICATION.value: "Quelque chose est faux, et vous ne pouvez pas le corriger avec elle maintenant.",
    RequestKind.RESTRICTION.value: "Elle conteste une information : personne ne l’utilise le temps de vérifier.",
    RequestKind.OBJECTION.value: "Elle ne veut plus qu’une structure utilise son dossier : le partage s’arrête.",
    RequestKind.ERASURE.value: "Elle veut que tout son dossier soit effacé. Rien n’est effacé avant la réponse.",
}
_SPOKEN = (RequestWay.VOICE, RequestWay.PAPER)
_EXCEPTIONAL = "Un accès exceptionnel ne permet pas de noter une demande pour la personne."


class RequestForm(CarteForm):
    """Which right, on what, in her words."""

    kind = RadioField(
        "Que demande la personne ?",
        choices=[SelectChoice(*pair) for pair in RequestKind.pairs()],
        validators=[Needed("Choisissez ce que la personne demande.")],
    )
    part = SelectField("Partie à limiter", validate_choice=False)
    structure = SelectField("Structure à laquelle elle s’oppose", validate_choice=False)
    text = TextAreaField(
        "Ce qu’elle dit", [Length(max=TEXT_LENGTH, message=f"Écrivez {TEXT_LENGTH} caractères au plus.")]
    )
    way = RadioField(
        "Comment demande-t-elle ?",
        choices=[SelectChoice(one.value, one.label.capitalize()) for one in _SPOKEN],
        default=RequestWay.VOICE.value,
    )
    asked = BooleanField(
        "La personne me le demande", validators=[Needed("Cochez cette case : seule la personne exerce ses droits.")]
    )


@dataclass(frozen=True, kw_only=True)
class RequestPage:
    """Whose record, what may be limited, whom she may object to, and the last day of the answer.

    `activation_href`: where she is given the account in which her copy is; empty when she has one already, or when
    that is not for the reader's structure to give.
    """

    name: str
    href: str
    parts: list[tuple[str, str]]
    structures: list[tuple[str, str]]
    due: str
    activation_href: str


@allow(Permission.RIGHTS_RECORD)
@fresh
def view(ref: str) -> ResponseReturnValue:
    """The form; on POST, the request is noted and what it stops is stopped."""
    with gate().reading() as tx:
        page = _page(tx, ref)
    form = RequestForm()
    form.part.choices = options([("", "Choisir…"), *page.parts])
    form.structure.choices = options([("", "Choisir…"), *page.structures])
    if request.method == "POST" and form.validate():
        with gate().attempt(form) as tx:
            _record(tx, ref, form)
        if not form.has_errors:
            notify(f"Demande notée. La réponse est due au plus tard le {page.due}.")
            is_copy = form.kind.data == RequestKind.ACCESS.value
            return redirect((is_copy and page.activation_href) or _next(ref), 303)
    answer = render_template("counsellor/rights_request.html", form=form, page=page, hints=_HINTS)
    return answer, 422 if form.has_errors else 200


def _record(tx: Transaction, ref: str, form: RequestForm) -> None:
    kind = RequestKind.read(form.kind.data, field="kind")
    text, way = form.text.data or "", RequestWay.read(form.way.data, field="way")
    if kind is RequestKind.ACCESS:
        ask_copy(tx, record_id=ref, text=text, way=way)
    elif kind is RequestKind.RECTIFICATION:
        ask_rectification(tx, record_id=ref, text=text, way=way)
    elif kind is RequestKind.ERASURE:
        ask_erasure(tx, record_id=ref, text=text, way=way)
    elif kind is RequestKind.OBJECTION:
        _chosen(form.structure.data, "structure", "Choisissez la structure.")
        object_to(tx, record_id=ref, structure_id=form.structure.data, text=text, way=way)
    else:
        section, _, item = _chosen(form.part.data, "part", "Choisissez la partie à limiter.").partition(".")
        ask_restriction(tx, record_id=ref, section=section, item_key=item, text=text, way=way)


def _chosen(value: str | None, field: str, sentence: str) -> str:
    if not value:
        raise Invalid(sentence, field=field)
    return value


def _next(ref: str) -> str:
    """The record, unless the reader's own structure has just lost it."""
    with gate().reading() as tx:
        still = is_visible(tx, ref)
    return url_for("counsellor.record", ref=ref) if still else url_for("counsellor.people")


def _page(tx: Transaction, ref: str) -> RequestPage:
    record = record_opened(tx, ref, only=frozenset())
    if not record.access.may_enter:
        raise Refused(_EXCEPTIONAL)
    own = tx.actor.structure_id
    # What she decided about the others is not told to a structure she stopped, nor hers to say for one that only reads.
    told = [one for one in sharing_of(tx, ref) if not one.is_stopped]
    mine = [one for one in told if one.structure_id == own]
    others = [one for one in told if one.structure_id != own] if record.access.is_lasting_support else []
    return RequestPage(
        name=full_name(record.card.identity),
        href=url_for("counsellor.record", ref=ref),
        parts=_parts(record) if record.access.is_lasting_support else [],
        structures=[(one.structure_id, one.name) for one in (*mine, *([] if record.access.is_own_only else others))],
        due=said_date(answer_due(tx.today)),
        activation_href=_activation(tx, ref),
    )


def _activation(tx: Transaction, ref: str) -> str:
    is_wanted = may_give_keys(tx, ref) and account_supported(tx, ref) is None
    return url_for("counsellor.activation", ref=ref) if is_wanted else ""


def _parts(record: RecordView) -> list[tuple[str, str]]:
    """The parts in sight, then their items; who she is always stands."""
    seen = [one for one in Section if record.access.opens(one.value)]
    whole = [(f"{one.value}.", hidden_words(one.value, "")) for one in seen if one is not Section.IDENTITY]
    items = [item for one in seen for item in items_of(one) if item.key not in WHO_SHE_IS | CAUTIONS.keys()]
    kept = [item for item in items if item.key not in record.access.hidden_items]
    return whole + [(f"{item.section.value}.{item.key}", hidden_words(item.section.value, item.key)) for item in kept]
