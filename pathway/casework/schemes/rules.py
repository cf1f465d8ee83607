"""What a scheme is: its kind, how closely it follows, what it asks and why, and the exact exit reasons it offers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pathway.casework.records.catalogue import CATALOGUE
from pathway.casework.records.rules import Requirement
from pathway.kernel.choice import Choice


class SchemeKind(Choice):
    """The family of a scheme, in the field's own words."""

    DESK_SUPPORT = "desk_support", "Accompagnement Point Accueil Emploi"
    PLIE = "plie", "PLIE"
    CEJ = "cej", "Contrat d’engagement jeune"
    IAE = "iae", "Emploi en insertion (IAE)"
    SOCIAL_CLAUSE = "social_clause", "Clause sociale"
    TRAINING = "training", "Formation"
    WORKSHOP = "workshop", "Atelier"
    FORUM = "forum", "Forum ou rencontre"
    IMMERSION = "immersion", "Immersion professionnelle"
    BUSINESS = "business", "Création d’entreprise"
    SOCIAL_SUPPORT = "social_support", "Accompagnement social"


class Intensity(Choice):
    """How closely a scheme follows people; it sets how long a silence may last."""

    INTENSIVE = "intensive", "Renforcé"
    STANDARD = "standard", "Régulier"
    LIGHT = "light", "Léger"
    IN_WORK = "in_work", "Suivi en emploi"


@dataclass(frozen=True, kw_only=True)
class OwnQuestion:
    """A question only this scheme asks: its key in the scheme, its French label, whether it must be answered."""

    key: str
    label: str
    is_required: bool = False


def with_facts(
    requirements: Sequence[Requirement], questions: Sequence[OwnQuestion]
) -> tuple[tuple[Requirement, ...], tuple[OwnQuestion, ...]]:
    """What a scheme asks, once its own questions that the dictionary knows are requirements, last in order.

    Their answers are then facts, reused elsewhere and counted. An item asked twice is required if either says so.
    """
    wanted = {one.key: one for one in requirements}
    for question in questions:
        if question.key in CATALOGUE:
            wanted[question.key] = _as_requirement(question, wanted.get(question.key))
    own = tuple(question for question in questions if question.key not in CATALOGUE)
    return tuple(wanted.values()), own


def _as_requirement(question: OwnQuestion, known: Requirement | None) -> Requirement:
    if known:
        return replace(known, is_required=known.is_required or question.is_required)
    why = f"Question de ce dispositif : « {question.label} »"
    return Requirement(key=question.key, is_required=question.is_required, why=why)
