"""The data dictionary: every item the product may know of a person, written once."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pathway.casework.records import vocabulary as words
from pathway.casework.records.values import Value, check_value, shown
from pathway.casework.records.vocabulary import Choices, Item, ItemType, Section, Sensitivity
from pathway.kernel.errors import Invalid

__all__ = [
    "CATALOGUE",
    "Item",
    "ItemType",
    "Section",
    "Sensitivity",
    "Value",
    "check_value",
    "item",
    "items_of",
    "shown",
]


def _item(
    key: str,
    label: str,
    type: ItemType = ItemType.TEXT,
    fresh: int | None = None,
    *,
    help: str = "",
    choices: Choices = (),
    limit: int = 200,
    seen: str = "",
) -> Item:
    """One line of the table. `fresh`: days an answer holds; `seen`: other headers met in files, separated by a bar."""
    columns = (label, *(header.strip() for header in seen.split("|") if header.strip()))
    return Item(
        key=key,
        label=label,
        help=help,
        type=type,
        section=Section.IDENTITY,
        choices=choices,
        freshness_days=fresh,
        sensitivity=Sensitivity.ORDINARY,
        columns=columns,
        limit=limit,
    )


_TABLE: Mapping[Section, tuple[Item, ...]] = {
    Section.IDENTITY: (
        _item("first_name", "Prénom", limit=100, seen="Prénoms | Prénom usuel"),
        _item("last_name", "Nom d’usage", limit=100, seen="Nom | Nom de famille | Nom usuel | Nom marital"),
        _item(
            "birth_name",
            "Nom de naissance",
            help="S’il est différent du nom d’usage.",
            limit=100,
            seen="Nom de jeune fille | Nom patronymique",
        ),
        _item("birth_date", "Date de naissance", ItemType.DATE, seen="Né le | Née le | Né(e) le | DDN"),
        _item("birth_place", "Lieu de naissance", seen="Commune de naissance | Ville de naissance"),
    ),
    Section.CONTACT: (
        _item(
            "phones",
            "Téléphones",
            ItemType.PHONES,
            180,
            help="Quatre numéros au plus.",
            limit=4,
            seen="Téléphone | Tél | Numéro de téléphone | Tel portable | Téléphone portable | Portable | Mobile",
        ),
        _item(
            "email",
            "E-mail",
            ItemType.EMAIL,
            365,
            seen="Courriel | Mail | Adresse e-mail | Adresse mail | Adresse électronique",
        ),
        _item("address", "Adresse", ItemType.TEXT, 90, seen="Adresse postale | Rue | Adresse 1 | Voie"),
        _item(
            "address_extra",
            "Complément d’adresse",
            ItemType.TEXT,
            90,
            seen="Adresse (complément) | Adresse 2 | Complément",
        ),
        _item("postcode", "Code postal", ItemType.POSTCODE, 90, seen="CP"),
        _item("city", "Commune", ItemType.TEXT, 90, seen="Ville | Localité | Commune de résidence"),
        _item(
            "address_is_protected",
            "Adresse protégée",
            ItemType.YES_NO,
            365,
            help="Une adresse protégée n’est jamais partagée.",
        ),
        _item("contact_channel", "Moyen de contact préféré", ItemType.CHOICE, 365, choices=words.CHANNELS),
        _item("contact_hours", "Meilleurs moments pour appeler", ItemType.CHOICES, 180, choices=words.HOURS),
        _item("contact_language", "Langue pour échanger", limit=60, seen="Langue | Langue parlée"),
        _item("needs_interpreter", "Besoin d’un interprète", ItemType.YES_NO, 365, seen="Interprète"),
        _item("no_message", "Ne pas laisser de message", ItemType.YES_NO, 180),
        _item("phone_is_shared", "Téléphone partagé avec un proche", ItemType.YES_NO, 180, seen="Téléphone partagé"),
        _item(
            "trusted_contact",
            "Personne de confiance",
            ItemType.TEXT,
            180,
            help="Nom et téléphone, avec l’accord de cette personne.",
        ),
    ),
    Section.HOUSEHOLD: (
        _item(
            "housing",
            "Logement",
            ItemType.CHOICE,
            90,
            choices=words.HOUSING,
            seen="Situation de logement | Type de logement",
        ),
        _item(
            "children",
            "Enfants à charge",
            ItemType.NUMBER,
            365,
            limit=20,
            seen="Nombre d’enfants | Nombre d’enfants à charge",
        ),
        _item("childcare", "Garde des enfants", ItemType.CHOICE, 90, choices=words.CHILDCARE, seen="Mode de garde"),
    ),
    Section.SITUATION: (
        _item(
            "situation",
            "Situation",
            ItemType.CHOICE,
            90,
            choices=words.SITUATIONS,
            seen="Situation professionnelle | Situation actuelle",
        ),
        _item("last_job_ended_on", "Fin du dernier emploi", ItemType.DATE, 365, seen="Date de fin du dernier emploi"),
        _item(
            "caf_number",
            "Numéro d’allocataire CAF ou MSA",
            limit=20,
            seen="Numéro allocataire CAF/MSA | Numéro allocataire | N° allocataire | Numéro CAF | Matricule CAF",
        ),
        _item(
            "france_travail_id",
            "Identifiant France Travail",
            limit=20,
            seen="Identifiant Pôle emploi | Numéro France Travail | Numéro Pôle emploi | Identifiant PE",
        ),
        _item(
            "rsa", "RSA", ItemType.CHOICE, 90, choices=words.RSA, seen="Droits RSA | Droit RSA | Bénéficiaire du RSA"
        ),
        _item("are", "Allocation chômage (ARE)", ItemType.YES_NO, 90, seen="Droits ARE | ARE"),
        _item("ass", "Allocation de solidarité spécifique (ASS)", ItemType.YES_NO, 90, seen="Droits ASS | ASS"),
        _item("activity_bonus", "Prime d’activité", ItemType.YES_NO, 90),
    ),
    Section.HEALTH: (
        _item(
            "rqth", "Reconnaissance de travailleur handicapé (RQTH)", ItemType.YES_NO, 365, seen="RQTH | Droits RQTH"
        ),
        _item("aah", "Allocation aux adultes handicapés (AAH)", ItemType.YES_NO, 365, seen="AAH | Droits AAH"),
        _item(
            "needs_adjustment",
            "Besoin d’un aménagement au travail",
            ItemType.YES_NO,
            180,
            help="Oui ou non, sans en dire la raison.",
        ),
    ),
    Section.EDUCATION: (
        _item(
            "education_level",
            "Niveau de formation",
            ItemType.LEVEL,
            730,
            choices=words.LEVELS,
            seen="Niveau d’étude | Niveau d’études | Niveau scolaire | Niveau de qualification",
        ),
        _item("last_diploma", "Dernier diplôme ou titre", ItemType.TEXT, 730, seen="Diplôme | Dernier diplôme"),
        _item(
            "french",
            "Français",
            ItemType.CHOICE,
            180,
            choices=words.FRENCH,
            seen="Niveau de français | Maîtrise du français",
        ),
        _item("other_languages", "Autres langues", ItemType.TEXT, 730, seen="Langues | Langues étrangères"),
    ),
    Section.MOBILITY: (
        _item(
            "mobility_zone",
            "Zone de mobilité",
            ItemType.NUMBER,
            180,
            help="En kilomètres autour du domicile.",
            limit=500,
            seen="Mobilité | Mobilité (km) | Zone de mobilité (km) | Rayon de mobilité",
        ),
        _item(
            "driving_licences",
            "Permis de conduire",
            ItemType.CHOICES,
            365,
            choices=words.LICENCES,
            seen="Permis | Permis B",
        ),
        _item(
            "vehicles",
            "Moyen de déplacement",
            ItemType.CHOICES,
            180,
            choices=words.VEHICLES,
            seen="Véhicule | Moyen de locomotion",
        ),
    ),
    Section.PROJECT: (
        _item(
            "rome_jobs",
            "Métiers recherchés",
            ItemType.ROME,
            180,
            help="Cinq métiers au plus.",
            limit=5,
            seen="Emploi recherché (code ROME) | Emploi recherché | Métier recherché | Code ROME | ROME",
        ),
        _item(
            "work_experience",
            "Expérience dans le métier recherché",
            ItemType.CHOICE,
            730,
            choices=words.EXPERIENCE,
            seen="Expérience professionnelle",
        ),
    ),
    Section.OBSTACLES: (
        _item(
            "obstacles",
            "Difficultés à régler",
            ItemType.CHOICES,
            90,
            choices=words.OBSTACLES,
            seen="Freins | Difficultés",
        ),
    ),
    Section.AVAILABILITY: (
        _item(
            "available_from", "Disponible à partir du", ItemType.DATE, 60, seen="Date de disponibilité | Disponibilité"
        ),
        _item(
            "desired_hours",
            "Heures de travail souhaitées par semaine",
            ItemType.NUMBER,
            180,
            limit=48,
            seen="Temps de travail souhaité | Heures souhaitées",
        ),
        _item("work_times", "Horaires possibles", ItemType.CHOICES, 180, choices=words.WORK_TIMES, seen="Horaires"),
    ),
    Section.DIGITAL: (
        _item(
            "digital_autonomy",
            "Démarches en ligne",
            ItemType.CHOICE,
            365,
            choices=words.AUTONOMY,
            seen="Autonomie numérique",
        ),
        _item(
            "digital_equipment",
            "Équipement numérique",
            ItemType.CHOICES,
            365,
            choices=words.EQUIPMENT,
            seen="Équipement informatique",
        ),
    ),
}
_PRIVATE = frozenset(
    {
        "address_is_protected",
        "no_message",
        "phone_is_shared",
        "trusted_contact",
        "housing",
        "children",
        "childcare",
        "caf_number",
        "france_travail_id",
        "rsa",
        "are",
        "ass",
        "activity_bonus",
        "obstacles",
    }
)


def _placed(section: Section, item: Item) -> Item:
    health, private = section is Section.HEALTH, item.key in _PRIVATE
    sensitivity = Sensitivity.HEALTH if health else Sensitivity.PRIVATE if private else Sensitivity.ORDINARY
    return replace(item, section=section, sensitivity=sensitivity)


CATALOGUE: Mapping[str, Item] = MappingProxyType(
    {item.key: _placed(section, item) for section, items in _TABLE.items() for item in items}
)


def item(key: str) -> Item:
    """The item of that key; `Invalid` when the dictionary has none."""
    found = CATALOGUE.get(key)
    if found is None:
        raise Invalid("Cette information n’existe pas dans le dictionnaire des données.", field=key)
    return found


def items_of(section: Section) -> tuple[Item, ...]:
    """The items of one section, in the order they are asked."""
    return tuple(item for item in CATALOGUE.values() if item.section is section)
