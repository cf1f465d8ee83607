"""The lines of the data dictionary: each item with its words, by section, in the order they are asked."""

from collections.abc import Mapping

from pathway.casework.records import vocabulary as words
from pathway.casework.records.headers import HEADERS
from pathway.casework.records.vocabulary import FOR_EVER, Choices, Item, ItemType, Match, Section, Sensitivity
from pathway.kernel.languages import marked

_TEXT, _DATE, _CHOICE, _CHOICES = ItemType.TEXT, ItemType.DATE, ItemType.CHOICE, ItemType.CHOICES
_YES_NO, _NUMBER = ItemType.YES_NO, ItemType.NUMBER
_BENEFIT_HELP = marked("« Pas demandé » : le droit existe peut-être, la demande n’est pas faite.")


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


ITEMS: Mapping[Section, tuple[Item, ...]] = {
    Section.IDENTITY: (
        _item("first_name", marked("Prénom"), _TEXT, FOR_EVER, marked("Comme sur la pièce d’identité."), limit=100),
        _item("last_name", marked("Nom d’usage"), _TEXT, FOR_EVER, marked("Celui de tous les jours."), limit=100),
        _item(
            "birth_name",
            marked("Nom de naissance"),
            _TEXT,
            FOR_EVER,
            marked("S’il est différent du nom d’usage."),
            limit=100,
        ),
        _item("birth_date", marked("Date de naissance"), _DATE, FOR_EVER, marked("Jour, mois et année.")),
        _item(
            "birth_place",
            marked("Lieu de naissance"),
            _TEXT,
            FOR_EVER,
            marked("La commune et, hors de France, le pays."),
        ),
    ),
    Section.CONTACT: (
        _item("phones", marked("Téléphones"), ItemType.PHONES, 180, marked("Quatre numéros au plus."), limit=4),
        _item("email", marked("E-mail"), ItemType.EMAIL, 365, marked("Une adresse lue régulièrement.")),
        _item("address", marked("Adresse"), _TEXT, 90, marked("Numéro, rue, bâtiment, étage.")),
        _item("postcode", marked("Code postal"), ItemType.POSTCODE, 90, marked("Cinq chiffres.")),
        _item("city", marked("Commune"), _TEXT, 90, marked("Celle où l’on habite.")),
        _item(
            "address_is_protected",
            marked("Adresse protégée"),
            _YES_NO,
            365,
            marked("Une adresse protégée n’est jamais partagée."),
        ),
        _item(
            "contact_channel",
            marked("Moyen de contact préféré"),
            _CHOICE,
            365,
            marked("Celui qui convient le mieux."),
            choices=words.CHANNELS,
        ),
        _item(
            "contact_hours",
            marked("Meilleurs moments pour appeler"),
            _CHOICES,
            180,
            marked("Plusieurs réponses possibles."),
            choices=words.HOURS,
        ),
        _item(
            "contact_language",
            marked("Langue pour échanger"),
            _TEXT,
            730,
            marked("Celle où l’on se comprend le mieux."),
            limit=60,
        ),
        _item(
            "needs_interpreter",
            marked("Besoin d’un interprète"),
            _YES_NO,
            365,
            marked("Pour les appels et les rendez-vous."),
        ),
        _item(
            "no_message",
            marked("Ne pas laisser de message"),
            _YES_NO,
            180,
            marked("Ni message vocal, ni SMS, ni mot à un proche."),
        ),
        _item(
            "phone_is_shared",
            marked("Téléphone partagé avec un proche"),
            _YES_NO,
            180,
            marked("Un proche peut décrocher ou lire les messages."),
        ),
        _item(
            "trusted_contact",
            marked("Personne de confiance"),
            _TEXT,
            180,
            marked("Nom et téléphone, avec l’accord de cette personne."),
        ),
    ),
    Section.HOUSEHOLD: (
        _item(
            "housing",
            marked("Logement"),
            _CHOICE,
            90,
            marked("Là où l’on dort en ce moment."),
            choices=words.HOUSING,
            matches=words.HOUSING_MATCHES,
        ),
        _item("children", marked("Enfants à charge"), _NUMBER, 365, marked("Zéro s’il n’y en a pas."), limit=20),
        _item(
            "childcare",
            marked("Garde des enfants"),
            _CHOICE,
            90,
            marked("Pendant le travail ou la formation."),
            choices=words.CHILDCARE,
        ),
    ),
    Section.SITUATION: (
        _item(
            "situation",
            marked("Situation"),
            _CHOICE,
            90,
            marked("Celle d’aujourd’hui, même provisoire."),
            choices=words.SITUATIONS,
        ),
        _item(
            "france_travail_registration",
            marked("Inscription à France Travail"),
            _YES_NO,
            90,
            marked("L’inscription est-elle en cours de validité ?"),
        ),
        _item(
            "last_job_ended_on",
            marked("Fin du dernier emploi"),
            _DATE,
            365,
            marked("Même un emploi court. Rien si c’est le premier."),
        ),
        _item(
            "caf_number",
            marked("Numéro d’allocataire CAF ou MSA"),
            _TEXT,
            FOR_EVER,
            marked("Il est écrit sur les courriers de la CAF ou de la MSA."),
            limit=20,
        ),
        _item(
            "france_travail_id",
            marked("Identifiant France Travail"),
            _TEXT,
            FOR_EVER,
            marked("Il est écrit sur les courriers de France Travail."),
            limit=20,
        ),
        _item("rsa", marked("RSA"), _CHOICE, 90, _BENEFIT_HELP, choices=words.RSA, retired=words.RSA_RETIRED),
        _item("are", marked("Allocation chômage (ARE)"), _YES_NO, 90, _BENEFIT_HELP, choices=words.NOT_CLAIMED),
        _item(
            "ass",
            marked("Allocation de solidarité spécifique (ASS)"),
            _YES_NO,
            90,
            _BENEFIT_HELP,
            choices=words.NOT_CLAIMED,
        ),
        _item(
            "engagement_reference",
            marked("Référence du contrat d’engagement"),
            _TEXT,
            365,
            marked("Le numéro ou le nom écrit sur le contrat."),
            limit=60,
        ),
        _item(
            "engagement_signed_on",
            marked("Contrat d’engagement signé le"),
            _DATE,
            365,
            marked("La date du contrat en cours."),
        ),
        _item(
            "engagement_review_on",
            marked("Prochain bilan du contrat d’engagement"),
            _DATE,
            90,
            marked("Le jour où l’on relit le contrat ensemble."),
        ),
    ),
    Section.HEALTH: (
        _item(
            "rqth",
            marked("Reconnaissance de travailleur handicapé (RQTH)"),
            _YES_NO,
            365,
            marked("Une reconnaissance en cours de validité. On peut ne pas répondre."),
        ),
        _item(
            "aah", marked("Allocation aux adultes handicapés (AAH)"), _YES_NO, 365, marked("On peut ne pas répondre.")
        ),
        _item(
            "needs_adjustment",
            marked("Besoin d’un aménagement au travail"),
            _YES_NO,
            180,
            marked("Oui ou non, sans en dire la raison."),
        ),
    ),
    Section.EDUCATION: (
        _item(
            "education_level",
            marked("Niveau de formation"),
            ItemType.LEVEL,
            730,
            marked("Le plus haut niveau atteint, en France ou ailleurs."),
            choices=words.LEVELS,
            matches=words.LEVEL_MATCHES,
        ),
        _item(
            "last_diploma",
            marked("Diplômes et compétences reconnues"),
            _TEXT,
            730,
            marked("Dernier diplôme ou titre, CACES, habilitations, même obtenus à l’étranger."),
        ),
        _item(
            "french", marked("Français"), _CHOICE, 180, marked("Dans la vie de tous les jours."), choices=words.FRENCH
        ),
        _item(
            "other_languages", marked("Autres langues"), _TEXT, 730, marked("Celles que l’on peut parler au travail.")
        ),
    ),
    Section.MOBILITY: (
        _item(
            "mobility_zone", marked("Zone de mobilité, en km"), _NUMBER, 180, marked("Autour du domicile."), limit=500
        ),
        _item(
            "driving_licences",
            marked("Permis de conduire"),
            _CHOICES,
            365,
            marked("Les permis en cours de validité."),
            choices=words.LICENCES,
        ),
        _item(
            "vehicles",
            marked("Moyen de déplacement"),
            _CHOICES,
            180,
            marked("Ceux sur lesquels on peut compter."),
            choices=words.VEHICLES,
            matches=words.VEHICLE_MATCHES,
        ),
    ),
    Section.PROJECT: (
        _item(
            "rome_jobs",
            marked("Métiers recherchés"),
            ItemType.ROME,
            180,
            marked("Cinq métiers au plus."),
            matches=words.ROME_MATCHES,
            limit=5,
        ),
        _item(
            "work_experience",
            marked("Expérience dans le métier recherché"),
            _CHOICE,
            730,
            marked("En tout, en France ou ailleurs, bénévolat compris."),
            choices=words.EXPERIENCE,
        ),
    ),
    Section.OBSTACLES: (
        _item(
            "obstacles",
            marked("Difficultés à régler"),
            _CHOICES,
            90,
            marked("« Aucune difficulté » se coche après en avoir parlé. Rien de coché : non évalué."),
            choices=words.OBSTACLES,
            matches=words.OBSTACLE_MATCHES,
            unknown=marked("non évalué"),
        ),
    ),
    Section.AVAILABILITY: (
        _item("available_from", marked("Disponible à partir du"), _DATE, 60, marked("Le premier jour possible.")),
        _item(
            "desired_hours",
            marked("Heures de travail souhaitées par semaine"),
            _NUMBER,
            180,
            marked("35 pour un temps plein."),
            limit=48,
        ),
        _item(
            "work_times",
            marked("Horaires possibles"),
            _CHOICES,
            180,
            marked("Tous ceux qui conviennent."),
            choices=words.WORK_TIMES,
        ),
    ),
    Section.DIGITAL: (
        _item(
            "digital_autonomy",
            marked("Démarches en ligne"),
            _CHOICE,
            365,
            marked("S’inscrire, s’actualiser, prendre un rendez-vous."),
            choices=words.AUTONOMY,
            matches=words.AUTONOMY_MATCHES,
        ),
        _item(
            "digital_equipment",
            marked("Équipement numérique"),
            _CHOICES,
            365,
            marked("Ce dont on dispose chez soi ou sur soi."),
            choices=words.EQUIPMENT,
            matches=words.EQUIPMENT_MATCHES,
        ),
    ),
}
PRIVATE = frozenset(
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
