"""Accesses to explain and exceptional accesses to check: how long is left, the line in words, the answer in place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from pathway.casework.oversight.actions import answer_contest, review_exceptional
from pathway.casework.oversight.queries import (
    ContestView,
    ExceptionalView,
    contests_settled,
    contests_to_answer,
    exceptional_to_review,
    used_under,
)
from pathway.casework.oversight.rules import TEXT_LENGTH, ContestState, Line, Outcome
from pathway.casework.oversight.vocabulary import deed_of, said_parts
from pathway.casework.partners.queries import staff_names, structure_names
from pathway.casework.partners.rules import Role
from pathway.casework.records.queries import identities
from pathway.casework.sharing.permissions import Permission, may
from pathway.casework.sharing.queries import accesses_of
from pathway.kernel.wording import counted
from pathway.store.transaction import Transaction
from pathway.web.drafts import keeps
from pathway.web.forms import CarteForm, Needed, SelectChoice
from pathway.web.gate import allow, fresh, gate
from pathway.web.jinja import notify

_STRANGER = "Une personne que votre structure ne suit pas aujourd’hui"
_LENGTH = Length(max=TEXT_LENGTH, message=f"Écrivez {TEXT_LENGTH} caractères au plus.")


class AnswerForm(CarteForm):
    """What the person will read."""

    answer = TextAreaField(
        "Votre réponse à la personne", [Needed("Écrivez une réponse : la personne la lira."), _LENGTH]
    )


class VerdictForm(CarteForm):
    """What the check found, and why; the person will read it."""

    outcome = RadioField(
        "Cet accès était-il justifié ?",
        choices=[SelectChoice(*pair) for pair in Outcome.pairs()],
        validators=[Needed("Dites si cet accès était justifié.")],
    )
    verdict = TextAreaField("Pourquoi", [Needed("Dites pourquoi : la personne le lira."), _LENGTH])


@dataclass(frozen=True, kw_only=True)
class ContestItem:
    """One access to explain. `read_as` is what the person reads in her log; `left` how long there is to answer."""

    id: str
    person: str
    actor: str
    role: str
    read_as: str
    times: int
    done_at: datetime
    asked_at: datetime
    message: str
    earlier: tuple[str, ...]
    state: str
    due_on: date
    left: str
    is_late: bool
    form: AnswerForm | None


@dataclass(frozen=True, kw_only=True)
class AccessItem:
    """One exceptional access to check: who opened it, why, and what was done under it, in words."""

    id: str
    person: str
    who: str
    structure: str
    opened_at: datetime
    reason: str
    note: str
    used: tuple[str, ...]
    due_on: date
    left: str
    is_late: bool
    form: VerdictForm


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A gesture that was refused: on what, with which form."""

    ref: str
    form: CarteForm


@dataclass(frozen=True, kw_only=True)
class ReviewsPage:
    """What is to explain, what is to check, what was explained; whether the reader may open an exceptional access."""

    contests: tuple[ContestItem, ...]
    accesses: tuple[AccessItem, ...]
    settled: tuple[ContestItem, ...]
    may_open: bool
    refused: CarteForm | None


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names of structures and professionals by id, and of the people the reader follows."""

    structures: Mapping[str, str]
    staff: Mapping[str, str]
    people: Mapping[str, str]


@allow(Permission.ACCESS_REVIEW)
@fresh
def view() -> ResponseReturnValue:
    """List what is to explain and to check."""
    return _page(None, 200)


@allow(Permission.ACCESS_REVIEW)
@fresh
@keeps
def answer(ref: str) -> ResponseReturnValue:
    """Explain an access to the person."""
    form = AnswerForm()
    if form.validate():
        with gate().attempt(form) as tx:
            answer_contest(tx, contest_id=ref, text=form.answer.data or "")
    return _done(ref, form, "Réponse envoyée. La personne la lit dans son espace.")


@allow(Permission.ACCESS_REVIEW)
@fresh
def check(ref: str) -> ResponseReturnValue:
    """Say whether an exceptional access was justified."""
    form = VerdictForm()
    if form.validate():
        with gate().attempt(form) as tx:
            outcome = Outcome.read(form.outcome.data, field="outcome")
            review_exceptional(tx, access_id=ref, outcome=outcome, verdict=form.verdict.data or "")
    return _done(ref, form, "Vérification enregistrée. La personne la lit dans son espace.")


def _done(ref: str, form: CarteForm, said: str) -> ResponseReturnValue:
    if form.has_errors:
        return _page(Refusal(ref=ref, form=form), 422)
    notify(said)
    return redirect(url_for("supervisor.reviews"), 303)


def _page(refusal: Refusal | None, status: int) -> ResponseReturnValue:
    here = gate()
    with here.reading() as tx:
        page = _gathered(tx, refusal, may_open=may(here.actor.role, Permission.EXCEPTIONAL_OPEN))
    return render_template("supervisor/reviews.html", page=page), status


def _gathered(tx: Transaction, refusal: Refusal | None, *, may_open: bool) -> ReviewsPage:
    asked, settled, accesses = contests_to_answer(tx), contests_settled(tx), exceptional_to_review(tx)
    names = _names(tx, [*asked, *settled], accesses)
    return ReviewsPage(
        contests=tuple(_contest(one, names, tx.today, _form(AnswerForm, one.id, refusal)) for one in asked),
        accesses=tuple(
            _access(one, names, used_under(tx, one), tx.today, _form(VerdictForm, one.id, refusal)) for one in accesses
        ),
        settled=tuple(_contest(one, names, tx.today, None) for one in settled),
        may_open=may_open,
        refused=refusal.form if refusal else None,
    )


def _names(tx: Transaction, contests: Sequence[ContestView], accesses: Sequence[ExceptionalView]) -> Names:
    """A person's name only where the reader's structure may open her record today."""
    shown = {one.record_id: "read_contest" for one in contests} | {one.record_id: "read_review" for one in accesses}
    visible = accesses_of(tx, list(shown))
    people: dict[str, str] = {}
    for act in ("read_contest", "read_review"):
        known = identities(tx, [name for name in visible if shown[name] == act], act=act)
        people |= {name: f"{one.first_name} {one.last_name}" for name, one in known.items()}
    staff = staff_names(tx, [*(one.account_id for one in contests), *(one.account_id for one in accesses)])
    return Names(structures=structure_names(tx), staff=staff, people=people)


def _contest(one: ContestView, names: Names, today: date, form: AnswerForm | None) -> ContestItem:
    structure = names.structures.get(one.structure_id, "Le programme de la carte")
    return ContestItem(
        id=one.id,
        person=names.people.get(one.record_id, _STRANGER),
        actor=names.staff.get(one.account_id, structure),
        role=next((role.label for role in Role if role.value == one.role), ""),
        read_as=f"{structure} {deed_of(one.action).said}",
        times=one.times,
        done_at=one.done_at,
        asked_at=one.opened_at,
        message=one.message,
        earlier=tuple(said.text for said in one.answers),
        state=one.state.label,
        due_on=one.due_on,
        left=_left(one.due_on, today),
        is_late=one.state in (ContestState.OPEN, ContestState.REOPENED) and one.due_on < today,
        form=form,
    )


def _access(one: ExceptionalView, names: Names, lines: Sequence[Line], today: date, form: VerdictForm) -> AccessItem:
    return AccessItem(
        id=one.id,
        person=names.people.get(one.record_id, _STRANGER),
        who=names.staff.get(one.account_id, "Un·e responsable"),
        structure=names.structures.get(one.structure_id, ""),
        opened_at=one.opened_at,
        reason=one.reason.label,
        note=one.note,
        used=tuple(_used(line) for line in lines),
        due_on=one.review_due_on,
        left=_left(one.review_due_on, today),
        is_late=one.review_due_on < today,
        form=form,
    )


def _used(line: Line) -> str:
    """« A lu le dossier (3 fois) : vos coordonnées »: what the person reads of it."""
    times = f" ({len(line.instants)} fois)" if len(line.instants) > 1 else ""
    parts = f" : {said_parts(line.sections)}" if line.sections else ""
    return f"{deed_of(line.action).said}{times}{parts}"


def _left(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"En retard de {counted(-days, 'jour')}"
    return f"Encore {counted(days, 'jour')}" if days else "Dernier jour : aujourd’hui"


_Form = TypeVar("_Form", AnswerForm, VerdictForm)


def _form(kind: type[_Form], ref: str, refusal: Refusal | None) -> _Form:
    """The form of one line, as it was typed if it was refused; each field with an id of its own on the page."""
    refused = refusal.form if refusal and refusal.ref == ref else None
    form = refused if isinstance(refused, kind) else kind(formdata=None)
    for field in form:
        field.id = f"{field.id}-{ref}"
        field.label.field_id = field.id
    return form
