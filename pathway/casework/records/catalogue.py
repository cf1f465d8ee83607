"""The data dictionary: every item the product may know of a person, written once."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pathway.casework.records import vocabulary as words
from pathway.casework.records.headers import HEADERS
from pathway.casework.records.values import Value, check_value, shown
from pathway.casework.records.vocabulary import (
    FOR_EVER,
    Choices,
    Item,
    ItemType,
    Match,
    Section,
    Sensitivity,
    SharedList,
)
from pathway.kernel.errors import Invalid

__all__ = [
    "CATALOGUE",
    "CAUTIONS",
    "Item",
    "ItemType",
    "Match",
    "Section",
    "Sensitivity",
    "SharedList",
    "Value",
    "check_value",
    "item",
    "items_of",
    "reaches_her",
    "shown",
]


_TEXT, _DATE, _CHOICE, _CHOICES = ItemType.TEXT, ItemType.DATE, ItemType.CHOICE, ItemType.CHOICES
_YES_NO, _NUMBER = ItemType.YES_NO, ItemType.NUMBER
_BENEFIT_HELP = "« Pas demandé » : le droit existe peut-être, la demande n’est pas faite."


def _item(
    key: str,
    label: str,
    type: ItemType,
    fresh: int | None,
    help: str,
    *,
    choices: Choices = (),
    retired: Choices = (),
    matches: tuple[Match, ...] = (),
    limit: int = 200,
    unknown: str = words.NOT_KNOWN,
) -> Item:
    """One line of the table. `fresh`: days an answer holds. Section and sensitivity are set by where it stands."""
    seen = HEADERS.get(key, "").split("|")
    return Item(
        key=key,
        label=label,
        help=help,
        type=type,
        section=Section.IDENTITY,
        choices=choices,
        freshness_days=fresh,
        sensitivity=Sensitivity.ORDINARY,
        columns=(label, *(header.strip() for header in seen if header.strip())),
        limit=limit,
        retired=retired,
        matches=matches,
        unknown=unknown,
    )


_TABLE: Mapping[Section, tuple[Item, ...]] = {
    Section.IDENTITY: (
        _item("first_name", "Prénom", _TEXT, FOR_EVER, "Comme sur la pièce d’identité.", limit=100),
        _item("last_name", "Nom d’usage", _TEXT, FOR_EVER, "Celui de tous les jours.", limit=100),
        _item("birth_name", "Nom de naissance", _TEXT, FOR_EVER, "S’il est différent du nom d’usage.", limit=100),
        _item("birth_date", "Date de naissance", _DATE, FOR_EVER, "Jour, mois et année."),
        _item("birth_place", "Lieu de naissance", _TEXT, FOR_EVER, "La commune et, hors de France, le pays."),
    ),
    Section.CONTACT: (
        _item("phones", "Téléphones", ItemType.PHONES, 180, "Quatre numéros au plus.", limit=4),
        _item("email", "E-mail", ItemType.EMAIL, 365, "Une adresse lue régulièrement."),
        _item("address", "Adresse", _TEXT, 90, "Numéro, rue, bâtiment, étage."),
        _item("postcode", "Code postal", ItemType.POSTCODE, 90, "Cinq chiffres."),
        _item("city", "Commune", _TEXT, 90, "Celle où l’on habite."),
        _item("address_is_protected", "Adresse protégée", _YES_NO, 365, "Une adresse protégée n’est jamais partagée."),
        _item(
            "contact_channel",
            "Moyen de contact préféré",
            _CHOICE,
            365,
            "Celui qui convient le mieux.",
            choices=words.CHANNELS,
        ),
        _item(
            "contact_hours",
            "Meilleurs moments pour appeler",
            _CHOICES,
            180,
            "Plusieurs réponses possibles.",
            choices=words.HOURS,
        ),
        _item("contact_language", "Langue pour échanger", _TEXT, 730, "Celle où l’on se comprend le mieux.", limit=60),
        _item("needs_interpreter", "Besoin d’un interprète", _YES_NO, 365, "Pour les appels et les rendez-vous."),
        _item("no_message", "Ne pas laisser de message", _YES_NO, 180, "Ni message vocal, ni SMS, ni mot à un proche."),
        _item(
            "phone_is_shared",
            "Téléphone partagé avec un proche",
            _YES_NO,
            180,
            "Un proche peut décrocher ou lire les messages.",
        ),
        _item(
            "trusted_contact",
            "Personne de confiance",
            _TEXT,
            180,
            "Nom et téléphone, avec l’accord de cette personne.",
        ),
    ),
    Section.HOUSEHOLD: (
        _item(
            "housing",
            "Logement",
            _CHOICE,
            90,
            "Là où l’on dort en ce moment.",
            choices=words.HOUSING,
            matches=words.HOUSING_MATCHES,
        ),
        _item("children", "Enfants à charge", _NUMBER, 365, "Zéro s’il n’y en a pas.", limit=20),
        _item(
            "childcare",
            "Garde des enfants",
            _CHOICE,
            90,
            "Pendant le travail ou la formation.",
            choices=words.CHILDCARE,
        ),
    ),
    Section.SITUATION: (
        _item("situation", "Situation", _CHOICE, 90, "Celle d’aujourd’hui, même provisoire.", choices=words.SITUATIONS),
        _item(
            "france_travail_registration",
            "Inscription à France Travail",
            _YES_NO,
            90,
            "L’inscription est-elle en cours de validité ?",
        ),
        _item(
            "last_job_ended_on", "Fin du dernier emploi", _DATE, 365, "Même un emploi court. Rien si c’est le premier."
        ),
        _item(
            "caf_number",
            "Numéro d’allocataire CAF ou MSA",
            _TEXT,
            FOR_EVER,
            "Il est écrit sur les courriers de la CAF ou de la MSA.",
            limit=20,
        ),
        _item(
            "france_travail_id",
            "Identifiant France Travail",
            _TEXT,
            FOR_EVER,
            "Il est écrit sur les courriers de France Travail.",
            limit=20,
        ),
        _item("rsa", "RSA", _CHOICE, 90, _BENEFIT_HELP, choices=words.RSA, retired=words.RSA_RETIRED),
        _item("are", "Allocation chômage (ARE)", _YES_NO, 90, _BENEFIT_HELP, choices=words.NOT_CLAIMED),
        _item(
            "ass",
            "Allocation de solidarité spécifique (ASS)",
            _YES_NO,
            90,
            _BENEFIT_HELP,
            choices=words.NOT_CLAIMED,
        ),
        _item(
            "engagement_reference",
            "Référence du contrat d’engagement",
            _TEXT,
            365,
            "Le numéro ou le nom écrit sur le contrat.",
            limit=60,
        ),
        _item("engagement_signed_on", "Contrat d’engagement signé le", _DATE, 365, "La date du contrat en cours."),
        _item(
            "engagement_review_on",
            "Prochain bilan du contrat d’engagement",
            _DATE,
            90,
            "Le jour où l’on relit le contrat ensemble.",
        ),
    ),
    Section.HEALTH: (
        _item(
            "rqth",
            "Reconnaissance de travailleur handicapé (RQTH)",
            _YES_NO,
            365,
            "Une reconnaissance en cours de validité. On peut ne pas répondre.",
        ),
        _item("aah", "Allocation aux adultes handicapés (AAH)", _YES_NO, 365, "On peut ne pas répondre."),
        _item(
            "needs_adjustment",
            "Besoin d’un aménagement au travail",
            _YES_NO,
            180,
            "Oui ou non, sans en dire la raison.",
        ),
    ),
    Section.EDUCATION: (
        _item(
            "education_level",
            "Niveau de formation",
            ItemType.LEVEL,
            730,
            "Le plus haut niveau atteint, en France ou ailleurs.",
            choices=words.LEVELS,
            matches=words.LEVEL_MATCHES,
        ),
        _item(
            "last_diploma",
            "Diplômes et compétences reconnues",
            _TEXT,
            730,
            "Dernier diplôme ou titre, CACES, habilitations, même obtenus à l’étranger.",
        ),
        _item("french", "Français", _CHOICE, 180, "Dans la vie de tous les jours.", choices=words.FRENCH),
        _item("other_languages", "Autres langues", _TEXT, 730, "Celles que l’on peut parler au travail."),
    ),
    Section.MOBILITY: (
        _item("mobility_zone", "Zone de mobilité, en km", _NUMBER, 180, "Autour du domicile.", limit=500),
        _item(
            "driving_licences",
            "Permis de conduire",
            _CHOICES,
            365,
            "Les permis en cours de validité.",
            choices=words.LICENCES,
        ),
        _item(
            "vehicles",
            "Moyen de déplacement",
            _CHOICES,
            180,
            "Ceux sur lesquels on peut compter.",
            choices=words.VEHICLES,
            matches=words.VEHICLE_MATCHES,
        ),
    ),
    Section.PROJECT: (
        _item(
            "rome_jobs",
            "Métiers recherchés",
            ItemType.ROME,
            180,
            "Cinq métiers au plus.",
            matches=words.ROME_MATCHES,
            limit=5,
        ),
        _item(
            "work_experience",
            "Expérience dans le métier recherché",
            _CHOICE,
            730,
            "En tout, en France ou ailleurs, bénévolat compris.",
            choices=words.EXPERIENCE,
        ),
    ),
    Section.OBSTACLES: (
        _item(
            "obstacles",
            "Difficultés à régler",
            _CHOICES,
            90,
            "« Aucune difficulté » se coche après en avoir parlé. Rien de coché : non évalué.",
            choices=words.OBSTACLES,
            matches=words.OBSTACLE_MATCHES,
            unknown="non évalué",
        ),
    ),
    Section.AVAILABILITY: (
        _item("available_from", "Disponible à partir du", _DATE, 60, "Le premier jour possible."),
        _item(
            "desired_hours",
            "Heures de travail souhaitées par semaine",
            _NUMBER,
            180,
            "35 pour un temps plein.",
            limit=48,
        ),
        _item(
            "work_times", "Horaires possibles", _CHOICES, 180, "Tous ceux qui conviennent.", choices=words.WORK_TIMES
        ),
    ),
    Section.DIGITAL: (
        _item(
            "digital_autonomy",
            "Démarches en ligne",
            _CHOICE,
            365,
            "S’inscrire, s’actualiser, prendre un rendez-vous.",
            choices=words.AUTONOMY,
            matches=words.AUTONOMY_MATCHES,
        ),
        _item(
            "digital_equipment",
            "Équipement numérique",
            _CHOICES,
            365,
            "Ce dont on dispose chez soi ou sur soi.",
            choices=words.EQUIPMENT,
            matches=words.EQUIPMENT_MATCHES,
        ),
    ),
}
_PRIVATE = frozenset(
    {
        "address",
        "address_is_protected",
        "no_message",
        "phone_is_shared",
        "trusted_contact",
        "housing",
        "children",
        "childcare",
        "france_travail_registration",
        "caf_number",
        "france_travail_id",
        "rsa",
        "are",
        "ass",
        "engagement_reference",
        "engagement_signed_on",
        "engagement_review_on",
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


# Each caution that protects her, and the answers that nobody may read without it.
CAUTIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "address_is_protected": frozenset({"address", "postcode", "city"}),
        "no_message": frozenset({"phones", "email", "address"}),
        "phone_is_shared": frozenset({"phones"}),
    }
)


def reaches_her(key: str) -> bool:
    """Whether by that answer she is reached, or protected: she changes it after a fresh proof, on whatever screen."""
    return key in CATALOGUE and CATALOGUE[key].section is Section.CONTACT


def item(key: str) -> Item:
    """The item of that key; `Invalid` when the dictionary has none."""
    found = CATALOGUE.get(key)
    if found is None:
        raise Invalid("Cette information n’existe pas dans le dictionnaire des données.", field=key)
    return found


def items_of(section: Section) -> tuple[Item, ...]:
    """The items of one section, in the order they are asked."""
    return tuple(item for item in CATALOGUE.values() if item.section is section)
