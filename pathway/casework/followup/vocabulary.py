"""The closed lists of the follow-up: states of points, channels and results of contacts, rhythms, reasons."""

from collections.abc import Mapping

from pathway.casework.policies.vocabulary import PointKind
from pathway.kernel.choice import Choice
from pathway.kernel.languages import marked

# What the questions on results are, as items of the dictionary: what was answered is known everywhere at once.
QUESTION_ITEMS: Mapping[PointKind, tuple[str, ...]] = {
    PointKind.EXIT_QUESTIONS: ("situation", "france_travail_registration", "education_level"),
    PointKind.LATER_QUESTIONS: ("situation", "france_travail_registration"),
}


class PointState(Choice):
    """Where a point de suivi stands. « Non fait » is an outcome of its own: nobody is taught to lie."""

    OPEN = "open", "À faire"
    DONE = "done", "Fait"
    NOT_DONE = "not_done", "Non fait"
    CANCELLED = "cancelled", "Annulé"
    RESUMED = "resumed", "Repris"


class Channel(Choice):
    """How somebody tried to reach the person."""

    PHONE = "phone", "Téléphone"
    SMS = "sms", "SMS"
    EMAIL = "email", "E-mail"
    VISIT = "visit", "Rencontre"
    POST = "post", "Courrier"
    VIDEO = "video", "Visioconférence"
    OFF_PLATFORM = "off_platform", "Autre moyen, hors de la carte"


class ContactResult(Choice):
    """What an attempt to reach the person gave."""

    REACHED = "reached", "Personne jointe"
    NO_ANSWER = "no_answer", "Pas de réponse"
    WRONG_NUMBER = "wrong_number", "Mauvais numéro"
    MESSAGE_LEFT = "message_left", "Message laissé"
    REFUSED = "refused", "Ne souhaite pas échanger"


class Rhythm(Choice):
    """How often the person wishes to be called, besides the points that follow an exit."""

    TWO_WEEKS = "two_weeks", marked("Toutes les deux semaines")
    MONTHLY = "monthly", marked("Tous les mois")
    TWO_MONTHS = "two_months", marked("Tous les deux mois")
    PLANNED = "planned", marked("Aux dates prévues, pas plus")


class ReplanReason(Choice):
    """Why a point de suivi is put off."""

    PERSON_ASKED = "person_asked", "La personne le demande"
    PERSON_AWAY = "person_away", "La personne n’est pas disponible à cette date"
    WAITING = "waiting", "Une réponse ou un document est attendu avant"
    NO_TIME = "no_time", "Le temps a manqué"
    STAFF_AWAY = "staff_away", "Absence de la personne qui devait le faire"
