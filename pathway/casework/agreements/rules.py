"""What the person may open, hide and stop: which sections, for how long, on which legal basis."""

from collections.abc import Collection
from datetime import datetime, timedelta

from pathway.casework.records.catalogue import CATALOGUE, CAUTIONS
from pathway.casework.records.vocabulary import Section
from pathway.casework.sharing.rules import Part
from pathway.kernel.calendar import add_months
from pathway.kernel.choice import Choice
from pathway.kernel.errors import Invalid, Refused
from pathway.kernel.languages import gettext as _
from pathway.kernel.languages import marked

NOTICE_VERSION = "1"  # of the page « Vos droits et vos données »

DURATIONS = (3, 6, 12, 24)  # calendar months
USUAL_MONTHS, MOST_MONTHS = 12, 24
ALL_STRUCTURES = ""
NEWS_FOR = timedelta(days=30)  # she is told that long of what began, or was recorded, without her own hand

# A structure that sees a record at all knows whose it is.
ALWAYS_SEEN = Section.IDENTITY.value
WHO_SHE_IS = frozenset({"first_name", "last_name", "birth_name", "birth_date"})
# Alerts never leave the structures that support her: they are for those who act on them.
SHAREABLE = frozenset(section.value for section in Section) - {ALWAYS_SEEN} | {Part.PATHWAY.value, Part.FOLLOWUP.value}

_NOTHING = marked("Choisissez au moins une partie du dossier.")
_TOO_LONG = marked("Un accord dure %(months)s mois au plus. Choisissez une durée de la liste.")
_NO_HEALTH = marked(
    "Cette structure n’a pas le droit de voir la partie santé. Décochez « Santé et handicap », "
    "ou choisissez une autre structure."
)
_IDENTITY = marked(
    "Votre nom et votre date de naissance restent visibles : sans eux, la structure ne saurait pas de qui elle parle. "
    "Vous pouvez cacher tout le reste, ou arrêter le partage."
)
CAUTION = marked(
    "Cette précaution vous protège : qui lit vos coordonnées doit la voir. Vous pouvez la corriger, ou choisir toute "
    "la partie « Coordonnées et contact »."
)
_NOT_HIDEABLE = marked(
    "Cette partie ne se cache pas seule. Vous pouvez arrêter le partage : "
    "la structure ne verra plus que ce qu’elle a écrit."
)
_UNFIT = "Cette base ne convient pas à cette finalité."


class Purpose(Choice):
    """Why a structure uses a record."""

    PATHWAY = "pathway", marked("Vous accompagner vers l’emploi")
    HEALTH = "health", marked("Tenir compte de votre santé ou de votre handicap")


class Basis(Choice):
    """What gives a structure the right to use a record (RGPD, articles 6 and 9)."""

    PUBLIC_INTEREST = "public_interest", marked("mission d’intérêt public")  # 6-1-e
    LEGAL_OBLIGATION = "legal_obligation", marked("obligation prévue par la loi")  # 6-1-c
    EXPLICIT_CONSENT = "explicit_consent", marked("votre accord explicite")  # 9-2-a
    SOCIAL_CARE = "social_care", marked("accompagnement sanitaire ou social")  # 9-2-h


class AgreementWay(Choice):
    """How an agreement was given."""

    PHONE = "phone", marked("par la personne, sur son compte")
    IN_PERSON = "in_person", marked("de vive voix, devant un·e professionnel·le")
    PAPER = "paper", marked("sur un papier signé")


_FITTING = {
    Purpose.PATHWAY: frozenset({Basis.PUBLIC_INTEREST, Basis.LEGAL_OBLIGATION}),
    Purpose.HEALTH: frozenset({Basis.EXPLICIT_CONSENT, Basis.SOCIAL_CARE}),
}


def purpose_of(sections: Collection[str]) -> Purpose:
    """What an agreement on those sections is for: health as soon as it names it."""
    return Purpose.HEALTH if Section.HEALTH.value in sections else Purpose.PATHWAY


def check_basis(purpose: Purpose, basis: Basis) -> None:
    """Refuse a basis that cannot hold for that purpose: health data need a ground of article 9."""
    if basis not in _FITTING[purpose]:
        raise Invalid(_UNFIT, field="basis")


def agreed(chosen: Collection[str], *, has_health_basis: bool) -> frozenset[str]:
    """The sections and parts an agreement opens: those chosen, and who she is.

    `Invalid` when nothing is chosen or something may not be shared; `Refused` for health without a recorded basis.
    """
    wanted = frozenset(chosen)
    if not wanted or not wanted <= SHAREABLE:
        raise Invalid(_NOTHING, field="sections")
    if Section.HEALTH.value in wanted and not has_health_basis:
        raise Refused(_NO_HEALTH, field="sections")
    return wanted | {ALWAYS_SEEN}


def agreement_end(now: datetime, months: int) -> datetime:
    """The instant an agreement given now ends: the same hour, that many calendar months later (at most 24)."""
    if not 1 <= months <= MOST_MONTHS:
        raise Invalid(_(_TOO_LONG, months=MOST_MONTHS), field="months")
    return datetime.combine(add_months(now.date(), months), now.timetz())


def check_hiding(section: str, item: str) -> None:
    """Refuse to hide who she is, a caution alone, a part that a structure works with, or what the dictionary does not
    know.

    `item` is empty for the whole section.
    """
    if section == ALWAYS_SEEN and (not item or item in WHO_SHE_IS):
        raise Refused(_IDENTITY, field="what")
    if section not in {one.value for one in Section}:
        raise Refused(_NOT_HIDEABLE, field="what")
    if item and (item not in CATALOGUE or CATALOGUE[item].section.value != section):
        raise Invalid(marked("Choisissez une partie ou une réponse de la liste."), field="what")
    if item in CAUTIONS:
        raise Refused(CAUTION, field="what")
