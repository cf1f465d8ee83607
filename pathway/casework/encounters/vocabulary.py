"""The closed lists of appointments: how one meets, where an appointment stands, how it repeats, what follows."""

from pathway.kernel.choice import Choice
from pathway.kernel.languages import marked


class AppointmentWay(Choice):
    """How she and the professional meet."""

    IN_PERSON = "in_person", marked("Sur place")
    PHONE = "phone", marked("Par téléphone")
    VIDEO = "video", marked("En visioconférence")


class AppointmentState(Choice):
    """Where an appointment stands. Nothing else is said of one that was missed: it is no judgement."""

    PLANNED = "planned", marked("Prévu")
    ATTENDED = "attended", marked("Rendez-vous tenu")
    EXCUSED = "excused", marked("Excusé")
    MISSED = "missed", marked("Rendez-vous non tenu")
    CANCELLED = "cancelled", marked("Annulé")


class Every(Choice):
    """How an appointment repeats."""

    ONCE = "once", "Une seule fois"
    WEEK = "week", "Chaque semaine"
    TWO_WEEKS = "two_weeks", "Toutes les deux semaines"
    MONTH = "month", "Chaque mois"


class NextStep(Choice):
    """What follows an appointment that was missed or excused."""

    RESCHEDULED = "rescheduled", "Un autre rendez-vous est pris"
    REACHED = "reached", "La personne a été recontactée"
    NOTHING = "nothing", "Rien de plus pour l’instant"
