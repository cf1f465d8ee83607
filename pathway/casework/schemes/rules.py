"""What a scheme is: its kind, how closely it follows, what it asks and why, and the exact exit reasons it offers."""

from dataclasses import dataclass

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
