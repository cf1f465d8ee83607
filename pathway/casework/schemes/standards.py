"""What each kind of scheme needs to know of a person, and why: an item that none of them needs is asked nowhere.

A scheme may ask less, or something else: these are the requirements it starts from. Each reason is told to the person.
"""

from collections.abc import Mapping
from types import MappingProxyType

from pathway.casework.records.catalogue import item
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.rules import SchemeKind


def _needs(*lines: tuple[str, str]) -> tuple[Requirement, ...]:
    """Requirements from (key, why) pairs; a star after the key marks those that must be answered."""
    return tuple(_need(key, why) for key, why in lines)


def _need(marked: str, why: str) -> Requirement:
    return Requirement(key=item(marked.rstrip("*")).key, is_required=marked.endswith("*"), why=why)


_PHONES = ("phones*", "Pour prendre de vos nouvelles")
_CHANNEL = ("contact_channel", "Pour vous joindre comme vous le préférez")
_TERRITORY = ("postcode*", "Pour vérifier que vous habitez le territoire")
_CITY = ("city*", "Pour chercher près de chez vous")
_START = ("situation*", "Pour connaître votre point de départ")
_LEVEL = ("education_level*", "Pour proposer des offres et des formations adaptées")
_JOBS = ("rome_jobs*", "Pour chercher dans votre métier")
_ZONE = ("mobility_zone", "Pour savoir jusqu’où chercher")
_LICENCES = ("driving_licences", "Pour les offres qui demandent un permis")
_VEHICLES = ("vehicles", "Pour savoir comment vous vous déplacez")
_HOUSING = ("housing", "Pour régler d’abord ce qui bloque")
_CHILDREN = ("children", "Pour organiser les horaires")
_CHILDCARE = ("childcare", "Pour chercher une garde si besoin")
_OBSTACLES = ("obstacles", "Pour construire le plan d’action avec vous")

# What creating a card asks, whatever the scheme that follows.
CARD = _needs(
    ("first_name*", "Pour vous appeler par votre nom"),
    ("last_name*", "Pour vous appeler par votre nom"),
    ("birth_name", "Pour retrouver votre dossier si vous changez de nom"),
    ("birth_date*", "Pour ne pas vous confondre avec une autre personne"),
)

_DESK = _needs(
    _PHONES,
    _CHANNEL,
    ("contact_hours", "Pour appeler au bon moment"),
    _TERRITORY,
    _CITY,
    _START,
    ("france_travail_registration", "Pour nous accorder avec France Travail"),
    ("last_job_ended_on", "Pour savoir depuis quand vous cherchez"),
    ("rsa", "Pour ouvrir les aides liées au RSA"),
    _LEVEL,
    _JOBS,
    ("other_languages", "Pour proposer les offres où vos langues comptent"),
    _ZONE,
    _LICENCES,
    _VEHICLES,
)

# A plan of two years. Long unemployment, minimum benefits, low level and a handicap open a PLIE (local agreements).
_PLIE = _needs(
    _PHONES,
    _CHANNEL,
    _TERRITORY,
    _CITY,
    _START,
    ("france_travail_registration", "Pour vérifier que le PLIE vous est ouvert"),
    ("last_job_ended_on", "Pour vérifier que le PLIE vous est ouvert"),
    ("rsa", "Pour vérifier que le PLIE vous est ouvert"),
    _LEVEL,
    _JOBS,
    _LICENCES,
    _VEHICLES,
    _HOUSING,
    _CHILDREN,
    _CHILDCARE,
    _OBSTACLES,
    ("desired_hours", "Pour chercher le bon temps de travail"),
    ("rqth", "Pour vérifier que le PLIE vous est ouvert"),
)

# Source of the age: L5131-6 of the code du travail (from 16 to 25, to 29 with a RQTH).
_CEJ = _needs(
    _PHONES,
    _CHANNEL,
    ("email", "Pour vous envoyer vos rendez-vous et vos ateliers"),
    ("trusted_contact", "Pour vous retrouver si votre numéro change"),
    _TERRITORY,
    _CITY,
    _START,
    ("engagement_reference", "Pour retrouver votre contrat d’engagement"),
    ("engagement_signed_on", "Pour savoir quand votre contrat a commencé"),
    ("engagement_review_on", "Pour préparer le prochain bilan avec vous"),
    _LEVEL,
    _JOBS,
    ("work_experience", "Pour choisir les premières étapes"),
    _LICENCES,
    _VEHICLES,
    _HOUSING,
    _CHILDREN,
    _CHILDCARE,
    _OBSTACLES,
    ("digital_autonomy", "Pour aider aux démarches en ligne"),
    ("rqth", "Pour savoir jusqu’à quel âge ce contrat vous est ouvert"),
)

# A contract of work. The minimum benefits, time without work and handicap are criteria of eligibility to the IAE
# (arrêté of 1 September 2021); the birth place is asked by the déclaration préalable à l'embauche (R1221-1).
_IAE = _needs(
    _PHONES,
    _CHANNEL,
    ("birth_place", "Pour déclarer votre embauche"),
    ("address", "Pour écrire votre contrat de travail"),
    _TERRITORY,
    _CITY,
    _START,
    ("france_travail_registration", "Pour vérifier que ce contrat vous est ouvert"),
    ("france_travail_id", "Pour demander votre PASS IAE"),
    ("last_job_ended_on", "Pour vérifier que ce contrat vous est ouvert"),
    ("rsa", "Pour vérifier que ce contrat vous est ouvert"),
    ("ass", "Pour vérifier que ce contrat vous est ouvert"),
    _LEVEL,
    ("french", "Pour que les consignes de sécurité soient comprises"),
    _JOBS,
    ("last_diploma", "Pour vous confier les tâches que vous savez faire"),
    _LICENCES,
    _VEHICLES,
    ("work_times", "Pour le planning"),
    ("desired_hours", "Pour écrire les heures de votre contrat"),
    ("rqth", "Pour vérifier que ce contrat vous est ouvert"),
    ("aah", "Pour vérifier que ce contrat vous est ouvert"),
    ("needs_adjustment", "Pour aménager votre poste"),
)

_CLAUSE = _needs(
    _PHONES,
    _TERRITORY,
    _CITY,
    _START,
    ("france_travail_registration", "Pour vérifier que ces heures vous sont ouvertes"),
    ("last_job_ended_on", "Pour vérifier que ces heures vous sont ouvertes"),
    ("rsa", "Pour vérifier que ces heures vous sont ouvertes"),
    ("ass", "Pour vérifier que ces heures vous sont ouvertes"),
    _LEVEL,
    _JOBS,
    _ZONE,
    ("driving_licences", "Pour les chantiers qui demandent un permis"),
    _VEHICLES,
    ("available_from*", "Pour la date de début de la mission"),
    ("work_times", "Pour choisir une mission aux bons horaires"),
    ("rqth", "Pour vérifier que ces heures vous sont ouvertes"),
)

_TRAINING = _needs(
    _PHONES,
    ("email", "Pour vous envoyer la convocation"),
    _TERRITORY,
    ("city*", "Pour organiser votre trajet"),
    ("education_level*", "Pour le groupe de niveau"),
    ("last_diploma", "Pour vérifier ce que la formation demande déjà de savoir"),
    ("french", "Pour adapter les supports"),
    ("france_travail_id", "Pour faire valider la formation par France Travail"),
    ("are", "Pour savoir si votre allocation continue pendant la formation"),
    ("childcare", "Pour trouver une garde avant le premier jour"),
    ("available_from", "Pour choisir la session"),
    ("digital_autonomy*", "Pour adapter la formation"),
    ("digital_equipment", "Pour prêter un ordinateur si besoin"),
    ("needs_adjustment", "Pour aménager la formation"),
)

_WORKSHOP = _needs(
    ("phones*", "Pour vous prévenir d’un changement"),
    ("rome_jobs", "Pour préparer vos exemples"),
)

_FORUM = _needs(
    ("phones*", "Pour vous rappeler le jour et le lieu"),
    ("email", "Pour vous envoyer l’invitation"),
    ("rome_jobs", "Pour vous indiquer les employeurs à rencontrer"),
)

# The convention of a period in a workplace names the person and her address (form Cerfa 13912).
_IMMERSION = _needs(
    ("phones*", "Pour vous joindre pendant l’immersion"),
    ("address", "Pour écrire la convention"),
    ("rome_jobs*", "Pour trouver l’entreprise"),
    ("needs_adjustment", "Pour aménager le poste"),
)

_BUSINESS = _needs(
    _PHONES,
    _CHANNEL,
    ("email", "Pour vous envoyer les dossiers à remplir"),
    _TERRITORY,
    ("city*", "Pour chercher les aides de votre commune"),
    ("situation*", "Pour vos droits pendant la création"),
    ("rsa", "Pour garder vos droits pendant la création"),
    ("are", "Pour choisir entre maintien et versement de l’allocation"),
    ("ass", "Pour garder vos droits pendant la création"),
    ("last_diploma", "Pour les métiers qui demandent un diplôme"),
    ("work_experience", "Pour situer votre projet"),
)

_SOCIAL = _needs(
    _PHONES,
    _CHANNEL,
    ("contact_hours", "Pour appeler au bon moment"),
    ("contact_language", "Pour nous comprendre"),
    ("needs_interpreter", "Pour réserver un interprète"),
    ("no_message", "Pour que personne d’autre n’apprenne notre appel"),
    ("phone_is_shared", "Pour que personne d’autre n’apprenne notre appel"),
    ("address", "Pour vous écrire"),
    ("address_is_protected", "Pour tenir votre adresse secrète s’il le faut"),
    _TERRITORY,
    ("city*", "Pour savoir quelle commune vous aide"),
    ("housing*", "Pour connaître votre logement"),
    ("children", "Pour chercher les aides aux familles"),
    ("rsa", "Pour vérifier vos droits"),
    ("caf_number", "Pour faire vos demandes à la CAF ou à la MSA avec vous"),
    ("obstacles", "Pour savoir quoi régler d’abord"),
    ("aah", "Pour vérifier vos droits"),
)

STANDARDS: Mapping[SchemeKind, tuple[Requirement, ...]] = MappingProxyType(
    {
        SchemeKind.DESK_SUPPORT: _DESK,
        SchemeKind.PLIE: _PLIE,
        SchemeKind.CEJ: _CEJ,
        SchemeKind.IAE: _IAE,
        SchemeKind.SOCIAL_CLAUSE: _CLAUSE,
        SchemeKind.TRAINING: _TRAINING,
        SchemeKind.WORKSHOP: _WORKSHOP,
        SchemeKind.FORUM: _FORUM,
        SchemeKind.IMMERSION: _IMMERSION,
        SchemeKind.BUSINESS: _BUSINESS,
        SchemeKind.SOCIAL_SUPPORT: _SOCIAL,
    }
)
