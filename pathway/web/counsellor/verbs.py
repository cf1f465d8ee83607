"""What may be done with a record, in sight or one gesture further; and which of it answers an alert."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask import url_for

from pathway.casework.alerts.vocabulary import RuleId
from pathway.casework.enrolments.queries import StepView
from pathway.casework.journey.queries import Journey
from pathway.casework.sharing import rules as sharing
from pathway.casework.sharing.permissions import Permission, may
from pathway.store.transaction import Transaction

_NOTE, _CONTACT, _MEETING, _EXIT, _ENTRY = "Note", "Contact", "Rendez-vous", "Sortie", "Entrée"
_RELAY, _SHARING, _REFERENT = "Passer le relais", "Partage", "Référent"
# The same, as a button that stands alone beside an alert.
_SAID = {
    _CONTACT: "Noter un contact",
    _MEETING: "Prévoir un rendez-vous",
    _ENTRY: "Enregistrer une entrée",
    _SHARING: "Noter un accord de partage",
    _REFERENT: "Choisir un référent",
}
# What clears each alert, when the reader may do it here; missed appointments, a stop, or a relay without a first
# appointment ask for a word first.
_CLEARS: Mapping[RuleId, str] = {
    RuleId.R02: _CONTACT,
    RuleId.R03: _CONTACT,
    RuleId.R04: _MEETING,
    RuleId.R05: _RELAY,
    RuleId.R06: _CONTACT,
    RuleId.R07: _ENTRY,
    RuleId.R08: _CONTACT,
    RuleId.R09: _CONTACT,
    RuleId.R10: _RELAY,
    RuleId.R11: _REFERENT,
    RuleId.R14: _SHARING,
}


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One thing to do with the record."""

    label: str
    href: str
    icon: str


def verbs(tx: Transaction, access: sharing.Access, href: str, journey: Journey) -> list[Verb]:
    """What is done every week, in sight; an entry too while no step of the reader's structure is under way."""
    own = [one for one in journey.open_steps if one.structure_id == tx.actor.structure_id]
    # Several steps: the link leads to their list, which asks which one.
    exit_href = exit_to(own[0]) if len(own) == 1 else "#etapes"
    stepping = Verb(label=_EXIT, href=exit_href, icon="exit") if own else _entry_verb(href)
    talking = [
        Verb(label=_NOTE, href=f"{href}/note", icon="note"),
        Verb(label=_CONTACT, href=f"{href}/contact", icon="phone"),
        Verb(label=_MEETING, href=f"{href}/rendez-vous", icon="calendar"),
    ]
    may_pass = access.is_lasting_support and not access.is_own_only
    passing = [Verb(label=_RELAY, href=f"{href}/relais", icon="relay")] if may_pass else []
    return [*(talking if access.opens(sharing.Part.FOLLOWUP) else []), stepping, *passing]


def other_verbs(
    tx: Transaction, access: sharing.Access, href: str, journey: Journey, *, has_account: bool
) -> list[Verb]:
    """What is done now and then, one gesture further."""
    is_entered = any(one.structure_id == tx.actor.structure_id for one in journey.open_steps)
    entering = [_entry_verb(href)] if is_entered else []
    agreeing = [Verb(label=_SHARING, href=f"{href}/accord", icon="eye")] if access.may_enter else []
    printing = [Verb(label="Imprimer son parcours", href=f"{href}/parcours/imprimer", icon="print")]
    supporting = _supporting_verbs(href, has_account=has_account) if sharing.Cause.SUPPORT in access.causes else []
    may_hold = sharing.Cause.SUPPORT in access.causes and may(tx.actor.role, Permission.RETENTION_KEEP)
    holding = [Verb(label="Conserver pour un litige", href=f"{href}/conservation", icon="shield")] if may_hold else []
    return [*entering, *agreeing, *(printing if access.may_enter else []), *supporting, *holding]


def exit_to(step: StepView) -> str:
    """Where that step is ended."""
    return url_for("counsellor.exit", ref=step.id)


def clearing(rule: RuleId, offered: Iterable[Verb]) -> Verb | None:
    """The one of those that answers that alert, said as a verb; None when none of them does."""
    found = next((one for one in offered if one.label == _CLEARS.get(rule)), None)
    return replace(found, label=_SAID.get(found.label, found.label)) if found else None


def _entry_verb(href: str) -> Verb:
    return Verb(label=_ENTRY, href=f"{href}/entree", icon="step")


def _supporting_verbs(href: str, *, has_account: bool) -> list[Verb]:
    """What only a structure that supports her may do: a card shown once gives no key to her account or her pathway."""
    helping = Verb(label="Aide à la connexion", href=f"{href}/connexion", icon="lock")
    opening = helping if has_account else Verb(label="Code d’activation", href=f"{href}/activation", icon="card")
    return [
        Verb(label=_REFERENT, href=f"{href}/referent", icon="person"),
        opening,
        Verb(label="Carte imprimée", href=f"{href}/carte-imprimee", icon="print"),
    ]
