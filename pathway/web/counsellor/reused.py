"""The once-only form: each proposal as a question with its gestures, and what was done with it read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wtforms import BooleanField, RadioField

from pathway.casework.records.catalogue import Item, shown
from pathway.casework.records.rules import (
    Answer,
    Fact,
    Gesture,
    Proposal,
    ReuseState,
    same_value,
)
from pathway.kernel.errors import Invalid
from pathway.web.answers import Control, answered, control, field, options
from pathway.web.counsellor.telling import origin
from pathway.web.forms import CarteForm
from pathway.web.versions import Side, Version, chosen_among, sides_of, versions

CONFIRM_ALL = "confirm_all"
STILL, CHANGED, UNSAID = "still", "changed", "unsaid"
_TO_GIVE = "Donnez la réponse, ou cochez « Ne souhaite pas répondre »."
_TO_SETTLE = "Choisissez une des deux réponses, ou donnez-en une autre."
_STALE_CHOICES = [(STILL, "Toujours vrai"), (CHANGED, "A changé"), (UNSAID, "Ne souhaite pas répondre")]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One item of the form: its control, why it is asked, and what is known of it in words."""

    control: Control
    is_required: bool
    why: str
    state: ReuseState
    fact: Fact | None
    known: str
    versions: tuple[Version, ...]

    @property
    def is_taken_over(self) -> bool:
        """Whether it is known and fresh: shown, not asked."""
        return self.state is ReuseState.FRESH

    @property
    def key(self) -> str:
        """The item's key: the name of the field that holds a new answer."""
        return self.control.name

    @property
    def refused(self) -> str:
        """The field « ne pas reprendre », or « ne souhaite pas répondre »."""
        return f"{self.key}__refused"

    @property
    def anew(self) -> str:
        """The field of a new answer when reuse is refused: it never shows the old one."""
        return f"{self.key}__anew"

    @property
    def still(self) -> str:
        """The field of a stale answer: still true, changed, unsaid."""
        return f"{self.key}__still"

    @property
    def choice(self) -> str:
        """The field of two answers that disagree."""
        return f"{self.key}__choice"

    @property
    def said(self) -> str:
        """« Commune : Rennes »."""
        return f"{self.control.item.label} : {self.known}"

    @property
    def first(self) -> Version:
        """The version known when there is only one."""
        return self.versions[0]


def asks(proposals: Sequence[Proposal], names: Mapping[str, str]) -> list[Ask]:
    """The questions of the form, in the order required. `names`: structures by id."""
    return [
        Ask(
            control=control(one.item),
            is_required=one.is_required,
            why=f"{one.why}." if one.why else "",
            state=one.state,
            fact=one.fact,
            known=shown(one.item, one.fact.value) if one.fact else "",
            versions=versions(one.item, one.fact, lambda source: origin(source, names)),
        )
        for one in proposals
    ]


def fields_of(asked: Sequence[Ask]) -> dict[str, Any]:
    """The fields of those questions; a known answer that may be changed is shown in its control."""
    fields: dict[str, Any] = {CONFIRM_ALL: BooleanField("La personne confirme toutes ces réponses")}
    for one in asked:
        value = one.fact.value if one.fact and one.state is not ReuseState.CONFLICT else None
        fields[one.key] = field(one.control.item, value=value, may_be_unknown=value is None)
        if one.state is ReuseState.STALE:
            fields[one.still] = RadioField(one.said, choices=options(_STALE_CHOICES), validate_choice=False)
        else:
            fields[one.refused] = BooleanField(_refusal_label(one))
        if one.state is ReuseState.FRESH:
            fields[one.anew] = field(replace(one.control.item, label=f"{one.control.item.label} : nouvelle réponse"))
        if one.state is ReuseState.CONFLICT:
            fields[one.choice] = RadioField(one.control.item.label, choices=[], validate_choice=False)
    return fields


def gestures(asked: Sequence[Ask], form: CarteForm) -> tuple[list[Answer], list[Invalid]]:
    """What was done with each question, and what cannot be read. A fresh answer left alone gives no gesture."""
    answers: list[Answer] = []
    refusals: list[Invalid] = []
    for one in asked:
        try:
            answer = _GESTURES[one.state](one, form)
        except Invalid as refusal:
            refusals.append(refusal)
            continue
        if answer is not None:
            answers.append(answer)
    return answers, refusals


def sides(one: Ask, form: CarteForm) -> list[Side]:
    """The answers that disagree, the one chosen marked."""
    return sides_of(one.versions, form[one.choice].data)


def refused_reuse(asked: Sequence[Ask], form: CarteForm) -> frozenset[str]:
    """The keys of the known and fresh answers that are not to be taken over."""
    return frozenset(one.key for one in asked if one.state is ReuseState.FRESH and form[one.refused].data)


def touched(asked: Sequence[Ask], form: CarteForm) -> frozenset[str]:
    """The keys of known answers that were changed, refused or badly typed: their fold is shown open."""
    return frozenset(one.key for one in asked if one.state is not ReuseState.STALE and _is_touched(one, form))


def _is_touched(one: Ask, form: CarteForm) -> bool:
    if form[one.key].errors or form[one.refused].data:
        return True
    try:
        return _changed(one, form) is not None
    except Invalid:
        return True


def _fresh(one: Ask, form: CarteForm) -> Answer | None:
    if form[one.refused].data:
        return _answered_anew(one, form)
    changed = _changed(one, form)
    if changed is None and form[CONFIRM_ALL].data:
        return Answer(key=one.key, gesture=Gesture.CONFIRMED)
    return changed


def _answered_anew(one: Ask, form: CarteForm) -> Answer:
    try:
        value = answered(one.control.item, form[one.anew])
    except Invalid as refusal:
        raise Invalid(refusal.sentence, field=one.anew) from refusal
    return Answer(key=one.key, value=value, gesture=Gesture.REFUSED if value is None else Gesture.ANSWERED)


def _stale(one: Ask, form: CarteForm) -> Answer | None:
    said = form[one.still].data
    if said == UNSAID:
        return Answer(key=one.key, gesture=Gesture.REFUSED)
    if said == STILL:
        return Answer(key=one.key, gesture=Gesture.CONFIRMED)
    changed = _changed(one, form)
    if changed is None and said == CHANGED:
        raise Invalid("Écrivez la nouvelle réponse, ou choisissez « Toujours vrai ».", field=one.key)
    return changed


def _conflict(one: Ask, form: CarteForm) -> Answer | None:
    if form[one.refused].data:
        return Answer(key=one.key, gesture=Gesture.REFUSED)
    value = answered(one.control.item, form[one.key])
    if value is None:
        chosen = chosen_among(one.versions, form[one.choice].data)
        value = chosen.value if chosen else None
    if value is None and one.is_required:
        raise Invalid(_TO_SETTLE, field=one.key)
    return Answer(key=one.key, value=value, gesture=Gesture.CHANGED) if value is not None else None


def _missing(one: Ask, form: CarteForm) -> Answer | None:
    value = answered(one.control.item, form[one.key])
    if value is not None:
        return Answer(key=one.key, value=value, gesture=Gesture.ANSWERED)
    if form[one.refused].data:
        return Answer(key=one.key, gesture=Gesture.REFUSED)
    if one.is_required:
        raise Invalid(_TO_GIVE, field=one.key)
    return None


_GESTURES = {
    ReuseState.FRESH: _fresh,
    ReuseState.STALE: _stale,
    ReuseState.CONFLICT: _conflict,
    ReuseState.MISSING: _missing,
    ReuseState.REFUSED: _missing,
}


def _changed(one: Ask, form: CarteForm) -> Answer | None:
    """A new answer typed over the known one; None when the control is empty or still says the same."""
    item: Item = one.control.item
    value = answered(item, form[one.key])
    known = one.fact.value if one.fact else None
    if value is None or value == known or (isinstance(value, list) and same_value(item, value, known)):
        return None
    return Answer(key=one.key, value=value, gesture=Gesture.CHANGED)


def _refusal_label(one: Ask) -> str:
    return "Ne pas reprendre cette réponse" if one.state is ReuseState.FRESH else "Ne souhaite pas répondre"
