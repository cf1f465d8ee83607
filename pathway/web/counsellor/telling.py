"""How a person, an answer or a point de suivi is said on the counsellor's screens."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from pathway.casework.followup.protocol import questions_limit
from pathway.casework.followup.queries import PointLine
from pathway.casework.followup.rules import PlanKind, contact_closes
from pathway.casework.followup.safety import Cautions, cautions_of, may_write, warning
from pathway.casework.journey.rules import Overlap
from pathway.casework.partners.rules import Role
from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS, shown
from pathway.casework.records.facts import claims_of
from pathway.casework.records.rules import Fact, Identity, Provenance, Way
from pathway.kernel.wording import listed, said_date, said_distance, said_weekday

QUEUE = "sans propriétaire"
REFERENT_ELSEWHERE = "un référent d’une autre structure"

_CHANNELS = {
    "call": "préfère un appel",
    "sms": "préfère un SMS",
    "email": "préfère un e-mail",
    "post": "préfère un courrier",
    "in_person": "préfère une rencontre",
}
_CAUTIONS = {
    "no_message": "ne pas laisser de message",
    "phone_is_shared": "téléphone partagé avec un proche",
    "needs_interpreter": "avec un interprète",
}
_PROTECTED = "address_is_protected"
_HER_WORD = "consigne de la personne"  # whoever said it, and whenever: that another structure exists is not told


@dataclass(frozen=True, kw_only=True)
class Reach:
    """How a person wishes to be reached: her numbers as they are read, and what to respect when calling.

    `cautions` decide which ways are open: they are enforced by every door, not only shown.
    """

    phones: tuple[str, ...] = ()
    email: str = ""
    preferences: tuple[str, ...] = ()
    is_protected: bool = False
    cautions: Cautions = field(default_factory=Cautions)

    @property
    def may_write(self) -> bool:
        """Whether an SMS may be one tap away."""
        return may_write(self.cautions)

    @property
    def warning(self) -> str:
        """What is said first when her wishes are not known; empty otherwise."""
        return warning(self.cautions)

    @property
    def phone(self) -> str | None:
        """The first number, or None."""
        return self.phones[0] if self.phones else None


def full_name(identity: Identity) -> str:
    """« Amina Benkacem », with the birth name when it differs."""
    born = f" (né·e {identity.birth_name})" if identity.birth_name else ""
    return f"{identity.first_name} {identity.last_name}{born}"


def age(born: date, *, today: date) -> int:
    """Whole years lived on that day."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def reach(facts: Mapping[str, Fact], cautions: AbstractSet[str] = frozenset()) -> Reach:
    """The contact section as a caller needs it: cautions first, then wishes. `cautions`: those said by others."""
    said = {key: fact.value for key, fact in facts.items()}
    careful = {key for key, fact in facts.items() if any(one.value is True for one in claims_of(fact))}  # or in doubt
    careful_words = [words for key, words in _CAUTIONS.items() if key in careful]
    careful_words += [f"{words} ({_HER_WORD})" for key, words in _CAUTIONS.items() if key in cautions - careful]
    wishes = [_CHANNELS.get(said.get("contact_channel", ""), "")]
    wishes += [_words(facts, "contact_hours").lower()]
    wishes += [f"langue : {said['contact_language']}" if said.get("contact_language") else ""]
    wishes += [f"personne de confiance : {said['trusted_contact']}" if said.get("trusted_contact") else ""]
    phones = [shown(CATALOGUE["phones"], [number]) for number in said.get("phones", ())]
    held = (careful | cautions) & CAUTIONS.keys()
    return Reach(
        phones=tuple(phones),
        email=said.get("email", ""),
        preferences=tuple(filter(None, [*careful_words, *wishes])),
        is_protected=_PROTECTED in careful | cautions,
        cautions=cautions_of(held=held, answered=facts.keys(), preferred=said.get("contact_channel", "")),
    )


def her_cautions(cautions: AbstractSet[str]) -> str:
    """« Consigne de la personne : ne pas laisser de message, adresse protégée. », empty without a caution of others."""
    words = [*_CAUTIONS.items(), (_PROTECTED, "adresse protégée : ne la donner à personne")]
    said = [one for key, one in words if key in cautions]
    return f"{_HER_WORD.capitalize()} : {listed(said)}." if said else ""


def origin(provenance: Provenance, names: Mapping[str, str]) -> str:
    """« Mission locale du Bassin, dit par la personne »: who keeps it, and how it came."""
    if provenance.way is Way.CORRECTED or provenance.role == Role.JOBSEEKER:
        return provenance.way.label
    return f"{names.get(provenance.structure_id, 'une structure')}, {provenance.way.label}"


def why(point: PointLine, scheme: str | None, *, today: date) -> str:
    """« emploi durable, sortie de « Parcours PLIE » il y a 28 jours », or « rappel demandé il y a 3 jours »."""
    since = said_distance(point.event_on, today=today)
    came_back = point.plan_kind is PlanKind.RELAY and not scheme  # no exit opened it: a relay is back, or late
    if point.plan_kind is PlanKind.CALLBACK or came_back:
        return f"{point.plan_kind.label.lower()} {since}"
    left = f"sortie de « {scheme} »" if scheme else "sortie"
    return f"{point.plan_kind.label.lower()}, {left} {since}"


def overlap_sentence(found: Overlap, names: Mapping[str, str]) -> str:
    """« PLIE : plusieurs suivis en même temps (CCAS et Mission locale). Mettez-vous d’accord sur qui fait quoi. »"""
    together = listed([names.get(one, "une autre structure") for one in found.structure_ids])
    return f"{found.kind.label} : plusieurs suivis en même temps ({together}). Mettez-vous d’accord sur qui fait quoi."


def put_off(point: PointLine) -> str:
    """« reporté 2 fois, prévu au départ le 3 décembre 2026 »; empty for a point that never was."""
    if not point.replans:
        return ""
    return f"reporté {point.replans} fois, prévu au départ le {said_date(point.original_due_on)}"


def limit_said(point: PointLine, *, today: date) -> str:
    """Until when questions on results count, or that they no longer do and are asked all the same; else empty."""
    limit_on = questions_limit(point.kind, point.event_on)
    if limit_on is None:
        return ""
    if today <= limit_on:
        return f"à poser avant le {said_date(limit_on)}"
    return f"la limite du {said_date(limit_on)} est passée : posez-les quand même"


def is_pressing(point: PointLine, *, today: date) -> bool:
    """Whether a contact made today speaks to that point: it is late, due, or due within ten days."""
    return point.due_on <= today or contact_closes(point.due_on, today)


def coming(next_due_on: date | None, *, today: date) -> str:
    """What follows an outcome: « Prochain point : mardi 8 décembre. », or a late one that still waits."""
    if next_due_on is None:
        return "Aucun point de suivi n’est ouvert."
    if next_due_on < today:
        return f"Un autre point est en retard : il était prévu {said_weekday(next_due_on, today=today)}."
    return f"Prochain point : {said_weekday(next_due_on, today=today)}."


def _words(facts: Mapping[str, Fact], key: str) -> str:
    return shown(CATALOGUE[key], facts[key].value) if key in facts else ""
