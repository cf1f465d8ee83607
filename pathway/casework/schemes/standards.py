"""What each kind of scheme needs to know of a person, and why: an item that none of them needs is asked nowhere.

A scheme may ask less, or something else: these are the requirements it starts from. Each reason is told to the person.
"""

from collections.abc import Mapping
from types import MappingProxyType

from pathway.casework.records.catalogue import item
from pathway.casework.records.rules import Requirement
from pathway.casework.schemes.rules import SchemeKind
from pathway.kernel.languages import marked


def _needs(*lines: tuple[str, str]) -> tuple[Requirement, ...]:
    """Requirements from (key, why) pairs; a star after the key marks those that must be answered."""
    return tuple(_need(key, why) for key, why in lines)


def _need(starred: str, why: str) -> Requirement:
    return Requirement(key=item(starred.rstrip("*")).key, is_required=starred.endswith("*"), why=why)


_PHONES = ("phones*", marked("Pour prendre de vos nouvelles"))
_CHANNEL = ("contact_channel", marked("Pour vous joindre comme vous le préférez"))
_TERRITORY = ("postcode*", marked("Pour vérifier que vous habitez le territoire"))
_CITY = ("city*", marked("Pour chercher près de chez vous"))
_START = ("situation*", marked("Pour connaître votre point de départ"))
_LEVEL = ("education_level*", marked("Pour proposer des offres et des formations adaptées"))
_JOBS = ("rome_jobs*", marked("Pour chercher dans votre métier"))
_ZONE = ("mobility_zone", marked("Pour savoir jusqu’où chercher"))
_LICENCES = ("driving_licences", marked("Pour les offres qui demandent un permis"))
_VEHICLES = ("vehicles", marked("Pour savoir comment vous vous déplacez"))
_HOUSING = ("housing", marked("Pour régler d’abord ce qui bloque"))
_CHILDREN = ("children", marked("Pour organiser les horaires"))
_CHILDCARE = ("childcare", marked("Pour chercher une garde si besoin"))
_OBSTACLES = ("obstacles", marked("Pour construire le plan d’action avec vous"))

# What creating a card asks, whatever the scheme that follows.
CARD = _needs(
    ("first_name*", marked("Pour vous appeler par votre nom")),
    ("last_name*", marked("Pour vous appeler par votre nom")),
    ("birth_name", marked("Pour retrouver votre dossier si vous changez de nom")),
    ("birth_date*", marked("Pour ne pas vous confondre avec une autre personne")),
)

_DESK = _needs(
    _PHONES,
    _CHANNEL,
    ("contact_hours", marked("Pour appeler au bon moment")),
    _TERRITORY,
    _CITY,
    _START,
    ("france_travail_registration", marked("Pour nous accorder avec France Travail")),
    ("last_job_ended_on", marked("Pour savoir depuis quand vous cherchez")),
    ("rsa", marked("Pour ouvrir les aides liées au RSA")),
    _LEVEL,
    _JOBS,
    ("other_languages", marked("Pour proposer les offres où vos langues comptent")),
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
    ("france_travail_registration", marked("Pour vérifier que le PLIE vous est ouvert")),
    ("last_job_ended_on", marked("Pour vérifier que le PLIE vous est ouvert")),
    ("rsa", marked("Pour vérifier que le PLIE vous est ouvert")),
    _LEVEL,
    _JOBS,
    _LICENCES,
    _VEHICLES,
    _HOUSING,
    _CHILDREN,
    _CHILDCARE,
    _OBSTACLES,
    ("desired_hours", marked("Pour chercher le bon temps de travail")),
    ("rqth", marked("Pour vérifier que le PLIE vous est ouvert")),
)

# Source of the age: L5131-6 of the code du travail (from 16 to 25, to 29 with a RQTH).
_CEJ = _needs(
    _PHONES,
    _CHANNEL,
    ("email", marked("Pour vous envoyer vos rendez-vous et vos ateliers")),
    ("trusted_contact", marked("Pour vous retrouver si votre numéro change")),
    _TERRITORY,
    _CITY,
    _START,
    ("engagement_reference", marked("Pour retrouver votre contrat d’engagement")),
    ("engagement_signed_on", marked("Pour savoir quand votre contrat a commencé")),
    ("engagement_review_on", marked("Pour préparer le prochain bilan avec vous")),
    _LEVEL,
    _JOBS,
    ("work_experience", marked("Pour choisir les premières étapes")),
    _LICENCES,
    _VEHICLES,
    _HOUSING,
    _CHILDREN,
    _CHILDCARE,
    _OBSTACLES,
    ("digital_autonomy", marked("Pour aider aux démarches en ligne")),
    ("rqth", marked("Pour savoir jusqu’à quel âge ce contrat vous est ouvert")),
)

# A contract of work. The minimum benefits, time without work and handicap are criteria of eligibility to the IAE
# (arrêté of 1 September 2021); the birth place is asked by the déclaration préalable à l'embauche (R1221-1).
_IAE = _needs(
    _PHONES,
    _CHANNEL,
    ("birth_place", marked("Pour déclarer votre embauche")),
    ("address", marked("Pour écrire votre contrat de travail")),
    _TERRITORY,
    _CITY,
    _START,
    ("france_travail_registration", marked("Pour vérifier que ce contrat vous est ouvert")),
    ("france_travail_id", marked("Pour demander votre PASS IAE")),
    ("last_job_ended_on", marked("Pour vérifier que ce contrat vous est ouvert")),
    ("rsa", marked("Pour vérifier que ce contrat vous est ouvert")),
    ("ass", marked("Pour vérifier que ce contrat vous est ouvert")),
    _LEVEL,
    ("french", marked("Pour que les consignes de sécurité soient comprises")),
    _JOBS,
    ("last_diploma", marked("Pour vous confier les tâches que vous savez faire")),
    _LICENCES,
    _VEHICLES,
    ("work_times", marked("Pour le planning")),
    ("desired_hours", marked("Pour écrire les heures de votre contrat")),
    ("rqth", marked("Pour vérifier que ce contrat vous est ouvert")),
    ("aah", marked("Pour vérifier que ce contrat vous est ouvert")),
    ("needs_adjustment", marked("Pour aménager votre poste")),
)

_CLAUSE = _needs(
    _PHONES,
    _TERRITORY,
    _CITY,
    _START,
    ("france_travail_registration", marked("Pour vérifier que ces heures vous sont ouvertes")),
    ("last_job_ended_on", marked("Pour vérifier que ces heures vous sont ouvertes")),
    ("rsa", marked("Pour vérifier que ces heures vous sont ouvertes")),
    ("ass", marked("Pour vérifier que ces heures vous sont ouvertes")),
    _LEVEL,
    _JOBS,
    _ZONE,
    ("driving_licences", marked("Pour les chantiers qui demandent un permis")),
    _VEHICLES,
    ("available_from*", marked("Pour la date de début de la mission")),
    ("work_times", marked("Pour choisir une mission aux bons horaires")),
    ("rqth", marked("Pour vérifier que ces heures vous sont ouvertes")),
)

_TRAINING = _needs(
    _PHONES,
    ("email", marked("Pour vous envoyer la convocation")),
    _TERRITORY,
    ("city*", marked("Pour organiser votre trajet")),
    ("education_level*", marked("Pour le groupe de niveau")),
    ("last_diploma", marked("Pour vérifier ce que la formation demande déjà de savoir")),
    ("french", marked("Pour adapter les supports")),
    ("france_travail_id", marked("Pour faire valider la formation par France Travail")),
    ("are", marked("Pour savoir si votre allocation continue pendant la formation")),
    ("childcare", marked("Pour trouver une garde avant le premier jour")),
    ("available_from", marked("Pour choisir la session")),
    ("digital_autonomy*", marked("Pour adapter la formation")),
    ("digital_equipment", marked("Pour prêter un ordinateur si besoin")),
    ("needs_adjustment", marked("Pour aménager la formation")),
)

_WORKSHOP = _needs(
    ("phones*", marked("Pour vous prévenir d’un changement")),
    ("rome_jobs", marked("Pour préparer vos exemples")),
)

_FORUM = _needs(
    ("phones*", marked("Pour vous rappeler le jour et le lieu")),
    ("email", marked("Pour vous envoyer l’invitation")),
    ("rome_jobs", marked("Pour vous indiquer les employeurs à rencontrer")),
)

# The convention of a period in a workplace names the person and her address (form Cerfa 13912).
_IMMERSION = _needs(
    ("phones*", marked("Pour vous joindre pendant l’immersion")),
    ("address", marked("Pour écrire la convention")),
    ("rome_jobs*", marked("Pour trouver l’entreprise")),
    ("needs_adjustment", marked("Pour aménager le poste")),
)

_BUSINESS = _needs(
    _PHONES,
    _CHANNEL,
    ("email", marked("Pour vous envoyer les dossiers à remplir")),
    _TERRITORY,
    ("city*", marked("Pour chercher les aides de votre commune")),
    ("situation*", marked("Pour vos droits pendant la création")),
    ("rsa", marked("Pour garder vos droits pendant la création")),
    ("are", marked("Pour choisir entre maintien et versement de l’allocation")),
    ("ass", marked("Pour garder vos droits pendant la création")),
    ("last_diploma", marked("Pour les métiers qui demandent un diplôme")),
    ("work_experience", marked("Pour situer votre projet")),
)

_SOCIAL = _needs(
    _PHONES,
    _CHANNEL,
    ("contact_hours", marked("Pour appeler au bon moment")),
    ("contact_language", marked("Pour nous comprendre")),
    ("needs_interpreter", marked("Pour réserver un interprète")),
    ("no_message", marked("Pour que personne d’autre n’apprenne notre appel")),
    ("phone_is_shared", marked("Pour que personne d’autre n’apprenne notre appel")),
    ("address", marked("Pour vous écrire")),
    ("address_is_protected", marked("Pour tenir votre adresse secrète s’il le faut")),
    _TERRITORY,
    ("city*", marked("Pour savoir quelle commune vous aide")),
    ("housing*", marked("Pour connaître votre logement")),
    ("children", marked("Pour chercher les aides aux familles")),
    ("rsa", marked("Pour vérifier vos droits")),
    ("caf_number", marked("Pour faire vos demandes à la CAF ou à la MSA avec vous")),
    ("obstacles", marked("Pour savoir quoi régler d’abord")),
    ("aah", marked("Pour vérifier vos droits")),
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
