"""The words of the data dictionary: sections, shapes of answers, what an item is, closed lists of answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from pathway import reference
from pathway.kernel.choice import Choice

NOT_KNOWN = "non renseigné"
FOR_EVER = None  # days an answer holds


class Section(Choice):
    """A part of the record: the unit of sealing and of access rights."""

    IDENTITY = "identity", "Identité"
    CONTACT = "contact", "Coordonnées et contact"
    HOUSEHOLD = "household", "Foyer et logement"
    SITUATION = "situation", "Situation et droits"
    HEALTH = "health", "Santé et handicap"
    EDUCATION = "education", "Formation et langues"
    MOBILITY = "mobility", "Mobilité"
    PROJECT = "project", "Projet professionnel"
    OBSTACLES = "obstacles", "Difficultés à régler"
    AVAILABILITY = "availability", "Disponibilité"
    DIGITAL = "digital", "Numérique"


class ItemType(Choice):
    """The shape of an answer, which decides how it is asked, checked, kept and shown."""

    TEXT = "text", "Texte"
    DATE = "date", "Date"
    CHOICE = "choice", "Un choix"
    CHOICES = "choices", "Plusieurs choix"
    NUMBER = "number", "Nombre"
    PHONES = "phones", "Téléphones"
    EMAIL = "email", "Adresse e-mail"
    YES_NO = "yes_no", "Oui ou non"
    ROME = "rome", "Métiers (codes ROME)"
    LEVEL = "level", "Niveau de formation"
    POSTCODE = "postcode", "Code postal"


class SharedList(Choice):
    """A published list whose codes others use; sources in pathway/reference/SOURCES.md."""

    ROME = "rome", "ROME 4.0"
    FRAMEWORK = "framework", "Niveau du cadre national (3 à 8)"
    FT_LEVEL = "ft_level", "Niveau France Travail"
    FT_CONSTRAINT = "ft_constraint", "Contrainte du diagnostic France Travail"
    FT_SITUATION = "ft_situation", "Situation du diagnostic France Travail"
    THEME = "theme", "Thématique data·inclusion"


@dataclass(frozen=True, kw_only=True)
class Match:
    """What an answer is called elsewhere: `choice` is our code, `code` the list's.

    Both are empty when the answers themselves are codes of the list.
    """

    shared: SharedList
    choice: str = ""
    code: str = ""


class Sensitivity(Choice):
    """How far an answer must be protected on screens and in exports."""

    ORDINARY = "ordinary", "Courante"
    PRIVATE = "private", "Privée"
    HEALTH = "health", "Donnée de santé"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the dictionary.

    `freshness_days` counts calendar days an answer holds, None for ever. `columns` are the headers recognised in files
    coming in. `limit` is the longest text (characters) or the greatest number. `retired` are choices no longer offered,
    which stay readable where they were answered. `unknown` is how the absence of an answer is said. The `choices` of a
    yes or no are what may be answered besides.
    """

    key: str
    label: str
    help: str
    type: ItemType
    section: Section
    choices: tuple[tuple[str, str], ...]
    freshness_days: int | None
    sensitivity: Sensitivity
    columns: tuple[str, ...]
    limit: int
    retired: tuple[tuple[str, str], ...] = ()
    matches: tuple[Match, ...] = ()
    unknown: str = NOT_KNOWN


Choices = tuple[tuple[str, str], ...]

SITUATIONS: Choices = (
    ("seeking_job", "En recherche d’emploi"),
    ("seeking_training", "En recherche de formation"),
    ("seeking_apprenticeship", "En recherche d’alternance"),
    ("seeking_internship", "En recherche de stage"),
    ("building_project", "En construction de projet"),
    ("founding_business", "En création d’entreprise"),
    ("in_training", "En formation"),
    ("internship", "En stage"),
    ("apprenticeship", "En alternance"),
    ("civic_service", "En service civique"),
    ("employed", "En emploi"),
    ("permanent_job", "En CDI"),
    ("fixed_term_job", "En CDD"),
    ("temporary_job", "En intérim"),
    ("iae_job", "En insertion par l’activité économique"),
    ("self_employed", "À son compte"),
    ("not_seeking", "Sans activité, sans recherche"),
)
# Not claimed is no refusal: the right may exist.
NOT_CLAIMED: Choices = (("not_claimed", "Pas demandé"),)
RSA: Choices = (("open", "Oui"), ("none", "Non"), ("pending", "Demande en cours"), *NOT_CLAIMED)
# How the payment goes is no longer asked: it may tell of a sanction.
RSA_RETIRED: Choices = (
    ("payable", "Oui, versé"),
    ("payment_suspended", "Oui, versement suspendu"),
    ("suspended", "Oui, suspendu"),
    ("closed", "Non, droit clos"),
)
HOUSING: Choices = (
    ("tenant", "Locataire"),
    ("owner", "Propriétaire"),
    ("hosted", "Chez un proche"),
    ("shelter", "En hébergement ou en foyer"),
    ("hotel", "À l’hôtel"),
    ("mobile", "En habitat mobile"),
    ("homeless", "Sans logement"),
)
CHANNELS: Choices = (
    ("call", "Appel"),
    ("sms", "SMS"),
    ("email", "E-mail"),
    ("post", "Courrier"),
    ("in_person", "Sur place"),
)
HOURS: Choices = (
    ("morning", "Le matin"),
    ("midday", "Entre midi et deux"),
    ("afternoon", "L’après-midi"),
    ("evening", "En fin de journée"),
)
CHILDCARE: Choices = (
    ("not_needed", "Pas besoin de garde"),
    ("found", "Solution trouvée"),
    ("partial", "Solution une partie du temps"),
    ("needed", "Solution à trouver"),
)
FRENCH: Choices = (
    ("beginner", "Débute à l’oral"),
    ("speaks", "Se débrouille à l’oral, pas à l’écrit"),
    ("writes", "À l’aise à l’oral, écrit un peu"),
    ("fluent", "À l’aise à l’oral et à l’écrit"),
)
LICENCES: Choices = (
    ("none", "Pas de permis"),
    ("learning", "Permis B en cours"),
    ("am", "AM (cyclomoteur)"),
    ("a", "A (moto)"),
    ("b", "B (voiture)"),
    ("c", "C (poids lourd)"),
    ("d", "D (autocar)"),
)
VEHICLES: Choices = (
    ("none", "Aucun"),
    ("public_transport", "Transports en commun"),
    ("bike", "Vélo ou trottinette"),
    ("moped", "Deux-roues motorisé"),
    ("car", "Voiture"),
    ("shared_car", "Voiture partagée avec un proche"),
)
EXPERIENCE: Choices = (
    ("none", "Pas encore"),
    ("under_1_year", "Moins d’un an"),
    ("from_1_to_5_years", "De un à cinq ans"),
    ("over_5_years", "Plus de cinq ans"),
)
WORK_TIMES: Choices = (
    ("day", "En journée"),
    ("early", "Tôt le matin"),
    ("evening", "Le soir"),
    ("night", "La nuit"),
    ("weekend", "Le week-end"),
)
AUTONOMY: Choices = (
    ("alone", "Fait ses démarches en ligne sans aide"),
    ("helped", "A besoin d’aide pour certaines démarches"),
    ("not_alone", "Ne peut pas les faire sans aide"),
)
EQUIPMENT: Choices = (
    ("none", "Aucun"),
    ("smartphone", "Téléphone connecté"),
    ("tablet", "Tablette"),
    ("computer", "Ordinateur"),
    ("home_internet", "Internet à la maison"),
)
# Categories of the data·inclusion schema that name a difficulty. Health has its own section and right.
_DIFFICULTIES = (
    "mobilite",
    "logement-hebergement",
    "famille",
    "difficultes-financieres",
    "difficultes-administratives-ou-juridiques",
    "lecture-ecriture-calcul",
    "numerique",
    "equipement-et-alimentation",
    "remobilisation",
)
# Said once looked at together: nothing ticked is « non évalué », never « aucune ».
OBSTACLES: Choices = (
    ("none", "Aucune difficulté"),
    *((code, reference.theme_categories()[code]) for code in _DIFFICULTIES),
)
LEVELS: Choices = tuple((level.code, level.label) for level in reference.levels())


def _matches(shared: SharedList, codes: Mapping[str, str]) -> tuple[Match, ...]:
    return tuple(Match(shared=shared, choice=choice, code=code) for choice, code in codes.items())


ROME_MATCHES = (Match(shared=SharedList.ROME),)
LEVEL_MATCHES = tuple(
    Match(shared=shared, choice=level.code, code=code)
    for level in reference.levels()
    for shared, codes in ((SharedList.FT_LEVEL, (level.source_code,)), (SharedList.FRAMEWORK, level.framework))
    for code in codes
)
OBSTACLE_MATCHES = (
    *(
        Match(shared=SharedList.THEME, choice=theme.category, code=theme.code)
        for theme in reference.themes()
        if theme.category in _DIFFICULTIES
    ),
    *_matches(
        SharedList.FT_CONSTRAINT,
        {
            "numerique": "22",
            "mobilite": "23",
            "famille": "24",
            "lecture-ecriture-calcul": "26",
            "difficultes-financieres": "27",
            "logement-hebergement": "28",
        },
    ),
)
HOUSING_MATCHES = _matches(SharedList.FT_SITUATION, {"hosted": "1"})
VEHICLE_MATCHES = _matches(SharedList.FT_SITUATION, {"none": "6", "public_transport": "7"})
EQUIPMENT_MATCHES = _matches(
    SharedList.FT_SITUATION, {"none": "42", "computer": "43", "smartphone": "44", "tablet": "45"}
)
AUTONOMY_MATCHES = _matches(SharedList.FT_SITUATION, {"helped": "52", "not_alone": "52"})
