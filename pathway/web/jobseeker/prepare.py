"""« Préparez votre rendez-vous »: on her phone, what is missing, old or in doubt, each with a way not to answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from pathway.casework.partners.queries import structure_names
from pathway.casework.preparation.actions import answer_preparation
from pathway.casework.preparation.queries import InvitationView, asked_of_her, own_invitation, own_invitations
from pathway.casework.preparation.rules import Later, is_prepared
from pathway.casework.records.catalogue import reaches_her
from pathway.casework.records.queries import RecordView, record_opened
from pathway.casework.records.rules import Answer, Gesture, Proposal, ReuseState, same_value
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.errors import Invalid
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import ngettext
from pathway.store.transaction import Transaction
from pathway.web.answers import Control, answered, control, field, form_of, options
from pathway.web.forms import CarteForm
from pathway.web.gate import allow, gate, unproved
from pathway.web.jinja import notify
from pathway.web.jobseeker.information import told
from pathway.web.versions import Version, chosen_among, sides_of, versions

STILL = "still"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question: its control, why it is asked, and what her record says. `value`: the answer that stands; `typed`:
    what she wrote before proving who she is, None otherwise."""

    control: Control
    is_required: bool
    why: str
    state: ReuseState
    versions: tuple[Version, ...]
    value: Any
    typed: Any

    @property
    def key(self) -> str:
        """The item's key, and the field of a new answer."""
        return self.control.name

    @property
    def is_first(self) -> bool:
        """Whether it is shown at once: the scheme needs it, or her record says something that may be wrong."""
        return self.is_required or bool(self.versions)

    @property
    def choice(self) -> str:
        """The field of the answer kept among those known."""
        return f"{self.key}__choice"

    @property
    def later(self) -> str:
        """The field of what she says instead of an answer; « Toujours vrai » for an old one."""
        return f"{self.key}__later"


@dataclass(frozen=True, kw_only=True)
class PreparePage:
    """What she prepares, for whom."""

    scheme: str
    structure: str
    questions: tuple[Question, ...]

    @property
    def typed(self) -> tuple[str, ...]:
        """The keys of what she wrote and is not kept yet."""
        return tuple(one.key for one in self.questions if one.typed is not None)

    @property
    def first(self) -> tuple[Question, ...]:
        """The useful questions, shown at once."""
        return tuple(one for one in self.questions if one.is_first)

    @property
    def others(self) -> tuple[Question, ...]:
        """The optional ones, folded."""
        return tuple(one for one in self.questions if not one.is_first)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """How many answers are kept, and how many wait for her proof."""

    kept: int
    aside: int


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """The card on her first page: how many questions wait, or that she has answered."""

    href: str
    structure: str
    count: int
    is_answered: bool


def preparations(tx: Transaction, names: Mapping[str, str]) -> tuple[Preparation, ...]:
    """The appointments she may prepare today; those with nothing to ask are left out."""
    invitations = own_invitations(tx)
    if not invitations:
        return ()
    record = record_opened(tx, tx.actor.record_id)
    cards = (_card(one, asked_of_her(tx, one, record), names) for one in invitations)
    return tuple(one for one in cards if one.count or one.is_answered)


@allow(Permission.OWN_RIGHTS)
def view(ref: str) -> ResponseReturnValue:
    """The questions; on POST, her answers are kept at once. For what reaches or protects her an open phone is not
    enough: it is set aside, she proves who she is, and finds it again to keep it."""
    page, form = _opened(ref)
    if request.method == "POST" and form.validate():
        again = unproved(gate(), suite=request.path)  # what waits for it is kept by `_save`
        saved = _save(ref, page, form, is_proved=again is None)
        if not form.has_errors:
            if again is not None and saved.aside:
                notify(_("Vos coordonnées attendent : confirmez que c’est vous."), "info")
                return again
            kept = saved.kept
            thanks = ngettext("Merci. %(num)s réponse enregistrée.", "Merci. %(num)s réponses enregistrées.", kept)
            notify(thanks)
            return redirect(url_for("jobseeker.pathway"), 303)
    opposed = {one.key: sides_of(one.versions, form[one.choice].data) for one in page.questions if _is_doubtful(one)}
    html = render_template("jobseeker/prepare.html", form=form, page=page, opposed=opposed)
    return html, 422 if form.has_errors else 200


def _card(one: InvitationView, asked: tuple[Proposal, ...], names: Mapping[str, str]) -> Preparation:
    since = local_day(one.invited_at)
    waiting = [each for each in asked if not is_prepared(each, since=since) and each.item.key not in one.later]
    return Preparation(
        href=url_for("jobseeker.prepare", ref=one.id),
        structure=names.get(one.structure_id) or _("une structure"),
        count=len(waiting),
        is_answered=one.answered_at is not None,
    )


def _opened(ref: str) -> tuple[PreparePage, CarteForm]:
    with gate().reading() as tx:
        invitation = own_invitation(tx, ref)
        record = record_opened(tx, tx.actor.record_id)
        names = structure_names(tx)
        page = _page(tx, invitation, record, names)
    return page, form_of(_fields(page, invitation.later))


def _page(tx: Transaction, one: InvitationView, record: RecordView, names: Mapping[str, str]) -> PreparePage:
    questions = tuple(
        Question(
            control=control(each.item),
            is_required=each.is_required,
            why=_(each.why),
            state=each.state,
            versions=versions(each.item, each.fact, lambda source: told(source, names)),
            value=each.fact.value if each.fact else None,
            typed=one.typed.get(each.item.key),
        )
        for each in asked_of_her(tx, one, record)
    )
    return PreparePage(scheme=one.scheme.name, structure=names.get(one.structure_id, ""), questions=questions)


def _fields(page: PreparePage, later: Mapping[str, Later]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for one in page.questions:
        value = _shown(one)
        fields[one.key] = field(one.control.item, value=value, may_be_unknown=value is None)
        still = [(STILL, _("C’est toujours vrai"))] if one.state is ReuseState.STALE else []
        choices = options([*still, *Later.pairs()])
        kept = later[one.key].value if one.key in later else ""
        fields[one.later] = RadioField(_instead(one), choices=choices, default=kept, validate_choice=False)
        if _is_doubtful(one):
            chosen = next((each.id for each in one.versions if each.value == one.typed), None)
            fields[one.choice] = RadioField(one.control.item.label, choices=[], default=chosen, validate_choice=False)
    return fields


def _shown(one: Question) -> Any:
    """What the field of a new answer shows: what she typed, else the one answer known."""
    if _is_doubtful(one):
        return None if one.typed in [each.value for each in one.versions] else one.typed
    return one.value if one.typed is None else one.typed


def _instead(one: Question) -> str:
    """What is asked beside the answer itself: whether an old one still holds, or what she says instead."""
    label = _(one.control.item.label)
    if one.state is ReuseState.STALE:
        known = one.versions[0].shown
        return _("%(label)s : votre dossier dit « %(known)s ». Est-ce encore vrai ?", label=label, known=known)
    return _("Ou bien, pour « %(label)s »", label=label)


def _save(ref: str, page: PreparePage, form: CarteForm, *, is_proved: bool) -> Saved:
    saved = Saved(kept=0, aside=0)
    with gate().attempt(form) as tx:
        said = [_said(one, form) for one in page.questions]
        answers = [one for one in said if isinstance(one, Answer)]
        refusals = [one for one in said if isinstance(one, Invalid)]
        for one in refusals[:-1]:
            form.refuse(one)
        if refusals:
            raise refusals[-1]
        # To say that an answer still holds changes nothing of it.
        aside = {
            one.key: one.value
            for one in answers
            if not is_proved and reaches_her(one.key) and one.gesture is not Gesture.CONFIRMED
        }
        codes = {one.key: form[one.later].data for one in page.questions}
        later = {key: Later(code) for key, code in codes.items() if code in {word.value for word in Later}}
        said_now = [one for one in answers if one.key not in aside]
        kept = answer_preparation(tx, invitation_id=ref, answers=said_now, later=later, typed=aside)
        saved = Saved(kept=kept, aside=len(aside))
    return saved


def _said(one: Question, form: CarteForm) -> Answer | Invalid | None:
    """Her answer to one question; what she typed wins over « je ne sais pas »."""
    try:
        value = answered(one.control.item, form[one.key])
    except Invalid as refusal:
        return refusal
    if value is not None and (_is_doubtful(one) or one.value is None):
        return Answer(key=one.key, value=value, gesture=Gesture.CHANGED if one.versions else Gesture.ANSWERED)
    if value is not None and not same_value(one.control.item, one.value, value):
        return Answer(key=one.key, value=value, gesture=Gesture.CHANGED)
    picked = chosen_among(one.versions, form[one.choice].data) if _is_doubtful(one) else None
    if picked:
        return Answer(key=one.key, value=picked.value, gesture=Gesture.CHANGED)
    return Answer(key=one.key, gesture=Gesture.CONFIRMED) if form[one.later].data == STILL else None


def _is_doubtful(one: Question) -> bool:
    return one.state is ReuseState.CONFLICT
