"""The words of the data dictionary: sections, shapes of answers, what an item is, closed lists of answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from pathway import reference
from pathway.kernel.choice import Choice
from pathway.kernel.languages import marked

NOT_KNOWN = marked("non renseigné")
FOR_EVER = None  # days an answer holds


class Section(Choice):
    """A part of the record: the unit of sealing and of access rights."""

    IDENTITY = "identity", marked("Identité")
    CONTACT = "contact", marked("Coordonnées et contact")
    HOUSEHOLD = "household", marked("Foyer et logement")
    SITUATION = "situation", marked("Situation et droits")
    HEALTH = "health", marked("Santé et handicap")
    EDUCATION = "education", marked("Formation et langues")
    MOBILITY = "mobility", marked("Mobilité")
    PROJECT = "project", marked("Projet professionnel")
    OBSTACLES = "obstacles", marked("Difficultés à régler")
    AVAILABILITY = "availability", marked("Disponibilité")
    DIGITAL = "digital", marked("Numérique")


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
    ("seeking_job", marked("En recherche d’emploi")),
    ("seeking_training", marked("En recherche de formation")),
    ("seeking_apprenticeship", marked("En recherche d’alternance")),
    ("seeking_internship", marked("En recherche de stage")),
    ("building_project", marked("En construction de projet")),
    ("founding_business", marked("En création d’entreprise")),
    ("in_training", marked("En formation")),
    ("internship", marked("En stage")),
    ("apprenticeship", marked("En alternance")),
    ("civic_service", marked("En service civique")),
    ("employed", marked("En emploi")),
    ("permanent_job", marked("En CDI")),
    ("fixed_term_job", marked("En CDD")),
    ("temporary_job", marked("En intérim")),
    ("iae_job", marked("En insertion par l’activité économique")),
    ("self_employed", marked("À son compte")),
    ("not_seeking", marked("Sans activité, sans recherche")),
)
# Not claimed is no refusal: the right may exist.
NOT_CLAIMED: Choices = (("not_claimed", marked("Pas demandé")),)
RSA: Choices = (("open", marked("Oui")), ("none", marked("Non")), ("pending", marked("Demande en cours")), *NOT_CLAIMED)
# How the payment goes is no longer asked: it may tell of a sanction.
RSA_RETIRED: Choices = (
    ("payable", marked("Oui, versé")),
    ("payment_suspended", marked("Oui, versement suspendu")),
    ("suspended", marked("Oui, suspendu")),
    ("closed", marked("Non, droit clos")),
)
HOUSING: Choices = (
    ("tenant", marked("Locataire")),
    ("owner", marked("Propriétaire")),
    ("hosted", marked("Chez un proche")),
    ("shelter", marked("En hébergement ou en foyer")),
    ("hotel", marked("À l’hôtel")),
    ("mobile", marked("En habitat mobile")),
    ("homeless", marked("Sans logement")),
)
CHANNELS: Choices = (
    ("call", marked("Appel")),
    ("sms", marked("SMS")),
    ("email", marked("E-mail")),
    ("post", marked("Courrier")),
    ("in_person", marked("Sur place")),
)
HOURS: Choices = (
    ("morning", marked("Le matin")),
    ("midday", marked("Entre midi et deux")),
    ("afternoon", marked("L’après-midi")),
    ("evening", marked("En fin de journée")),
)
CHILDCARE: Choices = (
    ("not_needed", marked("Pas besoin de garde")),
    ("found", marked("Solution trouvée")),
    ("partial", marked("Solution une partie du temps")),
    ("needed", marked("Solution à trouver")),
)
FRENCH: Choices = (
    ("beginner", marked("Débute à l’oral")),
    ("speaks", marked("Se débrouille à l’oral, pas à l’écrit")),
    ("writes", marked("À l’aise à l’oral, écrit un peu")),
    ("fluent", marked("À l’aise à l’oral et à l’écrit")),
)
LICENCES: Choices = (
    ("none", marked("Pas de permis")),
    ("learning", marked("Permis B en cours")),
    ("am", marked("AM (cyclomoteur)")),
    ("a", marked("A (moto)")),
    ("b", marked("B (voiture)")),
    ("c", marked("C (poids lourd)")),
    ("d", marked("D (autocar)")),
)
VEHICLES: Choices = (
    ("none", marked("Aucun")),
    ("public_transport", marked("Transports en commun")),
    ("bike", marked("Vélo ou trottinette")),
    ("moped", marked("Deux-roues motorisé")),
    ("car", marked("Voiture")),
    ("shared_car", marked("Voiture partagée avec un proche")),
)
EXPERIENCE: Choices = (
    ("none", marked("Pas encore")),
    ("under_1_year", marked("Moins d’un an")),
    ("from_1_to_5_years", marked("De un à cinq ans")),
    ("over_5_years", marked("Plus de cinq ans")),
)
WORK_TIMES: Choices = (
    ("day", marked("En journée")),
    ("early", marked("Tôt le matin")),
    ("evening", marked("Le soir")),
    ("night", marked("La nuit")),
    ("weekend", marked("Le week-end")),
)
AUTONOMY: Choices = (
    ("alone", marked("Fait ses démarches en ligne sans aide")),
    ("helped", marked("A besoin d’aide pour certaines démarches")),
    ("not_alone", marked("Ne peut pas les faire sans aide")),
)
EQUIPMENT: Choices = (
    ("none", marked("Aucun")),
    ("smartphone", marked("Téléphone connecté")),
    ("tablet", marked("Tablette")),
    ("computer", marked("Ordinateur")),
    ("home_internet", marked("Internet à la maison")),
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
    ("none", marked("Aucune difficulté")),
    *((code, reference.theme_categories()[code]) for code in _DIFFICULTIES),
)
LEVELS: Choices = tuple((level.code, level.label) for level in reference.levels())
# Words of the published lists that are said to her, for the catalogues to know of them.
OF_LISTS = frozenset(
    {
        marked("Aucune formation scolaire"),
        marked("Du primaire à la 4e"),
        marked("4e achevée"),
        marked("3e achevée ou brevet"),
        marked("2de ou 1re achevée"),
        marked("CAP, BEP ou équivalent (niveau 3)"),
        marked("Bac ou équivalent (niveau 4)"),
        marked("Bac + 2 ou équivalent (niveau 5)"),
        marked("Bac + 3 ou Bac + 4 (niveau 6)"),
        marked("Bac + 5 et plus (niveaux 7 et 8)"),
        marked("Mobilité"),
        marked("Logement et hébergement"),
        marked("Famille"),
        marked("Difficultés financières"),
        marked("Difficultés administratives ou juridiques"),
        marked("Lecture, écriture et calcul"),
        marked("Numérique"),
        marked("Équipement et alimentation"),
        marked("Remobilisation"),
    }
)


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
